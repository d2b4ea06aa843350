import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { validFindings } from "../lib/report/ocsf-schema.ts";
import { validLog } from "../lib/report/sarif-schema.ts";
import { fakeCredentials, newFolder, removeFolders, run } from "./child.ts";
import { fileOf, recordingOf } from "./recordings.ts";

afterAll(removeFolders);

// Each test waits for a process of its own, not for the others'.
// Many processes at once: seconds each on a busy machine.
describe.concurrent("scan", { timeout: 60_000 }, () => {
  const one = ["--rules", "dynamodb-table-encryption"];

  test.each<[string, readonly string[], number]>([
    ["all is well", ["usable"], 0],
    ["all is well, and violations should fail", ["usable", "--fail-on-non-compliant"], 0],
    ["there is a violation", ["usable,none"], 0],
    ["there is a violation, and violations should fail", ["usable,none", "--fail-on-non-compliant"], 1],
    ["something was not read beside a violation", ["none,denied", "--fail-on-non-compliant"], 3],
  ])("where %s: %s exits with %i", async (_, [keys = "", ...options], status) => {
    const tables = Object.fromEntries(keys.split(",").map((key) => [`Table-${key}`, key as "none"]));
    const ended = await run(["scan", ...one, "--format", "json", "--replay", fileOf(recordingOf(tables)), ...options]);

    expect(ended).toMatchObject({ status, stderr: "" });
    const { evaluations, errors, evaluatedAt } = JSON.parse(ended.stdout);
    expect([...evaluations, ...errors].map(({ resourceId }) => resourceId).sort()).toEqual(Object.keys(tables).sort());
    expect(evaluatedAt).toBe("2026-01-01T00:00:00.000Z");
  });

  test("a recording that was edited is bad usage", async () => {
    const path = fileOf(recordingOf({ "Table-none": "none" }).replaceAll("Table-none", "Table-fine"));
    const stderr = `recording ${path} was edited after it was made (its digest differs): record it again\n`;

    expect(await run(["scan", "--replay", path])).toEqual({ status: 2, stdout: "", stderr });
  });

  test("every fault of rules and parameters is a line, before anything is read", async () => {
    const path = fileOf('{"dynamodb-table-encryption": {"minimumKeyType": "CMK", "typo": 1}}');

    const ended = await run(["scan", "--rules", "nonsense", "--parameters", path]);

    expect(ended).toMatchObject({ status: 2, stdout: "" });
    const [rules, ...parameters] = ended.stderr.trimEnd().split("\n");
    expect(rules).toMatch(/^--rules: `nonsense` is no rule; use dynamodb-table-encryption\b/);
    expect(parameters).toEqual([
      "parameters: dynamodb-table-encryption.typo is not a parameter; use minimumKeyType, allowedKeyArns, requireKeyRotation, exemptResourceTag, exemptions",
      "parameters: dynamodb-table-encryption.minimumKeyType is `CMK`; use AWS_OWNED_KEY, AWS_MANAGED_KEY or CUSTOMER_MANAGED_KEY",
    ]);
  });

  test("without credentials it says how to get some, and only --debug shows a stack", async () => {
    const line = "no AWS credentials found: set AWS_PROFILE, or try the recorded account by `scan --sample`\n";
    const [plain, debugged] = await Promise.all([run(["scan"]), run(["scan", "--debug"])]);

    expect(plain).toEqual({ status: 3, stdout: "", stderr: line });
    expect(debugged.stderr.startsWith(line)).toBe(true);
    expect(debugged.stderr).toMatch(/^CredentialsProviderError: .*\n {4}at /m);
  });

  test("without a region it says how to give one", async () => {
    const stderr = "no AWS region found: give --region, set AWS_REGION, or add a region to the profile\n";

    expect(await run(["scan"], fakeCredentials)).toEqual({ status: 3, stdout: "", stderr });
  });

  test("an endpoint out of reach is named, and not waited for", { timeout: 60_000 }, async () => {
    const ended = await run(["scan", "--region", "us-east-1"], {
      ...fakeCredentials,
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    });

    expect(ended).toEqual({
      status: 3,
      stdout: "",
      stderr:
        "AWS STS in us-east-1 cannot be reached: check the network, the region and AWS_ENDPOINT_URL - connect ECONNREFUSED 127.0.0.1:9\n",
    });
  });

  test("hostile names reach a terminal as text only, and JSON as themselves", async () => {
    const hostile = "\u001b[2J\r\n\u202e<script>'$(reboot)\u009b\u2028";
    const path = fileOf(recordingOf({ [hostile]: "none" }));

    const [table, json] = await Promise.all(
      ["table", "json"].map((format) => run(["scan", ...one, "--format", format, "--replay", path])),
    );

    for (const ended of [table, json]) {
      expect(ended).toMatchObject({ status: 0, stderr: "" });
      expect(ended?.stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }
    expect(table?.stdout).toContain("  0 of 1 judged resources comply");
    expect(JSON.parse(json?.stdout ?? "").evaluations[0].resourceName).toBe(hostile);
  });

  test("a report in a file leaves standard output empty, and has no colour", async () => {
    const output = join(newFolder(), "report.txt");
    const words = ["scan", ...one, "--replay", fileOf(recordingOf({ Sessions: "none" })), "--output", output];

    const ended = await run(words, { FORCE_COLOR: "1" });

    expect(ended).toEqual({ status: 0, stdout: "", stderr: `report written to ${output}\n` });
    expect(readFileSync(output, "utf8")).toMatch(/^dynamodb-compliance {2}123456789012 /);
    expect(readFileSync(output, "utf8")).not.toContain("\u001b");
  });

  test("several formats go each to an output of its own, one of them to standard output", async () => {
    const folder = newFolder();
    const [sarif, csv, table, markdown] = ["r.sarif", "r.csv", "r.txt", "r.md"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
      string,
    ];
    const formats = [
      ["sarif", sarif],
      ["json", "-"],
      ["csv", csv],
      ["table", table],
      ["markdown", markdown],
    ].flatMap(([format = "", output = ""]) => ["--format", format, "--output", output]);
    const recording = fileOf(recordingOf({ Sessions: "none", Legacy: "denied" }));

    const ended = await run(["scan", ...one, "--replay", recording, ...formats]);

    expect(ended.status).toBe(3);
    expect(ended.stderr).toBe([sarif, csv, table, markdown].map((path) => `report written to ${path}\n`).join(""));
    expect(JSON.parse(ended.stdout)).toMatchObject({ schemaVersion: 1 });
    const log = validLog(readFileSync(sarif, "utf8"));
    expect(log.results).toHaveLength(1);
    expect(log.invocations[0].executionSuccessful).toBe(false);
    expect(readFileSync(csv, "utf8").trimEnd().split("\r\n")).toHaveLength(3);
    expect(readFileSync(table, "utf8")).toMatch(/^dynamodb-compliance {2}/);
    expect(readFileSync(markdown, "utf8")).toContain("**1 violation** and **1 unread**");
  });

  test("the sample account is a line of OCSF for each evaluation", async () => {
    const [ocsf, json] = await Promise.all(
      ["ocsf", "json"].map((format) => run(["scan", "--replay", "events/sample-account.json", "--format", format])),
    );

    expect(ocsf).toMatchObject({ status: 0, stderr: "" });
    const findings = validFindings(ocsf?.stdout ?? "");
    const { evaluations } = JSON.parse(json?.stdout ?? "");
    expect(evaluations.length).toBeGreaterThan(100);
    expect(findings.map(({ finding_info, compliance }) => [finding_info.uid, compliance.status_code])).toEqual(
      evaluations.map((row: Record<string, unknown>) => [row["fingerprint"], row["complianceType"]]),
    );
  });

  test("a reader that has seen enough is no error", async () => {
    // More than a pipe holds, so that the write is cut.
    const tables = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`Table-${at}`, "none"] as const));
    const scan = `"${process.execPath}" cli/main.ts scan --rules dynamodb-table-encryption --format json --replay "${fileOf(recordingOf(tables))}"`;

    const { stdout, stderr } = await promisify(execFile)("sh", ["-c", `(${scan}; echo "status $?" >&2) | head -n 1`]);

    expect({ stdout, stderr }).toEqual({ stdout: "{\n", stderr: "status 0\n" });
  });
});
