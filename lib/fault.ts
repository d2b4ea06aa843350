/** A fault: what is wrong, together with what would put it right, so that verdict and mend cannot disagree. Pure. */
import { unreadInWords } from "./annotation.ts";
import type { Mend, Reason, Step, Unread, Verdict } from "./rule.ts";

export interface Fault<T> {
  readonly reason: Reason;
  readonly summary: string;
  readonly steps: readonly Step[];
  readonly mayBreak: string;
  /** The thing as it would be after the steps, or the choice that a person must make. */
  readonly remedy: { readonly repair: (thing: T) => T } | { readonly choice: string };
}

/** One proof makes a violation; compliance needs all the evidence. */
export function verdictOf<F>(faults: readonly Fault<F>[], unread: Unread | null, whyCompliant: () => string): Verdict {
  const [first, ...others] = faults.map(({ reason }) => reason);
  if (first !== undefined) return { complianceType: "NON_COMPLIANT", reasons: [first, ...others], witness: null };
  return unread === null ? { complianceType: "COMPLIANT", because: whyCompliant() } : { unread };
}

/** The mend of all faults together, each step once; a fault that leaves a choice leaves one to the whole. */
export function mendOf<F>(faults: readonly Fault<F>[], unread: Unread | null, facts: F): Mend<F> {
  const choices = distinct([
    ...faults.flatMap(({ remedy }) => ("choice" in remedy ? [remedy.choice] : [])),
    ...(unread === null ? [] : [`${unreadInWords(unread)}: what could not be read may need mending too.`]),
  ]);
  const words = {
    summary: distinct(faults.map(({ summary }) => summary)).join(". "),
    steps: distinct(faults.flatMap(({ steps }) => steps)),
    mayBreak: distinct(faults.map(({ mayBreak }) => mayBreak)).join(". "),
  };
  if (choices.length > 0) return { ...words, choice: choices.join(" ") };
  return {
    ...words,
    after: faults.reduce((mended, { remedy }) => ("repair" in remedy ? remedy.repair(mended) : mended), facts),
  };
}

/** The fault of a part as a fault of the whole that holds it. */
export function faultOfWhole<Part, Whole>(
  fault: Fault<Part>,
  within: (change: (part: Part) => Part) => (whole: Whole) => Whole,
): Fault<Whole> {
  const { remedy } = fault;
  return { ...fault, remedy: "choice" in remedy ? remedy : { repair: within(remedy.repair) } };
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
