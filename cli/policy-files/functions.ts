/** CloudFormation's intrinsic functions that can stand in a policy, each from its argument as it is written. */
import type { JsonNode } from "../../lib/iam/json.ts";
import { quoted } from "../../lib/parameters.ts";
import { itemsOf, memberOf, textNode, textOf } from "./nodes.ts";
import { attributeOf, referenceTo } from "./references.ts";
import type { Resolver } from "./resolver.ts";

type CloudFormationFunction = (argument: JsonNode, resolver: Resolver) => JsonNode | null;

/** Null as a value: what CloudFormation leaves out. */
export const functions: Readonly<Record<string, CloudFormationFunction>> = {
  Ref(argument, resolver) {
    const name = textOf(argument);
    return name === null ? refused("Ref", resolver) : referenceTo(name, resolver);
  },

  "Fn::GetAtt"(argument, resolver) {
    const given = argument.type === "array" ? resolvedItems(argument, resolver) : [argument];
    const whole = resolver.joined(given, ".");
    if (whole === null || resolver.unknown.has(whole)) return whole ?? refused("Fn::GetAtt", resolver);
    return attributeNamed(textOf(whole) ?? "", resolver) ?? refused("Fn::GetAtt", resolver);
  },

  "Fn::Sub"(argument, resolver) {
    const [template, values] = argument.type === "array" ? argument.items : [argument];
    if (template?.type !== "string") return refused("Fn::Sub", resolver);
    // Every second piece is what stands between `${` and `}`.
    const pieces = template.value.split(/\$\{([^{}]*)\}/);
    const parts = pieces.map((piece, at) => (at % 2 === 0 ? textNode(piece) : substitute(piece, values, resolver)));
    const known = parts.filter((part) => part !== null);
    const text = known.length < parts.length ? null : resolver.joined(known, "");
    return text ?? refused("Fn::Sub", resolver);
  },

  "Fn::Join"(argument, resolver) {
    const [separator, list] = itemsOf(argument);
    const items = list === undefined ? null : resolver.resolve(list);
    if (items !== null && resolver.unknown.has(items)) return items;
    const between = textOf(separator);
    const text = between === null || items?.type !== "array" ? null : resolver.joined(items.items, between);
    return text ?? refused("Fn::Join", resolver);
  },

  "Fn::Select"(argument, resolver) {
    const [place, list] = resolvedItems(argument, resolver);
    const unknown = [place, list].find((one) => one !== undefined && resolver.unknown.has(one));
    if (unknown !== undefined) return unknown;
    return itemsOf(list)[Number(textOf(place) || -1)] ?? refused("Fn::Select", resolver);
  },

  "Fn::Split"(argument, resolver) {
    const [separator, text] = resolvedItems(argument, resolver);
    if (text !== undefined && resolver.unknown.has(text)) return text;
    const [at, whole] = [textOf(separator), textOf(text)];
    if (!at || whole === null || text === undefined) return refused("Fn::Split", resolver);
    return { type: "array", items: whole.split(at).map((piece) => resolver.derived(piece, [text])), at: 0 };
  },

  "Fn::If"(argument, resolver) {
    const [condition, then, otherwise] = itemsOf(argument);
    const name = textOf(condition);
    if (name === null || then === undefined || otherwise === undefined) return refused("Fn::If", resolver);
    const truth = resolver.truthOf(name);
    if (truth !== null) return resolver.resolve(truth ? then : otherwise);
    return resolver.unknowable(
      `depends on the condition ${quoted(name)}, which the template does not define; define it`,
    );
  },

  "Fn::FindInMap"(argument, resolver) {
    const [map, ...others] = resolvedItems(argument, resolver);
    const [top, second, options] = others;
    const keys = [map, top, second];
    const unknown = keys.find((key) => key !== undefined && resolver.unknown.has(key));
    if (unknown !== undefined) return unknown;
    const names = keys.map((key) => textOf(key) ?? "");
    const found = names.reduce<JsonNode | undefined>(memberOf, resolver.template.mappings);
    const value = found ?? memberOf(options, "DefaultValue");
    if (value !== undefined) return resolver.resolve(value);
    return resolver.unknowable(`depends on ${quoted(names.join("."))}, which Mappings does not hold; add it`);
  },

  "Fn::ImportValue"(argument, resolver) {
    const name = textOf(resolver.resolve(argument));
    const what = name === null ? "a value" : quoted(name);
    return resolver.unknowable(
      `depends on ${what}, exported by another stack (Fn::ImportValue); write the value there`,
    );
  },
};

function refused(name: string, resolver: Resolver): JsonNode {
  return resolver.unknowable(`has arguments of ${name} that CloudFormation refuses; correct them`);
}

function resolvedItems(argument: JsonNode, resolver: Resolver): readonly JsonNode[] {
  return itemsOf(argument).flatMap((item) => resolver.resolve(item) ?? []);
}

/** What stands for `${name}`; null for what cannot stand in a text. */
function substitute(name: string, values: JsonNode | undefined, resolver: Resolver): JsonNode | null {
  if (name.startsWith("!")) return textNode(`\${${name.slice(1)}}`);
  const given = memberOf(values, name);
  if (given !== undefined) return resolver.resolve(given);
  return attributeNamed(name, resolver) ?? referenceTo(name, resolver);
}

/** Of `Resource.Attribute`, where an attribute may have dots of its own; null where there is no attribute. */
function attributeNamed(text: string, resolver: Resolver): JsonNode | null {
  const dot = text.indexOf(".");
  return dot < 0 ? null : attributeOf(text.slice(0, dot), text.slice(dot + 1), resolver);
}
