/**
 * The question of `dynamodb-policy-conditions`: is there a data-plane request that the policies allow, in which every
 * binding key is absent or holds a fresh value, one that the policies do not single out?
 */
import { type Asked as AskedRequest, type Draft, findAllowedRequest } from "./allowed-request.ts";
import type { CompiledCondition } from "./conditions.ts";
import { holdsFor, patternsOf } from "./conditions.ts";
import type { KeyDomain, SetDomain, ValueDomain } from "./domains.ts";
import type { CompiledStatement, PolicySet } from "./evaluate.ts";
import { keyInfo } from "./keys.ts";
import { exampleOf } from "./language.ts";
import { anyRun, codesOf, matches, type Pattern, pattern } from "./pattern.ts";
import { remembered, rememberedBy } from "./remember.ts";
import { type Question, resourcePatterns } from "./search.ts";
import type { Token } from "./tokens.ts";
import { type Caller, fillFor, isIdentityVariable, isOfCaller } from "./variables.ts";
import type { Witness } from "./witness.ts";

export interface Asked extends AskedRequest {
  /** Which keys, by `keyName`, count as binding; null: all that the definition names. */
  readonly bindingKeys: ((key: string) => boolean) | null;
}

/** "none": some request is allowed, but none of them free; "nothing": none is allowed at all. */
export type Found = Witness | "none" | "nothing" | "undecided";

export function findFreeRequest(policies: PolicySet, asked: Asked): Found {
  const free = findAllowedRequest(policies, asked, (draft) => freeOnly(draft, asked.bindingKeys));
  if (free !== "none") return free;
  const any = findAllowedRequest(policies, asked);
  if (any === "none") return "nothing";
  return any === "undecided" ? "undecided" : "none";
}

type BindingKeys = Asked["bindingKeys"];

/** Narrows a question to the requests that nothing restrains. */
function freeOnly(draft: Draft, bindingKeys: BindingKeys): Partial<Question> {
  const { caller, relevant, domainOf } = draft;
  const fill = fillFor(caller);
  const all = Map.groupBy(
    relevant.flatMap(({ conditions }) => conditions),
    ({ key }) => key,
  );
  // Where the values demanded are together all that there are, in one statement or several, none is singled out.
  const isCovered = remembered((key: string) => covers(all.get(key) ?? [], domainOf(key), caller));
  return {
    // A table named by who the caller is binds as a condition on it does.
    resources: remembered((statement: CompiledStatement) =>
      resourcePatterns(withoutIdentityVariables(statement, bindingKeys), fill),
    ),
    within: (allows, denies) => {
      const own = Map.groupBy(
        [...allows, ...denies].flatMap(({ conditions }) => conditions),
        ({ key }) => key,
      );
      return (key) =>
        isBinding(draft, key, bindingKeys)
          ? freeDomain(key, domainOf(key), { own: own.get(key) ?? [], all: all.get(key) ?? [], isCovered }, caller)
          : domainOf(key);
    },
  };
}

function isBinding({ world }: Draft, key: string, bindingKeys: BindingKeys): boolean {
  const binding = keyInfo(key)?.binding ?? null;
  return binding !== null && !world.idle.includes(key) && (bindingKeys?.(key) ?? true);
}

/** The conditions on one key: those of the statements in question, and all. */
interface Demands {
  readonly own: readonly CompiledCondition[];
  readonly all: readonly CompiledCondition[];
  readonly isCovered: (key: string) => boolean;
}

function covers(conditions: readonly CompiledCondition[], { present }: KeyDomain, caller: Caller): boolean {
  const values = present === null ? null : present.kind === "set" ? present.every : present;
  if (values === null || values.kind === "finite") return false;
  const without = conditions.flatMap((condition) => singlingPatterns(condition, caller));
  return exampleOf({ within: values.within, without }) === "empty";
}

function withoutIdentityVariables(
  { resource }: CompiledStatement,
  bindingKeys: BindingKeys,
): Pick<CompiledStatement, "resource"> {
  if (resource.not) return { resource };
  const binds = (token: Token): boolean =>
    token.kind === "variable" && isIdentityVariable(token) && (bindingKeys?.(token.key) ?? true);
  return { resource: { ...resource, tokens: resource.tokens.filter((tokens) => !tokens.some(binds)) } };
}

function freeDomain(key: string, domain: KeyDomain, demands: Demands, caller: Caller): KeyDomain {
  const { absent, present } = domain;
  if (present === null) return domain;
  const fresh = freshValues(present.kind === "set" ? present.every : present, key, demands, caller);
  if (fresh === null) return { absent, present: null };
  // Of several values one that is fresh is enough: the request then reaches what the policies did not choose.
  const free: SetDomain | ValueDomain =
    present.kind === "set" ? { kind: "set", every: present.every, some: [fresh] } : fresh;
  return { absent, present: free };
}

/** What is left of the values when those are taken out that the conditions single out; null where nothing is. */
function freshValues(values: ValueDomain, key: string, demands: Demands, caller: Caller): ValueDomain | null {
  if (values.kind === "finite") return freshOf(values, key, demands, caller);
  const chosen = demands.own.flatMap((condition) => singlingPatterns(condition, caller));
  return chosen.length === 0 || demands.isCovered(key)
    ? values
    : { ...values, without: [...values.without, ...chosen] };
}

function freshOf(
  values: ValueDomain & { readonly kind: "finite" },
  key: string,
  { own, all }: Demands,
  caller: Caller,
): ValueDomain | null {
  // An age is bound by a number above it: the oldest is what no condition speaks of.
  if (key === "aws:multifactorauthage") return { ...values, candidates: values.candidates.slice(-1) };
  // Whoever has shown a second factor is restrained by it, however the policies word the demand.
  if (key === "aws:multifactorauthpresent") {
    const without = values.candidates.filter((value) => value !== "true");
    return without.length === 0 ? null : { ...values, candidates: without };
  }
  const chosen = (conditions: readonly CompiledCondition[], value: string): boolean =>
    conditions.some((condition) => singlesOut(condition, value, caller));
  // Addresses that are together all there are, v4 and v6 each for itself, are singled out by nobody.
  const isCovered = (value: string): boolean => {
    if (keyInfo(key)?.values.kind !== "address") return false;
    const alike = values.candidates.filter((one) => one.includes(":") === value.includes(":"));
    return alike.every((one) => chosen(all, one));
  };
  const candidates = values.candidates.filter((value) => !chosen(own, value) || isCovered(value));
  return candidates.length === 0 ? null : { ...values, candidates };
}

/** Whether a condition demands, or lists, this value. */
function singlesOut(condition: CompiledCondition, value: string, caller: Caller): boolean {
  if (condition.family === "null") return false;
  if (condition.family === "string") {
    return singlingPatterns(condition, caller).some((one) => matches(one, codesOf(value)));
  }
  return holdsFor({ ...condition, negated: false }, codesOf(value), fillFor(caller));
}

/** The patterns of a condition that have a literal character and do not match every value that the key can have. */
function singlingPatterns(condition: CompiledCondition, caller: Caller): readonly Pattern[] {
  return singling(caller, condition);
}

const singling = rememberedBy((caller: Caller, condition: CompiledCondition): readonly Pattern[] => {
  if (condition.family === "null") return [];
  // A number, date or the like that is compared with text: its constants are what it singles out.
  if (condition.family !== "string") return condition.values.map(({ text }) => pattern(codesOf(text)));
  const values = condition.values.filter(({ tokens }) => !tokens.some(isOfCaller));
  const info = keyInfo(condition.key);
  const within = [info?.values.kind === "text" ? info.values.shape : [pattern([anyRun])]];
  return patternsOf({ ...condition, values }, fillFor(caller)).filter(
    (one) => one.symbols.some((symbol) => symbol >= 0) && exampleOf({ within, without: [one] }) !== "empty",
  );
});
