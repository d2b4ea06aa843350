/**
 * Whether some text is in all of these unions of patterns and in none of those patterns, with a shortest example.
 * Exact: breadth-first over the product. A pattern that must match is followed at one position at a time (sets of
 * positions would be exponential there); one that must not match needs the set of all its positions.
 */
import {
  accepts,
  anyRun,
  type Code,
  closure,
  follow,
  isLiteral,
  isLoop,
  matches,
  opaqueBase,
  type Pattern,
} from "./pattern.ts";
import { rememberedFor, rememberedLately } from "./remember.ts";

export interface Language {
  /** Each entry is a union; the text must be in every one. */
  readonly within: readonly (readonly Pattern[])[];
  readonly without: readonly Pattern[];
}

/** "undecided": the search grew past its budget. */
export type Example = { readonly text: readonly Code[] } | "empty" | "undecided";

const stateBudget = 20_000;
/** A language's key has some four characters for each symbol, and its example a number for each character. */
const exampleFor = rememberedLately<Example>(10_000_000);

export const exampleOf = rememberedFor((language: Language): Example => {
  if (language.without.some(isEverything)) return "empty";
  // A union of everything alone leaves the others as they are.
  const asked = language.within.filter((union) => union.length !== 1 || !union.every(isEverything));
  const listed = asked.find((union) => union.every(isLiteral));
  // Where the texts of one union are listed, one of them is the example, or there is none.
  if (listed !== undefined) {
    const [shortest] = listed
      .filter(({ symbols }) => isIn(language, symbols))
      .toSorted((one, other) => one.symbols.length - other.symbols.length);
    return shortest === undefined ? "empty" : { text: shortest.symbols };
  }
  const within = asked.map((union) => distinct(union));
  const without = distinct(language.without);
  return exampleFor(idOf({ within, without }), () => search(within, without));
});

/** Whether nothing is in the language; not where that is undecided. */
export function isEmpty(language: Language): boolean {
  return !isSurelyEndless(language) && exampleOf(language) === "empty";
}

/** Whether it is one union of endlessly many texts, of which only so many are left out. */
function isSurelyEndless({ within: [union, ...others], without }: Language): boolean {
  return (
    union !== undefined &&
    others.length === 0 &&
    union.some(({ symbols }) => symbols.some(isLoop)) &&
    without.every(({ symbols, literals }) => literals === symbols.length)
  );
}

/** Languages of the same patterns have the same. */
export function idOf({ within, without }: Language): string {
  const ids = (patterns: readonly Pattern[]): string =>
    patterns
      .map(({ id }) => id)
      .sort()
      .join("|");
  return `${within.map(ids).sort().join("&")}!${ids(without)}`;
}

function isEverything({ symbols }: Pattern): boolean {
  return symbols.length === 1 && symbols[0] === anyRun;
}

/** What is left of the language where one of the patterns must match, or none may. */
export function narrowed({ within, without }: Language, patterns: readonly Pattern[], holds: boolean): Language {
  return holds ? { within: [...within, patterns], without } : { within, without: [...without, ...patterns] };
}

/** Whether the text is in the language. */
export function isIn({ within, without }: Language, text: readonly Code[]): boolean {
  return within.every((union) => union.some((one) => matches(one, text))) && !without.some((one) => matches(one, text));
}

export function distinct(patterns: readonly Pattern[]): readonly Pattern[] {
  return [...new Map(patterns.map((one) => [one.id, one])).values()];
}

interface Node {
  /** For each union: which pattern was chosen, and the position in it. */
  readonly at: readonly number[];
  readonly choice: readonly number[];
  /** All positions in the patterns that must not match, as `Outside` numbers them. */
  readonly not: number;
  readonly parent: Node | null;
  readonly code: Code;
}

function search(within: readonly (readonly Pattern[])[], without: readonly Pattern[]): Example {
  const alphabet = alphabetOf([...within.flat(), ...without]);
  const outside = outsideOf(without);
  const seen = new Set<string>();
  const queue: Node[] = [];
  let budget = stateBudget;
  const add = (node: Node): void => {
    const key = `${node.choice.join()};${node.at.join()};${node.not}`;
    if (seen.has(key)) return;
    seen.add(key);
    queue.push(node);
  };
  for (const choice of combinations(within.map((union) => union.length))) {
    add({ at: within.map(() => 0), choice, not: outside.start, parent: null, code: 0 });
  }
  for (const node of queue) {
    if (budget-- === 0) return "undecided";
    const patterns = within.map((union, index) => union[node.choice[index] ?? 0]);
    const isEnd = patterns.every((one, index) => one !== undefined && restIsEmpty(one.symbols, node.at[index] ?? 0));
    if (isEnd && !outside.matches(node.not)) return { text: textOf(node) };
    for (const code of alphabet) {
      const options = patterns.map((one, index) =>
        one === undefined ? [] : nextPositions(one, node.at[index] ?? 0, code),
      );
      if (options.some(({ length }) => length === 0)) continue;
      const not = outside.step(node.not, code);
      for (const picked of combinations(options.map(({ length }) => length))) {
        const at = options.map((positions, index) => positions[picked[index] ?? 0] ?? 0);
        add({ at, choice: node.choice, not, parent: node, code });
      }
    }
  }
  return "empty";
}

function nextPositions({ symbols, ignoreCase }: Pattern, from: number, code: Code): readonly number[] {
  const next: number[] = [];
  for (let at = from; at < symbols.length; at++) {
    const symbol = symbols[at] ?? 0;
    if (accepts(symbol, code, ignoreCase)) next.push(isLoop(symbol) ? at : at + 1);
    if (!isLoop(symbol)) break;
  }
  return next;
}

function restIsEmpty(symbols: readonly number[], from: number): boolean {
  for (let at = from; at < symbols.length; at++) if (!isLoop(symbols[at] ?? 0)) return false;
  return true;
}

/** Where in the patterns that must not match a text leads, by the number of what a search meets. */
interface Outside {
  readonly start: number;
  /** Whether one of them matches the text. */
  matches(state: number): boolean;
  step(state: number, code: Code): number;
}

function outsideOf(patterns: readonly Pattern[]): Outside {
  /** Those that the text may still become, each with its positions. */
  type Alive = readonly { readonly one: Pattern; readonly index: number; readonly positions: readonly number[] }[];
  const states: { readonly alive: Alive; readonly matches: boolean; readonly next: Map<Code, number> }[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (alive: Alive): number => {
    const key = alive.map(({ index, positions }) => `${index}:${positions.join()}`).join(" ");
    let number = numbers.get(key);
    if (number === undefined) {
      const matched = alive.some(({ one, positions }) => positions.at(-1) === one.symbols.length);
      number = states.push({ alive, matches: matched, next: new Map() }) - 1;
      numbers.set(key, number);
    }
    return number;
  };
  return {
    start: numberOf(patterns.map((one, index) => ({ one, index, positions: closure(one.symbols, [0]) }))),
    matches: (number) => states[number]?.matches ?? false,
    step(number, code) {
      const { alive = [], next = new Map<Code, number>() } = states[number] ?? {};
      let reached = next.get(code);
      if (reached === undefined) {
        const left = alive.map((part) => ({ ...part, positions: follow(part.one, part.positions, [code]) }));
        reached = numberOf(left.filter(({ positions }) => positions.length > 0));
        next.set(code, reached);
      }
      return reached;
    },
  };
}

const printable: readonly Code[] = [
  ..."abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./:@+=,! \"#$%&'()*;<>?[\\]^`{|}~",
].map((one) => one.charCodeAt(0));
const classes = [-1, -2, -3, -4, -5, -6, -8, -9, -10];

/** The characters of the patterns, and one more for each way in which the classes can tell characters apart. */
function alphabetOf(patterns: readonly Pattern[]): readonly Code[] {
  const literals = new Set<Code>();
  for (const { symbols, ignoreCase } of patterns) {
    for (const symbol of symbols) {
      if (symbol < 0) continue;
      literals.add(symbol);
      // The other case of a letter is another character to every pattern that heeds case.
      if (ignoreCase && isLetter(symbol)) literals.add(symbol ^ 32);
    }
  }
  const others = new Map<string, Code>();
  const signatureOf = (code: Code): string => classes.map((one) => Number(accepts(one, code, false))).join("");
  for (const code of printable)
    if (!literals.has(code) && !others.has(signatureOf(code))) others.set(signatureOf(code), code);
  return [...others.values(), ...literals];
}

function isLetter(code: Code): boolean {
  return code < opaqueBase && ((code >= 65 && code <= 90) || (code >= 97 && code <= 122));
}

function* combinations(lengths: readonly number[]): Generator<readonly number[]> {
  if (lengths.some((length) => length === 0)) return;
  const picked = lengths.map(() => 0);
  for (;;) {
    yield [...picked];
    let index = picked.length - 1;
    while (index >= 0 && (picked[index] ?? 0) + 1 === lengths[index]) picked[index--] = 0;
    if (index < 0) return;
    picked[index] = (picked[index] ?? 0) + 1;
  }
}

function textOf(node: Node): readonly Code[] {
  const codes: Code[] = [];
  for (let at: Node | null = node; at?.parent != null; at = at.parent) codes.push(at.code);
  return codes.reverse();
}
