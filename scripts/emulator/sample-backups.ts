/** The sample account's backups: each stays under the key of its day, whatever became of its table. */
import { BackupClient, CreateBackupVaultCommand, StartBackupJobCommand } from "@aws-sdk/client-backup";
import {
  CreateBackupCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateAliasCommand, CreateKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import { clientConfiguration } from "./emulator.ts";

const homeRegion = "us-east-1";

/** Adds to the tables of the sample account, which must be there, but for Scratch. Catalog and Audit stay without. */
export async function seedBackups(url: string): Promise<void> {
  const dynamodb = new DynamoDBClient(clientConfiguration(url, homeRegion));
  const backUp = (TableName: string, BackupName: string): Promise<unknown> =>
    dynamodb.send(new CreateBackupCommand({ TableName, BackupName }));

  // The model table's, under its customer managed key.
  await backUp("Orders", "orders-before-release-12");

  // Old ones, under the key that was disabled in another team's clean-up: nobody can restore from them.
  await backUp("Legacy", "legacy-2024-q3");
  await backUp("Legacy", "legacy-2024-q4");

  // Under the AWS owned key, as their table is.
  await backUp("Sessions", "sessions-migration");

  await seedRecoveryPoint(url);
  await leaveArchiveGone(url);
}

/** Customers is backed up by AWS Backup: its recovery point is under the vault's key, not under the table's. */
async function seedRecoveryPoint(url: string): Promise<void> {
  const backup = new BackupClient(clientConfiguration(url, homeRegion));
  const EncryptionKeyArn = await createKey(url, "shop-vault");
  await backup.send(new CreateBackupVaultCommand({ BackupVaultName: "shop-vault", EncryptionKeyArn }));
  await backup.send(
    new StartBackupJobCommand({
      BackupVaultName: "shop-vault",
      ResourceArn: `arn:aws:dynamodb:${homeRegion}:123456789012:table/Customers`,
      IamRoleArn: "arn:aws:iam::123456789012:role/service-role/AWSBackupDefaultServiceRole",
    }),
  );
}

/** Archive was deleted, and its key after it. Both its backups, the second one by DynamoDB itself, need that key. */
async function leaveArchiveGone(url: string): Promise<void> {
  const dynamodb = new DynamoDBClient(clientConfiguration(url, homeRegion));
  const keyArn = await createKey(url, "archive");
  await dynamodb.send(
    new CreateTableCommand({
      TableName: "Archive",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
      SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: keyArn },
    }),
  );
  await dynamodb.send(
    new UpdateContinuousBackupsCommand({
      TableName: "Archive",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    }),
  );
  await dynamodb.send(new CreateBackupCommand({ TableName: "Archive", BackupName: "archive-final" }));
  await dynamodb.send(new DeleteTableCommand({ TableName: "Archive" }));
  const ended = await fetch(`${url}/moto-api/dynamodb/end-deletions`, { method: "POST" });
  if (!ended.ok) throw new Error(`the emulator did not end the deletion of table Archive: ${ended.status}`);
  const kms = new KMSClient(clientConfiguration(url, homeRegion));
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: 7 }));
}

/** A customer managed key with this alias; its ARN. */
async function createKey(url: string, name: string): Promise<string> {
  const kms = new KMSClient(clientConfiguration(url, homeRegion));
  const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({ Description: `Backups: ${name}` }));
  if (key?.Arn === undefined) throw new Error(`kms:CreateKey for ${name} answered without an ARN`);
  await kms.send(new CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId: key.Arn }));
  return key.Arn;
}
