/**
 * Reads of IAM, in bulk: one chain of GetAccountAuthorizationDetails tells all policies, roles, users and groups. Of each
 * page only what decides is kept, the same text once, so that the largest account fits into a small function.
 */
import {
  type AttachedPermissionsBoundary,
  type AttachedPolicy,
  IAMClient,
  type ManagedPolicyDetail,
  type PolicyDetail,
  paginateGetAccountAuthorizationDetails,
} from "@aws-sdk/client-iam";
import type { Fact, Resource, Unread } from "../rule.ts";
import { malformed, unreadFrom } from "./fact.ts";
import {
  groupType,
  type PolicyDocument,
  type PolicyFacts,
  type PrincipalType,
  policyType,
  roleType,
  userType,
} from "./iam-facts.ts";
import { documentFact, managedPolicy } from "./managed-policies.ts";
import type { Session } from "./session.ts";

export const authorizationsCall = "iam:GetAccountAuthorizationDetails";

/** IAM takes 1,000. That many policies of the largest size, with five versions each, are a page of 42 MB, with which a
 * run needs 660 MB; with this many it needs 440. */
const pageSize = 300;

export interface Told<T> {
  readonly resource: Resource;
  readonly told: T;
}

/** Something is missing without which it cannot be judged. */
export interface NotTold {
  readonly resource: Resource;
  readonly unread: Unread;
}

export type Listed<T> = Told<T> | NotTold;

export type ListedPolicy = Omit<PolicyFacts, "accountId" | "now">;

/** A role, user or group, with what it has by name only. */
export interface Principal {
  readonly type: PrincipalType;
  readonly path: string;
  readonly name: string;
  readonly arn: string;
  readonly inline: readonly PolicyDocument[];
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  /** Names of the groups that a user is in. */
  readonly groups: readonly string[];
  /** The ARN of a managed policy. */
  readonly boundary: string | null;
  /** Why the lists above may not be whole; null: they are. */
  readonly incomplete: Unread | null;
}

export interface Authorizations {
  /** The account's own, and those of AWS's that are attached; of a policy that only bounds, AWS promises nothing. */
  readonly policies: readonly Listed<ListedPolicy>[];
  readonly roles: readonly Listed<Principal>[];
  readonly users: readonly Listed<Principal>[];
  readonly groups: readonly Listed<Principal>[];
  /** Why the listing ended before its last page; null: it did not. */
  readonly cutOff: Unread | null;
  /** That something was listed without an id, and is in none of the lists; null: nothing was. */
  readonly unidentified: Unread | null;
}

/** All policies, roles, users and groups of the account. */
export async function listAuthorizations(session: Session): Promise<Authorizations> {
  const subject = `account ${session.accountId}`;
  const policies: Listed<ListedPolicy>[] = [];
  const roles: Listed<Principal>[] = [];
  const users: Listed<Principal>[] = [];
  const groups: Listed<Principal>[] = [];
  let unidentified: Unread | null = null;
  const add = <T>(list: Listed<T>[], entry: Listed<T> | Unidentified): void => {
    if (entry.resource === null) unidentified = entry.unread;
    else list.push(entry);
  };
  const until = (cutOff: Unread | null): Authorizations => ({ policies, roles, users, groups, cutOff, unidentified });
  const texts = new Map<string, string>();
  const shared: Share = (text) => {
    const kept = texts.get(text) ?? text;
    texts.set(text, kept);
    return kept;
  };
  try {
    const configuration = { client: session.client(IAMClient), pageSize };
    for await (const page of paginateGetAccountAuthorizationDetails(configuration, {})) {
      const { Policies, RoleDetailList, UserDetailList, GroupDetailList, IsTruncated, Marker } = page;
      for (const detail of Policies ?? []) add(policies, policyOf(detail, shared));
      for (const { RoleId, RoleName, RolePolicyList, ...detail } of RoleDetailList ?? []) {
        const role = { ...detail, id: RoleId, name: RoleName, inline: RolePolicyList, GroupList: [] };
        add(roles, principalOf(roleType, role, shared));
      }
      // IAM leaves out the list of a user or group that has no inline policy; every other list it tells, be it empty.
      for (const { UserId, UserName, UserPolicyList = [], ...detail } of UserDetailList ?? [])
        add(users, principalOf(userType, { ...detail, id: UserId, name: UserName, inline: UserPolicyList }, shared));
      for (const { GroupId, GroupName, GroupPolicyList = [], ...detail } of GroupDetailList ?? []) {
        const group = { ...detail, id: GroupId, name: GroupName, inline: GroupPolicyList, GroupList: [] };
        add(groups, principalOf(groupType, group, shared));
      }
      if (!Policies || !RoleDetailList || !UserDetailList || !GroupDetailList)
        return until(malformed(authorizationsCall, subject, "one of its four lists"));
      if (IsTruncated && !Marker) return until(malformed(authorizationsCall, subject, "Marker"));
    }
    return until(null);
  } catch (error) {
    return until(unreadFrom(error, authorizationsCall, subject));
  }
}

/** Gives one and the same string for texts that are alike, of which an account holds many. */
type Share = (text: string) => string;

interface Unidentified {
  readonly resource: null;
  readonly unread: Unread;
}

interface Identity {
  readonly resource: Resource;
  /** For messages. */
  readonly subject: string;
  readonly arn: string;
  readonly path: string;
}

interface Detail {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly Arn?: string | undefined;
  readonly Path?: string | undefined;
}

interface PrincipalDetail extends Detail {
  readonly inline: readonly PolicyDetail[] | undefined;
  readonly AttachedManagedPolicies?: readonly AttachedPolicy[] | undefined;
  readonly GroupList?: readonly string[] | undefined;
  readonly PermissionsBoundary?: AttachedPermissionsBoundary | undefined;
}

function identify(type: Resource["type"], { id, name, Arn, Path }: Detail): Identity | NotTold | Unidentified {
  const subject = `${type.slice("AWS::IAM::".length).toLowerCase()} ${name || Arn || id || "without a name"}`;
  const lacks = (missing: string) => ({ unread: malformed(authorizationsCall, subject, missing) });
  if (!id) return { resource: null, ...lacks("its id") };
  const resource: Resource = { type, id, name: name || id, arn: Arn || null };
  if (!name) return { resource, ...lacks("its name") };
  if (!Arn) return { resource, ...lacks("its Arn") };
  if (!Path) return { resource, ...lacks("its Path") };
  return { resource, subject, arn: Arn, path: Path };
}

function policyOf(detail: ManagedPolicyDetail, shared: Share): Listed<ListedPolicy> | Unidentified {
  const { PolicyId, PolicyName, AttachmentCount, PermissionsBoundaryUsageCount } = detail;
  const identity = identify(policyType, { ...detail, id: PolicyId, name: PolicyName });
  if ("unread" in identity) return identity;
  const { resource, subject, arn, path } = identity;
  const versions = detail.PolicyVersionList ?? [];
  const defaults = versions.filter(({ IsDefaultVersion }) => IsDefaultVersion === true);
  const lacks = (missing: string): Fact<string> => ({ unread: malformed(authorizationsCall, subject, missing) });
  const document =
    defaults.length !== 1
      ? lacks("one default version")
      : versions.some(({ VersionId }) => !VersionId)
        ? lacks("a VersionId")
        : documentOf(defaults[0]?.Document, subject, "the Document of its default version", shared);
  const told: ListedPolicy = {
    kind: "policy",
    path: shared(path),
    name: resource.name,
    arn,
    policy: managedPolicy(arn, resource.id, versions, document),
    attachmentCount: AttachmentCount ?? null,
    permissionsBoundaryUsageCount: PermissionsBoundaryUsageCount ?? null,
  };
  return { resource, told };
}

function principalOf(type: PrincipalType, detail: PrincipalDetail, shared: Share): Listed<Principal> | Unidentified {
  const identity = identify(type, detail);
  if ("unread" in identity) return identity;
  const { resource, subject, arn, path } = identity;
  const { inline, AttachedManagedPolicies, GroupList, PermissionsBoundary } = detail;
  const lacks = (missing: string): Unread => malformed(authorizationsCall, subject, missing);
  const boundary = PermissionsBoundary?.PermissionsBoundaryArn;
  if (PermissionsBoundary && !boundary) return { resource, unread: lacks("its PermissionsBoundaryArn") };
  const missing = [
    inline === undefined ? "its inline policies" : null,
    inline?.some(({ PolicyName }) => !PolicyName) ? "the PolicyName of an inline policy" : null,
    AttachedManagedPolicies === undefined ? "its AttachedManagedPolicies" : null,
    AttachedManagedPolicies?.some(({ PolicyArn }) => !PolicyArn) ? "the PolicyArn of an attached policy" : null,
    GroupList === undefined ? "its GroupList" : null,
  ].find((words) => words !== null);
  const told: Principal = {
    type,
    path: shared(path),
    name: resource.name,
    arn,
    inline: (inline ?? []).flatMap(({ PolicyName: name, PolicyDocument: text }): PolicyDocument[] => {
      if (!name) return [];
      const document = documentOf(text, subject, `the document of policy ${name}`, shared);
      return [{ name: shared(name), kept: { in: "principal" }, group: null, document }];
    }),
    attached: (AttachedManagedPolicies ?? []).flatMap(({ PolicyArn }) => (PolicyArn ? [shared(PolicyArn)] : [])),
    groups: (GroupList ?? []).map(shared),
    boundary: boundary ? shared(boundary) : null,
    incomplete: missing ? lacks(missing) : null,
  };
  return { resource, told };
}

function documentOf(encoded: string | undefined, subject: string, missing: string, shared: Share): Fact<string> {
  const document = documentFact(encoded, authorizationsCall, subject, missing);
  return "unread" in document ? document : { value: shared(document.value) };
}
