/**
 * Account and organization ids that stand for all others, as far as a policy can tell them apart: one of each class. A
 * search over them misses nobody, and each question in it is about one id.
 */
import { distinct, exampleOf, type Language } from "./language.ts";
import {
  accepts,
  type Code,
  closure,
  codesOf,
  follow,
  isLiteral,
  isLoop,
  matches,
  type Pattern,
  pattern,
} from "./pattern.ts";
import { exampleIn } from "./resources.ts";

export interface Classes {
  readonly members: readonly Member[];
  /** Whether together they stand for all. */
  readonly areAll: boolean;
}

export interface Member {
  readonly text: string;
  /** Whether nothing names it: it stands for anyone. */
  readonly isFresh: boolean;
}

/** What the ids are. */
export interface Ids {
  readonly shape: Pattern;
  /** Ids that are not meant. */
  readonly without: readonly string[];
  /** Ids to take where they fit, for people to read. */
  readonly examples: readonly string[];
}

/** Beyond these the classes would be too many; no policy of a person has two. */
const mostWildcards = 5;

/** One id of each class that the patterns tell apart, first one that they do not name. */
export function classesOf(patterns: readonly Pattern[], { shape, without, examples }: Ids): Classes {
  const excluded = without.map((text) => pattern(codesOf(text)));
  const meant: Language = { within: [[shape]], without: excluded };
  const telling = distinct(patterns).filter(
    (one) =>
      exampleOf({ ...meant, within: [...meant.within, [one]] }) !== "empty" &&
      exampleOf({ ...meant, without: [...excluded, one] }) !== "empty",
  );
  const named = telling.filter(isLiteral);
  const wild = telling.filter((one) => !isLiteral(one));
  let areAll = wild.length <= mostWildcards;
  const members: Member[] = [];
  for (const chosen of subsets(wild.slice(0, mostWildcards))) {
    const others = wild.filter((one) => !chosen.includes(one));
    const example = exampleIn({
      resource: { within: [[shape], ...chosen.map((one) => [one])], without: [...excluded, ...named, ...others] },
      examples: examples.map(codesOf),
    });
    if (example === "undecided") areAll = false;
    else if (example !== "empty") members.push({ text: textOf(example.text), isFresh: chosen.length === 0 });
  }
  return { members: [...members, ...named.map(({ symbols }) => ({ text: textOf(symbols), isFresh: false }))], areAll };
}

function subsets<T>(list: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: 2 ** list.length }, (_, bits) => list.filter((_one, at) => (bits >> at) & 1));
}

function textOf(codes: readonly Code[]): string {
  return String.fromCharCode(...codes);
}

/** What a pattern says of an id that stands in a text: after this beginning, before this character, which no id has. Two ids
 * that match the same of these are the same to the pattern. */
export function partsOf(whole: Pattern, beginning: string, end: string): readonly Pattern[] {
  const { symbols } = whole;
  const [code = 0] = codesOf(end);
  const starts = follow(whole, closure(symbols, [0]), codesOf(beginning));
  return [...starts].flatMap((start) => {
    const parts: Pattern[] = [];
    for (let at = start; at < symbols.length; at++) {
      const symbol = symbols[at] ?? 0;
      if (accepts(symbol, code, false)) parts.push(pattern(symbols.slice(start, isLoop(symbol) ? at + 1 : at)));
      if (symbol === code) break;
    }
    return parts;
  });
}

/** Whether a text matches one of the patterns. */
export function isOneOf(text: string, patterns: readonly Pattern[]): boolean {
  const codes = codesOf(text);
  return patterns.some((one) => matches(one, codes));
}
