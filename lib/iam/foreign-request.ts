/**
 * The question of `dynamodb-resource-policy`: does the policy of a table, or of a stream, let in somebody who is not of the
 * owner's account and not trusted, with a request that no network, and no identity provider, restrains?
 */
import { type Calling, namedPrincipals, nobody, principalsOf, providerSessions, servicesFor } from "./callers.ts";
import { type AttachedPolicy, isAllowed } from "./evaluate.ts";
import { generous } from "./generous.ts";
import { callingAccounts, organizations, type Party, type Trust, trustedArns } from "./parties.ts";
import { keysFromElsewhere, keysOfOwner, partyKeys } from "./party-keys.ts";
import { codesOf, pattern } from "./pattern.ts";
import type { Policy } from "./policy.ts";
import { namedIn } from "./principals.ts";
import { type AskedOf, type Found, findRequest } from "./request-by.ts";
import { crossAccountActions, resourcePolicyActions } from "./resource-policy-actions.ts";
import { type Place, placeOfTable, resourceTypesOf } from "./resources.ts";

export interface ForeignAsked {
  readonly policy: AttachedPolicy;
  readonly trust: Trust;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Where a request comes from binds, as in the definitions of a free request, and so does what a web identity provider says
 * of whom it lets in; whose the endpoint is, is asked of its account. All else a foreign account decides for itself: its
 * tags, names and second factors restrain nobody, and what of a table is let out (`dynamodb:LeadingKeys`) says not to whom. */
const bindingKeys =
  /^(aws:(sourcevpce|sourcevpc|sourceip|ec2instancesourcevpc)$|(cognito-identity\.amazonaws|www\.amazon|graph\.facebook|accounts\.google)\.com:)/;

/** A request by somebody foreign that the policy allows, confirmed by plain evaluation as if the caller's own account allowed
 * everything; or the proof that there is none. */
export function findForeignRequest({ policy, trust, now }: ForeignAsked): Found {
  const [, partition = "aws", , region = "", ownAccount = ""] = policy.attachedTo.split(":");
  const { callings, areAll } = foreignCallings(policy.policy, ownAccount, partition, trust);
  const owners = organizations(policy.policy, "resource", []);
  const elsewhere = keysFromElsewhere([ownAccount, ...trust.trustedAccounts], trust.trustedOrgIds);
  const asks = callings.flatMap((calling) =>
    owners.orgIds
      // A principal of the owner's organization is not foreign.
      .filter((orgId) => orgId === null || orgId !== calling.party?.orgId)
      .map((orgId): AskedOf => {
        const owner: Party = { accountId: ownAccount, orgId, isAny: false };
        return {
          policy,
          door: "resource",
          calling,
          surroundings: partyKeys(keysOfOwner(owner, region), elsewhere),
          actions: calling.principal.kind === "service" ? resourcePolicyActions : crossAccountActions,
          places: (action) => placesOn(policy.attachedTo, action),
          partition,
          now,
          bindingKeys: (key) => bindingKeys.test(key),
          isAllowed: (request) => isAllowed(request, generous({ resource: policy }, request)).allowed,
        };
      }),
  );
  return findRequest(policy.policy, asks, areAll && owners.areAll);
}

/** A table with its indexes, or a stream. */
function placesOn(attachedTo: string, action: string): readonly Place[] {
  const types = resourceTypesOf(action);
  const codes = codesOf(attachedTo);
  if (/:table\/[^/]*\/stream\//.test(attachedTo)) {
    return types.includes("stream") ? [{ resource: { within: [[pattern(codes)]], without: [] }, examples: [] }] : [];
  }
  return (["table", "index"] as const).filter((type) => types.includes(type)).map((type) => placeOfTable(codes, type));
}

/** All who are foreign: principals of other accounts, services that act for them, and who has not signed. */
function foreignCallings(policy: Policy, ownAccount: string, partition: string, trust: Trust) {
  const own = [ownAccount, ...trust.trustedAccounts];
  const principals = foreignPrincipals(policy, own, partition, trust);
  const services = servicesFor(policy, { accounts: own, orgs: trust.trustedOrgIds });
  return {
    callings: [...principals.callings, ...services.callings, nobody],
    areAll: principals.areAll && services.areAll,
  };
}

/** Principals of accounts that are not the owner's and not trusted, nor in a trusted organization, nor trusted by their ARN;
 * one of each kind that the policy can tell from others, first those of an account that it does not name. */
export function foreignPrincipals(
  policy: Policy,
  without: readonly string[],
  partition: string,
  trust: Trust,
): { readonly callings: readonly Calling[]; readonly areAll: boolean } {
  const accounts = callingAccounts(policy, partition, without);
  const orgs = organizations(policy, "principal", trust.trustedOrgIds);
  const trusted = trustedArns(trust);
  const parties = accounts.members.flatMap(({ text, isFresh }) =>
    orgs.orgIds.map((orgId): Party => ({ accountId: text, orgId, isAny: isFresh })),
  );
  return {
    callings: parties.flatMap((party) => [
      ...namedPrincipals(policy, party, trusted),
      ...principalsOf(policy, party, partition, trusted),
      ...providerSessions(policy, party, partition, trusted),
    ]),
    areAll: accounts.areAll && orgs.areAll && !namedIn(policy).some(({ kind }) => kind === "everyProvider"),
  };
}
