/** Facts of IAM, as the reader would give them: only what a case is about is said. */
import {
  groupType,
  type IamFacts,
  type Kept,
  type PolicyDocument,
  type PolicyFacts,
  type PrincipalFacts,
  roleType,
} from "../../lib/account/iam-facts.ts";

export const accountId = "123456789012";
const asked = { accountId, now: Date.UTC(2026, 0, 4) };

/** A statement; Allow where it does not say. */
export type Written = Readonly<Record<string, unknown>>;

export function documentText(...statements: readonly Written[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })),
  });
}

export function tableArn(name: string): string {
  return `arn:aws:dynamodb:us-east-1:${accountId}:table/${name}`;
}

export function customerManaged(name: string, statements: readonly Written[], versions = 1): PolicyDocument {
  const arn = `arn:aws:iam::${accountId}:policy/${name}`;
  const all = Array.from({ length: versions }, (_, at) => ({
    versionId: `v${at + 1}`,
    isDefault: at === versions - 1,
    createDate: `2026-01-0${at + 1}T00:00:00.000Z`,
  }));
  return document(name, { in: "account", arn, id: `ANPA${name.toUpperCase()}`, versions: all }, statements);
}

export function awsManaged(name: string, statements: readonly Written[]): PolicyDocument {
  return document(name, { in: "aws", arn: `arn:aws:iam::aws:policy/${name}` }, statements);
}

export function inline(name: string, statements: readonly Written[]): PolicyDocument {
  return document(name, { in: "principal" }, statements);
}

/** The document, had by a group. */
export function byGroup(name: string, held: PolicyDocument): PolicyDocument {
  return {
    ...held,
    group: { name, arn: `arn:aws:iam::${accountId}:group/${name}`, id: `AGPA${name.toUpperCase()}` },
  };
}

/** The document, not read. */
export function unreadDocument(name: string): PolicyDocument {
  const unread = { call: "iam:GetPolicyVersion", message: `on policy ${name} was denied`, lasting: true };
  return { ...awsManaged(name, []), document: { unread } };
}

export function policy(held: PolicyDocument, others: Partial<PolicyFacts> = {}): IamFacts {
  return {
    kind: "policy",
    ...asked,
    path: "/",
    name: held.name,
    arn: "arn" in held.kept ? held.kept.arn : null,
    policy: held,
    attachmentCount: 1,
    permissionsBoundaryUsageCount: 0,
    ...others,
  };
}

/** A bare document, as check-policy judges it. */
export function bare(...statements: readonly Written[]): IamFacts {
  const held = document("", { in: "file" }, statements);
  return policy(held, { accountId: null, path: "", attachmentCount: null, permissionsBoundaryUsageCount: null });
}

export function role(
  name: string,
  policies: readonly PolicyDocument[],
  others: Partial<PrincipalFacts> = {},
): IamFacts {
  return principal(roleType, "role", name, policies, others);
}

export function user(
  name: string,
  policies: readonly PolicyDocument[],
  others: Partial<PrincipalFacts> = {},
): IamFacts {
  return principal("AWS::IAM::User", "user", name, policies, others);
}

export function group(name: string, policies: readonly PolicyDocument[]): IamFacts {
  return principal(groupType, "group", name, policies, {});
}

function principal(
  type: PrincipalFacts["type"],
  word: string,
  name: string,
  policies: readonly PolicyDocument[],
  others: Partial<PrincipalFacts>,
): IamFacts {
  const path = others.path ?? "/";
  return {
    kind: "principal",
    ...asked,
    type,
    path,
    name,
    arn: `arn:aws:iam::${accountId}:${word}${path}${name}`,
    policies,
    incomplete: null,
    boundary: null,
    ...others,
  };
}

function document(name: string, kept: Kept, statements: readonly Written[]): PolicyDocument {
  return { name, kept, group: null, document: { value: documentText(...statements) } };
}
