/** The backups of a table, from both lists of AWS, and what may be demanded of their keys. Pure. */
import type { ListedBackup } from "../account/backups.ts";
import type { KmsKey } from "../account/keys.ts";
import type { RecoveryPoint } from "../account/recovery-points.ts";
import { lastFour } from "../annotation.ts";
import { text, wholeNumber } from "../parameters.ts";
import type { Fact, ReasonKind, Unread } from "../rule.ts";
import { type KeyDemands, keyInWords, keyParameters, keyReasons, keyUnread } from "./key.ts";

/** A backup as a list tells it. */
export interface Backup {
  readonly arn: string;
  readonly tableArn: string;
  /** Null: a recovery point of AWS Backup, which has none. */
  readonly name: string | null;
  /** Null for a backup that only DynamoDB lists. */
  readonly vaultName: string | null;
  readonly createdAt: Date;
}

/** With the key as the lists tell it; null: DescribeBackup tells it. */
export interface FoundBackup extends Backup {
  readonly key: RecoveryPoint["key"];
}

export interface EncryptedBackup extends Backup {
  /** The key that it is under for good. A value of null: an AWS owned key. */
  readonly key: Fact<BackupKey | null>;
}

export interface BackupKey {
  readonly keyArn: string;
  /** A value of null: KMS knows no such key. */
  readonly key: Fact<KmsKey | null>;
}

export interface Backups {
  /** Null: these are the backups of tables that are gone, or are another region's or account's. */
  readonly tableName: string | null;
  /** Newest first; of several tables, table by table. */
  readonly backups: readonly EncryptedBackup[];
  /** Why there may be more of them; null where the lists are whole. */
  readonly notListed: Unread | null;
}

export interface BackupDemands extends Pick<KeyDemands, "minimumKeyType" | "allowedKeyArns"> {
  /** `YYYY-MM-DD`, UTC. */
  readonly ignoreBackupsCreatedBefore: string | null;
}

export const backupParameters = {
  minimumKeyType: keyParameters.minimumKeyType,
  allowedKeyArns: keyParameters.allowedKeyArns,
  ignoreBackupsCreatedBefore: text({
    description:
      "Backups created before this day (UTC) need not meet minimumKeyType and allowedKeyArns. A key that cannot be used is a violation at any age.",
    accepts: "a date as YYYY-MM-DD",
    check: whyNotDate,
  }),
  maxBackupsPerTable: wholeNumber({
    description:
      "How many backups of one table are asked about one by one (DescribeBackup, ten a second for the whole account), newest first. A table with more is reported as not verified. Recovery points whose key AWS Backup tells are not counted.",
    from: 1,
    to: 10_000,
    default: 100,
  }),
};

function whyNotDate(given: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(given)) return "it has no `YYYY-MM-DD` form";
  const date = new Date(given);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(given) ? null : "there is no such day";
}

/** Worst first. */
export const backupReasons = {
  keyNotFound: { ...keyReasons.keyNotFound, why: "The key is gone: nobody can restore from the backup any more." },
  keyPendingDeletion: {
    ...keyReasons.keyPendingDeletion,
    why: "A backup stays under the key of its day: when that key is gone, nobody can restore from it.",
  },
  keyUnusable: {
    severity: "HIGH",
    says: "cannot be read:",
    why: "While its key cannot be used nobody can restore from the backup, which shows when it is needed.",
  },
  keyNotAllowed: {
    ...keyReasons.keyNotAllowed,
    why: "The backup is under a key that is not among those set apart for it.",
  },
  customerManagedKeyRequired: keyReasons.customerManagedKeyRequired,
  awsOwnedKey: keyReasons.awsOwnedKey,
} as const satisfies Record<string, ReasonKind>;

/** Both lists as one, by table (`us-east-1:123456789012:table/Orders`), newest first; a backup in both counts once.
 * Left out is what no longer is a backup (deleted, expired) or is none yet. A partial one is judged: it holds data. */
export function backupsByTable(
  listed: readonly ListedBackup[],
  recoveryPoints: readonly RecoveryPoint[],
): ReadonlyMap<string, readonly FoundBackup[]> {
  const ofDynamoDb = listed
    .filter(({ backupStatus }) => !noBackup.has(backupStatus))
    .map(({ backupArn, backupName, backupCreationDateTime }) => ({
      arn: backupArn,
      tableArn: /^.*:table\/[^/]+/.exec(backupArn)?.[0] ?? backupArn,
      name: backupName,
      vaultName: null,
      createdAt: backupCreationDateTime,
      key: null,
    }));
  const ofAwsBackup = recoveryPoints
    .filter(({ status }) => !noBackup.has(status))
    .map(({ recoveryPointArn, resourceArn, backupVaultName, creationDate, key }) => ({
      arn: recoveryPointArn,
      tableArn: resourceArn,
      name: null,
      vaultName: backupVaultName,
      createdAt: creationDate,
      key,
    }));
  // AWS Backup's word stands: it names the key, and the vault that the backup must be deleted from.
  const once = new Map<string, FoundBackup>();
  for (const backup of [...ofDynamoDb, ...ofAwsBackup]) once.set(backup.arn, backup);
  const newestFirst = [...once.values()].sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  return Map.groupBy(newestFirst, ({ tableArn }) => placeOf(tableArn));
}

// BackupStatus of DynamoDB, Status of AWS Backup.
const noBackup = new Set(["CREATING", "DELETED", "DELETING", "EXPIRED"]);

/** `us-east-1:123456789012:table/Orders`: a table without its partition, which nothing but an ARN tells. */
function placeOf(tableArn: string): string {
  return tableArn.split(":").slice(3).join(":");
}

/** What compliance needs and is not known; what lasts comes first, since waiting will not mend it. */
export function backupsUnread({ backups, notListed }: Backups): Unread | null {
  const unread = backups.map(({ key }) => {
    if ("unread" in key) return key.unread;
    if (key.value === null) return null;
    if ("unread" in key.value.key) return key.value.key.unread;
    return key.value.key.value === null ? null : keyUnread(key.value.key.value, noRotation);
  });
  const all = [notListed, ...unread];
  return all.find((one) => one?.lasting) ?? all.find((one) => one !== null) ?? null;
}

/** Null: an AWS owned key, or it is not known. */
export function keyArnOf({ key }: EncryptedBackup): string | null {
  return "value" in key ? (key.value?.keyArn ?? null) : null;
}

/** A value of null: KMS knows no such key; null: it is not known, or there is none. */
export function kmsKeyOf({ key }: EncryptedBackup): { readonly value: KmsKey | null } | null {
  return "value" in key && key.value !== null && "value" in key.value.key ? key.value.key : null;
}

/** The key in words, and whose it is where a vault decides. */
export function backupKeyInWords(backup: EncryptedBackup): string {
  const keyArn = keyArnOf(backup);
  const key = kmsKeyOf(backup)?.value ?? null;
  const words = keyArn === null ? "AWS owned key" : key === null ? `KMS key ${lastFour(keyArn)}` : keyInWords(key);
  return isUnderVaultKey(backup) ? `${words} of vault ${backup.vaultName}` : words;
}

/** Only recovery points with AWS Backup's advanced features are: all other backups are under their table's key. */
export function isUnderVaultKey({ arn }: Backup): boolean {
  return arn.split(":")[2] === "backup";
}

/** `a, b, c and 4 more`. Long names keep their end, where the date is.
 * @param withTable whether to name the table too */
export function named(backups: readonly Backup[], withTable: boolean, atMost: number): string {
  const names = backups.slice(0, Math.max(0, atMost)).map(({ arn, tableArn, name, vaultName }) => {
    const words = name ?? `${vaultName}/${lastFour(arn)}`;
    return withTable ? shortened(`${tableArn.split("/")[1]}/${words}`, 34) : shortened(words, 16);
  });
  const rest = backups.length - names.length;
  const more = rest === 0 ? [] : [`${rest} more`];
  return [names.join(", "), ...more].filter((words) => words !== "").join(" and ");
}

function shortened(name: string, limit: number): string {
  return name.length <= limit ? name : `...${name.slice(3 - limit)}`;
}

// A rotated key leaves what it encrypted before as it is: rotation says nothing of a backup.
export const noRotation: KeyDemands = {
  minimumKeyType: "AWS_OWNED_KEY",
  allowedKeyArns: [],
  requireKeyRotation: false,
};
