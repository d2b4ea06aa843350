import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { depthLimit, type JsonNode, positionOf, readJson, repeatedNames } from "../../../lib/iam/json.ts";

/** The tree as `JSON.parse` would give it; null-prototype objects, so that `__proto__` is a name like any other. */
function plainOf(node: JsonNode): unknown {
  if (node.type === "null") return null;
  if (node.type === "number") return Number(node.text);
  if (node.type === "array") return node.items.map(plainOf);
  if (node.type === "object") return Object.fromEntries(node.members.map(({ name, value }) => [name, plainOf(value)]));
  return node.value;
}

function treeOf(text: string): JsonNode {
  const json = readJson(text);
  if ("fault" in json) throw new Error(json.fault.message);
  return json.value;
}

function refusedByParse(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

describe("the JSON reader", () => {
  it("reads what JSON.parse reads, white space or not", () => {
    const spaces = fc.constantFrom(0, 1, "\t", "\r\n");
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 6 }), spaces, (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(plainOf(treeOf(text))).toStrictEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it("refuses what JSON.parse refuses", () => {
    const signs = fc.constantFrom(...'{}[]:,"\\ue+-.0129tfn ralsx\u0000\u001f\u007f\ud800\n');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: signs }), fc.string({ unit: "binary" })), (text) => {
        expect("fault" in readJson(text)).toBe(refusedByParse(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it("refuses a text that was cut or changed in one place where JSON.parse does", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom("", '"', "\\", ",", "]", "}", "0", "e"), (text, at, sign) => {
        const changed = `${text.slice(0, at % text.length)}${sign}${text.slice((at % text.length) + 1)}`;
        expect("fault" in readJson(changed)).toBe(refusedByParse(changed));
      }),
      { numRuns: 1_000 },
    );
  });

  it("keeps half a pair of surrogates, written out or escaped", () => {
    expect(plainOf(treeOf('["\ud800", "\\udc00x"]'))).toStrictEqual(["\ud800", "\udc00x"]);
  });

  it("keeps every digit of a number", () => {
    expect(treeOf("123456789012345678901.10")).toStrictEqual({
      type: "number",
      text: "123456789012345678901.10",
      at: 0,
    });
  });

  it("says where each value stands", () => {
    const text = '{\n  "a": [1,\r\n {"b": null}]}';
    const root = treeOf(text);
    const list = root.type === "object" ? root.members[0] : undefined;
    const items = list?.value.type === "array" ? list.value.items : [];
    expect(list?.nameAt).toBe(4);
    expect(positionOf(text, items[1]?.at ?? -1)).toStrictEqual({ line: 3, column: 2 });
  });

  const faults: Record<string, [text: string, path: readonly (string | number)[], at: number]> = {
    "nothing at all": ["", [], 0],
    "an item that is missing": ["[1,]", [1], 3],
    "a value of no kind, deep inside": ['{"a":{"b":[1,{"c":x}]}}', ["a", "b", 1, "c"], 18],
    "a string without an end": ['["a', [0], 3],
    "more after the end": ["[] 1", [], 3],
    "a name without quotes": ["{a:1}", [], 1],
    "a byte order mark": ["\ufeff{}", [], 0],
  };
  for (const [sentence, [text, path, at]] of Object.entries(faults)) {
    it(`names the place of ${sentence}`, () => {
      expect(readJson(text)).toMatchObject({ fault: { path, at, message: expect.stringMatching(/^is no JSON: it /) } });
    });
  }

  it(`goes ${depthLimit} levels deep and no further, at any length`, () => {
    const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
    expect("value" in readJson(nested(depthLimit))).toBe(true);
    for (const text of [nested(depthLimit + 1), "[".repeat(100_000), '{"a":'.repeat(100_000)]) {
      expect(readJson(text)).toMatchObject({ fault: { message: expect.stringContaining("64 levels") } });
    }
  });

  it("finds a repeated name in every object, however it is escaped", () => {
    const root = treeOf(
      '{"a": 1, "\\u0061": {"b": [{"c": 1, "d": 2, "c": 3}], "__proto__": 1, "__proto__": 2}, "A": 1}',
    );
    expect(repeatedNames(root).map(({ path }) => path)).toStrictEqual([["a"], ["a", "b", 0, "c"], ["a", "__proto__"]]);
  });
});
