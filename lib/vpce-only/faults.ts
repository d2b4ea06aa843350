/** The ways into a table besides its endpoints, each with what closes it. Pure. */
import type { VpceOnlyFacts } from "../account/vpce-only-facts.ts";
import type { Fault } from "../fault.ts";
import type { Endpoints } from "../iam/party-keys.ts";
import { rememberedBy } from "../iam/remember.ts";
import { isStreamArn } from "../iam/resources.ts";
import type { Reason, Unread, WitnessRequest } from "../rule.ts";
import { type EndpointDemands, endpointsInWords, endpointsOf, wayInWords } from "./doors.ts";
import { closedPolicy, putSteps, withPolicy } from "./mend.ts";
import { type VpceOnlyReason, wantedInWords } from "./reasons.ts";
import { assess, type Door, doorsOf, serviceLinkedRoles, type WayIn } from "./table.ts";

export interface WaysIn {
  readonly faults: readonly Fault<VpceOnlyFacts>[];
  readonly witness: WitnessRequest | null;
  readonly unread: Unread | null;
  /** By what each door is closed that is. */
  readonly closedBy: readonly ("policy" | "principals")[];
  /** The endpoints that it may be reached through, in words. */
  readonly only: string;
}

interface Demands extends EndpointDemands {
  readonly exemptPrincipals: readonly string[];
}

/** What is found of a table, and of its stream where that is judged. Verdict and mend ask the same: the search is made
 * once. */
export const waysInto = rememberedBy((facts: VpceOnlyFacts, demands: Demands): WaysIn | "noEndpoint" => {
  const { tableName, surroundings } = facts;
  const { exemptPrincipals } = demands;
  const known = endpointsOf(surroundings, demands);
  if ("unread" in known) return { faults: [], witness: null, unread: known.unread, closedBy: [], only: "" };
  const endpoints = known.value;
  if (endpoints === null) return "noEndpoint";
  const found = doorsOf(facts).map((door) => {
    const assessed = assess({ tableName, door, endpoints, exemptPrincipals, surroundings });
    return { door, assessed };
  });
  const ways = found.flatMap(({ door, assessed }) => ("wayIn" in assessed ? [{ door, wayIn: assessed.wayIn }] : []));
  return {
    faults: ways.map(({ door, wayIn }) => faultOf(facts, door, wayIn, endpoints, exemptPrincipals)),
    witness: ways[0] === undefined ? null : requestOf(ways[0].wayIn),
    unread: found.flatMap(({ assessed }) => ("unread" in assessed ? [assessed.unread] : []))[0] ?? null,
    closedBy: found.flatMap(({ assessed }) => ("closedBy" in assessed ? [assessed.closedBy] : [])),
    only: endpointsInWords(endpoints),
  };
});

/** As any simulator can be asked: that it comes through no endpoint is said, also where no policy asks. */
function requestOf({ witness }: WayIn): WitnessRequest {
  const { principal, action, resource, context, allowedBy } = witness;
  const says = Object.keys(context).some((key) => /^aws:sourcevpce?$/i.test(key));
  return { principal, action, resource, context: says ? context : { ...context, "aws:SourceVpce": null }, allowedBy };
}

function faultOf(
  facts: VpceOnlyFacts,
  door: Door,
  wayIn: WayIn,
  endpoints: Endpoints,
  exemptPrincipals: readonly string[],
): Fault<VpceOnlyFacts> {
  const code: VpceOnlyReason =
    wayIn.by === "foreigner" ? "foreignerOutside" : wayIn.isLeft ? "wayLeft" : "outsideAllowed";
  const exempt = [serviceLinkedRoles(door.arn), ...exemptPrincipals];
  const current = "value" in door.resourcePolicy ? (door.resourcePolicy.value?.policy ?? null) : null;
  const policy = closedPolicy(current, door.arn, endpoints, exempt);
  const reason: Reason = {
    code,
    found: foundInWords(facts, wayIn, endpoints),
    wanted: wantedInWords(code, endpointsInWords(endpoints)),
    source: null,
  };
  return {
    reason,
    summary: `Deny other ways in the ${isStreamArn(door.arn) ? "stream" : "table"}'s policy (put-resource-policy)`,
    steps: policy === null ? [{ words: tooLong }] : putSteps(facts, door, policy),
    mayBreak: `Whoever works on the ${isStreamArn(door.arn) ? "stream" : "table"}'s data from elsewhere is locked out: ${nameOf(wayIn.witness.principal)}, and people at the console. Name in exemptPrincipals who is to stay. AWS services, and service-linked roles, go on.`,
    remedy: policy === null ? { choice: tooLong } : { repair: withPolicy(door.arn, policy) },
  };
}

const tooLong = "By hand: with the Deny the policy would be longer than the 20 KB that DynamoDB takes.";

function foundInWords({ tableName }: VpceOnlyFacts, { witness, by }: WayIn, endpoints: Endpoints): string {
  const { principal, action, resource, context } = witness;
  const index = /\/index\/(.+)$/.exec(resource)?.[1];
  const what = isStreamArn(resource) ? "its stream" : index === undefined ? `table ${tableName}` : `index ${index}`;
  const who = by === "foreigner" ? principal : nameOf(principal);
  return `${who} can call ${action} on ${what} ${wayInWords(context, endpoints)}`;
}

/** `role/app`, of an ARN. */
function nameOf(principal: string | null): string {
  return principal === null ? "somebody" : principal.split(":").slice(5).join(":") || principal;
}
