import {
  BackupClient,
  ListBackupVaultsCommand,
  ListRecoveryPointsByBackupVaultCommand,
  type RecoveryPointByBackupVault,
} from "@aws-sdk/client-backup";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listRecoveryPoints } from "../../../lib/account/recovery-points.ts";
import { awsError, denied, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(BackupClient);
let backup: ReturnType<typeof mock>;
beforeEach(() => {
  backup = mock();
  backup.on(ListBackupVaultsCommand).resolves({ BackupVaultList: [{ BackupVaultName: "Nightly" }] });
});
afterEach(() => backup.restore());

const session = sessionOf();
const date = new Date("2026-01-01T00:00:00.000Z");
const keyArn = "arn:aws:kms:us-east-1:123456789012:key/a";
const tableArn = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
const pointArn = (id: string) => `arn:aws:backup:us-east-1:123456789012:recovery-point:${id}`;
const point = (id: string, changes: Partial<RecoveryPointByBackupVault> = {}): RecoveryPointByBackupVault => ({
  RecoveryPointArn: pointArn(id),
  ResourceArn: tableArn,
  Status: "COMPLETED",
  CreationDate: date,
  EncryptionKeyArn: keyArn,
  ...changes,
});
const told = (id: string, changes: object = {}) => ({
  recoveryPointArn: pointArn(id),
  resourceArn: tableArn,
  backupVaultName: "Nightly",
  status: "COMPLETED",
  creationDate: date,
  key: { value: { keyArn } },
  ...changes,
});
const asked = (BackupVaultName: string) => ({ BackupVaultName, ByResourceType: "DynamoDB", MaxResults: 1_000 });
const brokenOff = (call: string, message: string, lasting = true) => ({ call: `backup:${call}`, message, lasting });
const inVault = (message: string, lasting = true) =>
  brokenOff("ListRecoveryPointsByBackupVault", `on vault Nightly ${message}`, lasting);
const inRegion = (message: string, lasting = true) =>
  brokenOff("ListBackupVaults", `on region us-east-1 ${message}`, lasting);

describe("the listing of recovery points", () => {
  it("goes from vault to vault and from page to page, and asks for DynamoDB's only", async () => {
    backup
      .on(ListBackupVaultsCommand, { MaxResults: 1_000 })
      .resolves({ BackupVaultList: [{ BackupVaultName: "Nightly" }], NextToken: "more vaults" })
      .on(ListBackupVaultsCommand, { MaxResults: 1_000, NextToken: "more vaults" })
      .resolves({ BackupVaultList: [{ BackupVaultName: "Yearly" }] })
      .on(ListRecoveryPointsByBackupVaultCommand, asked("Nightly"))
      .resolves({ RecoveryPoints: [point("1")], NextToken: "more points" })
      .on(ListRecoveryPointsByBackupVaultCommand, { ...asked("Nightly"), NextToken: "more points" })
      .resolves({ RecoveryPoints: [point("2")] })
      .on(ListRecoveryPointsByBackupVaultCommand, asked("Yearly"))
      .resolves({ RecoveryPoints: [point("3")] });
    expect(await listRecoveryPoints(session)).toEqual({
      recoveryPoints: [told("1"), told("2"), told("3", { backupVaultName: "Yearly" })],
      brokenOff: null,
    });
    expect(backup.calls()).toHaveLength(5);
  });

  it("of no vault is empty, and whole", async () => {
    backup.on(ListBackupVaultsCommand).resolves({ BackupVaultList: [] });
    expect(await listRecoveryPoints(session)).toEqual({ recoveryPoints: [], brokenOff: null });
  });

  it("leaves out a vault that was deleted since it was listed", async () => {
    backup.on(ListRecoveryPointsByBackupVaultCommand).rejects(awsError("ResourceNotFoundException"));
    expect(await listRecoveryPoints(session)).toEqual({ recoveryPoints: [], brokenOff: null });
  });

  it("without leave to list vaults is not whole", async () => {
    backup.on(ListBackupVaultsCommand).rejects(denied("backup:ListBackupVaults", "*", "because no policy allows it"));
    expect(await listRecoveryPoints(session)).toEqual({
      recoveryPoints: [],
      brokenOff: inRegion("was denied. Allow it to role/dynamodb-table-encryption"),
    });
  });

  it("with a page of vaults that breaks off keeps the points of those it has", async () => {
    backup
      .on(ListBackupVaultsCommand)
      .resolvesOnce({ BackupVaultList: [{ BackupVaultName: "Nightly" }], NextToken: "more" })
      .rejects(awsError("ThrottlingException"));
    backup.on(ListRecoveryPointsByBackupVaultCommand).resolves({ RecoveryPoints: [point("1")] });
    expect(await listRecoveryPoints(session)).toEqual({
      recoveryPoints: [told("1")],
      brokenOff: inRegion("was throttled past the retries", false),
    });
  });

  it("tells what lasts before what passes, and keeps the points of the other vaults", async () => {
    const names = ["Locked", "Slow", "Nightly"];
    backup
      .on(ListBackupVaultsCommand)
      .resolves({ BackupVaultList: names.map((BackupVaultName) => ({ BackupVaultName })) })
      .on(ListRecoveryPointsByBackupVaultCommand, asked("Slow"))
      .rejects(awsError("ThrottlingException"))
      .on(ListRecoveryPointsByBackupVaultCommand, asked("Locked"))
      .rejects(
        denied("backup:ListRecoveryPointsByBackupVault", "*", "with an explicit deny in a resource-based policy"),
      )
      .on(ListRecoveryPointsByBackupVaultCommand, asked("Nightly"))
      .resolves({ RecoveryPoints: [point("1")] });
    const denial = "on vault Locked was denied. An explicit Deny stops role/dynamodb-table-encryption";
    expect(await listRecoveryPoints(session)).toEqual({
      recoveryPoints: [told("1")],
      brokenOff: brokenOff("ListRecoveryPointsByBackupVault", denial),
    });
  });

  it("of a vault that breaks off keeps the pages before", async () => {
    backup
      .on(ListRecoveryPointsByBackupVaultCommand)
      .resolvesOnce({ RecoveryPoints: [point("1")], NextToken: "more" })
      .rejects(awsError("ServiceUnavailableException", "", 503));
    expect(await listRecoveryPoints(session)).toEqual({
      recoveryPoints: [told("1")],
      brokenOff: inVault("failed on AWS's side (503 ServiceUnavailableException)", false),
    });
  });

  it("with an answer that names no list is not whole", async () => {
    backup.on(ListRecoveryPointsByBackupVaultCommand).resolves({});
    expect(await listRecoveryPoints(session)).toEqual({
      recoveryPoints: [],
      brokenOff: inVault("answered without RecoveryPoints"),
    });
    backup.on(ListBackupVaultsCommand).resolves({});
    expect((await listRecoveryPoints(session)).brokenOff).toEqual(inRegion("answered without BackupVaultList"));
    backup.on(ListBackupVaultsCommand).resolves({ BackupVaultList: [{}] });
    expect((await listRecoveryPoints(session)).brokenOff).toEqual(
      inRegion("answered without a vault's BackupVaultName"),
    );
  });

  it.each(["RecoveryPointArn", "ResourceArn", "Status", "CreationDate"])(
    "with a point without %s is not whole, and keeps the others",
    async (name) => {
      const RecoveryPoints = [point("1", { [name]: undefined }), point("2")];
      backup.on(ListRecoveryPointsByBackupVaultCommand).resolves({ RecoveryPoints });
      expect(await listRecoveryPoints(session)).toEqual({
        recoveryPoints: [told("2")],
        brokenOff: inVault(`answered without a recovery point's ${name}`),
      });
    },
  );
});

describe("the key of a recovery point", () => {
  const dynamodbArn = `${tableArn}/backup/01489602797149-73d8d5bc`;
  const keys: Record<string, [told: Partial<RecoveryPointByBackupVault>, key: object | null]> = {
    "is the one that it names": [{ EncryptionKeyType: "CUSTOMER_MANAGED_KMS_KEY" }, { value: { keyArn } }],
    "may be an AWS managed one, for which EncryptionKeyType has no word": [{}, { value: { keyArn } }],
    "is AWS's own by its type": [{ EncryptionKeyType: "AWS_OWNED_KMS_KEY" }, { value: { keyArn: null } }],
    "is told by DynamoDB, where the point is DynamoDB's backup and names none": [
      { RecoveryPointArn: dynamodbArn, EncryptionKeyArn: undefined },
      null,
    ],
    "is not known where AWS Backup's own point names none": [
      { EncryptionKeyArn: undefined, EncryptionKeyType: "CUSTOMER_MANAGED_KMS_KEY" },
      { unread: inVault("answered without EncryptionKeyArn of recovery point ...0D45") },
    ],
  };
  for (const [sentence, [changes, key]] of Object.entries(keys)) {
    it(sentence, async () => {
      backup.on(ListRecoveryPointsByBackupVaultCommand).resolves({ RecoveryPoints: [point("0D45", changes)] });
      const { recoveryPoints, brokenOff: whole } = await listRecoveryPoints(session);
      expect([recoveryPoints[0]?.key, whole]).toEqual([key, null]);
    });
  }
});
