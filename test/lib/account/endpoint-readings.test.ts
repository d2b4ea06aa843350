import { DescribeVpcEndpointsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readVpcEndpoints, type VpcEndpointFacts } from "../../../lib/account/endpoint-readings.ts";
import type { Reading, ResourceKey, Scope } from "../../../lib/rule.ts";
import { accountId, awsError, region, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(EC2Client);
let ec2: ReturnType<typeof mock>;
beforeEach(() => {
  ec2 = mock();
});
afterEach(() => ec2.restore());

const whole: Scope = { kind: "account", lastJudged: () => 0 };
const ServiceName = `com.amazonaws.${region}.dynamodb`;
const PolicyDocument = '{"Statement":[]}';

const described = (VpcEndpointId: string, ...tags: [Key: string, Value: string][]) => ({
  VpcEndpointId,
  VpcId: "vpc-1",
  VpcEndpointType: "Gateway" as const,
  ServiceName,
  State: "Available" as const,
  OwnerId: accountId,
  PolicyDocument,
  RouteTableIds: ["rtb-1"],
  Tags: tags.map(([Key, Value]) => ({ Key, Value })),
});
const resource = (id: string, name = id) => ({ type: "AWS::EC2::VPCEndpoint", id, name, arn: null });

function changed(...ids: string[]): Scope {
  return { kind: "resources", resources: ids.map((id): ResourceKey => ({ type: "AWS::EC2::VPCEndpoint", id })) };
}

async function readingsOf(
  scope: Scope = whole,
  exempt: string | null = null,
): Promise<{ readings: Reading<VpcEndpointFacts>[]; brokenOff?: unknown }> {
  const readings: Reading<VpcEndpointFacts>[] = [];
  try {
    for await (const reading of readVpcEndpoints(sessionOf(), scope, exempt)) readings.push(reading);
    return { readings };
  } catch (error) {
    if (!(error instanceof Error && "unread" in error)) throw error;
    return { readings, brokenOff: error.unread };
  }
}
const idsOf = ({ readings }: { readings: readonly Reading<VpcEndpointFacts>[] }) =>
  readings.map(({ resource: { id } }) => id);

describe("the VPC endpoints of a region", () => {
  it("are read in one call a page, whatever their service, each with its policy", async () => {
    const other = { ...described("vpce-2"), ServiceName: "com.amazonaws.us-east-1.s3", OwnerId: "444455556666" };
    ec2
      .on(DescribeVpcEndpointsCommand)
      .resolvesOnce({ VpcEndpoints: [described("vpce-1", ["Name", "shop"])], NextToken: "two" })
      .resolvesOnce({ VpcEndpoints: [{ ...other, PolicyDocument: undefined }] });
    const facts = {
      endpoint: {
        vpcEndpointId: "vpce-1",
        vpcId: "vpc-1",
        vpcEndpointType: "Gateway",
        serviceName: ServiceName,
        state: "Available",
        routeTableIds: ["rtb-1"],
        subnetIds: [],
        ownerId: accountId,
        tags: new Map([["Name", "shop"]]),
        policyDocument: PolicyDocument,
      },
      accountId,
      region,
      now: Date.parse("2026-01-01T00:00:00.000Z"),
    };
    const { endpoint } = facts;
    expect(await readingsOf()).toEqual({
      readings: [
        { resource: resource("vpce-1", "shop"), facts },
        {
          resource: resource("vpce-2"),
          facts: {
            ...facts,
            endpoint: {
              ...endpoint,
              vpcEndpointId: "vpce-2",
              serviceName: "com.amazonaws.us-east-1.s3",
              ownerId: "444455556666",
              tags: new Map(),
              policyDocument: null,
            },
          },
        },
      ],
    });
    expect(ec2.calls().map(({ args }) => (args[0].input as { Filters?: object }).Filters)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it("come in the order in which they were last judged", async () => {
    ec2
      .on(DescribeVpcEndpointsCommand)
      .resolves({ VpcEndpoints: ["vpce-1", "vpce-2", "vpce-3"].map((id) => described(id)) });
    const times: Record<string, number> = { "vpce-1": 3, "vpce-2": 0, "vpce-3": 2 };
    const scope: Scope = {
      kind: "account",
      lastJudged: ({ type, id }) => (type === "AWS::EC2::VPCEndpoint" && times[id]) || 0,
    };
    expect(idsOf(await readingsOf(scope))).toEqual(["vpce-2", "vpce-3", "vpce-1"]);
  });

  it("that carry the exempting tag are set apart", async () => {
    const VpcEndpoints = [described("vpce-1", ["stage", "sandbox-7"]), described("vpce-2", ["Stage", "sandbox"])];
    ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints });
    expect((await readingsOf(whole, "stage=sandbox*")).readings).toMatchObject([
      { resource: { id: "vpce-1" }, exempt: "tag stage=sandbox* (exemptResourceTag)" },
      { resource: { id: "vpce-2" }, facts: {} },
    ]);
  });

  it("are no fact without an owner, and an empty policy is none", async () => {
    const VpcEndpoints = [
      { ...described("vpce-1"), PolicyDocument: "" },
      { ...described("vpce-2"), OwnerId: undefined },
    ];
    ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints });
    expect(await readingsOf()).toMatchObject({
      readings: [{ facts: { endpoint: { policyDocument: null } } }],
      brokenOff: { message: "on region us-east-1 answered without the OwnerId of vpce-2", lasting: true },
    });
  });
});

describe("a listing of VPC endpoints that breaks off", () => {
  const refused = {
    call: "ec2:DescribeVpcEndpoints",
    message: "on region us-east-1 was denied. Allow it to the scanner",
    lasting: true,
  };

  it("still gives those that were listed, then the reason", async () => {
    ec2
      .on(DescribeVpcEndpointsCommand)
      .resolvesOnce({ VpcEndpoints: [described("vpce-1")], NextToken: "two" })
      .rejects(awsError("UnauthorizedOperation"));
    expect(await readingsOf()).toMatchObject({ readings: [{ resource: { id: "vpce-1" } }], brokenOff: refused });
  });

  it("leaves the endpoint of a change unread", async () => {
    ec2.on(DescribeVpcEndpointsCommand).rejects(awsError("UnauthorizedOperation"));
    expect(await readingsOf(changed("vpce-1"))).toEqual({
      readings: [{ resource: resource("vpce-1"), unread: refused }],
    });
  });
});

describe("the VPC endpoint of a change", () => {
  it("is all that is asked about, by a filter, which finds nothing where an id would fail the call", async () => {
    const Filters = [{ Name: "vpc-endpoint-id", Values: ["vpce-1", "vpce-2"] }];
    ec2.on(DescribeVpcEndpointsCommand, { Filters }).resolves({ VpcEndpoints: [described("vpce-1")] });
    expect(await readingsOf(changed("vpce-1", "vpce-2"))).toMatchObject({
      readings: [
        { resource: { id: "vpce-1" }, facts: {} },
        { resource: resource("vpce-2"), gone: true },
      ],
    });
    expect(ec2.calls()).toHaveLength(1);
  });

  it("that is of another type costs no read", async () => {
    expect(await readingsOf({ kind: "resources", resources: [{ type: "AWS::EC2::VPC", id: "vpc-1" }] })).toEqual({
      readings: [],
    });
    expect(ec2.calls()).toEqual([]);
  });
});
