/** The reports of policies in files, as pipelines take them. */
import { expect, test } from "vitest";
import { csvOfPolicies } from "../../../lib/report/csv.ts";
import { markdownOfPolicies } from "../../../lib/report/markdown.ts";
import type { PolicyOutcome, PolicyReport } from "../../../lib/report/policy-report.ts";
import { sarifOfPolicies } from "../../../lib/report/sarif-policies.ts";
import type { Outcome } from "../../../lib/rule.ts";
import { compliant, resource, unread, violation } from "./sample.ts";
import { validLog } from "./sarif-schema.ts";

const rule = "dynamodb-least-privilege";
const reasons = [{ code: "allActions", found: "All grants all actions", wanted: "list them", source: null }] as const;

function outcomeOf(file: string, policy: string | null, outcome: Outcome): PolicyOutcome {
  return { file, policy, rule, document: "{}", place: { line: 4, column: 7 }, outcome };
}

function reportOf(outcomes: readonly PolicyOutcome[], problems: PolicyReport["problems"] = []): PolicyReport {
  return {
    toolVersion: "0.1.0",
    rules: [{ rule, practice: "IAM policies for authorization" }],
    outcomes,
    problems,
  };
}

const policy = resource("Orders", "AWS::IAM::Policy");
const wrong = violation(policy, { rule, severity: "HIGH", reasons });
const problem = { file: "b.tf", message: "b.tf: is Terraform's source; give its plan" };
const mixed = reportOf(
  [
    outcomeOf("a.yaml", "Orders", wrong),
    outcomeOf("a.yaml", "Readers", { ...compliant(policy), rule }),
    outcomeOf(
      "c.json",
      null,
      unread(resource("c.json", "AWS::IAM::Policy"), { call: null, message: "does not parse" }),
    ),
  ],
  [problem],
);

test("a violation is told at its statement, and what was not read at its file", () => {
  const { results, invocations, tool, properties } = validLog(sarifOfPolicies(mixed, "/repository"));

  expect(results).toMatchObject([
    {
      ruleId: "dynamodb-least-privilege/allActions",
      level: "error",
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "a.yaml", uriBaseId: "%SRCROOT%" },
            region: { startLine: 4, startColumn: 7 },
          },
          logicalLocations: [{ fullyQualifiedName: "Orders" }],
        },
      ],
    },
  ]);
  expect(invocations[0]).toMatchObject({
    executionSuccessful: false,
    toolExecutionNotifications: [
      {
        message: { text: problem.message },
        locations: [{ physicalLocation: { artifactLocation: { uri: "b.tf" } } }],
        properties: { rule: null },
      },
      { message: { text: "does not parse" }, properties: { rule } },
    ],
  });
  expect(tool.driver.rules.every(({ id }) => id.startsWith(`${rule}/`))).toBe(true);
  // A problem of a file is one of every rule that judged.
  expect(properties).toEqual({ compliant: 1, violations: 1, exempted: 0, notApplicable: 0, unread: 2 });
});

test.each([
  ["a.json", { uri: "a.json", uriBaseId: "%SRCROOT%" }],
  ["./policies/my policy#1.json", { uri: "policies/my%20policy%231.json", uriBaseId: "%SRCROOT%" }],
  ["/repository/a.json", { uri: "a.json", uriBaseId: "%SRCROOT%" }],
  ["../a b.json", { uri: "file:///a%20b.json" }],
  ["/elsewhere/a.json", { uri: "file:///elsewhere/a.json" }],
  ["..a.json", { uri: "..a.json", uriBaseId: "%SRCROOT%" }],
  ["-", { uri: "stdin" }],
])("the file %s is named so that a repository's consumer finds it", (file, artifactLocation) => {
  const log = validLog(sarifOfPolicies(reportOf([outcomeOf(file, null, wrong)]), "/repository"));
  expect(log.results[0]?.locations[0]?.physicalLocation.artifactLocation).toEqual(artifactLocation);
});

test("CSV has a row for each file, policy and rule, and for each problem", () => {
  const [header = "", ...rows] = csvOfPolicies(mixed).trimEnd().split("\r\n");

  expect(header).toMatch(/^file,line,column,policy,rule,complianceType,severity,annotation,/);
  expect(rows.map((row) => row.split(",").slice(0, 6).join(","))).toEqual([
    "a.yaml,4,7,Orders,dynamodb-least-privilege,NON_COMPLIANT",
    "a.yaml,4,7,Readers,dynamodb-least-privilege,COMPLIANT",
    "c.json,4,7,,dynamodb-least-privilege,NOT_READ",
    "b.tf,,,,,NOT_READ",
  ]);
});

test("a comment names each policy with its file", () => {
  const text = markdownOfPolicies(mixed);

  expect(text).toContain("Policies in 3 files: **1 violation** and **2 unread**; 1 of 2 verdicts COMPLIANT.");
  expect(text).toContain(
    "<summary><b>HIGH</b> <code>dynamodb-least-privilege</code> <code>policy a.yaml Orders</code></summary>",
  );
  expect(text).toContain("<summary><b>NOT READ</b> <code>does not parse</code></summary>");
  expect(text).toContain("Terraform&#39;s source");
});
