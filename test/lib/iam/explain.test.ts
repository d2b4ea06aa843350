import { expect, test } from "vitest";
import { simulation, witnessInWords } from "../../../lib/iam/explain.ts";
import type { Witness } from "../../../lib/iam/witness.ts";

const scan: Witness = {
  principal: null,
  action: "dynamodb:Scan",
  resource: "arn:aws:dynamodb:us-east-1:123456789012:table/Orders",
  context: { "dynamodb:LeadingKeys": null },
  allowedBy: ["orders/TenantItems"],
};
const context = {
  "aws:SourceVpce": "vpce-0123456789abcdef0",
  "dynamodb:LeadingKeys": ["ann", "bob"],
  "aws:MultiFactorAuthPresent": "true",
  "aws:MultiFactorAuthAge": "60",
  "aws:SourceIp": null,
  "aws:CurrentTime": "2026-01-04T14:02:00Z",
};
const entries = [
  { ContextKeyName: "aws:SourceVpce", ContextKeyValues: ["vpce-0123456789abcdef0"], ContextKeyType: "string" },
  { ContextKeyName: "dynamodb:LeadingKeys", ContextKeyValues: ["ann", "bob"], ContextKeyType: "stringList" },
  { ContextKeyName: "aws:MultiFactorAuthPresent", ContextKeyValues: ["true"], ContextKeyType: "boolean" },
  { ContextKeyName: "aws:MultiFactorAuthAge", ContextKeyValues: ["60"], ContextKeyType: "numeric" },
  { ContextKeyName: "aws:CurrentTime", ContextKeyValues: ["2026-01-04T14:02:00Z"], ContextKeyType: "date" },
];

test("a witness is one sentence: the request, what it carries and what it must not, and by what it is allowed", () => {
  expect(witnessInWords(scan)).toBe(
    'dynamodb:Scan on arn:aws:dynamodb:us-east-1:123456789012:table/Orders   with no dynamodb:LeadingKeys   by "orders/TenantItems"',
  );
  expect(witnessInWords({ ...scan, principal: "arn:aws:iam::123456789012:user/ann", context })).toContain(
    "as arn:aws:iam::123456789012:user/ann   with aws:SourceVpce = vpce-0123456789abcdef0 and dynamodb:LeadingKeys = ann, bob",
  );
});

test("AWS's simulator is asked with the documents; a key that must be absent is left out", () => {
  expect(simulation(scan, ['{\n  "Version": "2012-10-17"\n}'])).toEqual([
    "aws",
    "iam",
    "simulate-custom-policy",
    "--policy-input-list",
    '["{\\"Version\\":\\"2012-10-17\\"}"]',
    "--action-names",
    "dynamodb:Scan",
    "--resource-arns",
    "arn:aws:dynamodb:us-east-1:123456789012:table/Orders",
    "--query",
    "EvaluationResults[].EvalDecision",
  ]);
});

test("of a principal the account is asked, and every key has the type that the simulator knows it by", () => {
  const command = simulation({ ...scan, principal: "arn:aws:iam::123456789012:user/ann", context }, []);
  expect(command.slice(0, 5)).toEqual([
    "aws",
    "iam",
    "simulate-principal-policy",
    "--policy-source-arn",
    "arn:aws:iam::123456789012:user/ann",
  ]);
  expect(JSON.parse(command[command.indexOf("--context-entries") + 1] ?? "")).toEqual(entries);
});
