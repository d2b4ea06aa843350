import {
  DescribeTableCommand,
  DynamoDBClient,
  GetResourcePolicyCommand,
  ListTablesCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeVpcEndpointsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetAccountAuthorizationDetailsCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { VpceOnlyFacts } from "../../../lib/account/vpce-only-facts.ts";
import { readVpceOnly } from "../../../lib/account/vpce-only-readings.ts";
import { all, awsError, denied, sessionOf } from "../../fakes/account.ts";
import { inline, page, role, user } from "../../fakes/iam-answers.ts";
import { wholeAccount } from "../../outcomes.ts";

const mocks = () => ({
  dynamodb: mockClient(DynamoDBClient),
  ec2: mockClient(EC2Client),
  iam: mockClient(IAMClient),
  tagging: mockClient(ResourceGroupsTaggingAPIClient),
});
let aws: ReturnType<typeof mocks>;
const arn = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
const stream = `${arn}/stream/2026-01-01T00:00:00.000`;
const described = {
  TableArn: arn,
  TableStatus: "ACTIVE" as const,
  LatestStreamArn: stream,
  StreamSpecification: { StreamEnabled: true },
  GlobalSecondaryIndexes: [{ IndexName: "ByDate" }],
  LocalSecondaryIndexes: [{ IndexName: "ByState" }],
};
const noPolicy = awsError("PolicyNotFoundException");

beforeEach(() => {
  aws = mocks();
  aws.dynamodb.on(ListTablesCommand).resolves({ TableNames: ["Orders"] });
  aws.dynamodb.on(DescribeTableCommand).resolves({ Table: described });
  aws.dynamodb.on(GetResourcePolicyCommand).rejects(noPolicy);
  aws.ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints: [] });
  aws.iam
    .on(GetAccountAuthorizationDetailsCommand)
    .resolves(
      page({ RoleDetailList: [role("app", { RolePolicyList: inline("reads") })], UserDetailList: [user("ann")] }),
    );
  aws.tagging.on(GetResourcesCommand).resolves({
    ResourceTagMappingList: [{ ResourceARN: arn, Tags: [{ Key: "env", Value: "prod" }] }],
  });
});
afterEach(() => {
  for (const mock of Object.values(aws)) mock.restore();
});

async function read(streams = false): Promise<VpceOnlyFacts> {
  const questions = { exempt: null, streams, services: ["com.amazonaws.us-east-1.dynamodb"] };
  const [reading, ...others] = await all(readVpceOnly(sessionOf(), wholeAccount, questions));
  expect(others).toEqual([]);
  if (reading === undefined || !("facts" in reading)) throw new Error(`no facts: ${JSON.stringify(reading)}`);
  return reading.facts;
}

it("a table's indexes of either kind, its policy, and what is around it", async () => {
  const facts = await read();
  expect(facts).toMatchObject({
    tableName: "Orders",
    indexNames: ["ByDate", "ByState"],
    resourcePolicy: { value: null },
    stream: null,
    surroundings: { principalsUnread: null, vpcEndpoints: { value: [] } },
  });
  expect(facts.surroundings.principals.map(({ name }) => name)).toEqual(["app", "ann"]);
  expect("value" in facts.surroundings.tags && facts.surroundings.tags.value.get("Orders")).toEqual({ env: "prod" });
});

it("the stream's policy is read where the stream is judged", async () => {
  aws.dynamodb.on(GetResourcePolicyCommand, { ResourceArn: stream }).resolves({ Policy: "{}", RevisionId: "4" });
  expect((await read(true)).stream).toEqual({
    arn: stream,
    resourcePolicy: { value: { policy: "{}", revisionId: "4" } },
  });
});

it("a refused policy, refused endpoints and refused tags stay unread, each by itself", async () => {
  aws.dynamodb
    .on(GetResourcePolicyCommand)
    .rejects(denied("dynamodb:GetResourcePolicy", arn, "because no policy allows it"));
  aws.ec2.on(DescribeVpcEndpointsCommand).rejects(awsError("UnauthorizedOperation"));
  aws.tagging.on(GetResourcesCommand).rejects(awsError("AccessDeniedException"));
  const { resourcePolicy, surroundings } = await read();
  expect(resourcePolicy).toMatchObject({ unread: { call: "dynamodb:GetResourcePolicy", lasting: true } });
  expect(surroundings.vpcEndpoints).toMatchObject({ unread: { call: "ec2:DescribeVpcEndpoints" } });
  expect(surroundings.tags).toMatchObject({ unread: { call: "tag:GetResources" } });
});

it("a listing of IAM that breaks off leaves principals that nobody knows", async () => {
  aws.iam
    .on(GetAccountAuthorizationDetailsCommand)
    .resolvesOnce(page({ RoleDetailList: [role("app")], IsTruncated: true, Marker: "2" }))
    .rejects(awsError("AccessDenied"));
  const { principals, principalsUnread } = (await read()).surroundings;
  expect(principals.map(({ name }) => name)).toEqual(["app"]);
  expect(principalsUnread).toMatchObject({ call: "iam:GetAccountAuthorizationDetails", lasting: true });
});

it("a role of which IAM tells no policies is read, and is incomplete", async () => {
  const { RolePolicyList: _, ...rest } = role("dark");
  aws.iam.on(GetAccountAuthorizationDetailsCommand).resolves(page({ RoleDetailList: [rest] }));
  const { principals } = (await read()).surroundings;
  expect(principals).toMatchObject([{ name: "dark", incomplete: { lasting: true } }]);
});
