import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { NetworkInterface, RouteTable, RouteTableAssociation, VpcEndpoint } from "../../../lib/account/network.ts";
import type { VpcFacts } from "../../../lib/account/vpc-readings.ts";
import { parseParameters } from "../../../lib/parameters.ts";
import type { Change, Unread } from "../../../lib/rule.ts";
import { endpointPolicy } from "../../../lib/rules/dynamodb-endpoint-policy.ts";
import { vpcEndpoint } from "../../../lib/rules/dynamodb-vpc-endpoint.ts";
import { vpcEndpointFacts } from "../../fakes/vpc-endpoint-facts.ts";
import { ruleTable } from "../../rule-table.ts";

const vpcId = "vpc-1";
const service = "com.amazonaws.us-east-1.dynamodb";

function unreadOf(call: string, lasting: boolean): { unread: Unread } {
  const how = lasting ? "was denied. Allow it to role/scanner" : "was throttled past the retries";
  return { unread: { call: `ec2:${call}`, message: `on region us-east-1 ${how}`, lasting } };
}

function gateway(
  vpcEndpointId: string,
  routeTableIds: readonly string[],
  more: Partial<VpcEndpoint> = {},
): VpcEndpoint {
  const type = { vpcEndpointType: "Gateway", serviceName: service, state: "available", subnetIds: [] };
  return { vpcEndpointId, vpcId, ...type, routeTableIds, ...more };
}

function privateLink(vpcEndpointId: string, more: Partial<VpcEndpoint> = {}): VpcEndpoint {
  return gateway(vpcEndpointId, [], { vpcEndpointType: "Interface", subnetIds: ["subnet-1"], ...more });
}

function association(more: Partial<RouteTableAssociation>): RouteTableAssociation {
  return { main: false, subnetId: null, state: "associated", ...more };
}

function table(routeTableId: string, subnetIds: readonly string[], main = false): RouteTable {
  const own = subnetIds.map((subnetId) => association({ subnetId }));
  return { routeTableId, vpcId, associations: [...(main ? [association({ main })] : []), ...own] };
}

/** An instance's interface, unless told otherwise. */
function inSubnet(subnetId: string | null, more: Partial<NetworkInterface> = {}): NetworkInterface {
  return { vpcId, subnetId, interfaceType: "interface", requesterId: null, status: "in-use", ...more };
}

/** Three subnets in use and a spare one; subnet-1 and the spare one by the main table, the others by their own. */
function vpc(vpcEndpoints: readonly VpcEndpoint[], changes: Partial<VpcFacts> = {}): VpcFacts {
  return {
    vpcId,
    ownerId: "123456789012",
    accountId: "123456789012",
    region: "us-east-1",
    subnets: { value: ["subnet-1", "subnet-2", "subnet-3", "subnet-9"].map((subnetId) => ({ subnetId, vpcId })) },
    routeTables: { value: [table("rtb-1", [], true), table("rtb-2", ["subnet-2"]), table("rtb-3", ["subnet-3"])] },
    vpcEndpoints: { value: vpcEndpoints },
    networkInterfaces: { value: [inSubnet("subnet-1"), inSubnet("subnet-2"), inSubnet("subnet-3")] },
    ...changes,
  };
}

const all = ["rtb-1", "rtb-2", "rtb-3"];
const create = `aws ec2 create-vpc-endpoint --vpc-id vpc-1 --service-name ${service} --vpc-endpoint-type Gateway`;
const withPolicy = "--policy-document file://vpc-1-endpoint-policy.json --region us-east-1";
const createOnAll = `${create} --route-table-ids rtb-1 rtb-2 rtb-3 ${withPolicy}`;
const createMend = "Create a gateway endpoint on the subnets' route tables (create-vpc-endpoint --route-table-ids)";
const addMend = "Add the route table (modify-vpc-endpoint --add-route-table-ids)";
const everySubnet = "the route table of every subnet in use is required";
const covered = "Gateway endpoint vpce-1 is on the route table of every subnet in use (3 of 4)";
const byInterface =
  "Interface endpoint vpce-2 is available: clients must use the endpoint's own DNS names, since the service's own name does not resolve to it";
const unused = "Unused: no network interface of a workload in this VPC (ignoreUnused)";

const notAvailable = ["pending", "pendingAcceptance", "partial", "failed", "deleting", "rejected", "expired"];

ruleTable(vpcEndpoint, {
  "a gateway endpoint on the route table of every subnet in use as compliant": {
    facts: vpc([gateway("vpce-1", all)]),
    expect: ["COMPLIANT", covered],
  },
  "a gateway endpoint whose State and type are in the capitals of the API model as compliant": {
    facts: vpc([gateway("vpce-1", all, { state: "Available", vpcEndpointType: "gateway" })]),
    expect: ["COMPLIANT", covered],
  },
  "two gateway endpoints that share the route tables between them as compliant": {
    facts: vpc([gateway("vpce-2", ["rtb-3"]), gateway("vpce-1", ["rtb-1", "rtb-2"])]),
    expect: ["COMPLIANT", "Gateway endpoints vpce-1, vpce-2 are on the route table of every subnet in use (3 of 4)"],
  },
  "a gateway endpoint for the FIPS service as one for DynamoDB": {
    facts: vpc([gateway("vpce-1", all, { serviceName: `${service}-fips` })]),
    expect: ["COMPLIANT", covered],
  },
  "a VPC without any endpoint": {
    facts: vpc([]),
    expect: ["NON_COMPLIANT", `No VPC endpoint for DynamoDB; one is required. ${createMend}`],
    reasons: ["noEndpoint"],
    commands: [createOnAll],
  },
  "a VPC whose endpoint was deleted as one without": {
    facts: vpc([gateway("vpce-1", all, { state: "deleted" })]),
    expect: ["NON_COMPLIANT", `No VPC endpoint for DynamoDB; one is required. ${createMend}`],
  },
  "a route table that the endpoint misses, by its subnets": {
    facts: vpc([gateway("vpce-1", ["rtb-1", "rtb-2"])], {
      routeTables: {
        value: [table("rtb-1", [], true), table("rtb-2", ["subnet-2"]), table("rtb-3", ["subnet-6", "subnet-5"])],
      },
      networkInterfaces: { value: ["subnet-6", "subnet-2", "subnet-5", "subnet-1"].map((id) => inSubnet(id)) },
    }),
    expect: [
      "NON_COMPLIANT",
      `Gateway endpoint vpce-1 misses rtb-3 (subnets subnet-5, subnet-6); ${everySubnet}. ${addMend}`,
    ],
    reasons: ["routeTableMissed"],
    commands: ["aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --add-route-table-ids rtb-3 --region us-east-1"],
  },
  "the main route table as that of the subnets without an association of their own": {
    facts: vpc([gateway("vpce-1", ["rtb-2", "rtb-3"])]),
    expect: ["NON_COMPLIANT", `Gateway endpoint vpce-1 misses rtb-1 (subnet-1); ${everySubnet}. ${addMend}`],
  },
  "an association that failed as none: the main table serves the subnet": {
    facts: vpc([gateway("vpce-1", ["rtb-1", "rtb-2"])], {
      routeTables: {
        value: [
          table("rtb-1", [], true),
          table("rtb-2", ["subnet-2"]),
          { ...table("rtb-3", []), associations: [association({ subnetId: "subnet-3", state: "failed" })] },
        ],
      },
    }),
    expect: ["COMPLIANT", covered],
  },
  "several missed route tables, all in one command to the first endpoint": {
    facts: vpc([gateway("vpce-7", []), gateway("vpce-1", ["rtb-1"])]),
    expect: [
      "NON_COMPLIANT",
      `Gateway endpoints vpce-1, vpce-7 miss rtb-2 (subnet-2), rtb-3 (subnet-3); ${everySubnet}. Add the route tables (modify-vpc-endpoint --add-route-table-ids)`,
    ],
    commands: [
      "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --add-route-table-ids rtb-2 rtb-3 --region us-east-1",
    ],
  },
  "many missed route tables by the first five": {
    facts: vpc([gateway("vpce-1", ["rtb-1"])], {
      routeTables: { value: [2, 3, 4, 5, 6, 7].map((n) => table(`rtb-${n}`, [`subnet-${n}`])) },
      networkInterfaces: { value: [2, 3, 4, 5, 6, 7].map((n) => inSubnet(`subnet-${n}`)) },
    }),
    expect: [
      "NON_COMPLIANT",
      `Gateway endpoint vpce-1 misses rtb-2 (subnet-2), rtb-3 (subnet-3), rtb-4 (subnet-4), rtb-5 (subnet-5), rtb-6 (subnet-6) and 1 more; ${everySubnet}. Add the route tables (modify-vpc-endpoint --add-route-table-ids)`,
    ],
  },
  "a route table of subnets that nobody uses as left out": {
    facts: vpc([gateway("vpce-1", ["rtb-1"])], { networkInterfaces: { value: [inSubnet("subnet-1")] } }),
    expect: ["COMPLIANT", "Gateway endpoint vpce-1 is on the route table of every subnet in use (1 of 4)"],
  },
  "every subnet where ignoreUnused is false": {
    facts: vpc([gateway("vpce-1", ["rtb-2", "rtb-3"])], {
      networkInterfaces: unreadOf("DescribeNetworkInterfaces", true),
    }),
    parameters: { ignoreUnused: "false" },
    expect: [
      "NON_COMPLIANT",
      `Gateway endpoint vpce-1 misses rtb-1 (subnets subnet-1, subnet-9); the route table of every subnet is required. ${addMend}`,
    ],
  },
  "every subnet as covered where ignoreUnused is false": {
    facts: vpc([gateway("vpce-1", all)]),
    parameters: { ignoreUnused: false },
    expect: ["COMPLIANT", "Gateway endpoint vpce-1 is on the route table of every subnet (4)"],
  },
  "an empty VPC where ignoreUnused is false: the main route table is to get the endpoint": {
    facts: vpc([], { subnets: { value: [] }, networkInterfaces: { value: [] } }),
    parameters: { ignoreUnused: false },
    expect: ["NON_COMPLIANT", `No VPC endpoint for DynamoDB; one is required. ${createMend}`],
    commands: [`${create} --route-table-ids rtb-1 ${withPolicy}`],
  },
  "a VPC that holds nothing as not applicable": {
    facts: vpc([], { networkInterfaces: { value: [] } }),
    expect: ["NOT_APPLICABLE", unused],
  },
  "a VPC that holds nothing as not applicable, whatever else could not be read": {
    facts: vpc([], { networkInterfaces: { value: [] }, vpcEndpoints: unreadOf("DescribeVpcEndpoints", true) }),
    expect: ["NOT_APPLICABLE", unused],
  },
  "interfaces that only pass traffic on as no workload's, and names them": {
    facts: vpc([], {
      networkInterfaces: {
        value: [
          ...["natGateway", "nat_gateway", "transit_gateway", "vpc_endpoint", "gateway_load_balancer_endpoint"],
          ...["load_balancer", "network_load_balancer", "gateway_load_balancer", "nat_gateway"],
        ].map((interfaceType) => inSubnet("subnet-1", { interfaceType })),
      },
    }),
    expect: [
      "NOT_APPLICABLE",
      `${unused}, only 1 gateway_load_balancer, 1 gateway_load_balancer_endpoint, 1 load_balancer, 1 natGateway, 2 nat_gateway, 1 network_load_balancer, 1 transit_gateway, 1 vpc_endpoint`,
    ],
  },
  "an Application Load Balancer by who requested its interfaces, an unattached one by its status": {
    facts: vpc([], {
      networkInterfaces: {
        value: [inSubnet("subnet-1", { requesterId: "amazon-elb" }), inSubnet("subnet-2", { status: "available" })],
      },
    }),
    expect: ["NOT_APPLICABLE", `${unused}, only 1 load_balancer, 1 unattached`],
  },
  ...Object.fromEntries(
    [
      inSubnet("subnet-1", { interfaceType: "lambda" }),
      inSubnet("subnet-1", { interfaceType: "interface", requesterId: "amazon-rds" }),
      inSubnet("subnet-1", { interfaceType: "branch", requesterId: "578734482556" }),
      inSubnet("subnet-1", { interfaceType: "not_yet_known" }),
      inSubnet("subnet-1", { interfaceType: null, status: null }),
    ].map((one) => [
      `an interface of type ${one.interfaceType}${one.requesterId === null ? "" : ` of ${one.requesterId}`} as a workload's`,
      {
        facts: vpc([], { networkInterfaces: { value: [one] } }),
        expect: ["NON_COMPLIANT", `No VPC endpoint for DynamoDB; one is required. ${createMend}`] as const,
        commands: [`${create} --route-table-ids rtb-1 ${withPolicy}`],
      },
    ]),
  ),
  "an interface endpoint as compliant, and says by which names it is reached": {
    facts: vpc([privateLink("vpce-2")]),
    expect: ["COMPLIANT", byInterface],
  },
  "an interface endpoint beside a gateway endpoint that misses a table, and says both": {
    facts: vpc([gateway("vpce-1", ["rtb-1", "rtb-2"]), privateLink("vpce-2")]),
    expect: ["COMPLIANT", `Gateway endpoint vpce-1 misses rtb-3 (subnet-3). ${byInterface}`],
  },
  "two interface endpoints as compliant, though subnets and route tables could not be read": {
    facts: vpc([privateLink("vpce-3"), privateLink("vpce-2")], {
      subnets: unreadOf("DescribeSubnets", true),
      routeTables: unreadOf("DescribeRouteTables", true),
    }),
    expect: [
      "COMPLIANT",
      "Interface endpoints vpce-2, vpce-3 are available: clients must use the endpoint's own DNS names, since the service's own name does not resolve to it",
    ],
  },
  "an interface endpoint alone where a gateway endpoint is demanded": {
    facts: vpc([privateLink("vpce-2")]),
    parameters: { acceptInterfaceEndpoints: "false" },
    expect: [
      "NON_COMPLIANT",
      `Only interface endpoint vpce-2, to which the service's own name does not resolve; a gateway endpoint is required too. ${createMend}`,
    ],
    reasons: ["gatewayEndpointRequired"],
    commands: [createOnAll],
  },
  "a gateway endpoint as enough where interface endpoints are not": {
    facts: vpc([gateway("vpce-1", all), privateLink("vpce-2")]),
    parameters: { acceptInterfaceEndpoints: false },
    expect: ["COMPLIANT", covered],
  },
  "a missed route table where interface endpoints are not accepted": {
    facts: vpc([gateway("vpce-1", ["rtb-1", "rtb-2"]), privateLink("vpce-2")]),
    parameters: { acceptInterfaceEndpoints: false },
    expect: ["NON_COMPLIANT", `Gateway endpoint vpce-1 misses rtb-3 (subnet-3); ${everySubnet}. ${addMend}`],
  },
  "no endpoint at all where a gateway endpoint is demanded": {
    facts: vpc([]),
    parameters: { acceptInterfaceEndpoints: false },
    expect: ["NON_COMPLIANT", `No VPC endpoint for DynamoDB; a gateway endpoint is required. ${createMend}`],
  },
  "an available interface endpoint that is in no subnet as one that serves nobody": {
    facts: vpc([privateLink("vpce-2", { subnetIds: [] })]),
    expect: [
      "NON_COMPLIANT",
      `Interface endpoint vpce-2 is in no subnet; an available endpoint is required. ${createMend}`,
    ],
    reasons: ["endpointNotAvailable"],
  },
  ...Object.fromEntries(
    notAvailable.map((state) => [
      `an interface endpoint that is ${state} as not available`,
      {
        facts: vpc([privateLink("vpce-2", { state })]),
        expect: [
          "NON_COMPLIANT",
          `Interface endpoint vpce-2 is ${state}; an available endpoint is required. ${
            state.startsWith("pending")
              ? "Wait for vpce-2, or replace it by a gateway endpoint (create-vpc-endpoint)"
              : createMend
          }`,
        ] as const,
        reasons: ["endpointNotAvailable"],
        commands: [createOnAll],
      },
    ]),
  ),
  "a gateway endpoint that failed and still holds a route table: a person must choose": {
    facts: vpc([gateway("vpce-1", ["rtb-2"], { state: "Failed" })]),
    parameters: { acceptInterfaceEndpoints: false },
    expect: [
      "NON_COMPLIANT",
      "Gateway endpoint vpce-1 is Failed; an available gateway endpoint is required. Wait for vpce-1, or replace it by a gateway endpoint (create-vpc-endpoint)",
    ],
  },
  "a gateway endpoint that failed and holds no route table": {
    facts: vpc([gateway("vpce-1", [], { state: "failed" })]),
    expect: ["NON_COMPLIANT", `Gateway endpoint vpce-1 is failed; an available endpoint is required. ${createMend}`],
    commands: [createOnAll],
  },
  "a missed route table that another endpoint is leaving": {
    facts: vpc([gateway("vpce-1", ["rtb-1", "rtb-2"]), gateway("vpce-2", ["rtb-3"], { state: "deleting" })]),
    expect: [
      "NON_COMPLIANT",
      `Gateway endpoint vpce-1 misses rtb-3 (subnet-3); Gateway endpoint vpce-2 is deleting; ${everySubnet}. ${addMend}`,
    ],
  },
  "an endpoint without a type as a gateway if it has route tables, which no other type has": {
    facts: vpc([gateway("vpce-1", all, { vpcEndpointType: null })]),
    expect: ["COMPLIANT", covered],
  },
  "an endpoint without a type and without route tables as unread": {
    facts: vpc([privateLink("vpce-2", { vpcEndpointType: null })]),
    expect: [
      "unread",
      "ec2:DescribeVpcEndpoints on vpce-2 answered with VpcEndpointType null, State available: not understood",
      true,
    ],
  },
  "an endpoint of an unknown type as unread": {
    facts: vpc([privateLink("vpce-2", { vpcEndpointType: "Tunnel" })]),
    expect: [
      "unread",
      "ec2:DescribeVpcEndpoints on vpce-2 answered with VpcEndpointType Tunnel, State available: not understood",
      true,
    ],
  },
  "an endpoint of an unknown state as unread, since it may be what another one misses": {
    facts: vpc([gateway("vpce-1", ["rtb-1"]), gateway("vpce-2", ["rtb-2", "rtb-3"], { state: "resting" })]),
    expect: [
      "unread",
      "ec2:DescribeVpcEndpoints on vpce-2 answered with VpcEndpointType Gateway, State resting: not understood",
      true,
    ],
  },
  "an endpoint that is not understood as no matter where another covers everything": {
    facts: vpc([gateway("vpce-1", all), privateLink("vpce-2", { vpcEndpointType: "Tunnel" })]),
    expect: ["COMPLIANT", covered],
  },
  "a VPC that another account shares as that account's to judge": {
    facts: vpc([], { ownerId: "210987654321" }),
    expect: [
      "NOT_APPLICABLE",
      "Shared by account 210987654321: only a VPC's owner can see and make its endpoints, so it is judged there",
    ],
  },
  "endpoints that could not be read as unread": {
    facts: vpc([], { vpcEndpoints: unreadOf("DescribeVpcEndpoints", true) }),
    expect: ["unread", "ec2:DescribeVpcEndpoints on region us-east-1 was denied. Allow it to role/scanner", true],
  },
  "interfaces that could not be read as unread: nobody knows what is in use": {
    facts: vpc([gateway("vpce-1", all)], { networkInterfaces: unreadOf("DescribeNetworkInterfaces", false) }),
    expect: ["unread", "ec2:DescribeNetworkInterfaces on region us-east-1 was throttled past the retries", false],
  },
  "interfaces that could not be read as unread, even with an interface endpoint": {
    facts: vpc([privateLink("vpce-2")], { networkInterfaces: unreadOf("DescribeNetworkInterfaces", true) }),
    expect: ["unread", "ec2:DescribeNetworkInterfaces on region us-east-1 was denied. Allow it to role/scanner", true],
  },
  "route tables that could not be read as unread, though there is a gateway endpoint": {
    facts: vpc([gateway("vpce-1", all)], { routeTables: unreadOf("DescribeRouteTables", true) }),
    expect: ["unread", "ec2:DescribeRouteTables on region us-east-1 was denied. Allow it to role/scanner", true],
  },
  "subnets that could not be read as unread": {
    facts: vpc([gateway("vpce-1", all)], { subnets: unreadOf("DescribeSubnets", false) }),
    expect: ["unread", "ec2:DescribeSubnets on region us-east-1 was throttled past the retries", false],
  },
  "what lasts before what passes": {
    facts: vpc([gateway("vpce-1", all)], {
      subnets: unreadOf("DescribeSubnets", false),
      routeTables: unreadOf("DescribeRouteTables", true),
    }),
    expect: ["unread", "ec2:DescribeRouteTables on region us-east-1 was denied. Allow it to role/scanner", true],
  },
  "a VPC without an endpoint although its route tables could not be read: one proof is enough": {
    facts: vpc([], { routeTables: unreadOf("DescribeRouteTables", true) }),
    expect: ["NON_COMPLIANT", `No VPC endpoint for DynamoDB; one is required. ${createMend}`],
    commands: [],
  },
  "a missed route table although the subnets could not be read: one proof is enough": {
    facts: vpc([gateway("vpce-1", ["rtb-1", "rtb-2"])], { subnets: unreadOf("DescribeSubnets", true) }),
    expect: ["NON_COMPLIANT", `Gateway endpoint vpce-1 misses rtb-3 (subnet-3); ${everySubnet}. ${addMend}`],
  },
  "a subnet for which no route table is named as unread": {
    facts: vpc([gateway("vpce-1", all)], { routeTables: { value: [table("rtb-2", ["subnet-2"])] } }),
    expect: ["unread", "ec2:DescribeRouteTables on subnet-1 names no route table for it, not even a main one", true],
  },
  "a VPC without an endpoint where no route table is named for a subnet": {
    facts: vpc([], { routeTables: { value: [] } }),
    expect: ["NON_COMPLIANT", `No VPC endpoint for DynamoDB; one is required. ${createMend}`],
    commands: [],
  },
  "a workload's interface that names no subnet as unread": {
    facts: vpc([gateway("vpce-1", all)], { networkInterfaces: { value: [inSubnet("subnet-1"), inSubnet(null)] } }),
    expect: ["unread", "ec2:DescribeNetworkInterfaces on vpc-1 answered without the SubnetId of an interface", true],
  },
});

describe("no verdict is COMPLIANT when a fact that it needs is unread", () => {
  const subnetIds = ["subnet-1", "subnet-2", "subnet-3", "subnet-4"];
  const tableIds = ["rtb-1", "rtb-2", "rtb-3"];
  const orUnread = <T>(value: fc.Arbitrary<T>, call: string) =>
    fc.oneof(
      { weight: 6, arbitrary: value.map((known) => ({ value: known })) },
      { weight: 1, arbitrary: fc.constantFrom(unreadOf(call, true), unreadOf(call, false)) },
    );
  const endpoint = fc.record({
    vpcEndpointId: fc.constantFrom("vpce-1", "vpce-2", "vpce-3"),
    vpcId: fc.constant(vpcId),
    vpcEndpointType: fc.constantFrom("Gateway", "gateway", "Interface", "Tunnel", null),
    serviceName: fc.constantFrom(service, `${service}-fips`),
    state: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom("available", "Available") },
      { weight: 1, arbitrary: fc.constantFrom(...notAvailable, "deleted", "unheard") },
    ),
    routeTableIds: fc.subarray(tableIds),
    subnetIds: fc.subarray(subnetIds),
  });
  const routeTables = fc
    .tuple(fc.array(fc.constantFrom(...tableIds), { minLength: 4, maxLength: 4 }), fc.constantFrom("rtb-1", null))
    .map(([ownTables, main]) =>
      tableIds.map((id) =>
        table(
          id,
          // The first subnet has no table of its own.
          subnetIds.filter((_, index) => index > 0 && ownTables[index] === id),
          id === main,
        ),
      ),
    );
  const networkInterface = fc.record({
    vpcId: fc.constant(vpcId),
    subnetId: fc.constantFrom(...subnetIds),
    interfaceType: fc.constantFrom("interface", "lambda", "nat_gateway", "vpc_endpoint"),
    requesterId: fc.constantFrom(null, "amazon-elb"),
    status: fc.constantFrom("in-use", "available"),
  });
  const anyFacts: fc.Arbitrary<VpcFacts> = fc.record({
    vpcId: fc.constant(vpcId),
    ownerId: fc.constant("123456789012"),
    accountId: fc.constant("123456789012"),
    region: fc.constant("us-east-1"),
    subnets: orUnread(fc.subarray(subnetIds.map((subnetId) => ({ subnetId, vpcId }))), "DescribeSubnets"),
    routeTables: orUnread(routeTables, "DescribeRouteTables"),
    vpcEndpoints: orUnread(
      fc.uniqueArray(endpoint, { maxLength: 3, selector: ({ vpcEndpointId }) => vpcEndpointId }),
      "DescribeVpcEndpoints",
    ),
    networkInterfaces: orUnread(fc.array(networkInterface, { maxLength: 4 }), "DescribeNetworkInterfaces"),
  });
  const anyParameters = fc.record({ acceptInterfaceEndpoints: fc.boolean(), ignoreUnused: fc.boolean() });

  /** Whether an available endpoint of this kind is there, told without the rule's own words. */
  const available = ({ vpcEndpoints }: VpcFacts, kind: RegExp) =>
    "value" in vpcEndpoints
      ? vpcEndpoints.value.filter(
          ({ vpcEndpointType, state }) => kind.test(vpcEndpointType ?? "") && /^available$/i.test(state),
        )
      : [];

  /** The table of each subnet that must be served, null where there is none; plainly, subnet by subnet. */
  function neededTables({ subnets, routeTables: read, networkInterfaces }: VpcFacts, ignoreUnused: boolean) {
    if ("unread" in subnets || "unread" in read) return [null];
    const isUsed = (subnetId: string): boolean =>
      "value" in networkInterfaces &&
      networkInterfaces.value.some(
        (one) =>
          one.subnetId === subnetId &&
          /^(interface|lambda)$/.test(one.interfaceType ?? "") &&
          one.requesterId === null &&
          one.status === "in-use",
      );
    const judged = ignoreUnused ? subnetIds.filter(isUsed) : subnets.value.map(({ subnetId }) => subnetId);
    return judged.map((subnetId) => {
      const own = read.value.find(({ associations }) => associations.some((one) => one.subnetId === subnetId));
      return (
        (own ?? read.value.find(({ associations }) => associations.some(({ main }) => main)))?.routeTableId ?? null
      );
    });
  }

  it("for any facts and parameters; and the mend obeys its law", () => {
    const seen = { gateway: 0, interface: 0, mended: 0 };
    void fc.assert(
      fc.property(anyFacts, anyParameters, (given, raw) => {
        const parameters = parseParameters(vpcEndpoint.parameters, raw, "parameters");
        const verdict = vpcEndpoint.evaluate(given, parameters);
        if ("unread" in verdict || verdict.complianceType === "NOT_APPLICABLE") return;
        if (verdict.complianceType === "COMPLIANT") {
          expect("value" in given.vpcEndpoints).toBe(true);
          if (parameters.ignoreUnused) expect("value" in given.networkInterfaces).toBe(true);
          const byLink = available(given, /^interface$/i).some(({ subnetIds: placed }) => placed.length > 0);
          if (parameters.acceptInterfaceEndpoints && byLink) {
            seen.interface++;
            return;
          }
          seen.gateway++;
          // An endpoint without a type is a gateway by its route tables.
          const served = [...available(given, /^gateway$/i), ...available(given, /^$/)].flatMap(
            ({ routeTableIds }) => routeTableIds,
          );
          const needed = neededTables(given, parameters.ignoreUnused);
          expect(needed.filter((id) => id === null || !served.includes(id))).toEqual([]);
          return;
        }
        const mend = vpcEndpoint.mend(given, parameters);
        if (!("after" in mend)) return;
        seen.mended++;
        expect(vpcEndpoint.evaluate(mend.after, parameters)).toMatchObject({ complianceType: "COMPLIANT" });
      }),
      { numRuns: 5000 },
    );
    expect(Object.values(seen).filter((count) => count < 50)).toEqual([]);
  });
});

test("the endpoint that a mend creates has a policy in order, which its command names", () => {
  const { steps } = vpcEndpoint.mend(vpc([]), parseParameters(vpcEndpoint.parameters, {}, "parameters"));
  const [policy, create] = steps;
  if (policy === undefined || !("file" in policy)) throw new Error("no policy");
  expect(create).toMatchObject({ command: expect.arrayContaining(["--policy-document", `file://${policy.file}`]) });
  const trusted = parseParameters(endpointPolicy.parameters, {}, "parameters");
  expect(endpointPolicy.evaluate(vpcEndpointFacts(policy.content), trusted)).toMatchObject({
    complianceType: "COMPLIANT",
  });
});

describe("a change touches", () => {
  const change = (more: Partial<Change>): Change => ({
    type: "AWS::EC2::VPCEndpoint",
    id: "vpce-1",
    deleted: false,
    configuration: null,
    ...more,
  });
  const touched: Record<string, [change: Change, touched: ReturnType<NonNullable<typeof vpcEndpoint.affected>>]> = {
    "the VPC of an endpoint for DynamoDB": [
      change({ configuration: { vpcId, serviceName: service } }),
      [{ type: "AWS::EC2::VPC", id: vpcId }],
    ],
    "the VPC of an endpoint for DynamoDB with FIPS": [
      change({ configuration: { vpcId, serviceName: `${service}-fips` } }),
      [{ type: "AWS::EC2::VPC", id: vpcId }],
    ],
    "the VPC of a route table": [
      change({ type: "AWS::EC2::RouteTable", id: "rtb-1", configuration: { vpcId, routeTableId: "rtb-1" } }),
      [{ type: "AWS::EC2::VPC", id: vpcId }],
    ],
    "nothing where the endpoint is another service's": [
      change({ configuration: { vpcId, serviceName: "com.amazonaws.us-east-1.s3" } }),
      [],
    ],
    "nothing where the endpoint is that of DynamoDB's streams": [
      change({ configuration: { vpcId, serviceName: `${service}-streams` } }),
      [],
    ],
    "the account where the item is deleted": [change({ deleted: true }), "account"],
    "the account where the item is oversized": [change({ type: "AWS::EC2::RouteTable", id: "rtb-1" }), "account"],
    "the account where the VPC's id is none": [
      change({ configuration: { vpcId: 7, serviceName: service } }),
      "account",
    ],
  };
  it.each(Object.entries(touched))("%s", (_sentence, [changed, expected]) => {
    expect(vpcEndpoint.affected?.(changed)).toEqual(expected);
  });
});
