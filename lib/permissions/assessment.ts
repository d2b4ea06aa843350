/** What a rule finds wrong with what somebody holds: the common form of both rules on IAM. Pure. */
import type { IamFacts } from "../account/iam-facts.ts";
import { findAllowedRequest } from "../iam/allowed-request.ts";
import type { Witness } from "../iam/witness.ts";
import type { Reason, Unread, Verdict } from "../rule.ts";
import {
  type Held,
  type Holding,
  holdingOf,
  isReserved,
  labelOf,
  type Place,
  policySetOf,
  sourceOf,
} from "./holding.ts";

/** One cause of a violation: the statements of one document. */
export interface Finding extends Told {
  /** What is wrong, also where the policy is attached to nobody. */
  readonly kind: string;
}

/** A finding as a rule makes it. */
export interface Told {
  readonly code: string;
  /** What AWS would allow, and by what. */
  readonly found: string;
  readonly wanted: string;
  readonly witness: Witness;
  readonly places: readonly Place[];
  /** The statements that a mend changes, where they are others. */
  readonly changes?: readonly Place[];
}

export interface Assessment {
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** Why there is no verdict though nothing was found; null: what was found is all. */
  readonly unread: Unread | null;
  /** Why there is nothing to judge; null: there is. */
  readonly notApplicable: string | null;
  /** In what it complies, where it does. */
  readonly complies: string;
}

interface Found {
  /** The worst first. */
  readonly findings: readonly Told[];
  readonly undecided: boolean;
  /** As what the findings of a policy count that is attached to nobody. */
  readonly unattached: Pick<Told, "code" | "wanted">;
  /** The actions of which one must be allowed, or there is nothing to judge. */
  readonly judged: { readonly actions: readonly string[]; readonly words: string };
  readonly complies: () => string;
}

/** Why the reasoner has no answer. */
export const undecided: Unread = {
  call: null,
  message: "could not be decided: the search met its budget, or what AWS leaves undocumented",
  lasting: true,
};

/** What was found, joined with what could not be known. */
export function assessed(facts: IamFacts, holding: Holding, found: Found): Assessment {
  const kinds = found.findings.map((told): Finding => ({ ...told, kind: told.code }));
  const findings = oncePerSource(
    isUnattached(facts) ? kinds.map((finding) => ({ ...finding, ...found.unattached })) : kinds,
  );
  // What could not be read may hold a Deny: then not even a request that the rest allows is proven.
  if (holding.unread !== null || findings.length > 0) {
    return { findings, unread: holding.unread, notApplicable: null, complies: "" };
  }
  const allowed = findAllowedRequest(policySetOf(holding), {
    actions: found.judged.actions,
    caller: holding.caller,
    now: holding.now,
  });
  if (found.undecided || allowed === "undecided") {
    return { findings, unread: undecided, notApplicable: null, complies: "" };
  }
  const notApplicable = allowed === "none" ? found.judged.words : null;
  return { findings, unread: null, notApplicable, complies: notApplicable === null ? found.complies() : "" };
}

/** A policy is mended whole: the first of its statements tells of all that are at fault in the same way. */
function oncePerSource(findings: readonly Finding[]): readonly Finding[] {
  const told = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.code} ${finding.places[0]?.policy}`;
    if (!told.has(key)) told.set(key, finding);
  }
  return [...told.values()];
}

/** Whether a policy is attached to nobody, so that it grants nothing yet. */
function isUnattached(facts: IamFacts): boolean {
  return facts.kind === "policy" && facts.attachmentCount === 0;
}

/** Where a finding is reported: at the policy and at everybody who holds it, or at the policy alone. */
export type ReportAt = "both" | "source";

/** The verdict, each annotation beginning with whom it is about. */
export function verdictOf(facts: IamFacts, reportAt: ReportAt, assess: (facts: IamFacts) => Assessment): Verdict {
  const about = (words: string): string => `${labelOf(facts)}: ${words}`;
  const notJudged = whyNotJudged(facts);
  if (notJudged !== null) return { complianceType: "NOT_APPLICABLE", because: about(notJudged) };
  const { findings, unread, notApplicable, complies } = assess(facts);
  if (unread !== null) return { unread: { ...unread, message: about(unread.message) } };
  const holding = holdingOf(facts);
  const sources = findings.map(({ places: [place] }) => (place === undefined ? undefined : holding.held[place.policy]));
  if (reportAt === "source" && findings.length > 0 && sources.every((held) => isAtFaultItself(facts, held, assess))) {
    const names = [...new Set(sources.map((held) => held?.document.name ?? ""))];
    return { complianceType: "NOT_APPLICABLE", because: about(`judged at ${names.join(", ")} (reportAt is source)`) };
  }
  const [first, ...others] = findings.map(({ code, found, wanted }, at): Reason => {
    const held = sources[at];
    return { code, found: about(found), wanted, source: held === undefined ? null : sourceOf(facts, held) };
  });
  if (first !== undefined) {
    return { complianceType: "NON_COMPLIANT", reasons: [first, ...others], witness: findings[0]?.witness ?? null };
  }
  return notApplicable === null
    ? { complianceType: "COMPLIANT", because: about(complies) }
    : { complianceType: "NOT_APPLICABLE", because: about(notApplicable) };
}

/** Why a resource is not judged, whatever its policies say; null: it is. */
function whyNotJudged(facts: IamFacts): string | null {
  if (isReserved(facts)) return "made by AWS for a service: nobody in the account can change it";
  if (facts.kind === "policy" && isUnattached(facts) && (facts.permissionsBoundaryUsageCount ?? 0) > 0) {
    return "used only as a permissions boundary, which grants nothing";
  }
  return null;
}

/** Whether the document has a place of its own in the account, and is found at fault there by itself. */
function isAtFaultItself(facts: IamFacts, held: Held | undefined, assess: (facts: IamFacts) => Assessment): boolean {
  if (held === undefined || facts.kind === "policy") return false;
  const { document } = held;
  if (document.kept.in !== "account" && document.group === null) return false;
  const { accountId, now } = facts;
  const alone: IamFacts = {
    kind: "policy",
    accountId,
    now,
    path: "/",
    name: document.name,
    arn: "arn" in document.kept ? document.kept.arn : null,
    policy: document,
    attachmentCount: 1,
    permissionsBoundaryUsageCount: 0,
  };
  return assess(alone).findings.length > 0;
}
