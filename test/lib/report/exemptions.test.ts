import { describe, expect, test } from "vitest";
import { applyExemptions, ExemptionError, parseExemptions } from "../../../lib/report/exemptions.ts";
import { countsOf, type RuleExemption, type RuleReport } from "../../../lib/report/report.ts";
import { tableReport } from "../../../lib/report/table.ts";
import { compliant, exempt, report, resource, ruleReport, unread, violation } from "./sample.ts";

const now = new Date("2026-01-01T12:00:00.000Z");
const rules = ["dynamodb-table-encryption", "dynamodb-resource-policy"];
const entry = { rule: "dynamodb-table-encryption", resource: "Orders", reason: "Test data", expires: "2026-06-30" };
const arn = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
const orders = { ...resource("Orders"), id: "table-1", arn };

function parsed(...entries: readonly object[]): readonly RuleExemption[] {
  return parseExemptions(JSON.stringify(entries), "file.json", rules);
}

/** What becomes of the rules by entries that differ from the usual one. */
function applied(given: readonly RuleReport[], ...entries: readonly Partial<typeof entry>[]) {
  return applyExemptions(given, parsed(...entries.map((part) => ({ ...entry, ...part }))), now);
}

/** The exemptions of all evaluations. */
function told({ rules: marked, exemptions }: ReturnType<typeof applied>) {
  return {
    exempted: marked.flatMap(({ evaluations }) => evaluations.map(({ exemption }) => exemption)),
    expired: exemptions.expired.map(({ exemption, violations }) => [exemption.entry, violations.length]),
    unused: exemptions.unused.map((exemption) => exemption.entry),
  };
}

describe("a violation", () => {
  const byReason = "Test data (until 2026-06-30)";

  test.each<[string, readonly Partial<typeof entry>[], ReturnType<typeof told>]>([
    ["is exempted by its name", [{}], { exempted: [byReason], expired: [], unused: [] }],
    ["is exempted by its id", [{ resource: "table-1" }], { exempted: [byReason], expired: [], unused: [] }],
    ["is exempted by its ARN", [{ resource: arn }], { exempted: [byReason], expired: [], unused: [] }],
    ["is exempted by a pattern", [{ resource: "Or?er*" }], { exempted: [byReason], expired: [], unused: [] }],
    [
      "is exempted on the last day",
      [{ expires: "2026-01-01" }],
      { exempted: ["Test data (until 2026-01-01)"], expired: [], unused: [] },
    ],
    ["is exempted no more after it", [{ expires: "2025-12-31" }], { exempted: [null], expired: [[1, 1]], unused: [] }],
    ["of another name is not", [{ resource: "orders" }], { exempted: [null], expired: [], unused: [1] }],
    ["whose name is longer is not", [{ resource: "Order" }], { exempted: [null], expired: [], unused: [1] }],
    [
      "is exempted by the first of two that hold, and both are of use",
      [{}, { resource: "*", reason: "All" }],
      { exempted: [byReason], expired: [], unused: [] },
    ],
    [
      "is exempted where one holds and one has expired, which is of no use any more",
      [{ expires: "2025-12-31" }, {}],
      { exempted: [byReason], expired: [], unused: [1] },
    ],
    [
      "of another rule is not exempted, and of a rule that was not asked nobody knows",
      [{ rule: "dynamodb-resource-policy" }],
      { exempted: [null], expired: [], unused: [] },
    ],
  ])("%s", (_, entries, expected) => {
    expect(told(applied([ruleReport([violation(orders)])], ...entries))).toEqual(expected);
  });
});

describe("a violation that the rule's own parameter exempted", () => {
  const ofParameter = { ...entry, entry: null, reason: "By parameter" };
  const byParameter = "By parameter (until 2026-06-30)";
  const given = [ruleReport([violation(orders, { exemption: byParameter })])];

  test("keeps its words, and the parameter's entry is of use", () => {
    const result = applyExemptions(given, [ofParameter], now);
    expect(result).toEqual({ rules: given, exemptions: { expired: [], unused: [] } });
  });

  test("counts again by no file's entry that expired, which is of no use any more", () => {
    const expired = { ...entry, entry: 1, expires: "2025-12-31" };
    const result = applyExemptions(given, [ofParameter, expired], now);
    expect(result).toEqual({ rules: given, exemptions: { expired: [], unused: [expired] } });
  });

  test("that has expired counts again, and is told", () => {
    const expired = { ...ofParameter, expires: "2025-12-31" };
    const counting = [ruleReport([violation(orders)])];
    const { rules: marked, exemptions } = applyExemptions(counting, [expired], now);
    expect(marked).toEqual(counting);
    expect(exemptions).toMatchObject({
      expired: [{ exemption: expired, violations: [{ resource: orders }] }],
      unused: [],
    });
  });
});

test.each<[string, RuleReport, readonly number[]]>([
  ["a resource that complies", ruleReport([compliant(orders)]), [1]],
  ["a resource that a tag exempts", ruleReport([exempt(orders, "tag Stage=test")]), [1]],
  ["nothing", ruleReport([]), [1]],
  ["a resource that could not be read", ruleReport([], [unread(orders)]), []],
  ["another resource than the one that could not be read", ruleReport([], [unread(resource("Other"))]), [1]],
  ["what a listing that broke off may not have reached", ruleReport([], [unread(null)]), []],
])("an exemption of %s is told as unused only where it surely is", (_, given, unused) => {
  const result = applied([given], {});

  expect(result.exemptions).toMatchObject({ expired: [], unused: unused.map((at) => ({ entry: at })) });
  expect(result.rules).toEqual([given]);
});

test("an exempted violation is counted apart: it neither complies nor counts", () => {
  const { rules: marked } = applied([ruleReport([violation(orders), compliant(resource("A"))])], {});

  expect(countsOf(marked)).toEqual({ compliant: 1, violations: 0, exempted: 1, notApplicable: 0, unread: 0 });
  expect(marked[0]?.evaluations[0]).toMatchObject({ complianceType: "NON_COMPLIANT", severity: "LOW" });
});

test("the table tells what is exempted and why, and what counts again", () => {
  const given = [ruleReport([violation(orders), violation(resource("Sessions"), { severity: "HIGH" })])];
  const result = applied(given, {}, { resource: "S*", reason: "Known", expires: "2025-12-31" });

  const text = tableReport(report(result.rules, { exemptions: result.exemptions }), { width: 100, colour: false });

  expect(text).toContain(`\
  rule                            compliant  violations  exempted  not applicable  unread
  Encryption at rest
    dynamodb-table-encryption             0           1         1               0       0
  0 of 2 judged resources comply          0           1         1               0       0

VIOLATIONS, worst first

  HIGH      dynamodb-table-encryption   table Sessions
`);
  expect(text).toContain(`\
EXEMPTED  (violations all the same; none of them fails the scan)

  dynamodb-table-encryption: table Orders
    Reason    Test data (until 2026-06-30)
    Severity  LOW

EXPIRED EXEMPTIONS  (their violations count again)

  dynamodb-table-encryption: table Sessions
    Reason   Known
    Expired  2025-12-31
`);
});

test("where all violations are exempted, nothing is left to mend but those", () => {
  const { rules: marked } = applied([ruleReport([violation(orders)])], {});

  expect(tableReport(report(marked), { width: 100, colour: false })).toMatch(
    /\nNothing to mend but what is exempted; /,
  );
});

test("foreign reasons reach the terminal as text only", () => {
  const hostile = "\u001b[2J\r\nCOMPLIANT\u202e\u2028\u009b31m";
  const given = [ruleReport([violation(orders), violation(resource("Sessions"))])];
  const result = applied(given, { reason: hostile }, { resource: "S*", reason: hostile, expires: "2025-12-31" });

  const text = tableReport(report(result.rules, { exemptions: result.exemptions }), { width: 100, colour: false });

  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});

describe("a file of exemptions is refused for", () => {
  const use = "use a JSON list of objects with rule, resource, reason, expires";
  const day = "use the last day on which it holds, as 2027-06-30";

  test.each<[string, string, readonly string[]]>([
    ["an object", "{}", [`exemptions file.json: \`{}\` is no list; ${use}`]],
    [
      "an entry that is none",
      '["Orders"]',
      ["exemptions file.json: entry 1 is `Orders`; use an object with rule, resource, reason, expires"],
    ],
    [
      "a rule that is none",
      JSON.stringify([{ ...entry, rule: "nonsense" }]),
      [
        "exemptions file.json: entry 1 (`Orders`): rule is `nonsense`; use dynamodb-table-encryption, dynamodb-resource-policy",
      ],
    ],
    [
      "all that is wrong, at once",
      JSON.stringify([entry, { rule: entry.rule, resource: " ", reason: 5, until: "2026-06-30" }]),
      [
        "exemptions file.json: entry 2 (` `): `until` is no field; use rule, resource, reason, expires",
        "exemptions file.json: entry 2 (` `): resource is ` `; use an id, a name or an ARN, in which * and ? are wildcards",
        "exemptions file.json: entry 2 (` `): reason is `5`; use a sentence that says why",
        `exemptions file.json: entry 2 (\` \`): expires is missing; ${day}`,
      ],
    ],
    ...["2026-02-30", "2026-13-01", "30.06.2026", "2026-6-30", "2026-06-30T00:00:00Z", "never", ""].map(
      (expires): [string, string, readonly string[]] => [
        `the day ${expires}`,
        JSON.stringify([{ ...entry, expires }]),
        [`exemptions file.json: entry 1 (\`Orders\`): expires is \`${expires}\`; ${day}`],
      ],
    ),
  ])("%s", (_, text, faults) => {
    expect(() => parseExemptions(text, "file.json", rules)).toThrow(new ExemptionError(faults));
  });

  test("text that is no JSON", () => {
    expect(() => parseExemptions("[{", "file.json", rules)).toThrow(
      `exemptions file.json: the file is no JSON; ${use} - `,
    );
  });
});

test("no exemption is a list too", () => {
  expect(parsed()).toEqual([]);
});
