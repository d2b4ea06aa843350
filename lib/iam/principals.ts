/**
 * Whom a Principal or NotPrincipal element names, and whether that is who calls (IAM user guide, policy elements Principal
 * and NotPrincipal). Partitions are told apart by whole ARNs only: accounts have one number in all of them.
 */
import { keyName } from "./keys.ts";
import type { Policy, PrincipalElement, Statement } from "./policy.ts";
import { remembered, rememberedFor } from "./remember.ts";
import type { Request } from "./request.ts";

/** One value of the element, as AWS reads it. */
export type NamedPrincipal =
  | { readonly kind: "everyone" | "everyService" | "everyProvider" }
  /** The account delegates to whoever it trusts; also its root user. */
  | { readonly kind: "account"; readonly accountId: string }
  | { readonly kind: "user" | "role" | "session" | "federatedUser"; readonly accountId: string; readonly arn: string }
  /** Who has signed in there and assumed a role: one of any account, where the provider is nobody's. */
  | { readonly kind: "provider"; readonly accountId: string | null; readonly provider: string }
  | { readonly kind: "service"; readonly service: string }
  /** AWS shows the unique id of a user or role once it is deleted; one of the same name is another. */
  | { readonly kind: "deleted"; readonly id: string }
  | { readonly kind: "unknown"; readonly text: string };

/** Who makes a request. */
export interface Principal {
  readonly kind: "anonymous" | "root" | "user" | "role" | "federatedUser" | "service";
  /** The user's, role's or federated user's; a service's name. Null where nobody has signed. */
  readonly name: string | null;
  readonly accountId: string | null;
  /** Of a role, where it is known. */
  readonly sessionArn: string | null;
  /** Where the session comes from: `aws:FederatedProvider`. */
  readonly provider: string | null;
}

/** The policy that is asked. At a gateway endpoint an account is its root user alone (PrivateLink guide). */
export type Door = "resource" | "gateway";

/** What AWS takes a value of the element for. */
export function namedPrincipal({ type, value }: PrincipalElement["principals"][number]): NamedPrincipal {
  if (type === "Service") return value === "*" ? { kind: "everyService" } : { kind: "service", service: value };
  if (type === "Federated") {
    const accountId = /^arn:[\w-]+:iam::(\d{12}):/.exec(value)?.[1] ?? null;
    return value === "*" ? { kind: "everyProvider" } : { kind: "provider", accountId, provider: value };
  }
  const unknown = { kind: "unknown", text: value } as const;
  if (type !== "AWS") return unknown;
  if (value === "*") return { kind: "everyone" };
  if (/^\d{12}$/.test(value)) return { kind: "account", accountId: value };
  if (/^A(IDA|ROA)[A-Z0-9]+$/.test(value)) return { kind: "deleted", id: value };
  const [, service, accountId = "", path = ""] = /^arn:[\w-]+:(iam|sts)::(\d{12}):(.+)$/.exec(value) ?? [];
  const of = `${service}:${path.includes("/") ? path.slice(0, path.indexOf("/")) : path}`;
  if (of === "iam:root") return { kind: "account", accountId };
  const kind = kinds[of];
  return kind === undefined ? unknown : { kind, accountId, arn: value };
}

const kinds: Readonly<Record<string, "user" | "role" | "session" | "federatedUser">> = {
  "iam:user": "user",
  "iam:role": "role",
  "sts:assumed-role": "session",
  "sts:federated-user": "federatedUser",
};

/** Who makes the request; of a session the role's own ARN is `aws:PrincipalArn`.
 * @param asked with an ARN, a service's name, or nobody */
export function principalOf({ principal, context }: Request): Principal {
  const value = (wanted: string): string | undefined =>
    [...context].find(([key]) => keyName(key) === wanted)?.[1][0] || undefined;
  const provider = value("aws:federatedprovider") ?? null;
  const text = principal ?? value("aws:principalarn") ?? null;
  const nobody = { accountId: null, sessionArn: null, provider: null };
  if (text === null) return { ...nobody, kind: "anonymous", name: null };
  if (!text.startsWith("arn:")) return { ...nobody, kind: "service", name: text };
  const named = namedPrincipal({ type: "AWS", value: text });
  const accountId = text.split(":")[4] ?? null;
  const signed = { name: text, accountId, sessionArn: null, provider };
  if (named.kind === "session") {
    return { ...signed, kind: "role", name: value("aws:principalarn") ?? roleOfSession(text), sessionArn: text };
  }
  const isOther = named.kind === "user" || named.kind === "role" || named.kind === "federatedUser";
  return { ...signed, kind: isOther ? named.kind : "root" };
}

/** The ARN of a session's role, but for the role's path, which a session's ARN leaves out. */
export function roleOfSession(session: string): string {
  return session.replace(":sts:", ":iam:").replace(/:assumed-role\/([^/]*)\/.*$/, ":role/$1");
}

/** The ways in which a statement's Principal is the caller: by each value that is, or as everyone for a NotPrincipal; none:
 * the statement is about others. */
export function waysOf(statement: Statement, caller: Principal, door: Door): readonly NamedPrincipal["kind"][] {
  const { principal, effect } = statement;
  if (principal === null) return ["everyone"];
  const found = principal.principals.map(namedPrincipal).filter((named) => isCaller(named, caller, door));
  const ways = found.map(({ kind }) => kind);
  if (!principal.not) return ways;
  return (effect === "Allow" ? ways.length > 0 : isExempt(ways, caller)) ? [] : ["everyone"];
}

function isCaller(named: NamedPrincipal, caller: Principal, door: Door): boolean {
  switch (named.kind) {
    case "everyone":
      return true;
    case "everyService":
      return caller.kind === "service";
    case "everyProvider":
      return caller.provider !== null;
    case "account":
      return caller.accountId === named.accountId && (door === "resource" || caller.kind === "root");
    case "role":
      return caller.kind === "role" && isRole(named.arn, caller);
    case "session":
      return caller.sessionArn === named.arn;
    case "user":
    case "federatedUser":
      return caller.kind === named.kind && caller.name === named.arn;
    case "provider":
      return caller.provider === named.provider;
    case "service":
      return caller.kind === "service" && caller.name === named.service;
    default:
      return false;
  }
}

/** A session's ARN has not the role's path; a role's name is its account's only one, whatever its path. */
function isRole(arn: string, { name, sessionArn }: Principal): boolean {
  if (name === arn || sessionArn === null || name !== roleOfSession(sessionArn)) return name === arn;
  return arn.replace(/:role\/.*\//, ":role/") === name;
}

/** Whom a Deny spares that names others: not only the caller must be in its NotPrincipal, but the caller's account too. */
function isExempt(ways: readonly NamedPrincipal["kind"][], { kind }: Principal): boolean {
  const isNamed = ways.some((way) => way !== "account");
  if (kind === "root") return ways.length > 0;
  return isNamed && (kind === "service" || ways.includes("account") || ways.some((way) => isOfAnyAccount.has(way)));
}

const isOfAnyAccount: ReadonlySet<NamedPrincipal["kind"]> = new Set(["everyone", "provider", "everyProvider"]);

/** The document as it speaks to the caller: without the statements about others. */
export function addressedTo(policy: Policy, caller: Principal, door: Door): Policy {
  const kept = policy.statements.filter((statement) => waysOf(statement, caller, door).length > 0);
  return kept.length === policy.statements.length ? policy : parts(policy)(kept.map(({ index }) => index).join());
}

/** Many callers are spoken to by the same statements: those stay one document, which is compiled once. */
const parts = rememberedFor((policy: Policy) =>
  remembered((indices: string): Policy => {
    const kept = new Set(indices.split(","));
    return { ...policy, statements: policy.statements.filter(({ index }) => kept.has(String(index))) };
  }),
);

/** Everyone whom the policy names, in a Principal or a NotPrincipal. */
export function namedIn({ statements }: Policy): readonly NamedPrincipal[] {
  return statements.flatMap(({ principal }) => principal?.principals.map(namedPrincipal) ?? []);
}

/** The unique ids that deleted users and roles have left behind: they match nobody, ever again. */
export function deletedPrincipals({ statements }: Policy): readonly { readonly index: number; readonly id: string }[] {
  return statements.flatMap(({ index, principal }) =>
    (principal?.principals.map(namedPrincipal) ?? []).flatMap((named) =>
      named.kind === "deleted" ? [{ index, id: named.id }] : [],
    ),
  );
}

/** Whether somebody may be let in whom we cannot tell: an Allow names, or a Deny spares, what is no known form. */
export function letsInUnknown({ statements }: Policy): boolean {
  return statements.some(
    ({ effect, principal }) =>
      principal !== null &&
      principal.not === (effect === "Deny") &&
      principal.principals.some((one) => namedPrincipal(one).kind === "unknown"),
  );
}
