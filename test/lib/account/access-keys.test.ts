import {
  GetAccessKeyLastUsedCommand,
  GetAccountSummaryCommand,
  IAMClient,
  ListAccessKeysCommand,
} from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accessKeyLastUse, hasRootKeys, listAccessKeys } from "../../../lib/account/access-keys.ts";
import { accountId, awsError, denied, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(IAMClient);
let iam: ReturnType<typeof mock>;
beforeEach(() => {
  iam = mock();
});
afterEach(() => iam.restore());

const createDate = new Date("2025-09-01T00:00:00.000Z");
const listed = (id: string, Status: "Active" | "Inactive" | "Expired" = "Active") => ({
  UserName: "ann",
  AccessKeyId: id,
  Status,
  CreateDate: createDate,
});
const throttled = awsError("Throttling");
const refused = (call: string) => denied(call, "user ann", "because no identity-based policy allows it");
const notAllowed = "was denied. Allow it to role/dynamodb-table-encryption";
const unread = (call: string, message: string, lasting: boolean) => ({ unread: { call, message, lasting } });

describe("a user's access keys", () => {
  const call = "iam:ListAccessKeys";
  const list = () => listAccessKeys(sessionOf(), "ann");

  it("are those of all pages, active or not", async () => {
    iam
      .on(ListAccessKeysCommand, { UserName: "ann" })
      .resolves({ AccessKeyMetadata: [listed("ann/...AAAA")], IsTruncated: true, Marker: "two" })
      .on(ListAccessKeysCommand, { UserName: "ann", Marker: "two" })
      .resolves({
        AccessKeyMetadata: [listed("ann/...BBBB", "Inactive"), listed("ann/...CCCC", "Expired")],
        IsTruncated: false,
      });
    expect(await list()).toEqual({
      value: [
        { id: "ann/...AAAA", isActive: true, createDate },
        { id: "ann/...BBBB", isActive: false, createDate },
        { id: "ann/...CCCC", isActive: false, createDate },
      ],
    });
  });

  it("are null of a user who is gone", async () => {
    iam.on(ListAccessKeysCommand).rejects(awsError("NoSuchEntityException", "", 404));
    expect(await list()).toEqual({ value: null });
  });

  it.each([
    ["throttling", throttled, "was throttled past the retries", false],
    ["a refusal", refused(call), notAllowed, true],
  ] as const)("are unread on %s", async (_name, error, message, lasting) => {
    iam.on(ListAccessKeysCommand).rejects(error);
    expect(await list()).toEqual(unread(call, `on user ann ${message}`, lasting));
  });

  it.each([
    ["AccessKeyMetadata", undefined],
    ["a key's AccessKeyId", [{ ...listed("x"), AccessKeyId: undefined }]],
    ["a key's Status", [{ ...listed("x"), Status: undefined }]],
    ["a key's CreateDate", [{ ...listed("x"), CreateDate: undefined }]],
  ])("are unread without %s", async (missing, AccessKeyMetadata) => {
    iam.on(ListAccessKeysCommand).resolves({ AccessKeyMetadata, IsTruncated: false });
    expect(await list()).toEqual(unread(call, `on user ann answered without ${missing}`, true));
  });
});

describe("the last use of a key", () => {
  const call = "iam:GetAccessKeyLastUsed";
  const subject = "on key ...AAAA of user ann";
  const ask = () => accessKeyLastUse(sessionOf(), "ann", { id: "ann/...AAAA", isActive: true, createDate });
  const date = new Date("2026-01-01T10:00:00.000Z");
  const answer = (used: object) =>
    iam.on(GetAccessKeyLastUsedCommand).resolves({ UserName: "ann", AccessKeyLastUsed: used as never });

  it("is told with service and region", async () => {
    answer({ LastUsedDate: date, ServiceName: "dynamodb", Region: "us-east-1" });
    expect(await ask()).toEqual({ value: { date, service: "dynamodb", region: "us-east-1" } });
    expect(iam.commandCalls(GetAccessKeyLastUsedCommand)[0]?.args[0].input).toEqual({ AccessKeyId: "ann/...AAAA" });
  });

  it("is null of a key that was never used", async () => {
    answer({ ServiceName: "N/A", Region: "N/A" });
    expect(await ask()).toEqual({ value: null });
  });

  it("of which IAM does not know the service has none", async () => {
    answer({ LastUsedDate: date, ServiceName: "N/A", Region: "N/A" });
    expect(await ask()).toEqual({ value: { date, service: null, region: null } });
  });

  it("is unread where a service, and no date, or nothing is told", async () => {
    answer({ ServiceName: "dynamodb", Region: "us-east-1" });
    expect(await ask()).toEqual(unread(call, `${subject} answered without LastUsedDate`, true));
    iam.on(GetAccessKeyLastUsedCommand).resolves({ UserName: "ann" });
    expect(await ask()).toEqual(unread(call, `${subject} answered without AccessKeyLastUsed`, true));
  });

  it.each([
    ["throttling", throttled, "was throttled past the retries", false],
    ["a refusal", refused(call), notAllowed, true],
  ] as const)("is unread on %s", async (_name, error, message, lasting) => {
    iam.on(GetAccessKeyLastUsedCommand).rejects(error);
    expect(await ask()).toEqual(unread(call, `${subject} ${message}`, lasting));
  });
});

describe("whether the root user has keys", () => {
  const call = "iam:GetAccountSummary";
  const subject = `on account ${accountId}`;

  it.each([
    [0, false],
    [1, true],
  ])("of AccountAccessKeysPresent %d is %s", async (AccountAccessKeysPresent, value) => {
    iam.on(GetAccountSummaryCommand).resolves({ SummaryMap: { AccountAccessKeysPresent } });
    expect(await hasRootKeys(sessionOf())).toEqual({ value });
  });

  it("is unread where it is not told", async () => {
    iam.on(GetAccountSummaryCommand).resolves({ SummaryMap: {} });
    expect(await hasRootKeys(sessionOf())).toEqual(
      unread(call, `${subject} answered without AccountAccessKeysPresent`, true),
    );
    iam.on(GetAccountSummaryCommand).rejects(refused(call));
    expect(await hasRootKeys(sessionOf())).toEqual(unread(call, `${subject} ${notAllowed}`, true));
  });
});
