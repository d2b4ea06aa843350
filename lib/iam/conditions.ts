/** One condition of a statement, compiled: what it says of an absent key, and of one value. */
import { keyName } from "./keys.ts";
import { type Code, matches, type Pattern } from "./pattern.ts";
import type { Condition, Operator } from "./policy.ts";
import { rememberedBy } from "./remember.ts";
import { type Comparison, type Fill, patternOf, type Token, tokensOf } from "./tokens.ts";
import { addressRangeOf, numberOf, timeOf } from "./values.ts";

export type Family = "string" | "number" | "date" | "bool" | "binary" | "address" | "null";

/** A condition with the policy's variables not yet filled. */
export interface CompiledCondition {
  /** As `keyName` gathers it. */
  readonly key: string;
  /** Whether it was written of `aws:EpochTime`, which is `aws:CurrentTime` in seconds. */
  readonly isEpoch: boolean;
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
    isEpoch: key.toLowerCase() === "aws:epochtime",
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
  if (family === "null" && set !== null) return nullOfSet(set);
  if (family === "null") return values.some(({ text }) => text.toLowerCase() === "true");
  if (set === "ForAllValues") return true;
  if (set === "ForAnyValue") return false;
  return ifExists || negated;
}

/** A set operator makes `Null` a constant (IAM Access Analyzer's policy checks). */
function nullOfSet(set: NonNullable<CompiledCondition["set"]>): boolean {
  return set === "ForAllValues";
}

/** Whether one value passes: some policy value matches it, or none does where the operator is negated. `Null` asks for
 * presence only. */
export function holdsFor(condition: CompiledCondition, value: readonly Code[], fill: Fill): boolean {
  const { family, negated, values } = condition;
  if (family === "null" && condition.set !== null) return nullOfSet(condition.set);
  if (family === "null") return values.some(({ text }) => text.toLowerCase() === "false");
  if (family === "string") return patternsOf(condition, fill).some((one) => matches(one, value)) !== negated;
  const given = String.fromCharCode(...value);
  return values.some(({ text }) => matchesValue(condition, text, given)) !== negated;
}

/** The patterns of a condition on text; a variable without a value gives none, so that nothing matches it. */
export function patternsOf(condition: CompiledCondition, fill: Fill): readonly Pattern[] {
  return patternsFilled(fill, condition);
}

const patternsFilled = rememberedBy((fill: Fill, { values, comparison, ignoreCase }: CompiledCondition) =>
  values.flatMap(({ tokens }) => patternOf(tokens, comparison, ignoreCase, fill) ?? []),
);

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

function matchesValue({ family, operator, isEpoch }: CompiledCondition, text: string, given: string): boolean {
  if (family === "bool") return given.toLowerCase() === text.toLowerCase();
  if (family === "binary") return given === text;
  if (family === "address") {
    const [range, address] = [addressRangeOf(text), addressRangeOf(given)];
    return (
      range !== null &&
      address !== null &&
      // A request comes from one address.
      address.first === address.last &&
      range.version === address.version &&
      range.first <= address.first &&
      address.last <= range.last
    );
  }
  if (family === "number" && isEpoch) {
    const [seconds, time] = [numberOf(text), timeOf(given)];
    return seconds !== null && time !== null && compares(operator, time / 1000, seconds);
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
