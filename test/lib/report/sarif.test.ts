import fc from "fast-check";
import { expect, test } from "vitest";
import { sarifReport } from "../../../lib/report/sarif-report.ts";
import type { Severity } from "../../../lib/rule.ts";
import published from "../../../lib/rules/rules.json" with { type: "json" };
import { compliant, exempt, report, resource, ruleReport, unread, violation } from "./sample.ts";
import { faultsOf, validLog } from "./sarif-schema.ts";

const orders = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
const weak = [{ code: "awsOwnedKey", found: "AWS owned key", wanted: "stronger required", source: null }] as const;

test("violations are results, at a place that is the same in every scan", () => {
  const { results, invocations, automationDetails, properties } = validLog(
    sarifReport(
      report([
        ruleReport([
          compliant(resource("Sessions")),
          exempt(resource("Sandbox"), "tag Stage=test"),
          violation({ ...resource("Orders"), arn: orders }, { reasons: weak, fingerprint: "f2" }),
        ]),
      ]),
    ),
  );

  expect(results).toEqual([
    {
      ruleId: "dynamodb-table-encryption/awsOwnedKey",
      ruleIndex: expect.any(Number),
      kind: "fail",
      level: "note",
      message: { text: "Orders: AWS owned key; stronger required. Mend: Set it." },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "aws/123456789012/us-east-1/AWS%3A%3ADynamoDB%3A%3ATable/Orders" },
            region: { startLine: 1 },
          },
          logicalLocations: [{ name: "Orders", fullyQualifiedName: orders, kind: "resource" }],
        },
      ],
      partialFingerprints: { "evaluation/v1": "f2", primaryLocationLineHash: "f2:1" },
      properties: {
        severity: "LOW",
        resourceType: "AWS::DynamoDB::Table",
        resourceId: "Orders",
        resourceArn: orders,
        witness: null,
      },
    },
  ]);
  expect(invocations).toEqual([{ executionSuccessful: true, toolExecutionNotifications: [] }]);
  expect(automationDetails).toEqual({ id: "dynamodb-compliance/123456789012/us-east-1/" });
  expect(properties).toMatchObject({ compliant: 1, violations: 1, notApplicable: 1, unread: 0 });
});

test("a violation that somebody took upon himself is a result that is suppressed, with the reason", () => {
  const exemption = "Test data, until 2027-06-30";
  const { results } = validLog(sarifReport(report([ruleReport([violation(resource("Sandbox"), { exemption })])])));
  expect(results).toMatchObject([{ suppressions: [{ kind: "external", justification: exemption }] }]);
});

test("what was not read is a notification, and the run no success", () => {
  const { results, invocations } = validLog(
    sarifReport(
      report([ruleReport([], [unread(resource("Legacy")), unread(null, { call: null, message: "broke off" })])]),
    ),
  );

  expect(results).toEqual([]);
  expect(invocations[0].executionSuccessful).toBe(false);
  expect(invocations[0].toolExecutionNotifications).toMatchObject([
    {
      level: "error",
      message: { text: "kms:DescribeKey on key ...9c02 was denied. Allow it to role/scanner in the key's policy" },
      locations: [{ logicalLocations: [{ name: "Legacy" }] }],
      properties: { rule: "dynamodb-table-encryption", call: "kms:DescribeKey", lasting: true },
    },
    { message: { text: "broke off" }, properties: { call: null } },
  ]);
});

test.each<[Severity, string]>([
  ["CRITICAL", "error"],
  ["HIGH", "error"],
  ["MEDIUM", "warning"],
  ["LOW", "note"],
])("%s is of level %s", (severity, level) => {
  const [result] = validLog(sarifReport(report([ruleReport([violation(resource("A"), { severity })])]))).results;
  expect(result?.level).toBe(level);
});

test("each reason of each rule that ran is a rule with its help, level and severity", () => {
  const ran = published.map(({ name }) => ruleReport([], [], { rule: name }));
  const { rules } = validLog(sarifReport(report(ran))).tool.driver;

  expect(rules.map(({ id }) => id)).toEqual(
    published.flatMap(({ name, reasons }) => Object.keys(reasons).map((code) => `${name}/${code}`)),
  );
  for (const rule of rules) {
    expect(rule).toMatchObject({
      help: { text: expect.stringContaining("https://"), markdown: expect.stringContaining("**") },
      helpUri: expect.stringMatching(/^https:/),
      properties: { "security-severity": expect.stringMatching(/^\d\.\d$/) },
    });
  }
  expect(validLog(sarifReport(report(ran.slice(0, 1)))).tool.driver.rules.length).toBeLessThan(rules.length);
});

test("the schema is there to refuse", () => {
  const good = JSON.parse(sarifReport(report([ruleReport([violation(resource("A"))])])));
  const [run] = good.runs;
  expect(faultsOf({ ...good, version: "2.0.0" })).not.toEqual([]);
  expect(faultsOf({ ...good, runs: [{ ...run, results: [{ ...run.results[0], level: "fatal" }] }] })).not.toEqual([]);
  expect(faultsOf({ ...good, runs: [{ ...run, results: [{ ...run.results[0], text: "" }] }] })).not.toEqual([]);
  expect(faultsOf({ ...good, runs: [{ ...run, tool: {} }] })).not.toEqual([]);
});

test("whatever the names, the log is valid, and a name is neither a link nor a way out of its folder", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.constantFrom("..", "[x](https://example.com)", "a/../../b", "%2e%2e", "\ud800"),
  );
  fc.assert(
    fc.property(name, (hostile) => {
      const of = { ...resource(hostile), arn: hostile };
      const reasons = [{ code: hostile, found: hostile, wanted: hostile, source: null }] as const;
      const { results, invocations } = validLog(
        sarifReport(report([ruleReport([violation(of, { reasons })], [unread(of, { message: hostile })])])),
      );

      const [result] = results;
      const uri = result?.locations[0]?.physicalLocation.artifactLocation.uri ?? "";
      expect(new URL(uri, "https://host/root/").pathname.split("/")).toHaveLength(7);
      for (const { message } of [...results, ...invocations[0].toolExecutionNotifications]) {
        expect(message.text).not.toMatch(/\]\(|[\p{Cc}\p{Cf}]/u);
      }
    }),
    { numRuns: 100 },
  );
});
