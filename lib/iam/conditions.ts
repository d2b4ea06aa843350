/** One condition of a statement, compiled: what it says of an absent key, and of one value. */
import { keyName } from "./keys.ts";
import { type Code, matches, type Pattern } from "./pattern.ts";
import type { Condition, Operator } from "./policy.ts";
import { type Comparison, type Fill, patternOf, type Token, tokensOf } from "./tokens.ts";
import { addressRangeOf, numberOf, timeOf } from "./values.ts";

export type Family = "string" | "number" | "date" | "bool" | "binary" | "address" | "null";

/** A condition with the policy's variables not yet filled. */
export interface CompiledCondition {
  /** As `keyName` gathers it. */
  readonly key: string;
  readonly operator: Operator;
  readonly family: Family;
  /** Whether the operator says what a value must not be. */
  readonly negated: boolean;
  readonly set: Condition["set"];
  readonly ifExists: boolean;
  readonly comparison: Comparison;
  readonly ignoreCase: boolean;
  readonly values: readonly { readonly text: string; readonly tokens: readonly Token[] }[];
}

export function compileCondition(
  { operator, set, ifExists, key, values }: Condition,
  variables: boolean,
): CompiledCondition {
  const family = familyOf(operator);
  return {
    key: keyName(key),
    operator,
    family,
    negated: /Not/.test(operator),
    set,
    ifExists,
    // ArnEquals and ArnLike are the same (IAM user guide): segment by segment, with wildcards.
    comparison: operator.startsWith("Arn") ? "arn" : operator.endsWith("Like") ? "like" : "equals",
    ignoreCase: operator.endsWith("IgnoreCase"),
    values: values.map((text) => ({ text, tokens: family === "string" ? tokensOf(text, variables) : [] })),
  };
}

function familyOf(operator: Operator): Family {
  if (operator === "Null") return "null";
  if (operator === "Bool") return "bool";
  if (operator === "BinaryEquals") return "binary";
  if (operator.startsWith("Numeric")) return "number";
  if (operator.startsWith("Date")) return "date";
  return operator.endsWith("IpAddress") ? "address" : "string";
}

/** What a condition says where the key is absent, or its set is empty (the table of iam operators; for a set, as said). */
export function holdsAbsent({ family, negated, set, ifExists, values }: CompiledCondition): boolean {
  if (family === "null") return values.some(({ text }) => text.toLowerCase() === "true");
  if (set === "ForAllValues") return true;
  if (set === "ForAnyValue") return false;
  return ifExists || negated;
}

/** Whether one value passes: some policy value matches it, or none does where the operator is negated. `Null` asks for
 * presence only. */
export function holdsFor(condition: CompiledCondition, value: readonly Code[], fill: Fill): boolean {
  const { family, negated, values } = condition;
  if (family === "null") return values.some(({ text }) => text.toLowerCase() === "false");
  return values.some((policyValue) => matchesValue(condition, policyValue, value, fill)) !== negated;
}

/** The patterns of a condition on text; a variable without a value gives none, so that nothing matches it. */
export function patternsOf({ values, comparison, ignoreCase }: CompiledCondition, fill: Fill): readonly Pattern[] {
  return values.flatMap(({ tokens }) => patternOf(tokens, comparison, ignoreCase, fill) ?? []);
}

/** Whether a whole condition holds for a request's values; undefined: the key is absent. */
export function holds(
  condition: CompiledCondition,
  values: readonly (readonly Code[])[] | undefined,
  fill: Fill,
): boolean {
  if (values === undefined || values.length === 0) return holdsAbsent(condition);
  if (condition.set === "ForAllValues") return values.every((value) => holdsFor(condition, value, fill));
  return values.some((value) => holdsFor(condition, value, fill));
}

function matchesValue(
  { family, operator, comparison, ignoreCase }: CompiledCondition,
  { text, tokens }: CompiledCondition["values"][number],
  value: readonly Code[],
  fill: Fill,
): boolean {
  if (family === "string") {
    const pattern = patternOf(tokens, comparison, ignoreCase, fill);
    return pattern !== null && matches(pattern, value);
  }
  const given = String.fromCharCode(...value);
  if (family === "bool") return given.toLowerCase() === text.toLowerCase();
  if (family === "binary") return given === text;
  if (family === "address") {
    const [range, address] = [addressRangeOf(text), addressRangeOf(given)];
    return (
      range !== null &&
      address !== null &&
      range.version === address.version &&
      range.first <= address.first &&
      address.last <= range.last
    );
  }
  const parse = family === "number" ? numberOf : timeOf;
  const [wanted, found] = [parse(text), parse(given)];
  return wanted !== null && found !== null && compares(operator, found, wanted);
}

function compares(operator: Operator, found: number, wanted: number): boolean {
  if (operator.endsWith("LessThanEquals")) return found <= wanted;
  if (operator.endsWith("LessThan")) return found < wanted;
  if (operator.endsWith("GreaterThanEquals")) return found >= wanted;
  if (operator.endsWith("GreaterThan")) return found > wanted;
  return found === wanted;
}
