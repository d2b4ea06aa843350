import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesWildcard } from "../../../lib/iam/wildcard.ts";

/** An oracle of another kind: which prefixes of the text each prefix of the pattern matches. */
function matchesByTable(pattern: string, text: string): boolean {
  let row = Array.from({ length: text.length + 1 }, (_, length) => length === 0);
  for (const sign of pattern.split("")) {
    const next: boolean[] = [];
    for (let length = 0; length <= text.length; length++) {
      const shorter = length > 0 && row[length - 1] === true;
      if (sign === "*") next.push(row[length] === true || (length > 0 && next[length - 1] === true));
      else next.push(shorter && (sign === "?" || sign === text[length - 1]));
    }
    row = next;
  }
  return row[text.length] === true;
}

const letters = fc.constantFrom("a", "b", "/", ".", "$", "[", "\\", "A");
const texts = fc.string({ unit: letters, maxLength: 12 });
const patterns = fc.string({
  unit: fc.oneof({ weight: 2, arbitrary: letters }, fc.constantFrom("*", "?")),
  maxLength: 8,
});
/** A text with runs of it replaced by `*`, characters by `?`, and perhaps one character changed: near each other. */
const aimed = fc
  .tuple(
    texts,
    fc.array(fc.tuple(fc.nat(12), fc.nat(3), fc.constantFrom("*", "?", "**", "*?")), { maxLength: 4 }),
    fc.option(letters),
  )
  .map(([text, holes, change]) => {
    let pattern = text;
    for (const [at, length, sign] of holes) pattern = `${pattern.slice(0, at)}${sign}${pattern.slice(at + length)}`;
    return [pattern, change === null ? text : `${text.slice(1)}${change}`] as const;
  });

describe("a wildcard pattern", () => {
  it("matches what a table of all prefixes says", () => {
    fc.assert(
      fc.property(fc.oneof(aimed, fc.tuple(patterns, texts)), ([pattern, text]) => {
        expect(matchesWildcard(pattern, text)).toBe(matchesByTable(pattern, text));
      }),
      { numRuns: 3_000 },
    );
  });

  it("without wildcards matches itself and nothing else", () => {
    const plain = fc.string({ unit: "binary" }).filter((text) => !/[*?]/.test(text));
    fc.assert(
      fc.property(plain, plain, (pattern, text) => {
        expect(matchesWildcard(pattern, pattern)).toBe(true);
        expect(matchesWildcard(pattern, text)).toBe(pattern === text);
      }),
    );
  });

  it("that a text was cut from by `*` matches that text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        (one, two, three) => {
          expect(matchesWildcard(`${one}*${three}`, `${one}${two}${three}`)).toBe(true);
        },
      ),
    );
  });

  const cases: Record<string, [pattern: string, text: string, matches: boolean]> = {
    "nothing matches nothing": ["", "", true],
    "nothing matches no text": ["", "a", false],
    "* matches nothing, too": ["*", "", true],
    "? matches exactly one": ["?", "", false],
    "?* is at least one": ["?*", "", false],
    "* crosses slashes": ["table/*", "table/Orders/index/by-day", true],
    "letter case counts": ["prod*", "Prod-1", false],
    "a pattern longer than the text": ["abc", "ab", false],
    "a text longer than the pattern": ["ab", "abc", false],
    "the last star is the one that gives way": ["*ab*ab", "abxabab", true],
    "a dot is a dot": ["a.c", "abc", false],
  };
  for (const [sentence, [pattern, text, matches]] of Object.entries(cases)) {
    it(sentence, () => expect(matchesWildcard(pattern, text)).toBe(matches));
  }

  it("of many stars that just fails takes no exponential time", () => {
    expect(matchesWildcard(`${"*a".repeat(30)}b`, "a".repeat(10_000))).toBe(false);
    expect(matchesWildcard("*a".repeat(30), "a".repeat(10_000))).toBe(true);
  });
});
