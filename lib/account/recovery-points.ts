/** Reads of AWS Backup's recovery points of DynamoDB tables: vault by vault in bulk, never one call a table. */
import {
  BackupClient,
  paginateListBackupVaults,
  paginateListRecoveryPointsByBackupVault,
  type RecoveryPointByBackupVault,
} from "@aws-sdk/client-backup";
import pMap from "p-map";
import { lastFour } from "../annotation.ts";
import type { Fact, Unread } from "../rule.ts";
import type { BackupKeyArn } from "./backups.ts";
import { malformed, unreadFrom } from "./fact.ts";
import type { Session } from "./session.ts";

/** A recovery point as ListRecoveryPointsByBackupVault tells it. */
export interface RecoveryPoint {
  /** `arn:aws:backup:...`: under the vault's key; `arn:aws:dynamodb:...`: one of DynamoDB's backups, made for AWS Backup. */
  readonly recoveryPointArn: string;
  /** The table, which may be another region's or account's: recovery points are copied between vaults. */
  readonly resourceArn: string;
  readonly backupVaultName: string;
  readonly status: string;
  readonly creationDate: Date;
  /** Null where AWS Backup does not tell it and DynamoDB does: only of `arn:aws:dynamodb:...`. */
  readonly key: Fact<BackupKeyArn> | null;
}

export interface RecoveryPointListing {
  readonly recoveryPoints: readonly RecoveryPoint[];
  /** Why the list is not whole; null where it is. What lasts comes before what passes. */
  readonly brokenOff: Unread | null;
}

const pageSize = 1_000;
const pointsCall = "backup:ListRecoveryPointsByBackupVault";

/** All recovery points of DynamoDB tables in the vaults of the session's region, a thousand a call. */
export async function listRecoveryPoints(session: Session): Promise<RecoveryPointListing> {
  const vaults = await listVaults(session);
  const { concurrency } = session;
  const inVaults = await pMap(vaults.names, (vaultName) => listPointsIn(session, vaultName), { concurrency });
  const breaks = [vaults, ...inVaults].map(({ brokenOff }) => brokenOff);
  return {
    recoveryPoints: inVaults.flatMap(({ recoveryPoints }) => recoveryPoints),
    brokenOff: breaks.find((unread) => unread?.lasting) ?? breaks.find((unread) => unread !== null) ?? null,
  };
}

async function listVaults(session: Session): Promise<{ names: readonly string[]; brokenOff: Unread | null }> {
  const call = "backup:ListBackupVaults";
  const subject = `region ${session.region}`;
  const names: string[] = [];
  let brokenOff: Unread | null = null;
  try {
    for await (const page of paginateListBackupVaults({ client: session.client(BackupClient), pageSize }, {})) {
      if (page.BackupVaultList === undefined) return { names, brokenOff: malformed(call, subject, "BackupVaultList") };
      for (const { BackupVaultName } of page.BackupVaultList) {
        if (BackupVaultName === undefined) brokenOff = malformed(call, subject, "a vault's BackupVaultName");
        else names.push(BackupVaultName);
      }
    }
    return { names, brokenOff };
  } catch (error) {
    return { names, brokenOff: unreadFrom(error, call, subject) };
  }
}

async function listPointsIn(session: Session, BackupVaultName: string): Promise<RecoveryPointListing> {
  const subject = `vault ${BackupVaultName}`;
  const input = { BackupVaultName, ByResourceType: "DynamoDB" };
  const configuration = { client: session.client(BackupClient), pageSize };
  const recoveryPoints: RecoveryPoint[] = [];
  // A vault may hold a million: of a table or a key, all its points hold the same text.
  const texts = new Map<string, string>();
  const shared = (text: string): string => {
    const kept = texts.get(text) ?? text;
    texts.set(text, kept);
    return kept;
  };
  let brokenOff: Unread | null = null;
  try {
    for await (const page of paginateListRecoveryPointsByBackupVault(configuration, input)) {
      if (page.RecoveryPoints === undefined)
        return { recoveryPoints, brokenOff: malformed(pointsCall, subject, "RecoveryPoints") };
      for (const listed of page.RecoveryPoints) {
        const point = recoveryPoint(listed, BackupVaultName, shared);
        if (typeof point === "string") brokenOff = malformed(pointsCall, subject, point);
        else recoveryPoints.push(point);
      }
    }
    return { recoveryPoints, brokenOff };
  } catch (error) {
    // Only an empty vault can be deleted.
    if (error instanceof Error && error.name === "ResourceNotFoundException") return { recoveryPoints, brokenOff };
    return { recoveryPoints, brokenOff: unreadFrom(error, pointsCall, subject) };
  }
}

/** Or what is missing of it. */
function recoveryPoint(
  listed: RecoveryPointByBackupVault,
  vaultName: string,
  shared: (text: string) => string,
): RecoveryPoint | string {
  const { RecoveryPointArn, ResourceArn, Status, CreationDate } = listed;
  if (RecoveryPointArn === undefined) return "a recovery point's RecoveryPointArn";
  if (ResourceArn === undefined) return "a recovery point's ResourceArn";
  if (Status === undefined) return "a recovery point's Status";
  if (CreationDate === undefined) return "a recovery point's CreationDate";
  return {
    recoveryPointArn: RecoveryPointArn,
    resourceArn: shared(ResourceArn),
    backupVaultName: vaultName,
    status: shared(Status),
    creationDate: CreationDate,
    key: toldKey(listed, RecoveryPointArn, vaultName, shared),
  };
}

function toldKey(
  { EncryptionKeyArn, EncryptionKeyType }: RecoveryPointByBackupVault,
  arn: string,
  vaultName: string,
  shared: (text: string) => string,
): RecoveryPoint["key"] {
  if (EncryptionKeyType === "AWS_OWNED_KMS_KEY") return { value: { keyArn: null } };
  // EncryptionKeyType has no word for AWS managed keys: KMS's DescribeKey of the ARN decides.
  if (EncryptionKeyArn !== undefined) return { value: { keyArn: shared(EncryptionKeyArn) } };
  if (arn.split(":")[2] === "dynamodb") return null;
  const subject = `vault ${vaultName}`;
  return { unread: malformed(pointsCall, subject, `EncryptionKeyArn of recovery point ${lastFour(arn)}`) };
}
