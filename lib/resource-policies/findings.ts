/** Who is let in by one document, found by the reasoner, and the document without it: verdict and mend in one. Pure. */
import { findForeignRequest } from "../iam/foreign-request.ts";
import { namedPrincipal } from "../iam/principals.ts";
import type { ForeignWitness } from "../iam/request-by.ts";
import { besideDenies, type Draft, nameOf, type Placed, placesOf, policyOf } from "./draft.ts";
import { type AtFault, type Insiders, isInsider, narrowings } from "./narrow.ts";
import { type PrincipalValue, principalsOf, withoutDeleted, withPrincipals } from "./principals.ts";
import type { ResourcePolicyReason } from "./reasons.ts";

export interface Finding {
  readonly code: ResourcePolicyReason;
  /** Accounts, organizations, services or unique ids; nobody in particular where it is anyone, or any service. */
  readonly whom: readonly string[];
  /** The name of the statement, and whether it names those who are not meant. */
  readonly statement: string;
  readonly byNotPrincipal: boolean;
  /** Null of a deleted principal: nobody can make a request as one. */
  readonly witness: ForeignWitness | null;
}

export interface Findings {
  /** In the order of the document. */
  readonly findings: readonly Finding[];
  /** The narrower document. */
  readonly after: Draft;
  /** Whether it is proven to let in nobody foreign. */
  readonly isProven: boolean;
  /** Whether nothing is known of the document as it stands, neither way. */
  readonly isUndecided: boolean;
}

export interface Asking extends Insiders {
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function findingsIn(draft: Draft, asking: Asking): Findings {
  const { draft: alive, deleted } = withoutDeleted(draft);
  const ofDeleted = deleted.map(({ placed, id }): Finding => {
    return { ...told(placed), code: "deletedPrincipal", whom: [id], witness: null };
  });
  let found = ask(alive, asking);
  if (found === "none" || found === "undecided") {
    return { findings: ofDeleted, after: alive, isProven: found === "none", isUndecided: found === "undecided" };
  }
  const byStatement = alive.statements.map((placed) => settleAlone(alive, placed, asking));
  const findings = byStatement.flatMap((settled) => settled.findings);
  let after: Draft = { ...alive, statements: byStatement.flatMap(({ instead }) => instead) };
  found = ask(after, asking);
  // What each statement holds back by itself, several may let in together: where their conditions cover all there is.
  for (let round = 0; typeof found === "object" && round < alive.statements.length; round++) {
    const [place = -1] = placesOf(found.allowedBy);
    const placed = after.statements[place];
    if (placed === undefined) break;
    const { principals } = principalsOf(placed.written);
    const values = principals.filter((one) => !isInsider(one, asking));
    const instead = narrowest(after, placed, { values, callers: new Set([found.caller]) }, asking);
    findings.push(findingOf(placed, null, found));
    after = { ...after, statements: after.statements.toSpliced(place, 1, ...instead) };
    found = ask(after, asking);
  }
  return { findings: [...merged(findings), ...ofDeleted], after, isProven: found === "none", isUndecided: false };
}

function ask(draft: Draft, { trust, now }: Asking): ForeignWitness | "none" | "undecided" {
  return findForeignRequest({ policy: policyOf(draft), trust, now });
}

/** What is wrong with a statement by itself, and what stands in its place: itself, where nothing is. */
function settleAlone(
  draft: Draft,
  placed: Placed,
  asking: Asking,
): { readonly findings: readonly Finding[]; readonly instead: readonly Placed[] } {
  if (placed.written["Effect"] === "Deny") return { findings: [], instead: [placed] };
  const { not, principals } = principalsOf(placed.written);
  // Of all others, nobody can be told from the rest.
  const parts = not
    ? [{ value: null, written: placed.written }]
    : principals.map((value) => ({ value, written: withPrincipals(placed.written, false, [value]) }));
  const atFault = parts.flatMap(({ value, written }) => {
    const witness = ask(besideDenies(draft, [{ ...placed, written }]), asking);
    return typeof witness === "object" ? [{ value, witness }] : [];
  });
  if (atFault.length === 0) return { findings: [], instead: [placed] };
  const values = atFault.flatMap(({ value }) => value ?? []);
  const callers = new Set(atFault.map(({ witness }) => witness.caller));
  return {
    findings: atFault.map(({ value, witness }) => findingOf(placed, value, witness)),
    instead: narrowest(draft, placed, { values, callers }, asking),
  };
}

/** The first of the narrower statements that lets in nobody foreign; or at least not provably. */
function narrowest(draft: Draft, placed: Placed, atFault: AtFault, asking: Asking): readonly Placed[] {
  const narrower = narrowings(placed.written, atFault, asking)
    .filter((statements) => JSON.stringify(statements) !== JSON.stringify([placed.written]))
    .map((statements) => statements.map((written) => ({ ...placed, written })))
    .map((instead) => ({ instead, answer: ask(besideDenies(draft, instead), asking) }));
  const proven = narrower.find(({ answer }) => answer === "none");
  return (proven ?? narrower.find(({ answer }) => answer === "undecided"))?.instead ?? [];
}

function told(placed: Placed): Pick<Finding, "statement" | "byNotPrincipal"> {
  return { statement: nameOf(placed), byNotPrincipal: principalsOf(placed.written).not };
}

function findingOf(placed: Placed, value: PrincipalValue | null, witness: ForeignWitness): Finding {
  const shown = { ...witness, allowedBy: [nameOf(placed)] };
  return { ...told(placed), ...classified(placed, value, witness), witness: shown };
}

function classified(
  { written }: Placed,
  value: PrincipalValue | null,
  { caller, principal, accountId, isAnyAccount, context }: ForeignWitness,
): Pick<Finding, "code" | "whom"> {
  const text = JSON.stringify(written);
  if (caller === "service") {
    const isNamed = principal !== null && text.includes(principal);
    return { code: "confusedDeputy", whom: isNamed ? [principal] : [] };
  }
  if (caller === "nobody" || accountId === null) return { code: "everyone", whom: [] };
  const one = value === null ? null : namedPrincipal(value);
  if (!isAnyAccount) return { code: "foreignAccount", whom: [one !== null && "arn" in one ? one.arn : accountId] };
  const orgId = organizationIn(context);
  // A made-up organization stands for any; one that the statement demands is in its text.
  const isDemanded = orgId !== null && text.includes(orgId);
  return isDemanded ? { code: "foreignOrganization", whom: [orgId] } : { code: "everyone", whom: [] };
}

function organizationIn(context: ForeignWitness["context"]): string | null {
  const [, value] = Object.entries(context).find(([key]) => /^aws:principalorg(?:id|paths)$/i.test(key)) ?? [];
  return [value].flat()[0]?.split("/")[0] ?? null;
}

/** What is the same of one statement is told once; its first witness stands for all. */
function merged(findings: readonly Finding[]): readonly Finding[] {
  return [...Map.groupBy(findings, ({ code, statement }) => JSON.stringify([code, statement])).values()].flatMap(
    ([first, ...others]) =>
      first === undefined ? [] : [{ ...first, whom: [...new Set([first, ...others].flatMap(({ whom }) => whom))] }],
  );
}
