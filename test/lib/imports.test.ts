import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

/** Imports that may not be, in a file below this path, and what the linter says. */
const forbidden: readonly (readonly [path: string, imported: string, why: string])[] = [
  ["lib/rules", "@aws-sdk/client-kms", "Decisions never touch AWS"],
  ["lib/rules", "../aws-config/run.ts", "A rule knows the vocabulary"],
  ["lib/iam", "../rule.ts", "lib/iam is pure and stands alone"],
  ["lib/iam", "../permissions/holding.ts", "lib/iam is pure and stands alone"],
  ["lib/permissions", "@aws-sdk/client-iam", "Decisions never touch AWS"],
  ["lib/permissions", "../account/iam.ts", "Decisions never touch AWS"],
  ["lib/permissions", "../rules/index.ts", "the rules are what use it"],
  ["lib/static-keys", "@aws-sdk/client-iam", "Decisions never touch AWS"],
  ["lib/static-keys", "../account/access-keys.ts", "Decisions never touch AWS"],
  ["lib/static-keys", "../rules/index.ts", "the rule is what uses it"],
  ["lib/vpce-only", "../account/vpce-only-readings.ts", "Decisions never touch AWS"],
  ["lib/vpce-only", "../rules/index.ts", "the rule is what uses it"],
  ["lib/encryption", "@aws-sdk/client-dynamodb", "Decisions never touch AWS"],
  ["lib/encryption", "../rules/index.ts", "The vocabulary knows none of the rooms that use it"],
  ["lib/resource-policies", "@aws-sdk/client-dynamodb", "Decisions never touch AWS"],
  ["lib/resource-policies", "../rules/index.ts", "The vocabulary knows none of the rooms that use it"],
  ["lib/endpoint-policies", "@aws-sdk/client-ec2", "Decisions never touch AWS"],
  ["lib/endpoint-policies", "../rules/index.ts", "The vocabulary knows none of the rooms that use it"],
  ["lib/account", "../rules/index.ts", "Readers never decide"],
  ["lib/account", "../permissions/assessment.ts", "Readers never decide"],
  ["lib/account", "../static-keys/use.ts", "Readers never decide"],
  ["lib/account", "@aws-sdk/client-config-service", "AWS Config is lib/aws-config's"],
  ["lib/aws-config", "@aws-sdk/client-dynamodb", "The protocol knows AWS Config's client only"],
  ["lib/aws-config", "../rules/index.ts", "The protocol is the same for every rule"],
  ["lib/aws-config", "../static-keys/use.ts", "The protocol is the same for every rule"],
  ["lib/account", "../resource-policies/assessment.ts", "Readers never decide"],
  ["lib/aws-config", "../resource-policies/assessment.ts", "The protocol is the same for every rule"],
  ["lib/aws-config", "../endpoint-policies/mend.ts", "The protocol is the same for every rule"],
  ["lib/aws-config", "../permissions/assessment.ts", "The protocol is the same for every rule"],
  ["lib/probes", "../rules/index.ts", "Readers never decide"],
  ["lib/doctor", "@aws-sdk/client-config-service", "A check is made of what was asked and read"],
  ["lib/doctor", "../probes/all.ts", "A check is made of what was asked and read"],
  ["lib/doctor", "../rules/rules.json", "which the command hands in"],
  ["lib/alert", "../rules/index.ts", "An alert knows the rules by rules.json"],
  ["lib/alert", "@aws-sdk/client-config-service", "An alert is sent by SNS"],
  ["lib/alert", "../digest/held-rules.ts", "An alert knows the rules by rules.json"],
  ["lib/digest", "@aws-sdk/client-dynamodb", "A digest is of what AWS Config holds"],
  ["lib/digest", "../account/tables.ts", "A digest judges nothing"],
  ["lib/digest", "../rules/rules.json", "A digest judges nothing"],
  ["lib/report", "../account/tables.ts", "A report is made of evaluations"],
  ["functions", "../lib/rules/index.ts", "A handler names its own rule"],
  ["page", "../lib/report/group.ts", "The page shows what it is given"],
  ["page", "node:fs", "The page shows what it is given"],
];
const allowed: readonly (readonly [path: string, imported: string])[] = [
  ["lib/rules", "../account/tables.ts"],
  ["lib/permissions", "../account/iam-facts.ts"],
  ["lib/permissions", "../iam/evaluate.ts"],
  ["lib/permissions", "../parameters.ts"],
  ["lib/permissions", "../rule.ts"],
  ["lib/static-keys", "../account/static-key-facts.ts"],
  ["lib/static-keys", "../permissions/holding.ts"],
  ["lib/rules", "../static-keys/use.ts"],
  ["lib/resource-policies", "../iam/foreign-request.ts"],
  ["lib/resource-policies", "../permissions/edit.ts"],
  ["lib/vpce-only", "../account/vpce-only-facts.ts"],
  ["lib/rules", "../vpce-only/faults.ts"],
  ["lib/rules", "../permissions/mend.ts"],
  ["lib/endpoint-policies", "../permissions/edit.ts"],
  ["lib/account", "../iam/wildcard.ts"],
  ["lib/account", "@aws-sdk/client-kms"],
  ["lib/aws-config", "@aws-sdk/client-config-service"],
  ["lib/probes", "@aws-sdk/client-kms"],
  ["lib/doctor", "../probes/probe.ts"],
  ["lib/doctor", "../aws-config/recorder.ts"],
  ["lib/alert", "../rules/rules.json"],
  ["lib/digest", "@aws-sdk/client-config-service"],
  ["lib/digest", "@aws-sdk/client-sns"],
  ["lib/digest", "@aws-sdk/client-sqs"],
  ["lib/digest", "../account/session.ts"],
  ["lib/digest", "../alert/digest.ts"],
  ["functions", "../lib/digest/digest.ts"],
  ["functions", "../lib/rules/dynamodb-x.ts"],
  ["page", "../lib/report/html/page-data.ts"],
];

describe("the linter keeps imports one-way", () => {
  const folder = mkdtempSync(join(tmpdir(), "imports-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  copyFileSync(new URL("../../biome.json", import.meta.url), join(folder, "biome.json"));
  const placed = [...forbidden, ...allowed].map(([path, imported], index) => {
    const file = `${path}/file-${index}.ts`;
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), `import ${JSON.stringify(imported)};\n`);
    return file;
  });
  const arguments_ = [
    "lint",
    "--colors=off",
    "--vcs-enabled=false",
    "--max-diagnostics=none",
    "lib",
    "functions",
    "page",
  ];
  const { stdout, stderr } = spawnSync("biome", arguments_, { cwd: folder, encoding: "utf8" });
  const said = `${stdout}${stderr}`.split(/^(?=\S+ lint\/)/m);
  const saidOf = (index: number): string => said.filter((part) => part.startsWith(`${placed[index]}:`)).join("");

  it.each(forbidden.map((row, index) => [...row, index] as const))(
    "%s may not import %s",
    (_path, _imported, why, index) => {
      expect(saidOf(index)).toContain(why);
    },
  );

  it.each(allowed.map((row, index) => [...row, forbidden.length + index] as const))(
    "%s may import %s",
    (_path, _imported, index) => {
      expect(saidOf(index)).not.toContain("noRestrictedImports");
    },
  );
});
