/** One reading a VPC endpoint, from one bulk read: the answer holds the policies. */
import type { Reading, Resource, Scope } from "../rule.ts";
import { exemptionBy, exemptTag, exemptTagParameter } from "./exempt-tag.ts";
import { UnreadError } from "./fact.ts";
import { notListed } from "./listed.ts";
import { listVpcEndpointDetails, type VpcEndpointDetails } from "./network.ts";
import { longestNotJudgedFirst } from "./order.ts";
import type { Session } from "./session.ts";

export const vpcEndpointType = "AWS::EC2::VPCEndpoint";

export const exemptVpcEndpointTag = exemptTagParameter("VPC endpoints", "a VPC endpoint");

export interface VpcEndpointFacts {
  readonly endpoint: VpcEndpointDetails;
  /** The account and region that were asked, and when: milliseconds since 1970. */
  readonly accountId: string;
  readonly region: string;
  readonly now: number;
}

/** The VPC endpoints in scope, those never or longest not judged first.
 * @param exempt `exemptResourceTag`; null: none
 * @throws UnreadError at the end, where the listing of all endpoints broke off */
export async function* readVpcEndpoints(
  session: Session,
  scope: Scope,
  exempt: string | null,
): AsyncGenerator<Reading<VpcEndpointFacts>> {
  const asked = scope.kind === "account" ? null : scope.resources.filter(({ type }) => type === vpcEndpointType);
  if (asked?.length === 0) return;
  const { items: endpoints, brokenOff } = await listVpcEndpointDetails(session, asked?.map(({ id }) => id) ?? null);

  const tag = exempt === null ? null : exemptTag(exempt);
  const keyOf = ({ vpcEndpointId }: VpcEndpointDetails) => ({ type: vpcEndpointType, id: vpcEndpointId }) as const;
  const { accountId, region } = session;
  const now = session.now.getTime();
  const inOrder = scope.kind === "account" ? longestNotJudgedFirst(endpoints, keyOf, scope.lastJudged) : endpoints;
  for (const endpoint of inOrder) {
    const resource = resourceOf(endpoint.vpcEndpointId, endpoint.tags.get("Name"));
    const because = exemptionBy(tag, endpoint.tags);
    if (because !== null) yield { resource, exempt: because };
    else yield { resource, facts: { endpoint, accountId, region, now } };
  }
  const listed = new Set(endpoints.map(({ vpcEndpointId }) => vpcEndpointId));
  if (asked !== null) {
    const unnamed = asked.map(({ id }) => resourceOf(id, undefined));
    yield* notListed(unnamed, listed, brokenOff);
  } else if (brokenOff !== null) throw new UnreadError(brokenOff);
}

function resourceOf(id: string, name: string | undefined): Resource {
  return { type: vpcEndpointType, id, name: name || id, arn: null };
}
