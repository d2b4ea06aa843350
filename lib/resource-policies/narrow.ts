/** What may stand in the place of a statement that lets in somebody foreign: parts of it, never more. Pure. */
import type { Trust } from "../iam/parties.ts";
import { type NamedPrincipal, namedPrincipal } from "../iam/principals.ts";
import type { ForeignWitness } from "../iam/request-by.ts";
import type { Written } from "../permissions/edit.ts";
import { demanding } from "./conditions.ts";
import { type PrincipalValue, principalsOf, withPrincipals } from "./principals.ts";

/** Whose the table is, and who else may come in. */
export interface Insiders {
  readonly ownAccount: string;
  readonly trust: Trust;
}

/** Whether a value of Principal names somebody of the table's account, or of a trusted one. */
export function isInsider(value: PrincipalValue, { ownAccount, trust }: Insiders): boolean {
  const one = namedPrincipal(value);
  return "accountId" in one && [ownAccount, ...trust.trustedAccounts].includes(one.accountId ?? "");
}

/** By whom somebody foreign comes in. */
export interface AtFault {
  /** Of the values of Principal; none where a NotPrincipal is. */
  readonly values: readonly PrincipalValue[];
  /** Who was found to call. */
  readonly callers: ReadonlySet<ForeignWitness["caller"]>;
}

/** Statements that could take the place of one, those that keep the most first; the last may be none. */
export function narrowings(
  written: Written,
  { values, callers }: AtFault,
  insiders: Insiders,
): readonly (readonly Written[])[] {
  const { not, principals } = principalsOf(written);
  const left = not
    ? []
    : principals.filter((one) => !values.some(({ type, value }) => type === one.type && value === one.value));
  const kept = left.length === 0 ? [] : [withPrincipals(written, false, left)];
  const forGroup = (part: Written, group: Group) => forInsiders(part, group, callers, insiders);
  const byGroup = [...Map.groupBy(values, (value) => groupOf(namedPrincipal(value)))];
  const insidersOnly = not
    ? forGroup(written, "everyone")
    : byGroup.flatMap(([group, some]) => forGroup(withPrincipals(written, false, some), group));
  return [unnamed([...kept, ...insidersOnly]), kept];
}

/** How a value's principals can be told apart by conditions. */
type Group = "everyone" | "anotherAccount" | "service" | "unknown";

function groupOf({ kind, ...one }: NamedPrincipal): Group {
  if (kind === "service" || kind === "everyService") return "service";
  if (kind === "everyone" || kind === "everyProvider") return "everyone";
  if (kind === "deleted" || kind === "unknown") return "unknown";
  return "accountId" in one && one.accountId !== null ? "anotherAccount" : "everyone";
}

/** The statement, once for each kind of insider: conditions on several keys in one statement are an AND. */
function forInsiders(
  written: Written,
  group: Group,
  callers: AtFault["callers"],
  { ownAccount, trust }: Insiders,
): readonly Written[] {
  const accounts = [ownAccount, ...trust.trustedAccounts];
  const { trustedOrgIds, trustedPrincipalArns } = trust;
  const ofAccounts = demand(written, "StringEquals", "aws:PrincipalAccount", accounts);
  const ofOthers = [
    demand(written, "StringEquals", "aws:PrincipalOrgID", trustedOrgIds),
    demand(written, "ArnLike", "aws:PrincipalArn", trustedPrincipalArns),
  ];
  // What a service says of whom it acts for (IAM user guide, the confused deputy problem).
  const ofSources = [
    demand(written, "StringEquals", "aws:SourceAccount", accounts),
    demand(written, "StringEquals", "aws:SourceOrgID", trustedOrgIds),
  ];
  const [hasPrincipals, hasServices] = [callers.has("principal"), callers.has("service")];
  // A statement on everyone that lets in services alone may still speak to the account's own principals.
  const ofEveryone = hasPrincipals || hasServices ? [ofAccounts, ...ofOthers] : [];
  const byGroup: Readonly<Record<Group, readonly (Written | null)[]>> = {
    everyone: [...ofEveryone, ...(hasServices ? ofSources : [])],
    anotherAccount: ofOthers,
    service: ofSources,
    unknown: [],
  };
  return byGroup[group].filter((one) => one !== null);
}

function demand(...[written, operator, key, values]: Parameters<typeof demanding>): Written | null {
  return values.length === 0 ? null : demanding(written, operator, key, values);
}

/** A Sid is one statement's: of several that took its place none has it. */
function unnamed(statements: readonly Written[]): readonly Written[] {
  return statements.length < 2 ? statements : statements.map(({ Sid: _, ...statement }) => statement);
}
