/**
 * A CloudFormation template in YAML as a JSON tree: short tags in their long form, anchors and merge keys unfolded.
 * Scalars are read by few rules of its own: YAML 1.1 would make a date of `2012-10-17` and another number of `0123`.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLParseError,
} from "yaml";
import { depthLimit, type JsonMember, type JsonNode, positionOf } from "../../lib/iam/json.ts";
import { printable, quoted } from "../../lib/parameters.ts";
import { objectNode } from "./nodes.ts";

/** Anchors in anchors can unfold without end; a template of the largest size has far fewer values. */
const valueLimit = 500_000;

export interface YamlReading {
  /** Of a text with a fault it is only good for a guess at what the text was meant to be. */
  readonly value: JsonNode;
  /** The first fault, as the words after the file's name; null where there is none. */
  readonly fault: string | null;
}

/** Never throws: the parser keeps its errors, and what is nested too deep for it is one of them. */
export function readYaml(text: string): YamlReading {
  const options = { schema: "failsafe", uniqueKeys: false, prettyErrors: false, logLevel: "error" } as const;
  // Left to others, since the parser's cost grows with the square: repeated names, and where an error stands.
  const document = parseDocument(text, options);
  const conversion = new Conversion();
  const value = conversion.nodeOf(document.contents, 0);
  const [error] = document.errors;
  const fault = error === undefined ? conversion.fault : { message: messageOf(error), at: error.pos[0] };
  if (fault === null) return { value, fault: null };
  const { line, column } = positionOf(text, fault.at);
  return { value, fault: `is no YAML: ${printable(fault.message)} (line ${line}, column ${column})` };
}

const tooDeep = `it is nested more than ${depthLimit} levels deep`;

/** In the words of the parser, but for what it says of itself. */
function messageOf({ code, message }: YAMLParseError): string {
  return code === "RESOURCE_EXHAUSTION" ? tooDeep : message;
}

class Conversion {
  readonly #anchors = new Map<string, unknown>();
  #values = 0;
  fault: { readonly message: string; readonly at: number } | null = null;

  nodeOf(given: unknown, depth: number): JsonNode {
    if (!(isAlias(given) || isScalar(given) || isMap(given) || isSeq(given))) return { type: "null", at: 0 };
    const at = given.range?.[0] ?? 0;
    // Anchors in themselves would fail over and over.
    if (this.fault !== null) return { type: "null", at };
    this.#values++;
    if (depth > depthLimit) return this.#fail(tooDeep, at);
    if (this.#values > valueLimit) return this.#fail("its anchors unfold without end", at);
    if (isAlias(given)) {
      const target = this.#anchors.get(given.source);
      if (target !== undefined) return this.nodeOf(target, depth + 1);
      return this.#fail(`no anchor stands before ${quoted(`*${given.source}`)}`, at);
    }
    if (given.anchor !== undefined) this.#anchors.set(given.anchor, given);
    if (isScalar(given)) return longForm(given.tag, scalarNode(given, at));
    const value: JsonNode = isSeq(given)
      ? { type: "array", items: given.items.map((item) => this.nodeOf(item, depth + 1)), at }
      : { type: "object", members: this.#membersOf(given, depth), at };
    return longForm(given.tag, value);
  }

  /** A merged name gives way to the map's own, and of two merged maps the first holds. */
  #membersOf({ items }: YAMLMap, depth: number): readonly JsonMember[] {
    const own: JsonMember[] = [];
    const merged: (readonly JsonNode[])[] = [];
    for (const { key, value } of items as readonly Pair[]) {
      const node = this.nodeOf(value, depth + 1);
      if (!isScalar(key)) this.#fail("a name is no text", node.at);
      else if (key.type === "PLAIN" && key.value === "<<") merged.push(node.type === "array" ? node.items : [node]);
      else own.push({ name: String(key.value ?? ""), nameAt: key.range?.[0] ?? 0, value: node });
    }
    const names = new Set(own.map(({ name }) => name));
    const inherited = merged.flat().flatMap((node) => {
      const members = node.type === "object" ? node.members : [];
      return members.filter(({ name }) => !names.has(name) && names.add(name));
    });
    return [...inherited, ...own];
  }

  #fail(message: string, at: number): JsonNode {
    this.fault ??= { message, at };
    return { type: "null", at };
  }
}

const nothing = /^(?:~|null|Null|NULL|)$/;
const yes = /^(?:true|True|TRUE|yes|Yes|YES|on|On|ON)$/;
const no = /^(?:false|False|FALSE|no|No|NO|off|Off|OFF)$/;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function scalarNode(scalar: Scalar, at: number): JsonNode {
  const value = String(scalar.value ?? "");
  if (scalar.type !== "PLAIN" || scalar.tag !== undefined) return { type: "string", value, at };
  if (nothing.test(value)) return { type: "null", at };
  if (yes.test(value) || no.test(value)) return { type: "boolean", value: yes.test(value), at };
  return number.test(value) ? { type: "number", text: value, at } : { type: "string", value, at };
}

/** `!GetAtt A.B` as {"Fn::GetAtt": "A.B"}, and all the other tags likewise. */
function longForm(tag: string | undefined, value: JsonNode): JsonNode {
  if (tag === undefined || !/^![A-Za-z]/.test(tag)) return value;
  const name = tag.slice(1);
  return objectNode({ [name === "Ref" || name === "Condition" ? name : `Fn::${name}`]: value });
}
