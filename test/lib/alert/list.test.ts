import { expect, test } from "vitest";
import { type Alert, alertIn } from "../../../lib/alert/alert.ts";
import { listOf } from "../../../lib/alert/list.ts";
import { awsOwned, bodyOf, type Changes } from "./compliance-change.ts";

function list(...all: readonly Changes[]) {
  return listOf(all.map((changes) => alertIn(bodyOf(changes)) as Alert));
}

test("many alerts are one message: the worst first, grouped by cause, what is good again at the end", () => {
  const denied = "NOT VERIFIED: kms:DescribeKey on key ...9c02 was denied. Allow it in the key's policy";
  expect(
    list(
      { id: "Users", now: "COMPLIANT", before: "NON_COMPLIANT", annotation: "Customer managed key ...1111 (Enabled)" },
      { id: "Sessions", annotation: awsOwned },
      { id: "Legacy", annotation: denied },
      { id: "Orders", annotation: awsOwned, at: "2026-01-04T14:05:59Z" },
      { id: "Ledger" },
      { id: "Old", now: "NOT_APPLICABLE", before: "NON_COMPLIANT", annotation: "Deleted: nothing of this name" },
      { id: "Mail", now: "COMPLIANT", before: "NON_COMPLIANT", annotation: "AWS managed key ...2222 (Enabled)" },
    ),
  ).toEqual({
    subject: "DynamoDB: 3 violations, 1 not verified, 2 compliant again, 1 deleted (123456789012 us-east-1)",
    text: `3 violations, 1 not verified, 2 compliant again, 1 deleted (123456789012 us-east-1, 14:02 to 14:05
UTC on 2026-01-04).

CRITICAL  table Ledger, dynamodb-table-encryption
What   KMS key ...7a41 is PendingDeletion, to be deleted on 2026-01-10: the table becomes
       unreadable. Cancel it (kms cancel-key-deletion, then enable-key)
Why    When the key is gone, the table and its backups cannot be read by anyone.

NOT VERIFIED  table Legacy, dynamodb-table-encryption
What   NOT VERIFIED: kms:DescribeKey on key ...9c02 was denied. Allow it in the key's policy
Why    What cannot be read is never counted as compliant: it may break the practice unseen.

LOW  table Sessions, Orders, dynamodb-table-encryption
What   AWS owned key; AWS_MANAGED_KEY or stronger required. Indexes and stream share it. Set
       SSESpecification Enabled=true, SSEType=KMS (update-table)
Why    An AWS owned key is encryption that nobody in this account can audit, restrict or revoke.

COMPLIANT  table Users, Mail, dynamodb-table-encryption: compliant again

NOT_APPLICABLE  table Old, dynamodb-table-encryption: deleted

More   dynamodb-compliance scan --rules dynamodb-table-encryption
       https://console.aws.amazon.com/config/home?region=us-east-1#/rules/details?configRuleName=dynamodb-table-encryption
`,
  });
});

test("annotations that differ in the resource's name alone are one cause", () => {
  const annotation = (name: string) => `${name}: role/support may dynamodb:Query ${name}/index/by-day from anywhere`;
  expect(
    list(
      { id: "Audit", annotation: annotation("Audit") },
      { id: "Audit2", annotation: annotation("Audit2") },
      { id: "a.b", annotation: "key of a.b, not of aXb" },
      { id: "aXb", annotation: "key of aXb, not of a.b" },
    ).text,
  ).toBe(`4 violations (123456789012 us-east-1, 14:02 UTC on 2026-01-04).

NON_COMPLIANT  table Audit, Audit2, dynamodb-table-encryption
What   role/support may dynamodb:Query <name>/index/by-day from anywhere
Why    A table, its indexes, its stream and all its replicas are encrypted with a key of at least
       the demanded type, and that key can be used.

NON_COMPLIANT  table a.b, dynamodb-table-encryption
What   key of a.b, not of aXb
Why    A table, its indexes, its stream and all its replicas are encrypted with a key of at least
       the demanded type, and that key can be used.

NON_COMPLIANT  table aXb, dynamodb-table-encryption
What   key of aXb, not of a.b
Why    A table, its indexes, its stream and all its replicas are encrypted with a key of at least
       the demanded type, and that key can be used.

More   dynamodb-compliance scan --rules dynamodb-table-encryption
       https://console.aws.amazon.com/config/home?region=us-east-1#/rules/details?configRuleName=dynamodb-table-encryption
`);
});

test("exemptions until a day are one cause where reason, day and violation are the same", () => {
  const exempt = (name: string) => ({
    id: `AROA${name}`,
    type: "AWS::IAM::Role",
    rule: "dynamodb-least-privilege",
    before: "NON_COMPLIANT",
    now: "NOT_APPLICABLE",
    annotation: `Exempt: TICKET-1 (until 2027-06-30): role/${name}: All grants all actions`,
  });
  expect(list(exempt("A"), exempt("B")).text).toContain(`
NOT_APPLICABLE  role A, B, dynamodb-least-privilege: exempt
What   Exempt: TICKET-1 (until 2027-06-30): role/<name>: All grants all actions
`);
});

test("exemptions tell what they are by, and are one cause where that is the same", () => {
  const exempt = {
    now: "NOT_APPLICABLE",
    before: "NON_COMPLIANT",
    annotation: "Exempt: tag team=lab (exemptResourceTag)",
  };
  expect(list({ id: "Lab", ...exempt }, { id: "Lab2", ...exempt }).text).toBe(
    `2 exempt (123456789012 us-east-1, 14:02 UTC on 2026-01-04).

NOT_APPLICABLE  table Lab, Lab2, dynamodb-table-encryption: exempt
What   Exempt: tag team=lab (exemptResourceTag)

More   https://console.aws.amazon.com/config/home?region=us-east-1#/rules/details?configRuleName=dynamodb-table-encryption
`,
  );
});

test("several rules share the console's list of rules", () => {
  expect(list({}, { rule: "another", type: "AWS::IAM::Role", id: "AROAX", annotation: "role/x: y" }).text).toBe(
    `2 violations (123456789012 us-east-1, 14:02 UTC on 2026-01-04).

CRITICAL  table Ledger, dynamodb-table-encryption
What   KMS key ...7a41 is PendingDeletion, to be deleted on 2026-01-10: the table becomes
       unreadable. Cancel it (kms cancel-key-deletion, then enable-key)
Why    When the key is gone, the table and its backups cannot be read by anyone.

NON_COMPLIANT  role x, another
What   role/x: y

More   dynamodb-compliance scan --rules dynamodb-table-encryption
       https://console.aws.amazon.com/config/home?region=us-east-1#/rules
`,
  );
});

test("a batch over midnight says both days", () => {
  const { text } = list({ at: "2026-01-04T23:59:00Z" }, { at: "2026-01-05T00:01:00Z" });
  expect(text.split("\n\n")[0]?.replaceAll("\n", " ")).toBe(
    "2 violations (123456789012 us-east-1, 23:59 UTC on 2026-01-04 to 00:01 UTC on 2026-01-05).",
  );
});

test("alerts from several places say which each is from", () => {
  expect(list({ accountId: "111111111111" }, { accountId: "222222222222", region: "eu-west-1" })).toEqual({
    subject: "DynamoDB: 2 violations (2 places)",
    text: `2 violations (2 places, 14:02 UTC on 2026-01-04).

CRITICAL  table Ledger, dynamodb-table-encryption (111111111111 us-east-1)
What   KMS key ...7a41 is PendingDeletion, to be deleted on 2026-01-10: the table becomes
       unreadable. Cancel it (kms cancel-key-deletion, then enable-key)
Why    When the key is gone, the table and its backups cannot be read by anyone.

CRITICAL  table Ledger, dynamodb-table-encryption (222222222222 eu-west-1)
What   KMS key ...7a41 is PendingDeletion, to be deleted on 2026-01-10: the table becomes
       unreadable. Cancel it (kms cancel-key-deletion, then enable-key)
Why    When the key is gone, the table and its backups cannot be read by anyone.

More   dynamodb-compliance scan --rules dynamodb-table-encryption
`,
  });
});

test("a cause of hundreds names twenty", () => {
  const { subject, text } = list(
    ...Array.from({ length: 300 }, (_, at) => ({ id: `table-${at}`, annotation: awsOwned })),
  );
  expect(subject).toBe("DynamoDB: 300 violations (123456789012 us-east-1)");
  expect(text.split("\n\n")[1]?.split("\nWhat")[0]?.replaceAll(/\s+/g, " ")).toBe(
    `LOW table ${Array.from({ length: 20 }, (_, at) => `table-${at}`).join(", ")} and 280 more, dynamodb-table-encryption`,
  );
});

test("a message never exceeds what SNS takes, and says how many are left out: the mildest", () => {
  const { text } = list(
    ...Array.from({ length: 3000 }, (_, at) => ({ id: `t${at}`, annotation: `${at} `.padEnd(256, "x") })),
    { id: "Ledger" },
  );
  const blocks = text.trimEnd().split("\n\n");
  const left = Number(/^and (\d+) more$/.exec(blocks.at(-2) ?? "")?.[1]);
  expect(blocks[1]).toMatch(/^CRITICAL {2}table Ledger/);
  expect(blocks.length - 3).toBe(3001 - left);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(262_144);
  expect(Buffer.byteLength(text)).toBeGreaterThan(260_000);
});
