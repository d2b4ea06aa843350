import { BackupClient, ListBackupVaultsCommand, ListRecoveryPointsByBackupVaultCommand } from "@aws-sdk/client-backup";
import {
  DescribeBackupCommand,
  DynamoDBClient,
  ListBackupsCommand,
  ListTablesCommand,
  type SSEDescription,
} from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { type AwsStub, mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isEvaluation, judge } from "../../../lib/judge.ts";
import { parseParameters } from "../../../lib/parameters.ts";
import type { Outcome, Scope } from "../../../lib/rule.ts";
import { backupEncryption } from "../../../lib/rules/dynamodb-backup-encryption.ts";
import { accountId, awsError, denied, sessionOf } from "../../fakes/account.ts";

// biome-ignore lint/suspicious/noExplicitAny: each client's stub is of its own types.
let stubs: AwsStub<any, any, any>[];
let account: ReturnType<typeof fakeAccount>;
beforeEach(() => {
  stubs = [];
  account = fakeAccount();
});
afterEach(() => {
  for (const stub of stubs) stub.restore();
});

const tableArn = (name: string, region = "us-east-1") => `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
const keyArn = (id: string) => `arn:aws:kms:us-east-1:${accountId}:key/${id}`;
const pointArn = (id: string) => `arn:aws:backup:us-east-1:${accountId}:recovery-point:${id}`;
const whole: Scope = { kind: "account", lastJudged: () => 0 };

/** An account of plain lists, served page by page. */
function fakeAccount() {
  const told = {
    tables: [] as string[],
    /** Newest first; under an AWS owned key, unless a key is named. */
    backups: [] as { arn: string; keyId?: string }[],
    points: [] as { arn: string; resourceArn: string; keyId?: string; status?: string }[],
    disabledKeys: new Set<string>(),
    exempt: [] as string[],
  };
  const dynamodb = mockClient(DynamoDBClient);
  const backup = mockClient(BackupClient);
  const kms = mockClient(KMSClient);
  const tagging = mockClient(ResourceGroupsTaggingAPIClient);
  stubs.push(dynamodb, backup, kms, tagging);

  const created = (at: number) => new Date(Date.UTC(2026, 0, 1) - at * 1_000);
  dynamodb.on(ListTablesCommand).callsFake(({ ExclusiveStartTableName: start }) => {
    const from = start === undefined ? 0 : Number(start);
    const LastEvaluatedTableName = from + 100 < told.tables.length ? String(from + 100) : undefined;
    return { TableNames: told.tables.slice(from, from + 100), LastEvaluatedTableName };
  });
  dynamodb.on(ListBackupsCommand).callsFake(({ ExclusiveStartBackupArn: start }) => {
    const from = start === undefined ? 0 : Number(start);
    const page = told.backups.slice(from, from + 100).map(({ arn }, at) => ({
      BackupArn: arn,
      BackupName: arn.split("/backup/")[1],
      BackupStatus: "AVAILABLE",
      BackupCreationDateTime: created(from + at),
    }));
    const LastEvaluatedBackupArn = from + 100 < told.backups.length ? String(from + 100) : undefined;
    return { BackupSummaries: page, LastEvaluatedBackupArn };
  });
  const keyByBackup = () => new Map(told.backups.map(({ arn, keyId }) => [arn, keyId]));
  let keys: ReturnType<typeof keyByBackup> | null = null;
  dynamodb.on(DescribeBackupCommand).callsFake(({ BackupArn }) => {
    keys ??= keyByBackup();
    const keyId = keys.get(BackupArn);
    const SSEDescription: SSEDescription | undefined =
      keyId === undefined ? undefined : { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: keyArn(keyId) };
    return { BackupDescription: { BackupDetails: { BackupArn }, SourceTableFeatureDetails: { SSEDescription } } };
  });
  backup.on(ListBackupVaultsCommand).resolves({ BackupVaultList: [{ BackupVaultName: "Nightly" }] });
  backup.on(ListRecoveryPointsByBackupVaultCommand).callsFake(({ NextToken }) => {
    const from = Number(NextToken ?? 0);
    const page = told.points.slice(from, from + 1_000).map(({ arn, resourceArn, keyId, status }, at) => ({
      RecoveryPointArn: arn,
      ResourceArn: resourceArn,
      Status: status ?? "COMPLETED",
      CreationDate: created(from + at),
      EncryptionKeyArn: keyId === undefined ? undefined : keyArn(keyId),
    }));
    return { RecoveryPoints: page, NextToken: from + 1_000 < told.points.length ? String(from + 1_000) : undefined };
  });
  kms.on(DescribeKeyCommand).callsFake(({ KeyId }) => {
    const KeyState = told.disabledKeys.has(KeyId.split("/")[1]) ? "Disabled" : "Enabled";
    return { KeyMetadata: { Arn: KeyId, KeyManager: "CUSTOMER", KeyState } };
  });
  tagging.on(GetResourcesCommand).callsFake(() => ({
    ResourceTagMappingList: told.exempt.map((name) => ({
      ResourceARN: tableArn(name),
      Tags: [{ Key: "stage", Value: "sandbox" }],
    })),
  }));
  return {
    told,
    dynamodb,
    backup,
    kms,
    tagging,
    described: () => dynamodb.commandCalls(DescribeBackupCommand).map(({ args }) => args[0].input.BackupArn ?? ""),
  };
}

const backupOf = (table: string, id: string, keyId?: string) => ({
  arn: `${tableArn(table)}/backup/${id}`,
  ...(keyId === undefined ? {} : { keyId }),
});
const pointOf = (table: string, id: string, keyId = "good") => ({
  arn: pointArn(id),
  resourceArn: tableArn(table),
  keyId,
});

async function scan(raw: object = {}, scope = whole): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const parameters = parseParameters(backupEncryption.parameters, raw, "parameters");
  for await (const outcome of judge(backupEncryption, sessionOf(), scope, parameters)) outcomes.push(outcome);
  return outcomes;
}

/** Verdict, or why there is none, by resource; `listing` for what broke off. */
function verdicts(outcomes: readonly Outcome[]): Record<string, string> {
  return Object.fromEntries(
    outcomes.map((outcome) => [
      outcome.resource?.id ?? "listing",
      isEvaluation(outcome) ? outcome.complianceType : `${outcome.unread.call} ${outcome.unread.message}`,
    ]),
  );
}

describe("dynamodb-backup-encryption looks at", () => {
  it("every table, and at the account for backups whose table is gone", async () => {
    account.told.tables = ["Orders", "Legacy", "Bare"];
    account.told.backups = [backupOf("Orders", "1", "good"), backupOf("Archive", "1", "good"), backupOf("Legacy", "1")];
    const outcomes = await scan();
    expect(verdicts(outcomes)).toEqual({
      Orders: "COMPLIANT",
      Legacy: "NON_COMPLIANT",
      Bare: "NOT_APPLICABLE",
      [accountId]: "COMPLIANT",
    });
    expect(outcomes.map(({ resource }) => [resource?.type, resource?.arn])).toEqual([
      ["AWS::DynamoDB::Table", tableArn("Orders")],
      ["AWS::DynamoDB::Table", tableArn("Legacy")],
      ["AWS::DynamoDB::Table", null],
      ["AWS::::Account", null],
    ]);
  });

  it("no account where every backup has its table", async () => {
    account.told.tables = ["Orders"];
    account.told.backups = [backupOf("Orders", "1", "good")];
    expect(verdicts(await scan())).toEqual({ Orders: "COMPLIANT" });
  });

  it("the account for recovery points that were copied from another region's table of the same name", async () => {
    account.told.tables = ["Orders"];
    account.told.points = [{ ...pointOf("Orders", "1", "bad"), resourceArn: tableArn("Orders", "eu-west-1") }];
    account.told.disabledKeys.add("bad");
    expect(verdicts(await scan())).toEqual({ Orders: "NOT_APPLICABLE", [accountId]: "NON_COMPLIANT" });
  });

  it("a backup of both lists once, and asks DynamoDB only where AWS Backup does not tell the key", async () => {
    const told = backupOf("Orders", "told", "good");
    const untold = backupOf("Orders", "untold", "good");
    account.told.tables = ["Orders"];
    account.told.backups = [told, untold];
    account.told.points = [
      { ...told, resourceArn: tableArn("Orders") },
      { arn: untold.arn, resourceArn: tableArn("Orders") },
      pointOf("Orders", "vault's"),
    ];
    expect(verdicts(await scan())).toEqual({ Orders: "COMPLIANT" });
    expect(account.described()).toEqual([untold.arn]);
    expect(account.kms.commandCalls(DescribeKeyCommand)).toHaveLength(1);
  });

  it("nothing of what is expired, or was deleted since it was listed", async () => {
    account.told.tables = ["Orders"];
    account.told.backups = [backupOf("Orders", "1")];
    account.told.points = [{ ...pointOf("Orders", "1", "bad"), status: "EXPIRED" }];
    account.told.disabledKeys.add("bad");
    account.dynamodb.on(DescribeBackupCommand).rejects(awsError("BackupNotFoundException"));
    expect(verdicts(await scan())).toEqual({ Orders: "NOT_APPLICABLE" });
    expect(account.kms.calls()).toEqual([]);
  });

  it("no backup of an exempt table", async () => {
    account.told.tables = ["Sandbox"];
    account.told.backups = [backupOf("Sandbox", "1")];
    account.told.exempt = ["Sandbox"];
    expect(verdicts(await scan({ exemptResourceTag: "stage=sandbox" }))).toEqual({ Sandbox: "NOT_APPLICABLE" });
    expect(account.described()).toEqual([]);
  });

  it("the newest backups of a table up to maxBackupsPerTable, and says what it did not look at", async () => {
    account.told.tables = ["Orders", "Legacy"];
    account.told.backups = ["5", "4", "3", "2", "1"].map((id) => backupOf("Orders", id, "good"));
    account.told.backups.push(...["3", "2", "1"].map((id) => backupOf("Legacy", id)));
    account.told.points = [pointOf("Orders", "a"), pointOf("Orders", "b"), pointOf("Orders", "c")];
    const [orders, legacy] = await scan({ maxBackupsPerTable: 2 });
    expect(orders).toEqual({
      resource: { type: "AWS::DynamoDB::Table", id: "Orders", name: "Orders", arn: tableArn("Orders") },
      unread: {
        call: "dynamodb:DescribeBackup",
        message:
          "on the 3 oldest backups of table Orders was not asked: maxBackupsPerTable is 2. Raise it, or delete what is not needed",
        lasting: true,
      },
    });
    expect(legacy).toMatchObject({ complianceType: "NON_COMPLIANT" });
    expect(account.described().sort()).toEqual(
      [backupOf("Orders", "5"), backupOf("Orders", "4"), backupOf("Legacy", "3"), backupOf("Legacy", "2")]
        .map(({ arn }) => arn)
        .sort(),
    );
  });

  it("tables that were never or longest not judged first", async () => {
    account.told.tables = ["Today", "Never", "Yesterday"];
    account.told.backups = account.told.tables.map((table) => backupOf(table, "1"));
    const judgedAt: Record<string, number> = { Today: 2, Yesterday: 1 };
    const outcomes = await scan({}, { kind: "account", lastJudged: ({ id }) => judgedAt[id] ?? 0 });
    expect(outcomes.map(({ resource }) => resource?.id)).toEqual(["Never", "Yesterday", "Today"]);
  });

  it("the resources of a narrower scope only, and finds a deleted table gone", async () => {
    account.told.tables = ["Orders", "Legacy"];
    account.told.backups = [backupOf("Orders", "1", "good"), backupOf("Legacy", "1"), backupOf("Archive", "1")];
    const tables = ["Orders", "Gone"].map((id) => ({ type: "AWS::DynamoDB::Table" as const, id }));
    expect(verdicts(await scan({}, { kind: "resources", resources: tables }))).toEqual({
      Orders: "COMPLIANT",
      Gone: "NOT_APPLICABLE",
    });
    const ofAccount: Scope = { kind: "resources", resources: [{ type: "AWS::::Account", id: accountId }] };
    expect(verdicts(await scan({}, ofAccount))).toEqual({ [accountId]: "NON_COMPLIANT" });
  });
});

describe("dynamodb-backup-encryption calls nothing compliant", () => {
  beforeEach(() => {
    account.told.tables = ["Orders", "Legacy", "Bare"];
    account.told.backups = [backupOf("Orders", "1", "good"), backupOf("Legacy", "1", "bad")];
    account.told.points = [pointOf("Orders", "1"), pointOf("Legacy", "2", "bad")];
    account.told.disabledKeys.add("bad");
  });
  const refused = (call: string, subject: string) =>
    `${call} on ${subject} was denied. Allow it to role/dynamodb-table-encryption`;

  it("where DynamoDB's list was refused, yet proves what it can", async () => {
    account.dynamodb.on(ListBackupsCommand).rejects(denied("dynamodb:ListBackups", "*", "because no policy allows it"));
    const unread = refused("dynamodb:ListBackups", "region us-east-1");
    expect(verdicts(await scan())).toEqual({
      Orders: unread,
      Legacy: "NON_COMPLIANT",
      Bare: unread,
      [accountId]: unread,
    });
  });

  it("where AWS Backup's was refused, yet proves what it can", async () => {
    account.backup.on(ListBackupVaultsCommand).rejects(denied("backup:ListBackupVaults", "*", "because of no policy"));
    const unread = refused("backup:ListBackupVaults", "region us-east-1");
    expect(verdicts(await scan())).toEqual({
      Orders: unread,
      Legacy: "NON_COMPLIANT",
      Bare: unread,
      [accountId]: unread,
    });
  });

  it("where both broke off, and tells of the one that lasts", async () => {
    account.dynamodb.on(ListBackupsCommand).rejects(awsError("ThrottlingException"));
    account.backup.on(ListBackupVaultsCommand).rejects(denied("backup:ListBackupVaults", "*", "because of no policy"));
    expect(verdicts(await scan())["Bare"]).toBe(refused("backup:ListBackupVaults", "region us-east-1"));
  });

  it("where the run's time is up, yet keeps what was proven", async () => {
    const timeIsUp = Object.assign(new Error("the run's time is up"), { name: "DeadlineExceeded" });
    account.dynamodb.on(DescribeBackupCommand).rejects(timeIsUp);
    const outcomes = await scan();
    expect(verdicts(outcomes)).toEqual({
      Orders: "dynamodb:DescribeBackup on backup ...up/1 of table Orders was not asked: the run's time is up",
      Legacy: "NON_COMPLIANT",
      Bare: "NOT_APPLICABLE",
    });
    expect(outcomes.map((outcome) => ("unread" in outcome ? outcome.unread.lasting : null))).toEqual([
      false,
      null,
      null,
    ]);
  });

  it("of gone tables where the list of tables broke off: nobody knows which are gone", async () => {
    account.told.backups.push(backupOf("Archive", "1", "bad"));
    account.dynamodb
      .on(ListTablesCommand)
      .resolvesOnce({ TableNames: ["Orders"], LastEvaluatedTableName: "Orders" })
      .rejects(awsError("ThrottlingException"));
    expect(verdicts(await scan())).toEqual({
      Orders: "COMPLIANT",
      listing: "dynamodb:ListTables on region us-east-1 was throttled past the retries",
    });
    const scope: Scope = { kind: "resources", resources: [{ type: "AWS::DynamoDB::Table", id: "Legacy" }] };
    account.dynamodb.on(ListTablesCommand).rejects(awsError("ThrottlingException"));
    expect(verdicts(await scan({}, scope))).toEqual({
      Legacy: "dynamodb:ListTables on region us-east-1 was throttled past the retries",
    });
  });

  it("where the exempt tables cannot be told, and leaves nothing going on behind its back", async () => {
    account.told.backups.push(backupOf("Archive", "1", "bad"));
    account.tagging.on(GetResourcesCommand).rejects(denied("tag:GetResources", "*", "because of no policy"));
    expect(verdicts(await scan({ exemptResourceTag: "stage=sandbox" }))["listing"]).toBe(
      refused("tag:GetResources", "tables tagged stage"),
    );
    expect(account.described()).toContain(backupOf("Archive", "1").arn);
  });
});

describe("an account of 10,000 tables", () => {
  it("is read in bulk: only backups whose key no list tells cost a call each", { timeout: 30_000 }, async () => {
    account.told.tables = Array.from({ length: 10_000 }, (_, index) => `Table-${index}`);
    account.told.points = account.told.tables.flatMap((table) =>
      [1, 2, 3].map((day) => pointOf(table, `${table}-${day}`)),
    );
    account.told.backups = account.told.tables
      .slice(0, 2_000)
      .map((table) => backupOf(table, "1", `key-${Number(table.slice(6)) % 50}`));
    const outcomes = await scan();
    expect(outcomes.filter(isEvaluation).filter((one) => one.complianceType === "COMPLIANT")).toHaveLength(10_000);
    expect({
      tables: account.dynamodb.commandCalls(ListTablesCommand).length,
      backups: account.dynamodb.commandCalls(ListBackupsCommand).length,
      described: account.described().length,
      vaults: account.backup.commandCalls(ListBackupVaultsCommand).length,
      points: account.backup.commandCalls(ListRecoveryPointsByBackupVaultCommand).length,
      keys: account.kms.calls().length,
    }).toEqual({ tables: 100, backups: 20, described: 2_000, vaults: 1, points: 30, keys: 51 });
  });
});
