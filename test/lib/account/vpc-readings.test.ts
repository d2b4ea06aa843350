import {
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readVpcs, type VpcFacts, type VpcQuestions } from "../../../lib/account/vpc-readings.ts";
import type { Reading, ResourceKey, Scope } from "../../../lib/rule.ts";
import { accountId, awsError, region, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(EC2Client);
let ec2: ReturnType<typeof mock>;
beforeEach(() => {
  ec2 = mock();
  ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [{ SubnetId: "subnet-1", VpcId: "vpc-1" }] });
  ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [{ RouteTableId: "rtb-2", VpcId: "vpc-2" }] });
  ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints: [] });
  ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [{ VpcId: "vpc-1", SubnetId: "subnet-1" }] });
});
afterEach(() => ec2.restore());

const whole: Scope = { kind: "account", lastJudged: () => 0 };
const services = ["com.amazonaws.us-east-1.dynamodb"];
const questions: VpcQuestions = { exempt: null, services, networkInterfaces: true };

const vpc = (VpcId: string, ...tags: [Key: string, Value: string][]) => ({
  VpcId,
  OwnerId: accountId,
  Tags: tags.map(([Key, Value]) => ({ Key, Value })),
});

function changed(...ids: string[]): Scope {
  return { kind: "resources", resources: ids.map((id): ResourceKey => ({ type: "AWS::EC2::VPC", id })) };
}

async function readingsOf(
  scope: Scope = whole,
  asked: Partial<VpcQuestions> = {},
): Promise<{ readings: Reading<VpcFacts>[]; brokenOff?: unknown }> {
  const readings: Reading<VpcFacts>[] = [];
  try {
    for await (const reading of readVpcs(sessionOf(), scope, { ...questions, ...asked })) readings.push(reading);
    return { readings };
  } catch (error) {
    if (!(error instanceof Error && "unread" in error)) throw error;
    return { readings, brokenOff: error.unread };
  }
}

const idsOf = ({ readings }: { readings: readonly Reading<VpcFacts>[] }) => readings.map(({ resource }) => resource.id);

/** How often each command was sent. */
function calls(): Record<string, number> {
  const names = ec2.calls().map(({ args }) => args[0].constructor.name);
  return Object.fromEntries(
    Object.entries(Object.groupBy(names, (name) => name)).map(([name, all]) => [name, all?.length ?? 0]),
  );
}

describe("the VPCs of a region", () => {
  it("are read in five calls, however many they are, and each gets what is its own", async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [vpc("vpc-1", ["Name", "shop"]), { ...vpc("vpc-2"), OwnerId: "2" }] });
    const shared = { accountId, region, vpcEndpoints: { value: [] } };
    const lan = { vpcId: "vpc-1", subnetId: "subnet-1", interfaceType: null, requesterId: null, status: null };
    expect(await readingsOf()).toEqual({
      readings: [
        {
          resource: { type: "AWS::EC2::VPC", id: "vpc-1", name: "shop", arn: null },
          facts: {
            ...shared,
            vpcId: "vpc-1",
            ownerId: accountId,
            subnets: { value: [{ subnetId: "subnet-1", vpcId: "vpc-1" }] },
            routeTables: { value: [] },
            networkInterfaces: { value: [lan] },
          },
        },
        {
          resource: { type: "AWS::EC2::VPC", id: "vpc-2", name: "vpc-2", arn: null },
          facts: {
            ...shared,
            vpcId: "vpc-2",
            ownerId: "2",
            subnets: { value: [] },
            routeTables: { value: [{ routeTableId: "rtb-2", vpcId: "vpc-2", associations: [] }] },
            networkInterfaces: { value: [] },
          },
        },
      ],
    });
    expect(Object.values(calls())).toEqual([1, 1, 1, 1, 1]);
  });

  it("come in the order in which they were last judged", async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: ["vpc-1", "vpc-2", "vpc-3"].map((id) => vpc(id)) });
    const times: Record<string, number> = { "vpc-1": 3, "vpc-2": 0, "vpc-3": 2 };
    const scope: Scope = {
      kind: "account",
      lastJudged: ({ type, id }) => (type === "AWS::EC2::VPC" && times[id]) || 0,
    };
    expect(idsOf(await readingsOf(scope))).toEqual(["vpc-2", "vpc-3", "vpc-1"]);
  });

  it("have interfaces that nobody asked for, and none is made up", async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [vpc("vpc-1")] });
    const { readings } = await readingsOf(whole, { networkInterfaces: false });
    expect(readings).toMatchObject([
      { facts: { networkInterfaces: { unread: { call: "ec2:DescribeNetworkInterfaces", lasting: true } } } },
    ]);
    expect(calls()).not.toHaveProperty("DescribeNetworkInterfacesCommand");
  });

  it("that carry the exempting tag are set apart, the others read", async () => {
    ec2.on(DescribeVpcsCommand).resolves({
      Vpcs: [vpc("vpc-1", ["stage", "sandbox-7"]), vpc("vpc-2", ["stage", "live"]), vpc("vpc-3", ["Stage", "sandbox"])],
    });
    const { readings } = await readingsOf(whole, { exempt: "stage=sandbox*" });
    expect(readings).toMatchObject([
      { resource: { id: "vpc-1" }, exempt: "tag stage=sandbox* (exemptResourceTag)" },
      { resource: { id: "vpc-2" }, facts: { vpcId: "vpc-2" } },
      { resource: { id: "vpc-3" }, facts: { vpcId: "vpc-3" } },
    ]);
  });

  it("that are all exempt cost no read but their own", async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [vpc("vpc-1", ["stage", "sandbox"])] });
    expect(idsOf(await readingsOf(whole, { exempt: "stage=sandbox" }))).toEqual(["vpc-1"]);
    expect(calls()).toEqual({ DescribeVpcsCommand: 1 });
  });

  it("that there are none of cost no other read", async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [] });
    expect(await readingsOf()).toEqual({ readings: [] });
    expect(calls()).toEqual({ DescribeVpcsCommand: 1 });
  });

  it.each([
    ["subnets", DescribeSubnetsCommand],
    ["routeTables", DescribeRouteTablesCommand],
    ["vpcEndpoints", DescribeVpcEndpointsCommand],
    ["networkInterfaces", DescribeNetworkInterfacesCommand],
  ] as const)("have unread %s where that read fails, each of them, and all else", async (fact, Command) => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [vpc("vpc-1"), vpc("vpc-2")] });
    ec2.on(Command as unknown as typeof DescribeSubnetsCommand).rejects(awsError("UnauthorizedOperation"));
    const { readings } = await readingsOf();
    const unread = readings.map((reading) =>
      "facts" in reading
        ? Object.entries(reading.facts).flatMap(([name, value]) =>
            typeof value === "object" && "unread" in value ? [name] : [],
          )
        : [],
    );
    expect(unread).toEqual([[fact], [fact]]);
  });
});

describe("a listing of VPCs that breaks off", () => {
  const throttled = {
    call: "ec2:DescribeVpcs",
    message: "on region us-east-1 was throttled past the retries",
    lasting: false,
  };

  it("still gives those that were listed, then the reason", async () => {
    ec2
      .on(DescribeVpcsCommand)
      .resolvesOnce({ Vpcs: [vpc("vpc-1"), vpc("vpc-2", ["stage", "sandbox"])], NextToken: "two" })
      .rejects(awsError("RequestLimitExceeded", "", 503));
    const found = await readingsOf(whole, { exempt: "stage=sandbox" });
    expect(found).toMatchObject({
      readings: [{ facts: { vpcId: "vpc-1" } }, { exempt: "tag stage=sandbox (exemptResourceTag)" }],
      brokenOff: throttled,
    });
  });

  it("before the first is nothing but the reason", async () => {
    ec2.on(DescribeVpcsCommand).rejects(awsError("RequestLimitExceeded", "", 503));
    expect(await readingsOf()).toEqual({ readings: [], brokenOff: throttled });
  });

  it("leaves the VPC of a change unread", async () => {
    ec2.on(DescribeVpcsCommand).rejects(awsError("RequestLimitExceeded", "", 503));
    expect(await readingsOf(changed("vpc-1"))).toEqual({
      readings: [{ resource: { type: "AWS::EC2::VPC", id: "vpc-1", name: "vpc-1", arn: null }, unread: throttled }],
    });
  });
});

describe("the VPC of a change", () => {
  it("is all that is asked about", async () => {
    const Filters = [{ Name: "vpc-id", Values: ["vpc-1"] }];
    ec2.on(DescribeVpcsCommand, { Filters }).resolves({ Vpcs: [vpc("vpc-1")] });
    expect(idsOf(await readingsOf(changed("vpc-1")))).toEqual(["vpc-1"]);
    for (const { args } of ec2.calls())
      expect(args[0].input).toMatchObject({ Filters: expect.arrayContaining(Filters) });
  });

  it("that is not there any more is gone", async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [] });
    expect(await readingsOf(changed("vpc-1"))).toEqual({
      readings: [{ resource: { type: "AWS::EC2::VPC", id: "vpc-1", name: "vpc-1", arn: null }, gone: true }],
    });
  });

  it("that touches none costs no read", async () => {
    expect(await readingsOf(changed())).toEqual({ readings: [] });
    expect(calls()).toEqual({});
  });
});
