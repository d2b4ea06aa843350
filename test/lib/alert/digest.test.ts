import { expect, test } from "vitest";
import { type Alert, alertIn } from "../../../lib/alert/alert.ts";
import { type Changes, type DigestFacts, digestLimit, digestOf } from "../../../lib/alert/digest.ts";
import type { HeldRule } from "../../../lib/alert/held.ts";
import { awsOwned, bodyOf, type Changes as EventChanges } from "./compliance-change.ts";
import { compliantResult, heldResult, heldRule, now } from "./held-rules.ts";

const noChanges: Changes = { alerts: [], malformed: 0, unread: null };
const denied = {
  call: "config:GetComplianceDetailsByConfigRule",
  message: "on rule x was denied. Allow it to role/Digest",
  lasting: true,
};

function digest(rules: readonly HeldRule[], changes: Partial<Changes> = {}, facts: Partial<DigestFacts> = {}) {
  return digestOf({
    accountId: "123456789012",
    region: "us-east-1",
    partition: "aws",
    time: now,
    refreshDays: 7,
    rules,
    changes: { ...noChanges, ...changes },
    ...facts,
  });
}

function changed(...all: readonly EventChanges[]): Pick<Changes, "alerts"> {
  return { alerts: all.map((changes) => alertIn(bodyOf(changes)) as Alert) };
}

/** The paragraphs between the head and the last two, which are the same in all. */
function blocks(text: string): readonly string[] {
  return text.trimEnd().split("\n\n").slice(1, -2);
}

const sessions = heldResult("Sessions", { annotation: awsOwned });
const catalog = heldResult("Catalog", { annotation: awsOwned });

test("a digest: what is not known on top, then what is open, the worst first, then what has ended or is exempt", () => {
  const exempt = { complianceType: "NOT_APPLICABLE", annotation: "Exempt: tag team=lab (exemptResourceTag)" } as const;
  const gone = {
    complianceType: "NOT_APPLICABLE",
    annotation: "Deleted: nothing of this name exists any more",
  } as const;
  const notVerified = "NOT VERIFIED: kms:DescribeKey on key ...9c02 was denied. Allow it in the key's policy";
  expect(
    digest(
      [
        heldRule([
          sessions,
          catalog,
          heldResult("Ledger"),
          heldResult("Legacy", { annotation: notVerified }),
          heldResult("Lab", exempt),
          heldResult("Gone", gone),
          compliantResult("Orders"),
        ]),
        heldRule([], { configRuleName: "dynamodb-static-keys", unread: denied }),
        heldRule([], { configRuleName: "dynamodb-client-side-encryption" }),
      ],
      changed(
        { id: "Ledger" },
        { id: "Sessions", annotation: awsOwned },
        { id: "Users", now: "COMPLIANT", before: "NON_COMPLIANT", annotation: "Customer managed key" },
      ),
    ),
  ).toEqual({
    subject: "DynamoDB digest: 1 rule not known, 3 violations, 1 not verified, 2 new (123456789012 us-east-1)",
    text: `What AWS Config holds of 3 rules (123456789012 us-east-1, 08:00 UTC on 2026-01-05): 1 rule not
known, 3 violations, 1 not verified, 2 new; 1 compliant again, 1 exempt, 1 compliant result.

NOT KNOWN  dynamodb-static-keys
What   Its results could not be read: config:GetComplianceDetailsByConfigRule on rule x was denied.
       Allow it to role/Digest

NO RESULT  dynamodb-client-side-encryption
What   There is nothing to judge, or no run got through, which the alarms tell. It is no
       compliance.

CRITICAL  table Ledger, dynamodb-table-encryption
What   KMS key ...7a41 is PendingDeletion, to be deleted on 2026-01-10: the table becomes
       unreadable. Cancel it (kms cancel-key-deletion, then enable-key)
Why    When the key is gone, the table and its backups cannot be read by anyone.
New    since the last digest

NOT VERIFIED  table Legacy, dynamodb-table-encryption
What   NOT VERIFIED: kms:DescribeKey on key ...9c02 was denied. Allow it in the key's policy
Why    What cannot be read is never counted as compliant: it may break the practice unseen.

LOW  table Sessions, Catalog, dynamodb-table-encryption
What   AWS owned key; AWS_MANAGED_KEY or stronger required. Indexes and stream share it. Set
       SSESpecification Enabled=true, SSEType=KMS (update-table)
Why    An AWS owned key is encryption that nobody in this account can audit, restrict or revoke.
New    Sessions

COMPLIANT  table Users, dynamodb-table-encryption: compliant again

NOT_APPLICABLE  table Lab, dynamodb-table-encryption: exempt
What   Exempt: tag team=lab (exemptResourceTag)

New is what AWS Config told of since the last digest, fourteen days back at most: a change to
NON_COMPLIANT, not another reason for an old violation. Exempt resources are listed as far as AWS
Config still holds them, which is not for long, or told of them since the last digest; a scan lists
all.

More   dynamodb-compliance scan
       https://console.aws.amazon.com/config/home?region=us-east-1#/rules
`,
  });
});

test("where all is well, the digest says what that is said of", () => {
  const { subject, text } = digest([heldRule([compliantResult("Orders"), compliantResult("Customers")])]);
  expect(subject).toBe("DynamoDB digest: no violation known (123456789012 us-east-1)");
  expect(text.split("\n\n")[0]?.replaceAll("\n", " ")).toBe(
    "What AWS Config holds of 1 rule (123456789012 us-east-1, 08:00 UTC on 2026-01-05): no violation known; 2 compliant results.",
  );
  expect(blocks(text)).toEqual([]);
});

test("a rule that is not known is never passed over, whatever the others say", () => {
  const { subject, text } = digest([
    heldRule([compliantResult("Orders")]),
    heldRule([compliantResult("Orders")], { configRuleName: "prod-dynamodb-vpce-only-access", unread: denied }),
  ]);
  expect(subject).toBe("DynamoDB digest: 1 rule not known, no violation known (123456789012 us-east-1)");
  expect(blocks(text)).toEqual([
    `NOT KNOWN  prod-dynamodb-vpce-only-access
What   Its results could be read in part: config:GetComplianceDetailsByConfigRule on rule x was
       denied. Allow it to role/Digest`,
  ]);
});

const cases: readonly (readonly [sentence: string, rules: readonly HeldRule[], Partial<Changes>, lines: string[]])[] = [
  [
    "in a first digest all is new: the head says it once",
    [heldRule([sessions, catalog])],
    changed({ id: "Sessions", annotation: awsOwned }, { id: "Catalog", annotation: awsOwned }),
    [],
  ],
  [
    "a group of which all is new says so",
    [heldRule([sessions, catalog, heldResult("Ledger")])],
    changed({ id: "Sessions", annotation: awsOwned }, { id: "Catalog", annotation: awsOwned }),
    ["New    all of them"],
  ],
  [
    "a change of another rule on the same resource makes nothing new",
    [heldRule([heldResult("Ledger"), sessions])],
    changed({ id: "Ledger", rule: "prod-dynamodb-table-encryption" }),
    [],
  ],
  [
    "what broke and was mended since is no longer listed as broken",
    [heldRule([compliantResult("Ledger")])],
    changed(
      { id: "Ledger", now: "COMPLIANT", before: "NON_COMPLIANT", at: "2026-01-04T16:00:00Z" },
      { id: "Ledger", at: "2026-01-04T15:00:00Z" },
    ),
    ["COMPLIANT  table Ledger, dynamodb-table-encryption: compliant again"],
  ],
  [
    "what was mended and is broken again is new, and not compliant again",
    [heldRule([heldResult("Ledger"), sessions])],
    changed(
      { id: "Ledger", now: "COMPLIANT", before: "NON_COMPLIANT", at: "2026-01-04T15:00:00Z" },
      { id: "Ledger", at: "2026-01-04T16:00:00Z" },
    ),
    ["New    since the last digest"],
  ],
  [
    "what is open is not compliant again, though the event that says so is the latest that came",
    [heldRule([heldResult("Ledger")])],
    changed({ id: "Ledger", now: "COMPLIANT", before: "NON_COMPLIANT" }),
    [],
  ],
  [
    "an exemption that was told and is still held is listed once",
    [heldRule([heldResult("Lab", { complianceType: "NOT_APPLICABLE", annotation: "Exempt: tag a=b" })])],
    changed({ id: "Lab", now: "NOT_APPLICABLE", before: "NON_COMPLIANT", annotation: "Exempt: tag a=b" }),
    ["NOT_APPLICABLE  table Lab, dynamodb-table-encryption: exempt"],
  ],
  [
    "an exemption that AWS Config holds no longer is told by its change",
    [heldRule([])],
    changed({ id: "Lab", now: "NOT_APPLICABLE", before: "NON_COMPLIANT", annotation: "Exempt: tag a=b" }),
    ["NOT_APPLICABLE  table Lab, dynamodb-table-encryption: exempt"],
  ],
  [
    "a deletion ends a violation",
    [heldRule([])],
    changed({ id: "Old", now: "NOT_APPLICABLE", before: "NON_COMPLIANT", annotation: "Deleted: nothing of this name" }),
    ["NOT_APPLICABLE  table Old, dynamodb-table-encryption: deleted"],
  ],
  [
    "changes that could not all be read leave open what is new",
    [heldRule([heldResult("Ledger")])],
    { unread: "sqs:ReceiveMessage on the digest's queue was denied" },
    ["Not all changes could be read, more may be new: sqs:ReceiveMessage on the digest's queue was denied"],
  ],
  [
    "a change that could not be understood leaves open what is new",
    [heldRule([heldResult("Ledger")])],
    { malformed: 2 },
    ["2 changes could not be understood; what is new may lack as many."],
  ],
];

test.each(cases)("%s", (_, rules, changes, lines) => {
  const { text } = digest(rules, changes);
  expect(text.split("\n").filter((line) => /^(New {4}|COMPLIANT|NOT_APP|Not all|\d+ change)/.test(line))).toEqual(
    lines,
  );
});

test("results too old to count are told, and not counted", () => {
  const old = { recordedAt: new Date("2025-12-20T08:00:00Z") };
  const { text } = digest([heldRule([compliantResult("a", old), compliantResult("b")])]);
  expect(text.replaceAll("\n", " ")).toContain("1 rule not known, no violation known; 1 compliant result.");
  expect(blocks(text)).toEqual([
    `NOT KNOWN  dynamodb-table-encryption
What   1 of 2 results is older than 9 days: no run refreshed it. COMPLIANT ones do not count: 1.`,
  ]);
});

test("a digest can be read to its end: the mildest are left out and counted, what is not known stays", () => {
  const many = Array.from({ length: 3000 }, (_, at) => heldResult(`t${at}`, { annotation: `${at} `.padEnd(256, "x") }));
  const { subject, text } = digest([
    heldRule([...many, heldResult("Ledger")]),
    heldRule([], { configRuleName: "dynamodb-static-keys", unread: denied }),
  ]);
  expect(subject).toBe("DynamoDB digest: 1 rule not known, 3001 violations (123456789012 us-east-1)");
  expect(text.length).toBeLessThanOrEqual(digestLimit);
  expect(
    blocks(text)
      .slice(0, 2)
      .map((block) => block.split("\n")[0]),
  ).toEqual(["NOT KNOWN  dynamodb-static-keys", "CRITICAL  table Ledger, dynamodb-table-encryption"]);
  const left = Number(/^and (\d+) more$/m.exec(text)?.[1]);
  const shown = text.match(/^NON_COMPLIANT {2}/gm) ?? [];
  expect(left + shown.length).toBe(3000);
});

test("in China the link is to the console there", () => {
  const { text } = digest([heldRule([])], {}, { partition: "aws-cn", region: "cn-north-1" });
  expect(text).toContain("https://console.amazonaws.cn/config/home?region=cn-north-1#/rules\n");
});
