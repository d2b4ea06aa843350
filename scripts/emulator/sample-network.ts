/** The sample account's VPCs, and the means to make others: each with subnets, route tables, endpoints and instances. */
import {
  AssociateRouteTableCommand,
  CreateNatGatewayCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  type CreateVpcEndpointCommandInput,
  DescribeRouteTablesCommand,
  DescribeVpcsCommand,
  EC2Client,
  type ResourceType,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { clientConfiguration } from "./emulator.ts";

const homeRegion = "us-east-1";

/** The VPCs of the sample account: `shop` has what the practice asks for, `analytics` forgot a subnet, `sandbox` all. */
export async function seedNetwork(url: string): Promise<void> {
  const network = networkOf(new EC2Client(clientConfiguration(url, homeRegion)));

  // The model VPC: a gateway endpoint on every route table, its policy letting through this account and its tables only.
  const shop = await network.createVpc("shop", "10.1.0.0/16");
  const publicSubnet = await network.createSubnet(shop, "shop-public", "10.1.0.0/24");
  await network.createNatGateway(publicSubnet);
  const applications = await network.createSubnet(shop, "shop-applications", "10.1.1.0/24");
  const jobs = await network.createSubnet(shop, "shop-jobs", "10.1.2.0/24");
  const shopPrivate = await network.createRouteTable(shop, "shop-private", [applications, jobs]);
  await network.runInstance(applications);
  await network.runInstance(jobs);
  const shopTables = [await network.mainRouteTable(shop), shopPrivate];
  await network.name(await network.createGatewayEndpoint(shop, shopTables, tightPolicy), "shop");
  // Only own principals come through, it says, and who may be one of them carries a stream's items to anybody's account.
  const streams = await network.createEndpoint(
    {
      VpcId: shop,
      VpcEndpointType: "Interface",
      SubnetIds: [jobs],
      PolicyDocument: JSON.stringify(ownPrincipalsPolicy),
    },
    "dynamodb-streams",
  );
  await network.name(streams, "shop-streams");
  // Another service's, which is none of DynamoDB's concern.
  const s3 = await network.createEndpoint({ VpcId: shop, RouteTableIds: [shopPrivate] }, "s3");
  await network.name(s3, "shop-s3");

  // The endpoint's default policy lets everything through, and the notebooks' route table came after the endpoint. The
  // spare subnet is not covered either, which matters only once something runs there.
  const analytics = await network.createVpc("analytics", "10.2.0.0/16");
  const loads = await network.createSubnet(analytics, "analytics-loads", "10.2.1.0/24");
  const notebooks = await network.createSubnet(analytics, "analytics-notebooks", "10.2.2.0/24");
  await network.createSubnet(analytics, "analytics-spare", "10.2.3.0/24");
  const loadsTable = await network.createRouteTable(analytics, "analytics-loads", [loads]);
  await network.createRouteTable(analytics, "analytics-notebooks", [notebooks]);
  await network.runInstance(loads);
  await network.runInstance(notebooks);
  await network.name(await network.createGatewayEndpoint(analytics, [loadsTable]), "analytics");

  // Instances, no endpoint: what they read of DynamoDB goes over public addresses.
  const sandbox = await network.createVpc("sandbox", "10.3.0.0/16");
  await network.runInstance(await network.createSubnet(sandbox, "sandbox", "10.3.1.0/24"));

  // The VPC that every region starts with: nobody uses it, so it needs no endpoint.
  await network.name(await network.defaultVpc(), "default");
}

const tightPolicy = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "OwnTables",
      Effect: "Allow",
      Principal: "*",
      Action: "dynamodb:*",
      Resource: `arn:aws:dynamodb:${homeRegion}:123456789012:table/*`,
      Condition: { StringEquals: { "aws:PrincipalAccount": "123456789012" } },
    },
  ],
};

const ownPrincipalsPolicy = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "OwnPrincipals",
      Effect: "Allow",
      Principal: "*",
      Action: "dynamodb:*",
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalAccount": "123456789012" } },
    },
  ],
};

/** Makes things in a region, each by one call, and gives their ids. */
export function networkOf(ec2: EC2Client) {
  const region = ec2.config.region;
  const named = (ResourceType: ResourceType, Value: string) => ({
    TagSpecifications: [{ ResourceType, Tags: [{ Key: "Name", Value }] }],
  });
  async function createEndpoint(
    input: Omit<CreateVpcEndpointCommandInput, "ServiceName">,
    service = "dynamodb",
  ): Promise<string> {
    const ServiceName = `com.amazonaws.${await region()}.${service}`;
    const { VpcEndpoint } = await ec2.send(new CreateVpcEndpointCommand({ ServiceName, ...input }));
    return told(VpcEndpoint?.VpcEndpointId);
  }
  return {
    createEndpoint,
    createGatewayEndpoint: (VpcId: string, RouteTableIds: string[], policy?: object): Promise<string> =>
      createEndpoint({
        VpcId,
        VpcEndpointType: "Gateway",
        RouteTableIds,
        ...(policy === undefined ? {} : { PolicyDocument: JSON.stringify(policy) }),
      }),
    async createVpc(name: string, CidrBlock: string): Promise<string> {
      return told((await ec2.send(new CreateVpcCommand({ CidrBlock, ...named("vpc", name) }))).Vpc?.VpcId);
    },
    async createSubnet(VpcId: string, name: string, CidrBlock: string): Promise<string> {
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, ...named("subnet", name) }));
      return told(Subnet?.SubnetId);
    },
    async createRouteTable(VpcId: string, name: string, subnetIds: readonly string[]): Promise<string> {
      const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId, ...named("route-table", name) }));
      const RouteTableId = told(RouteTable?.RouteTableId);
      for (const SubnetId of subnetIds) await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
      return RouteTableId;
    },
    async mainRouteTable(vpcId: string): Promise<string> {
      const Filters = [
        { Name: "vpc-id", Values: [vpcId] },
        { Name: "association.main", Values: ["true"] },
      ];
      const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
      return told(RouteTables?.[0]?.RouteTableId);
    },
    async defaultVpc(): Promise<string> {
      const Filters = [{ Name: "is-default", Values: ["true"] }];
      return told((await ec2.send(new DescribeVpcsCommand({ Filters }))).Vpcs?.[0]?.VpcId);
    },
    async runInstance(SubnetId: string): Promise<void> {
      await ec2.send(new RunInstancesCommand({ ImageId: "ami-12c6146b", MinCount: 1, MaxCount: 1, SubnetId }));
    },
    async createNatGateway(SubnetId: string): Promise<void> {
      await ec2.send(new CreateNatGatewayCommand({ SubnetId, ConnectivityType: "private" }));
    },
    async name(resourceId: string, Value: string): Promise<void> {
      await ec2.send(new CreateTagsCommand({ Resources: [resourceId], Tags: [{ Key: "Name", Value }] }));
    },
  };
}

function told(id: string | undefined): string {
  if (id === undefined) throw new Error("EC2 answered without the id of what it made");
  return id;
}
