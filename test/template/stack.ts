/** `template.yaml` as plain values, CloudFormation's short tags in their long form. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { PublishedMetadata } from "../../lib/metadata.ts";
import published from "../../lib/rules/rules.json" with { type: "json" };

export const root = join(import.meta.dirname, "..", "..");
export const rules = published as unknown as readonly PublishedMetadata[];

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Fields = { readonly [key: string]: Value };

export interface Resource {
  readonly Type: string;
  readonly Properties: Fields;
  readonly DependsOn?: Value;
}

interface Template {
  readonly Metadata: {
    readonly "AWS::CloudFormation::Interface": {
      readonly ParameterGroups: readonly { readonly Label: Fields; readonly Parameters: readonly string[] }[];
    };
  };
  readonly Parameters: Readonly<Record<string, Fields>>;
  readonly Conditions: Readonly<Record<string, Value>>;
  readonly Globals: Fields;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, Fields>>;
}

export const template = load();

function load(): Template {
  // CloudFormation's tags are unknown to the parser, which keeps them on their nodes and would warn.
  const document = parseDocument(readFileSync(join(root, "template.yaml"), "utf8"), { logLevel: "silent" });
  if (document.errors.length > 0) throw new Error(`template.yaml: ${document.errors.join("; ")}`);
  return plainOf(document.contents) as unknown as Template;
}

function plainOf(node: unknown): Value {
  const tag = isScalar(node) || isSeq(node) || isMap(node) ? node.tag : undefined;
  const value = untagged(node);
  if (tag === undefined || !/^![A-Z]/.test(tag)) return value;
  const name = tag.slice(1);
  if (name === "Ref" || name === "Condition") return { [name]: value };
  return { [`Fn::${name}`]: name === "GetAtt" && typeof value === "string" ? value.split(".") : value };
}

function untagged(node: unknown): Value {
  if (isSeq(node)) return node.items.map(plainOf);
  if (isMap(node)) return Object.fromEntries(node.items.map(({ key, value }) => [String(key), plainOf(value)]));
  return isScalar(node) ? (node.value as Value) : null;
}

export function resourcesOf(type: string): readonly (readonly [id: string, resource: Resource])[] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

export function propertiesOf(id: string): Fields {
  return template.Resources[id]?.Properties ?? {};
}

/** What a newcomer reads when the template lacks something: where, and the lines to write there. */
export function write(section: string, content: Fields): string {
  const document = new Document(content, { aliasDuplicateObjects: false, schema: "yaml-1.1" });
  visit(document, { Map: (_, map) => shortTag(map) });
  return `template.yaml, under ${section}, must hold:\n\n${document.toString({ lineWidth: 0 })}`;
}

/** A function of CloudFormation in its long form, as a node with its short tag; any other map as it is. */
function shortTag(map: YAMLMap): Node | undefined {
  const [pair, another] = map.items;
  const name = /^(?:Fn::)?(Ref|Sub|GetAtt|If|Not|And|Equals|Condition)$/.exec(String(pair?.key))?.[1];
  if (pair === undefined || another !== undefined || name === undefined) return undefined;
  const inner = pair.value;
  const node = name === "GetAtt" && isSeq(inner) ? new Scalar(inner.items.join(".")) : (inner as Scalar | YAMLSeq);
  node.tag = `!${name}`;
  if (isSeq(node)) node.flow = true;
  return node;
}

export const ref = (id: string) => ({ Ref: id });
export const arnOf = (id: string) => ({ "Fn::GetAtt": [id, "Arn"] });
export const sub = (text: string) => ({ "Fn::Sub": text });

export interface Allowed {
  readonly action: string;
  readonly resource: Value;
  readonly condition?: Value;
}

/** What the statements of a role's policies allow: one entry an action and a resource, in the order of their text. */
export function allowedBy(roleId: string): readonly Allowed[] {
  const policies = (propertiesOf(roleId)["Policies"] ?? []) as readonly Fields[];
  const statements = policies.flatMap(
    // A policy behind a condition counts as if it were there: a role may never hold more.
    (policy) =>
      (((policy["Fn::If"] as readonly Fields[] | undefined)?.[1] ?? policy)["PolicyDocument"] as Fields)[
        "Statement"
      ] as readonly Fields[],
  );
  return inOrder(
    statements.flatMap(({ Effect, Action, Resource: resources, Condition, ...others }) => {
      if (Effect !== "Allow" || Object.keys(others).some((key) => key !== "Sid"))
        throw new Error(`${roleId}: a statement of a role is an Allow with Action and Resource`);
      return listed(Action).flatMap((action) =>
        listed(resources).map((resource) => ({
          action: String(action),
          resource: resource as Value,
          ...(Condition === undefined ? {} : { condition: Condition }),
        })),
      );
    }),
  );
}

export function inOrder(allowed: readonly Allowed[]): readonly Allowed[] {
  return allowed.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

function listed(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [value ?? null];
}
