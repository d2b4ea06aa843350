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

const loops: ReadonlySet<number> = new Set([anyRun, segmentRun, nameRun, hexRun]);
const colon = 58;

export interface Pattern {
  readonly symbols: readonly number[];
  readonly ignoreCase: boolean;
  /** Equal patterns have equal ids: answers are memoised by them. */
  readonly id: string;
}

export function pattern(symbols: readonly number[], ignoreCase = false): Pattern {
  // Neighbouring runs of the same kind are one.
  const merged = symbols.filter((symbol, at) => !(loops.has(symbol) && symbols[at - 1] === symbol));
  return { symbols: merged, ignoreCase, id: `${ignoreCase ? "i" : "="}${merged.join(" ")}` };
}

/** Whether the pattern is one text, and no other matches it. */
export function isLiteral({ symbols, ignoreCase }: Pattern): boolean {
  return !ignoreCase && symbols.every((symbol) => symbol >= 0);
}

export function isLoop(symbol: number): boolean {
  return loops.has(symbol);
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
  return follow(one, closure(one.symbols, [0]), text).has(one.symbols.length);
}

/** Where in the pattern the text leads from these positions. */
export function follow(
  { symbols, ignoreCase }: Pattern,
  from: ReadonlySet<number>,
  text: readonly Code[],
): ReadonlySet<number> {
  let positions = from;
  for (const code of text) {
    const next = new Set<number>();
    for (const at of positions) {
      const symbol = symbols[at];
      if (symbol !== undefined && accepts(symbol, code, ignoreCase)) next.add(isLoop(symbol) ? at : at + 1);
    }
    if (next.size === 0) return next;
    positions = closure(symbols, next);
  }
  return positions;
}

/** The positions, and those behind the runs that stand there, since a run may be empty. */
export function closure(symbols: readonly number[], positions: Iterable<number>): ReadonlySet<number> {
  const reached = new Set(positions);
  // A set visits what is added while it is walked.
  for (const at of reached) if (at < symbols.length && isLoop(symbols[at] ?? 0)) reached.add(at + 1);
  return reached;
}
