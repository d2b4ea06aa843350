import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KmsKey } from "../../../lib/account/keys.ts";
import type { Backups, EncryptedBackup } from "../../../lib/encryption/backup.ts";
import { ParameterError, parseParameters } from "../../../lib/parameters.ts";
import type { Fact, Unread } from "../../../lib/rule.ts";
import { backupEncryption } from "../../../lib/rules/dynamodb-backup-encryption.ts";
import { ruleTable } from "../../rule-table.ts";

const keyArn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000007a41";
const otherKeyArn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000009c02";
const inRegion = "--region us-east-1";
const denied: Unread = {
  call: "dynamodb:DescribeBackup",
  message: "on backup ...0001 of table Orders was denied. Allow it to role/scanner",
  lasting: true,
};
const keyDenied: Unread = { ...denied, call: "kms:DescribeKey", message: "on key ...7a41 was denied" };
const throttled: Unread = { ...denied, message: "on backup ...0001 was throttled past the retries", lasting: false };
const notListed: Unread = {
  call: "dynamodb:ListBackups",
  message: "on region us-east-1 was denied. Allow it to role/scanner",
  lasting: true,
};

function key(changes: Partial<KmsKey> = {}): KmsKey {
  const enabled = { keyArn, keyManager: "CUSTOMER", keyState: "Enabled", deletionDate: null };
  return { ...enabled, customKeyStoreId: null, primaryKeyArn: null, rotates: null, ...changes };
}

const awsOwned: EncryptedBackup["key"] = { value: null };
function under(kmsKey: Fact<KmsKey | null>, arn = keyArn): EncryptedBackup["key"] {
  return { value: { keyArn: arn, key: kmsKey } };
}
const enabled = under({ value: key() });
const disabled = under({ value: key({ keyState: "Disabled" }) });
const other = under({ value: key({ keyArn: otherKeyArn }) }, otherKeyArn);

/** An on-demand backup of 2026-01-01. */
function backup(id: string, encryption = enabled, changes: Partial<EncryptedBackup> = {}): EncryptedBackup {
  const tableArn = changes.tableArn ?? "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
  const createdAt = new Date("2026-01-01T03:00:00Z");
  return {
    arn: `${tableArn}/backup/${id}`,
    tableArn,
    name: id,
    vaultName: null,
    createdAt,
    key: encryption,
    ...changes,
  };
}

/** A recovery point with AWS Backup's advanced features: under the vault's key. */
function point(id: string, encryption = enabled, changes: Partial<EncryptedBackup> = {}): EncryptedBackup {
  const arn = `arn:aws:backup:us-east-1:123456789012:recovery-point:${id}`;
  return backup(id, encryption, { arn, name: null, vaultName: "Nightly", ...changes });
}

function of(...backups: EncryptedBackup[]): Backups {
  return { tableName: "Orders", backups, notListed: null };
}
const goneArn = "arn:aws:dynamodb:us-east-1:123456789012:table/Archive";
function orphans(...backups: EncryptedBackup[]): Backups {
  return { tableName: null, backups: backups.map((one) => ({ ...one, tableArn: goneArn })), notListed: null };
}

const compliant =
  "Backups under Customer managed key ...7a41, all usable; AWS_MANAGED_KEY or stronger required. Continuous backups are under the table's own key";
const again = "Back up again under such a key, then delete the old (create-backup, delete-backup)";
const follows = "Continuous backups: the table's key";
const createBackup = `aws dynamodb create-backup --table-name Orders --backup-name under-the-right-key ${inRegion}`;
const deleteBackup = (name: string) =>
  `aws dynamodb delete-backup --backup-arn arn:aws:dynamodb:us-east-1:123456789012:table/Orders/backup/${name} ${inRegion}`;
const deletePoint = (arn: string) =>
  `aws backup delete-recovery-point --backup-vault-name Nightly --recovery-point-arn ${arn} ${inRegion}`;
const pointArn = "arn:aws:backup:us-east-1:123456789012:recovery-point:0D45";

ruleTable(backupEncryption, {
  "a backup under a customer managed key that is enabled as compliant": {
    facts: of(backup("a")),
    expect: ["COMPLIANT", compliant],
  },
  "many backups as one sentence without counts or dates, so that a new backup changes nothing": {
    facts: of(backup("c"), backup("b"), backup("a", enabled, { createdAt: new Date("2020-01-01") })),
    expect: ["COMPLIANT", compliant],
  },
  "an AWS managed key, told by KeyManager alone, as compliant": {
    facts: of(backup("a", under({ value: key({ keyManager: "AWS" }) })), point("0D45", other)),
    expect: [
      "COMPLIANT",
      "Backups under AWS managed key ...7a41, Customer managed key ...9c02 of vault Nightly, all usable; AWS_MANAGED_KEY or stronger required. Continuous backups are under the table's own key",
    ],
  },
  "a table without backups as not applicable, and tells of the continuous ones": {
    facts: of(),
    expect: [
      "NOT_APPLICABLE",
      "No backup; continuous backups (point-in-time recovery), if any, are under the table's own key",
    ],
  },
  "an account whose backups all have their table as not applicable": {
    facts: orphans(),
    expect: ["NOT_APPLICABLE", "No backup of a table that is gone"],
  },
  "an AWS owned key as too weak by default": {
    facts: of(backup("nightly-1", awsOwned)),
    expect: [
      "NON_COMPLIANT",
      `AWS owned key: backup nightly-1; AWS_MANAGED_KEY or stronger required. ${follows}. ${again}`,
    ],
    reasons: ["awsOwnedKey"],
    commands: [createBackup, deleteBackup("nightly-1")],
  },
  "an AWS owned key as compliant where that is the minimum": {
    facts: of(backup("nightly-1", awsOwned)),
    parameters: { minimumKeyType: "AWS_OWNED_KEY" },
    expect: [
      "COMPLIANT",
      "Backups under AWS owned key, all usable; AWS_OWNED_KEY or stronger required. Continuous backups are under the table's own key",
    ],
  },
  "five backups of one cause as one reason: three are named, the rest is counted": {
    facts: of(...["e", "d", "c", "b", "a"].map((name) => backup(name, awsOwned))),
    expect: [
      "NON_COMPLIANT",
      `AWS owned key: backups e, d, c and 2 more; AWS_MANAGED_KEY or stronger required. ${follows}. ${again}`,
    ],
    reasons: ["awsOwnedKey"],
    commands: [createBackup, ...["e", "d", "c", "b", "a"].map(deleteBackup)],
  },
  "long names by their end, where the date is": {
    facts: of(...["1", "2", "3", "4"].map((day) => backup(`orders-production-2026-01-0${day}`, awsOwned))),
    expect: [
      "NON_COMPLIANT",
      `AWS owned key: backups ...on-2026-01-01, ...on-2026-01-02, ...on-2026-01-03 and 1 more; AWS_MANAGED_KEY or stronger required. ${follows}. ${again}`,
    ],
  },
  "an AWS managed key as too weak where a customer managed one is demanded": {
    facts: of(backup("a", under({ value: key({ keyManager: "AWS" }) }))),
    parameters: { minimumKeyType: "CUSTOMER_MANAGED_KEY" },
    expect: ["NON_COMPLIANT", `AWS managed key ...7a41: backup a; CUSTOMER_MANAGED_KEY required. ${follows}. ${again}`],
    reasons: ["customerManagedKeyRequired"],
  },
  "a vault's key that is too weak: another vault is needed, not another table key": {
    facts: of(point("0D45", under({ value: key({ keyManager: "AWS" }) }))),
    parameters: { minimumKeyType: "CUSTOMER_MANAGED_KEY" },
    expect: [
      "NON_COMPLIANT",
      `AWS managed key ...7a41 of vault Nightly: backup Nightly/...0D45; CUSTOMER_MANAGED_KEY required. ${follows}. Back up again into a vault under such a key, then delete the old (start-backup-job, delete-recovery-point)`,
    ],
    commands: [
      `aws backup start-backup-job --backup-vault-name VAULT --resource-arn arn:aws:dynamodb:us-east-1:123456789012:table/Orders --iam-role-arn ROLE_ARN ${inRegion}`,
      deletePoint(pointArn),
    ],
  },
  "a backup that DynamoDB made for AWS Backup by its table's key, and deletes it from its vault": {
    facts: of(backup("c0de", awsOwned, { vaultName: "Nightly", name: null })),
    expect: [
      "NON_COMPLIANT",
      `AWS owned key: backup Nightly/...c0de; AWS_MANAGED_KEY or stronger required. ${follows}. ${again}`,
    ],
    commands: [createBackup, deletePoint("arn:aws:dynamodb:us-east-1:123456789012:table/Orders/backup/c0de")],
  },
  "a key outside allowedKeyArns": {
    facts: of(backup("a"), backup("b", other)),
    parameters: { allowedKeyArns: otherKeyArn },
    expect: [
      "NON_COMPLIANT",
      `Customer managed key ...7a41: backup a; a key of allowedKeyArns is required. ${follows}. ${again}`,
    ],
    reasons: ["keyNotAllowed"],
    commands: [createBackup, deleteBackup("a")],
  },
  "a key outside allowedKeyArns even if nothing of it could be read": {
    facts: of(backup("a", under({ unread: keyDenied }))),
    parameters: { allowedKeyArns: otherKeyArn },
    expect: ["NON_COMPLIANT", `KMS key ...7a41: backup a; a key of allowedKeyArns is required. ${follows}. ${again}`],
  },
  "a key inside allowedKeyArns as compliant": {
    facts: of(backup("a")),
    parameters: { allowedKeyArns: `${otherKeyArn}, ${keyArn}` },
    expect: ["COMPLIANT", compliant],
  },
  "a disabled key: the repair is the key's own": {
    facts: of(backup("legacy-2024-q4", disabled), backup("legacy-2024-q3", disabled)),
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is Disabled, so each backup under it cannot be read: legacy-2024-q4, legacy-2024-q3. Enable it (kms enable-key)",
    ],
    reasons: ["keyUnusable"],
    commands: [`aws kms enable-key --key-id ${keyArn} ${inRegion}`],
  },
  "a key pending deletion, with its date": {
    facts: of(
      backup("a", under({ value: key({ keyState: "PendingDeletion", deletionDate: new Date("2026-01-10") }) })),
    ),
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is PendingDeletion, to be deleted on 2026-01-10: the backup becomes unreadable: a. Cancel it (kms cancel-key-deletion, then enable-key)",
    ],
    reasons: ["keyPendingDeletion"],
    commands: [
      `aws kms cancel-key-deletion --key-id ${keyArn} ${inRegion}`,
      `aws kms enable-key --key-id ${keyArn} ${inRegion}`,
    ],
  },
  "a key whose imported material is gone": {
    facts: of(backup("a", under({ value: key({ keyState: "PendingImport" }) }))),
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is PendingImport, so the backup cannot be read: a. Import its key material again (kms import-key-material)",
    ],
  },
  "a key that is gone: nothing restores, so the mend is a new backup and to give up the old": {
    facts: of(backup("a", under({ value: null }))),
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 does not exist: the backup cannot be read by anyone: a. Back up again, then delete the old (delete-backup, delete-recovery-point)",
    ],
    reasons: ["keyNotFound"],
    commands: [deleteBackup("a")],
  },
  "an old backup leniently where its day is ignored": {
    facts: of(backup("new"), backup("old", awsOwned, { createdAt: new Date("2024-12-31T23:59:59Z") })),
    parameters: { ignoreBackupsCreatedBefore: "2025-01-01" },
    expect: [
      "COMPLIANT",
      "Backups under AWS owned key, Customer managed key ...7a41, all usable; AWS_MANAGED_KEY or stronger required of those since 2025-01-01. Continuous backups are under the table's own key",
    ],
  },
  "a backup of the first day that is not ignored": {
    facts: of(backup("new", awsOwned, { createdAt: new Date("2025-01-01T00:00:00Z") })),
    parameters: { ignoreBackupsCreatedBefore: "2025-01-01" },
    expect: ["NON_COMPLIANT", `AWS owned key: backup new; AWS_MANAGED_KEY or stronger required. ${follows}. ${again}`],
  },
  "an unusable key at any age": {
    facts: of(backup("old", disabled, { createdAt: new Date("2019-01-01") })),
    parameters: { ignoreBackupsCreatedBefore: "2025-01-01" },
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is Disabled, so the backup cannot be read: old. Enable it (kms enable-key)",
    ],
  },
  "several causes worst first: the first names backups of the others too": {
    facts: of(backup("d", awsOwned), backup("c", awsOwned), backup("b", awsOwned), backup("a", disabled)),
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is Disabled, so the backup cannot be read: a; at fault too: d, c and 1 more (+1 more). Enable it (kms enable-key). More in the report",
    ],
    reasons: ["keyUnusable", "awsOwnedKey"],
    commands: [`aws kms enable-key --key-id ${keyArn} ${inRegion}`, createBackup, ...["d", "c", "b"].map(deleteBackup)],
  },
  "three backups of the worst cause, so that the others are only counted": {
    facts: of(backup("d", awsOwned), ...["c", "b", "a"].map((name) => backup(name, disabled))),
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is Disabled, so each backup under it cannot be read: c, b, a; at fault too: 1 more (+1 more). Enable it (kms enable-key). More in the report",
    ],
  },
  "a disabled key that is not allowed either by both, and counts its backup once": {
    facts: of(backup("a", disabled)),
    parameters: { allowedKeyArns: otherKeyArn },
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is Disabled, so the backup cannot be read: a (+1 more). Enable it (kms enable-key). More in the report",
    ],
    reasons: ["keyUnusable", "keyNotAllowed"],
  },
  "the backups of a table that is gone with its name, and how to bring them over": {
    facts: orphans(backup("final", awsOwned), backup("monthly", awsOwned)),
    expect: [
      "NON_COMPLIANT",
      "AWS owned key: backups Archive/final, Archive/monthly; AWS_MANAGED_KEY or stronger required. Restore what is needed under such a key, then delete the old (restore-table-from-backup, delete-backup)",
    ],
    commands: [
      `aws dynamodb restore-table-from-backup --target-table-name Archive --backup-arn arn:aws:dynamodb:us-east-1:123456789012:table/Orders/backup/final --sse-specification-override Enabled=true,SSEType=KMS ${inRegion}`,
      deleteBackup("final"),
      deleteBackup("monthly"),
    ],
  },
  "the backups of a gone table where one key is allowed, and fills it into the command": {
    facts: orphans(backup("final")),
    parameters: { allowedKeyArns: otherKeyArn },
    expect: [
      "NON_COMPLIANT",
      "Customer managed key ...7a41: backup Archive/final; a key of allowedKeyArns is required. Restore what is needed under such a key, then delete the old (restore-table-from-backup, delete-backup)",
    ],
    commands: [
      `aws dynamodb restore-table-from-backup --target-table-name Archive --backup-arn arn:aws:dynamodb:us-east-1:123456789012:table/Orders/backup/final --sse-specification-override Enabled=true,SSEType=KMS,KMSMasterKeyId=${otherKeyArn} ${inRegion}`,
      deleteBackup("final"),
    ],
  },
  "the recovery points of a gone table, and copies them to another vault": {
    facts: orphans(point("0D45", awsOwned)),
    expect: [
      "NON_COMPLIANT",
      "AWS owned key of vault Nightly: backup Archive/Nightly/...0D45; AWS_MANAGED_KEY or stronger required. Copy what is needed to a vault under such a key, then delete the old (start-copy-job, delete-recovery-point)",
    ],
    commands: [
      `aws backup start-copy-job --recovery-point-arn ${pointArn} --source-backup-vault-name Nightly --destination-backup-vault-arn VAULT_ARN --iam-role-arn ROLE_ARN ${inRegion}`,
      deletePoint(pointArn),
    ],
  },
  "the backups of gone tables as compliant, and names the tables": {
    facts: orphans(backup("final"), backup("monthly")),
    expect: [
      "COMPLIANT",
      "Backups of gone tables under Customer managed key ...7a41, all usable; AWS_MANAGED_KEY or stronger required. Tables: Archive",
    ],
  },
  "a backup that could not be read as unread, although the others are fine": {
    facts: of(backup("b"), backup("a", { unread: denied })),
    expect: [
      "unread",
      "dynamodb:DescribeBackup on backup ...0001 of table Orders was denied. Allow it to role/scanner",
      true,
    ],
  },
  "a fault of one backup although another could not be read: one proof is enough": {
    facts: of(backup("b", disabled), backup("a", { unread: denied })),
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is Disabled, so the backup cannot be read: b. Enable it (kms enable-key)",
    ],
  },
  "a key that was refused as unread, also of an old backup, since it might be unusable": {
    facts: of(backup("a", under({ unread: keyDenied }), { createdAt: new Date("2019-01-01") })),
    parameters: { ignoreBackupsCreatedBefore: "2025-01-01" },
    expect: ["unread", "kms:DescribeKey on key ...7a41 was denied", true],
  },
  "what lasts before what passes": {
    facts: of(backup("b", { unread: throttled }), backup("a", { unread: denied })),
    expect: [
      "unread",
      "dynamodb:DescribeBackup on backup ...0001 of table Orders was denied. Allow it to role/scanner",
      true,
    ],
  },
  "a key that is still being created as not known yet": {
    facts: of(backup("a", under({ value: key({ keyState: "Creating" }) }))),
    expect: ["unread", "kms:DescribeKey on key ...7a41: it is still Creating", false],
  },
  "a table whose backups were not all listed as unread, however good those that were": {
    facts: { ...of(backup("a")), notListed },
    expect: ["unread", "dynamodb:ListBackups on region us-east-1 was denied. Allow it to role/scanner", true],
  },
  "a table of which no backup was listed, but not all lists were read, as unread": {
    facts: { ...of(), notListed },
    expect: ["unread", "dynamodb:ListBackups on region us-east-1 was denied. Allow it to role/scanner", true],
  },
  "a fault of a backup although not all were listed": {
    facts: { ...of(backup("a", disabled)), notListed },
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is Disabled, so the backup cannot be read: a. Enable it (kms enable-key)",
    ],
  },
});

describe("the parameters of dynamodb-backup-encryption", () => {
  const parse = (given: object) => parseParameters(backupEncryption.parameters, given, "ruleParameters");

  it("are these by default", () => {
    expect(parse({})).toEqual({
      minimumKeyType: "AWS_MANAGED_KEY",
      allowedKeyArns: [],
      ignoreBackupsCreatedBefore: null,
      maxBackupsPerTable: 100,
      exemptResourceTag: null,
      exemptions: [],
    });
  });

  it.each([250, "250", " 250 "])("take a number of backups as %j", (maxBackupsPerTable) => {
    expect(parse({ maxBackupsPerTable }).maxBackupsPerTable).toBe(250);
  });

  const refused: Record<string, [given: object, message: string]> = {
    "no backup at all": [
      { maxBackupsPerTable: "0" },
      "ruleParameters.maxBackupsPerTable is `0`; use a whole number from 1 to 10000",
    ],
    "a part of a backup": [
      { maxBackupsPerTable: 1.5 },
      "ruleParameters.maxBackupsPerTable is `1.5`; use a whole number from 1 to 10000",
    ],
    "a number in words": [
      { maxBackupsPerTable: "all" },
      "ruleParameters.maxBackupsPerTable is `all`; use a whole number from 1 to 10000",
    ],
    "a day that never was": [
      { ignoreBackupsCreatedBefore: "2025-02-30" },
      "ruleParameters.ignoreBackupsCreatedBefore is `2025-02-30` (there is no such day); use a date as YYYY-MM-DD",
    ],
    "a day in another form": [
      { ignoreBackupsCreatedBefore: "31.12.2024" },
      "ruleParameters.ignoreBackupsCreatedBefore is `31.12.2024` (it has no `YYYY-MM-DD` form); use a date as YYYY-MM-DD",
    ],
    "an AWS owned key beside allowed keys": [
      { minimumKeyType: "AWS_OWNED_KEY", allowedKeyArns: keyArn },
      "ruleParameters: minimumKeyType `AWS_OWNED_KEY` contradicts allowedKeyArns (an AWS owned key has no ARN to allow); give only one of them",
    ],
  };
  for (const [sentence, [given, message]] of Object.entries(refused)) {
    it(`refuse ${sentence}`, () => expect(() => parse(given)).toThrow(new ParameterError([message])));
  }
});

describe("no verdict is COMPLIANT when a fact that it needs is unread", () => {
  const unreadFact = fc.constantFrom<{ unread: Unread }>({ unread: denied }, { unread: throttled });
  const states = [
    "Enabled",
    "Disabled",
    "PendingDeletion",
    "PendingImport",
    "Unavailable",
    "Updating",
    "Creating",
    "Odd",
  ];
  const kmsKey = fc.record({
    keyManager: fc.constantFrom("AWS", "CUSTOMER"),
    keyState: fc.constantFrom("Enabled", ...states),
    deletionDate: fc.constantFrom(null, new Date("2026-01-10")),
  });
  // As the reader of keys tells them: the same of the same key, whichever backup is under it.
  const keysByArn: fc.Arbitrary<Record<string, Fact<KmsKey | null>>> = fc.record({
    [keyArn]: fc.oneof(
      kmsKey.map((changes) => ({ value: key(changes) })),
      fc.constant({ value: null }),
      unreadFact,
    ),
    [otherKeyArn]: kmsKey.map((changes) => ({ value: key({ ...changes, keyArn: otherKeyArn }) })),
  });
  const oneBackup = fc.record({
    key: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(keyArn, otherKeyArn, "AWS_OWNED_KEY") },
      { weight: 1, arbitrary: unreadFact },
    ),
    isPoint: fc.boolean(),
    createdAt: fc.constantFrom(new Date("2024-06-01"), new Date("2025-06-01")),
  });
  const anyFacts = fc
    .record({
      tableName: fc.constantFrom("Orders", null),
      backups: fc.array(oneBackup, { maxLength: 6 }),
      keys: keysByArn,
      notListed: fc.oneof(
        { weight: 5, arbitrary: fc.constant(null) },
        unreadFact.map(({ unread }) => unread),
      ),
    })
    .map(
      ({ backups, keys, ...rest }): Backups => ({
        ...rest,
        backups: backups.map(({ key: told, isPoint, createdAt }, at) => {
          const named = typeof told === "string" ? keys[told] : undefined;
          const encryption = typeof told !== "string" ? told : named === undefined ? awsOwned : under(named, told);
          return (isPoint ? point : backup)(`000${at}`, encryption, { createdAt });
        }),
      }),
    );
  const anyParameters = fc
    .record({
      minimumKeyType: fc.constantFrom("AWS_OWNED_KEY", "AWS_MANAGED_KEY", "CUSTOMER_MANAGED_KEY"),
      allowedKeyArns: fc.oneof(fc.constant([]), fc.subarray([keyArn, otherKeyArn])),
      ignoreBackupsCreatedBefore: fc.constantFrom(null, "2025-01-01"),
    })
    .map((given) => (given.minimumKeyType === "AWS_OWNED_KEY" ? { ...given, allowedKeyArns: [] } : given));

  function isUnread({ key: told }: EncryptedBackup): boolean {
    if ("unread" in told) return true;
    if (told.value === null) return false;
    if ("unread" in told.value.key) return true;
    return told.value.key.value !== null && ["Creating", "Odd"].includes(told.value.key.value.keyState);
  }

  it("for any facts and parameters; and the mend obeys its law", () => {
    const seen = { COMPLIANT: 0, after: 0 };
    void fc.assert(
      fc.property(anyFacts, anyParameters, (given, raw) => {
        const parameters = parseParameters(backupEncryption.parameters, raw, "parameters");
        const verdict = backupEncryption.evaluate(given, parameters);
        if ("unread" in verdict) return;
        if (verdict.complianceType !== "NON_COMPLIANT") {
          expect(given.notListed).toBeNull();
          expect(given.backups.filter(isUnread)).toEqual([]);
          expect(verdict.complianceType).toBe(given.backups.length === 0 ? "NOT_APPLICABLE" : "COMPLIANT");
          if (verdict.complianceType === "COMPLIANT") seen.COMPLIANT++;
          return;
        }
        const mend = backupEncryption.mend(given, parameters);
        if (!("after" in mend)) return;
        seen.after++;
        expect(backupEncryption.evaluate(mend.after, parameters)).toMatchObject({ complianceType: "COMPLIANT" });
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(seen.COMPLIANT, seen.after)).toBeGreaterThan(50);
  });
});
