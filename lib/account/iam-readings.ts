/** One reading a customer managed policy, role, user or group, from the one bulk read of IAM. */
import { pMapIterable } from "p-map";
import { matchesWildcard } from "../iam/wildcard.ts";
import type { Reading, Resource, ResourceKey, Scope, Unread } from "../rule.ts";
import { malformed, UnreadError } from "./fact.ts";
import {
  type Authorizations,
  authorizationsCall,
  type Listed,
  type ListedPolicy,
  listAuthorizations,
  type Principal,
  type Told,
} from "./iam.ts";
import {
  groupType,
  type IamFacts,
  type PolicyDocument,
  type PrincipalFacts,
  policyType,
  roleType,
  userType,
} from "./iam-facts.ts";
import { isAwsManaged, policyReader, unreadPolicy } from "./managed-policies.ts";
import { longestNotJudgedFirst } from "./order.ts";
import type { Session } from "./session.ts";

const allTypes: readonly ResourceKey["type"][] = [policyType, roleType, userType, groupType];

export interface IamQuestions {
  /** `exemptPrincipals`: patterns of ARNs with * and ?; null: none. */
  readonly exempt: readonly string[] | null;
  /** What is judged; all four kinds where left out. The listing tells all four anyway. */
  readonly types?: readonly ResourceKey["type"][];
}

/** The policies, roles, users and groups in scope, those never or longest not judged first. AWS's own policies are
 * not judged. One that a principal has and the listing lacks is read by itself, unless the principal is exempt.
 * @throws UnreadError at the end, where the listing of the whole account broke off */
export async function* readIam(
  session: Session,
  scope: Scope,
  { exempt, types = allTypes }: IamQuestions,
): AsyncGenerator<Reading<IamFacts>> {
  const asked = scope.kind === "account" ? null : scope.resources.filter(({ type }) => types.includes(type));
  if (asked?.length === 0) return;
  const account = await listAuthorizations(session);
  const all: readonly Listed<ListedPolicy | Principal>[] = [
    ...account.policies.filter(({ resource: { arn } }) => arn === null || !isAwsManaged(arn)),
    ...account.roles,
    ...account.users,
    ...account.groups,
  ];
  const listed = all.filter(({ resource }) => types.includes(resource.type));
  const inScope =
    scope.kind === "account"
      ? longestNotJudgedFirst(listed, ({ resource }) => resource, scope.lastJudged)
      : listed.filter(({ resource }) => asked?.some((key) => isSame(key, resource)));

  const withPolicies = principalReader(session, account);
  const seen = { accountId: session.accountId, now: session.now.getTime() };
  yield* pMapIterable(
    inScope,
    async ({ resource, ...rest }): Promise<Reading<IamFacts>> => {
      const pattern = exempt?.find((arn) => resource.arn !== null && matchesWildcard(arn, resource.arn));
      if (pattern !== undefined) return { resource, exempt: `${pattern} (exemptPrincipals)` };
      if ("unread" in rest) return { resource, unread: rest.unread };
      const { told } = rest;
      return { resource, facts: { ...seen, ...("policy" in told ? told : await withPolicies(told)) } };
    },
    { concurrency: session.concurrency },
  );
  const brokenOff = account.cutOff ?? account.unidentified;
  if (asked !== null) yield* notListed(asked, listed, brokenOff);
  else if (brokenOff !== null) throw new UnreadError(brokenOff);
}

function isSame(one: ResourceKey, other: ResourceKey): boolean {
  return one.type === other.type && one.id === other.id;
}

/** What a whole listing does not hold is gone; what a broken one does not hold, nobody knows. */
function* notListed(
  asked: readonly ResourceKey[],
  listed: readonly Listed<unknown>[],
  brokenOff: Unread | null,
): Generator<Reading<IamFacts>> {
  for (const { type, id } of asked.filter((key) => !listed.some(({ resource }) => isSame(key, resource)))) {
    const resource: Resource = { type, id, name: id, arn: null };
    yield brokenOff === null ? { resource, gone: true } : { resource, unread: brokenOff };
  }
}

/** Puts the documents in the place of names and ARNs. Principals share them: each document is there once. */
function principalReader(
  session: Session,
  account: Authorizations,
): (principal: Principal) => Promise<Omit<PrincipalFacts, "accountId" | "now">> {
  const { cutOff } = account;
  const policies = new Map(toldOf(account.policies).map(({ told: { policy }, resource }) => [resource.arn, policy]));
  const groups = new Map(toldOf(account.groups).map((group) => [group.told.name, group]));
  const readMissing =
    cutOff === null ? policyReader(session) : async (arn: string): Promise<PolicyDocument> => unreadPolicy(arn, cutOff);
  const policyOf = async (arn: string): Promise<PolicyDocument> => policies.get(arn) ?? readMissing(arn);
  const ownPolicies = async ({ inline, attached }: Principal): Promise<readonly PolicyDocument[]> => {
    const own = [...inline];
    // One after the other: how many are read at once is the caller's to say.
    for (const arn of attached) own.push(await policyOf(arn));
    return own;
  };
  const byGroup = new Map<string, Promise<readonly PolicyDocument[]>>();
  const policiesOfGroup = ({ resource, told }: Told<Principal>): Promise<readonly PolicyDocument[]> => {
    const { name, arn } = told;
    const group = { name, arn, id: resource.id };
    const shared = byGroup.get(name) ?? ownPolicies(told).then((own) => own.map((policy) => ({ ...policy, group })));
    byGroup.set(name, shared);
    return shared;
  };

  return async (principal) => {
    const { type, path, name, arn, boundary } = principal;
    const documents = [...(await ownPolicies(principal))];
    let { incomplete } = principal;
    for (const groupName of principal.groups) {
      const group = groups.get(groupName);
      if (group === undefined) {
        incomplete ??= cutOff ?? malformed(authorizationsCall, `user ${name}`, `its group ${groupName}`);
        continue;
      }
      incomplete ??= group.told.incomplete;
      documents.push(...(await policiesOfGroup(group)));
    }
    return {
      kind: "principal",
      type,
      path,
      name,
      arn,
      policies: documents,
      incomplete,
      boundary: boundary === null ? null : await policyOf(boundary),
    };
  };
}

function toldOf<T>(listed: readonly Listed<T>[]): readonly Told<T>[] {
  return listed.filter((entry) => "told" in entry);
}
