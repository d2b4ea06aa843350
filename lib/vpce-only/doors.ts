/** By which endpoints a table may be reached. Pure. */
import type { VpcEndpoint } from "../account/network.ts";
import type { Surroundings } from "../account/vpce-only-facts.ts";
import { type Endpoints, isAllowedEndpoint } from "../iam/party-keys.ts";
import { rememberedBy } from "../iam/remember.ts";
import type { Fact } from "../rule.ts";

export interface EndpointDemands {
  readonly endpointIds: readonly string[];
  readonly vpcIds: readonly string[];
}

/** The endpoints as the reasoner is asked about them, one object for a run: those of the demands, or all of the account's;
 * null where there is none, and none is given. */
export const endpointsOf = rememberedBy(
  (surroundings: Surroundings, demands: EndpointDemands): Fact<Endpoints | null> => {
    const { accountId, vpcEndpoints } = surroundings;
    const { endpointIds, vpcIds } = demands;
    if ("unread" in vpcEndpoints) return vpcEndpoints;
    const known = vpcEndpoints.value
      .filter(isThere)
      .map(({ vpcEndpointId, vpcId }) => ({ id: vpcEndpointId, vpcId }))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1));
    const isGiven = endpointIds.length + vpcIds.length > 0;
    if (!isGiven && known.length === 0) return { value: null };
    const allowedIds = isGiven ? endpointIds : known.map(({ id }) => id);
    return { value: { accountId, known, allowedIds, allowedVpcIds: vpcIds } };
  },
);

// Letter case differs between EC2's answers and its documentation.
function isThere({ state }: VpcEndpoint): boolean {
  return !["deleted", "deleting", "rejected", "expired", "failed"].includes(state.toLowerCase());
}

/** `endpoint vpce-1`, `endpoints vpce-1, vpce-2 and those of vpc-3`. */
export function endpointsInWords(endpoints: Endpoints): string {
  const { allowedIds, allowedVpcIds } = endpoints;
  const ids =
    allowedIds.length === 0 ? [] : [`${allowedIds.length === 1 ? "endpoint" : "endpoints"} ${listed(allowedIds)}`];
  const vpcs = allowedVpcIds.length === 0 ? [] : [`the endpoints of ${listed(allowedVpcIds)}`];
  return [...ids, ...vpcs].join(" and ");
}

const mostListed = 3;

function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, mostListed).join(", ");
  return texts.length > mostListed ? `${shown} and ${texts.length - mostListed} more` : shown;
}

/** From where a request comes that comes through none of them, as its keys tell: `from outside any VPC endpoint`. */
export function wayInWords(
  context: Readonly<Record<string, string | readonly string[] | null>>,
  endpoints: Endpoints,
): string {
  const valueUnder = (wanted: string): string | null => {
    const [, value] = Object.entries(context).find(([key]) => key.toLowerCase() === wanted) ?? [];
    return typeof value === "string" ? value : null;
  };
  const [id, vpcId] = [valueUnder("aws:sourcevpce"), valueUnder("aws:sourcevpc")];
  const own = endpoints.known.find((one) => one.id === id && !isAllowedEndpoint(one, endpoints));
  if (own !== undefined) return `through endpoint ${own.id}, which is none of them`;
  if (id !== null || vpcId !== null) return `through another endpoint (${id ?? vpcId})`;
  return "through no endpoint";
}
