/** Reads of DynamoDB's own backups: on demand, and those that DynamoDB keeps of a deleted table. */
import {
  type BackupSummary,
  DescribeBackupCommand,
  DynamoDBClient,
  ListBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import { lastFour } from "../annotation.ts";
import type { Fact, Unread } from "../rule.ts";
import { malformed, read, unreadFrom } from "./fact.ts";
import { paced } from "./pace.ts";
import type { Session } from "./session.ts";

/** DynamoDB's quotas for an account and region, calls a second (API reference, ListBackups and DescribeBackup). */
const listBackupsRate = 5;
const describeBackupRate = 10;

/** A backup as ListBackups tells it. */
export interface ListedBackup {
  readonly backupArn: string;
  readonly backupName: string;
  readonly backupStatus: string;
  readonly backupCreationDateTime: Date;
}

export interface BackupListing {
  readonly backups: readonly ListedBackup[];
  /** Why the list is not whole; null where it is. */
  readonly brokenOff: Unread | null;
}

/** All backups of the session's region that DynamoDB made itself, a hundred a call. AWS Backup's are not among them:
 * to ListBackups, ALL means USER and SYSTEM. */
export async function listBackups(session: Session): Promise<BackupListing> {
  const call = "dynamodb:ListBackups";
  const subject = `region ${session.region}`;
  const client = session.client(DynamoDBClient);
  const inTurn = paced(listBackupsRate, session.signal);
  const backups: ListedBackup[] = [];
  let brokenOff: Unread | null = null;
  let ExclusiveStartBackupArn: string | undefined;
  try {
    do {
      const start = ExclusiveStartBackupArn === undefined ? {} : { ExclusiveStartBackupArn };
      const page = await client.send(inTurn(new ListBackupsCommand({ BackupType: "ALL", Limit: 100, ...start })));
      if (page.BackupSummaries === undefined)
        return { backups, brokenOff: malformed(call, subject, "BackupSummaries") };
      for (const summary of page.BackupSummaries) {
        const backup = listed(summary);
        if (typeof backup === "string") brokenOff = malformed(call, subject, backup);
        else backups.push(backup);
      }
      ExclusiveStartBackupArn = page.LastEvaluatedBackupArn;
    } while (ExclusiveStartBackupArn !== undefined);
    return { backups, brokenOff };
  } catch (error) {
    return { backups, brokenOff: unreadFrom(error, call, subject) };
  }
}

/** Or what is missing of it. */
function listed({ BackupArn, BackupName, BackupStatus, BackupCreationDateTime }: BackupSummary): ListedBackup | string {
  if (BackupArn === undefined) return "a backup's BackupArn";
  if (BackupStatus === undefined) return "a backup's BackupStatus";
  if (BackupCreationDateTime === undefined) return "a backup's BackupCreationDateTime";
  return {
    backupArn: BackupArn,
    backupName: BackupName ?? lastFour(BackupArn),
    backupStatus: BackupStatus,
    backupCreationDateTime: BackupCreationDateTime,
  };
}

/** The ARN of the KMS key that a backup is under: its table's at the time. Null: an AWS owned key. */
export type BackupKeyArn = { readonly keyArn: string | null };

/** Asks for one backup after the other, ten a second. A value of null: DynamoDB knows no such backup. */
export function backupKeyReader(session: Session): (backupArn: string) => Promise<Fact<BackupKeyArn | null>> {
  const call = "dynamodb:DescribeBackup";
  const client = session.client(DynamoDBClient);
  const inTurn = paced(describeBackupRate, session.signal);
  return async (backupArn) => {
    const subject = `backup ${lastFour(backupArn)} of table ${tableNameOf(backupArn)}`;
    const described = await read(call, subject, async () => {
      try {
        return (await client.send(inTurn(new DescribeBackupCommand({ BackupArn: backupArn })))).BackupDescription ?? {};
      } catch (error) {
        if (error instanceof Error && error.name === "BackupNotFoundException") return null;
        throw error;
      }
    });
    if ("unread" in described || described.value === null) return described as Fact<null>;
    const { BackupDetails, SourceTableFeatureDetails } = described.value;
    // An empty answer must not pass for an AWS owned key, which is what an absent SSEDescription means.
    if (BackupDetails === undefined) return { unread: malformed(call, subject, "BackupDetails") };
    const { Status, SSEType, KMSMasterKeyArn } = SourceTableFeatureDetails?.SSEDescription ?? {};
    if (SourceTableFeatureDetails?.SSEDescription === undefined || Status === "DISABLED" || SSEType === "AES256")
      return { value: { keyArn: null } };
    // Amid a switch of keys nothing tells which of the two the backup is under.
    if (Status !== "ENABLED") {
      const message = `on ${subject} answered with the SSEDescription Status ${Status}: its key cannot be told. Back up again, then delete it`;
      return { unread: { call, message, lasting: true } };
    }
    if (KMSMasterKeyArn === undefined) return { unread: malformed(call, subject, "SSEDescription.KMSMasterKeyArn") };
    return { value: { keyArn: KMSMasterKeyArn } };
  };
}

/** `Orders` of `arn:aws:dynamodb:us-east-1:123456789012:table/Orders/backup/01489602797149-73d8d5bc`. */
function tableNameOf(backupArn: string): string {
  return backupArn.split(":table/")[1]?.split("/")[0] ?? backupArn;
}
