/** DynamoDB's endpoints in a VPC: of which kind they are, and which of them work. Pure. */
import type { VpcEndpoint } from "../account/network.ts";

/** DynamoDB's endpoint services in a region; its streams have one of their own, which leads to no table. */
export function dynamodbServices(region: string): readonly [service: string, fips: string] {
  return [`com.amazonaws.${region}.dynamodb`, `com.amazonaws.${region}.dynamodb-fips`];
}

/** Whether a service is DynamoDB's, in any region. */
export function isDynamodbService(serviceName: string): boolean {
  return /\.dynamodb(-fips)?$/.test(serviceName);
}

export interface SortedEndpoints {
  /** Available gateway endpoints. */
  readonly gateways: readonly VpcEndpoint[];
  /** Available interface endpoints that are in a subnet. */
  readonly interfaces: readonly VpcEndpoint[];
  /** Endpoints that serve nobody now. */
  readonly unavailable: readonly VpcEndpoint[];
  /** Endpoints whose type or state nobody here knows. */
  readonly unclear: readonly VpcEndpoint[];
}

// EC2's API model writes the states with a capital, its answers do not: pendingAcceptance.
const unavailableStates = new Set([
  "pending",
  "pendingacceptance",
  "partial",
  "failed",
  "deleting",
  "rejected",
  "expired",
]);

/** By their ids, so that two runs say the same; what is already deleted is left out. */
export function sortEndpoints(endpoints: readonly VpcEndpoint[]): SortedEndpoints {
  const groups = Map.groupBy(
    endpoints.toSorted((one, other) => (one.vpcEndpointId < other.vpcEndpointId ? -1 : 1)),
    groupOf,
  );
  const { gateways = [], interfaces = [], unavailable = [], unclear = [] } = Object.fromEntries(groups);
  return { gateways, interfaces, unavailable, unclear };
}

function groupOf(endpoint: VpcEndpoint): keyof SortedEndpoints | "deleted" {
  const type = typeOf(endpoint);
  const state = endpoint.state.toLowerCase();
  if (state === "deleted") return "deleted";
  if (type === null) return "unclear";
  if (unavailableStates.has(state)) return "unavailable";
  if (state !== "available") return "unclear";
  if (type === "Gateway") return "gateways";
  return endpoint.subnetIds.length > 0 ? "interfaces" : "unavailable";
}

// EC2 always tells the type. Where it is missing, only route tables prove a gateway: no other type has any.
function typeOf({ vpcEndpointType, routeTableIds }: VpcEndpoint): "Gateway" | "Interface" | null {
  if (vpcEndpointType === null) return routeTableIds.length > 0 ? "Gateway" : null;
  const type = vpcEndpointType.toLowerCase();
  return type === "gateway" ? "Gateway" : type === "interface" ? "Interface" : null;
}

export function isGateway(endpoint: VpcEndpoint): boolean {
  return typeOf(endpoint) === "Gateway";
}

export function isInterface(endpoint: VpcEndpoint): boolean {
  return typeOf(endpoint) === "Interface";
}

/** `Gateway endpoint vpce-1 is failed`. */
export function unavailableInWords(endpoint: VpcEndpoint): string {
  const { vpcEndpointId, state } = endpoint;
  const how = state.toLowerCase() === "available" ? "in no subnet" : state;
  return `${isGateway(endpoint) ? "Gateway" : "Interface"} endpoint ${vpcEndpointId} is ${how}`;
}
