/**
 * The question of `dynamodb-policy-conditions`: is there a data-plane request that the policies allow, in which every
 * binding key is absent or holds a fresh value, one that the policies do not single out?
 */
import { type Asked as AskedRequest, type Draft, findAllowedRequest } from "./allowed-request.ts";
import type { CompiledCondition } from "./conditions.ts";
import { holdsFor, patternsOf } from "./conditions.ts";
import { candidatesFor, type FiniteDomain, type KeyDomain, type SetDomain, type ValueDomain } from "./domains.ts";
import type { CompiledStatement, PolicySet } from "./evaluate.ts";
import { keyInfo } from "./keys.ts";
import { isEmpty, narrowed } from "./language.ts";
import { codesOf, matches, type Pattern, pattern } from "./pattern.ts";
import { remembered, rememberedBy } from "./remember.ts";
import { type Question, resourcePatterns } from "./search.ts";
import { shapesOf } from "./shapes.ts";
import type { Token } from "./tokens.ts";
import { isIdentityVariable, isOfCaller, type Reading, type Variable } from "./variables.ts";
import type { Witness } from "./witness.ts";

export interface Asked extends AskedRequest {
  /** Which keys, by `keyName`, count as binding; null: all that the definition names. */
  readonly bindingKeys: ((key: string) => boolean) | null;
}

/** "none": some request is allowed, but none of them free; "nothing": none is allowed at all. */
export type Found = Witness | "none" | "nothing" | "undecided";

export function findFreeRequest(policies: PolicySet, asked: Asked): Found {
  const { bindingKeys } = asked;
  const mayTake = (variable: Pick<Variable, "key" | "where">): boolean => !chooses(variable, bindingKeys);
  const free = findAllowedRequest(policies, { ...asked, mayTake }, (draft) => freeOnly(draft, bindingKeys));
  if (free !== "none") return free;
  const any = findAllowedRequest(policies, asked);
  if (any === "none") return "nothing";
  return any === "undecided" ? "undecided" : "none";
}

type BindingKeys = Asked["bindingKeys"];

/** Whether the variable says who the caller is: in a condition always, in a Resource where its key is one that binds. */
function chooses({ key, where }: Pick<Variable, "key" | "where">, bindingKeys: BindingKeys): boolean {
  return keyInfo(key)?.fills === "identity" && (where === "condition" || (bindingKeys?.(key) ?? true));
}

/** Narrows a question to the requests that nothing restrains. */
export function freeOnly(
  { world, reading, demanded, domainOf, ...spoken }: Draft,
  bindingKeys: BindingKeys,
): Partial<Question> {
  const isBinding = (key: string): boolean =>
    keyInfo(key)?.binding != null && !world.idle.includes(key) && (bindingKeys?.(key) ?? true);
  // What an Allow lists to refuse it, and what a Deny lists to deny it, opens nothing.
  const opening = [byKey(spoken.grants, false), byKey(spoken.limits, false)] as const;
  const denies = spoken.denies.map((deny) => [byKey([deny]), byKey([deny], true)] as const);
  const ofDenies = remembered((key: string): readonly Demand[] =>
    denies.flatMap(([own, all]) => demandOf(key, own, all)),
  );
  const freeOf = (key: string, demands: readonly Demand[]): KeyDomain =>
    isBinding(key) ? freeDomain(key, domainOf(key), demands, reading) : domainOf(key);
  const shared = remembered((key: string) => freeOf(key, ofDenies(key)));
  return {
    // A table named by who the caller is binds as a condition on it does.
    resources: remembered((statement: CompiledStatement) =>
      resourcePatterns(withoutIdentityVariables(statement, reading, bindingKeys), demanded.resource),
    ),
    within: ([grant, limit]) => {
      const own = [grant, limit].map((allow) => byKey(allow === undefined ? [] : [allow]));
      return (key) => {
        const demands = opening.flatMap((all, at) => demandOf(key, own[at], all));
        return demands.length === 0 ? shared(key) : freeOf(key, [...demands, ...ofDenies(key)]);
      };
    },
  };
}

type Conditions = ReadonlyMap<string, readonly CompiledCondition[]>;

/** @param negated only conditions whose operator says what a value must not be, or only others; left out: all */
function byKey(statements: readonly CompiledStatement[], negated?: boolean): Conditions {
  const conditions = statements.flatMap((statement) => statement.conditions);
  return Map.groupBy(
    conditions.filter((condition) => negated === undefined || condition.negated === negated),
    ({ key }) => key,
  );
}

const noConditions: readonly CompiledCondition[] = [];

/** What one statement says of a key, and what all say that open the same: Allows together, each Deny by itself. */
interface Demand {
  readonly own: readonly CompiledCondition[];
  readonly all: readonly CompiledCondition[];
}

function demandOf(key: string, own: Conditions | undefined, all: Conditions): readonly Demand[] {
  const conditions = own?.get(key) ?? [];
  return conditions.length === 0 ? [] : [{ own: conditions, all: all.get(key) ?? noConditions }];
}

function withoutIdentityVariables(
  { resource }: CompiledStatement,
  { absent }: Reading,
  bindingKeys: BindingKeys,
): Pick<CompiledStatement, "resource"> {
  const binds = (token: Token): boolean =>
    token.kind === "variable" &&
    isIdentityVariable(token) &&
    !absent.has(token.key) &&
    chooses({ key: token.key, where: "resource" }, bindingKeys);
  return { resource: { ...resource, tokens: resource.tokens.filter((tokens) => !tokens.some(binds)) } };
}

function freeDomain(key: string, domain: KeyDomain, demands: readonly Demand[], reading: Reading): KeyDomain {
  const { absent, present } = domain;
  if (present === null) return domain;
  const fresh = freshValues(present.kind === "set" ? present.every : present, key, demands, reading);
  if (fresh === null) return { absent, present: null };
  // Of several values one that is fresh is enough: the request then reaches what the policies did not choose.
  const free: SetDomain | ValueDomain =
    present.kind === "set" ? { kind: "set", every: present.every, some: [fresh] } : fresh;
  return { absent, present: free };
}

/** What is left of the values when those are taken out that the conditions single out; null where nothing is. */
function freshValues(
  values: ValueDomain,
  key: string,
  demands: readonly Demand[],
  reading: Reading,
): ValueDomain | null {
  // Where the values demanded are together all that there are, in one statement or several, none is singled out.
  const chosen = demands
    .filter(({ all }) => !covers(reading, all))
    .map(({ own, all }) => ({ own: own.filter((condition) => !coversAlone(reading, condition)), all }));
  if (values.kind === "finite") return freshOf(values, key, chosen, reading);
  const conditions = chosen.flatMap(({ own }) => own);
  const others = conditions.filter(({ family }) => family !== "string" && family !== "null");
  if (others.length > 0) return freshOf(candidatesFor(values, others), key, chosen, reading);
  const patterns = conditions.flatMap((condition) => singlingPatterns(reading, condition));
  return { kind: "text", ...narrowed(values, patterns, false) };
}

/** Asked once for all statements that open the same. */
const covers = rememberedBy((reading: Reading, conditions: readonly CompiledCondition[]): boolean => {
  const key = conditions[0]?.key ?? "";
  if (keyInfo(key)?.values.kind !== "text") return false;
  const without = conditions.flatMap((condition) => singlingPatterns(reading, condition));
  return isEmpty({ within: [shapesOf(key, reading.caller)], without });
});

const coversAlone = rememberedBy((reading: Reading, condition: CompiledCondition) => covers(reading, [condition]));

function freshOf(values: FiniteDomain, key: string, demands: readonly Demand[], reading: Reading): ValueDomain | null {
  // An age is bound by a number above it: the oldest is what no condition speaks of.
  if (key === "aws:multifactorauthage") return { ...values, candidates: values.candidates.slice(-1) };
  // Whoever has shown a second factor is restrained by it, however the policies word the demand.
  if (key === "aws:multifactorauthpresent") {
    const without = values.candidates.filter((value) => value !== "true");
    return without.length === 0 ? null : { ...values, candidates: without };
  }
  const isListed = (conditions: readonly CompiledCondition[], value: string): boolean =>
    conditions.some((condition) => singlesOut(condition, value, reading));
  // Values that are together all there are, of addresses v4 and v6 each for itself, are singled out by nobody.
  const kind = keyInfo(key)?.values.kind;
  // A value that is known is one of many all the same (definition 9).
  const areAllTexts = kind === "text" && values.complete && !reading.caller.known.has(key);
  const isAll = (conditions: readonly CompiledCondition[], value: string): boolean =>
    (kind === "address" || areAllTexts) &&
    values.candidates
      .filter((one) => kind !== "address" || one.includes(":") === value.includes(":"))
      .every((one) => isListed(conditions, one));
  const isChosen = ({ own, all }: Demand, value: string): boolean =>
    !isAll(all, value) && own.some((condition) => isListed([condition], value) && !isAll([condition], value));
  const candidates = values.candidates.filter((value) => !demands.some((demand) => isChosen(demand, value)));
  // Candidates that may have missed one prove nothing: none of them is left, and it is not known whether another is.
  return candidates.length === 0 && values.complete ? null : { ...values, candidates };
}

/** Whether a condition demands, or lists, this value. */
function singlesOut(condition: CompiledCondition, value: string, reading: Reading): boolean {
  if (condition.family === "null") return false;
  if (condition.family === "string") {
    return singlingPatterns(reading, condition).some((one) => matches(one, codesOf(value)));
  }
  return holdsFor({ ...condition, negated: false }, codesOf(value), reading.fill);
}

/** The patterns of a condition that have a literal character and do not match every value that the key can have. */
const singlingPatterns = rememberedBy((reading: Reading, condition: CompiledCondition): readonly Pattern[] => {
  if (condition.family === "null") return [];
  // A number, date or the like that is compared with text: its constants are what it singles out.
  if (condition.family !== "string") return condition.values.map(({ text }) => pattern(codesOf(text)));
  const values = condition.values.filter(({ tokens }) => !tokens.some(isOfCaller));
  const within = [shapesOf(condition.key, reading.caller)];
  return patternsOf({ ...condition, values }, reading.fill).filter(
    (one) => one.symbols.some((symbol) => symbol >= 0) && !isEmpty({ within, without: [one] }),
  );
});
