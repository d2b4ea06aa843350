/** The one way from a rule to outcomes: Lambda and terminal both call it. */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Session } from "./account/session.ts";
import { annotate, annotateBecause, annotateEnded } from "./annotation.ts";
import { exemptionInWords, exemptionsOf } from "./exemptions.ts";
import {
  type CommonParameters,
  type Evaluation,
  type Mend,
  type OfferedMend,
  type Outcome,
  type Reading,
  type Reason,
  type Rule,
  type Scope,
  severities,
  type Unread,
  type Verdict,
} from "./rule.ts";

/** One outcome a resource. A listing that breaks off is the last outcome, with resource null; no failed read throws.
 * What was read when the run's time is up is not judged any more: it is unread for a reason that passes. */
export async function* judge<F, P>(
  rule: Rule<F, P>,
  session: Session,
  scope: Scope,
  parameters: P & CommonParameters,
): AsyncGenerator<Outcome> {
  try {
    for await (const reading of rule.collect(session, scope, parameters)) {
      // Judging alone waits for nothing: without a turn of the event loop no deadline would ever strike.
      await setImmediate();
      const ended = session.endedBecause();
      yield ended !== null && "facts" in reading
        ? { resource: reading.resource, unread: { call: null, message: `was not judged: ${ended}`, lasting: false } }
        : judgeReading(rule, session, parameters, reading);
    }
  } catch (error) {
    const unread = unreadOf(error);
    if (unread === null) throw error;
    yield { resource: null, unread };
  }
}

/** Where and when it is judged. */
type Judging = Pick<Session, "accountId" | "region" | "now">;

/** Whether an outcome is a verdict, and not the report of a failed read. */
export function isEvaluation(outcome: Outcome): outcome is Evaluation {
  return "complianceType" in outcome;
}

/** The outcome of one reading; an error of the rule itself is unread too. An exempted violation stays one: nothing but its
 * `exemption` tells it from others. */
export function judgeReading<F, P>(
  rule: Rule<F, P>,
  session: Judging,
  parameters: P & CommonParameters,
  reading: Reading<F>,
): Outcome {
  const evaluation = (verdict: Exclude<Verdict, { unread: Unread }>, parts?: Partial<Evaluation>): Evaluation => ({
    rule: rule.name,
    accountId: session.accountId,
    region: session.region,
    resource: reading.resource,
    complianceType: verdict.complianceType,
    severity: null,
    annotation: "because" in verdict ? annotateBecause(verdict.because) : "",
    reasons: [],
    witness: null,
    mend: null,
    exemption: null,
    fingerprint: fingerprint(rule.name, session, reading, null),
    ...parts,
  });

  if ("unread" in reading) return { resource: reading.resource, unread: reading.unread };
  if ("gone" in reading) {
    return evaluation({ complianceType: "NOT_APPLICABLE", because: "Deleted: nothing of this name exists any more" });
  }
  if ("exempt" in reading) {
    return evaluation(
      { complianceType: "NOT_APPLICABLE", because: `Exempt: ${reading.exempt}` },
      { exemption: reading.exempt },
    );
  }
  try {
    const verdict = rule.evaluate(reading.facts, parameters);
    if ("unread" in verdict) return { resource: reading.resource, unread: verdict.unread };
    if (verdict.complianceType !== "NON_COMPLIANT") return evaluation(verdict);
    const reasons = worstFirst(rule, verdict.reasons);
    const mend = rule.mend(reading.facts, parameters);
    const annotation = annotate(reasons, mend.summary);
    const { inForce, ended } = exemptionsOf(reading.resource, parameters.exemptions, session.now);
    const [exemption] = inForce;
    const lastDay = ended
      .map(({ expires }) => expires)
      .sort()
      .at(-1);
    return evaluation(verdict, {
      severity: rule.reasons[reasons[0].code]?.severity ?? null,
      annotation: exemption !== undefined || lastDay === undefined ? annotation : annotateEnded(annotation, lastDay),
      reasons,
      witness: verdict.witness,
      mend: offered(mend),
      exemption: exemption === undefined ? null : exemptionInWords(exemption),
      fingerprint: fingerprint(rule.name, session, reading, reasons[0]),
    });
  } catch (error) {
    // A rule that fails has judged nothing: unknown is never a pass.
    return { resource: reading.resource, unread: ruleFailed(error) };
  }
}

/** What is unread where a rule itself threw: a bug, which waiting does not mend. */
export function ruleFailed(error: unknown): Unread {
  const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { call: null, message: `the rule itself failed (${cause})`, lasting: true };
}

function offered<F>(mend: Mend<F>): OfferedMend {
  const { summary, steps, mayBreak } = mend;
  return { summary, steps, mayBreak, choice: "choice" in mend ? mend.choice : null };
}

function worstFirst(rule: Rule, reasons: readonly [Reason, ...Reason[]]): readonly [Reason, ...Reason[]] {
  const rankOf = ({ code }: Reason): number => {
    const kind = Object.hasOwn(rule.reasons, code) ? rule.reasons[code] : undefined;
    if (kind === undefined) throw new Error(`reason \`${code}\` is not in the metadata of ${rule.name}`);
    return severities.indexOf(kind.severity);
  };
  // Every reason is ranked, also a single one, which a sort would not look at.
  const ranked = reasons.map((reason) => ({ reason, rank: rankOf(reason) }));
  const [first, ...others] = ranked.sort((one, other) => other.rank - one.rank).map(({ reason }) => reason);
  return [first ?? reasons[0], ...others];
}

/** The same for the same rule, resource, reason and source, whatever the day: dates and counts are not in it. */
function fingerprint(
  rule: string,
  session: Judging,
  reading: { readonly resource: { type: string; id: string } },
  reason: Reason | null,
): string {
  const { type, id } = reading.resource;
  const parts = [
    rule,
    session.accountId,
    session.region,
    type,
    id,
    reason?.code,
    reason?.source?.arn ?? reason?.source?.id,
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

// By name: bundling and several copies of a module make `instanceof` a trap.
function unreadOf(error: unknown): Unread | null {
  return error instanceof Error && error.name === "UnreadError" && "unread" in error ? (error.unread as Unread) : null;
}
