/** Finitely many numbers, dates or addresses that tell all constants of the conditions apart. */
import type { CompiledCondition, Family } from "./conditions.ts";
import { type FiniteDomain, pick, type TextDomain } from "./domains.ts";
import { account } from "./keys.ts";
import { isIn } from "./language.ts";
import { codesOf } from "./pattern.ts";
import { addressRangeOf, addressText, numberOf, timeOf, timeText } from "./values.ts";

const families = { number: "number", date: "date", address: "address" } as const;

/** Complete where all conditions compare as the key's own kind does. In ascending order; of dates only what is to come. */
export function finiteValues(
  kind: keyof typeof families,
  conditions: readonly CompiledCondition[],
  now: number,
): FiniteDomain {
  const complete = conditions.every(
    ({ family, isEpoch }) => family === families[kind] || family === "null" || (isEpoch && family === "number"),
  );
  const constants = conditions.flatMap(({ values }) => values.map(({ text }) => text));
  const candidates =
    kind === "address" ? addresses(constants) : kind === "date" ? dates(constants, now) : numbers(constants);
  return { kind: "finite", candidates: [...new Set(candidates)], complete };
}

/** Texts that tell all constants apart where every condition compares the text as the same other kind: some that are of
 * the kind, and one that is none; null where conditions differ, or compare text. */
export function finiteTexts(text: TextDomain, conditions: readonly CompiledCondition[]): FiniteDomain | null {
  const families = new Set(conditions.map(({ family }) => family).filter((family) => family !== "null"));
  const [family, another] = families;
  if (family === undefined || another !== undefined || family === "string") return null;
  const constants = conditions.flatMap((condition) =>
    condition.family === family ? condition.values.map((value) => value.text) : [],
  );
  const other = isIn(text, codesOf("fresh")) ? codesOf("fresh") : pick(text);
  if (other === null || other === "undecided") return null;
  const near = isOfAccounts(text) ? accountsNear(family, constants) : textsOf(family, constants);
  const candidates = [String.fromCharCode(...other), ...near];
  return {
    kind: "finite",
    candidates: [...new Set(candidates)].filter((one) => isIn(text, codesOf(one))),
    complete: true,
  };
}

function textsOf(family: Exclude<Family, "string" | "null">, constants: readonly string[]): readonly string[] {
  if (family === "number")
    return around(
      constants.flatMap((text) => numberOf(text) ?? []),
      1,
    ).map(String);
  if (family === "date")
    return around(
      constants.flatMap((text) => timeOf(text) ?? []),
      dayInMilliseconds,
    ).map(timeText);
  if (family === "address") return addresses(constants);
  return constants;
}

function isOfAccounts({ within }: TextDomain): boolean {
  return within.some((union) => union.length > 0 && union.every(({ id }) => id === account.id));
}

const greatestAccount = 999_999_999_999;

/** Twelve digits are a number, and seconds since 1970: the ends of what they can be, and the neighbours of each constant. */
function accountsNear(family: Exclude<Family, "string" | "null">, constants: readonly string[]): readonly string[] {
  if (family !== "number" && family !== "date") return constants;
  const numbers = constants.flatMap((text) => {
    const found = family === "number" ? numberOf(text) : timeOf(text);
    return found === null ? [] : [family === "number" ? found : found / 1000];
  });
  const near = numbers.flatMap((one) => [Math.floor(one) - 1, Math.floor(one), Math.ceil(one), Math.ceil(one) + 1]);
  return [0, ...near, greatestAccount]
    .filter((one) => one >= 0 && one <= greatestAccount)
    .map((one) => String(one).padStart(12, "0"));
}

/** The constants, one before, one between each two, and one beyond them all. */
function around(constants: readonly number[], step: number): readonly number[] {
  return constants.length === 0 ? [] : between(constants, Math.min(...constants) - step, step);
}

function numbers(constants: readonly string[]): readonly string[] {
  return between(
    constants.flatMap((text) => numberOf(text) ?? []).filter((number) => number >= 0),
    0,
    1,
  ).map(String);
}

const dayInMilliseconds = 86_400_000;

function dates(constants: readonly string[], now: number): readonly string[] {
  const times = constants.flatMap((text) => timeOf(text) ?? []).filter((time) => time >= now);
  return between(times, now, dayInMilliseconds).map(timeText);
}

/** The least value, the constants, one between each two, and one beyond them all. */
function between(constants: readonly number[], least: number, beyond: number): readonly number[] {
  const sorted = [...new Set([least, ...constants])].sort((one, other) => one - other);
  return sorted.flatMap((value, at) => {
    const next = sorted[at + 1];
    return [value, next === undefined ? value + beyond : (value + next) / 2];
  });
}

/** A public address that nothing speaks of first, then the ends of every range and their neighbours outside. */
function addresses(constants: readonly string[]): readonly string[] {
  const ranges = constants.flatMap((text) => addressRangeOf(text) ?? []);
  const ends = ranges.flatMap(({ version, first, last }) => {
    const greatest = (1n << (version === 4 ? 32n : 128n)) - 1n;
    return [first, last, first - 1n, last + 1n]
      .filter((value) => value >= 0n && value <= greatest)
      .map((value) => addressText(version, value));
  });
  return ["198.51.100.7", addressText(6, 0x20010db8000000000000000000000007n), ...ends];
}
