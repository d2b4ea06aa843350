/** The calls on AWS Backup's vaults, and that on tags. */
import { BackupClient, ListBackupVaultsCommand, ListRecoveryPointsByBackupVaultCommand } from "@aws-sdk/client-backup";
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { Session } from "../account/session.ts";
import { ask, askAbout, type Probe } from "./probe.ts";

/** One vault and one of its recovery points at most. */
export async function probeBackup(session: Session): Promise<readonly Probe[]> {
  const client = session.client(BackupClient);
  const listed = await ask("backup:ListBackupVaults", "the region", () =>
    client.send(new ListBackupVaultsCommand({ MaxResults: 1 })),
  );
  const points = await askAbout(
    "backup:ListRecoveryPointsByBackupVault",
    { thing: listed.value?.BackupVaultList?.[0]?.BackupVaultName, noun: "backup vault", by: listed.probe },
    (name) => `backup vault ${name}`,
    (BackupVaultName) =>
      client.send(
        new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName, ByResourceType: "DynamoDB", MaxResults: 1 }),
      ),
    ["ResourceNotFoundException"],
  );
  return [listed.probe, points.probe];
}

/** One tagged table at most. */
export async function probeTags(session: Session): Promise<readonly Probe[]> {
  const client = session.client(ResourceGroupsTaggingAPIClient);
  const { probe } = await ask("tag:GetResources", "tables", () =>
    client.send(new GetResourcesCommand({ ResourceTypeFilters: ["dynamodb:table"], ResourcesPerPage: 1 })),
  );
  return [probe];
}
