/** What is demanded of a VPC's way to DynamoDB, and whether it is met. Pure. */
import type { VpcEndpoint } from "../account/network.ts";
import type { VpcFacts } from "../account/vpc-readings.ts";
import type { Fault } from "../fault.ts";
import type { Fact, Unread } from "../rule.ts";
import { sortEndpoints } from "./endpoints.ts";
import { missedInWords, missedTablesFault, type NetworkDemands, noGatewayFault } from "./faults.ts";
import { countCarriers, whyNoWorkload } from "./interfaces.ts";
import { type Routing, routeSubnets } from "./routes.ts";

/** Why a VPC is not judged; null where it is. */
export function whyNotJudged(facts: VpcFacts, { ignoreUnused }: NetworkDemands): string | null {
  const { ownerId, accountId, networkInterfaces } = facts;
  if (ownerId !== accountId) {
    return `Shared by account ${ownerId}: only a VPC's owner can see and make its endpoints, so it is judged there`;
  }
  if (!ignoreUnused || "unread" in networkInterfaces) return null;
  if (networkInterfaces.value.some((one) => whyNoWorkload(one) === null)) return null;
  const others = countCarriers(networkInterfaces.value);
  return `Unused: no network interface of a workload in this VPC (ignoreUnused)${others === "" ? "" : `, only ${others}`}`;
}

export interface Assessment {
  readonly faults: readonly Fault<VpcFacts>[];
  /** What compliance needs and is not known. */
  readonly unread: Unread | null;
  /** Why the VPC complies, where it has no fault and all is known. */
  readonly because: string;
}

/** Of a VPC that is judged. One proof makes a violation: what else could not be read does not undo it. */
export function assessVpc(facts: VpcFacts, demands: NetworkDemands): Assessment {
  const usage = demands.ignoreUnused ? [facts.networkInterfaces] : [];
  if ("unread" in facts.vpcEndpoints || usage.some((fact) => "unread" in fact)) {
    return { faults: [], unread: worst([facts.vpcEndpoints, ...usage]), because: "" };
  }
  const endpoints = sortEndpoints(facts.vpcEndpoints.value);
  const { gateways, interfaces, unclear } = endpoints;
  const judged = judgedSubnets(facts, demands);
  const routing = routingOf(facts, judged);
  const served = new Set(gateways.flatMap(({ routeTableIds }) => routeTableIds));
  const tables = "value" in routing ? routing.value.tables : [];
  const missed = gateways.length > 0 ? tables.filter(({ routeTableId }) => !served.has(routeTableId)) : [];

  if (demands.acceptInterfaceEndpoints && interfaces.length > 0) {
    const beside = missed.length > 0 ? `${missedInWords(gateways, missed)}. ` : "";
    return { faults: [], unread: null, because: `${beside}${byInterface(interfaces)}` };
  }
  const unread = worst([facts.subnets, routing, ...unrouted(routing)]);
  if (gateways.length > 0 && missed.length === 0) {
    return { faults: [], unread, because: byGateway(gateways, facts, judged, demands) };
  }
  // An endpoint that nobody understands may be the very one that is missed.
  if (unclear.length > 0) return { faults: [], unread: worst(unclear.map(notUnderstood)), because: "" };
  const fault =
    gateways.length > 0
      ? missedTablesFault(facts, endpoints, missed, demands)
      : noGatewayFault(facts, endpoints, routing, demands);
  return { faults: [fault], unread, because: "" };
}

/** The ids of the subnets that are held to reach DynamoDB by an endpoint. */
function judgedSubnets(facts: VpcFacts, { ignoreUnused }: NetworkDemands): Fact<readonly string[]> {
  const { subnets, networkInterfaces } = facts;
  if (!ignoreUnused) return "unread" in subnets ? subnets : { value: subnets.value.map(({ subnetId }) => subnetId) };
  if ("unread" in networkInterfaces) return networkInterfaces;
  const workloads = networkInterfaces.value.filter((one) => whyNoWorkload(one) === null);
  if (workloads.some(({ subnetId }) => subnetId === null)) {
    return notTold("ec2:DescribeNetworkInterfaces", `${facts.vpcId} answered without the SubnetId of an interface`);
  }
  return { value: [...new Set(workloads.flatMap(({ subnetId }) => subnetId ?? []))] };
}

function routingOf({ routeTables }: VpcFacts, judged: Fact<readonly string[]>): Fact<Routing> {
  if ("unread" in judged) return judged;
  return "unread" in routeTables ? routeTables : { value: routeSubnets(judged.value, routeTables.value) };
}

function unrouted(routing: Fact<Routing>): readonly Fact<never>[] {
  if ("unread" in routing) return [];
  return routing.value.unrouted.map((subnetId) =>
    notTold("ec2:DescribeRouteTables", `${subnetId} names no route table for it, not even a main one`),
  );
}

function notUnderstood({ vpcEndpointId, vpcEndpointType, state }: VpcEndpoint): Fact<never> {
  const words = `${vpcEndpointId} answered with VpcEndpointType ${vpcEndpointType}, State ${state}: not understood`;
  return notTold("ec2:DescribeVpcEndpoints", words);
}

function notTold(call: string, words: string): { readonly unread: Unread } {
  return { unread: { call, message: `on ${words}`, lasting: true } };
}

/** The reason that matters most: what lasts comes first, since waiting will not mend it. */
function worst(facts: readonly Fact<unknown>[]): Unread | null {
  const unread = facts.flatMap((fact) => ("unread" in fact ? [fact.unread] : []));
  return unread.find(({ lasting }) => lasting) ?? unread[0] ?? null;
}

function byInterface(interfaces: readonly VpcEndpoint[]): string {
  const ids = interfaces.map(({ vpcEndpointId }) => vpcEndpointId);
  const subject = ids.length === 1 ? `Interface endpoint ${ids[0]} is` : `Interface endpoints ${ids.join(", ")} are`;
  return `${subject} available: clients must use the endpoint's own DNS names, since the service's own name does not resolve to it`;
}

function byGateway(
  gateways: readonly VpcEndpoint[],
  { subnets }: VpcFacts,
  judged: Fact<readonly string[]>,
  { ignoreUnused }: NetworkDemands,
): string {
  const ids = gateways.map(({ vpcEndpointId }) => vpcEndpointId);
  const subject = ids.length === 1 ? `Gateway endpoint ${ids[0]} is` : `Gateway endpoints ${ids.join(", ")} are`;
  const all = "value" in subnets ? subnets.value.length : 0;
  const count = "value" in judged ? judged.value.length : 0;
  return `${subject} on the route table of every subnet${ignoreUnused ? ` in use (${count} of ${all})` : ` (${all})`}`;
}
