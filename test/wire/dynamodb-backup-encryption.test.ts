import {
  BackupClient,
  CreateBackupVaultCommand,
  StartBackupJobCommand,
  UpdateRegionSettingsCommand,
} from "@aws-sdk/client-backup";
import {
  CreateBackupCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type SSESpecification,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateKeyCommand, DisableKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import { describe, expect, it } from "vitest";
import { openSession, type Session } from "../../lib/account/session.ts";
import type { Backups } from "../../lib/encryption/backup.ts";
import { isEvaluation } from "../../lib/judge.ts";
import { parseParameters } from "../../lib/parameters.ts";
import type { Evaluation, Outcome } from "../../lib/rule.ts";
import { backupEncryption } from "../../lib/rules/dynamodb-backup-encryption.ts";
import { awsCli, clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { outcomesOf, verdictsOf, wholeAccount } from "../outcomes.ts";
import { wire } from "./wire.ts";

const region = "us-east-1";
const accountId = "123456789012";

function session(): Session {
  return openSession({ accountId, region, now: new Date() });
}

function scan(raw: object = {}, opened = session()): Promise<readonly Outcome[]> {
  return outcomesOf(backupEncryption, opened, raw);
}

async function annotationOf(resource: string, raw: object = {}): Promise<string | undefined> {
  return (await scan(raw)).filter(isEvaluation).find(({ resource: { id } }) => id === resource)?.annotation;
}

wire("dynamodb-backup-encryption against the emulator", ({ url }) => {
  const dynamodb = (): DynamoDBClient => new DynamoDBClient(clientConfiguration(url, region));
  const kms = (): KMSClient => new KMSClient(clientConfiguration(url, region));
  const awsBackup = (): BackupClient => new BackupClient(clientConfiguration(url, region));
  const arnOf = (tableName: string): string => `arn:aws:dynamodb:${region}:${accountId}:table/${tableName}`;

  async function createKey(): Promise<string> {
    return (await kms().send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  }

  /** Without a specification: under an AWS owned key. */
  async function createTable(TableName: string, SSESpecification?: SSESpecification): Promise<void> {
    await dynamodb().send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        ...(SSESpecification === undefined ? {} : { SSESpecification }),
      }),
    );
  }

  const under = (KMSMasterKeyId: string): SSESpecification => ({ Enabled: true, SSEType: "KMS", KMSMasterKeyId });

  async function backUp(TableName: string, BackupName = "nightly"): Promise<void> {
    await dynamodb().send(new CreateBackupCommand({ TableName, BackupName }));
  }

  async function createVault(BackupVaultName: string, EncryptionKeyArn?: string): Promise<void> {
    await awsBackup().send(
      new CreateBackupVaultCommand({
        BackupVaultName,
        ...(EncryptionKeyArn === undefined ? {} : { EncryptionKeyArn }),
      }),
    );
  }

  async function backUpInto(BackupVaultName: string, tableName: string): Promise<void> {
    const IamRoleArn = `arn:aws:iam::${accountId}:role/backup`;
    await awsBackup().send(new StartBackupJobCommand({ BackupVaultName, ResourceArn: arnOf(tableName), IamRoleArn }));
  }

  /** Runs the commands of a finding's mend by the AWS command line, with what a person chose for the placeholders. */
  async function mend(resource: string, raw: object = {}, chosen: Record<string, string> = {}): Promise<void> {
    const finding = (await scan(raw)).find((outcome): outcome is Evaluation => outcome.resource?.id === resource);
    for (const step of finding?.mend?.steps ?? []) {
      if ("command" in step)
        await awsCli(
          url,
          step.command.slice(1).map((word) => chosen[word] ?? word),
        );
    }
  }

  it("judges each kind of key, by the table's at the time of the backup", async () => {
    const keyArn = await createKey();
    await createTable("Owned");
    await createTable("Managed", { Enabled: true });
    await createTable("Customer", under(keyArn));
    await createTable("Switched");
    await createTable("Bare");
    for (const table of ["Owned", "Managed", "Customer", "Switched"]) await backUp(table);
    await dynamodb().send(new UpdateTableCommand({ TableName: "Switched", SSESpecification: under(keyArn) }));
    const [OK, NO, NONE] = ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"];
    expect(verdictsOf(await scan())).toEqual({ Owned: NO, Managed: OK, Customer: OK, Switched: NO, Bare: NONE });
    for (const raw of [{ minimumKeyType: "CUSTOMER_MANAGED_KEY" }, { allowedKeyArns: keyArn }])
      expect(verdictsOf(await scan(raw))).toEqual({ Owned: NO, Managed: NO, Customer: OK, Switched: NO, Bare: NONE });
    const raw = { ignoreBackupsCreatedBefore: "2999-01-01", minimumKeyType: "CUSTOMER_MANAGED_KEY" };
    expect(verdictsOf(await scan(raw))).toEqual({ Owned: OK, Managed: OK, Customer: OK, Switched: OK, Bare: NONE });
  });

  it("judges AWS Backup's recovery points by the vault's key, and those that DynamoDB made by the table's", async () => {
    const [vaultKey, tableKey] = [await createKey(), await createKey()];
    await createVault("Ours", vaultKey);
    await createVault("Default");
    await createTable("Owned");
    await backUpInto("Ours", "Owned");
    await backUpInto("Default", "Owned");
    const follows = "AWS_MANAGED_KEY or stronger required. Continuous backups are under the table's own key";
    expect(await annotationOf("Owned")).toMatch(
      new RegExp(
        `^Backups under AWS managed key \\S+ of vault Default, Customer managed key ...${vaultKey.slice(-4)} of vault Ours, all usable; ${follows}$`,
      ),
    );

    const ResourceTypeManagementPreference = { DynamoDB: false };
    await awsBackup().send(new UpdateRegionSettingsCommand({ ResourceTypeManagementPreference }));
    await backUpInto("Ours", "Owned");
    expect(await annotationOf("Owned")).toMatch(/^AWS owned key: backup Ours\/\.\.\.\w{4}; /);
    await createTable("Customer", under(tableKey));
    await backUpInto("Ours", "Customer");
    expect(await annotationOf("Customer")).toBe(
      `Backups under Customer managed key ...${tableKey.slice(-4)}, all usable; ${follows}`,
    );
  });

  it("judges the backups of a deleted table on the account, DynamoDB's own among them", async () => {
    const keyArn = await createKey();
    await createTable("Archive", under(keyArn));
    await dynamodb().send(
      new UpdateContinuousBackupsCommand({
        TableName: "Archive",
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    await backUp("Archive", "final");
    await dynamodb().send(new DeleteTableCommand({ TableName: "Archive" }));
    expect(verdictsOf(await scan())).toEqual({ [accountId]: "COMPLIANT" });
    await kms().send(new DisableKeyCommand({ KeyId: keyArn }));
    expect(await annotationOf(accountId)).toBe(
      `KMS key ...${keyArn.slice(-4)} is Disabled, so each backup under it cannot be read: Archive/Archive$DeletedTableBackup, Archive/final. Enable it (kms enable-key)`,
    );
  });

  it("reads page after page, shared keys once, and what no list tells at the pace that AWS allows", async () => {
    const keyArn = await createKey();
    await createVault("Ours", keyArn);
    for (let table = 0; table < 20; table++) {
      await createTable(`Table-${table}`, under(keyArn));
      for (let day = 0; day < 6; day++) await backUp(`Table-${table}`, `day-${day}`);
      for (let day = 0; day < 60; day++) await backUpInto("Ours", `Table-${table}`);
    }
    const opened = session();
    const startedAt = performance.now();
    expect(await scan({ maxBackupsPerTable: 1 }, opened)).toHaveLength(20);
    // The first goes at once, nineteen wait a tenth of a second each.
    expect(performance.now() - startedAt).toBeGreaterThan(1_800);
    expect(Object.fromEntries(opened.calls)).toEqual({
      "dynamodb:ListTables": 1,
      "dynamodb:ListBackups": 2,
      "backup:ListBackupVaults": 1,
      "backup:ListRecoveryPointsByBackupVault": 2,
      "dynamodb:DescribeBackup": 20,
      "kms:DescribeKey": 1,
    });
  });

  describe("after its mend", () => {
    const faults: Record<string, (keyArn: string) => Promise<unknown>> = {
      "a disabled key": (KeyId) => kms().send(new DisableKeyCommand({ KeyId })),
      "a key pending deletion": (KeyId) =>
        kms().send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })),
    };
    it.each(Object.entries(faults))("%s complies, and is as the mend promised", async (_name, breakKey) => {
      const keyArn = await createKey();
      await createTable("Orders", under(keyArn));
      await createVault("Ours", keyArn);
      await backUp("Orders");
      await backUpInto("Ours", "Orders");
      await breakKey(keyArn);
      const parameters = parseParameters(backupEncryption.parameters, {}, "parameters");
      const promised = backupEncryption.mend(await factsOf("Orders"), parameters);
      if (!("after" in promised)) throw new Error("the mend leaves a choice");
      expect(verdictsOf(await scan())).toEqual({ Orders: "NON_COMPLIANT" });
      await mend("Orders");
      expect(verdictsOf(await scan())).toEqual({ Orders: "COMPLIANT" });
      expect(await factsOf("Orders")).toEqual(promised.after);
    });

    it("a backup under an AWS owned key is replaced, once its table has left that key", async () => {
      await createTable("Orders");
      await backUp("Orders");
      await dynamodb().send(new UpdateTableCommand({ TableName: "Orders", SSESpecification: { Enabled: true } }));
      expect(verdictsOf(await scan())).toEqual({ Orders: "NON_COMPLIANT" });
      await mend("Orders");
      const { backups } = await factsOf("Orders");
      expect(backups.map(({ name }) => name)).toEqual(["under-the-right-key"]);
      expect(verdictsOf(await scan())).toEqual({ Orders: "COMPLIANT" });
    });

    it("a recovery point under a vault's key that is too weak is replaced in another vault", async () => {
      const raw = { minimumKeyType: "CUSTOMER_MANAGED_KEY" };
      await createTable("Orders");
      await createVault("Default");
      await createVault("Ours", await createKey());
      await backUpInto("Default", "Orders");
      expect(verdictsOf(await scan(raw))).toEqual({ Orders: "NON_COMPLIANT" });
      await mend("Orders", raw, { VAULT: "Ours", ROLE_ARN: `arn:aws:iam::${accountId}:role/backup` });
      expect((await factsOf("Orders")).backups.map(({ vaultName }) => vaultName)).toEqual(["Ours"]);
      expect(verdictsOf(await scan(raw))).toEqual({ Orders: "COMPLIANT" });
    });

    it("a backup that DynamoDB made for AWS Backup is deleted from its vault", async () => {
      const ResourceTypeManagementPreference = { DynamoDB: false };
      await awsBackup().send(new UpdateRegionSettingsCommand({ ResourceTypeManagementPreference }));
      await createTable("Orders");
      await createVault("Ours");
      await backUpInto("Ours", "Orders");
      await dynamodb().send(new UpdateTableCommand({ TableName: "Orders", SSESpecification: { Enabled: true } }));
      await mend("Orders");
      expect((await factsOf("Orders")).backups.map(({ vaultName }) => vaultName)).toEqual([null]);
      expect(verdictsOf(await scan())).toEqual({ Orders: "COMPLIANT" });
    });

    it("a backup of a deleted table is restored, and no more kept under its key", async () => {
      await createTable("Archive");
      await backUp("Archive", "final");
      await dynamodb().send(new DeleteTableCommand({ TableName: "Archive" }));
      expect(verdictsOf(await scan())).toEqual({ [accountId]: "NON_COMPLIANT" });
      await mend(accountId);
      expect(verdictsOf(await scan())).toEqual({ Archive: "NOT_APPLICABLE" });
    });

    async function factsOf(tableName: string): Promise<Backups> {
      const parameters = parseParameters(backupEncryption.parameters, {}, "parameters");
      for await (const reading of backupEncryption.collect(session(), wholeAccount, parameters)) {
        if (reading.resource.id === tableName && "facts" in reading) return reading.facts;
      }
      throw new Error(`no facts of ${tableName}`);
    }
  });

  it("makes the calls that its permissions declare, and no others", async () => {
    const keyArn = await createKey();
    await createTable("Orders", under(keyArn));
    await dynamodb().send(
      new TagResourceCommand({ ResourceArn: arnOf("Orders"), Tags: [{ Key: "stage", Value: "production" }] }),
    );
    await createVault("Ours", keyArn);
    await backUp("Orders");
    await backUpInto("Ours", "Orders");
    const opened = session();
    await scan({ exemptResourceTag: "stage=sandbox" }, opened);
    expect([...opened.calls.keys()].sort()).toEqual(backupEncryption.permissions.map(({ action }) => action).sort());
  });
});
