/**
 * What a context key of the request may still be while a search narrows it: absent, one value, or a set of values.
 * Exact for text (patterns), for finite choices, and for numbers, dates and addresses, of which finitely many
 * representatives tell all constants apart. Where an operator of another kind meets a key, the candidates are finite and
 * may miss one: such an answer is marked, and never a proof.
 */
import { type CompiledCondition, holdsAbsent, holdsFor, patternsOf } from "./conditions.ts";
import { exampleOf, isEmpty, isIn, type Language, narrowed } from "./language.ts";
import { type Code, codesOf } from "./pattern.ts";
import type { Fill } from "./tokens.ts";
import { numberOf, timeOf, timeText } from "./values.ts";

export interface TextDomain extends Language {
  readonly kind: "text";
}
export interface FiniteDomain {
  readonly kind: "finite";
  readonly candidates: readonly string[];
  /** Whether the candidates stand for all values there are. */
  readonly complete: boolean;
}
export type ValueDomain = TextDomain | FiniteDomain;

export interface SetDomain {
  readonly kind: "set";
  /** What every value must be. */
  readonly every: ValueDomain;
  /** Values that must be there, each already within `every`. */
  readonly some: readonly ValueDomain[];
}

export interface KeyDomain {
  readonly absent: boolean;
  readonly present: ValueDomain | SetDomain | null;
}

export const onlyAbsent: KeyDomain = { absent: true, present: null };

/** What stands for variables in a condition: where a value must match it, and where none may. */
export interface Fills {
  readonly matching: Fill;
  readonly other: Fill;
}

/** The key's domain where the condition has this truth; null where nothing is left. */
export function narrowKey(
  domain: KeyDomain,
  condition: CompiledCondition,
  truth: boolean,
  fills: Fills,
): KeyDomain | null {
  const absent = domain.absent && holdsAbsent(condition) === truth;
  const present = domain.present === null ? null : narrowPresent(domain.present, condition, truth, fills);
  return absent || present !== null ? { absent, present } : null;
}

function narrowPresent(
  domain: ValueDomain | SetDomain,
  condition: CompiledCondition,
  truth: boolean,
  fills: Fills,
): KeyDomain["present"] {
  if (condition.family === "null") return holdsFor(condition, [], fills.other) === truth ? domain : null;
  if (domain.kind !== "set") return narrowValue(domain, condition, truth, fills);
  // "For all" that holds, and "for any" that does not, speak of every value; the others of one that must be there.
  const ofEvery = (condition.set === "ForAllValues") === truth;
  if (ofEvery) {
    const every = narrowValue(domain.every, condition, truth, fills);
    const some = domain.some.map((one) => narrowValue(one, condition, truth, fills));
    if (some.some((one) => one === null) || (every === null && some.length === 0)) return null;
    return { kind: "set", every: every ?? nothing, some: some.filter((one) => one !== null) };
  }
  const added = narrowValue(domain.every, condition, truth, fills);
  return added === null ? null : { kind: "set", every: domain.every, some: [...domain.some, added] };
}

const nothing: ValueDomain = { kind: "finite", candidates: [], complete: true };

/** The values of which the condition, on one value, has this truth; null where there is none. */
function narrowValue(
  domain: ValueDomain,
  condition: CompiledCondition,
  truth: boolean,
  fills: Fills,
): ValueDomain | null {
  const mustMatch = truth !== condition.negated;
  const fill = mustMatch ? fills.matching : fills.other;
  if (domain.kind === "finite") {
    const candidates = domain.candidates.filter((one) => holdsFor(condition, codesOf(one), fill) === truth);
    return candidates.length === 0 ? null : { ...domain, candidates };
  }
  if (condition.family !== "string") return narrowValue(candidatesFor(domain, [condition]), condition, truth, fills);
  const left = narrowed(domain, patternsOf(condition, fill), mustMatch);
  return isEmpty(left) ? null : { kind: "text", ...left };
}

/** Texts that operators of other kinds tell apart: their own constants, their neighbours, and one that is none. */
export function candidatesFor(domain: TextDomain, conditions: readonly CompiledCondition[]): FiniteDomain {
  const near = conditions.flatMap(({ family, values }) =>
    values.flatMap(({ text }) => {
      const number = family === "date" ? timeOf(text) : numberOf(text);
      if (number === null) return [text];
      const around = [number - 1, number, number + 1];
      return family === "date" ? around.map(timeText) : around.map(String);
    }),
  );
  const candidates = ["fresh", ...near, "true", "false"].filter((text) => isIn(domain, codesOf(text)));
  return { kind: "finite", candidates: [...new Set(candidates)], complete: false };
}

/** A value of the domain; null where there is none, "undecided" where that is not known. */
export function pick(domain: ValueDomain): readonly Code[] | null | "undecided" {
  if (domain.kind === "finite") {
    const [first] = domain.candidates;
    return first === undefined ? (domain.complete ? null : "undecided") : codesOf(first);
  }
  const example = exampleOf(domain);
  if (example === "undecided") return "undecided";
  return example === "empty" ? null : example.text;
}

/** Whether the key may have this value. */
export function isPossible({ present }: KeyDomain, value: readonly Code[]): boolean {
  if (present === null || present.kind === "set") return false;
  if (present.kind === "text") return isIn(present, value);
  return present.candidates.includes(String.fromCharCode(...value));
}

/** Whether a narrowing of this domain by this condition that leaves nothing proves that there is nothing. */
export function tellsAll({ present }: KeyDomain, { family }: CompiledCondition): boolean {
  const parts = present === null ? [] : present.kind === "set" ? [present.every, ...present.some] : [present];
  return parts.every((part) => (part.kind === "text" ? family === "string" || family === "null" : part.complete));
}
