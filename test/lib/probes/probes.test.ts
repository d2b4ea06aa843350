import { BackupClient, ListBackupVaultsCommand, ListRecoveryPointsByBackupVaultCommand } from "@aws-sdk/client-backup";
import {
  DescribeBackupCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetResourcePolicyCommand,
  ListBackupsCommand,
  ListTablesCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  GetPolicyVersionCommand,
  GetServiceLastAccessedDetailsCommand,
  IAMClient,
  ListAccessKeysCommand,
} from "@aws-sdk/client-iam";
import { DescribeKeyCommand, GetKeyRotationStatusCommand, KMSClient } from "@aws-sdk/client-kms";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { probeCalls } from "../../../lib/probes/all.ts";
import type { Probe } from "../../../lib/probes/probe.ts";
import { catalogue } from "../../../lib/rules/index.ts";
import { accountId, awsError, denied, networkError, sessionOf } from "../../fakes/account.ts";

const tableArn = `arn:aws:dynamodb:us-east-1:${accountId}:table/Orders`;
const backupArn = `${tableArn}/backup/01489602797149-73d8d5bc`;
const keyArn = `arn:aws:kms:eu-west-1:${accountId}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const keyId = "AKIAIOSFODNN7EXAMPLE";

const mocks = () => ({
  dynamodb: mockClient(DynamoDBClient),
  kms: mockClient(KMSClient),
  backup: mockClient(BackupClient),
  tags: mockClient(ResourceGroupsTaggingAPIClient),
  ec2: mockClient(EC2Client),
  iam: mockClient(IAMClient),
});
let aws: ReturnType<typeof mocks>;
beforeEach(() => {
  aws = mocks();
  aws.dynamodb.onAnyCommand().resolves({});
  aws.kms.onAnyCommand().resolves({});
  aws.backup.onAnyCommand().resolves({});
  aws.tags.onAnyCommand().resolves({});
  aws.ec2.onAnyCommand().resolves({});
  aws.iam.onAnyCommand().resolves({});
  aws.dynamodb
    .on(ListTablesCommand)
    .resolves({ TableNames: ["Orders"] })
    .on(DescribeTableCommand)
    .resolves({ Table: { TableName: "Orders", TableArn: tableArn, SSEDescription: { KMSMasterKeyArn: keyArn } } })
    .on(ListBackupsCommand)
    .resolves({ BackupSummaries: [{ BackupArn: backupArn }] });
  aws.backup.on(ListBackupVaultsCommand).resolves({ BackupVaultList: [{ BackupVaultName: "shop" }] });
  aws.iam
    .on(GetAccountAuthorizationDetailsCommand)
    .resolves({ UserDetailList: [{ UserName: "ann" }] })
    .on(ListAccessKeysCommand)
    .resolves({
      AccessKeyMetadata: [{ UserName: "ann", AccessKeyId: keyId }],
    });
});
afterEach(() => {
  for (const client of Object.values(aws)) client.restore();
});

async function probes(): Promise<Record<string, Omit<Probe, "action">>> {
  const asked = await probeCalls(sessionOf());
  return Object.fromEntries(asked.map(({ action, ...told }) => [action, told]));
}

describe("the calls of the rules", () => {
  it("are all asked once, or withheld with the reason", async () => {
    const needed = new Set(catalogue.flatMap(({ permissions }) => permissions.map(({ action }) => action)));
    const asked = (await probeCalls(sessionOf())).map(({ action }) => action);

    expect(asked.toSorted()).toEqual([...needed].sort());
  });

  it("are answered on one thing of each kind", async () => {
    expect(await probes()).toMatchObject({
      "dynamodb:ListTables": { answered: "the region" },
      "dynamodb:DescribeTable": { answered: "table Orders" },
      "dynamodb:GetResourcePolicy": { answered: "table Orders" },
      "dynamodb:DescribeBackup": { answered: "backup ...d5bc" },
      "kms:DescribeKey": { answered: "key ...90ab" },
      "kms:GetKeyRotationStatus": { answered: "key ...90ab" },
      "backup:ListRecoveryPointsByBackupVault": { answered: "backup vault shop" },
      "ec2:DescribeVpcs": { answered: "the region" },
      "iam:GetAccessKeyLastUsed": { answered: "a key of user ann" },
      "iam:GetPolicy": { answered: "AWS managed policy ReadOnlyAccess" },
      "dynamodb:Scan": { withheld: "it reads items" },
      "iam:GenerateCredentialReport": { withheld: "it makes a report" },
      "iam:GenerateServiceLastAccessedDetails": { withheld: "it starts a job" },
    });
  });

  it("read, and nothing else: no item, no report, no job", async () => {
    await probes();
    const sent = Object.values(aws).flatMap((client) => client.calls().map(({ args }) => args[0].constructor.name));

    expect(sent.filter((name) => !/^(List|Describe|Get)\w+Command$/.test(name))).toEqual([]);
    expect(sent).toHaveLength(new Set(sent).size);
  });

  it("are asked in their cheapest form", async () => {
    await probes();

    const inputs = [
      aws.dynamodb.commandCalls(ListTablesCommand),
      aws.backup.commandCalls(ListRecoveryPointsByBackupVaultCommand),
      aws.ec2.commandCalls(DescribeVpcsCommand),
      aws.iam.commandCalls(GetAccountAuthorizationDetailsCommand),
      aws.iam.commandCalls(GetAccessKeyLastUsedCommand),
      aws.iam.commandCalls(GetPolicyVersionCommand),
    ].map(([call]) => call?.args[0].input);
    expect(inputs).toEqual([
      { Limit: 1 },
      { BackupVaultName: "shop", ByResourceType: "DynamoDB", MaxResults: 1 },
      { MaxResults: 5 },
      { Filter: ["User"], MaxItems: 1 },
      { AccessKeyId: keyId },
      { PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess", VersionId: "v1" },
    ]);
  });

  it("never tell the id of a key", async () => {
    expect(JSON.stringify(await probes())).not.toContain(keyId);
  });

  it("are allowed where AWS says that there is no such thing", async () => {
    aws.dynamodb.on(GetResourcePolicyCommand).rejects(awsError("PolicyNotFoundException"));
    aws.dynamodb.on(DescribeBackupCommand).rejects(awsError("BackupNotFoundException"));
    aws.kms.on(GetKeyRotationStatusCommand).rejects(awsError("UnsupportedOperationException"));
    aws.iam.on(GetCredentialReportCommand).rejects(awsError("CredentialReportNotPresentException", "", 410));
    aws.iam.on(GetServiceLastAccessedDetailsCommand).rejects(awsError("NoSuchEntityException", "", 404));

    expect(await probes()).toMatchObject({
      "dynamodb:GetResourcePolicy": { answered: "table Orders" },
      "dynamodb:DescribeBackup": { answered: "backup ...d5bc" },
      "kms:GetKeyRotationStatus": { answered: "key ...90ab" },
      "iam:GetCredentialReport": { answered: "the account" },
      "iam:GetServiceLastAccessedDetails": { answered: "a job that is not there" },
    });
  });

  it("are denied, throttled, out of reach or failed, each by itself", async () => {
    aws.kms.on(DescribeKeyCommand).rejects(denied("kms:DescribeKey", keyArn, "because no policy allows it"));
    aws.ec2.on(DescribeVpcsCommand).rejects(awsError("RequestLimitExceeded", "", 503));
    aws.backup.on(ListBackupVaultsCommand).rejects(networkError("ENOTFOUND"));
    aws.iam.on(GetCredentialReportCommand).rejects(awsError("ServiceFailure", "", 500));
    const timeIsUp = Object.assign(new Error("the run's time is up"), { name: "DeadlineExceeded" });
    aws.iam.on(GetAccountSummaryCommand).rejects(timeIsUp);

    expect(await probes()).toMatchObject({
      "kms:DescribeKey": {
        failure: "denied",
        unread: {
          message: "on key ...90ab was denied. Allow it to role/dynamodb-table-encryption in the key's policy",
          lasting: true,
        },
      },
      "kms:GetKeyRotationStatus": { answered: "key ...90ab" },
      "ec2:DescribeVpcs": { failure: "throttled", unread: { lasting: false } },
      "ec2:DescribeSubnets": { answered: "the region" },
      "backup:ListBackupVaults": { failure: "unreachable" },
      "backup:ListRecoveryPointsByBackupVault": {
        notAsked: "no backup vault is known without backup:ListBackupVaults",
      },
      "iam:GetCredentialReport": { failure: "failed" },
      "iam:GetAccountSummary": {
        failure: "unreachable",
        unread: { message: "on the account gave no answer in time", lasting: false },
      },
    });
  });
});

describe("where there is nothing to ask about", () => {
  it("an empty account says so of each call", async () => {
    aws.dynamodb.on(ListTablesCommand).resolves({ TableNames: [] }).on(ListBackupsCommand).resolves({});
    aws.iam.on(GetAccountAuthorizationDetailsCommand).resolves({ UserDetailList: [] });

    expect(await probes()).toMatchObject({
      "dynamodb:DescribeTable": { notAsked: "there is no table to ask about" },
      "dynamodb:GetResourcePolicy": { notAsked: "there is no table to ask about" },
      "kms:DescribeKey": { notAsked: "there is no table to ask about" },
      "dynamodb:DescribeBackup": { notAsked: "there is no backup to ask about" },
      "iam:ListAccessKeys": { notAsked: "there is no user to ask about" },
      "iam:GetAccessKeyLastUsed": { notAsked: "there is no user to ask about" },
    });
  });

  it("a table under an AWS owned key has no KMS key", async () => {
    aws.dynamodb.on(DescribeTableCommand).resolves({ Table: { TableName: "Orders", TableArn: tableArn } });

    expect((await probes())["kms:DescribeKey"]).toEqual({ notAsked: "there is no table's KMS key to ask about" });
    expect(aws.kms.calls()).toEqual([]);
  });

  it("a refused listing leaves what it lists unknown, and nothing is made up", async () => {
    aws.dynamodb.on(ListTablesCommand).rejects(denied("dynamodb:ListTables", "*", ""));

    expect(await probes()).toMatchObject({
      "dynamodb:ListTables": { failure: "denied" },
      "dynamodb:DescribeTable": { notAsked: "no table is known without dynamodb:ListTables" },
      "dynamodb:GetResourcePolicy": { notAsked: "no table is known without dynamodb:ListTables" },
    });
    expect(aws.dynamodb.commandCalls(DescribeTableCommand)).toEqual([]);
  });
});
