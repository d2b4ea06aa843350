/** JSON trees: reading, making and printing them. */
import type { JsonNode, JsonPath } from "../../lib/iam/json.ts";
import { printable } from "../../lib/parameters.ts";

/** The member of an object; undefined where the node is no object or has none of that name. */
export function memberOf(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.type === "object" ? node.members.find((member) => member.name === name)?.value : undefined;
}

/** The members of an object by name, in its order; none where the node is no object. */
export function entriesOf(node: JsonNode | undefined): ReadonlyMap<string, JsonNode> {
  return new Map(node?.type === "object" ? node.members.map(({ name, value }) => [name, value]) : []);
}

export function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  return node?.type === "array" ? node.items : [];
}

/** A string, number or Boolean as text, as CloudFormation joins them; null for anything else. */
export function textOf(node: JsonNode | null | undefined): string | null {
  if (node?.type === "string") return node.value;
  if (node?.type === "number") return node.text;
  return node?.type === "boolean" ? String(node.value) : null;
}

/** What is made has no place in the text. */
const nowhere = 0;

export function textNode(value: string): JsonNode {
  return { type: "string", value, at: nowhere };
}

export function listNode(items: readonly JsonNode[]): JsonNode {
  return { type: "array", items, at: nowhere };
}

export function objectNode(members: Readonly<Record<string, JsonNode>>): JsonNode {
  const entries = Object.entries(members).map(([name, value]) => ({ name, nameAt: nowhere, value }));
  return { type: "object", members: entries, at: nowhere };
}

/** The tree as JSON, in its own order and with every member, one that stands twice too.
 * @param instead a text for some of the nodes */
export function jsonText(node: JsonNode, instead?: (node: JsonNode) => string | undefined): string {
  const given = instead?.(node);
  if (given !== undefined) return given;
  if (node.type === "array") return `[${node.items.map((item) => jsonText(item, instead)).join(",")}]`;
  if (node.type === "object") {
    const members = node.members.map(({ name, value }) => `${JSON.stringify(name)}:${jsonText(value, instead)}`);
    return `{${members.join(",")}}`;
  }
  if (node.type === "string") return JSON.stringify(node.value);
  return textOf(node) ?? "null";
}

/** As `Statement[0].Resource[1]`, the whole as the word given. */
export function pathText(path: JsonPath, whole: string): string {
  const steps = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${printable(step)}`));
  return steps.length === 0 ? whole : steps.join("").replace(/^\./, "");
}
