/**
 * CloudFormation's functions in a part of a template, put in place by their values as far as the template tells them, in
 * one case of its conditions. What it does not tell becomes null, with the reason kept; it is never guessed.
 */
import type { JsonMember, JsonNode } from "../../lib/iam/json.ts";
import { quoted } from "../../lib/parameters.ts";
import type { Assumed, Conditions } from "./conditions.ts";
import { functions } from "./functions.ts";
import { entriesOf, memberOf, textNode, textOf } from "./nodes.ts";

export interface Template {
  readonly resources: ReadonlyMap<string, JsonNode>;
  readonly parameters: ReadonlyMap<string, JsonNode>;
  readonly mappings: JsonNode | undefined;
  readonly conditions: Conditions;
  /** How much more may be made of this template: functions in functions can unfold without end. */
  readonly budget: { left: number };
}

/** In bytes, about: a template itself takes what it is long, and some more for each of its values. */
const budget = 64_000_000;
const bytesOfValue = 16;

/** A name in a name in a name: no template goes far. */
const namingLimit = 16;

export class Resolver {
  readonly template: Template;
  readonly #assumed: Assumed;
  /** Why a value is not known; the value itself is null. */
  readonly unknown = new Map<JsonNode, string>();
  /** Of what a text is made that stands for one that AWS will make. */
  readonly standIns = new Map<JsonNode, string>();
  /** The first condition that decides here and has not been assumed; it was taken to hold. */
  undecided: string | null = null;
  readonly #names = new Map<string, JsonNode>();
  readonly #naming = new Set<string>();

  constructor(template: Template, assumed: Assumed) {
    this.template = template;
    this.#assumed = assumed;
  }

  /** The value; null for one that CloudFormation leaves out (AWS::NoValue). */
  resolve(node: JsonNode): JsonNode | null {
    if (!this.#spend(node.type === "string" ? node.value.length : 0)) return this.#unbounded();
    if (node.type === "string") return this.#plain(node);
    if (node.type === "array") {
      return { ...node, items: node.items.map((item) => this.resolve(item)).filter((item) => item !== null) };
    }
    if (node.type !== "object") return node;
    const [first] = node.members;
    const isCall = ({ name }: JsonMember): boolean => name === "Ref" || name.startsWith("Fn::");
    if (first !== undefined && node.members.length === 1 && isCall(first)) return this.#call(first);
    if (node.members.some(({ name }) => name.startsWith("Fn::"))) {
      return this.unknowable("holds a function of CloudFormation beside other members; check the processed template");
    }
    const members = node.members.flatMap((member) => {
      const value = this.resolve(member.value);
      return value === null ? [] : { ...member, value };
    });
    return { ...node, members };
  }

  unknowable(why: string): JsonNode {
    const node: JsonNode = { type: "null", at: 0 };
    this.unknown.set(node, why);
    return node;
  }

  /** These texts as one, all of them resolved: what is in doubt of one is in doubt of the whole. Null where one is no text. */
  joined(parts: readonly JsonNode[], separator: string): JsonNode | null {
    const unknown = parts.find((part) => this.unknown.has(part));
    if (unknown !== undefined) return unknown;
    const texts = parts.map(textOf).filter((text) => text !== null);
    if (texts.length < parts.length) return null;
    // Before it is made: it may be longer than any text can be.
    const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
    return length > this.template.budget.left ? this.#unbounded() : this.derived(texts.join(separator), parts);
  }

  /** A text that was got from these known ones. */
  derived(text: string, from: readonly JsonNode[]): JsonNode {
    if (!this.#spend(text.length)) return this.#unbounded();
    const node = this.#plain(textNode(text));
    const standIn = from.map((one) => this.standIns.get(one)).find((of) => of !== undefined);
    if (standIn !== undefined) this.standIns.set(node, standIn);
    return node;
  }

  standIn(node: JsonNode, of: string): JsonNode {
    this.standIns.set(node, of);
    return node;
  }

  /** Which branch is taken; null for a condition that the template does not define. */
  truthOf(condition: string): boolean | null {
    if (!this.template.conditions.has(condition)) return null;
    const assumed = this.#assumed.get(condition);
    if (assumed === undefined) this.undecided ??= condition;
    return assumed ?? true;
  }

  /** A resource's name by the property that gives it; the stand-in where that is not told or of another form. */
  nameOf(id: string, property: string, form: RegExp, standIn: string): JsonNode {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const given = memberOf(memberOf(this.template.resources.get(id), "Properties"), property);
    // Names may name each other in a circle, which CloudFormation refuses.
    const isTold = given !== undefined && !this.#naming.has(id) && this.#naming.size < namingLimit;
    this.#naming.add(id);
    const told = isTold ? this.resolve(given) : null;
    this.#naming.delete(id);
    const name = told?.type === "string" && form.test(told.value) ? told : textNode(standIn);
    this.#names.set(id, name);
    return name;
  }

  #spend(characters: number): boolean {
    this.template.budget.left -= characters + bytesOfValue;
    return this.template.budget.left >= 0;
  }

  #unbounded(): JsonNode {
    return this.unknowable("unfolds, with all else in the template, to more than can be read; check its parts");
  }

  #plain(node: JsonNode): JsonNode {
    if (node.type !== "string") return node;
    const reference = /\{\{resolve:[^}]*\}\}/.exec(node.value)?.[0];
    if (reference === undefined) return node;
    return this.unknowable(`depends on ${quoted(reference)}, which is read at deployment; write the value there`);
  }

  #call({ name, value }: JsonMember): JsonNode | null {
    const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (known !== undefined) return known(value, this);
    return this.unknowable(`depends on ${quoted(name)}, which is not read here; write the value there`);
  }
}

export function templateOf(root: JsonNode, conditions: Conditions): Template {
  return {
    resources: entriesOf(memberOf(root, "Resources")),
    parameters: entriesOf(memberOf(root, "Parameters")),
    mappings: memberOf(root, "Mappings"),
    conditions,
    budget: { left: budget },
  };
}
