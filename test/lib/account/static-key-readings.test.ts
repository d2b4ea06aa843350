import {
  type AccessKeyMetadata,
  GenerateCredentialReportCommand,
  GenerateServiceLastAccessedDetailsCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  GetServiceLastAccessedDetailsCommand,
  IAMClient,
  ListAccessKeysCommand,
} from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UnreadError } from "../../../lib/account/fact.ts";
import { type AccessKey, evidences, type StaticKeys, type UserKeys } from "../../../lib/account/static-key-facts.ts";
import { readStaticKeys, type StaticKeyQuestions } from "../../../lib/account/static-key-readings.ts";
import type { Reading, Scope } from "../../../lib/rule.ts";
import { accountId, awsError, sessionOf } from "../../fakes/account.ts";
import { group, page, policy, role, user } from "../../fakes/iam-answers.ts";
import { reportOf, reportRow, rootRow } from "../../fakes/key-answers.ts";
import { wholeAccount } from "../../outcomes.ts";

const mock = () => mockClient(IAMClient);
let iam: ReturnType<typeof mock>;
beforeEach(() => {
  iam = mock();
  iam.on(GenerateCredentialReportCommand).resolves({ State: "COMPLETE" });
  iam.on(GetAccessKeyLastUsedCommand).resolves({ AccessKeyLastUsed: never as never });
  list(user("ann"));
});
afterEach(() => iam.restore());

const generatedTime = new Date("2025-12-31T21:00:00.000Z");
const never = { ServiceName: "N/A", Region: "N/A" };
const september = "2025-09-01T00:00:00+00:00";
const october = "2025-10-01T00:00:00+00:00";
const ofDynamoDb = { date: "2025-12-31T10:00:00+00:00", service: "dynamodb", region: "us-east-1" };
const ofS3 = { ...ofDynamoDb, service: "s3" };
const use = (service: string) => ({ date: new Date(ofDynamoDb.date), service, region: "us-east-1" });

function list(...users: ReturnType<typeof user>[]): void {
  const others = { RoleDetailList: [role("app")], GroupDetailList: [group("team")], Policies: [policy("Orders")] };
  iam.on(GetAccountAuthorizationDetailsCommand).resolves(page({ UserDetailList: users, ...others }));
}

function report(...rows: string[]): void {
  const Content = new TextEncoder().encode(reportOf(rootRow({}), ...rows));
  iam.on(GetCredentialReportCommand).resolves({ Content, GeneratedTime: generatedTime });
}

type Listed = readonly [ending: string, created: string, status?: "Inactive"];

function keys(...listed: readonly Listed[]): void {
  const AccessKeyMetadata = listed.map(
    ([ending, created, status]): AccessKeyMetadata => ({
      UserName: "ann",
      AccessKeyId: `ann/...${ending}`,
      Status: status ?? "Active",
      CreateDate: new Date(created),
    }),
  );
  iam.on(ListAccessKeysCommand).resolves({ AccessKeyMetadata, IsTruncated: false });
}

const questions: StaticKeyQuestions = {
  evidence: ["credentialReport", "accessKeyLastUsed"],
  exempt: [],
  services: ["dynamodb"],
  isProof: ({ service }) => service === "dynamodb",
  isOpen: () => true,
};

async function readings(more: Partial<StaticKeyQuestions> = {}, scope: Scope = wholeAccount) {
  const found: Reading<StaticKeys>[] = [];
  try {
    for await (const one of readStaticKeys(sessionOf(), scope, { ...questions, ...more })) found.push(one);
    return { found, brokenOff: null };
  } catch (error) {
    if (!(error instanceof UnreadError)) throw error;
    return { found, brokenOff: error.unread };
  }
}

async function userKeys(more: Partial<StaticKeyQuestions> = {}): Promise<UserKeys> {
  const { found } = await readings(more, { kind: "resources", resources: [{ type: "AWS::IAM::User", id: "AIDAann" }] });
  const [reading] = found;
  if (reading === undefined || !("facts" in reading) || reading.facts.kind === "root")
    throw new Error("no user's keys");
  return reading.facts;
}

const reportedBy = ({ keys: told }: UserKeys) => told.map(({ ending, reported }: AccessKey) => [ending, reported]);

describe("the readings", () => {
  it("are of the account and of each user, of nothing else", async () => {
    report(reportRow("ann"), reportRow("bob"));
    list(user("ann"), user("bob"));
    const { found, brokenOff } = await readings();
    expect(found.map(({ resource }) => resource)).toMatchObject([
      { type: "AWS::::Account", id: accountId, arn: null },
      { type: "AWS::IAM::User", id: "AIDAann" },
      { type: "AWS::IAM::User", id: "AIDAbob" },
    ]);
    expect(brokenOff).toBeNull();
    expect(iam.commandCalls(ListAccessKeysCommand)).toHaveLength(0);
  });

  it("of resources are of those asked for, and nothing is read for others", async () => {
    report(reportRow("ann"));
    const account = await readings({}, { kind: "resources", resources: [{ type: "AWS::::Account", id: accountId }] });
    expect(account.found).toMatchObject([{ facts: { kind: "root", keys: { value: [] } } }]);
    expect(iam.commandCalls(GetAccountAuthorizationDetailsCommand)).toHaveLength(0);
    iam.resetHistory();
    expect(await readings({}, { kind: "resources", resources: [{ type: "AWS::EC2::VPC", id: "vpc-1" }] })).toEqual({
      found: [],
      brokenOff: null,
    });
    expect(iam.calls()).toHaveLength(0);
  });

  it("leave out whom a pattern exempts, before anything of his is read", async () => {
    report(reportRow("ann", { keys: [{ active: "true", rotated: september }] }));
    const { found } = await readings({ exempt: ["*:user/a*"] });
    expect(found[1]).toMatchObject({ exempt: "*:user/a* (exemptPrincipals)" });
    expect(iam.commandCalls(ListAccessKeysCommand)).toHaveLength(0);
  });

  it("end where the listing of users breaks off, after those that were listed", async () => {
    report(reportRow("ann"));
    iam
      .on(GetAccountAuthorizationDetailsCommand)
      .resolvesOnce(page({ UserDetailList: [user("ann")], IsTruncated: true, Marker: "two" }))
      .rejects(awsError("Throttling"));
    const { found, brokenOff } = await readings();
    expect(found).toHaveLength(2);
    expect(brokenOff).toMatchObject({ call: "iam:GetAccountAuthorizationDetails", lasting: false });
  });

  it("find a user gone who was deleted since he was listed", async () => {
    report(reportRow("ann", { keys: [{ active: "true", rotated: september }] }));
    iam.on(ListAccessKeysCommand).rejects(awsError("NoSuchEntityException", "", 404));
    expect((await readings()).found[1]).toMatchObject({ resource: { name: "ann" }, gone: true });
  });
});

describe("the root user's keys", () => {
  it("are unread where the report has no row of them", async () => {
    const Content = new TextEncoder().encode(reportOf(reportRow("ann")));
    iam.on(GetCredentialReportCommand).resolves({ Content, GeneratedTime: generatedTime });
    const message = `on account ${accountId} answered without the root user`;
    expect((await readings()).found[0]).toMatchObject({
      facts: { keys: { unread: { call: "iam:GetCredentialReport", message, lasting: true } } },
    });
  });

  it("are asked of the account's summary where the report is no evidence", async () => {
    iam.on(GetAccountSummaryCommand).resolves({ SummaryMap: { AccountAccessKeysPresent: 0 } });
    keys();
    expect((await readings({ evidence: ["accessKeyLastUsed"] })).found[0]).toMatchObject({
      facts: { keys: { value: [] }, reportedAt: null },
    });
    expect(iam.commandCalls(GenerateCredentialReportCommand)).toHaveLength(0);
  });
});

describe("a user's keys", () => {
  it("of which none is active are the report's", async () => {
    report(reportRow("ann", { password: "true", keys: [{ active: "false", rotated: september, used: ofDynamoDb }] }));
    expect(await userKeys()).toMatchObject({
      hasPassword: true,
      keysUnread: null,
      reportedAt: generatedTime,
      keys: [{ ending: null, isActive: false, reported: { value: use("dynamodb") }, lastUsed: null }],
    });
    expect(iam.commandCalls(ListAccessKeysCommand)).toHaveLength(0);
  });

  it("are listed where the report has an active one, and it is the list that tells which are active", async () => {
    report(reportRow("ann", { keys: [{ active: "true", rotated: september }] }));
    keys(["AAAA", september, "Inactive"]);
    expect(await userKeys()).toMatchObject({ keys: [{ ending: "...AAAA", isActive: false, lastUsed: null }] });
    expect(iam.commandCalls(GetAccessKeyLastUsedCommand)).toHaveLength(0);
  });

  it("are asked for their last use where the report is no proof", async () => {
    report(reportRow("ann", { keys: [{ active: "true", rotated: september, used: ofS3 }] }));
    keys(["AAAA", september]);
    expect(await userKeys()).toMatchObject({
      keys: [{ ending: "...AAAA", reported: { value: use("s3") }, lastUsed: { value: null } }],
    });
  });

  it("are not asked where the report is proof, or their own word is no evidence", async () => {
    report(reportRow("ann", { keys: [{ active: "true", rotated: september, used: ofDynamoDb }] }));
    keys(["AAAA", september]);
    expect(await userKeys()).toMatchObject({ keys: [{ lastUsed: null }] });
    report(reportRow("ann", { keys: [{ active: "true", rotated: september, used: ofS3 }] }));
    expect(await userKeys({ evidence: ["credentialReport"] })).toMatchObject({ keys: [{ lastUsed: null }] });
    expect(iam.commandCalls(GetAccessKeyLastUsedCommand)).toHaveLength(0);
  });

  it("of a user who is not in the report are listed, and tell for themselves", async () => {
    report();
    keys(["AAAA", september]);
    expect(await userKeys()).toMatchObject({
      hasPassword: null,
      keys: [{ ending: "...AAAA", reported: null, lastUsed: { value: null } }],
    });
  });

  it("of a user whose row cannot be read lack the report's word", async () => {
    report("ann,cut off");
    keys(["AAAA", september]);
    const unread = { call: "iam:GetCredentialReport", lasting: true };
    expect(await userKeys()).toMatchObject({ keys: [{ reported: { unread }, lastUsed: { value: null } }] });
  });

  it("that cannot be listed are those active in the report, if it tells any", async () => {
    report(reportRow("ann", { keys: [{ active: "true", rotated: september, used: ofDynamoDb }] }));
    iam.on(ListAccessKeysCommand).rejects(awsError("Throttling"));
    const unread = { call: "iam:ListAccessKeys", lasting: false };
    expect(await userKeys()).toMatchObject({
      keysUnread: unread,
      keys: [{ ending: null, isActive: true, reported: { value: use("dynamodb") }, lastUsed: { unread } }],
    });
    iam.on(GetCredentialReportCommand).rejects(awsError("AccessDenied"));
    expect(await userKeys()).toMatchObject({ keysUnread: unread, keys: [] });
  });

  it.each([
    ["are asked for where they can still tell something", true, 1],
    ["are not where they cannot", false, 0],
  ])("service last accessed details %s", async (_name, isOpen, jobs) => {
    report(reportRow("ann", { keys: [{ active: "true", rotated: september }] }));
    keys(["AAAA", september]);
    iam.on(GenerateServiceLastAccessedDetailsCommand).resolves({ JobId: "job-1" });
    iam
      .on(GetServiceLastAccessedDetailsCommand)
      .resolves({ JobStatus: "COMPLETED", ServicesLastAccessed: [], IsTruncated: false });
    const { serviceUses } = await userKeys({ evidence: evidences, isOpen: () => isOpen });
    expect(serviceUses).toEqual(isOpen ? { value: [] } : null);
    expect(iam.commandCalls(GenerateServiceLastAccessedDetailsCommand)).toHaveLength(jobs);
  });
});

describe("which of the report's keys is which", () => {
  const first = { active: "true", rotated: september, used: ofDynamoDb };
  const second = { active: "true", rotated: october, used: ofS3 };
  const dynamoDb = { value: use("dynamodb") };
  const s3 = { value: use("s3") };

  it("tell the dates of their creation, whatever the order", async () => {
    report(reportRow("ann", { keys: [first, second] }));
    keys(["BBBB", "2025-10-01T00:00:00.900Z"], ["AAAA", september]);
    expect(reportedBy(await userKeys())).toEqual([
      ["...BBBB", s3],
      ["...AAAA", dynamoDb],
    ]);
  });

  it("tells that one is left, whose state was changed after it was made", async () => {
    report(reportRow("ann", { keys: [first, second] }));
    keys(["AAAA", september], ["BBBB", "2025-09-15T00:00:00Z"]);
    expect(reportedBy(await userKeys())).toEqual([
      ["...AAAA", dynamoDb],
      ["...BBBB", s3],
    ]);
  });

  const untold: Record<string, [rows: (typeof first)[], listed: Listed[], told: unknown[]]> = {
    "a key that is younger than the report": [[first], [["CCCC", "2025-12-31T22:00:00Z"]], [null]],
    "a key that was made after the only one left": [[first], [["CCCC", october]], [null]],
    "two keys of the same second": [
      [first, { ...second, rotated: september }],
      [
        ["AAAA", september],
        ["BBBB", september],
      ],
      [null, null],
    ],
    "a key left of two of the same second": [[first, { ...second, rotated: september }], [["AAAA", september]], [null]],
    "two keys that both changed": [
      [first, second],
      [
        ["AAAA", "2025-08-01T00:00:00Z"],
        ["BBBB", "2025-08-02T00:00:00Z"],
      ],
      [null, null],
    ],
  };
  it.each(Object.entries(untold))("is not told of %s", async (_name, [rows, listed, told]) => {
    report(reportRow("ann", { keys: rows }));
    keys(...listed);
    expect(reportedBy(await userKeys()).map(([, reported]) => reported)).toEqual(told);
  });
});
