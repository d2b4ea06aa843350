/** Whether a table, or its stream, can be reached by any other way than its endpoints, and by whom. Pure. */

import { type PrincipalFacts, userType } from "../account/iam-facts.ts";
import type { ResourcePolicy } from "../account/resource-policies.ts";
import type { Surroundings, VpceOnlyFacts } from "../account/vpce-only-facts.ts";
import { type AttachedPolicy, compiledStatements, type PolicySet } from "../iam/evaluate.ts";
import {
  deniesOf,
  findForeign,
  findGiven,
  findNotDenied,
  findOutside,
  givenTo,
  type Outside,
} from "../iam/outside-request.ts";
import { parsePolicy } from "../iam/parse.ts";
import type { Endpoints } from "../iam/party-keys.ts";
import type { Statement } from "../iam/policy.ts";
import { addressedTo, namedIn, type Principal } from "../iam/principals.ts";
import { rememberedBy, rememberedFor } from "../iam/remember.ts";
import { isStreamArn } from "../iam/resources.ts";
import { callerOf } from "../iam/variables.ts";
import { matchesWildcard } from "../iam/wildcard.ts";
import type { Witness } from "../iam/witness.ts";
import { holdingOf, policySetOf } from "../permissions/holding.ts";
import type { Fact, Unread } from "../rule.ts";
import { asksWhoCalls, type Group, type Groups, groupsOf, isOnEndpoints } from "./groups.ts";

/** A table or a stream, and the policy that is attached to it. */
export interface Door {
  readonly arn: string;
  readonly indexes: readonly string[];
  readonly resourcePolicy: Fact<ResourcePolicy | null>;
}

/** The table, and its stream where it is judged: the same objects whenever they are asked for. */
export const doorsOf = rememberedFor((facts: VpceOnlyFacts): readonly Door[] => {
  const { tableArn, indexNames, resourcePolicy, stream } = facts;
  const table = { arn: tableArn, indexes: indexNames.map((name) => `${tableArn}/index/${name}`), resourcePolicy };
  return stream === null ? [table] : [table, { ...stream, indexes: [] }];
});

/** A request that gets past the endpoints, and who could make it. */
export interface WayIn {
  readonly by: "foreigner" | "policy" | "principal";
  /** Whether the resource's own policy speaks of endpoints, and leaves this. */
  readonly isLeft: boolean;
  readonly witness: Witness;
}

export type Assessed =
  | { readonly wayIn: WayIn }
  | { readonly unread: Unread }
  | { readonly closedBy: "policy" | "principals" };

/** The policy of a door, parsed; null: it has none.
 * @returns what hinders where it could not be read */
export const policyOf = rememberedFor(({ arn, resourcePolicy }: Door): Fact<AttachedPolicy | null> => {
  if ("unread" in resourcePolicy) return resourcePolicy;
  if (resourcePolicy.value === null) return { value: null };
  const parsed = parsePolicy(resourcePolicy.value.policy, "resource");
  if ("policy" in parsed) return { value: { name: "resource-policy", policy: parsed.policy, attachedTo: arn } };
  const [fault] = parsed.faults;
  const message = `its resource-based policy is malformed: ${fault?.path} ${fault?.message}`;
  return { unread: { call: "dynamodb:GetResourcePolicy", message, lasting: true } };
});

/** Whether a policy of the resource has a condition on endpoints. */
export function speaksOfEndpoints({ policy }: AttachedPolicy): boolean {
  return compiledStatements(policy).some(isOnEndpoints);
}

export interface Asked {
  readonly tableName: string;
  readonly door: Door;
  readonly endpoints: Endpoints;
  /** Patterns of ARNs. */
  readonly exemptPrincipals: readonly string[];
  readonly surroundings: Surroundings;
}

/** What AWS services need to keep a table going, such as replication, they do by these roles: the pattern of their ARNs.
 * @param arn of the table, or its stream */
export function serviceLinkedRoles(arn: string): string {
  const [, partition, , , accountId] = arn.split(":");
  return `arn:${partition}:iam::${accountId}:role/aws-service-role/*`;
}

export function assess(asked: Asked): Assessed {
  const { door, surroundings, endpoints, exemptPrincipals } = asked;
  const read = policyOf(door);
  // What could not be read may deny everything that was found elsewhere.
  if ("unread" in read) return read;
  const policy = read.value;
  const outside: Outside = {
    attachedTo: door.arn,
    indexes: door.indexes,
    endpoints,
    exempt: [serviceLinkedRoles(door.arn), ...exemptPrincipals],
    now: surroundings.now,
  };
  const isLeft = policy !== null && speaksOfEndpoints(policy);
  const wayIn = (by: WayIn["by"], witness: Witness): Assessed => ({ wayIn: { by, isLeft, witness } });
  if (policy === null) return ofPrincipals(asked, null, outside, wayIn);
  const foreign = findForeign(policy, outside);
  if (typeof foreign === "object") return wayIn("foreigner", foreign);
  if (foreign === "undecided") return { unread: undecided("whom its policy lets in from other accounts") };
  if (findNotDenied(policy, outside) === "none") return { closedBy: "policy" };
  return ofGiven(asked, policy, outside, wayIn) ?? ofPrincipals(asked, policy, outside, wayIn);
}

type Tell = (by: WayIn["by"], witness: Witness) => Assessed;

/** What the policy gives by itself: to principals that it names, whose own policies may deny it, and to all others. */
function ofGiven(asked: Asked, policy: AttachedPolicy, outside: Outside, wayIn: Tell): Assessed | null {
  const { surroundings, tableName } = asked;
  const named = arnsIn(policy);
  const listed = surroundings.principals.filter(({ arn }) => named.has(arn));
  const given = findGiven(policy, new Set(listed.map(({ arn }) => arn)), outside);
  // One whom only a pattern matches may be a principal whose own policies deny it.
  const isListed = typeof given === "object" && surroundings.principals.some(({ arn }) => arn === given.principal);
  if (typeof given === "object" && !isListed) return wayIn("policy", given);
  let unread = given === "none" ? null : undecided("whom its policy lets in");
  for (const facts of listed.filter((one) => !isExempt(one, outside))) {
    const holding = holdingOf(facts);
    for (const set of givenTo(policy, principalOf(facts), policySetOf(holding))) {
      const caller = callerOf(facts.arn, surroundings.accountId);
      const found = findOutside(set, caller, tagsOf(surroundings, tableName), outside);
      if (found === "undecided") unread ??= undecided(`what its policy gives ${facts.arn}`);
      if (typeof found === "string") continue;
      if (holding.unread === null) return wayIn("policy", found);
      unread ??= holding.unread;
    }
  }
  return unread === null ? null : { unread };
}

/** The ARNs that a policy names, as its principals and in conditions on who calls. */
function arnsIn({ policy }: AttachedPolicy): ReadonlySet<string> {
  const ofConditions = policy.statements
    .flatMap(({ conditions }) => conditions)
    .filter(({ key }) => key.toLowerCase() === "aws:principalarn")
    .flatMap(({ values }) => values);
  return new Set([...namedIn(policy).flatMap((one) => ("arn" in one ? one.arn : [])), ...ofConditions]);
}

function principalOf({ type, arn }: PrincipalFacts): Principal {
  const accountId = arn.split(":")[4] ?? null;
  return { kind: type === userType ? "user" : "role", name: arn, accountId, sessionArn: null, provider: null };
}

function isExempt({ arn }: PrincipalFacts, { exempt }: Outside): boolean {
  return exempt.some((pattern) => matchesWildcard(pattern, arn));
}

/** Null where they are not known. */
function tagsOf({ tags }: Surroundings, tableName: string): ReadonlyMap<string, string> | null {
  return "unread" in tags ? null : new Map(Object.entries(tags.value.get(tableName) ?? {}));
}

function ofPrincipals(asked: Asked, policy: AttachedPolicy | null, outside: Outside, wayIn: Tell): Assessed {
  const { tableName, surroundings, endpoints } = asked;
  const { accountId, principalsUnread, tags } = surroundings;
  const groups = groupsOf(surroundings.principals);
  const ownTags = tagsOf(surroundings, tableName);
  const isOfEach = policy !== null && tellsPrincipals(policy);
  let unread: Unread | null = null;
  for (const group of new Set([...groups.naming(tableName), ...openTo(endpoints, groups)(elsewhere(outside))])) {
    const callers = group.unread === null ? group.principals.filter((principal) => !isExempt(principal, outside)) : [];
    for (const principal of isOfEach ? callers : callers.slice(0, 1)) {
      const caller = callerOf(principal.arn, accountId);
      const found = findOutside(withDenies(group.policies, policy, principal), caller, ownTags, outside);
      if (found === "undecided") unread ??= undecided(`what ${principal.arn} may do`);
      if (typeof found === "string") continue;
      // Which tags the table has is not known: then it is not known either whether they let anybody in.
      if ("unread" in tags && restsOnTags(found)) unread ??= tags.unread;
      else return wayIn("principal", found);
    }
  }
  const unreadGroup = groups.unread.find(({ principals }) => !principals.every((one) => isExempt(one, outside)));
  unread ??= principalsUnread ?? unreadGroup?.unread ?? null;
  return unread === null ? { closedBy: "principals" } : { unread };
}

function restsOnTags({ context }: Witness): boolean {
  return Object.keys(context).some((key) => /^aws:resourcetag\//i.test(key));
}

/** The groups that reach a table, or a stream, which no policy names: found once for all of a run. */
const openTo = rememberedBy((_endpoints: Endpoints, { all }: Groups) => {
  const known = new Map<string, readonly Group[]>();
  return (anywhere: Outside): readonly Group[] => {
    const found = known.get(anywhere.attachedTo) ?? all.filter((group) => reaches(group, anywhere));
    known.set(anywhere.attachedTo, found);
    return found;
  };
});

function reaches({ principals: [principal], policies, unread }: Group, outside: Outside): boolean {
  if (principal === undefined || unread !== null) return false;
  return findOutside(policies, callerOf(principal.arn, null), null, outside) !== "none";
}

/** The same of a table, or a stream, that nobody has named. */
function elsewhere(outside: Outside): Outside {
  const table = outside.attachedTo.replace(/table\/.*$/, "table/any-table-of-nobody");
  return isStreamArn(outside.attachedTo)
    ? { ...outside, attachedTo: `${table}/stream/2026-01-01T00:00:00.000`, indexes: [] }
    : { ...outside, attachedTo: table, indexes: [`${table}/index/any-index`] };
}

/** What a principal holds, and what the resource's policy denies it. */
function withDenies(policies: PolicySet, policy: AttachedPolicy | null, principal: PrincipalFacts): PolicySet {
  if (policy === null) return policies;
  const addressed = addressedTo(policy.policy, principalOf(principal), "resource");
  const denies = deniesOf({ name: policy.name, policy: addressed });
  return denies.policy.statements.length === 0 ? policies : { ...policies, identity: [...policies.identity, denies] };
}

/** Whether the policy denies one of the account's principals what it does not deny another. */
function tellsPrincipals(attached: AttachedPolicy): boolean {
  const isOfEveryone = ({ principal }: Statement): boolean =>
    principal === null ||
    (!principal.not && principal.principals.some(({ type, value }) => type === "AWS" && value === "*"));
  return (
    attached.policy.statements.some((one) => one.effect === "Deny" && !isOfEveryone(one)) || asksWhoCalls([attached])
  );
}

function undecided(what: string): Unread {
  return {
    call: null,
    message: `could not be decided: ${what} met the search's budget, or what AWS leaves open`,
    lasting: true,
  };
}
