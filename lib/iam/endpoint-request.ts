/**
 * The questions of `dynamodb-endpoint-policy`: does an endpoint let through a request by somebody foreign, or one by people
 * who may come through on a foreign table? Data would leave, or come in, by the private way that was built for its own.
 */
import { dataFirst } from "./actions.ts";
import { type Calling, namedPrincipals, principalsOf, providerSessions } from "./callers.ts";
import { type EndpointPolicy, isAllowed } from "./evaluate.ts";
import { foreignPrincipals } from "./foreign-request.ts";
import { generous } from "./generous.ts";
import { callingAccounts, organizations, owningAccounts, type Party, type Trust } from "./parties.ts";
import { keysOfOwner, keysThroughEndpoint, partyKeys } from "./party-keys.ts";
import { anyRun, codesOf, pattern } from "./pattern.ts";
import type { Policy } from "./policy.ts";
import { namedIn } from "./principals.ts";
import { type AskedOf, type Found, findRequest } from "./request-by.ts";
import { type Place, resourceExamples, resourceLanguage, resourceTypesOf } from "./resources.ts";

export interface EndpointAsked {
  readonly policy: EndpointPolicy;
  readonly endpoint: {
    readonly id: string;
    readonly vpcId: string;
    readonly accountId: string;
    readonly region: string;
    /** `aws`, `aws-cn` and so on. */
    readonly partition: string;
    readonly service: "dynamodb" | "dynamodb-streams";
  };
  readonly trust: Trust;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** DynamoDB and DynamoDB Streams have endpoints of their own (DynamoDB developer guide, PrivateLink). */
const streamActions = ["GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"].map(
  (name) => `dynamodb:${name}`,
);
const tableActions = dataFirst.filter((name) => !streamActions.includes(name));

/** Who calls, and whose table is asked for. DynamoDB takes no request that is not signed, and services call from elsewhere. */
interface Pair {
  readonly calling: Calling;
  readonly owner: Party;
}

/** A request by a principal that is not of the endpoint's account and not trusted, on any table. */
export function findForeignCaller(asked: EndpointAsked): Found {
  const { policy, endpoint, trust } = asked;
  const { partition, accountId } = endpoint;
  const trusted = [accountId, ...trust.trustedAccounts];
  const { callings, areAll } = foreignPrincipals(policy.policy, trusted, partition, trust);
  const owners = owningAccounts(policy.policy, placesBefore(endpoint), [accountId]);
  const orgs = organizations(policy.policy, "resource", []);
  const pairs = callings.flatMap((calling): readonly Pair[] => {
    const { party } = calling;
    if (party === null) return [];
    const others = owners.members.map(({ text }) => text).filter((text) => text !== party.accountId);
    return [
      ...[accountId, ...others]
        .flatMap((text) => partiesIn(text, orgsBeside(party, orgs.orgIds)))
        .map((owner) => ({ calling, owner })),
      { calling, owner: party },
      // A principal of the account's own organization is not foreign.
    ].filter(({ owner }) => owner.accountId !== accountId || owner.orgId === null || owner.orgId !== party.orgId);
  });
  return firstOf(asked, pairs, areAll && owners.areAll && orgs.areAll);
}

/** A request by the account's own principals, or by trusted ones, on a table of an account that is neither. */
export function findForeignTable(asked: EndpointAsked): Found {
  const { policy, endpoint, trust } = asked;
  const { partition, accountId } = endpoint;
  const trusted = [accountId, ...trust.trustedAccounts];
  const own = organizations(policy.policy, "principal", []);
  const trustedOrgs = partiesOfTrustedOrgs(asked, trusted);
  const parties = [...trusted.flatMap((id) => partiesIn(id, own.orgIds)), ...trustedOrgs.parties];
  const owners = owningAccounts(policy.policy, placesBefore(endpoint), trusted);
  const orgs = organizations(policy.policy, "resource", trust.trustedOrgIds);
  const callings = parties.flatMap((party) => ownPrincipals(policy.policy, party, partition));
  const pairs = callings.flatMap((calling) =>
    owners.members
      .flatMap(({ text }) => partiesIn(text, orgsBeside(calling.party, orgs.orgIds)))
      // The account's own organization is not foreign to it; that of a trusted account may be.
      .filter(
        ({ orgId }) =>
          orgId === null ||
          (!trust.trustedOrgIds.includes(orgId) &&
            (orgId !== calling.party?.orgId || calling.party.accountId !== accountId)),
      )
      .map((owner): Pair => ({ calling, owner })),
  );
  const tellsProviders = namedIn(policy.policy).some(({ kind }) => kind === "everyProvider");
  return firstOf(asked, pairs, [own, trustedOrgs, owners, orgs].every(({ areAll }) => areAll) && !tellsProviders);
}

/** One account of each kind that the policy can tell from others, in each of the trusted organizations. */
function partiesOfTrustedOrgs({ policy, endpoint, trust }: EndpointAsked, without: readonly string[]) {
  if (trust.trustedOrgIds.length === 0) return { parties: [], areAll: true };
  const { members, areAll } = callingAccounts(policy.policy, endpoint.partition, without);
  const parties = members.flatMap(({ text, isFresh }) =>
    trust.trustedOrgIds.map((orgId): Party => ({ accountId: text, orgId, isAny: isFresh })),
  );
  return { parties, areAll };
}

function ownPrincipals(policy: Policy, party: Party, partition: string): readonly Calling[] {
  return [
    ...namedPrincipals(policy, party, []),
    ...principalsOf(policy, party, partition, []),
    ...providerSessions(policy, party, partition, []),
  ];
}

/** Organizations of a table's owner, the caller's own among them where the policy speaks of any: it may compare the two. */
function orgsBeside(party: Party | null, orgIds: readonly (string | null)[]): readonly (string | null)[] {
  const orgId = party?.orgId ?? null;
  return orgIds.length === 1 || orgIds.includes(orgId) ? orgIds : [...orgIds, orgId];
}

function partiesIn(accountId: string, orgIds: readonly (string | null)[]): readonly Party[] {
  return orgIds.map((orgId) => ({ accountId, orgId, isAny: false }));
}

/** The first of the pairs of which a request comes through. */
function firstOf({ policy, endpoint, now }: EndpointAsked, pairs: readonly Pair[], areAll: boolean): Found {
  const through = keysThroughEndpoint(endpoint.id, endpoint.vpcId, endpoint.accountId);
  const asks = pairs.map(
    ({ calling, owner }): AskedOf => ({
      policy,
      door: policy.type === "Gateway" ? "gateway" : "resource",
      calling,
      surroundings: partyKeys(keysOfOwner(owner, endpoint.region), through),
      actions: endpoint.service === "dynamodb" ? tableActions : streamActions,
      places: (action) => placesOf(action, owner, calling, endpoint),
      partition: endpoint.partition,
      now,
      bindingKeys: null,
      isAllowed: (request) => isAllowed(request, generous({ endpoint: policy }, request)).allowed,
    }),
  );
  return findRequest(policy.policy, asks, areAll);
}

type Endpoint = EndpointAsked["endpoint"];

/** What stands before the account in ARNs that an endpoint serves: those of its region. */
function placesBefore({ partition, region }: Endpoint): readonly string[] {
  return [`arn:${partition}:dynamodb:${region}:`, `arn:${partition}:dynamodb::`];
}

/** What names no resource is asked of the caller's own account. */
function placesOf(action: string, { accountId }: Party, { party }: Calling, endpoint: Endpoint): readonly Place[] {
  const owner = { accountId, partition: endpoint.partition };
  const here = placesBefore(endpoint).map((text) => pattern([...codesOf(text), anyRun]));
  return resourceTypesOf(action).flatMap((type): readonly Place[] => {
    const { within, without } = resourceLanguage(type, owner);
    const examples = resourceExamples(type, owner, [], endpoint.region);
    if (type !== "none") return [{ resource: { within: [...within, here], without }, examples }];
    return party?.accountId === accountId ? [{ resource: { within, without }, examples }] : [];
  });
}
