/** The command line with a baseline, exemptions or severities: what it says, and with which status it ends. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeFolders, run } from "./child.ts";
import { fileOf, type KeyOf, recordingOf } from "./recordings.ts";

afterAll(removeFolders);

type Tables = Readonly<Record<string, KeyOf>>;

const scanOf = (tables: Tables, ...options: readonly string[]) =>
  run(["scan", "--rules", "dynamodb-table-encryption", "--replay", fileOf(recordingOf(tables)), ...options]);
const jsonOf = async (tables: Tables): Promise<string> => (await scanOf(tables, "--format", "json")).stdout;

// Each test waits for processes of its own: seconds each on a busy machine.
describe.concurrent("--baseline", { timeout: 60_000 }, () => {
  let then = "";
  beforeAll(async () => {
    then = await jsonOf({ Mended: "none", Gone: "none", Left: "none", Hidden: "none" });
  }, 60_000);

  test("tells what is new, mended, unchanged and not verified", async () => {
    const tables: Tables = { Mended: "usable", Left: "none", Hidden: "denied", Fresh: "none" };
    const path = fileOf(then);
    const [json, table] = await Promise.all([
      scanOf(tables, "--baseline", path, "--format", "json"),
      scanOf(tables, "--baseline", path),
    ]);

    const { baseline } = JSON.parse(json.stdout);
    const names = (rows: readonly { resourceName: string }[]) => rows.map(({ resourceName }) => resourceName);
    expect(names(baseline.new)).toEqual(["Fresh"]);
    expect(names(baseline.unchanged)).toEqual(["Left"]);
    expect(names(baseline.mended)).toEqual(["Mended", "Gone"]);
    expect(names(baseline.notVerified)).toEqual(["Hidden"]);
    expect(table.stdout).toContain(
      "SINCE THE BASELINE OF 2026-01-01 00:00 UTC\n\n  New                     1 violation\n",
    );
    expect(table.stdout).toContain("  Not verified this time  1 violation\n");
  });

  test.each<[string, Tables, readonly string[], number]>([
    ["old violations only", { Left: "none" }, ["--fail-on-new"], 0],
    ["old violations only, and any should fail", { Left: "none" }, ["--fail-on-non-compliant"], 1],
    [
      "old violations only, and new ones alone should",
      { Left: "none" },
      ["--fail-on-non-compliant", "--fail-on-new"],
      0,
    ],
    ["a new violation", { Left: "none", Fresh: "none" }, ["--fail-on-new"], 1],
    ["a new violation that may be", { Left: "none", Fresh: "none" }, [], 0],
    ["what was not read beside a new violation", { Hidden: "denied", Fresh: "none" }, ["--fail-on-new"], 3],
  ])("with %s", async (_, tables, options, status) => {
    expect(await scanOf(tables, "--baseline", fileOf(then), ...options)).toMatchObject({ status, stderr: "" });
  });

  test.each<[string, string, string, string]>([
    ["account", '"accountId": "123456789012"', '"accountId": "210987654321"', "account 210987654321 in us-east-1"],
    ["region", '"region": "us-east-1"', '"region": "eu-west-1"', "account 123456789012 in eu-west-1"],
  ])("of another %s is bad usage", async (_, given, other, place) => {
    const path = fileOf(then.replace(given, other));

    expect(await scanOf({ Left: "none" }, "--baseline", path)).toEqual({
      status: 2,
      stdout: "",
      stderr: `baseline ${path} is of ${place}, this scan of account 123456789012 in us-east-1: give a report of the same account and region\n`,
    });
  });

  test("that is no report is bad usage, told before anything is read", async () => {
    const path = fileOf("{}");

    expect(await run(["scan", "--baseline", path])).toEqual({
      status: 2,
      stdout: "",
      stderr: `baseline ${path} is no report in JSON: make one with scan --format json --output FILE\n`,
    });
  });
});

describe.concurrent("--exemptions", { timeout: 60_000 }, () => {
  const rule = "dynamodb-table-encryption";
  const holding = { rule, resource: "Orders", reason: "Test data", expires: "2026-01-01" };
  const expired = { rule, resource: "*/Sess*", reason: "Known", expires: "2025-12-31" };
  const unused = { rule, resource: "Nothing", reason: "Old", expires: "2026-12-31" };
  const listOf = (...entries: readonly object[]): string => fileOf(JSON.stringify(entries));

  test.each<[string, Tables, readonly object[], number, string]>([
    ["an exempted violation fails nothing", { Orders: "none" }, [holding], 0, ""],
    [
      "an expired exemption counts again",
      { Orders: "none", Sessions: "none" },
      [holding, expired],
      1,
      "exemption 2 (dynamodb-table-encryption, `*/Sess*`) expired on 2025-12-31: 1 violation not exempt any more\n",
    ],
    [
      "an unused exemption is told",
      { Orders: "none" },
      [holding, unused],
      0,
      "exemption 2 (dynamodb-table-encryption, `Nothing`) is unused: no violation matches it; remove it\n",
    ],
    ["what was not read stays so", { Orders: "denied" }, [holding], 3, ""],
  ])("%s", async (_, tables, entries, status, stderr) => {
    const options = ["--exemptions", listOf(...entries), "--fail-on-non-compliant"];

    expect(await scanOf(tables, ...options)).toMatchObject({ status, stderr });
  });

  test("in JSON a violation stays one, and its field `exemption` holds the reason", async () => {
    const tables: Tables = { Orders: "none", Sessions: "none" };
    const path = listOf(holding, expired, unused);

    const { stdout } = await scanOf(tables, "--exemptions", path, "--format", "json");

    const { evaluations, exemptions } = JSON.parse(stdout);
    expect(evaluations).toMatchObject([
      { resourceName: "Orders", complianceType: "NON_COMPLIANT", exemption: "Test data (until 2026-01-01)" },
      { resourceName: "Sessions", complianceType: "NON_COMPLIANT", exemption: null },
    ]);
    expect(exemptions).toEqual({
      expired: [{ ...expired, violations: [evaluations[1].fingerprint] }],
      unused: [unused],
    });
  });

  test("an exemption that ended since the baseline makes its violation new", async () => {
    const exempted = ["--exemptions", listOf({ ...holding, expires: "2026-01-01" }), "--format", "json"];
    const baseline = fileOf((await scanOf({ Orders: "none" }, ...exempted)).stdout);
    const ended = ["--exemptions", listOf({ ...holding, expires: "2025-12-31" }), "--baseline", baseline];

    expect(await scanOf({ Orders: "none" }, ...ended, "--fail-on-new")).toMatchObject({ status: 1 });
  });

  test("the rule's parameter exempts as a file does, and both are told together", async () => {
    const entries = [
      "Orders until 2026-01-01 because Test data",
      "*/Sess* until 2025-12-31 because Known",
      "Nothing until 2026-12-31 because Old",
    ];
    const parameters = fileOf(JSON.stringify({ [rule]: { exemptions: entries.join(", ") } }));
    const tables: Tables = { Orders: "none", Sessions: "none", Hidden: "none" };
    const file = listOf({ ...holding, resource: "Hidden", reason: "Of the file" });
    const options = ["--parameters", parameters, "--exemptions", file, "--fail-on", "LOW"];
    const [json, table] = await Promise.all([
      scanOf(tables, ...options, "--format", "json"),
      scanOf(tables, ...options),
    ]);

    expect(json).toMatchObject({
      status: 1,
      stderr: `\
exemption by parameter (dynamodb-table-encryption, \`*/Sess*\`) expired on 2025-12-31: 1 violation not exempt any more
exemption by parameter (dynamodb-table-encryption, \`Nothing\`) is unused: no violation matches it; remove it
`,
    });
    const { evaluations, exemptions, rules } = JSON.parse(json.stdout);
    expect(evaluations).toMatchObject([
      { resourceName: "Orders", complianceType: "NON_COMPLIANT", exemption: "Test data (until 2026-01-01)" },
      { resourceName: "Sessions", complianceType: "NON_COMPLIANT", exemption: null },
      { resourceName: "Hidden", complianceType: "NON_COMPLIANT", exemption: "Of the file (until 2026-01-01)" },
    ]);
    expect(exemptions).toMatchObject({ expired: [{ resource: "*/Sess*" }], unused: [{ resource: "Nothing" }] });
    expect(rules[0].parameters.exemptions).toBe(entries.join(", "));
    expect(table.stdout).toContain("EXPIRED EXEMPTIONS  (their violations count again)");
  });

  test("what the parameter alone exempts fails nothing, and what is unused of it is told", async () => {
    const exemptions = "O* until 2026-01-01 because Test data, Nothing until 2026-12-31 because Old";
    const parameters = fileOf(JSON.stringify({ [rule]: { exemptions } }));

    const ended = await scanOf({ Orders: "none" }, "--parameters", parameters, "--fail-on-non-compliant");

    expect(ended).toMatchObject({
      status: 0,
      stderr:
        "exemption by parameter (dynamodb-table-encryption, `Nothing`) is unused: no violation matches it; remove it\n",
    });
    expect(ended.stdout).toContain("EXEMPTED  (violations all the same; none of them fails the scan)");
  });

  test("what could not be read is exempt by no parameter", async () => {
    const parameters = fileOf(JSON.stringify({ [rule]: { exemptions: "* until 2026-01-01 because Test data" } }));

    expect(await scanOf({ Hidden: "denied" }, "--parameters", parameters)).toMatchObject({ status: 3, stderr: "" });
  });

  test("every fault of the file is a line, before anything is read", async () => {
    const path = listOf({ ...holding, rule: "nonsense" }, { ...holding, expires: "soon" });

    const ended = await run(["scan", "--exemptions", path]);

    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(
        /^exemptions .*: entry 1 \(`Orders`\): rule is `nonsense`; use dynamodb-table-encryption, /,
      ),
      `exemptions ${path}: entry 2 (\`Orders\`): expires is \`soon\`; use the last day on which it holds, as 2027-06-30`,
    ]);
  });
});

// A table under an AWS owned key is a violation of severity LOW.
describe.concurrent("--fail-on and --min-severity", { timeout: 60_000 }, () => {
  const hidden = "violations below MEDIUM are not shown: 1 LOW\n";

  test.each<[string, Tables, readonly string[], number, string]>([
    ["a violation as bad as the limit", { Orders: "none" }, ["--fail-on", "LOW"], 1, ""],
    ["a violation less bad than the limit", { Orders: "none" }, ["--fail-on", "MEDIUM"], 0, ""],
    ["what was not read beside a violation", { Orders: "none", Legacy: "denied" }, ["--fail-on", "LOW"], 3, ""],
    ["all well", { Orders: "usable" }, ["--fail-on", "LOW"], 0, ""],
    ["a violation that is not shown", { Orders: "none" }, ["--min-severity", "MEDIUM", "--fail-on", "LOW"], 1, hidden],
    ["a violation not shown that may be", { Orders: "none" }, ["--min-severity", "MEDIUM"], 0, hidden],
  ])("with %s", async (_, tables, options, status, stderr) => {
    expect(await scanOf(tables, ...options)).toMatchObject({ status, stderr });
  });

  test("a new violation fails where it is as bad as the limit, and is compared though it is not shown", async () => {
    const baseline = ["--baseline", fileOf(await jsonOf({ Orders: "usable" })), "--fail-on-new"];
    const scanWith = (...options: readonly string[]) => scanOf({ Orders: "none" }, ...baseline, ...options);

    const [low, medium, notShown] = await Promise.all([
      scanWith("--fail-on", "LOW"),
      scanWith("--fail-on", "MEDIUM"),
      scanWith("--min-severity", "MEDIUM", "--format", "json"),
    ]);

    expect([low.status, medium.status, notShown.status]).toEqual([1, 0, 1]);
    expect(JSON.parse(notShown.stdout)).toMatchObject({
      evaluations: [],
      leftOut: { minSeverity: "MEDIUM", violations: { LOW: 1 } },
      baseline: { new: [{ resourceName: "Orders" }] },
    });
  });
});
