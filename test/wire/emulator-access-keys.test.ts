/** Each correction of the emulator in scripts/emulator/access_keys.py: what AWS tells of keys, and moto does not. */

import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GenerateCredentialReportCommand,
  GenerateServiceLastAccessedDetailsCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  GetServiceLastAccessedDetailsCommand,
  IAMClient,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { iamOf } from "../../scripts/emulator/sample-iam.ts";
import { wire } from "./wire.ts";

const day = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/;

wire("access keys", ({ url }) => {
  const iam = iamOf(new IAMClient(clientConfiguration(url)));

  async function report() {
    await iam.send(new GenerateCredentialReportCommand({}));
    const { Content, GeneratedTime } = await iam.send(new GetCredentialReportCommand({}));
    const [header = [], ...rows] = Buffer.from(Content ?? [])
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.split(","));
    return { GeneratedTime, rows: rows.map((row) => Object.fromEntries(header.map((name, at) => [name, row[at]]))) };
  }

  async function rootKeysPresent(): Promise<number | undefined> {
    return (await iam.send(new GetAccountSummaryCommand({}))).SummaryMap?.AccountAccessKeysPresent;
  }

  async function lastAccessed(userName: string) {
    const Arn = `arn:aws:iam::123456789012:user/${userName}`;
    const { JobId } = await iam.send(new GenerateServiceLastAccessedDetailsCommand({ Arn }));
    const first = await iam.send(new GetServiceLastAccessedDetailsCommand({ JobId }));
    expect(first).toMatchObject({ JobStatus: "IN_PROGRESS" });
    expect(first.ServicesLastAccessed ?? []).toEqual([]);
    return iam.send(new GetServiceLastAccessedDetailsCommand({ JobId, MaxItems: 2 }));
  }

  test("the credential report tells when it was made, region and service of a use, and the root user", async () => {
    const before = Date.now() - 1_000;
    const credentials = await iam.createUserWithKey("ann", {});
    await new STSClient({ ...clientConfiguration(url), credentials }).send(new GetCallerIdentityCommand());
    const { GeneratedTime, rows } = await report();
    expect(GeneratedTime?.getTime()).toBeGreaterThan(before);
    expect(rows).toMatchObject([
      { user: "<root_account>", arn: "arn:aws:iam::123456789012:root", access_key_1_active: "false" },
      {
        user: "ann",
        access_key_1_active: "true",
        access_key_1_last_rotated: expect.stringMatching(day),
        access_key_1_last_used_date: expect.stringMatching(day),
        access_key_1_last_used_region: "us-east-1",
        access_key_1_last_used_service: "sts",
        access_key_2_active: "false",
        access_key_2_last_used_service: "N/A",
      },
    ]);
  });

  test("are the root user's where no user is named", async () => {
    expect(await rootKeysPresent()).toBe(0);
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({}));
    expect(await rootKeysPresent()).toBe(1);
    expect((await report()).rows).toMatchObject([{ user: "<root_account>", access_key_1_active: "true" }]);
    await iam.send(new UpdateAccessKeyCommand({ AccessKeyId: key?.AccessKeyId, Status: "Inactive" }));
    expect((await report()).rows).toMatchObject([{ user: "<root_account>", access_key_1_active: "false" }]);
    await iam.send(new DeleteAccessKeyCommand({ AccessKeyId: key?.AccessKeyId }));
    expect(await rootKeysPresent()).toBe(0);
  });

  test("service last accessed details are a job, whose pages list what policies allow", async () => {
    const credentials = await iam.createUserWithKey("ann", {
      attached: ["arn:aws:iam::aws:policy/AdministratorAccess"],
    });
    await new STSClient({ ...clientConfiguration(url), credentials }).send(new GetCallerIdentityCommand());
    const page = await lastAccessed("ann");
    expect(page).toMatchObject({
      JobStatus: "COMPLETED",
      IsTruncated: true,
      Marker: "2",
      ServicesLastAccessed: [{ ServiceNamespace: "dax" }, { ServiceNamespace: "dynamodb" }],
    });
    await iam.createUserWithKey("bob", { inline: { own: [{ Action: "sts:*", Resource: "*" }] } });
    const { ServicesLastAccessed } = await lastAccessed("bob");
    expect(ServicesLastAccessed).toEqual([
      { ServiceName: "sts", ServiceNamespace: "sts", TotalAuthenticatedEntities: 0 },
    ]);
  });

  test("service last accessed details keep what a key did that is gone", async () => {
    const credentials = await iam.createUserWithKey("ann", { inline: { own: [{ Action: "sts:*", Resource: "*" }] } });
    await new STSClient({ ...clientConfiguration(url), credentials }).send(new GetCallerIdentityCommand());
    await iam.send(new DeleteAccessKeyCommand({ UserName: "ann", AccessKeyId: credentials.accessKeyId }));
    expect((await lastAccessed("ann")).ServicesLastAccessed).toMatchObject([
      { ServiceNamespace: "sts", LastAuthenticatedRegion: "us-east-1", TotalAuthenticatedEntities: 1 },
    ]);
  });
});
