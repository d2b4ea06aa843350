import {
  DescribeBackupCommand,
  type DescribeBackupCommandOutput,
  DynamoDBClient,
  ListBackupsCommand,
  type SSEDescription,
} from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backupKeyReader, listBackups } from "../../../lib/account/backups.ts";
import { awsError, denied, networkError, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(DynamoDBClient);
let dynamodb: ReturnType<typeof mock>;
beforeEach(() => {
  dynamodb = mock();
});
afterEach(() => dynamodb.restore());

const session = sessionOf();
const date = new Date("2026-01-01T00:00:00.000Z");
const arnOf = (id: string) => `arn:aws:dynamodb:us-east-1:123456789012:table/Orders/backup/${id}`;
const summary = (id: string) => ({
  BackupArn: arnOf(id),
  BackupName: `nightly-${id}`,
  BackupStatus: "AVAILABLE" as const,
  BackupType: "USER" as const,
  BackupCreationDateTime: date,
});
const told = (id: string) => ({
  backupArn: arnOf(id),
  backupName: `nightly-${id}`,
  backupStatus: "AVAILABLE",
  backupCreationDateTime: date,
});

describe("the listing of backups", () => {
  const asked = { BackupType: "ALL", Limit: 100 } as const;
  const breaks = (message: string, lasting = true) => ({
    call: "dynamodb:ListBackups",
    message: `on region us-east-1 ${message}`,
    lasting,
  });

  it("asks for all types, a hundred a page, until no page follows", async () => {
    dynamodb
      .on(ListBackupsCommand, asked)
      .resolves({ BackupSummaries: [summary("1")], LastEvaluatedBackupArn: arnOf("1") })
      .on(ListBackupsCommand, { ...asked, ExclusiveStartBackupArn: arnOf("1") })
      .resolves({ BackupSummaries: [], LastEvaluatedBackupArn: arnOf("2") })
      .on(ListBackupsCommand, { ...asked, ExclusiveStartBackupArn: arnOf("2") })
      .resolves({ BackupSummaries: [summary("3")] });
    expect(await listBackups(session)).toEqual({ backups: [told("1"), told("3")], brokenOff: null });
    expect(dynamodb.commandCalls(ListBackupsCommand)).toHaveLength(3);
  });

  it("of no backup is empty, and whole", async () => {
    dynamodb.on(ListBackupsCommand).resolves({ BackupSummaries: [] });
    expect(await listBackups(session)).toEqual({ backups: [], brokenOff: null });
  });

  const failures: Record<string, [error: Error, brokenOff: object]> = {
    throttling: [awsError("ThrottlingException"), breaks("was throttled past the retries", false)],
    "a refusal": [
      denied("dynamodb:ListBackups", "*", "because no identity-based policy allows the dynamodb:ListBackups action"),
      breaks("was denied. Allow it to role/dynamodb-table-encryption"),
    ],
    "a cut connection": [networkError("ECONNRESET"), breaks("could not be reached (ECONNRESET)", false)],
  };
  for (const [sentence, [error, brokenOff]] of Object.entries(failures)) {
    it(`that breaks off by ${sentence} keeps what it has`, async () => {
      dynamodb
        .on(ListBackupsCommand)
        .resolvesOnce({ BackupSummaries: [summary("1")], LastEvaluatedBackupArn: arnOf("1") })
        .rejects(error);
      expect(await listBackups(session)).toEqual({ backups: [told("1")], brokenOff });
    });
  }

  it("with a page that names no list is not whole", async () => {
    dynamodb.on(ListBackupsCommand).resolves({});
    expect(await listBackups(session)).toEqual({
      backups: [],
      brokenOff: breaks("answered without BackupSummaries"),
    });
  });

  it.each(["BackupArn", "BackupStatus", "BackupCreationDateTime"])(
    "with a backup without %s is not whole, and keeps the others",
    async (name) => {
      dynamodb
        .on(ListBackupsCommand)
        .resolves({ BackupSummaries: [{ ...summary("1"), [name]: undefined }, summary("2")] });
      expect(await listBackups(session)).toEqual({
        backups: [told("2")],
        brokenOff: breaks(`answered without a backup's ${name}`),
      });
    },
  );

  it("calls a backup without a name by the end of its ARN", async () => {
    dynamodb.on(ListBackupsCommand).resolves({ BackupSummaries: [{ ...summary("73d8d5bc"), BackupName: undefined }] });
    expect((await listBackups(session)).backups[0]?.backupName).toBe("...d5bc");
  });
});

describe("the key of a backup", () => {
  const keyArn = "arn:aws:kms:us-east-1:123456789012:key/a";
  const unread = (message: string, lasting = true) => ({
    unread: { call: "dynamodb:DescribeBackup", message: `on backup ...d5bc of table Orders ${message}`, lasting },
  });
  const under = (SSEDescription: SSEDescription): Partial<DescribeBackupCommandOutput> => ({
    BackupDescription: { BackupDetails: details, SourceTableFeatureDetails: { SSEDescription } },
  });
  const details = { ...summary("73d8d5bc") };
  const cannotTell = (status: string) =>
    unread(`answered with the SSEDescription Status ${status}: its key cannot be told. Back up again, then delete it`);

  const answers: Record<string, [answer: Partial<DescribeBackupCommandOutput>, fact: object]> = {
    "is the table's KMS key at the time": [
      under({ Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: keyArn }),
      { value: { keyArn } },
    ],
    "is AWS's own where the backup tells of no encryption": [
      { BackupDescription: { BackupDetails: details, SourceTableFeatureDetails: {} } },
      { value: { keyArn: null } },
    ],
    "is AWS's own where the backup tells of no features at all": [
      { BackupDescription: { BackupDetails: details } },
      { value: { keyArn: null } },
    ],
    "is AWS's own by the legacy SSEType AES256": [
      under({ Status: "ENABLED", SSEType: "AES256" }),
      { value: { keyArn: null } },
    ],
    "is AWS's own by the Status DISABLED": [
      under({ Status: "DISABLED", KMSMasterKeyArn: keyArn }),
      { value: { keyArn: null } },
    ],
    "cannot be told of a backup amid a switch of keys": [
      under({ Status: "UPDATING", SSEType: "KMS", KMSMasterKeyArn: keyArn }),
      cannotTell("UPDATING"),
    ],
    "cannot be told by an unknown Status": [
      under({ Status: "PAUSED" as "ENABLED", SSEType: "KMS", KMSMasterKeyArn: keyArn }),
      cannotTell("PAUSED"),
    ],
    "cannot be told where KMS is named without a key": [
      under({ Status: "ENABLED", SSEType: "KMS" }),
      unread("answered without SSEDescription.KMSMasterKeyArn"),
    ],
    "is not AWS's own where the answer is empty": [{}, unread("answered without BackupDetails")],
  };
  for (const [sentence, [answer, fact]] of Object.entries(answers)) {
    it(sentence, async () => {
      dynamodb.on(DescribeBackupCommand).resolves(answer);
      expect(await backupKeyReader(session)(arnOf("73d8d5bc"))).toEqual(fact);
      expect(dynamodb.commandCalls(DescribeBackupCommand).map(({ args }) => args[0].input)).toEqual([
        { BackupArn: arnOf("73d8d5bc") },
      ]);
    });
  }

  const failures: Record<string, [error: Error, fact: object]> = {
    "of a backup deleted since it was listed is null": [awsError("BackupNotFoundException"), { value: null }],
    "refused is unread": [
      denied("dynamodb:DescribeBackup", arnOf("73d8d5bc"), "because no identity-based policy allows it"),
      unread("was denied. Allow it to role/dynamodb-table-encryption"),
    ],
    "throttled is unread for now": [awsError("ThrottlingException"), unread("was throttled past the retries", false)],
    "of a failing AWS is unread for now": [
      awsError("InternalServerError", "", 500),
      unread("failed on AWS's side (500 InternalServerError)", false),
    ],
  };
  for (const [sentence, [error, fact]] of Object.entries(failures)) {
    it(sentence, async () => {
      dynamodb.on(DescribeBackupCommand).rejects(error);
      expect(await backupKeyReader(session)(arnOf("73d8d5bc"))).toEqual(fact);
    });
  }
});
