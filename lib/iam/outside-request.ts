/**
 * The question of `dynamodb-vpce-only-access`: is a request for a table's data allowed that comes through none of the
 * endpoints that it may come through? Asked of the table's own policy, and of what a principal holds. Of direct requests
 * alone: what an AWS service does for its caller, and what a service-linked role does, is set apart.
 */
import { dataActions } from "./actions.ts";
import { findAllowedRequest } from "./allowed-request.ts";
import { type Calling, namedPrincipals, principalsOf, providerSessions } from "./callers.ts";
import { type AttachedPolicy, isAllowed, type NamedPolicy, type PolicySet } from "./evaluate.ts";
import { foreignPrincipals } from "./foreign-request.ts";
import { generous } from "./generous.ts";
import { organizations, type Party, type Trust, trustedArns } from "./parties.ts";
import {
  domainOf,
  type Endpoints,
  is,
  isNever,
  keysOfOwner,
  otherWays,
  type PartyKeys,
  partyKeys,
  value,
} from "./party-keys.ts";
import { codesOf, pattern } from "./pattern.ts";
import type { Policy, Statement } from "./policy.ts";
import { addressedTo, namedPrincipal, type Principal, waysOf } from "./principals.ts";
import { remembered } from "./remember.ts";
import { type AskedOf, type Found, findRequest } from "./request-by.ts";
import { crossAccountActions } from "./resource-policy-actions.ts";
import { isStreamArn, type Place, resourceTypesOf } from "./resources.ts";
import type { Caller } from "./variables.ts";
import type { Witness } from "./witness.ts";

export interface Outside {
  /** The ARN of the table, or of its stream. */
  readonly attachedTo: string;
  /** ARNs of the table's indexes. */
  readonly indexes: readonly string[];
  readonly endpoints: Endpoints;
  /** Patterns of the ARNs of principals that may come from elsewhere. */
  readonly exempt: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A table's data leaves by its items, and whole by an export. */
export const tableActions: readonly string[] = [...dataActions, "dynamodb:ExportTableToPointInTime"];
export const streamActions: readonly string[] = ["dynamodb:GetRecords", "dynamodb:GetShardIterator"];

/** Does the policy deny it to everyone of the owner's account, whatever else they are allowed? */
export function findNotDenied(policy: AttachedPolicy, outside: Outside): Found {
  return findOwn(
    policy,
    withEverything(policy.policy),
    outside,
    (request) => isAllowed(request, generous({ resource: policy }, request)).allowed,
  );
}

/** Does the policy by itself give it to somebody of the owner's account, none of these principals?
 * @param others ARNs of principals that are asked about one by one (`givenTo`) */
export function findGiven(policy: AttachedPolicy, others: ReadonlySet<string>, outside: Outside): Found {
  return findOwn(
    policy,
    withoutDelegation(policy.policy, others, outside),
    { ...outside, exempt: [...outside.exempt, ...others] },
    (request) => isAllowed(request, { identity: [], boundary: null, resource: policy }).allowed,
  );
}

/** Does the policy let in somebody of another account? */
export function findForeign(policy: AttachedPolicy, outside: Outside): Found {
  const { partition, region, ownAccount } = ofArn(outside);
  const trust: Trust = { trustedAccounts: [], trustedOrgIds: [], trustedPrincipalArns: outside.exempt };
  const { callings, areAll } = foreignPrincipals(policy.policy, [ownAccount], partition, trust);
  const owners = organizations(policy.policy, "resource", []);
  const asks = callings.flatMap((calling) =>
    owners.orgIds.flatMap((orgId) =>
      otherWays(outside.endpoints).map((way): AskedOf => {
        const owner: Party = { accountId: ownAccount, orgId, isAny: false };
        return {
          ...askedOf(policy, calling, outside),
          surroundings: partyKeys(keysOfOwner(owner, region), way),
          actions: actionsOf(outside).filter((action) => crossAccountActions.includes(action)),
          isAllowed: (request) => isAllowed(request, generous({ resource: policy }, request)).allowed,
        };
      }),
    ),
  );
  return findRequest(policy.policy, asks, areAll && owners.areAll);
}

/** Does what a principal holds let it in?
 * @param tags the table's; null: not known, so that they may be any */
export function findOutside(
  policies: PolicySet,
  caller: Caller,
  tags: ReadonlyMap<string, string> | null,
  outside: Outside,
): Witness | "none" | "undecided" {
  let undecided = false;
  for (const way of otherWays(outside.endpoints)) {
    const keys: PartyKeys = new Map([...partyKeys(way), ...tagKeys(tags)]);
    const found = findAllowedRequest(
      policies,
      { actions: actionsOf(outside), caller, now: outside.now, places: (action) => placesIn(action, outside) },
      (draft) => ({ domainOf: remembered((key: string) => domainOf(keys, key, draft.domainOf(key))) }),
    );
    if (typeof found === "object") return found;
    undecided ||= found === "undecided";
  }
  return undecided ? "undecided" : "none";
}

/** A table's tags are what they are; it has no others. */
function tagKeys(tags: ReadonlyMap<string, string> | null): PartyKeys {
  if (tags === null) return new Map();
  const own = [...tags].map(([tag, text]) => is(`aws:resourcetag/${tag.toLowerCase()}`, value(text)));
  return partyKeys([...own, ...isNever("aws:resourcetag/")]);
}

function actionsOf(outside: Outside): readonly string[] {
  return isStreamArn(outside.attachedTo) ? streamActions : tableActions;
}

/** The stream; or the table and those indexes that it has. */
function placesIn(action: string, outside: Outside): readonly Place[] {
  const types = resourceTypesOf(action);
  const named = isStreamArn(outside.attachedTo)
    ? [{ type: "stream", arn: outside.attachedTo } as const]
    : [
        { type: "table", arn: outside.attachedTo } as const,
        ...outside.indexes.map((arn) => ({ type: "index", arn }) as const),
      ];
  return named
    .filter(({ type }) => types.includes(type))
    .map(({ arn }) => ({ resource: { within: [[pattern(codesOf(arn))]], without: [] }, examples: [] }));
}

function findOwn(policy: AttachedPolicy, asked: Policy, outside: Outside, confirms: AskedOf["isAllowed"]): Found {
  const { partition, region, ownAccount } = ofArn(outside);
  const trusted = trustedArns({ trustedAccounts: [], trustedOrgIds: [], trustedPrincipalArns: outside.exempt });
  const orgs = organizations(asked, "principal", []);
  const asks = orgs.orgIds.flatMap((orgId) => {
    const party: Party = { accountId: ownAccount, orgId, isAny: false };
    const callings = [
      ...namedPrincipals(asked, party, trusted),
      ...principalsOf(asked, party, partition, trusted),
      ...providerSessions(asked, party, partition, trusted),
    ];
    return callings.flatMap((calling) =>
      otherWays(outside.endpoints).map(
        (way): AskedOf => ({
          ...askedOf({ ...policy, policy: asked }, calling, outside),
          surroundings: partyKeys(keysOfOwner(party, region), way),
          actions: actionsOf(outside),
          isAllowed: confirms,
        }),
      ),
    );
  });
  return findRequest(asked, asks, orgs.areAll);
}

function askedOf(policy: NamedPolicy, calling: Calling, outside: Outside) {
  return {
    policy,
    door: "resource",
    calling,
    places: (action: string) => placesIn(action, outside),
    partition: ofArn(outside).partition,
    now: outside.now,
    bindingKeys: null,
  } as const;
}

function ofArn({ attachedTo }: Outside) {
  const [, partition = "aws", , region = "", ownAccount = ""] = attachedTo.split(":");
  return { partition, region, ownAccount };
}

/** The policy's Denies, and an Allow of everything. */
function withEverything(policy: Policy): Policy {
  const everything = { not: false, patterns: ["*"] };
  const allow: Statement = {
    index: policy.statements.length,
    sid: null,
    effect: "Allow",
    action: everything,
    resource: everything,
    principal: { not: false, principals: [{ type: "AWS", value: "*" }] },
    conditions: [],
  };
  return { ...policy, statements: [...policy.statements.filter(({ effect }) => effect === "Deny"), allow] };
}

/** Without what is left to the account to give on: an Allow to the account itself adds nothing to what its principals hold
 * (IAM user guide, evaluation within a single account). */
function withoutDelegation(policy: Policy, others: ReadonlySet<string>, outside: Outside): Policy {
  const { ownAccount } = ofArn(outside);
  const statements = policy.statements.flatMap((statement): readonly Statement[] => {
    const { effect, principal } = statement;
    if (effect === "Deny" || principal === null || principal.not) return [statement];
    const principals = principal.principals.filter((one) => {
      const named = namedPrincipal(one);
      return (named.kind !== "account" || named.accountId !== ownAccount) && !others.has(one.value);
    });
    return principals.length === 0 ? [] : [{ ...statement, principal: { ...principal, principals } }];
  });
  return { ...policy, statements };
}

/** What the policy gives to a user or role of the owner's account, as sets to be asked about: an Allow to a role is cut by
 * its boundary, one to a user is not; the principal's own Denies, and its boundary's, count for both (the same page). */
export function givenTo(policy: AttachedPolicy, principal: Principal, own: PolicySet): readonly PolicySet[] {
  const addressed = addressedTo(policy.policy, principal, "resource");
  const giving = (isCut: boolean): NamedPolicy => ({
    name: policy.name,
    policy: {
      ...addressed,
      statements: addressed.statements.filter(
        (statement) =>
          statement.effect === "Deny" ||
          waysOf(statement, principal, "resource").some((way) =>
            way === "role" ? isCut : way !== "account" && !isCut,
          ),
      ),
    },
  });
  const denies = own.identity.map(deniesOf);
  const ofBoundary = own.boundary === null ? [] : [deniesOf(own.boundary)];
  return [
    { identity: [giving(false), ...denies, ...ofBoundary], boundary: null },
    { identity: [giving(true), ...denies], boundary: own.boundary },
  ];
}

/** The policy's Denies alone. */
export function deniesOf({ name, policy }: NamedPolicy): NamedPolicy {
  return { name, policy: { ...policy, statements: policy.statements.filter(({ effect }) => effect === "Deny") } };
}
