import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import rules from "../../lib/rules/rules.json" with { type: "json" };
import { resetEmulator } from "../../scripts/emulator/emulator.ts";
import { seedSampleAccount } from "../../scripts/emulator/sample-account.ts";
import { functionId } from "../../scripts/logical-id.ts";
import { type FakeConfig, resultToken, ruleName, startFakeConfig } from "../fakes/aws-config.ts";
import { invoke } from "./lambda.ts";

const root = join(import.meta.dirname, "../..");
const runtime = inject("runtime");
const emulator = inject("emulator");
const missing = "missing" in runtime ? runtime.missing : "missing" in emulator ? emulator.missing : null;

/** The client of each service that permissions name, and what every rule's function has besides. */
const clientOf: Readonly<Record<string, string>> = {
  backup: "client-backup",
  dynamodb: "client-dynamodb",
  ec2: "client-ec2",
  iam: "client-iam",
  kms: "client-kms",
  tag: "client-resource-groups-tagging-api",
};
const baseClients = ["client-config-service"];
const onIam = rules.filter(({ judges }) => judges.every((type) => type.startsWith("AWS::IAM::")));

describe.each(rules)("the bundle of $name", ({ name, permissions }) => {
  it("holds exactly the SDK clients of the services that its permissions name", () => {
    const { inputs } = JSON.parse(readFileSync(join(root, "dist", `${functionId(name)}.meta.json`), "utf8")) as {
      inputs: object;
    };
    const bundled = Object.keys(inputs).flatMap((path) => /@aws-sdk\/(client-[\w-]+)\//.exec(path)?.[1] ?? []);
    // DynamoDB itself decrypts in the caller's name: a permission without a call, and without a client.
    const called = permissions.filter(({ action }) => action !== "kms:Decrypt");
    const declared = called.map(
      ({ action }) => clientOf[action.split(":")[0] ?? ""] ?? `no client is named for ${action}`,
    );
    expect([...new Set(bundled)].sort()).toEqual([...new Set([...declared, ...baseClients])].sort());
  });
});

describe.skipIf(missing !== null)(`as Lambda runs it${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  const runtimePath = "path" in runtime ? runtime.path : "";
  const emulatorUrl = "url" in emulator ? emulator.url : "";
  const events = readdirSync(join(root, "events")).filter((file) => /^dynamodb-[\w-]+\.\w+\.json$/.test(file));
  let config: FakeConfig;

  beforeAll(async () => {
    config = await startFakeConfig();
    await resetEmulator(emulatorUrl);
    await seedSampleAccount(emulatorUrl);
  });
  afterAll(() => config.stop());
  beforeEach(() => {
    config.stored.clear();
    config.batches.length = 0;
  });

  function run(name: string, event: unknown): ReturnType<typeof invoke> {
    return invoke(runtimePath, join(root, "dist", functionId(name)), event, {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "testing",
      AWS_SECRET_ACCESS_KEY: "testing",
      AWS_ENDPOINT_URL: emulatorUrl,
      AWS_ENDPOINT_URL_CONFIG_SERVICE: config.url,
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: "DynamoDBCompliance",
    });
  }

  it.each(events)("%s is judged and reported", async (file) => {
    const [name = "", kind = ""] = file.split(".");
    const event: unknown = JSON.parse(readFileSync(join(root, "events", file), "utf8"));
    const { response, error, log } = await run(name, event);
    expect(error).toBeUndefined();
    expect(response).toBeNull();
    expect(config.batches.length).toBeGreaterThan(0);
    const summary = JSON.parse(log.split("\n").find((line) => line.includes('"message":"run"')) ?? "");
    expect(summary).toMatchObject({
      rule: name,
      trigger: kind === "scheduled" ? "schedule" : "change",
      notVerified: 0,
      withheld: 0,
      refused: 0,
    });
    const verdicts = Object.values(summary.judged as Record<string, number>).reduce((sum, count) => sum + count, 0);
    // A deleted resource is not judged; of anything else the sample account holds some.
    if (kind !== "deleted") expect(verdicts).toBeGreaterThan(0);
  });

  it("a real token leaves its verdicts with AWS Config", async () => {
    const file = "dynamodb-table-encryption.change.json";
    const event = JSON.parse(readFileSync(join(root, "events", file), "utf8")) as object;
    await run("dynamodb-table-encryption", { ...event, resultToken });
    expect(
      [...config.stored].map(([key, { complianceType, annotation }]) => [key, complianceType, annotation]),
    ).toEqual([
      [
        "AWS::DynamoDB::Table Sessions",
        "NON_COMPLIANT",
        "AWS owned key; AWS_MANAGED_KEY or stronger required. Indexes and stream share it. Set SSESpecification Enabled=true, SSEType=KMS (update-table)",
      ],
    ]);
  });

  it.each(onIam)("$name reports by IAM's unique ids", async ({ name, judges }) => {
    const event = JSON.parse(readFileSync(join(root, "events", `${name}.scheduled.json`), "utf8")) as object;
    const { error } = await run(name, { ...event, resultToken, configRuleName: ruleName });
    expect(error).toBeUndefined();
    const reported = [...config.stored.keys()];
    for (const type of judges) expect(reported).toContainEqual(expect.stringMatching(new RegExp(`^${type} A[A-Z]{3}`)));
    expect(reported.filter((key) => !/^AWS::IAM::\w+ (AIDA|AROA|AGPA|ANPA)[A-Z0-9]+$/.test(key))).toEqual([]);
  });

  it.each(rules)("$name fails aloud on an event without a result token, and sends nothing", async ({ name }) => {
    const { error } = await run(name, { accountId: "123456789012", configRuleName: name, invokingEvent: "{}" });
    expect(error).toMatchObject({ errorType: "EventError", errorMessage: "resultToken is missing" });
    expect(config.batches).toEqual([]);
  });
});
