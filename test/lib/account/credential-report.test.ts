import {
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  type GetCredentialReportCommandOutput,
  IAMClient,
} from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCredentialReport } from "../../../lib/account/credential-report.ts";
import { accountId, awsError, denied, sessionOf } from "../../fakes/account.ts";
import { reportOf, reportRow, rootRow } from "../../fakes/key-answers.ts";

const mock = () => mockClient(IAMClient);
let iam: ReturnType<typeof mock>;
beforeEach(() => {
  iam = mock();
  iam.on(GenerateCredentialReportCommand).resolves({ State: "COMPLETE" });
});
afterEach(() => iam.restore());

const read = () => readCredentialReport(sessionOf());
const generatedTime = new Date("2025-12-31T21:00:00.000Z");
const answers = (text: string, more: Partial<GetCredentialReportCommandOutput> = {}) =>
  iam
    .on(GetCredentialReportCommand)
    .resolves({ Content: new TextEncoder().encode(text), GeneratedTime: generatedTime, ...more });
const generate = "iam:GenerateCredentialReport";
const get = "iam:GetCredentialReport";
const unread = (call: string, message: string, lasting: boolean) => ({
  unread: { call, message: `on account ${accountId} ${message}`, lasting },
});

describe("the credential report", () => {
  it("tells each user's keys, their state and last use, and whether there is a password", async () => {
    const used = { date: "2026-01-01T10:00:00+00:00", service: "dynamodb", region: "us-east-1" };
    answers(
      reportOf(
        rootRow({}),
        reportRow("ann", { password: "true", keys: [{ active: "true", rotated: "2025-09-01T00:00:00+00:00", used }] }),
        reportRow("bob", {
          password: "FALSE",
          keys: [
            { active: "FALSE", rotated: "2025-08-01T00:00:00+00:00" },
            { active: "TRUE", rotated: "2025-09-01T00:00:00+00:00" },
          ],
        }),
        reportRow("eve", { password: "no_information" }),
      ),
    );
    const report = await read();
    if ("unread" in report) throw new Error(report.unread.message);
    const key = { ending: null, lastUsed: null };
    const september = new Date("2025-09-01T00:00:00Z");
    expect([...report.value.users]).toEqual([
      [
        `arn:aws:iam::${accountId}:user/ann`,
        {
          hasPassword: true,
          keys: [
            {
              ...key,
              isActive: true,
              createDate: september,
              reported: { value: { date: new Date("2026-01-01T10:00:00Z"), service: "dynamodb", region: "us-east-1" } },
            },
          ],
        },
      ],
      [
        `arn:aws:iam::${accountId}:user/bob`,
        {
          hasPassword: false,
          keys: [
            { ...key, isActive: false, createDate: new Date("2025-08-01T00:00:00Z"), reported: { value: null } },
            { ...key, isActive: true, createDate: september, reported: { value: null } },
          ],
        },
      ],
      [`arn:aws:iam::${accountId}:user/eve`, { hasPassword: null, keys: [] }],
    ]);
    expect(report.value).toMatchObject({ root: { hasPassword: null, keys: [] }, incomplete: null, generatedTime });
  });

  it("is asked for until it is there", async () => {
    iam
      .on(GenerateCredentialReportCommand)
      .resolvesOnce({ State: "STARTED" })
      .resolvesOnce({ State: "INPROGRESS" })
      .resolves({ State: "COMPLETE" });
    answers(reportOf(rootRow({})));
    expect(await read()).toMatchObject({ value: { generatedTime } });
    expect(iam.commandCalls(GenerateCredentialReportCommand)).toHaveLength(3);
    expect(iam.commandCalls(GetCredentialReportCommand)).toHaveLength(1);
  });

  it("that is never there is given up, as something that passes", async () => {
    iam.on(GenerateCredentialReportCommand).resolves({ State: "INPROGRESS" });
    expect(await read()).toEqual(unread(generate, "was not done in time", false));
    expect(iam.commandCalls(GetCredentialReportCommand)).toHaveLength(0);
  });

  it("of a service that is not told has none, and a use that was long ago has a date only", async () => {
    const used = { date: "2015-01-01T10:00:00+00:00", service: "not_supported", region: "N/A" };
    answers(reportOf(rootRow({ keys: [{ active: "true", rotated: "2014-09-01T00:00:00+00:00", used }] })));
    expect(await read()).toMatchObject({
      value: { root: { keys: [{ reported: { value: { service: null, region: null } } }] } },
    });
  });

  it("names users that have a comma, in quotation marks", async () => {
    const row = reportRow("a,b")
      .replaceAll("a,b", '"a,b"')
      .replace(/arn:[^,]*user\/"a,b"/, '"arn:aws:iam::1:user/a,b"');
    answers(reportOf(row));
    expect(await read()).toMatchObject({ value: { users: new Map([["arn:aws:iam::1:user/a,b", { keys: [] }]]) } });
  });

  const malformed: Record<string, [text: string, message: string]> = {
    "a column": [reportOf().replace("access_key_2_active,", ""), "the column access_key_2_active"],
    anything: ["", "the column user"],
  };
  it.each(Object.entries(malformed))("without %s is no report", async (_name, [text, missing]) => {
    answers(text);
    expect(await read()).toEqual(unread(get, `answered without ${missing}`, true));
  });

  const halves: Record<string, [row: string, missing: string]> = {
    "whose state is no flag": [reportRow("ann", { keys: [{ active: "N/A" }] }), "access_key_1_active of ann"],
    "with a comma too many": [reportRow("a,nn"), "all fields of a"],
    "that breaks off": ["ann,arn:aws:iam::123456789012:user/ann,2025", "all fields of ann"],
  };
  it.each(Object.entries(halves))("leaves out a row %s, and says so", async (_name, [row, missing]) => {
    answers(reportOf(rootRow({}), row, reportRow("bob")));
    const report = await read();
    expect(report).toMatchObject({
      value: { incomplete: unread(get, `answered without ${missing}`, true).unread, root: { keys: [] } },
    });
    expect("value" in report && [...report.value.users.keys()]).toEqual([`arn:aws:iam::${accountId}:user/bob`]);
  });

  it("with a last use that nobody understands leaves that use unread", async () => {
    const used = { date: "yesterday", service: "s3", region: "us-east-1" };
    answers(reportOf(reportRow("ann", { keys: [{ active: "true", rotated: "2025-09-01T00:00:00+00:00", used }] })));
    const reported = {
      unread: {
        call: get,
        message: `on account ${accountId}, user ann answered without a date in access_key_1_last_used_date`,
        lasting: true,
      },
    };
    const report = await read();
    expect("value" in report && [...report.value.users.values()]).toMatchObject([{ keys: [{ reported }] }]);
  });

  const failures: Record<string, [error: Error, message: string, lasting: boolean]> = {
    throttling: [awsError("Throttling"), "was throttled past the retries", false],
    "the limit of reports": [awsError("LimitExceededException"), "was throttled past the retries", false],
    "a refusal": [
      denied(generate, "*", "because no identity-based policy allows it"),
      "was denied. Allow it to role/dynamodb-table-encryption",
      true,
    ],
    "a report that is not there": [awsError("CredentialReportNotPresentException"), "was not ready", false],
    "a report that is not ready": [awsError("CredentialReportNotReadyException"), "was not ready", false],
    "a report that has expired": [awsError("CredentialReportExpiredException"), "was not ready", false],
  };
  it.each(Object.entries(failures))("is unread on %s, of either call", async (_name, [error, message, lasting]) => {
    iam.on(GetCredentialReportCommand).rejects(error);
    expect(await read()).toEqual(unread(get, message, lasting));
    iam.on(GenerateCredentialReportCommand).rejects(error);
    expect(await read()).toEqual(unread(generate, message, lasting));
  });

  it("is unread where the answer lacks what it always has, or the report is old", async () => {
    iam.on(GetCredentialReportCommand).resolves({ GeneratedTime: generatedTime });
    expect(await read()).toEqual(unread(get, "answered without Content", true));
    iam.on(GetCredentialReportCommand).resolves({ Content: new Uint8Array() });
    expect(await read()).toEqual(unread(get, "answered without GeneratedTime", true));
    answers(reportOf(), { GeneratedTime: new Date("2025-12-30T23:59:59.000Z") });
    expect(await read()).toEqual(unread(get, "answered with the old report of 2025-12-30T23:59:59.000Z", false));
    iam.on(GenerateCredentialReportCommand).resolves({});
    expect(await read()).toEqual(unread(generate, "answered without a State that is known", true));
  });
});
