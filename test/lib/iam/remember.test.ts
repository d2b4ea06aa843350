import { describe, expect, it } from "vitest";
import { rememberedLately } from "../../../lib/iam/remember.ts";

describe("answers remembered lately", () => {
  /** The same answers, and for which texts one had to be found. */
  function watched(mostCharacters: number): { readonly ask: (text: string) => string; readonly found: string[] } {
    const found: string[] = [];
    const answer = rememberedLately<string>(mostCharacters);
    const ask = (text: string): string =>
      answer(text, () => {
        found.push(text);
        return text.toUpperCase();
      });
    return { ask, found };
  }

  it("are found once", () => {
    const { ask, found } = watched(100);
    expect(["one", "two", "one", "two"].map(ask)).toEqual(["ONE", "TWO", "ONE", "TWO"]);
    expect(found).toEqual(["one", "two"]);
  });

  it("stay while they are asked for, however much else is", () => {
    const { ask, found } = watched(40);
    for (let index = 1000; index < 2000; index++) {
      expect(ask("all")).toBe("ALL");
      expect(ask(`${index}`)).toBe(`${index}`);
    }
    expect(found.filter((text) => text === "all")).toEqual(["all"]);
  });

  it("are forgotten where others of as many characters were asked for since", () => {
    const { ask, found } = watched(40);
    const texts = Array.from({ length: 11 }, (_, index) => `${1000 + index}`);
    for (const text of texts) ask(text);
    ask("1000");
    expect(found).toEqual([...texts, "1000"]);
  });

  it("keep a text that is too long by itself until others take its place", () => {
    const { ask, found } = watched(4);
    const long = "a long text";
    for (const text of [long, long, "bb", "cc", long]) ask(text);
    expect(found).toEqual([long, "bb", "cc", long]);
  });
});
