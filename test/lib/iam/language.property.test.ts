import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exampleOf, isEmpty, isIn } from "../../../lib/iam/language.ts";
import {
  accepts,
  anyOne,
  anyRun,
  codesOf,
  isLoop,
  matches,
  pattern,
  segmentOne,
  segmentRun,
} from "../../../lib/iam/pattern.ts";
import { matchesWildcard } from "../../../lib/iam/wildcard.ts";

const [a, b, colon] = codesOf("aB:");
const symbol = fc.constantFrom(a ?? 0, b ?? 0, colon ?? 0, anyRun, anyOne, segmentRun, segmentOne);
const anyPattern = fc
  .tuple(fc.array(symbol, { maxLength: 5 }), fc.boolean())
  .map(([symbols, ignoreCase]) => pattern(symbols, ignoreCase));
const language = fc.record({
  within: fc.array(fc.array(anyPattern, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
  without: fc.array(anyPattern, { maxLength: 3 }),
});

/** All texts of at most this length over the alphabet of the patterns, and a character that no pattern names. */
function* texts(length: number): Generator<string> {
  yield "";
  if (length === 0) return;
  for (const start of texts(length - 1)) for (const next of "aAB:x") yield `${start}${next}`;
}
const short = [...new Set(texts(5))].map(codesOf);

// Random languages, each searched by hand too: seconds on a busy machine.
describe("a language", { timeout: 30_000 }, () => {
  it("gives an example that is in it, and no shorter one exists", () => {
    void fc.assert(
      fc.property(language, (given) => {
        const example = exampleOf(given);
        if (example === "undecided") throw new Error("such small patterns must be decided");
        const shortest = short.filter((text) => isIn(given, text)).map(({ length }) => length);
        if (example === "empty") expect(shortest).toEqual([]);
        else {
          expect(isIn(given, example.text)).toBe(true);
          expect(example.text.length).toBeLessThanOrEqual(Math.min(...shortest));
        }
      }),
      { numRuns: 1500 },
    );
  });

  it("is empty where it has no example, also where no example is searched for", () => {
    const literal = fc
      .tuple(fc.array(fc.constantFrom(a ?? 0, b ?? 0, colon ?? 0), { maxLength: 3 }), fc.boolean())
      .map(([symbols, ignoreCase]) => pattern(symbols, ignoreCase));
    const oneUnion = fc.record({
      within: fc.tuple(fc.array(anyPattern, { minLength: 1, maxLength: 2 })),
      without: fc.array(fc.oneof(literal, anyPattern), { maxLength: 4 }),
    });
    void fc.assert(
      fc.property(fc.oneof(language, oneUnion), (given) => {
        expect(isEmpty(given)).toBe(exampleOf(given) === "empty");
        if (isEmpty(given)) expect(short.filter((text) => isIn(given, text))).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it("has the same example beside a union of everything, and none without everything", () => {
    const everything = pattern([anyRun]);
    void fc.assert(
      fc.property(language, ({ within, without }) => {
        expect(exampleOf({ within: [[everything], ...within], without })).toEqual(exampleOf({ within, without }));
        expect(exampleOf({ within, without: [...without, everything] })).toBe("empty");
      }),
      { numRuns: 300 },
    );
  });

  it("decides patterns that are exponential for sets of positions", () => {
    const like = (text: string) =>
      pattern([...text].map((one) => (one === "*" ? anyRun : one === "?" ? anyOne : one.charCodeAt(0))));
    expect(exampleOf({ within: [[like("*a??????????")], [like("*b?????????")]], without: [] })).toMatchObject({
      text: { length: 11 },
    });
    expect(exampleOf({ within: [[like(`*${"?*".repeat(40)}`)]], without: [like("*")] })).toBe("empty");
  });
});

describe("a pattern", () => {
  it("matches as the plain wildcard matcher does", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "B", ":", "x"), maxLength: 8 });
    const wild = fc.string({ unit: fc.constantFrom("a", "B", ":", "*", "?"), maxLength: 8 });
    void fc.assert(
      fc.property(wild, text, (source, given) => {
        const symbols = [...source].map((one) => (one === "*" ? anyRun : one === "?" ? anyOne : one.charCodeAt(0)));
        expect(matches(pattern(symbols), codesOf(given))).toBe(matchesWildcard(source, given));
      }),
      { numRuns: 2000 },
    );
  });

  it("matches as one that tries each way through it", () => {
    const triesEachWay = (symbols: readonly number[], ignoreCase: boolean, text: readonly number[]): boolean => {
      const [symbol, ...others] = symbols;
      const [code, ...rest] = text;
      if (symbol === undefined) return code === undefined;
      const fits = code !== undefined && accepts(symbol, code, ignoreCase);
      if (!isLoop(symbol)) return fits && triesEachWay(others, ignoreCase, rest);
      return triesEachWay(others, ignoreCase, text) || (fits && triesEachWay(symbols, ignoreCase, rest));
    };
    const text = fc.string({ unit: fc.constantFrom("a", "A", "B", ":", "x"), maxLength: 7 }).map(codesOf);
    void fc.assert(
      fc.property(anyPattern, text, (one, given) => {
        expect(matches(one, given)).toBe(triesEachWay(one.symbols, one.ignoreCase, given));
      }),
      { numRuns: 3000 },
    );
  });
});
