/**
 * Which of a template's conditions can hold together. A world gives each thing that the conditions compare one value: one
 * that they compare it with, or another. What is compared is told apart by its text alone, so that some worlds may be
 * impossible in truth; none that is possible is left out.
 */
import { depthLimit, type JsonNode } from "../../lib/iam/json.ts";
import { entriesOf, itemsOf, jsonText, memberOf, textOf } from "./nodes.ts";

/** The truth of some conditions, by name. */
export type Assumed = ReadonlyMap<string, boolean>;

type Expression =
  | { readonly kind: "constant"; readonly value: boolean }
  /** Whether what has this text equals the literal. */
  | { readonly kind: "equals"; readonly subject: string; readonly literal: string }
  /** One higher than the highest part; the others have no height. */
  | { readonly kind: "not" | "and" | "or"; readonly parts: readonly Expression[]; readonly height: number };

const kinds = new Map<string, "not" | "and" | "or">([
  ["Fn::And", "and"],
  ["Fn::Or", "or"],
  ["Fn::Not", "not"],
]);
/** Worlds by expressions; a template with ten parameters of two values and twenty conditions has a fifth of it. */
const workLimit = 100_000;
/** Stands for every value that no condition names; no template can hold it. */
const anotherValue = "\0";

export class Conditions {
  readonly #definitions: ReadonlyMap<string, JsonNode>;
  readonly #parameters: JsonNode | undefined;
  readonly #expressions = new Map<string, Expression>();
  readonly #answers = new Map<string, boolean>();

  constructor(template: JsonNode) {
    this.#definitions = entriesOf(memberOf(template, "Conditions"));
    this.#parameters = memberOf(template, "Parameters");
  }

  has(name: string): boolean {
    return this.#definitions.has(name);
  }

  /** Whether there may be a deployment in which they are all as assumed. */
  isPossible(assumed: Assumed): boolean {
    const key = JSON.stringify([...assumed].sort());
    const answer = this.#answers.get(key) ?? this.#find(assumed);
    this.#answers.set(key, answer);
    return answer;
  }

  #find(assumed: Assumed): boolean {
    const claims = [...assumed].map(([name, value]) => ({ expression: this.#named(name, 0), value }));
    const literals = new Map<string, Set<string>>();
    const gathered = new Set<Expression>();
    for (const { expression } of claims) gatherLiterals(expression, literals, gathered);
    const choices = [...literals].map(([subject, compared]) => this.#valuesOf(subject, compared));
    const worlds = choices.reduce((product, values) => product * values.length, 1);
    if (worlds * gathered.size > workLimit) return true;
    const subjects = [...literals.keys()];
    for (let number = 0; number < worlds; number++) {
      let rest = number;
      const world = new Map<string, string | undefined>();
      for (const [at, values] of choices.entries()) {
        world.set(subjects[at] ?? "", values[rest % values.length]);
        rest = Math.floor(rest / values.length);
      }
      const truth = new Map<Expression, boolean>();
      if (claims.every(({ expression, value }) => holds(expression, world, truth) === value)) return true;
    }
    return false;
  }

  #named(name: string, depth: number): Expression {
    const known = this.#expressions.get(name);
    if (known !== undefined) return known;
    const expression = this.#expressionOf(this.#definitions.get(name), depth);
    this.#expressions.set(name, expression);
    return expression;
  }

  #expressionOf(node: JsonNode | undefined, depth: number): Expression {
    const [[name, argument] = ["", undefined]] = [...entriesOf(node)];
    const items = itemsOf(argument);
    // Conditions may name each other in a circle, which CloudFormation refuses.
    if (depth <= depthLimit) {
      const kind = kinds.get(name);
      if (kind !== undefined) {
        const parts = items.map((item) => this.#expressionOf(item, depth + 1));
        const height = 1 + Math.max(0, ...parts.map((part) => ("height" in part ? part.height : 0)));
        // Those that are known already can stand on each other without end.
        if (height <= depthLimit) return { kind, parts, height };
      }
      if (name === "Fn::Equals") return equality(items);
      const other = name === "Condition" ? textOf(argument) : null;
      if (other !== null && this.has(other)) return this.#named(other, depth + 1);
    }
    return { kind: "equals", subject: node === undefined ? "" : jsonText(node), literal: "true" };
  }

  /** A parameter that lists its values has no others. */
  #valuesOf(subject: string, compared: ReadonlySet<string>): readonly string[] {
    const name = /^\{"Ref":"(\w+)"\}$/.exec(subject)?.[1];
    const parameter = name === undefined ? undefined : memberOf(this.#parameters, name);
    const listed = itemsOf(memberOf(parameter, "AllowedValues")).map((value) => textOf(value) ?? "");
    return listed.length > 0 ? listed : [...compared, anotherValue];
  }
}

function equality(items: readonly JsonNode[]): Expression {
  const [one, other] = items;
  const [left, right] = [textOf(one), textOf(other)];
  if (left !== null && right !== null) return { kind: "constant", value: left === right };
  const [subject, literal] = left === null ? [one, right] : [other, left];
  if (subject !== undefined && literal !== null) return { kind: "equals", subject: jsonText(subject), literal };
  return { kind: "equals", subject: items.map((item) => jsonText(item)).join(" "), literal: "true" };
}

/** @param gathered the expressions that were seen: conditions that name each other make many of few */
function gatherLiterals(expression: Expression, literals: Map<string, Set<string>>, gathered: Set<Expression>): void {
  if (expression.kind === "constant" || gathered.has(expression)) return;
  gathered.add(expression);
  if (expression.kind === "equals") {
    const { subject, literal } = expression;
    literals.set(subject, (literals.get(subject) ?? new Set()).add(literal));
  } else for (const part of expression.parts) gatherLiterals(part, literals, gathered);
}

/** @param truth what is known of this world, for the same reason */
function holds(
  expression: Expression,
  world: ReadonlyMap<string, string | undefined>,
  truth: Map<Expression, boolean>,
): boolean {
  if (expression.kind === "constant") return expression.value;
  if (expression.kind === "equals") return world.get(expression.subject) === expression.literal;
  const known = truth.get(expression);
  if (known !== undefined) return known;
  const { kind, parts } = expression;
  const test = (part: Expression): boolean => holds(part, world, truth);
  const value = kind === "and" ? parts.every(test) : parts.some(test) === (kind === "or");
  truth.set(expression, value);
  return value;
}
