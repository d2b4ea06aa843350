import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KmsKey } from "../../../lib/account/keys.ts";
import type { SseDescription } from "../../../lib/account/tables.ts";
import type { EncryptedTable } from "../../../lib/encryption/table.ts";
import { parseParameters } from "../../../lib/parameters.ts";
import type { Fact, Unread } from "../../../lib/rule.ts";
import {
  type TableCopy,
  type TableEncryptionFacts,
  tableEncryption,
} from "../../../lib/rules/dynamodb-table-encryption.ts";
import { ruleTable } from "../../rule-table.ts";

const keyArn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000007a41";
const otherKeyArn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000009c02";
const irishKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-00000000e1e1";
const denied: Unread = {
  call: "kms:DescribeKey",
  message: "on key ...7a41 was denied. Allow it to role/scanner in the key's policy",
  lasting: true,
};
const throttled: Unread = {
  call: "kms:DescribeKey",
  message: "on key ...7a41 was throttled past the retries",
  lasting: false,
};

function key(changes: Partial<KmsKey> = {}): KmsKey {
  const enabled = { keyArn, keyManager: "CUSTOMER", keyState: "Enabled", deletionDate: null };
  return { ...enabled, customKeyStoreId: null, primaryKeyArn: null, rotates: null, ...changes };
}

function sse(changes: Partial<SseDescription> = {}): SseDescription {
  return {
    status: "ENABLED",
    sseType: "KMS",
    kmsMasterKeyArn: keyArn,
    inaccessibleEncryptionDateTime: null,
    ...changes,
  };
}

/** A table under a KMS key. */
function under(fact: Fact<KmsKey | null>, changes: Partial<EncryptedTable> = {}): EncryptedTable {
  return { ...plain(), sseDescription: sse(), key: fact, ...changes };
}

/** A table under an AWS owned key. */
function plain(changes: Partial<EncryptedTable> = {}): EncryptedTable {
  const tableArn = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
  return { tableArn, tableStatus: "ACTIVE", archivalDateTime: null, sseDescription: null, key: null, ...changes };
}

function facts(table: EncryptedTable, ...replicas: TableCopy[]): TableEncryptionFacts {
  return {
    tableName: "Orders",
    copies: [{ region: "us-east-1", replicaStatus: null, table: { value: table } }, ...replicas],
  };
}

function replica(table: TableCopy["table"], replicaStatus = "ACTIVE"): TableCopy {
  return { region: "eu-west-1", replicaStatus, table };
}

const irishKey = key({ keyArn: irishKeyArn });
const irish = (changes: Partial<KmsKey> = {}): EncryptedTable =>
  under({ value: { ...irishKey, ...changes } }, { sseDescription: sse({ kmsMasterKeyArn: irishKeyArn }) });

const updateTable = "aws dynamodb update-table --table-name Orders";

ruleTable(tableEncryption, {
  "a customer managed key that is enabled as compliant": {
    facts: facts(under({ value: key() })),
    expect: [
      "COMPLIANT",
      "Customer managed key ...7a41 (Enabled); AWS_MANAGED_KEY or stronger required. Indexes and stream share it",
    ],
  },
  "an AWS managed key as compliant, told by KeyManager alone": {
    facts: facts(under({ value: key({ keyManager: "AWS" }) })),
    expect: [
      "COMPLIANT",
      "AWS managed key ...7a41 (Enabled); AWS_MANAGED_KEY or stronger required. Indexes and stream share it",
    ],
  },
  "an AWS owned key as too weak by default, never as unencrypted": {
    facts: facts(plain()),
    expect: [
      "NON_COMPLIANT",
      "AWS owned key; AWS_MANAGED_KEY or stronger required. Indexes and stream share it. Set SSESpecification Enabled=true, SSEType=KMS (update-table)",
    ],
    reasons: ["awsOwnedKey"],
    commands: [`${updateTable} --sse-specification Enabled=true,SSEType=KMS --region us-east-1`],
  },
  "an AWS owned key as compliant where that is the minimum": {
    facts: facts(plain()),
    parameters: { minimumKeyType: "AWS_OWNED_KEY" },
    expect: ["COMPLIANT", "AWS owned key; AWS_OWNED_KEY or stronger required. Indexes and stream share it"],
  },
  "the legacy SSEType AES256 as an AWS owned key": {
    facts: facts(plain({ sseDescription: sse({ sseType: "AES256", kmsMasterKeyArn: null }) })),
    parameters: { minimumKeyType: "AWS_OWNED_KEY" },
    expect: ["COMPLIANT", "AWS owned key; AWS_OWNED_KEY or stronger required. Indexes and stream share it"],
  },
  "a Status of DISABLED as an AWS owned key": {
    facts: facts(under({ value: key() }, { sseDescription: sse({ status: "DISABLED" }) })),
    parameters: { minimumKeyType: "AWS_OWNED_KEY" },
    expect: ["COMPLIANT", "AWS owned key; AWS_OWNED_KEY or stronger required. Indexes and stream share it"],
  },
  "an AWS managed key as too weak where a customer managed one is demanded": {
    facts: facts(under({ value: key({ keyManager: "AWS" }) })),
    parameters: { minimumKeyType: "CUSTOMER_MANAGED_KEY" },
    expect: [
      "NON_COMPLIANT",
      "AWS managed key ...7a41; CUSTOMER_MANAGED_KEY required. Indexes and stream share it. Set SSESpecification KMSMasterKeyId to such a key (update-table)",
    ],
    reasons: ["customerManagedKeyRequired"],
    commands: [`${updateTable} --sse-specification Enabled=true,SSEType=KMS,KMSMasterKeyId=KEY_ARN --region us-east-1`],
  },
  "a key outside allowedKeyArns, and fills the one allowed key into the command": {
    facts: facts(under({ value: key() })),
    parameters: { allowedKeyArns: otherKeyArn },
    expect: [
      "NON_COMPLIANT",
      "Customer managed key ...7a41; a key of allowedKeyArns is required. Indexes and stream share it. Set SSESpecification KMSMasterKeyId to such a key (update-table)",
    ],
    reasons: ["keyNotAllowed"],
    commands: [
      `${updateTable} --sse-specification Enabled=true,SSEType=KMS,KMSMasterKeyId=${otherKeyArn} --region us-east-1`,
    ],
  },
  "a key outside allowedKeyArns even if nothing of it could be read": {
    facts: facts(under({ unread: denied })),
    parameters: { allowedKeyArns: otherKeyArn },
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41; a key of allowedKeyArns is required. Indexes and stream share it. Set SSESpecification KMSMasterKeyId to such a key (update-table)",
    ],
  },
  "an AWS owned key where only some keys are allowed": {
    facts: facts(plain()),
    parameters: { allowedKeyArns: [keyArn, otherKeyArn] },
    expect: [
      "NON_COMPLIANT",
      "AWS owned key; a key of allowedKeyArns is required. Indexes and stream share it. Set SSESpecification KMSMasterKeyId to such a key (update-table)",
    ],
  },
  "a key inside allowedKeyArns as compliant": {
    facts: facts(under({ value: key() })),
    parameters: { allowedKeyArns: `${otherKeyArn}, ${keyArn}` },
    expect: [
      "COMPLIANT",
      "Customer managed key ...7a41 (Enabled); AWS_MANAGED_KEY or stronger required. Indexes and stream share it",
    ],
  },
  "a key pending deletion, with its date": {
    facts: facts(
      under({ value: key({ keyState: "PendingDeletion", deletionDate: new Date("2026-01-10T08:00:00Z") }) }),
    ),
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is PendingDeletion, to be deleted on 2026-01-10: the table becomes unreadable. Cancel it (kms cancel-key-deletion, then enable-key)",
    ],
    reasons: ["keyPendingDeletion"],
    commands: [
      `aws kms cancel-key-deletion --key-id ${keyArn} --region us-east-1`,
      `aws kms enable-key --key-id ${keyArn} --region us-east-1`,
    ],
  },
  "a multi-Region primary pending the deletion of its replicas": {
    facts: facts(under({ value: key({ keyState: "PendingReplicaDeletion" }) })),
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is PendingReplicaDeletion: the table becomes unreadable. Cancel it (kms cancel-key-deletion, then enable-key)",
    ],
  },
  "a disabled key": {
    facts: facts(under({ value: key({ keyState: "Disabled" }) })),
    expect: ["NON_COMPLIANT", "KMS key ...7a41 is Disabled, so the table cannot be read. Enable it (kms enable-key)"],
    reasons: ["keyUnusable"],
    commands: [`aws kms enable-key --key-id ${keyArn} --region us-east-1`],
  },
  "a disabled key even where any key type is accepted": {
    facts: facts(under({ value: key({ keyState: "Disabled" }) })),
    parameters: { minimumKeyType: "AWS_OWNED_KEY" },
    expect: ["NON_COMPLIANT", "KMS key ...7a41 is Disabled, so the table cannot be read. Enable it (kms enable-key)"],
  },
  "a key whose imported material is gone": {
    facts: facts(under({ value: key({ keyState: "PendingImport" }) })),
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is PendingImport, so the table cannot be read. Import its key material again (kms import-key-material)",
    ],
  },
  "a key whose custom key store is disconnected": {
    facts: facts(under({ value: key({ keyState: "Unavailable", customKeyStoreId: "cks-1" }) })),
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is Unavailable (its custom key store is disconnected), so the table cannot be read. Connect its key store (kms connect-custom-key-store)",
    ],
    commands: ["aws kms connect-custom-key-store --custom-key-store-id cks-1 --region us-east-1"],
  },
  "a key that KMS does not know": {
    facts: facts(under({ value: null })),
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 does not exist: the table cannot be read by anyone. Restore from a backup under another key",
    ],
    reasons: ["keyNotFound"],
  },
  "a key whose primary is being moved as usable": {
    facts: facts(under({ value: key({ keyState: "Updating" }) })),
    expect: [
      "COMPLIANT",
      "Customer managed key ...7a41 (Updating); AWS_MANAGED_KEY or stronger required. Indexes and stream share it",
    ],
  },
  "a key that is still being created as not known yet": {
    facts: facts(under({ value: key({ keyState: "Creating" }) })),
    expect: ["unread", "kms:DescribeKey on key ...7a41: it is still Creating", false],
  },
  "a KeyState that nobody knows as unread": {
    facts: facts(under({ value: key({ keyState: "Frozen" }) })),
    expect: ["unread", "kms:DescribeKey on key ...7a41 answered with the unknown KeyState Frozen", true],
  },
  "a key that DynamoDB lost access to, though it is enabled": {
    facts: facts(
      under(
        { value: key() },
        { sseDescription: sse({ inaccessibleEncryptionDateTime: new Date("2026-01-02T00:00:00Z") }) },
      ),
    ),
    expect: [
      "NON_COMPLIANT",
      "DynamoDB cannot use KMS key ...7a41 since 2026-01-02: the table cannot be read. Let DynamoDB use the key again (its key policy and grants)",
    ],
    reasons: ["keyInaccessible"],
  },
  "a table INACCESSIBLE_ENCRYPTION_CREDENTIALS whose key is disabled: mending the key ends both": {
    facts: facts(
      under(
        { value: key({ keyState: "Disabled" }) },
        {
          tableStatus: "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
          sseDescription: sse({ inaccessibleEncryptionDateTime: new Date("2026-01-02T00:00:00Z") }),
        },
      ),
    ),
    expect: [
      "NON_COMPLIANT",
      "DynamoDB cannot use KMS key ...7a41 since 2026-01-02: the table cannot be read (+1 more). Make the key usable. Enable it (kms enable-key)",
    ],
    reasons: ["keyInaccessible", "keyUnusable"],
    commands: [`aws kms enable-key --key-id ${keyArn} --region us-east-1`],
  },
  "a key that DynamoDB lost even if the key itself could not be read": {
    facts: facts(under({ unread: denied }, { tableStatus: "INACCESSIBLE_ENCRYPTION_CREDENTIALS" })),
    expect: [
      "NON_COMPLIANT",
      "DynamoDB cannot use KMS key ...7a41: the table cannot be read. Let DynamoDB use the key again (its key policy and grants)",
    ],
  },
  "an archived table": {
    facts: facts(
      under({ value: key() }, { tableStatus: "ARCHIVED", archivalDateTime: new Date("2026-01-03T00:00:00Z") }),
    ),
    expect: [
      "NON_COMPLIANT",
      "The table is ARCHIVED since 2026-01-03: its key was inaccessible for seven days. Restore the archival backup (restore-table-from-backup)",
    ],
    reasons: ["tableArchived"],
  },
  "a table that is being archived": {
    facts: facts(under({ value: key() }, { tableStatus: "ARCHIVING" })),
    expect: [
      "NON_COMPLIANT",
      "The table is ARCHIVING: its key was inaccessible for seven days. Restore the archival backup (restore-table-from-backup)",
    ],
  },
  "a table that is being created as not applicable": {
    facts: facts(plain({ tableStatus: "CREATING" })),
    expect: ["NOT_APPLICABLE", "The table is CREATING: it is judged when it is ACTIVE"],
  },
  "a table that is being deleted as not applicable": {
    facts: facts(under({ value: key({ keyState: "Disabled" }) }, { tableStatus: "DELETING" })),
    expect: ["NOT_APPLICABLE", "The table is DELETING: it is judged when it is ACTIVE"],
  },
  "a key being switched by the one in force: UPDATING names it": {
    facts: facts(under({ value: key() }, { tableStatus: "UPDATING", sseDescription: sse({ status: "UPDATING" }) })),
    parameters: { minimumKeyType: "CUSTOMER_MANAGED_KEY" },
    expect: [
      "COMPLIANT",
      "Customer managed key ...7a41 (Enabled); CUSTOMER_MANAGED_KEY or stronger required. Indexes and stream share it",
    ],
  },
  "a key being switched by the one in force: DISABLING still uses it": {
    facts: facts(under({ value: key() }, { sseDescription: sse({ status: "DISABLING" }) })),
    expect: [
      "COMPLIANT",
      "Customer managed key ...7a41 (Enabled); AWS_MANAGED_KEY or stronger required. Indexes and stream share it",
    ],
  },
  "a key being switched by the one in force: ENABLING is still AWS's own": {
    facts: facts(under({ value: key() }, { sseDescription: sse({ status: "ENABLING" }) })),
    expect: [
      "NON_COMPLIANT",
      "AWS owned key (a switch to a KMS key is under way); AWS_MANAGED_KEY or stronger required. Indexes and stream share it. Set SSESpecification Enabled=true, SSEType=KMS (update-table)",
    ],
  },
  "an SSEDescription of an unknown status as unread": {
    facts: facts(under({ value: key() }, { sseDescription: sse({ status: "PAUSED" }) })),
    expect: [
      "unread",
      "dynamodb:DescribeTable on table Orders in us-east-1 answered with an SSEDescription that is not understood",
      true,
    ],
  },
  "an SSEDescription of KMS that names no key as unread": {
    facts: facts(plain({ sseDescription: sse({ kmsMasterKeyArn: null }) })),
    expect: [
      "unread",
      "dynamodb:DescribeTable on table Orders in us-east-1 answered with an SSEDescription that is not understood",
      true,
    ],
  },
  "a key that was refused as unread, which is never compliant": {
    facts: facts(under({ unread: denied })),
    expect: ["unread", "kms:DescribeKey on key ...7a41 was denied. Allow it to role/scanner in the key's policy", true],
  },
  "a key that does not rotate as compliant by default": {
    facts: facts(under({ value: key({ rotates: { value: false } }) })),
    expect: [
      "COMPLIANT",
      "Customer managed key ...7a41 (Enabled); AWS_MANAGED_KEY or stronger required. Indexes and stream share it",
    ],
  },
  "a key that does not rotate where rotation is required": {
    facts: facts(under({ value: key({ rotates: { value: false } }) })),
    parameters: { requireKeyRotation: "true" },
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 does not rotate; automatic rotation is required. Turn it on (kms enable-key-rotation)",
    ],
    reasons: ["keyDoesNotRotate"],
    commands: [`aws kms enable-key-rotation --key-id ${keyArn} --region us-east-1`],
  },
  "a multi-Region replica key that does not rotate: its primary holds the setting": {
    facts: facts(under({ value: key({ rotates: { value: false }, primaryKeyArn: irishKeyArn }) })),
    parameters: { requireKeyRotation: true },
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 does not rotate; automatic rotation is required. Turn it on (kms enable-key-rotation)",
    ],
    commands: [`aws kms enable-key-rotation --key-id ${irishKeyArn} --region eu-west-1`],
  },
  "a key that has no rotation (asymmetric, imported, custom store) as no failure": {
    facts: facts(under({ value: key({ rotates: null }) })),
    parameters: { requireKeyRotation: true },
    expect: [
      "COMPLIANT",
      "Customer managed key ...7a41 (Enabled); AWS_MANAGED_KEY or stronger required. Indexes and stream share it",
    ],
  },
  "a rotation that was refused as unread where it is required": {
    facts: facts(under({ value: key({ rotates: { unread: { ...denied, call: "kms:GetKeyRotationStatus" } } }) })),
    parameters: { requireKeyRotation: true },
    expect: [
      "unread",
      "kms:GetKeyRotationStatus on key ...7a41 was denied. Allow it to role/scanner in the key's policy",
      true,
    ],
  },
  "a disabled key that does not rotate by both, and mends both": {
    facts: facts(under({ value: key({ keyState: "Disabled", rotates: { value: false } }) })),
    parameters: { requireKeyRotation: true },
    expect: [
      "NON_COMPLIANT",
      "KMS key ...7a41 is Disabled, so the table cannot be read (+1 more). Enable it (kms enable-key). Turn it on (kms enable-key-rotation)",
    ],
    reasons: ["keyUnusable", "keyDoesNotRotate"],
  },
  "a key to be left for another as not worth a rotation": {
    facts: facts(under({ value: key({ rotates: { value: false } }) })),
    parameters: { requireKeyRotation: true, allowedKeyArns: otherKeyArn },
    expect: [
      "NON_COMPLIANT",
      "Customer managed key ...7a41; a key of allowedKeyArns is required. Indexes and stream share it. Set SSESpecification KMSMasterKeyId to such a key (update-table)",
    ],
    reasons: ["keyNotAllowed"],
  },
  "a global table whose copies all comply": {
    facts: facts(under({ value: key() }), replica({ value: irish() })),
    expect: [
      "COMPLIANT",
      "Customer managed key ...7a41 (Enabled); replica eu-west-1: Customer managed key ...e1e1 (Enabled); AWS_MANAGED_KEY or stronger required. Indexes and stream share it",
    ],
  },
  "a replica whose key is disabled, in its own region": {
    facts: facts(under({ value: key() }), replica({ value: irish({ keyState: "Disabled" }) })),
    expect: [
      "NON_COMPLIANT",
      "Replica eu-west-1: KMS key ...e1e1 is Disabled, so the replica cannot be read. Enable it (kms enable-key)",
    ],
    commands: [`aws kms enable-key --key-id ${irishKeyArn} --region eu-west-1`],
  },
  "a global table under AWS owned keys: one command reaches all copies": {
    facts: facts(
      plain(),
      replica({ value: plain({ tableArn: "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders" }) }),
    ),
    expect: [
      "NON_COMPLIANT",
      "AWS owned key; AWS_MANAGED_KEY or stronger required. Indexes and stream share it (+1 more). Set SSESpecification Enabled=true, SSEType=KMS (update-table)",
    ],
    reasons: ["awsOwnedKey", "awsOwnedKey"],
    commands: [`${updateTable} --sse-specification Enabled=true,SSEType=KMS --region us-east-1`],
  },
  "a replica under a key that is not allowed there": {
    facts: facts(under({ value: key() }), replica({ value: irish() })),
    parameters: { allowedKeyArns: keyArn },
    expect: [
      "NON_COMPLIANT",
      "Replica eu-west-1: Customer managed key ...e1e1; a key of allowedKeyArns is required. Indexes and stream share it. Set SSESpecification KMSMasterKeyId to such a key (update-table)",
    ],
    commands: [
      `${updateTable} --replica-updates [{"Update":{"RegionName":"eu-west-1","KMSMasterKeyId":"KEY_ARN"}}] --region us-east-1`,
    ],
  },
  "a replica that could not be read as unread, though the table is fine": {
    facts: facts(under({ value: key() }), replica({ unread: { ...denied, call: "dynamodb:DescribeTable" } })),
    expect: [
      "unread",
      "dynamodb:DescribeTable on key ...7a41 was denied. Allow it to role/scanner in the key's policy",
      true,
    ],
  },
  "a fault of the table although its replica could not be read: one proof is enough": {
    facts: facts(under({ value: key({ keyState: "Disabled" }) }), replica({ unread: denied })),
    expect: ["NON_COMPLIANT", "KMS key ...7a41 is Disabled, so the table cannot be read. Enable it (kms enable-key)"],
  },
  "what lasts before what passes": {
    facts: facts(under({ unread: throttled }), replica({ unread: denied })),
    expect: ["unread", "kms:DescribeKey on key ...7a41 was denied. Allow it to role/scanner in the key's policy", true],
  },
  "a replica that is still to come by the table alone": {
    facts: facts(under({ value: key() }), replica({ value: null }, "CREATING")),
    expect: [
      "COMPLIANT",
      "Customer managed key ...7a41 (Enabled); AWS_MANAGED_KEY or stronger required. Indexes and stream share it",
    ],
  },
  "a replica whose table is being created by the table alone": {
    facts: facts(under({ value: key() }), replica({ value: plain({ tableStatus: "CREATING" }) }, "CREATING")),
    expect: [
      "COMPLIANT",
      "Customer managed key ...7a41 (Enabled); AWS_MANAGED_KEY or stronger required. Indexes and stream share it",
    ],
  },
  "a replica that is listed and not there as unread": {
    facts: facts(under({ value: key() }), replica({ value: null })),
    expect: [
      "unread",
      "dynamodb:DescribeTable on table Orders finds none in eu-west-1, though a replica is listed there",
      false,
    ],
  },
});

describe("no verdict is COMPLIANT when a fact that it needs is unread", () => {
  const unreadFact = fc.constantFrom<{ unread: Unread }>({ unread: denied }, { unread: throttled });
  const keyFact = fc.record({
    keyArn: fc.constantFrom(keyArn, otherKeyArn, irishKeyArn),
    keyManager: fc.constantFrom("AWS", "CUSTOMER"),
    keyState: fc.constantFrom(
      "Enabled",
      "Disabled",
      "PendingDeletion",
      "PendingImport",
      "Unavailable",
      "Updating",
      "Creating",
      "Unheard",
    ),
    deletionDate: fc.constantFrom(null, new Date("2026-01-10")),
    customKeyStoreId: fc.constantFrom(null, "cks-1"),
    primaryKeyArn: fc.constantFrom(null, irishKeyArn),
    rotates: fc.oneof(fc.constantFrom(null, { value: true }, { value: false }), unreadFact),
  });
  const table = fc
    .record({
      tableStatus: fc.constantFrom(
        "ACTIVE",
        "UPDATING",
        "CREATING",
        "DELETING",
        "ARCHIVED",
        "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
      ),
      status: fc.constantFrom("ENABLED", "ENABLING", "UPDATING", "DISABLING", "DISABLED", "UNHEARD"),
      key: fc.oneof(
        keyFact.map((value) => ({ value })),
        fc.constant({ value: null }),
        unreadFact,
      ),
      owned: fc.boolean(),
    })
    .map(({ tableStatus, status, key: fact, owned }) =>
      owned ? plain({ tableStatus }) : under(fact, { tableStatus, sseDescription: sse({ status }) }),
    );
  const copy = fc.record({
    region: fc.constant("eu-west-1"),
    replicaStatus: fc.constantFrom("ACTIVE", "CREATING", "DELETING", "REGION_DISABLED"),
    table: fc.oneof(
      table.map((value) => ({ value })),
      fc.constant({ value: null }),
      unreadFact,
    ),
  });
  const anyFacts = fc
    .tuple(table, fc.array(copy, { maxLength: 2 }))
    .map(([home, replicas]) => facts(home, ...replicas));
  const anyParameters = fc
    .record({
      minimumKeyType: fc.constantFrom("AWS_OWNED_KEY", "AWS_MANAGED_KEY", "CUSTOMER_MANAGED_KEY"),
      requireKeyRotation: fc.boolean(),
      allowedKeyArns: fc.subarray([keyArn, otherKeyArn, irishKeyArn]),
    })
    .map((given) => (given.minimumKeyType === "AWS_OWNED_KEY" ? { ...given, allowedKeyArns: [] } : given));

  /** Whether DynamoDB names a key for this copy that was not read, or KMS did not say what is demanded. */
  function isUnread({ table: read }: TableCopy, requireKeyRotation: boolean): boolean {
    if ("unread" in read) return true;
    if (read.value === null || ["CREATING", "DELETING"].includes(read.value.tableStatus)) return false;
    const { key: fact, sseDescription } = read.value;
    if (sseDescription === null || fact === null || ["ENABLING", "DISABLED"].includes(sseDescription.status))
      return false;
    if ("unread" in fact) return true;
    const rotates = fact.value?.rotates ?? null;
    return requireKeyRotation && rotates !== null && "unread" in rotates;
  }

  it("for any facts and parameters; and the mend obeys its law", () => {
    let compliant = 0;
    void fc.assert(
      fc.property(anyFacts, anyParameters, (given, raw) => {
        const parameters = parseParameters(tableEncryption.parameters, raw, "parameters");
        const verdict = tableEncryption.evaluate(given, parameters);
        if ("unread" in verdict || verdict.complianceType === "NOT_APPLICABLE") return;
        if (verdict.complianceType === "COMPLIANT") {
          compliant++;
          expect(given.copies.filter((one) => isUnread(one, parameters.requireKeyRotation))).toEqual([]);
          return;
        }
        const mend = tableEncryption.mend(given, parameters);
        if ("after" in mend)
          expect(tableEncryption.evaluate(mend.after, parameters)).toMatchObject({ complianceType: "COMPLIANT" });
      }),
      { numRuns: 3000 },
    );
    expect(compliant).toBeGreaterThan(50);
  });
});
