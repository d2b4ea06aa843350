/** What is demanded of the encryption of one table, or of one replica, and how it is put right. Pure. */
import type { KmsKey } from "../account/keys.ts";
import type { TableDescription } from "../account/tables.ts";
import { lastFour } from "../annotation.ts";
import { type Fault, faultOfWhole } from "../fault.ts";
import type { Fact, ReasonKind, Unread } from "../rule.ts";
import { isComingOrGoing } from "../table-status.ts";
import {
  isWeaker,
  type KeyDemands,
  keyFaults,
  keyInWords,
  keyReasons,
  keyResource,
  keyTypeOf,
  keyUnread,
} from "./key.ts";

export interface EncryptedTable extends Omit<TableDescription, "replicas"> {
  /** Null where no KMS key is named. A value of null: KMS knows no such key. */
  readonly key: Fact<KmsKey | null> | null;
}

/** A table where it is: the home region is the judged table's, the others are its replicas'. */
export interface Place {
  readonly tableName: string;
  readonly region: string;
  readonly homeRegion: string;
}

export const tableReasons = {
  ...keyReasons,
  keyInaccessible: {
    severity: "CRITICAL",
    says: "DynamoDB cannot use",
    why: "DynamoDB has lost the key: nobody can read the table, and after seven days it is archived.",
  },
  tableArchived: {
    severity: "CRITICAL",
    says: "its key was inaccessible",
    why: "The table was archived because its key could not be used: its data is only in a backup now.",
  },
} as const satisfies Record<string, ReasonKind>;

/** The key that encrypts the table now, "unknown" where the description is not understood. */
type KeyInForce = { readonly keyArn: string; readonly key: Fact<KmsKey | null> } | "AWS_OWNED_KEY" | "unknown";

function keyInForce({ sseDescription, key }: EncryptedTable): KeyInForce {
  if (sseDescription === null || sseDescription.sseType === "AES256") return "AWS_OWNED_KEY";
  const { status, kmsMasterKeyArn } = sseDescription;
  // A switch leaves the old key in force until it is done.
  if (status === "ENABLING" || status === "DISABLED") return "AWS_OWNED_KEY";
  if (!["ENABLED", "UPDATING", "DISABLING"].includes(status) || kmsMasterKeyArn === null || key === null)
    return "unknown";
  return { keyArn: kmsMasterKeyArn, key };
}

/** The table's key in words, for annotations. */
export function tableKeyInWords(table: EncryptedTable): string {
  const inForce = keyInForce(table);
  if (typeof inForce === "string") return "AWS owned key";
  const key = "value" in inForce.key ? inForce.key.value : null;
  return key === null ? `KMS key ${lastFour(inForce.keyArn)}` : `${keyInWords(key)} (${key.keyState})`;
}

/** What is not known of a table's encryption, though compliance needs it; null where all is known. */
export function tableUnread(table: EncryptedTable, { tableName, region }: Place, demands: KeyDemands): Unread | null {
  const inForce = keyInForce(table);
  if (inForce === "AWS_OWNED_KEY") return null;
  if (inForce === "unknown") {
    const message = `on table ${tableName} in ${region} answered with an SSEDescription that is not understood`;
    return { call: "dynamodb:DescribeTable", message, lasting: true };
  }
  if ("unread" in inForce.key) return inForce.key.unread;
  return inForce.key.value === null ? null : keyUnread(inForce.key.value, demands);
}

/** What is wrong with a table's encryption; nothing of a table that is being created or deleted. */
export function tableFaults(
  table: EncryptedTable,
  place: Place,
  demands: KeyDemands,
): readonly Fault<EncryptedTable>[] {
  if (isComingOrGoing(table.tableStatus)) return [];
  if (table.tableStatus === "ARCHIVED" || table.tableStatus === "ARCHIVING") return [archived(table)];
  const inForce = keyInForce(table);
  const loses = place.region === place.homeRegion ? "the table" : "the replica";
  const ofKey =
    typeof inForce === "object" && "value" in inForce.key
      ? keyFaults(inForce.keyArn, inForce.key.value, demands, loses)
      : [];
  const ofState = ofKey.filter(({ reason }) => reason.code !== "keyDoesNotRotate");
  const ofChoice = wrongKey(table, inForce, place, demands);
  return [
    ...inaccessible(table, loses, ofState.length > 0),
    // A key that the table shall leave need not rotate.
    ...(ofChoice.length === 0 ? ofKey : ofState).map((fault) => faultOfWhole(fault, withinTable)),
    ...ofChoice,
  ];
}

function withinTable(repair: (key: KmsKey) => KmsKey): (table: EncryptedTable) => EncryptedTable {
  return (table) =>
    table.key !== null && "value" in table.key && table.key.value !== null
      ? { ...table, key: { value: repair(table.key.value) } }
      : table;
}

function archived({ tableStatus, archivalDateTime }: EncryptedTable): Fault<EncryptedTable> {
  const since = archivalDateTime === null ? "" : ` since ${day(archivalDateTime)}`;
  return {
    reason: {
      code: "tableArchived",
      found: `The table is ${tableStatus}${since}: its key was inaccessible for seven days`,
      wanted: "",
      source: null,
    },
    summary: "Restore the archival backup (restore-table-from-backup)",
    steps: [
      {
        words: "Make the key usable again, restore the archival backup under another name, delete the archived table.",
      },
    ],
    mayBreak: "A restored table has no auto scaling, tags, stream or resource policy until they are set again",
    remedy: { choice: "Whether to restore the archival backup or to give the table up." },
  };
}

function inaccessible(table: EncryptedTable, loses: string, keyExplainsIt: boolean): readonly Fault<EncryptedTable>[] {
  const status = "INACCESSIBLE_ENCRYPTION_CREDENTIALS";
  const keyArn = table.sseDescription?.kmsMasterKeyArn ?? null;
  const since = table.sseDescription?.inaccessibleEncryptionDateTime ?? null;
  if (since === null && table.tableStatus !== status) return [];
  const accessible = (old: EncryptedTable): EncryptedTable => ({
    ...old,
    tableStatus: old.tableStatus === status ? "ACTIVE" : old.tableStatus,
    sseDescription: old.sseDescription && { ...old.sseDescription, inaccessibleEncryptionDateTime: null },
  });
  const named = keyArn === null ? "its KMS key" : `KMS key ${lastFour(keyArn)}`;
  const look = `See what of ${keyArn ?? "the key"} was changed: its state, its key policy (kms get-key-policy), its grants (kms list-grants).`;
  return [
    {
      reason: {
        code: "keyInaccessible",
        found: `DynamoDB cannot use ${named}${since === null ? "" : ` since ${day(since)}`}: ${loses} cannot be read`,
        wanted: "",
        source: keyArn === null ? null : keyResource(keyArn),
      },
      summary: keyExplainsIt ? "Make the key usable" : "Let DynamoDB use the key again (its key policy and grants)",
      steps: keyExplainsIt ? [] : [{ words: look }],
      mayBreak: "Nothing: it restores what was cut off",
      // Where the key's own state explains it, the mend of that state ends it.
      remedy: keyExplainsIt
        ? { repair: accessible }
        : { choice: "Which statement of the key policy, or which grant, to restore." },
    },
  ];
}

function wrongKey(
  table: EncryptedTable,
  inForce: KeyInForce,
  { tableName, region, homeRegion }: Place,
  { minimumKeyType, allowedKeyArns }: KeyDemands,
): readonly Fault<EncryptedTable>[] {
  if (inForce === "unknown") return [];
  const keyArn = inForce === "AWS_OWNED_KEY" ? null : inForce.keyArn;
  const key = inForce !== "AWS_OWNED_KEY" && "value" in inForce.key ? inForce.key.value : null;
  const keyType = keyArn === null ? "AWS_OWNED_KEY" : key === null ? null : keyTypeOf(key);
  const tooWeak = keyType !== null && isWeaker(keyType, minimumKeyType);
  const notAllowed = allowedKeyArns.length > 0 && (keyArn === null || !allowedKeyArns.includes(keyArn));
  if (!tooWeak && !notAllowed) return [];

  const switching = table.sseDescription?.status === "ENABLING" ? " (a switch to a KMS key is under way)" : "";
  const found =
    keyArn === null ? `AWS owned key${switching}` : key === null ? `KMS key ${lastFour(keyArn)}` : keyInWords(key);
  const shared = "Indexes and stream share it";
  const update = ["aws", "dynamodb", "update-table", "--table-name", tableName] as const;

  if (minimumKeyType !== "CUSTOMER_MANAGED_KEY" && allowedKeyArns.length === 0) {
    return [
      {
        reason: {
          code: "awsOwnedKey",
          found,
          wanted: `${minimumKeyType} or stronger required. ${shared}`,
          source: null,
        },
        summary: "Set SSESpecification Enabled=true, SSEType=KMS (update-table)",
        // DynamoDB synchronises the type of key over the replicas, so the home region's update reaches all of them.
        steps: [{ command: [...update, "--sse-specification", "Enabled=true,SSEType=KMS", "--region", homeRegion] }],
        mayBreak: "Callers from other accounts lose access, and requests to KMS are billed",
        remedy: { repair: underAwsManagedKey },
      },
    ];
  }
  const candidates = allowedKeyArns.filter((arn) => arn.split(":")[3] === region);
  const [only] = candidates.length === 1 ? candidates : [];
  const wanted = only ?? "KEY_ARN";
  const change =
    region === homeRegion
      ? ["--sse-specification", `Enabled=true,SSEType=KMS,KMSMasterKeyId=${wanted}`]
      : ["--replica-updates", JSON.stringify([{ Update: { RegionName: region, KMSMasterKeyId: wanted } }])];
  return [
    {
      reason: notAllowed
        ? {
            code: "keyNotAllowed",
            found,
            wanted: `a key of allowedKeyArns is required. ${shared}`,
            source: keyArn === null ? null : keyResource(keyArn),
          }
        : {
            code: "customerManagedKeyRequired",
            found,
            wanted: `CUSTOMER_MANAGED_KEY required. ${shared}`,
            source: null,
          },
      summary: "Set SSESpecification KMSMasterKeyId to such a key (update-table)",
      steps: [{ command: [...update, ...change, "--region", homeRegion] }],
      mayBreak: "Callers whom the key's policy does not let use it through DynamoDB lose access to the table",
      remedy: {
        choice:
          only === undefined
            ? `Which KMS key in ${region} to use for KEY_ARN.`
            : `Whether ${only} is the key for this table.`,
      },
    },
  ];
}

function underAwsManagedKey(table: EncryptedTable): EncryptedTable {
  const [, partition, , region, accountId] = table.tableArn.split(":");
  const keyArn = `arn:${partition}:kms:${region}:${accountId}:alias/aws/dynamodb`;
  const key = {
    keyArn,
    keyManager: "AWS",
    keyState: "Enabled",
    deletionDate: null,
    customKeyStoreId: null,
    primaryKeyArn: null,
    rotates: null,
  };
  const sseDescription = {
    status: "ENABLED",
    sseType: "KMS",
    kmsMasterKeyArn: keyArn,
    inaccessibleEncryptionDateTime: null,
  };
  return { ...table, sseDescription, key: { value: key } };
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
