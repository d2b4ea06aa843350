/** `template.yaml` as CloudFormation deploys it: conditions decided, `Fn::If` chosen, what is not deployed left out. */
import { type Fields, type Resource, template, type Value } from "./stack.ts";

export interface Deployed {
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, Fields>>;
}

/** @param given parameters, the others have their defaults
 * @throws Error for a condition or a function in one that it does not know */
export function deployed(region: string, given: Readonly<Record<string, string>> = {}): Deployed {
  const stack = new Stack(region, given);
  const isDeployed = ([, { Condition: condition }]: [string, Fields]): boolean =>
    condition === undefined || stack.holds({ Condition: condition });
  const those = (section: object): Fields =>
    stack.chosen(Object.fromEntries(Object.entries(section).filter(isDeployed))) as Fields;
  return {
    resources: those(template.Resources) as unknown as Deployed["resources"],
    outputs: those(template.Outputs) as unknown as Deployed["outputs"],
  };
}

class Stack {
  readonly #values: ReadonlyMap<string, Value>;

  constructor(region: string, given: Readonly<Record<string, string>>) {
    const byDefault = Object.entries(template.Parameters).map(([id, { Default }]) => [id, Default ?? ""] as const);
    const pseudo = [["AWS::Region", region] as const, ["AWS::Partition", "aws"] as const];
    this.#values = new Map([...pseudo, ...byDefault, ...Object.entries(given)]);
  }

  /** Whether a condition is true. */
  holds(condition: Value): boolean {
    const [name, argument] = onlyEntry(condition);
    const list = argument as readonly Value[];
    if (name === "Condition") return this.holds(template.Conditions[String(argument)] ?? null);
    if (name === "Fn::Equals") return new Set(list.map((value) => this.#text(value))).size === 1;
    if (name === "Fn::Not") return !list.some((one) => this.holds(one));
    if (name === "Fn::And") return list.every((one) => this.holds(one));
    throw new Error(`no condition that is known: ${JSON.stringify(condition)}`);
  }

  #text(value: Value): string {
    if (typeof value === "string") return value;
    const [name, argument] = onlyEntry(value);
    if (name === "Ref" && this.#values.has(String(argument))) return String(this.#values.get(String(argument)));
    // A list that is a parameter is a text here: what it is joined with plays no part.
    if (name === "Fn::Join") return this.#text((argument as readonly Value[])[1] ?? null);
    throw new Error(`no value that is known: ${JSON.stringify(value)}`);
  }

  /** The value with the branch of each `Fn::If` in its place; `AWS::NoValue` takes an entry away. */
  chosen(value: Value): Value | undefined {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((one) => this.chosen(one)).filter((one) => one !== undefined);
    const [name, argument] = onlyEntry(value);
    if (name === "Fn::If") {
      const [condition = null, yes = null, no = null] = argument as readonly Value[];
      return this.chosen(this.holds({ Condition: condition }) ? yes : no);
    }
    if (name === "Ref" && argument === "AWS::NoValue") return undefined;
    const entries = Object.entries(value).map(([key, inner]) => [key, this.chosen(inner)] as const);
    return Object.fromEntries(entries.filter((entry): entry is [string, Value] => entry[1] !== undefined));
  }
}

function onlyEntry(value: Value): readonly [string | null, Value] {
  const [entry, another] = Object.entries(value ?? {});
  return entry === undefined || another !== undefined ? [null, null] : entry;
}

/** What is referred to and is neither deployed nor a parameter: CloudFormation refuses such a stack. */
export function danglingIn({ resources, outputs }: Deployed): readonly string[] {
  const isThere = (id: string): boolean => id in resources || id in template.Parameters || id.startsWith("AWS::");
  return [...new Set([...referredTo(resources as unknown as Value), ...referredTo(outputs)])].filter(
    (id) => !isThere(id),
  );
}

function referredTo(value: Value): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(referredTo);
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === "Ref" || key === "DependsOn") return [inner].flat().map(String);
    if (key === "Fn::GetAtt") return [String((inner as readonly Value[])[0])];
    if (key !== "Fn::Sub") return referredTo(inner);
    const [text, own = {}] = [inner].flat() as [string, Fields?];
    const names = [...text.matchAll(/\$\{([\w:]+)[.\w]*\}/g)].map(([, name = ""]) => name);
    return [...names.filter((name) => !(name in own)), ...referredTo(own)];
  });
}
