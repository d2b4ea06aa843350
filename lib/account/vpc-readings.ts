/** One reading a VPC, from one bulk read of each thing that is in the VPCs. */
import type { Fact, Reading, Resource, Scope, Unread } from "../rule.ts";
import { exemptionBy, exemptTag, exemptTagParameter } from "./exempt-tag.ts";
import { UnreadError } from "./fact.ts";
import { notListed } from "./listed.ts";
import {
  listNetworkInterfaces,
  listRouteTables,
  listSubnets,
  listVpcEndpoints,
  listVpcs,
  type NetworkInterface,
  type RouteTable,
  type Subnet,
  type Vpc,
  type VpcEndpoint,
} from "./network.ts";
import { longestNotJudgedFirst } from "./order.ts";
import type { Session } from "./session.ts";

export const vpcType = "AWS::EC2::VPC";

export const exemptVpcTag = exemptTagParameter("VPCs", "a VPC");

export interface VpcFacts {
  readonly vpcId: string;
  readonly ownerId: string;
  /** The account and region that were asked. */
  readonly accountId: string;
  readonly region: string;
  readonly subnets: Fact<readonly Subnet[]>;
  readonly routeTables: Fact<readonly RouteTable[]>;
  /** Those of the services asked for. */
  readonly vpcEndpoints: Fact<readonly VpcEndpoint[]>;
  readonly networkInterfaces: Fact<readonly NetworkInterface[]>;
}

export interface VpcQuestions {
  /** `exemptResourceTag`; null: none. */
  readonly exempt: string | null;
  /** The services whose endpoints to read. */
  readonly services: readonly string[];
  /** Whether to read the network interfaces, of which there are most. */
  readonly networkInterfaces: boolean;
}

/** The VPCs in scope, those never or longest not judged first.
 * @throws UnreadError at the end, where the listing of all VPCs broke off */
export async function* readVpcs(
  session: Session,
  scope: Scope,
  questions: VpcQuestions,
): AsyncGenerator<Reading<VpcFacts>> {
  const asked = scope.kind === "account" ? null : scope.resources.filter(({ type }) => type === vpcType);
  if (asked?.length === 0) return;
  const vpcIds = asked?.map(({ id }) => id) ?? null;
  const { items: vpcs, brokenOff } = await listVpcs(session, vpcIds);

  const tag = questions.exempt === null ? null : exemptTag(questions.exempt);
  const exemptionOf = ({ tags }: Vpc): string | null => exemptionBy(tag, tags);
  const allExempt = vpcs.every((vpc) => exemptionOf(vpc) !== null);
  const keyOf = ({ vpcId }: Vpc) => ({ type: vpcType, id: vpcId }) as const;
  const factsOf = allExempt ? null : await readNetworks(session, vpcIds, questions);
  for (const vpc of scope.kind === "account" ? longestNotJudgedFirst(vpcs, keyOf, scope.lastJudged) : vpcs) {
    const resource = resourceOf(vpc.vpcId, vpc.tags.get("Name"));
    const exempt = exemptionOf(vpc);
    if (exempt !== null) yield { resource, exempt };
    else if (factsOf !== null) yield { resource, facts: factsOf(vpc) };
  }
  const unnamed = vpcIds?.map((vpcId) => resourceOf(vpcId, undefined)) ?? null;
  if (unnamed !== null) yield* notListed(unnamed, new Set(vpcs.map(({ vpcId }) => vpcId)), brokenOff);
  else if (brokenOff !== null) throw new UnreadError(brokenOff);
}

function resourceOf(vpcId: string, name: string | undefined): Resource {
  return { type: vpcType, id: vpcId, name: name || vpcId, arn: null };
}

const notAsked: Unread = {
  call: "ec2:DescribeNetworkInterfaces",
  message: "was not asked: unused VPCs and subnets are judged too",
  lasting: true,
};

async function readNetworks(
  session: Session,
  vpcIds: readonly string[] | null,
  questions: VpcQuestions,
): Promise<(vpc: Vpc) => VpcFacts> {
  const [subnets, routeTables, vpcEndpoints, networkInterfaces] = await Promise.all([
    listSubnets(session, vpcIds).then(byVpc),
    listRouteTables(session, vpcIds).then(byVpc),
    listVpcEndpoints(session, vpcIds, questions.services).then(byVpc),
    questions.networkInterfaces ? listNetworkInterfaces(session, vpcIds).then(byVpc) : () => ({ unread: notAsked }),
  ]);
  return ({ vpcId, ownerId }) => ({
    vpcId,
    ownerId,
    accountId: session.accountId,
    region: session.region,
    subnets: subnets(vpcId),
    routeTables: routeTables(vpcId),
    vpcEndpoints: vpcEndpoints(vpcId),
    networkInterfaces: networkInterfaces(vpcId),
  });
}

function byVpc<T extends { readonly vpcId: string }>(all: Fact<readonly T[]>): (vpcId: string) => Fact<readonly T[]> {
  if ("unread" in all) return () => all;
  const ofVpc = Map.groupBy(all.value, ({ vpcId }) => vpcId);
  return (vpcId) => ({ value: ofVpc.get(vpcId) ?? [] });
}
