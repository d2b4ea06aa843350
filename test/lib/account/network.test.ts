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
import {
  listNetworkInterfaces,
  listRouteTables,
  listSubnets,
  listVpcEndpoints,
  listVpcs,
} from "../../../lib/account/network.ts";
import { awsError, networkError, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(EC2Client);
let ec2: ReturnType<typeof mock>;
beforeEach(() => {
  ec2 = mock();
});
afterEach(() => ec2.restore());

const session = sessionOf();
const services = ["com.amazonaws.us-east-1.dynamodb", "com.amazonaws.us-east-1.dynamodb-fips"];
const OwnerId = "123456789012";

// As EC2 words a refusal.
const denied = awsError(
  "UnauthorizedOperation",
  "You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/dynamodb-vpc-endpoint/run-1 is not authorized to perform: ec2:Describe because no identity-based policy allows the ec2:Describe action",
  403,
);

/** Each listing: what it asks of the whole region and of some VPCs, a page, and what it makes of it. */
const listings = {
  DescribeVpcs: {
    Command: DescribeVpcsCommand,
    list: async (vpcIds: readonly string[] | null) => {
      const { items, brokenOff } = await listVpcs(session, vpcIds);
      return brokenOff === null ? { value: items } : { unread: brokenOff };
    },
    pageSize: 1000,
    filters: [],
    field: "Vpcs",
    item: { VpcId: "vpc-1", OwnerId, Tags: [{ Key: "Name", Value: "shop" }, { Key: "use" }] },
    read: {
      vpcId: "vpc-1",
      ownerId: OwnerId,
      tags: new Map([
        ["Name", "shop"],
        ["use", ""],
      ]),
    },
    bare: { item: { VpcId: "vpc-1", OwnerId }, read: { vpcId: "vpc-1", ownerId: OwnerId, tags: new Map() } },
    lacking: { VpcId: "a VpcId", OwnerId: "the OwnerId of vpc-1" },
  },
  DescribeSubnets: {
    Command: DescribeSubnetsCommand,
    list: (vpcIds: readonly string[] | null) => listSubnets(session, vpcIds),
    pageSize: 1000,
    filters: [],
    field: "Subnets",
    item: { SubnetId: "subnet-1", VpcId: "vpc-1" },
    read: { subnetId: "subnet-1", vpcId: "vpc-1" },
    bare: {
      item: { SubnetId: "subnet-2", VpcId: "vpc-1" },
      read: { subnetId: "subnet-2", vpcId: "vpc-1" },
    },
    lacking: { SubnetId: "a SubnetId", VpcId: "the VpcId of subnet-1" },
  },
  DescribeRouteTables: {
    Command: DescribeRouteTablesCommand,
    list: (vpcIds: readonly string[] | null) => listRouteTables(session, vpcIds),
    pageSize: 100,
    filters: [],
    field: "RouteTables",
    item: {
      RouteTableId: "rtb-1",
      VpcId: "vpc-1",
      Associations: [
        { Main: true, AssociationState: { State: "associated" } },
        { Main: false, SubnetId: "subnet-1", AssociationState: { State: "failed" } },
        { GatewayId: "igw-1" },
      ],
    },
    read: {
      routeTableId: "rtb-1",
      vpcId: "vpc-1",
      associations: [
        { main: true, subnetId: null, state: "associated" },
        { main: false, subnetId: "subnet-1", state: "failed" },
        { main: false, subnetId: null, state: null },
      ],
    },
    bare: {
      item: { RouteTableId: "rtb-1", VpcId: "vpc-1" },
      read: { routeTableId: "rtb-1", vpcId: "vpc-1", associations: [] },
    },
    lacking: { RouteTableId: "a RouteTableId", VpcId: "the VpcId of rtb-1" },
  },
  DescribeVpcEndpoints: {
    Command: DescribeVpcEndpointsCommand,
    list: (vpcIds: readonly string[] | null) => listVpcEndpoints(session, vpcIds, services),
    pageSize: 1000,
    filters: [{ Name: "service-name", Values: services }],
    field: "VpcEndpoints",
    item: {
      VpcEndpointId: "vpce-1",
      VpcId: "vpc-1",
      VpcEndpointType: "Gateway",
      ServiceName: services[0],
      State: "available",
      RouteTableIds: ["rtb-1"],
      SubnetIds: ["subnet-1"],
    },
    read: {
      vpcEndpointId: "vpce-1",
      vpcId: "vpc-1",
      vpcEndpointType: "Gateway",
      serviceName: services[0],
      state: "available",
      routeTableIds: ["rtb-1"],
      subnetIds: ["subnet-1"],
    },
    bare: {
      item: { VpcEndpointId: "vpce-1", VpcId: "vpc-1", ServiceName: services[0], State: "pendingAcceptance" },
      read: {
        vpcEndpointId: "vpce-1",
        vpcId: "vpc-1",
        vpcEndpointType: null,
        serviceName: services[0],
        state: "pendingAcceptance",
        routeTableIds: [],
        subnetIds: [],
      },
    },
    lacking: {
      VpcEndpointId: "a VpcEndpointId",
      VpcId: "the VpcId of vpce-1",
      ServiceName: "the ServiceName of vpce-1",
      State: "the State of vpce-1",
    },
  },
  DescribeNetworkInterfaces: {
    Command: DescribeNetworkInterfacesCommand,
    list: (vpcIds: readonly string[] | null) => listNetworkInterfaces(session, vpcIds),
    pageSize: 1000,
    filters: [],
    field: "NetworkInterfaces",
    item: {
      NetworkInterfaceId: "eni-1",
      VpcId: "vpc-1",
      SubnetId: "subnet-1",
      InterfaceType: "interface",
      RequesterId: "amazon-elb",
      Status: "in-use",
    },
    read: {
      vpcId: "vpc-1",
      subnetId: "subnet-1",
      interfaceType: "interface",
      requesterId: "amazon-elb",
      status: "in-use",
    },
    bare: {
      item: { VpcId: "vpc-1" },
      read: { vpcId: "vpc-1", subnetId: null, interfaceType: null, requesterId: null, status: null },
    },
    lacking: { VpcId: "the VpcId of eni-1" },
  },
};

describe.each(Object.entries(listings))("ec2:%s", (name, listing) => {
  const { Command, list, pageSize, filters, field, item, read, bare, lacking } = listing;
  // The five commands have nothing in common for the mock's types.
  const asked = Command as unknown as typeof DescribeVpcsCommand;
  const page = (items: readonly object[], more: object = {}) => ({ [field]: items, ...more });
  const filtersAsked = () => ec2.calls().map(({ args }) => (args[0].input as { Filters?: object }).Filters ?? []);

  it("reads the whole region page by page, an empty page too", async () => {
    // By input, at the time of the call: the SDK's paginator writes the next token into the same object.
    ec2
      .on(asked, { MaxResults: pageSize })
      .resolves(page([item], { NextToken: "two" }))
      .on(asked, { MaxResults: pageSize, NextToken: "two" })
      .resolves(page([], { NextToken: "three" }))
      .on(asked, { MaxResults: pageSize, NextToken: "three" })
      .resolves(page([item]));
    expect(await list(null)).toEqual({ value: [read, read] });
    expect(filtersAsked()).toEqual([filters, filters, filters]);
  });

  it("reads some VPCs by a filter, which finds nothing where an id would fail the call", async () => {
    ec2.on(asked, { MaxResults: pageSize }).resolves(page([]));
    expect(await list(["vpc-1", "vpc-2"])).toEqual({ value: [] });
    expect(filtersAsked()).toEqual([[{ Name: "vpc-id", Values: ["vpc-1", "vpc-2"] }, ...filters]]);
  });

  it("takes what may be missing as not told", async () => {
    ec2.on(asked).resolves(page([bare.item]));
    expect(await list(null)).toEqual({ value: [bare.read] });
  });

  it.each(Object.entries(lacking))("is no fact without %s", async (part, missing) => {
    ec2.on(asked).resolves(page([item, { ...item, [part]: undefined }]));
    const message = `on region us-east-1 answered without ${missing}`;
    expect(await list(null)).toEqual({ unread: { call: `ec2:${name}`, message, lasting: true } });
  });

  it("is no fact without the list", async () => {
    ec2.on(asked).resolves({});
    const message = `on region us-east-1 answered without ${field}`;
    expect(await list(null)).toEqual({ unread: { call: `ec2:${name}`, message, lasting: true } });
  });

  const breaks: Record<string, [error: Error, message: string, lasting: boolean]> = {
    "a refusal": [denied, "was denied. Allow it to role/dynamodb-vpc-endpoint", true],
    throttling: [awsError("RequestLimitExceeded", "", 503), "was throttled past the retries", false],
    "a fault of AWS": [awsError("Unavailable", "", 503), "failed on AWS's side (503 Unavailable)", false],
    "a cut connection": [networkError("ECONNRESET"), "could not be reached (ECONNRESET)", false],
  };
  it.each(Object.entries(breaks))("is no fact after %s half-way", async (_sentence, [error, words, lasting]) => {
    ec2
      .on(asked)
      .resolvesOnce(page([item], { NextToken: "two" }))
      .rejects(error);
    const message = `on region us-east-1 ${words}`;
    expect(await list(null)).toEqual({ unread: { call: `ec2:${name}`, message, lasting } });
  });
});

it("a listing of VPCs that breaks off keeps what it has", async () => {
  ec2
    .on(DescribeVpcsCommand)
    .resolvesOnce({ Vpcs: [{ VpcId: "vpc-1", OwnerId }, { VpcId: "vpc-2" }], NextToken: "two" });
  expect(await listVpcs(session, null)).toMatchObject({
    items: [{ vpcId: "vpc-1" }],
    brokenOff: { message: "on region us-east-1 answered without the OwnerId of vpc-2" },
  });
});
