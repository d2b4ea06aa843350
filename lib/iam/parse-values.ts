/** Pieces of a policy document: an object of known names, one of a few words, one text or a list of them. */
import { type Faults, quoted } from "./faults.ts";
import type { JsonMember, JsonNode, JsonPath } from "./json.ts";

/** A member of an object with its place; the name as it is written. */
export interface Member extends JsonMember {
  readonly path: JsonPath;
}

export interface PlacedText {
  readonly text: string;
  readonly path: JsonPath;
  readonly at: number;
}

/** All members with their places, the first of each name; null, with a fault, where the node is no object.
 * @param whole what messages call it, for example `a statement` */
export function objectMembers(
  node: JsonNode,
  path: JsonPath,
  whole: string,
  faults: Faults,
): ReadonlyMap<string, Member> | null {
  if (node.type !== "object") {
    faults.add(path, node.at, `is ${described(node)}; use an object for ${whole}`);
    return null;
  }
  const members = new Map<string, Member>();
  for (const member of node.members) {
    // A repeated name is a fault already: it matters no more which one is read.
    if (!members.has(member.name)) members.set(member.name, { ...member, path: [...path, member.name] });
  }
  return members;
}

/** The members of an object that may hold these names only. Letter case counts: IAM refuses `action`. */
export function membersOf(
  node: JsonNode,
  path: JsonPath,
  names: readonly string[],
  whole: string,
  faults: Faults,
): ReadonlyMap<string, Member> | null {
  const members = objectMembers(node, path, whole, faults);
  if (members === null) return null;
  for (const { name, nameAt, path: place } of members.values()) {
    if (names.includes(name)) continue;
    const meant = names.find((known) => known.toLowerCase() === name.toLowerCase());
    faults.add(
      place,
      nameAt,
      `is no element of ${whole}; ${meant === undefined ? `use ${names.join(", ")}` : `write ${meant}`}`,
    );
  }
  return members;
}

/** One of a few words, letter case and all; null with a fault. */
export function choiceOf<T extends string>({ value, path }: Member, words: readonly T[], faults: Faults): T | null {
  const found = value.type === "string" ? words.find((word) => word === value.value) : undefined;
  if (found !== undefined) return found;
  faults.add(path, value.at, `is ${described(value)}; use ${words.join(" or ")}`);
  return null;
}

/** One string or a list of them. */
export function textsOf(node: JsonNode, path: JsonPath, faults: Faults): readonly PlacedText[] {
  return listOf(node, path).flatMap(({ node: item, path: place }) => {
    if (item.type === "string") return { text: item.value, path: place, at: item.at };
    faults.add(place, item.at, `is ${described(item)}; use a string`);
    return [];
  });
}

/** One value of a condition or a list of them: strings, numbers and Booleans, all compared as text. */
export function scalarsOf(node: JsonNode, path: JsonPath, faults: Faults): readonly string[] {
  return listOf(node, path).flatMap(({ node: item, path: place }) => {
    if (item.type === "string") return item.value;
    if (item.type === "number") return item.text;
    if (item.type === "boolean") return String(item.value);
    faults.add(place, item.at, `is ${described(item)}; use a string, a number or a Boolean`);
    return [];
  });
}

function listOf(node: JsonNode, path: JsonPath): readonly { readonly node: JsonNode; readonly path: JsonPath }[] {
  if (node.type !== "array") return [{ node, path }];
  return node.items.map((item, index) => ({ node: item, path: [...path, index] }));
}

function described(node: JsonNode): string {
  if (node.type === "string") return quoted(node.value);
  if (node.type === "number") return quoted(node.text);
  if (node.type === "boolean") return quoted(String(node.value));
  if (node.type === "null") return "null";
  return node.type === "array" ? "a list" : "an object";
}
