import { describe, expect, test } from "vitest";
import { type Baseline, compareWith, parseBaseline } from "../../../lib/report/baseline.ts";
import { jsonReport } from "../../../lib/report/json.ts";
import type { Comparison, RuleReport } from "../../../lib/report/report.ts";
import { compliant, exempt, report, resource, ruleReport, unread, violation } from "./sample.ts";

/** What was told then, read back from the JSON that it was told in. */
function baselineOf(rules: readonly RuleReport[]): Baseline {
  return parseBaseline(jsonReport(report(rules)), "then.json");
}

const orders = resource("Orders");
const broken = violation(orders, { fingerprint: "orders" });
const accepted = violation(orders, { fingerprint: "orders", exemption: "Test data" });
const kinds = ["new", "unchanged", "mended", "changed", "exempted", "notVerified"] as const;

/** The kinds that are not empty, with the fingerprints in them and why. */
function told(comparison: Comparison): Readonly<Record<string, readonly string[]>> {
  const rows = kinds.map((kind) => [
    kind,
    comparison[kind].map((row) => ("because" in row ? `${row.fingerprint}: ${row.because}` : row.fingerprint)),
  ]);
  return Object.fromEntries(rows.filter(([, row]) => (row?.length ?? 0) > 0));
}

describe("a violation of which", () => {
  test.each<[string, RuleReport, readonly RuleReport[], Readonly<Record<string, readonly string[]>>]>([
    ["nothing was known is new", ruleReport([]), [ruleReport([broken])], { new: ["orders"] }],
    ["it complied before is new", ruleReport([compliant(orders)]), [ruleReport([broken])], { new: ["orders"] }],
    ["the same was told is unchanged", ruleReport([broken]), [ruleReport([broken])], { unchanged: ["orders"] }],
    [
      "only the words differ is unchanged",
      ruleReport([broken]),
      [ruleReport([{ ...broken, annotation: "in 3 days", severity: "HIGH" }])],
      { unchanged: ["orders"] },
    ],
    [
      "the resource complies is mended",
      ruleReport([broken]),
      [ruleReport([compliant(orders)])],
      { mended: ["orders: fine"] },
    ],
    [
      "the resource is out of the rule's reach is mended",
      ruleReport([broken]),
      [ruleReport([{ ...compliant(orders), complianceType: "NOT_APPLICABLE", annotation: "Deleted" }])],
      { mended: ["orders: Deleted"] },
    ],
    [
      "the resource is gone is mended",
      ruleReport([broken]),
      [ruleReport([])],
      { mended: ["orders: nothing of this name exists any more"] },
    ],
    [
      "the resource could not be read is not verified",
      ruleReport([broken]),
      [ruleReport([], [unread(orders, { call: "kms:DescribeKey", message: "was denied" })])],
      { notVerified: ["orders: kms:DescribeKey was denied"] },
    ],
    [
      "the resource was not listed by a listing that broke off is not verified",
      ruleReport([broken]),
      [ruleReport([compliant(resource("Sessions"))], [unread(null, { call: null, message: "was interrupted" })])],
      { notVerified: ["orders: was interrupted"] },
    ],
    [
      "the resource complies is mended, also where the listing then broke off",
      ruleReport([broken]),
      [ruleReport([compliant(orders)], [unread(null)])],
      { mended: ["orders: fine"] },
    ],
    [
      "the rule was not asked is not verified",
      ruleReport([broken]),
      [],
      { notVerified: ["orders: the rule was not asked this time"] },
    ],
    [
      "another rule judges the resource is not verified by that",
      ruleReport([broken]),
      [ruleReport([compliant(orders)], [], { rule: "dynamodb-resource-policy" })],
      { notVerified: ["orders: the rule was not asked this time"] },
    ],
    [
      "the reason is another one now is changed, and the other one is new",
      ruleReport([broken]),
      [ruleReport([violation(orders, { fingerprint: "other", annotation: "worse" })])],
      { new: ["other"], changed: ["orders: worse"] },
    ],
    [
      "an exemption was given is neither mended nor unchanged",
      ruleReport([broken]),
      [ruleReport([accepted])],
      { exempted: ["orders: Test data"] },
    ],
    [
      "the resource was exempted by its tag is not mended",
      ruleReport([broken]),
      [ruleReport([exempt(orders, "tag Stage=test")])],
      { exempted: ["orders: tag Stage=test"] },
    ],
    [
      "the exemption has ended counts again, as new",
      ruleReport([accepted]),
      [ruleReport([broken])],
      { new: ["orders"] },
    ],
    ["the exemption holds still is not told", ruleReport([accepted]), [ruleReport([accepted])], {}],
  ])("%s", (_, then, now, expected) => {
    expect(told(compareWith(baselineOf([then]), now))).toEqual(expected);
  });
});

test("a rule that the baseline had not asked, and one with other parameters, are named", () => {
  const then = baselineOf([ruleReport([]), ruleReport([], [], { rule: "dynamodb-vpc-endpoint", parameters: {} })]);
  const now = [
    ruleReport([], [], { parameters: { minimumKeyType: "CUSTOMER_MANAGED_KEY" } }),
    ruleReport([], [], { rule: "dynamodb-vpc-endpoint", parameters: {} }),
    ruleReport([], [], { rule: "dynamodb-resource-policy" }),
  ];

  expect(compareWith(then, now)).toMatchObject({
    addedRules: ["dynamodb-resource-policy"],
    rulesWithOtherParameters: ["dynamodb-table-encryption"],
  });
});

test.each<[string, (text: string) => string, string]>([
  ["is cut", (text) => text.slice(0, 20), "is cut or no JSON ("],
  [
    "is of another schema",
    (text) => text.replace(/"schemaVersion": 1/, '"schemaVersion": "9"'),
    "is of schema `9`; this",
  ],
  ["is no report", () => '{"Statement": []}', "is no report in JSON: make one with scan --format json --output FILE"],
  ["is a list", () => "[]", "is no report in JSON: make one"],
  [
    "lacks a part",
    (text) => text.replace('"fingerprint"', '"print"'),
    "is no whole report (see evaluations.0.fingerprint)",
  ],
  [
    "leaves something out",
    (text) => text.replace('"leftOut": null', '"leftOut": {"minSeverity": "HIGH", "violations": {}}'),
    "tells no violation below HIGH: make one without --min-severity",
  ],
  ["holds a foreign word", (text) => text.replace("NON_COMPLIANT", "FINE"), "(see evaluations.0.complianceType)"],
])("a baseline that %s is refused, and named", (_, damage, message) => {
  const text = damage(jsonReport(report([ruleReport([broken])])));

  expect(() => parseBaseline(text, "then.json")).toThrow(`baseline then.json `);
  expect(() => parseBaseline(text, "then.json")).toThrow(message);
});

test("a report of before reports knew baselines is one as well", () => {
  const { baseline: _, ...older } = JSON.parse(jsonReport(report([ruleReport([broken])])));

  expect(parseBaseline(JSON.stringify(older), "then.json").violations).toHaveLength(1);
});
