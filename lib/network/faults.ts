/** What is wrong with a VPC's way to DynamoDB, and the command that puts it right. Pure. */
import type { VpcEndpoint } from "../account/network.ts";
import type { VpcFacts } from "../account/vpc-readings.ts";
import type { Fault } from "../fault.ts";
import type { Fact, Reason, ReasonKind, Resource, Step } from "../rule.ts";
import { dynamodbServices, isGateway, type SortedEndpoints, unavailableInWords } from "./endpoints.ts";
import { type RoutedSubnets, type Routing, tablesInWords } from "./routes.ts";

export interface NetworkDemands {
  readonly acceptInterfaceEndpoints: boolean;
  readonly ignoreUnused: boolean;
}

export const vpcReasons = {
  noEndpoint: {
    severity: "MEDIUM",
    says: "No VPC endpoint for DynamoDB",
    why: "Without an endpoint, what runs in the VPC calls DynamoDB by public addresses, out of reach of endpoint policies and of aws:SourceVpce conditions.",
  },
  endpointNotAvailable: {
    severity: "MEDIUM",
    says: "an available",
    why: "An endpoint that is not available carries no traffic: the VPC is as if it had none.",
  },
  gatewayEndpointRequired: {
    severity: "MEDIUM",
    says: "gateway endpoint is required too",
    why: "The service's own name does not resolve to an interface endpoint: clients that were not told its names go around it.",
  },
  routeTableMissed: {
    severity: "MEDIUM",
    says: "the route table of every subnet",
    why: "Subnets whose route table lacks the endpoint call DynamoDB by public addresses, though the VPC has an endpoint.",
  },
} as const satisfies Record<string, ReasonKind>;

/** `Gateway endpoint vpce-1 misses rtb-3 (subnets subnet-5, subnet-6)`. */
export function missedInWords(gateways: readonly VpcEndpoint[], missed: readonly RoutedSubnets[]): string {
  const ids = gateways.map(({ vpcEndpointId }) => vpcEndpointId).join(", ");
  return `Gateway endpoint${gateways.length === 1 ? "" : "s"} ${ids} miss${gateways.length === 1 ? "es" : ""} ${tablesInWords(missed)}`;
}

/** Available gateway endpoints leave out route tables of judged subnets. */
export function missedTablesFault(
  facts: VpcFacts,
  { gateways, unavailable }: SortedEndpoints,
  missed: readonly RoutedSubnets[],
  { ignoreUnused }: NetworkDemands,
): Fault<VpcFacts> {
  const [vpcEndpointId = ""] = gateways.map((gateway) => gateway.vpcEndpointId);
  const tableIds = missed.map(({ routeTableId }) => routeTableId);
  const inTheWay = unavailable.filter((endpoint) => holdsOneOf(endpoint, tableIds));
  const chosen = ["--vpc-endpoint-id", vpcEndpointId, "--add-route-table-ids", ...tableIds];
  const extended = (endpoint: VpcEndpoint): VpcEndpoint =>
    endpoint.vpcEndpointId === vpcEndpointId
      ? { ...endpoint, routeTableIds: [...endpoint.routeTableIds, ...tableIds] }
      : endpoint;
  return {
    reason: {
      code: "routeTableMissed",
      found: [missedInWords(gateways, missed), ...inTheWay.map(unavailableInWords)].join("; "),
      wanted: `the route table of every subnet${ignoreUnused ? " in use" : ""} is required`,
      source: endpointResource(vpcEndpointId),
    },
    summary: `Add the route table${tableIds.length === 1 ? "" : "s"} (modify-vpc-endpoint --add-route-table-ids)`,
    steps: [
      ...inTheWay.map((endpoint) => clearStep(endpoint, facts)),
      { command: ["aws", "ec2", "modify-vpc-endpoint", ...chosen, "--region", facts.region] },
    ],
    mayBreak: `${mayBreakByRoute}; the endpoint's policy decides what passes`,
    remedy: inTheWay.length > 0 ? clearChoice(inTheWay) : { repair: withEndpoints((old) => old.map(extended)) },
  };
}

/** There is no available gateway endpoint, and nothing that stands for one.
 * @param routing of the judged subnets */
export function noGatewayFault(
  facts: VpcFacts,
  { interfaces, unavailable }: SortedEndpoints,
  routing: Fact<Routing>,
  { acceptInterfaceEndpoints }: NetworkDemands,
): Fault<VpcFacts> {
  const tableIds = tablesToServe(routing);
  const inTheWay = unavailable.filter((endpoint) => isOnItsWay(endpoint) || holdsOneOf(endpoint, tableIds ?? []));
  const [service] = dynamodbServices(facts.region);
  const created: VpcEndpoint = {
    vpcEndpointId: "vpce-created",
    vpcId: facts.vpcId,
    vpcEndpointType: "Gateway",
    serviceName: service,
    state: "available",
    routeTableIds: tableIds ?? [],
    subnetIds: [],
  };
  const file = `${facts.vpcId}-endpoint-policy.json`;
  const chosen = ["--vpc-id", facts.vpcId, "--service-name", service, "--vpc-endpoint-type", "Gateway"];
  const create: Step =
    tableIds === null
      ? {
          words: `Create a gateway endpoint for ${service} in ${facts.vpcId}, on the route table of each subnet, with the policy ${file}.`,
        }
      : {
          command: [
            "aws",
            "ec2",
            "create-vpc-endpoint",
            ...chosen,
            "--route-table-ids",
            ...tableIds,
            "--policy-document",
            `file://${file}`,
            "--region",
            facts.region,
          ],
        };
  return {
    reason: whatStands(interfaces, unavailable, acceptInterfaceEndpoints),
    summary:
      inTheWay.length > 0
        ? `Wait for ${idsOf(inTheWay)}, or replace it by a gateway endpoint (create-vpc-endpoint)`
        : "Create a gateway endpoint on the subnets' route tables (create-vpc-endpoint --route-table-ids)",
    steps: [
      ...inTheWay.map((endpoint) => clearStep(endpoint, facts)),
      { file, content: ownAccountOnly(facts.accountId) },
      create,
    ],
    mayBreak: `${mayBreakByRoute}; principals of other accounts, and tables of other accounts, are beyond its policy`,
    remedy:
      inTheWay.length > 0
        ? clearChoice(inTheWay)
        : tableIds === null
          ? { choice: "On which route tables the endpoint shall be." }
          : { repair: withEndpoints((old) => [...old, created]) },
  };
}

function whatStands(
  interfaces: readonly VpcEndpoint[],
  unavailable: readonly VpcEndpoint[],
  acceptInterfaceEndpoints: boolean,
): Reason {
  const kind = acceptInterfaceEndpoints ? "" : "gateway ";
  const [first] = [...unavailable, ...interfaces];
  if (first === undefined) {
    const wanted = acceptInterfaceEndpoints ? "one is required" : "a gateway endpoint is required";
    return { code: "noEndpoint", found: "No VPC endpoint for DynamoDB", wanted, source: null };
  }
  const source = endpointResource(first.vpcEndpointId);
  if (unavailable.length > 0) {
    const found = unavailable.map(unavailableInWords).join(", ");
    return { code: "endpointNotAvailable", found, wanted: `an available ${kind}endpoint is required`, source };
  }
  return {
    code: "gatewayEndpointRequired",
    found: `Only interface endpoint${interfaces.length === 1 ? "" : "s"} ${idsOf(interfaces)}, to which the service's own name does not resolve`,
    wanted: "a gateway endpoint is required too",
    source,
  };
}

/** The route tables that a new endpoint has to be on: the main one where no subnet is there yet; null: not known. */
function tablesToServe(routing: Fact<Routing>): readonly string[] | null {
  if ("unread" in routing || routing.value.unrouted.length > 0) return null;
  const { tables, mainRouteTableId } = routing.value;
  if (tables.length > 0) return tables.map(({ routeTableId }) => routeTableId);
  return mainRouteTableId === null ? null : [mainRouteTableId];
}

const mayBreakByRoute =
  "Open connections to DynamoDB break once; aws:SourceIp conditions no longer see a public address";

/** The policy of a new endpoint: one that is made without lets everybody through, and breaks the rule on such policies. */
function ownAccountOnly(accountId: string): string {
  const own = { "aws:PrincipalAccount": accountId, "aws:ResourceAccount": accountId };
  const statement = { Effect: "Allow", Principal: "*", Action: "dynamodb:*", Resource: "*" };
  const document = { Version: "2012-10-17", Statement: [{ ...statement, Condition: { StringEquals: own } }] };
  return `${JSON.stringify(document, null, 2)}\n`;
}

// EC2: RouteAlreadyExists, where a route table has a route to the same service by another endpoint.
function holdsOneOf(endpoint: VpcEndpoint, tableIds: readonly string[]): boolean {
  return isGateway(endpoint) && endpoint.routeTableIds.some((tableId) => tableIds.includes(tableId));
}

function isOnItsWay({ state }: VpcEndpoint): boolean {
  return state.toLowerCase().startsWith("pending");
}

function clearStep(endpoint: VpcEndpoint, { region }: VpcFacts): Step {
  const remove = `aws ec2 delete-vpc-endpoints --vpc-endpoint-ids ${endpoint.vpcEndpointId} --region ${region}`;
  return { words: `${unavailableInWords(endpoint)}: wait until it is available or gone, or delete it (${remove}).` };
}

function clearChoice(inTheWay: readonly VpcEndpoint[]): { readonly choice: string } {
  return { choice: `Whether to wait for ${idsOf(inTheWay)} or to replace it.` };
}

function withEndpoints(change: (endpoints: readonly VpcEndpoint[]) => readonly VpcEndpoint[]) {
  return (facts: VpcFacts): VpcFacts =>
    "unread" in facts.vpcEndpoints ? facts : { ...facts, vpcEndpoints: { value: change(facts.vpcEndpoints.value) } };
}

function idsOf(endpoints: readonly VpcEndpoint[]): string {
  return endpoints.map(({ vpcEndpointId }) => vpcEndpointId).join(", ");
}

function endpointResource(vpcEndpointId: string): Resource {
  return { type: "AWS::EC2::VPCEndpoint", id: vpcEndpointId, name: vpcEndpointId, arn: null };
}
