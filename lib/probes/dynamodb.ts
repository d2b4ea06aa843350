/** The calls on tables, on their backups and on the key of one of them. */
import {
  DescribeBackupCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetResourcePolicyCommand,
  ListBackupsCommand,
  ListTablesCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand, GetKeyRotationStatusCommand, KMSClient } from "@aws-sdk/client-kms";
import type { Session } from "../account/session.ts";
import { lastFour } from "../annotation.ts";
import { ask, askAbout, type Probe, withheld } from "./probe.ts";

/** One table, one backup, one key at most; no item is read. */
export async function probeDynamoDb(session: Session): Promise<readonly Probe[]> {
  const [tables, backups] = await Promise.all([probeTables(session), probeBackups(session)]);
  return [...tables, ...backups];
}

async function probeTables(session: Session): Promise<readonly Probe[]> {
  const client = session.client(DynamoDBClient);
  const listed = await ask("dynamodb:ListTables", "the region", () => client.send(new ListTablesCommand({ Limit: 1 })));
  const table = await askAbout(
    "dynamodb:DescribeTable",
    { thing: listed.value?.TableNames?.[0], noun: "table", by: listed.probe },
    (name) => `table ${name}`,
    (TableName) => client.send(new DescribeTableCommand({ TableName })),
    ["ResourceNotFoundException"],
  );
  const { TableName, TableArn, SSEDescription } = table.value?.Table ?? {};
  const policy = await askAbout(
    "dynamodb:GetResourcePolicy",
    { thing: TableArn, noun: "table", by: table.probe },
    () => `table ${TableName}`,
    (ResourceArn) => client.send(new GetResourcePolicyCommand({ ResourceArn })),
    ["PolicyNotFoundException", "ResourceNotFoundException"],
  );
  return [
    listed.probe,
    table.probe,
    policy.probe,
    ...(await probeKey(session, SSEDescription?.KMSMasterKeyArn, table.probe)),
    withheld("dynamodb:Scan", "it reads items"),
    withheld("kms:Decrypt", "DynamoDB makes it while it reads items"),
  ];
}

// By the ARN of a key that is in use: describing the alias aws/dynamodb can create the key behind it.
async function probeKey(session: Session, keyArn: string | undefined, by: Probe): Promise<readonly Probe[]> {
  const client = session.client(KMSClient, keyArn?.split(":")[3]);
  const found = { thing: keyArn, noun: "table's KMS key", by };
  const subject = (arn: string): string => `key ${lastFour(arn)}`;
  const asked = await Promise.all([
    askAbout("kms:DescribeKey", found, subject, (KeyId) => client.send(new DescribeKeyCommand({ KeyId })), [
      "NotFoundException",
    ]),
    askAbout(
      "kms:GetKeyRotationStatus",
      found,
      subject,
      (KeyId) => client.send(new GetKeyRotationStatusCommand({ KeyId })),
      ["NotFoundException", "UnsupportedOperationException", "KMSInvalidStateException"],
    ),
  ]);
  return asked.map(({ probe }) => probe);
}

async function probeBackups(session: Session): Promise<readonly Probe[]> {
  const client = session.client(DynamoDBClient);
  const listed = await ask("dynamodb:ListBackups", "the region", () =>
    client.send(new ListBackupsCommand({ BackupType: "ALL", Limit: 1 })),
  );
  const backup = await askAbout(
    "dynamodb:DescribeBackup",
    { thing: listed.value?.BackupSummaries?.[0]?.BackupArn, noun: "backup", by: listed.probe },
    (arn) => `backup ${lastFour(arn)}`,
    (BackupArn) => client.send(new DescribeBackupCommand({ BackupArn })),
    ["BackupNotFoundException"],
  );
  return [listed.probe, backup.probe];
}
