import { expect, test } from "vitest";
import { inertJson, jsonReport } from "../../../lib/report/json.ts";
import type { Evaluation } from "../../../lib/rule.ts";
import { compliant, report, resource, ruleReport, unread, violation } from "./sample.ts";

test("the report is the contract of schema 1, key for key", () => {
  const arn = "arn:aws:dynamodb:us-east-1:123456789012:table/Sessions";
  const wrong = violation(
    { ...resource("Sessions"), arn },
    {
      witness: {
        principal: null,
        action: "dynamodb:Scan",
        resource: arn,
        context: { "aws:SourceVpce": null },
        allowedBy: ["#0"],
      },
      mend: {
        summary: "Set it",
        steps: [
          { command: ["aws", "dynamodb", "update-table", "--table-name", "it's"] },
          { file: "policy.json", content: "{}\n" },
          { words: "Tell them." },
        ],
        mayBreak: "Nothing",
        // What judge hands on holds the facts as they would be; no report shows them.
        after: { secret: "facts" },
        choice: "Which key.",
      } as Evaluation["mend"],
    },
  );

  const text = jsonReport(
    report([ruleReport([compliant(resource("Orders")), wrong], [unread(resource("Legacy")), unread(null)])]),
  );

  expect(JSON.parse(text)).toEqual({
    schemaVersion: 1,
    toolVersion: "0.1.0",
    accountId: "123456789012",
    region: "us-east-1",
    evaluatedAt: "2026-01-01T00:00:00.000Z",
    rules: [
      {
        rule: "dynamodb-table-encryption",
        practice: "Encryption at rest",
        parameters: { minimumKeyType: "AWS_MANAGED_KEY" },
      },
    ],
    evaluations: [
      {
        rule: "dynamodb-table-encryption",
        accountId: "123456789012",
        region: "us-east-1",
        resourceType: "AWS::DynamoDB::Table",
        resourceId: "Orders",
        resourceName: "Orders",
        resourceArn: null,
        complianceType: "COMPLIANT",
        severity: null,
        annotation: "fine",
        reasons: [],
        witness: null,
        mend: null,
        exemption: null,
        fingerprint: "f1",
      },
      {
        rule: "dynamodb-table-encryption",
        accountId: "123456789012",
        region: "us-east-1",
        resourceType: "AWS::DynamoDB::Table",
        resourceId: "Sessions",
        resourceName: "Sessions",
        resourceArn: arn,
        complianceType: "NON_COMPLIANT",
        severity: "LOW",
        annotation: "AWS owned key; stronger required. Set it",
        reasons: ["AWS owned key; stronger required"],
        witness: {
          principal: null,
          action: "dynamodb:Scan",
          resource: arn,
          context: { "aws:SourceVpce": null },
          allowedBy: ["#0"],
        },
        mend: {
          summary: "Set it",
          steps: [
            { command: "aws dynamodb update-table --table-name 'it'\\''s'" },
            { file: "policy.json", content: "{}\n" },
            { words: "Tell them." },
          ],
          mayBreak: "Nothing",
          choice: "Which key.",
        },
        exemption: null,
        fingerprint: "f1",
      },
    ],
    errors: [
      {
        rule: "dynamodb-table-encryption",
        resourceType: "AWS::DynamoDB::Table",
        resourceId: "Legacy",
        call: "kms:DescribeKey",
        message: "on key ...9c02 was denied. Allow it to role/scanner in the key's policy",
        lasting: true,
      },
      {
        rule: "dynamodb-table-encryption",
        resourceType: null,
        resourceId: null,
        call: "kms:DescribeKey",
        message: "on key ...9c02 was denied. Allow it to role/scanner in the key's policy",
        lasting: true,
      },
    ],
    leftOut: null,
    exemptions: null,
    baseline: null,
  });
});

test("a comparison is the contract's field `baseline`, key for key", () => {
  const sessions = { rule: "dynamodb-table-encryption", resource: resource("Sessions"), severity: "LOW" } as const;
  const row = {
    rule: "dynamodb-table-encryption",
    resourceType: "AWS::DynamoDB::Table",
    resourceId: "Sessions",
    resourceName: "Sessions",
    resourceArn: null,
    severity: "LOW",
  };
  const violationOf = (fingerprint: string) => ({ ...sessions, fingerprint, because: "so" });

  const text = jsonReport(
    report([], {
      comparison: {
        evaluatedAt: new Date("2025-12-31T00:00:00.000Z"),
        toolVersion: "0.0.9",
        new: [{ ...sessions, fingerprint: "n" }],
        unchanged: [{ ...sessions, fingerprint: "u" }],
        mended: [violationOf("m")],
        changed: [violationOf("c")],
        exempted: [violationOf("e")],
        notVerified: [violationOf("v")],
        addedRules: ["dynamodb-vpc-endpoint"],
        rulesWithOtherParameters: ["dynamodb-static-keys"],
      },
    }),
  );

  expect(JSON.parse(text).baseline).toEqual({
    evaluatedAt: "2025-12-31T00:00:00.000Z",
    toolVersion: "0.0.9",
    new: [{ ...row, fingerprint: "n" }],
    unchanged: [{ ...row, fingerprint: "u" }],
    mended: [{ ...row, fingerprint: "m", because: "so" }],
    changed: [{ ...row, fingerprint: "c", because: "so" }],
    exempted: [{ ...row, fingerprint: "e", because: "so" }],
    notVerified: [{ ...row, fingerprint: "v", because: "so" }],
    addedRules: ["dynamodb-vpc-endpoint"],
    rulesWithOtherParameters: ["dynamodb-static-keys"],
  });
});

test("a mend that leaves no choice has no such key", () => {
  const [evaluation] = JSON.parse(jsonReport(report([ruleReport([violation(resource("Sessions"))])]))).evaluations;

  expect(Object.keys(evaluation.mend)).toEqual(["summary", "steps", "mayBreak"]);
});

test("what could harm a terminal is escaped, and parses to itself", () => {
  const hostile = "\u001b[2J\n\u009b\u202e\u2028\u{e0041}\ud800 <é 漢>";

  const text = inertJson({ [hostile]: hostile });

  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  expect(text).toContain("<é 漢>");
  expect(JSON.parse(text)).toEqual({ [hostile]: hostile });
});
