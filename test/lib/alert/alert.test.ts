import { expect, test } from "vitest";
import { alertIn } from "../../../lib/alert/alert.ts";
import { bodyOf, complianceChange } from "./compliance-change.ts";

const event = complianceChange();

test.each([
  ["no JSON", "Ledger", "the message's body is not JSON; use an event of EventBridge"],
  ["no object", "null", "event is `null`; use a JSON object"],
  [
    "another event",
    JSON.stringify({ ...event, source: "aws.s3", "detail-type": "Object Created" }),
    'source is `"aws.s3"`; use aws.config; detail-type is `"Object Created"`; use Config Rules Compliance Change',
  ],
  ["no detail", JSON.stringify({ ...event, detail: undefined }), "detail is missing; use an object"],
  [
    "no resource",
    JSON.stringify({ ...event, detail: { ...event.detail, resourceId: undefined } }),
    "detail.resourceId is missing; use text",
  ],
  [
    "a foreign region and account",
    JSON.stringify({ ...event, detail: { ...event.detail, awsRegion: "evil.example/", awsAccountId: 12 } }),
    'detail.awsAccountId is `12`; use an account id; detail.awsRegion is `"evil.example/"`; use a region',
  ],
  [
    "no such compliance",
    bodyOf({ now: "FINE" }),
    'detail.newEvaluationResult.complianceType is `"FINE"`; use a ComplianceType',
  ],
  [
    "no time",
    bodyOf({ at: "yesterday" }),
    'detail.newEvaluationResult.evaluationResultIdentifier.orderingTimestamp is `"yesterday"`; use a time',
  ],
])("a message with %s is refused by name", (_, body, fault) => {
  expect(() => alertIn(body)).toThrow(expect.objectContaining({ name: "AlertError", message: fault }));
});

test.each([
  ["COMPLIANT", "COMPLIANT"],
  ["COMPLIANT", null],
  ["COMPLIANT", "NOT_APPLICABLE"],
  ["NOT_APPLICABLE", "COMPLIANT"],
  ["INSUFFICIENT_DATA", null],
])("%s after %s is nothing to alert of", (now, before) => {
  expect(alertIn(bodyOf({ now, before }))).toBeNull();
});

test.each([
  ["AWS::IAM::Policy", "ANPAEXAMPLE", "policy/tenant-items-scan: allows dynamodb:Scan", "policy", "tenant-items-scan"],
  ["AWS::IAM::Role", "AROAEXAMPLE", "role/team/app/checkout: may", "role", "team/app/checkout"],
  ["AWS::IAM::User", "AIDAEXAMPLE", "user/ci-deploy: active key ...W2QX", "user", "ci-deploy"],
  ["AWS::IAM::Group", "AGPAEXAMPLE", "group/readers: may", "group", "readers"],
  ["AWS::IAM::Group", "AGPAEXAMPLE", "role/other: may", "group", "AGPAEXAMPLE"],
  [
    "AWS::IAM::Role",
    "AROAEXAMPLE",
    "Exempt: TICKET-1 (until 2027-06-30): role/app/checkout: may",
    "role",
    "app/checkout",
  ],
  ["AWS::IAM::Role", "AROAEXAMPLE", "Exempt: see role/other: x (until 2027-06-30): role/a: may", "role", "a"],
  ["AWS::IAM::Role", "AROAEXAMPLE", "Exempt: arn:aws:iam::*:role/a (exemptPrincipals)", "role", "AROAEXAMPLE"],
  ["AWS::IAM::User", "AIDAEXAMPLE", "NOT VERIFIED: iam:GetUser was denied", "user", "AIDAEXAMPLE"],
  ["AWS::IAM::User", "AIDAEXAMPLE", null, "user", "AIDAEXAMPLE"],
  ["AWS::DynamoDB::Table", "Ledger", "policy/x: y", "table", "Ledger"],
  ["AWS::EC2::VPC", "vpc-1", "No endpoint", "VPC", "vpc-1"],
  ["AWS::EC2::VPCEndpoint", "vpce-1", "Default policy", "VPC endpoint", "vpce-1"],
  ["AWS::::Account", "123456789012", "Root key", "account", "123456789012"],
  ["AWS::S3::Bucket", "bucket", "x", "AWS::S3::Bucket", "bucket"],
])("%s %s with the annotation %j is the %s %s", (type, id, annotation, noun, name) => {
  expect(alertIn(bodyOf({ type, id, annotation }))).toMatchObject({ noun, name });
});

test("an event that was delivered twice has one key, another state or time another", () => {
  const key = (body: string) => alertIn(body)?.key;
  const first = key(bodyOf());
  expect(key(JSON.stringify({ ...event, id: "another", time: "2026-01-04T15:00:00Z" }))).toBe(first);
  expect(new Set([first, key(bodyOf({ at: "2026-01-04T14:02:12Z" })), key(bodyOf({ id: "Orders" }))]).size).toBe(3);
});
