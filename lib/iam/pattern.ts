/**
 * Patterns over text: literal characters, wildcards, classes of characters, and opaque literals, which stand for values
 * that an identity or a tag fills in (`${aws:username}`): each equal to itself, different from everything else.
 */

/** A UTF-16 code unit, an opaque literal (`opaqueBase` and above), or one of the negative symbols below. */
export type Code = number;

export const opaqueBase = 0x110000;

/** Symbols of a pattern that are no character; those of `loops` match any run of what they accept. */
export const anyRun = -1;
export const anyOne = -2;
export const segmentRun = -3;
export const segmentOne = -4;
export const nameRun = -5;
export const nameOne = -6;
export const digitOne = -8;
export const hexRun = -9;
export const hexOne = -10;

const colon = 58;

export interface Pattern {
  readonly symbols: readonly number[];
  readonly ignoreCase: boolean;
  /** How many symbols come before the first that is no character. */
  readonly literals: number;
  /** Equal patterns have equal ids: answers are memoised by them. */
  readonly id: string;
}

export function pattern(symbols: readonly number[], ignoreCase = false): Pattern {
  // Neighbouring runs of the same kind are one.
  const merged = symbols.filter((symbol, at) => !(isLoop(symbol) && symbols[at - 1] === symbol));
  return new SymbolPattern(merged, ignoreCase);
}

class SymbolPattern implements Pattern {
  readonly symbols: readonly number[];
  readonly ignoreCase: boolean;
  readonly literals: number;
  // Most patterns are never asked for it.
  #id: string | null = null;

  constructor(symbols: readonly number[], ignoreCase: boolean) {
    const first = symbols.findIndex((symbol) => symbol < 0);
    this.symbols = symbols;
    this.ignoreCase = ignoreCase;
    this.literals = first < 0 ? symbols.length : first;
  }

  get id(): string {
    this.#id ??= `${this.ignoreCase ? "i" : "="}${this.symbols.join(" ")}`;
    return this.#id;
  }
}

/** Whether the pattern is one text, and no other matches it. */
export function isLiteral({ symbols, ignoreCase, literals }: Pattern): boolean {
  return !ignoreCase && literals === symbols.length;
}

export function isLoop(symbol: number): boolean {
  return symbol === anyRun || symbol === segmentRun || symbol === nameRun || symbol === hexRun;
}

export function codesOf(text: string): readonly Code[] {
  const codes: Code[] = [];
  for (let at = 0; at < text.length; at++) codes.push(text.charCodeAt(at));
  return codes;
}

/** Whether a symbol accepts a code. A single-character wildcard accepts no opaque literal, whose length is unknown. */
export function accepts(symbol: number, code: Code, ignoreCase: boolean): boolean {
  if (symbol >= 0) return symbol === code || (ignoreCase && fold(symbol) === fold(code));
  switch (symbol) {
    case anyRun:
      return true;
    case anyOne:
      return code < opaqueBase;
    case segmentRun:
      return code !== colon;
    case segmentOne:
      return code !== colon && code < opaqueBase;
    case nameRun:
      return isName(code) || code >= opaqueBase;
    case nameOne:
      return isName(code) || code >= opaqueBase;
    case digitOne:
      return code >= 48 && code <= 57;
    default:
      return (code >= 48 && code <= 57) || (code >= 97 && code <= 102);
  }
}

/** Characters of table and index names (DynamoDB's API reference): letters, digits, `_`, `.` and `-`. */
function isName(code: Code): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    code === 46 ||
    code === 45
  );
}

/** ASCII letters only: what AWS compares without regard to case is ASCII. */
export function fold(code: Code): Code {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

/** Whether the whole text matches; all positions of the pattern are followed at once, so no input is slow. */
export function matches(one: Pattern, text: readonly Code[]): boolean {
  const { symbols, ignoreCase, literals } = one;
  // Most patterns and texts differ in how they begin or end.
  const fits = (at: number, place: number): boolean => accepts(symbols[at] ?? 0, text[place] ?? -1, ignoreCase);
  if (text.length < literals) return false;
  for (let at = 0; at < literals; at++) if (!fits(at, at)) return false;
  let [last, end] = [symbols.length - 1, text.length - 1];
  for (; last >= literals && !isLoop(symbols[last] ?? 0); last--, end--) {
    if (end < literals || !fits(last, end)) return false;
  }
  if (last < literals) return end === last;
  return follow(one, closure(symbols, [literals]), text.slice(literals)).at(-1) === symbols.length;
}

/** Where in the pattern the text leads from these positions; they are in ascending order, as those given must be. */
export function follow(
  { symbols, ignoreCase }: Pattern,
  from: readonly number[],
  text: readonly Code[],
): readonly number[] {
  // Two lists for the whole text: most of the time of large policies is spent here.
  let here = [...from];
  let next: number[] = [];
  let count = here.length;
  for (let place = 0; place < text.length && count > 0; place++) {
    const code = text[place] ?? -1;
    let reached = 0;
    for (let index = 0; index < count; index++) {
      const at = here[index] ?? 0;
      const symbol = symbols[at];
      if (symbol === undefined || !accepts(symbol, code, ignoreCase)) continue;
      reached = reach(symbols, isLoop(symbol) ? at : at + 1, next, reached);
    }
    [here, next] = [next, here];
    count = reached;
  }
  return here.slice(0, count);
}

/** The positions, and those behind the runs that stand there, since a run may be empty; both in ascending order. */
export function closure(symbols: readonly number[], positions: readonly number[]): readonly number[] {
  const reached: number[] = [];
  for (const at of positions) reach(symbols, at, reached, reached.length);
  return reached;
}

/** Writes a position behind so many others, and those behind the runs that stand there; returns how many there are. */
function reach(symbols: readonly number[], at: number, positions: number[], count: number): number {
  // In ascending order: up to the last one, whatever is behind one that is there was written with it.
  if (count > 0 && at <= (positions[count - 1] ?? 0)) return count;
  let end = count;
  positions[end++] = at;
  for (let run = at; isLoop(symbols[run] ?? 0); ) positions[end++] = ++run;
  return end;
}
