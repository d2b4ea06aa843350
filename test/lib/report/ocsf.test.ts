import { describe, expect, test } from "vitest";
import { type Baseline, compareWith, parseBaseline } from "../../../lib/report/baseline.ts";
import { jsonReport } from "../../../lib/report/json.ts";
import { ocsfReport } from "../../../lib/report/ocsf.ts";
import type { RuleReport } from "../../../lib/report/report.ts";
import { showFrom } from "../../../lib/report/severity.ts";
import type { Severity, WitnessRequest } from "../../../lib/rule.ts";
import { faultsOf, type OcsfFinding, validFindings } from "./ocsf-schema.ts";
import { compliant, exempt, report, resource, ruleReport, unread, violation } from "./sample.ts";

const orders = { ...resource("Orders"), arn: "arn:aws:dynamodb:us-east-1:123456789012:table/Orders" };

function findings(...rules: readonly RuleReport[]): readonly OcsfFinding[] {
  return validFindings(ocsfReport(report(rules)));
}

function baselineOf(then: RuleReport): Baseline {
  return parseBaseline(jsonReport(report([then])), "then.json");
}

/** A scan with an earlier one as its baseline. */
function reportSince(then: RuleReport, now: RuleReport): string {
  return ocsfReport(report([now], { comparison: compareWith(baselineOf(then), [now]) }));
}

test("a violation is a finding that tells what, why, where and how to mend it", () => {
  const mend = { summary: "Set it", steps: [], mayBreak: "Nothing", choice: "Choose a key." };
  const [finding] = findings(ruleReport([violation(orders, { fingerprint: "f2", mend })]));

  expect(finding).toEqual({
    activity_id: 1,
    activity_name: "Create",
    category_uid: 2,
    category_name: "Findings",
    class_uid: 2003,
    class_name: "Compliance Finding",
    type_uid: 200301,
    type_name: "Compliance Finding: Create",
    time: Date.UTC(2026, 0, 1),
    severity_id: 2,
    severity: "Low",
    status_id: 1,
    status: "New",
    message: "table Orders: AWS owned key; stronger required",
    metadata: {
      version: "1.8.0",
      profiles: ["cloud"],
      product: { uid: "dynamodb-compliance", name: "dynamodb-compliance", version: "0.1.0" },
    },
    cloud: { provider: "AWS", region: "us-east-1", account: { uid: "123456789012", type_id: 10, type: "AWS Account" } },
    finding_info: {
      uid: "f2",
      uid_alt: "dynamodb-table-encryption/123456789012/us-east-1/AWS::DynamoDB::Table/Orders",
      title: "Tables are encrypted with a key that can be audited and used",
      desc: "An AWS owned key is encryption that nobody in this account can audit, restrict or revoke.",
      analytic: {
        type_id: 1,
        type: "Rule",
        uid: "dynamodb-table-encryption/awsOwnedKey",
        name: "dynamodb-table-encryption",
      },
    },
    compliance: {
      status_id: 3,
      status: "Fail",
      status_code: "NON_COMPLIANT",
      status_details: ["AWS owned key; stronger required"],
      control: "dynamodb-table-encryption",
      desc: expect.stringMatching(/^A table, its indexes/),
      requirements: ["Encryption at rest"],
      standards: ["Amazon DynamoDB preventative security best practices"],
      control_parameters: [{ name: "minimumKeyType", value: "AWS_MANAGED_KEY" }],
    },
    resources: [{ type: "AWS::DynamoDB::Table", name: "Orders", uid: orders.arn, uid_alt: "Orders" }],
    remediation: {
      desc: "Set it. Choose a key. May break: Nothing",
      references: expect.arrayContaining([expect.stringMatching(/^https:/)]),
    },
  });
});

test("the request that AWS would allow is told as in the JSON report", () => {
  const witness: WitnessRequest = {
    principal: null,
    action: "dynamodb:Scan",
    resource: orders.arn,
    context: { "dynamodb:LeadingKeys": null },
    allowedBy: ["tenant/Open"],
  };
  expect(findings(ruleReport([violation(orders, { witness })]))).toMatchObject([{ unmapped: { witness } }]);
});

test.each<[string, RuleReport, Partial<OcsfFinding["compliance"]>, object]>([
  [
    "a resource that complies passes, and asks for nothing",
    ruleReport([compliant(orders)]),
    { status_id: 1, status: "Pass", status_code: "COMPLIANT", status_details: ["fine"] },
    { severity_id: 1, severity: "Informational", resources: [{ uid: orders.arn }] },
  ],
  [
    "what the rule does not apply to is neither a pass nor unknown",
    ruleReport([{ ...compliant(orders), complianceType: "NOT_APPLICABLE", annotation: "Deleted" }]),
    { status_id: 99, status: "NOT_APPLICABLE", status_code: "NOT_APPLICABLE", status_details: ["Deleted"] },
    { severity_id: 1 },
  ],
  [
    "what a tag exempts is not applicable, and says by what",
    ruleReport([exempt(orders, "tag Stage=test")]),
    { status_id: 99, status: "NOT_APPLICABLE", status_details: ["Exempt: tag Stage=test"] },
    { severity_id: 1, comment: "tag Stage=test" },
  ],
  [
    "a violation that somebody took upon himself is suppressed, and fails all the same",
    ruleReport([violation(orders, { exemption: "Test data, until 2027-06-30", severity: "HIGH" })]),
    { status_id: 3, status: "Fail", status_code: "NON_COMPLIANT" },
    { severity_id: 4, status_id: 3, status: "Suppressed", comment: "Test data, until 2027-06-30" },
  ],
  [
    "what could not be read is unknown",
    ruleReport([], [unread(orders, { message: "was denied" })]),
    { status_id: 0, status: "Unknown", status_code: "NOT_READ", status_details: ["kms:DescribeKey was denied"] },
    { severity_id: 0, severity: "Unknown", status_id: 1, message: "table Orders: kms:DescribeKey was denied" },
  ],
  [
    "a listing that broke off is unknown, and of no resource",
    ruleReport([], [unread(null, { call: null, message: "broke off" })]),
    { status_id: 0, status: "Unknown", status_code: "NOT_READ", status_details: ["broke off"] },
    {
      message: "the listing: broke off",
      finding_info: { uid_alt: "dynamodb-table-encryption/123456789012/us-east-1" },
    },
  ],
])("%s", (_, rule, compliance, rest) => {
  const [finding, ...others] = findings(rule);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ ...rest, activity_id: 1, compliance });
});

test("what asks for nothing has no status to be moved on, and what is of no resource names none", () => {
  const [passed, unknown] = findings(ruleReport([compliant(orders)], [unread(null)]));
  expect(passed).not.toHaveProperty("status_id");
  expect(unknown).not.toHaveProperty("resources");
});

test("an update leaves the status that the consumer gave the finding", () => {
  const broken = ruleReport([violation(orders)]);
  expect(validFindings(reportSince(broken, broken))).toEqual([
    expect.not.objectContaining({ status: expect.anything() }),
  ]);
});

test.each<[Severity, number, string]>([
  ["CRITICAL", 5, "Critical"],
  ["HIGH", 4, "High"],
  ["MEDIUM", 3, "Medium"],
  ["LOW", 2, "Low"],
])("%s is severity %i, %s", (severity, id, caption) => {
  expect(findings(ruleReport([violation(orders, { severity })]))).toMatchObject([
    { severity_id: id, severity: caption },
  ]);
});

describe("since a baseline, a violation of which", () => {
  const broken = violation(orders, { fingerprint: "orders" });
  const [created, updated, closed] = [
    { activity_id: 1, activity_name: "Create" },
    { activity_id: 2, activity_name: "Update" },
    { activity_id: 3, activity_name: "Close" },
  ];
  const former = { severity_id: 1, finding_info: { uid: "orders" } };
  const resolved = { ...closed, ...former, status_id: 4, status: "Resolved" };

  test.each<[string, RuleReport, RuleReport, readonly object[]]>([
    [
      "nothing was known is created",
      ruleReport([]),
      ruleReport([broken]),
      [{ ...created, status_id: 1, compliance: { status: "Fail" } }],
    ],
    [
      "the same was told is updated",
      ruleReport([broken]),
      ruleReport([broken]),
      [{ ...updated, severity_id: 2, compliance: { status: "Fail" } }],
    ],
    [
      "the resource complies is closed as resolved, beside the pass",
      ruleReport([broken]),
      ruleReport([compliant(orders)]),
      [
        { ...created, compliance: { status: "Pass" } },
        { ...resolved, message: "table Orders: fine", compliance: { status: "Pass" } },
      ],
    ],
    [
      "the resource is gone is closed as resolved, and is no pass",
      ruleReport([broken]),
      ruleReport([]),
      [{ ...resolved, compliance: { status: "NOT_APPLICABLE" } }],
    ],
    [
      "the resource breaks the rule for another reason is closed, and the resource fails in both",
      ruleReport([broken]),
      ruleReport([violation(orders, { fingerprint: "other" })]),
      [
        { ...created, finding_info: { uid: "other" }, compliance: { status: "Fail" } },
        { ...closed, ...former, status_id: 5, status: "Archived", compliance: { status: "Fail" } },
      ],
    ],
    [
      "somebody took it upon himself is suppressed, and fails",
      ruleReport([broken]),
      ruleReport([{ ...broken, exemption: "Test data" }]),
      [{ ...updated, status: "Suppressed", finding_info: { uid: "orders" }, compliance: { status: "Fail" } }],
    ],
    [
      "the resource got an exempting tag is suppressed, and is no pass",
      ruleReport([broken]),
      ruleReport([exempt(orders, "tag Stage=test")]),
      [
        { ...created, compliance: { status: "NOT_APPLICABLE" } },
        { ...updated, ...former, status: "Suppressed", compliance: { status: "NOT_APPLICABLE" } },
      ],
    ],
    [
      "the resource could not be read stays as it was, beside what was not read",
      ruleReport([broken]),
      ruleReport([], [unread(orders)]),
      [{ ...created, compliance: { status: "Unknown" } }],
    ],
  ])("%s", (_, then, now, expected) => {
    expect(validFindings(reportSince(then, now))).toMatchObject(expected);
  });

  test("the resource breaks the rule for a reason too mild to be shown is closed, and the resource fails", () => {
    const now = [ruleReport([violation(orders, { fingerprint: "milder" })])];
    const comparison = compareWith(baselineOf(ruleReport([broken])), now);
    const shown = showFrom(report(now, { comparison }), "HIGH");
    expect(validFindings(ocsfReport(shown))).toMatchObject([
      { ...closed, ...former, status: "Archived", compliance: { status: "Fail" } },
    ]);
  });
});

test("nothing judged is no line", () => {
  expect(ocsfReport(report([ruleReport([])]))).toBe("");
});

test("the schema is there to refuse", () => {
  const good = JSON.parse(ocsfReport(report([ruleReport([violation(orders)])])));
  expect(faultsOf(good)).toEqual([]);
  for (const bad of [
    { ...good, class_uid: 2004 },
    { ...good, type_uid: 200401 },
    { ...good, severity_id: 7 },
    { ...good, time: "2026-01-01" },
    { ...good, annotation: "" },
    { ...good, risk_details: "of another profile" },
    { ...good, metadata: { ...good.metadata, product: {} } },
    { ...good, finding_info: { title: "" } },
    { ...good, compliance: { ...good.compliance, status_id: 4 } },
    { ...good, resources: [{ type: "AWS::DynamoDB::Table" }] },
    { ...good, resources: [{ name: "Orders", arn: orders.arn }] },
    { ...good, remediation: { references: [] } },
    { ...good, cloud: { region: "us-east-1" } },
  ]) {
    expect(faultsOf(bad)).not.toEqual([]);
  }
});
