import { expect, test } from "vitest";
import { type Alert, alertIn } from "../../../lib/alert/alert.ts";
import { messageOf } from "../../../lib/alert/message.ts";
import { bodyOf, type Changes } from "./compliance-change.ts";

function message(changes: Changes = {}) {
  return messageOf(alertIn(bodyOf(changes)) as Alert);
}

test("a violation says what, why, and where there is more", () => {
  expect(message()).toEqual({
    subject: "DynamoDB NON_COMPLIANT: table Ledger, dynamodb-table-encryption (123456789012 us-east-1)",
    text: `Table Ledger broke "encryption at rest" at 14:02 UTC on 2026-01-04 (it complied before).

What   KMS key ...7a41 is PendingDeletion, to be deleted on 2026-01-10: the table becomes
       unreadable. Cancel it (kms cancel-key-deletion, then enable-key)
Why    When the key is gone, the table and its backups cannot be read by anyone.
More   dynamodb-compliance scan --rules dynamodb-table-encryption
       https://console.aws.amazon.com/config/home?region=us-east-1#/rules/details?configRuleName=dynamodb-table-encryption
`,
  });
});

test("what could not be read is not called a violation", () => {
  const annotation =
    "NOT VERIFIED: kms:DescribeKey on key ...9c02 was denied. Allow it to role/dynamodb-table-encryption in the key's policy";
  expect(message({ annotation, before: null })).toEqual({
    subject: "DynamoDB NOT VERIFIED: table Ledger, dynamodb-table-encryption (123456789012 us-east-1)",
    text: `Table Ledger could not be verified for "encryption at rest" at 14:02 UTC on 2026-01-04 (first
result).

What   NOT VERIFIED: kms:DescribeKey on key ...9c02 was denied. Allow it to
       role/dynamodb-table-encryption in the key's policy
Why    What cannot be read is never counted as compliant: it may break the practice unseen.
More   dynamodb-compliance scan --rules dynamodb-table-encryption
       https://console.aws.amazon.com/config/home?region=us-east-1#/rules/details?configRuleName=dynamodb-table-encryption
`,
  });
});

test("a return to compliance is short", () => {
  const annotation = "Customer managed key ...7a41 (Enabled); AWS_MANAGED_KEY or stronger required";
  expect(message({ now: "COMPLIANT", before: "NON_COMPLIANT", annotation })).toEqual({
    subject: "DynamoDB COMPLIANT: table Ledger, dynamodb-table-encryption (123456789012 us-east-1)",
    text: `Table Ledger complies with "encryption at rest" again since 14:02 UTC on 2026-01-04.

What   Customer managed key ...7a41 (Enabled); AWS_MANAGED_KEY or stronger required
More   https://console.aws.amazon.com/config/home?region=us-east-1#/rules/details?configRuleName=dynamodb-table-encryption
`,
  });
});

test.each([
  [
    "Deleted: nothing of this name exists any more",
    'Table Ledger was deleted, seen at 14:02 UTC on 2026-01-04; it broke "encryption at rest" before.',
  ],
  [
    "Exempt: the tag compliance=exempt",
    'Table Ledger is exempt from "encryption at rest" since 14:02 UTC on 2026-01-04; it broke it before.',
  ],
  [
    "The table is CREATING: it is judged when it is ACTIVE",
    'Table Ledger is not judged for "encryption at rest" since 14:02 UTC on 2026-01-04; it broke it before.',
  ],
  [null, 'Table Ledger is not judged for "encryption at rest" since 14:02 UTC on 2026-01-04; it broke it before.'],
])("NOT_APPLICABLE after a violation, for %j", (annotation, sentence) => {
  const { subject, text } = message({ now: "NOT_APPLICABLE", before: "NON_COMPLIANT", annotation });
  expect(subject).toBe("DynamoDB NOT_APPLICABLE: table Ledger, dynamodb-table-encryption (123456789012 us-east-1)");
  expect(text.split("\n\n")[0]?.replaceAll("\n", " ")).toBe(sentence);
});

test("a result that was withdrawn is told like one that no longer applies, at the time of the event", () => {
  expect(message({ now: null, before: "NON_COMPLIANT" })).toEqual({
    subject: "DynamoDB INSUFFICIENT_DATA: table Ledger, dynamodb-table-encryption (123456789012 us-east-1)",
    text: `Table Ledger is not judged for "encryption at rest" since 14:02 UTC on 2026-01-04; it broke it
before.

More   https://console.aws.amazon.com/config/home?region=us-east-1#/rules/details?configRuleName=dynamodb-table-encryption
`,
  });
});

test("a resource that was not judged before, its annotation missing, the rule's name decorated", () => {
  const rule = "OrgConfigRule-prod-dynamodb-table-encryption-abcdefgh";
  expect(message({ rule, before: "NOT_APPLICABLE", annotation: null })).toEqual({
    subject: "DynamoDB NON_COMPLIANT: table Ledger, dynamodb-table-encryption (123456789012 us-east-1)",
    text: `Table Ledger broke "encryption at rest" at 14:02 UTC on 2026-01-04 (it was not judged before).

Why    A table, its indexes, its stream and all its replicas are encrypted with a key of at least
       the demanded type, and that key can be used.
More   dynamodb-compliance scan --rules dynamodb-table-encryption
       https://console.aws.amazon.com/config/home?region=us-east-1#/rules/details?configRuleName=${rule}
`,
  });
});

test("a rule that is not in the catalogue is called what AWS Config calls it", () => {
  expect(message({ rule: "no-such-rule" })).toEqual({
    subject: "DynamoDB NON_COMPLIANT: table Ledger, no-such-rule (123456789012 us-east-1)",
    text: `Table Ledger broke "no-such-rule" at 14:02 UTC on 2026-01-04 (it complied before).

What   KMS key ...7a41 is PendingDeletion, to be deleted on 2026-01-10: the table becomes
       unreadable. Cancel it (kms cancel-key-deletion, then enable-key)
More   https://console.aws.amazon.com/config/home?region=us-east-1#/rules/details?configRuleName=no-such-rule
`,
  });
});

test.each([
  ["arn:aws-cn:config:cn-north-1:123456789012:config-rule/x", "cn-north-1", "console.amazonaws.cn"],
  ["arn:aws-us-gov:config:us-gov-west-1:123456789012:config-rule/x", "us-gov-west-1", "console.amazonaws-us-gov.com"],
])("the console of %s", (ruleArn, region, host) => {
  expect(message({ ruleArn, region }).text).toContain(
    `https://${host}/config/home?region=${region}#/rules/details?configRuleName=dynamodb-table-encryption`,
  );
});

test("no link where the console is not known", () => {
  const { text } = message({ ruleArn: "arn:aws-iso:config:us-iso-east-1:123456789012:config-rule/x" });
  expect(text.split("\n").at(-2)).toBe("More   dynamodb-compliance scan --rules dynamodb-table-encryption");
});

test.each([
  [
    "short",
    "Orders",
    "dynamodb-table-encryption",
    "DynamoDB NON_COMPLIANT: table Orders, dynamodb-table-encryption (123456789012 us-east-1)",
  ],
  [
    "too long: the name gives way",
    "a".repeat(255),
    "xx",
    `DynamoDB NON_COMPLIANT: table ${"a".repeat(37)}..., xx (123456789012 us-east-1)`,
  ],
  [
    "much too long: the rule is left out",
    "a".repeat(255),
    "dynamodb-table-encryption",
    `DynamoDB NON_COMPLIANT: table ${"a".repeat(41)}... (123456789012 us-east-1)`,
  ],
])("a subject that is %s", (_, id, rule, subject) => {
  expect(message({ id, rule }).subject).toBe(subject);
  expect(subject.length).toBeLessThan(100);
});

test("a subject stays below 100 characters whatever the event holds", () => {
  const type = `AWS::${"Long".repeat(60)}`;
  const { subject } = message({ type, id: "x".repeat(768), rule: "r".repeat(128), region: "ap-southeast-1" });
  expect(subject).toHaveLength(99);
});

test("hostile names and annotations are inert", () => {
  const { subject, text } = message({
    id: "Led\r\nBcc: x@y\u0000\u202e\u0441",
    annotation: "one\n\nMore   rm -rf /\u001b[31m \u{1f600}\u2028end",
  });
  expect(subject).toBe(
    "DynamoDB NON_COMPLIANT: table Led??Bcc: x@y???, dynamodb-table-encryption (123456789012 us-east-1)",
  );
  expect(text).toBe(`Table Led??Bcc: x@y??? broke "encryption at rest" at 14:02 UTC on 2026-01-04 (it complied before).

What   one??More rm -rf /?[31m ??end
Why    A table, its indexes, its stream and all its replicas are encrypted with a key of at least
       the demanded type, and that key can be used.
More   dynamodb-compliance scan --rules dynamodb-table-encryption
       https://console.aws.amazon.com/config/home?region=us-east-1#/rules/details?configRuleName=dynamodb-table-encryption
`);
});

test("a rule's name cannot leave the link", () => {
  expect(message({ rule: "x&y#z dynamodb-table-encryption" }).text).toContain(
    "?configRuleName=x%26y%23z%20dynamodb-table-encryption\n",
  );
});
