/**
 * The question of `dynamodb-policy-conditions`: is there a data-plane request that the policies allow, in which every
 * binding key is absent or holds a fresh value, one that the policies do not single out?
 */
import type { CompiledCondition } from "./conditions.ts";
import { holdsFor, patternsOf } from "./conditions.ts";
import { anyText, type KeyDomain, onlyAbsent, type SetDomain, type ValueDomain } from "./domains.ts";
import { type CompiledStatement, compiledStatements, namesAction, type PolicySet } from "./evaluate.ts";
import { type KeyInfo, keyInfo } from "./keys.ts";
import { exampleOf } from "./language.ts";
import { anyRun, codesOf, matches, type Pattern, pattern } from "./pattern.ts";
import { rememberedBy } from "./remember.ts";
import { finiteValues } from "./representatives.ts";
import { resourceExamples, resourceLanguage, resourceTypesOf } from "./resources.ts";
import { findModel, type Question, resourcePatterns } from "./search.ts";
import { type Caller, fillFor, isIdentityVariable, isOfCaller } from "./variables.ts";
import { type Witness, witnessOf } from "./witness.ts";
import { presenceIn, type World, worldsOf } from "./worlds.ts";

export interface Asked {
  readonly actions: readonly string[];
  readonly caller: Caller;
  /** Keys that count as binding; null: all that the definition names. */
  readonly bindingKeys: ReadonlySet<string> | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** "none": some request is allowed, but none of them free; "nothing": none is allowed at all. */
export type Found = Witness | "none" | "nothing" | "undecided";

export function findFreeRequest(policies: PolicySet, asked: Asked): Found {
  const free = firstWitness(policies, asked, true);
  if (free !== "none") return free;
  const any = firstWitness(policies, asked, false);
  if (any === "none") return "nothing";
  return any === "undecided" ? "undecided" : "none";
}

function firstWitness(policies: PolicySet, asked: Asked, free: boolean): Witness | "none" | "undecided" {
  const statements = [...policies.identity, ...(policies.boundary === null ? [] : [policies.boundary])].flatMap(
    ({ policy }) => compiledStatements(policy),
  );
  let undecided = false;
  for (const action of asked.actions) {
    const relevant = statements.filter(
      (statement) => namesAction(statement.action.patterns, action) !== statement.action.not,
    );
    if (!relevant.some(({ effect }) => effect === "Allow")) continue;
    const keys = new Set(relevant.flatMap(({ conditions }) => conditions.map(({ key }) => key)));
    for (const world of worldsOf(action, keys, asked.caller.kind)) {
      for (const resourceType of resourceTypesOf(action)) {
        const question = questionOf({
          action,
          world,
          asked,
          relevant,
          free,
          resource: resourceLanguage(resourceType, asked.caller.accountId),
          examples: resourceExamples(resourceType, asked.caller.accountId, relevant),
        });
        const model = findModel(policies, question);
        if (model === "undecided") undecided = true;
        if (typeof model === "string") continue;
        const witness = witnessOf(policies, action, model, asked.caller);
        if (witness !== null) return witness;
        // A model that plain evaluation refuses is no finding, and no proof either.
        undecided = true;
      }
    }
  }
  return undecided ? "undecided" : "none";
}

interface Asking {
  readonly action: string;
  readonly world: World;
  readonly asked: Asked;
  readonly relevant: readonly CompiledStatement[];
  readonly free: boolean;
  readonly resource: Question["resource"];
  readonly examples: NonNullable<Question["examples"]>;
}

function questionOf(asking: Asking): Question {
  const { action, asked, relevant, free, resource, examples } = asking;
  const fill = fillFor(asked.caller);
  const all = Map.groupBy(
    relevant.flatMap(({ conditions }) => conditions),
    ({ key }) => key,
  );
  const startOf = remembered((key: string) => startingDomain(asking, key, all.get(key) ?? []));
  const question: Question = { action, resource, examples, fill, domainOf: startOf, read };
  if (!free) return question;
  // Where the values demanded are together all that there are, in one statement or several, none is singled out.
  const isCovered = remembered((key: string) => covers(all.get(key) ?? [], startOf(key), asked.caller));
  return {
    ...question,
    // A table named by who the caller is binds as a condition on it does.
    resources: remembered((statement: CompiledStatement) =>
      resourcePatterns(withoutIdentityVariables(statement), fill),
    ),
    within: (allows, denies) => {
      const own = Map.groupBy(
        [...allows, ...denies].flatMap(({ conditions }) => conditions),
        ({ key }) => key,
      );
      return (key) =>
        freeDomain(asking, key, startOf(key), { own: own.get(key) ?? [], all: all.get(key) ?? [], isCovered });
    },
  };
}

/** The conditions on one key: those of the statements in question, and all. */
interface Demands {
  readonly own: readonly CompiledCondition[];
  readonly all: readonly CompiledCondition[];
  readonly isCovered: (key: string) => boolean;
}

function remembered<Key, Value>(find: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    if (!known.has(key)) known.set(key, find(key));
    return known.get(key) as Value;
  };
}

function covers(conditions: readonly CompiledCondition[], { present }: KeyDomain, caller: Caller): boolean {
  const values = present === null ? null : present.kind === "set" ? present.every : present;
  if (values === null || values.kind === "finite") return false;
  const without = conditions.flatMap((condition) => singlingPatterns(condition, caller));
  return exampleOf({ within: values.within, without }) === "empty";
}

function withoutIdentityVariables(statement: CompiledStatement): CompiledStatement {
  const { resource } = statement;
  if (resource.not) return statement;
  return {
    ...statement,
    resource: { ...resource, tokens: resource.tokens.filter((tokens) => !tokens.some(isIdentityVariable)) },
  };
}

/** All that the key can be on a request for the action, in this world. */
function startingDomain(
  { action, world, asked }: Asking,
  key: string,
  conditions: readonly CompiledCondition[],
): KeyDomain {
  const info = keyInfo(key);
  const presence = presenceIn(world, action, key);
  if (info === null || presence === "never") return onlyAbsent;
  const value = valuesOf(info, key, world, asked, conditions);
  const present = holdsSeveral(info, key, action) ? ({ kind: "set", every: value, some: [] } as const) : value;
  return { absent: presence === "sometimes", present };
}

function valuesOf(
  info: KeyInfo,
  key: string,
  world: World,
  { caller, now }: Asked,
  conditions: readonly CompiledCondition[],
): ValueDomain {
  const known = caller.known.get(key);
  if (known !== undefined) return { kind: "finite", candidates: [known], complete: true };
  if (info.values.kind === "choice") {
    const left = world.choices[key];
    return {
      kind: "finite",
      candidates: info.values.choices.filter((one) => left?.includes(one) ?? true),
      complete: true,
    };
  }
  if (info.values.kind === "text") return { ...anyText, within: [info.values.shape] } as ValueDomain;
  return finiteValues(info.values.kind, conditions, now);
}

/** A set of keys has several values on batch and PartiQL actions, exactly one on the others; other sets may have any. */
function holdsSeveral({ isSet }: KeyInfo, key: string, action: string): boolean {
  const isOfKeys = key === "dynamodb:leadingkeys" || key.endsWith("partitionkeyvalues");
  return isSet && (!isOfKeys || /:(Batch|PartiQL)/.test(action));
}

function freeDomain({ asked, world }: Asking, key: string, domain: KeyDomain, demands: Demands): KeyDomain {
  const binding = keyInfo(key)?.binding ?? null;
  if (binding === null || world.idle.includes(key) || !(asked.bindingKeys?.has(key) ?? true)) return domain;
  const { absent, present } = domain;
  if (present === null) return domain;
  const fresh = freshValues(present.kind === "set" ? present.every : present, key, demands, asked.caller);
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

/** What AWS leaves undocumented is read as allowing more, and as denying less (docs, definition (e)). */
function read(condition: CompiledCondition, effect: "Allow" | "Deny"): CompiledCondition | "holds" | "fails" {
  if (condition.set === "ForAnyValue" && condition.ifExists) return effect === "Allow" ? "holds" : condition;
  const isPlainOnSet = condition.set === null && condition.family !== "null" && keyInfo(condition.key)?.isSet === true;
  if (!isPlainOnSet) return condition;
  if (effect === "Deny") return "fails";
  return { ...condition, set: condition.negated ? "ForAllValues" : "ForAnyValue" };
}
