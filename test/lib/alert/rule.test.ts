import { describe, expect, test } from "vitest";
import { type AlertRule, reasonIn, ruleInside, rules } from "../../../lib/alert/rule.ts";
import { awsOwned, pendingDeletion } from "./compliance-change.ts";

describe("the rule inside a Config rule's name", () => {
  const among = ["dynamodb-endpoint", "dynamodb-endpoint-policy"].map((name) => ({ name }) as AlertRule);

  test.each([
    ["dynamodb-endpoint", "dynamodb-endpoint"],
    ["prod-dynamodb-endpoint", "dynamodb-endpoint"],
    ["dynamodb-endpoint-policy", "dynamodb-endpoint-policy"],
    ["OrgConfigRule-stage-dynamodb-endpoint-policy-abcdefgh", "dynamodb-endpoint-policy"],
    ["dynamodb-endpoint-conformance-pack-abcdefghi", "dynamodb-endpoint"],
    ["dynamodb", undefined],
    ["", undefined],
  ])("%s", (configRuleName, name) => {
    expect(ruleInside(configRuleName, among)?.name).toBe(name);
  });

  test("every rule of the catalogue is found in its own name", () => {
    for (const rule of rules) expect(ruleInside(rule.name)).toBe(rule);
  });
});

describe("the reason that an annotation speaks of", () => {
  const rule = ruleInside("dynamodb-table-encryption") as AlertRule;

  test.each([
    [awsOwned, "awsOwnedKey"],
    [pendingDeletion, "keyPendingDeletion"],
    [
      "AWS managed key ...7a41; CUSTOMER_MANAGED_KEY required. Indexes and stream share it",
      "customerManagedKeyRequired",
    ],
    ["AWS owned key; CUSTOMER_MANAGED_KEY required. Indexes and stream share it", "customerManagedKeyRequired"],
    ["KMS key ...7a41 does not rotate; automatic rotation is required", "keyDoesNotRotate"],
    ["Replica eu-west-1: KMS key ...a1b2 is PendingDeletion: the replica becomes unreadable", "keyPendingDeletion"],
    ["Customer managed key ...7a41; a key of allowedKeyArns is required", "keyNotAllowed"],
    ["KMS key ...7a41 is Disabled, so the table cannot be read (+1 more). Enable it", "keyUnusable"],
    ["KMS key ...7a41 does not exist: the table cannot be read by anyone", "keyNotFound"],
    ["AWS owned key; AWS_MANAGED_KEY or stronger required, said a key that does not exist", null],
    ["NOT VERIFIED: kms:DescribeKey on key ...7a41 was denied", null],
    ["", null],
  ])("%j", (annotation, code) => {
    expect(reasonIn(rule, annotation)).toBe(code === null ? null : rule.reasons[code]);
  });
});
