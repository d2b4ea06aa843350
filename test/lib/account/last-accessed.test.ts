import {
  GenerateServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsCommand,
  type GetServiceLastAccessedDetailsCommandOutput,
  IAMClient,
} from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lastAccessedReader } from "../../../lib/account/last-accessed.ts";
import { accountId, awsError, denied, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(IAMClient);
let iam: ReturnType<typeof mock>;
beforeEach(() => {
  iam = mock();
  iam.on(GenerateServiceLastAccessedDetailsCommand).resolves({ JobId: "job-1" });
});
afterEach(() => iam.restore());

const arn = `arn:aws:iam::${accountId}:user/ann`;
const read = () => lastAccessedReader(sessionOf(), ["dynamodb", "dax"])({ arn, name: "ann" });
const generate = "iam:GenerateServiceLastAccessedDetails";
const get = "iam:GetServiceLastAccessedDetails";
const unread = (call: string, message: string, lasting: boolean) => ({
  unread: { call, message: `on user ann ${message}`, lasting },
});

const at = new Date("2026-01-01T10:00:00.000Z");
const used = (ServiceNamespace: string) => ({
  ServiceName: ServiceNamespace,
  ServiceNamespace,
  LastAuthenticated: at,
  LastAuthenticatedRegion: "eu-west-1",
});
type Page = Partial<GetServiceLastAccessedDetailsCommandOutput>;
const page = (more: Page): Page => ({ JobStatus: "COMPLETED", IsTruncated: false, ServicesLastAccessed: [], ...more });
const running: Page = { JobStatus: "IN_PROGRESS", ServicesLastAccessed: [] };

describe("service last accessed details", () => {
  it("are those of the services asked about, of all pages", async () => {
    iam
      .on(GetServiceLastAccessedDetailsCommand, { JobId: "job-1", MaxItems: 1_000 })
      .resolves(page({ ServicesLastAccessed: [used("s3"), used("dynamodb")], IsTruncated: true, Marker: "two" }))
      .on(GetServiceLastAccessedDetailsCommand, { JobId: "job-1", MaxItems: 1_000, Marker: "two" })
      .resolves(page({ ServicesLastAccessed: [{ ServiceName: "DAX", ServiceNamespace: "dax" }, used("sts")] }));
    expect(await read()).toEqual({
      value: [
        { service: "dynamodb", lastAuthenticated: at, region: "eu-west-1" },
        { service: "dax", lastAuthenticated: null, region: null },
      ],
    });
    expect(iam.commandCalls(GenerateServiceLastAccessedDetailsCommand)[0]?.args[0].input).toEqual({ Arn: arn });
  });

  it("are asked for until the job is done", async () => {
    iam
      .on(GetServiceLastAccessedDetailsCommand)
      .resolvesOnce(running)
      .resolvesOnce(running)
      .resolves(page({ ServicesLastAccessed: [used("dynamodb")] }));
    expect(await read()).toMatchObject({ value: [{ service: "dynamodb" }] });
    expect(iam.commandCalls(GetServiceLastAccessedDetailsCommand)).toHaveLength(3);
    expect(iam.commandCalls(GenerateServiceLastAccessedDetailsCommand)).toHaveLength(1);
  });

  it("of a job that is never done are unread, as something that passes", async () => {
    iam.on(GetServiceLastAccessedDetailsCommand).resolves(running);
    expect(await read()).toEqual(unread(get, "was not done in time", false));
  });

  it("of a job that failed are unread, with IAM's reason", async () => {
    iam.on(GetServiceLastAccessedDetailsCommand).resolves({
      JobStatus: "FAILED",
      Error: { Code: "AccessDenied", Message: "no access" },
    });
    expect(await read()).toEqual(unread(get, "failed: no access", true));
    iam.on(GetServiceLastAccessedDetailsCommand).resolves({ JobStatus: "FAILED" });
    expect(await read()).toEqual(unread(get, "failed: IAM did not say why", true));
  });

  it.each([
    ["a JobStatus that is known", page({ JobStatus: undefined })],
    ["ServicesLastAccessed", page({ ServicesLastAccessed: undefined })],
    [
      "a service's ServiceNamespace",
      page({ ServicesLastAccessed: [{ ServiceName: "S3", ServiceNamespace: undefined }] }),
    ],
    ["Marker", page({ IsTruncated: true })],
  ])("are unread without %s", async (missing, answer) => {
    iam.on(GetServiceLastAccessedDetailsCommand).resolves(answer);
    expect(await read()).toEqual(unread(get, `answered without ${missing}`, true));
  });

  it("are unread without a job", async () => {
    iam.on(GenerateServiceLastAccessedDetailsCommand).resolves({});
    expect(await read()).toEqual(unread(generate, "answered without JobId", true));
  });

  it.each([
    ["throttling", awsError("Throttling"), "was throttled past the retries", false],
    [
      "a refusal",
      denied(generate, arn, "because no identity-based policy allows it"),
      "was denied. Allow it to role/dynamodb-table-encryption",
      true,
    ],
  ] as const)("are unread on %s, of either call", async (_name, error, message, lasting) => {
    iam.on(GetServiceLastAccessedDetailsCommand).rejects(error);
    expect(await read()).toEqual(unread(get, message, lasting));
    iam.on(GenerateServiceLastAccessedDetailsCommand).rejects(error);
    expect(await read()).toEqual(unread(generate, message, lasting));
  });

  it("that break off on a later page are unread whole", async () => {
    iam
      .on(GetServiceLastAccessedDetailsCommand)
      .resolvesOnce(page({ ServicesLastAccessed: [used("s3")], IsTruncated: true, Marker: "two" }))
      .rejects(awsError("Throttling"));
    expect(await read()).toEqual(unread(get, "was throttled past the retries", false));
  });
});
