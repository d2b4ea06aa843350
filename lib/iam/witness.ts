/** From a model to a concrete request, which plain evaluation must allow before it is shown to anybody. */

import { patternsOf } from "./conditions.ts";
import {
  allPolicies,
  type CompiledStatement,
  compiledStatements,
  isAllowed,
  type PolicySet,
  speaksOf,
} from "./evaluate.ts";
import { keyInfo, keyName } from "./keys.ts";
import { type Code, codesOf, matches, type Pattern } from "./pattern.ts";
import type { Policy } from "./policy.ts";
import { remembered } from "./remember.ts";
import type { Request } from "./request.ts";
import type { Model } from "./search.ts";
import type { Fill } from "./tokens.ts";
import { valuesThatFit } from "./unify.ts";
import { timeOf } from "./values.ts";
import { type Caller, keyOfOpaque, variablesOf } from "./variables.ts";

/** As any simulator can be asked: every key that the policies name, in their spelling; null for one that must be absent. */
export interface Witness {
  readonly principal: string | null;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[] | null>>;
  readonly allowedBy: readonly string[];
}

/** Variables whose keys the request carries: of each a made-up value, or first one by which policies match the request. */
export interface Carried {
  readonly keys: readonly string[];
  readonly fit: boolean;
}

/** Null where plain evaluation does not allow the model: then it proves nothing. */
export function witnessOf(
  policies: PolicySet,
  action: string,
  { resource, values }: Model,
  caller: Caller,
  carried: Carried,
): Witness | null {
  const used = new Set<string>();
  const madeUp = remembered((key: string) => madeUpBeside(literalPatterns(policies, action), key));
  // The symbols of an opaque literal are one made-up value.
  const text = (codes: readonly Code[]): string =>
    codes
      .map((code, at) => {
        const key = keyOfOpaque(code);
        if (key === null) return String.fromCharCode(code);
        used.add(key);
        return codes[at - 1] === code ? "" : madeUp(key);
      })
      .join("");
  const arn = text(resource);
  const context = new Map<string, readonly string[]>();
  for (const [key, value] of values) if (value !== undefined) context.set(key, value.map(text));
  for (const [key, value] of caller.known) if (!context.has(key)) context.set(key, [value]);
  const fitting = carried.fit
    ? valuesThatFit(
        speakingOf(policies, action).flatMap(({ statements }) => statements),
        arn,
        context,
      )
    : null;
  // A made-up value of a variable must also be what the request carries.
  const open = [...new Set([...used, ...carried.keys])].filter((key) => !context.has(key));
  for (const chosen of choices(open.map((key) => [key, [...(fitting?.get(key) ?? []), madeUp(key)]]))) {
    const whole = new Map([...context, ...chosen]);
    const request: Request = { principal: caller.arn, action, resource: arn, context: whole };
    const decision = isAllowed(request, policies);
    if (!decision.allowed) continue;
    const { allowedBy } = decision;
    return { principal: caller.arn, action, resource: arn, context: shown(policies, action, whole), allowedBy };
  }
  return null;
}

/** More than that are not tried. */
const mostChoices = 32;

/** Each way to give every key one of its values. */
function choices(
  open: readonly (readonly [key: string, values: readonly string[]])[],
): readonly (readonly (readonly [string, readonly string[]])[])[] {
  return open.reduce<readonly (readonly (readonly [string, readonly string[]])[])[]>(
    (some, [key, values]) =>
      some.flatMap((one) => values.map((value) => [...one, [key, [value]] as const])).slice(0, mostChoices),
    [[]],
  );
}

/** The value under this spelling of the key: `aws:EpochTime` is the current time in seconds. */
function spelledValue(key: string, value: string): string {
  if (key.toLowerCase() !== "aws:epochtime") return value;
  return String(Math.floor((timeOf(value) ?? 0) / 1000));
}

/** A value that none of the patterns singles out, of the characters that a table's name may have. */
function madeUpBeside(patterns: readonly Pattern[], key: string): string {
  const name = key.replace(/[^a-z0-9]+/g, "-");
  const values = ["any", "some", "made-up", "unnamed", "x", "Q", "7"].map((beginning) => `${beginning}-${name}`);
  return values.find((value) => !patterns.some((one) => matches(one, codesOf(value)))) ?? `any-${name}`;
}

/** What conditions say of text, of whatever key: a made-up value may stand under several. */
function literalPatterns(policies: PolicySet, action: string): readonly Pattern[] {
  return speakingOf(policies, action)
    .flatMap(({ statements }) => statements.flatMap(({ conditions }) => conditions))
    .filter(({ family }) => family === "string")
    .flatMap((condition) => patternsOf(condition, withoutVariables))
    .filter(({ symbols }) => symbols.some((symbol) => symbol >= 0));
}

const withoutVariables: Fill = () => null;

interface Speaking {
  readonly policy: Policy;
  readonly statements: readonly CompiledStatement[];
}

function speakingOf(policies: PolicySet, action: string): readonly Speaking[] {
  return allPolicies(policies).map(({ policy }) => ({
    policy,
    statements: compiledStatements(policy).filter((one) => speaksOf(one, action)),
  }));
}

function shown(
  policies: PolicySet,
  action: string,
  context: ReadonlyMap<string, readonly string[]>,
): Witness["context"] {
  const speaking = speakingOf(policies, action);
  const spelled = speaking.flatMap(({ policy, statements }) => {
    const relevant = new Set(statements.map(({ index }) => index));
    return policy.statements
      .filter(({ index }) => relevant.has(index))
      .flatMap(({ conditions }) => conditions.map(({ key }) => key));
  });
  const entries = new Map<string, string | readonly string[] | null>();
  for (const key of spelled) {
    const values = context.get(keyName(key));
    entries.set(
      key,
      values === undefined ? null : keyInfo(key)?.isSet === true ? values : spelledValue(key, values[0] ?? ""),
    );
  }
  // What the request must carry besides, for a variable of a policy.
  const variables = speaking.flatMap(({ statements }) => statements.flatMap(variablesOf));
  for (const { key } of variables) {
    const value = context.get(key)?.[0];
    const isShown = [...entries.keys()].some((one) => keyName(one) === key);
    if (value !== undefined && !isShown) entries.set(key, value);
  }
  return Object.fromEntries(entries);
}
