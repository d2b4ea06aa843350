/**
 * JSON (RFC 8259) as a tree that keeps where everything stands and every member of an object, repeated names too:
 * `JSON.parse` drops all but the last in silence, where IAM refuses the document. Linear in the text, never throws.
 */

/** `at` is the place in the text, in UTF-16 units from 0. */
export type JsonNode =
  | { readonly type: "string"; readonly value: string; readonly at: number }
  /** As written: `1.0` and `1` are different texts, and no digit is lost. */
  | { readonly type: "number"; readonly text: string; readonly at: number }
  | { readonly type: "boolean"; readonly value: boolean; readonly at: number }
  | { readonly type: "null"; readonly at: number }
  | JsonArray
  | JsonObject;

export interface JsonArray {
  readonly type: "array";
  readonly items: readonly JsonNode[];
  readonly at: number;
}

export interface JsonObject {
  readonly type: "object";
  /** In the order of the text, a repeated name as often as it stands there. */
  readonly members: readonly JsonMember[];
  readonly at: number;
}

export interface JsonMember {
  readonly name: string;
  readonly nameAt: number;
  readonly value: JsonNode;
}

/** The steps from the root: names of members and indexes of items. */
export type JsonPath = readonly (string | number)[];

export interface JsonFault {
  readonly path: JsonPath;
  readonly message: string;
  readonly at: number;
}

/** Arrays and objects in each other; no policy needs more than five. */
export const depthLimit = 64;

export function readJson(text: string): { readonly value: JsonNode } | { readonly fault: JsonFault } {
  const reader = new Reader(text);
  const value = reader.document();
  return value === null ? { fault: reader.fault } : { value };
}

/** The members whose name stood in the same object before, in the order of the text, at any depth. */
export function repeatedNames(root: JsonNode): readonly JsonFault[] {
  const faults: JsonFault[] = [];
  const visit = (node: JsonNode, path: JsonPath): void => {
    if (node.type === "array") {
      for (const [index, item] of node.items.entries()) visit(item, [...path, index]);
    } else if (node.type === "object") {
      const names = new Set<string>();
      for (const { name, nameAt, value } of node.members) {
        const inside = [...path, name];
        if (names.has(name)) faults.push({ path: inside, message: "stands twice in the same object", at: nameAt });
        names.add(name);
        visit(value, inside);
      }
    }
  };
  visit(root, []);
  return faults;
}

/** Line and column of a place, both from 1. */
export function positionOf(text: string, at: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let lineStart = 0;
  for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", lineStart)) {
    line++;
    lineStart = next + 1;
  }
  return { line, column: at - lineStart + 1 };
}

const space = /[ \t\n\r]*/y;
const plain = /[^"\\\p{Cc}]*/uy;
const numeral = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const hexCode = /[\dA-Fa-f]{4}/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const words = ["true", "false", "null"] as const;

/** Every method returns null, once, where the text is at fault; what is wrong is then in `fault`. */
class Reader {
  readonly #text: string;
  readonly #path: (string | number)[] = [];
  #at = 0;
  fault: JsonFault = { path: [], message: "is no JSON", at: 0 };

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode | null {
    const value = this.#value();
    if (value === null) return null;
    this.#take(space);
    return this.#at === this.#text.length ? value : this.#fail("goes on after its end");
  }

  #value(): JsonNode | null {
    this.#take(space);
    const at = this.#at;
    const sign = this.#text[at];
    if (sign === '"') {
      const value = this.#string();
      return value === null ? null : { type: "string", value, at };
    }
    if (sign === "{" || sign === "[") {
      if (this.#path.length >= depthLimit) return this.#fail(`is nested more than ${depthLimit} levels deep`);
      this.#at++;
      return sign === "{" ? this.#object(at) : this.#array(at);
    }
    const word = words.find((candidate) => this.#text.startsWith(candidate, at));
    if (word !== undefined) {
      this.#at += word.length;
      return word === "null" ? { type: "null", at } : { type: "boolean", value: word === "true", at };
    }
    const text = this.#take(numeral);
    return text === "" ? this.#failUnexpected("a value") : { type: "number", text, at };
  }

  #array(at: number): JsonArray | null {
    const items: JsonNode[] = [];
    if (this.#sign("]")) return { type: "array", items, at };
    do {
      this.#path.push(items.length);
      const item = this.#value();
      if (item === null) return null;
      this.#path.pop();
      items.push(item);
    } while (this.#sign(","));
    return this.#sign("]") ? { type: "array", items, at } : this.#failUnexpected("`,` or `]`");
  }

  #object(at: number): JsonObject | null {
    const members: JsonMember[] = [];
    if (this.#sign("}")) return { type: "object", members, at };
    do {
      this.#take(space);
      const nameAt = this.#at;
      if (this.#text[nameAt] !== '"') return this.#failUnexpected("a name in double quotes");
      const name = this.#string();
      if (name === null) return null;
      this.#path.push(name);
      if (!this.#sign(":")) return this.#failUnexpected("`:`");
      const value = this.#value();
      if (value === null) return null;
      this.#path.pop();
      members.push({ name, nameAt, value });
    } while (this.#sign(","));
    return this.#sign("}") ? { type: "object", members, at } : this.#failUnexpected("`,` or `}`");
  }

  /** The text of a string, from its quote to its quote. Half a pair of surrogates is text like any other. */
  #string(): string | null {
    const parts: string[] = [];
    this.#at++;
    for (;;) {
      parts.push(this.#take(plain));
      const sign = this.#text[this.#at];
      if (sign === '"') {
        this.#at++;
        return parts.join("");
      }
      if (sign === undefined) return this.#fail("has a string without an end");
      if (sign === "\\") {
        const part = this.#escape();
        if (part === null) return null;
        parts.push(part);
      } else if (sign >= "\x7f") {
        // JSON forbids the control characters below U+0020 only.
        parts.push(sign);
        this.#at++;
      } else return this.#fail("has a control character in a string");
    }
  }

  #escape(): string | null {
    const letter = this.#text[this.#at + 1] ?? "";
    if (letter === "u") {
      hexCode.lastIndex = this.#at + 2;
      const code = hexCode.exec(this.#text)?.[0];
      if (code === undefined) return this.#fail("has a `\\u` without four hexadecimal digits");
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    const meant = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
    if (meant === undefined) return this.#fail("has an unknown escape in a string");
    this.#at += 2;
    return meant;
  }

  /** What matches here, passed over. */
  #take(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const taken = expression.exec(this.#text)?.[0] ?? "";
    this.#at += taken.length;
    return taken;
  }

  /** Whether the sign stands next, white space aside; it is then passed over. */
  #sign(sign: string): boolean {
    this.#take(space);
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #failUnexpected(wanted: string): null {
    const found = this.#text[this.#at];
    return this.#fail(found === undefined ? `ends where ${wanted} is expected` : `has something else than ${wanted}`);
  }

  #fail(message: string): null {
    this.fault = { path: [...this.#path], message: `is no JSON: it ${message}`, at: this.#at };
    return null;
  }
}
