import {
  DeleteVpcEndpointsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  ModifyVpcEndpointCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { openSession, type Session } from "../../lib/account/session.ts";
import type { VpcFacts } from "../../lib/account/vpc-readings.ts";
import { isEvaluation } from "../../lib/judge.ts";
import { parseParameters } from "../../lib/parameters.ts";
import type { Evaluation, Outcome, Scope } from "../../lib/rule.ts";
import { vpcEndpoint } from "../../lib/rules/dynamodb-vpc-endpoint.ts";
import { clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { networkOf, seedNetwork } from "../../scripts/emulator/sample-network.ts";
import { outcomesOf, wholeAccount } from "../outcomes.ts";
import { applyMend } from "./iam-account.ts";
import { wire } from "./wire.ts";

const region = "us-east-1";
const fiveCalls = {
  "ec2:DescribeVpcs": 1,
  "ec2:DescribeSubnets": 1,
  "ec2:DescribeRouteTables": 1,
  "ec2:DescribeVpcEndpoints": 1,
  "ec2:DescribeNetworkInterfaces": 1,
};

function session(): Session {
  return openSession({ accountId: "123456789012", region, now: new Date() });
}

function scan(raw: object = {}, scope: Scope = wholeAccount, opened = session()): Promise<readonly Outcome[]> {
  return outcomesOf(vpcEndpoint, opened, raw, scope);
}

/** Verdicts by the VPC's name, without the region's default VPC, which every region has. */
function verdicts(outcomes: readonly Outcome[], but = "default"): Record<string, string> {
  const judged = outcomes.filter(({ resource }) => resource?.name !== but);
  return Object.fromEntries(
    judged.map((outcome) => [
      outcome.resource?.name,
      isEvaluation(outcome) ? outcome.complianceType : outcome.unread.message,
    ]),
  );
}

wire("dynamodb-vpc-endpoint against the emulator", ({ url }) => {
  const ec2 = new EC2Client(clientConfiguration(url, region));
  const network = networkOf(ec2);

  /** A VPC with a subnet of its own route table and one of the main table, an instance in each. */
  async function makeVpc(name: string) {
    await network.name(await network.defaultVpc(), "default");
    const id = await network.createVpc(name, "10.9.0.0/16");
    const [own, byMain] = [
      await network.createSubnet(id, `${name}-own`, "10.9.1.0/24"),
      await network.createSubnet(id, `${name}-main`, "10.9.2.0/24"),
    ];
    await network.runInstance(own);
    await network.runInstance(byMain);
    const ownTable = await network.createRouteTable(id, name, [own]);
    return { id, own, byMain, ownTable, mainTable: await network.mainRouteTable(id) };
  }

  it("judges the sample account's VPCs, every verdict by default, none unread", async () => {
    await seedNetwork(url);
    const outcomes = await scan();
    expect(verdicts(outcomes, "")).toEqual({
      default: "NOT_APPLICABLE",
      shop: "COMPLIANT",
      analytics: "NON_COMPLIANT",
      sandbox: "NON_COMPLIANT",
    });
    const codes = outcomes.filter(isEvaluation).flatMap(({ reasons }) => reasons.map(({ code }) => code));
    expect(codes.sort()).toEqual(["noEndpoint", "routeTableMissed"]);
    expect(verdicts(await scan({ ignoreUnused: false }), "")).toMatchObject({ default: "NON_COMPLIANT" });
  });

  it("finds a region without any VPC's interface, endpoint or tag", async () => {
    const outcomes = await scan();
    expect(outcomes).toMatchObject([{ complianceType: "NOT_APPLICABLE" }]);
  });

  it("takes an interface endpoint as enough, unless told otherwise, and its interfaces for no workload", async () => {
    await network.name(await network.defaultVpc(), "default");
    const VpcId = await network.createVpc("linked", "10.9.0.0/16");
    const SubnetIds = [await network.createSubnet(VpcId, "linked", "10.9.1.0/24")];
    await network.createEndpoint({ VpcId, VpcEndpointType: "Interface", SubnetIds });
    expect((await scan()).filter(isEvaluation).find(({ resource }) => resource.id === VpcId)).toMatchObject({
      complianceType: "NOT_APPLICABLE",
      annotation: "Unused: no network interface of a workload in this VPC (ignoreUnused), only 1 vpc_endpoint",
    });
    await network.runInstance(SubnetIds[0] ?? "");
    expect(verdicts(await scan())).toEqual({ linked: "COMPLIANT" });
    expect(verdicts(await scan({ acceptInterfaceEndpoints: false }))).toEqual({ linked: "NON_COMPLIANT" });
  });

  it("takes an endpoint of DynamoDB's streams, or of another service, for none of DynamoDB's", async () => {
    const { id: VpcId, own, mainTable, ownTable } = await makeVpc("streams");
    await network.createEndpoint({ VpcId, VpcEndpointType: "Interface", SubnetIds: [own] }, "dynamodb-streams");
    await network.createEndpoint({ VpcId, VpcEndpointType: "Gateway", RouteTableIds: [mainTable, ownTable] }, "s3");
    expect(verdicts(await scan())).toEqual({ streams: "NON_COMPLIANT" });
    await network.createEndpoint({ VpcId, VpcEndpointType: "Interface", SubnetIds: [own] }, "dynamodb-fips");
    expect(verdicts(await scan())).toEqual({ streams: "COMPLIANT" });
  });

  it("judges the VPC of a change, and finds a deleted one gone", async () => {
    const { id } = await makeVpc("orders");
    await makeVpc("others");
    const ids = [id, "vpc-0a1b2c3d4e5f67890"];
    const scope: Scope = { kind: "resources", resources: ids.map((one) => ({ type: "AWS::EC2::VPC", id: one })) };
    const opened = session();
    expect(verdicts(await scan({}, scope, opened))).toEqual({
      orders: "NON_COMPLIANT",
      "vpc-0a1b2c3d4e5f67890": "NOT_APPLICABLE",
    });
    expect(Object.fromEntries(opened.calls)).toEqual(fiveCalls);
  });

  it("sets apart the VPCs that carry the exempting tag", async () => {
    await makeVpc("sandbox-7");
    await makeVpc("orders");
    const outcomes = await scan({ exemptResourceTag: "Name=sandbox-*" });
    expect(verdicts(outcomes)).toEqual({ "sandbox-7": "NOT_APPLICABLE", orders: "NON_COMPLIANT" });
    expect(outcomes.filter(isEvaluation).find(({ resource }) => resource.name === "sandbox-7")).toMatchObject({
      annotation: "Exempt: tag Name=sandbox-* (exemptResourceTag)",
    });
  });

  it("reads 50 VPCs in as many calls as one", async () => {
    for (let index = 0; index < 50; index++) {
      const { id, mainTable, ownTable } = await makeVpc(`vpc-${index}`);
      if (index % 2 === 0) await network.createGatewayEndpoint(id, [mainTable, ownTable]);
    }
    const opened = session();
    const found = Object.values(verdicts(await scan({}, wholeAccount, opened)));
    expect(found.filter((verdict) => verdict === "COMPLIANT")).toHaveLength(25);
    expect(found.filter((verdict) => verdict === "NON_COMPLIANT")).toHaveLength(25);
    console.log(`50 VPCs: ${[...opened.calls].map(([call, count]) => `${count} ${call}`).join(", ")}`);
    expect(Object.fromEntries(opened.calls)).toEqual(fiveCalls);
  });

  describe("after its mend", () => {
    const faults: Record<string, { parameters?: object; make: () => Promise<unknown> }> = {
      "a VPC without an endpoint": { make: () => makeVpc("orders") },
      "a VPC whose endpoint misses a route table": {
        make: async () => {
          const { id, mainTable } = await makeVpc("orders");
          await network.createGatewayEndpoint(id, [mainTable]);
        },
      },
      "a VPC whose endpoints miss the main route table and another": {
        make: async () => {
          const { id, ownTable } = await makeVpc("orders");
          const third = await network.createSubnet(id, "orders-third", "10.9.3.0/24");
          await network.runInstance(third);
          await network.createRouteTable(id, "orders-third", [third]);
          await network.createGatewayEndpoint(id, [ownTable]);
          await network.createGatewayEndpoint(id, []);
        },
      },
      "a VPC with an interface endpoint only": {
        parameters: { acceptInterfaceEndpoints: false },
        make: async () => {
          const { id: VpcId, own } = await makeVpc("orders");
          await network.createEndpoint({ VpcId, VpcEndpointType: "Interface", SubnetIds: [own] });
        },
      },
      "an unused VPC": {
        parameters: { ignoreUnused: false },
        make: async () => {
          // With ignoreUnused the region's default VPC would be one more: it is given its endpoint here.
          const unused = await network.defaultVpc();
          await network.name(unused, "default");
          await network.createGatewayEndpoint(unused, [await network.mainRouteTable(unused)]);
          await network.createVpc("orders", "10.9.0.0/16");
        },
      },
    };

    it.each(Object.entries(faults))(
      "%s complies, and is as the mend promised",
      async (_name, { parameters: raw = {}, make }) => {
        await make();
        const parameters = parseParameters(vpcEndpoint.parameters, raw, "parameters");
        const promised = vpcEndpoint.mend(await factsOf("orders", raw), parameters);
        const [violation, ...others] = violations(await scan(raw));
        if (violation === undefined || !("after" in promised))
          throw new Error("no violation, or one that leaves a choice");
        expect(others).toEqual([]);
        await applyMend(url, violation.mend?.steps ?? []);
        expect(verdicts(await scan(raw))).toEqual({ orders: "COMPLIANT" });
        expect(asEvaluated(await factsOf("orders", raw))).toEqual(asEvaluated(promised.after));
      },
    );

    function violations(outcomes: readonly Outcome[]): readonly Evaluation[] {
      return outcomes.filter(isEvaluation).filter(({ complianceType }) => complianceType === "NON_COMPLIANT");
    }

    async function factsOf(name: string, raw: object): Promise<VpcFacts> {
      const parameters = parseParameters(vpcEndpoint.parameters, raw, "parameters");
      for await (const reading of vpcEndpoint.collect(session(), wholeAccount, parameters)) {
        if (reading.resource.name === name && "facts" in reading) return reading.facts;
      }
      throw new Error(`no facts of ${name}`);
    }

    /** The facts without what no mend can know, a new endpoint's id, and without order. */
    function asEvaluated(facts: VpcFacts): unknown {
      if ("unread" in facts.vpcEndpoints) return facts;
      const endpoints = facts.vpcEndpoints.value.map((endpoint) => ({
        ...endpoint,
        vpcEndpointId: "an id",
        routeTableIds: endpoint.routeTableIds.toSorted(),
      }));
      return { ...facts, vpcEndpoints: endpoints.map((endpoint) => JSON.stringify(endpoint)).sort() };
    }
  });

  it("makes the calls that its permissions declare, and no others", async () => {
    const opened = session();
    await scan({ exemptResourceTag: "stage=sandbox" }, wholeAccount, opened);
    expect([...opened.calls.keys()].sort()).toEqual(vpcEndpoint.permissions.map(({ action }) => action).sort());
  });
});

wire("the emulator's network", ({ url }) => {
  const ec2 = new EC2Client(clientConfiguration(url, region));
  const network = networkOf(ec2);

  async function routesOf(routeTableId: string): Promise<readonly (string | undefined)[]> {
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] }));
    const routes = RouteTables?.[0]?.Routes ?? [];
    return routes.flatMap(({ DestinationPrefixListId, GatewayId }) => (DestinationPrefixListId ? [GatewayId] : []));
  }

  it("makes an endpoint of no given type a gateway", async () => {
    const VpcId = await network.createVpc("orders", "10.9.0.0/16");
    const id = await network.createEndpoint({ VpcId, RouteTableIds: [await network.mainRouteTable(VpcId)] });
    const { VpcEndpoints } = await ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    expect(VpcEndpoints?.[0]?.VpcEndpointType).toBe("Gateway");
  });

  it("refuses a route table that is not there, or has such an endpoint, and makes nothing", async () => {
    const VpcId = await network.createVpc("orders", "10.9.0.0/16");
    const main = await network.mainRouteTable(VpcId);
    const refused = (name: string) => expect.objectContaining({ name });
    await expect(network.createGatewayEndpoint(VpcId, ["rtb-0a1b2c3d4e5f67890"])).rejects.toEqual(
      refused("InvalidRouteTableID.NotFound"),
    );
    const first = await network.createGatewayEndpoint(VpcId, [main]);
    await expect(network.createGatewayEndpoint(VpcId, [main])).rejects.toEqual(refused("RouteAlreadyExists"));
    const { VpcEndpoints } = await ec2.send(new DescribeVpcEndpointsCommand({}));
    expect(VpcEndpoints?.map(({ VpcEndpointId }) => VpcEndpointId)).toEqual([first]);

    const second = await network.createGatewayEndpoint(VpcId, []);
    const add = new ModifyVpcEndpointCommand({ VpcEndpointId: second, AddRouteTableIds: [main] });
    await expect(ec2.send(add)).rejects.toEqual(refused("RouteAlreadyExists"));
  });

  it("routes by an endpoint in the tables it is on, and forgets a deleted one", async () => {
    const VpcId = await network.createVpc("orders", "10.9.0.0/16");
    const main = await network.mainRouteTable(VpcId);
    const own = await network.createRouteTable(VpcId, "own", []);
    const VpcEndpointId = await network.createGatewayEndpoint(VpcId, [main]);
    await ec2.send(
      new ModifyVpcEndpointCommand({ VpcEndpointId, AddRouteTableIds: [own], RemoveRouteTableIds: [main] }),
    );
    expect([await routesOf(main), await routesOf(own)]).toEqual([[], [VpcEndpointId]]);
    await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpointId] }));
    expect(await routesOf(own)).toEqual([]);
    expect((await ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints).toEqual([]);
  });

  it("tells the interfaces of endpoints and NAT gateways from an instance's", async () => {
    const VpcId = await network.createVpc("orders", "10.9.0.0/16");
    const SubnetId = await network.createSubnet(VpcId, "orders", "10.9.1.0/24");
    await network.createEndpoint({ VpcId, VpcEndpointType: "Interface", SubnetIds: [SubnetId] });
    await network.createNatGateway(SubnetId);
    await network.runInstance(SubnetId);
    const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
    expect(NetworkInterfaces?.map(({ InterfaceType, Status }) => [InterfaceType, Status]).sort()).toEqual([
      ["interface", "in-use"],
      ["nat_gateway", "in-use"],
      ["vpc_endpoint", "in-use"],
    ]);
  });
});
