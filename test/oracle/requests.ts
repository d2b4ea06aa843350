/** Requests aimed at a set of policies: made of its own constants, their near misses, and what it does not name. */
import { isIP, isIPv4 } from "node:net";
import fc from "fast-check";
import type { Request } from "../../lib/iam/request.ts";
import { matchesWildcard } from "../../lib/iam/wildcard.ts";
import {
  actionsOf,
  type ConditionRead,
  conditionsOf,
  resourcesOf,
  type StatementJson,
  statementsOf,
  variablesOf,
} from "./documents.ts";
import type { PolicySet } from "./simulate.ts";
import { isArn, isDecimal, isEpoch, isInstant } from "./values.ts";
import { account, actions, arns, carries, isArnOf, isMultiValued, keys } from "./vocabulary.ts";

/** Numbers that choose among a set's candidates. */
export interface Aim {
  /** Which statement the request is to fall under, or, past the last, none. */
  readonly focus: number;
  readonly action: number;
  readonly resource: number;
  readonly values: readonly number[];
}

export function aims(): fc.Arbitrary<Aim> {
  const number = fc.noBias(fc.nat(0xffff));
  return fc.record({
    focus: number,
    action: number,
    resource: number,
    values: fc.array(number, { minLength: 8, maxLength: 8, size: "max" }),
  });
}

export function aimedRequest(set: PolicySet, aim: Aim): Request {
  const statements = statementsOf(set);
  const focus = statements[aim.focus % (statements.length + 1)];
  const scope = focus === undefined ? statements : [focus];
  const action = chosen(candidateActions(scope), aim.action);
  const context = new Map<string, readonly string[]>();
  keysOf(set)
    .filter((key) => carries(action, key))
    .forEach((key, at) => {
      const choice = aim.values[at % aim.values.length] ?? 0;
      const values = contextValues(statements, focus, key, context, choice);
      if (values !== null) context.set(key, values);
    });
  giveTwins(set, context);
  return {
    principal: null,
    action: `dynamodb:${action}`,
    resource: chosen(candidateResources(scope, action, context), aim.resource),
    context,
  };
}

const twins = [
  ["dynamodb:leadingkeys", "dynamodb:firstpartitionkeyvalues", (values: readonly string[]) => values],
  [
    "aws:currenttime",
    "aws:epochtime",
    (values: readonly string[]) => values.map((text) => new Date(Number(text) * 1000).toISOString()),
  ],
] as const;

/** Two names of the same thing never disagree in a request: the partition keys (DynamoDB developer guide), and now. */
export function giveTwins(set: PolicySet, context: Map<string, readonly string[]>): void {
  const named = keysOf(set);
  for (const [key, twin, same] of twins) {
    const values = context.get(twin);
    if (!named.includes(twin)) continue;
    if (values === undefined) context.delete(key);
    else context.set(key, same(values));
  }
}

/** Whether a request could be: the twins that the policies name agree. */
export function isCoherent(set: PolicySet, { context }: Request): boolean {
  const given = new Map(context);
  giveTwins(set, given);
  return twins.every(([key]) => JSON.stringify(given.get(key)) === JSON.stringify(context.get(key)));
}

type Context = ReadonlyMap<string, readonly string[]>;
type Statements = readonly StatementJson[];

/** What the statements name thrice, everything once. */
function candidateActions(statements: Statements): readonly string[] {
  const all = Object.keys(actions);
  const named = all.filter((name) => statements.some((statement) => namesAction(statement, `dynamodb:${name}`)));
  return [...named, ...named, ...named, ...all];
}

export function namesAction(statement: StatementJson, action: string): boolean {
  const matches = actionsOf(statement).some((text) => matchesWildcard(text.toLowerCase(), action.toLowerCase()));
  return matches !== (statement.NotAction !== undefined);
}

/** In conditions and as variables, in lower case; variables first, since others are made of their values.
 * @param action left out: of all statements, and not of those alone that name it */
export function keysOf(
  set: PolicySet,
  action: string | null = null,
  where: "conditions" | "anywhere" = "anywhere",
): readonly string[] {
  const statements = statementsOf(set).filter((statement) => action === null || namesAction(statement, action));
  const conditions = statements.flatMap(conditionsOf);
  const texts =
    where === "conditions" ? [] : [...statements.flatMap(resourcesOf), ...conditions.flatMap(({ values }) => values)];
  return [...new Set([...texts.flatMap(variablesOf), ...conditions].map(({ key }) => key))];
}

/**
 * Null: the key is absent. What the focused statement asks of the key is given four times in five, and else whatever
 * anything says of it or does not say.
 */
function contextValues(
  statements: Statements,
  focus: StatementJson | undefined,
  key: string,
  context: Context,
  choice: number,
): readonly string[] | null {
  const asked = (focus === undefined ? [] : conditionsOf(focus)).filter((condition) => condition.key === key);
  const positive = asked.filter(({ operator }) => operator !== "Null" && !operator.includes("Not"));
  const aimed = positive.length > 0 && choice % 5 > 0;
  const pick = Math.floor(choice / 20);
  const how = Math.floor(choice / 5) % 4;
  if (!aimed && how === 0) return null;
  const wanted = aimed ? valuesOf(positive, key, context, false) : [];
  const candidates = wanted.length > 0 ? wanted : valuesOf(statements.flatMap(conditionsOf), key, context, true);
  const first = chosen(candidates, pick);
  if (!isMultiValued(key) || how === 1) return [first];
  if (how === 3 && pick % 7 === 0) return [];
  const others = [chosen(candidates, pick * 7 + 3), chosen(candidates, pick * 13 + 5)];
  return [...new Set([first, ...others.slice(0, how)])];
}

/** The conditions' own values for a key; with `beyond`, what is near them and what they do not name, too. */
export function valuesOf(
  conditions: readonly ConditionRead[],
  key: string,
  context: Context,
  beyond: boolean,
): readonly string[] {
  const known = keys.find(({ name }) => name.toLowerCase() === key);
  const named = conditions.filter((condition) => condition.key === key).flatMap(({ values }) => values);
  const hits = named.flatMap((value) => ["", "x"].map((fill) => filled(value, fill, context)));
  const others = beyond ? [...[...named, ...hits].flatMap(nearMisses), ...(known?.values ?? []), "fresh", "a*"] : [];
  const texts = [...hits, ...others];
  const fitting = [...texts, ...texts.map((text) => text.split("/")[0] ?? "")].filter((text) =>
    fits(known?.type ?? "String", key, text),
  );
  return fitting.length > 0 || !beyond ? fitting : ["fresh"];
}

/** What AWS would put there: a context key's value is of its type. */
function fits(type: string, key: string, text: string): boolean {
  if (text === "") return false;
  if (type === "Numeric") return isDecimal(text);
  if (type === "Date") return key === "aws:epochtime" ? isEpoch(text) : isInstant(text) && text.includes("T");
  if (type === "Bool") return /^(true|false)$/.test(text);
  if (type === "IpAddress") return isIP(text) !== 0;
  if (type === "Arn") return isArn(text) && !/[*?$]/.test(text);
  return !text.includes("${");
}

/** A pattern made concrete: wildcards filled, escapes and variables put in. */
function filled(pattern: string, fill: string, context: Context): string {
  return pattern.replace(/\$\{([*?$])\}|\$\{[^}]+\}|[*?]/g, (found, escaped?: string) => {
    if (escaped !== undefined) return escaped;
    if (found === "*") return fill;
    if (found === "?") return "x";
    const [variable] = variablesOf(found);
    return context.get(variable?.key ?? "")?.[0] ?? variable?.default ?? "unset";
  });
}

function nearMisses(text: string): readonly string[] {
  if (isDecimal(text)) return [-1, -0.5, 0.5, 1].map((step) => String(Number(text) + step));
  if (isInstant(text)) {
    return [-1000, 0, 1000].map((step) => new Date(Date.parse(text) + step).toISOString().replace(".000", ""));
  }
  const [address = "", length] = text.split("/");
  if (isIPv4(address)) {
    const size = 2 ** (32 - Number(length ?? 32));
    return [-1, 0, 1, size - 1, size].map((step) => stepped(address, step));
  }
  if (isIP(address) !== 0) return ["2001:db8:ffff::1", "2001:db9::1", "192.0.2.1"];
  const turned = text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase();
  return [`${text}x`, text.slice(0, -1), turned];
}

function stepped(address: string, step: number): string {
  const number = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0) + step;
  const wrapped = ((number % 2 ** 32) + 2 ** 32) % 2 ** 32;
  return [24, 16, 8, 0].map((bits) => Math.floor(wrapped / 2 ** bits) % 256).join(".");
}

export function candidateResources(statements: Statements, action: string, context: Context): readonly string[] {
  const kinds = actions[action]?.on ?? [];
  if (kinds.length === 0) return ["*"];
  const hits = statements
    .flatMap(resourcesOf)
    .flatMap((pattern) => ["", "x", "Users", "/index/ByDate"].map((fill) => filledArn(pattern, fill, context)))
    .filter((text) => kinds.some((kind) => isArnOf(kind, text)));
  return [...hits, ...kinds.flatMap((kind) => arns[kind])];
}

function filledArn(pattern: string, fill: string, context: Context): string {
  const [, partition = "*", service = "*", region = "*", id = "*", ...rest] = pattern.split(":");
  const fitting = (field: string, values: readonly string[]): string =>
    values.find((value) => matchesWildcard(field, value)) ?? "none";
  return [
    "arn",
    fitting(partition, ["aws"]),
    fitting(service, ["dynamodb"]),
    fitting(region, ["us-east-1", "us-west-2", "eu-west-1"]),
    // A foreign table is another question: its own account must agree.
    fitting(id, [account]),
    filled(rest.join(":"), fill, context),
  ].join(":");
}

function chosen<T>(candidates: readonly T[], number: number): T {
  return candidates[number % candidates.length] as T;
}
