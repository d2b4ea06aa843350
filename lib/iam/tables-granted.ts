/**
 * Which tables statements speak of, as languages over the table's own ARN: also where a statement names an index, a
 * stream or a backup of the table. Conditions are left out: they do not narrow a grant, and a Deny with one removes
 * nothing for certain, unless no request escapes it.
 */
import { type Action, includes } from "./actions.ts";
import { type Asking, findAllowedRequest } from "./allowed-request.ts";
import {
  allPolicies,
  type CompiledStatement,
  compiledStatements,
  type NamedPolicy,
  type PolicySet,
} from "./evaluate.ts";
import { distinct, type Language } from "./language.ts";
import { accepts, closure, codesOf, follow, isLoop, nameOne, type Pattern, pattern } from "./pattern.ts";
import type { Element, Policy } from "./policy.ts";
import { rememberedBy, rememberedFor, rememberedLately } from "./remember.ts";
import type { OfTable } from "./resources.ts";
import { resourcePatterns } from "./search.ts";
import type { Fill } from "./tokens.ts";
import type { Caller } from "./variables.ts";

type Statements = readonly CompiledStatement[];

/** The Allows of an action whose conditions some request can meet. */
export function allowsOf({ identity }: PolicySet, action: Action, asked: Asking): Statements {
  return identity.flatMap((named) =>
    speakingOf(named, "Allow", action).filter((statement) => isSatisfiable(named, statement, action, asked)),
  );
}

/** What takes an action away: the Denies that no request escapes by its context, and the boundary's Allows, which must
 * hold besides. */
export interface Takers {
  readonly denies: Statements;
  /** Null: there is no boundary. */
  readonly limits: Statements | null;
}

export function takersOf(policies: PolicySet, action: Action, asked: Asking): Takers {
  const { boundary } = policies;
  return {
    denies: allPolicies(policies).flatMap((named) =>
      speakingOf(named, "Deny", action).filter((deny) => isInescapable(named, deny, action, asked)),
    ),
    limits: boundary === null ? null : speakingOf(boundary, "Allow", action),
  };
}

function speakingOf({ policy }: NamedPolicy, effect: CompiledStatement["effect"], action: Action): Statements {
  return compiledStatements(policy).filter((one) => one.effect === effect && includes(one.named, action));
}

/** Whether the Deny catches every request for the action that its Resource names, whatever the context. */
function isInescapable(
  { policy }: NamedPolicy,
  statement: CompiledStatement,
  action: Action,
  { caller, now }: Asking,
): boolean {
  if (statement.conditions.length === 0) return true;
  const { text, policies } = onEverything(policy, statement);
  return inescapable(
    JSON.stringify([idOf(caller), now, action.name, text]),
    () => findAllowedRequest(policies, { caller, now, actions: [action.name] }) === "none",
  );
}

// Asked again for each action of a grant of all, and by each draft of a mend, in which the Denies are the same text.
const inescapable = rememberedLately<boolean>(1_000_000);

const idOf = rememberedFor((caller: Caller) => JSON.stringify([caller, [...caller.known]]));

/** The Deny as if its Resource and Action were everything, beside an Allow of everything. */
const onEverything = rememberedBy((policy: Policy, { index }: CompiledStatement) => {
  const everything: Element = { not: false, patterns: ["*"] };
  const statements = policy.statements
    .filter((one) => one.index === index)
    .map((one) => ({ ...one, sid: null, index: 0, action: everything, resource: everything }))
    .flatMap((deny) => [{ ...deny, index: -1, effect: "Allow" as const, conditions: [] }, deny]);
  const alone = { ...policy, statements };
  const policies: PolicySet = { identity: [{ name: "", policy: alone }], boundary: null };
  return { text: JSON.stringify(alone), policies };
});

/** Whether some request for the action meets all conditions of this one statement. */
export function isSatisfiable(
  { name, policy }: NamedPolicy,
  { index, conditions }: CompiledStatement,
  action: Action,
  { caller, now }: Asking,
): boolean {
  if (conditions.length === 0) return true;
  const alone = { ...policy, statements: policy.statements.filter((one) => one.index === index) };
  const found = findAllowedRequest(
    { identity: [{ name, policy: alone }], boundary: null },
    { actions: [action.name], caller, now },
  );
  return found !== "none";
}

/** The tables among these for whose resource of the type the statement's Resource element holds, or does not. */
export function narrowTables(
  tables: Language,
  statement: CompiledStatement,
  type: OfTable,
  holds: boolean,
  fill: Fill,
): Language {
  const patterns = resourcePatterns(statement, fill);
  return holds === statement.resource.not
    ? withoutThese(tables, distinct(patterns.flatMap((one) => tablesCovered(one, type))))
    : withinThese(tables, distinct(patterns.flatMap((one) => tablesReached(one, type))));
}

// The same demand again, for another action, must not make the language larger.
function withinThese(tables: Language, union: readonly Pattern[]): Language {
  const idOf = (patterns: readonly Pattern[]): string => patterns.map(({ id }) => id).join("|");
  const isThere = tables.within.some((one) => idOf(one) === idOf(union));
  return isThere ? tables : { ...tables, within: [...tables.within, union] };
}

function withoutThese(tables: Language, patterns: readonly Pattern[]): Language {
  return { ...tables, without: distinct([...tables.without, ...patterns]) };
}

/** What no Deny and no boundary takes away of these tables, as languages of which any will do. */
export function tablesLeft(
  tables: readonly Language[],
  { denies, limits }: Takers,
  type: OfTable,
  fill: Fill,
): readonly Language[] {
  const left = tables.map((some) => denies.reduce((rest, deny) => narrowTables(rest, deny, type, false, fill), some));
  return limits === null ? left : narrowToAny(left, limits, type, fill);
}

/** The tables among these where one of the statements applies, as languages of which any will do. */
export function narrowToAny(
  tables: readonly Language[],
  statements: Statements,
  type: OfTable,
  fill: Fill,
): readonly Language[] {
  const plain = statements.filter(({ resource }) => !resource.not);
  const union = distinct(
    plain.flatMap((one) => resourcePatterns(one, fill)).flatMap((one) => tablesReached(one, type)),
  );
  const narrowed = tables.flatMap((some) => [
    ...(union.length === 0 ? [] : [withinThese(some, union)]),
    ...statements.filter(({ resource }) => resource.not).map((one) => narrowTables(some, one, type, true, fill)),
  ]);
  return [...new Map(narrowed.map((one) => [JSON.stringify(one), one])).values()];
}

/** A name that no policy has given to an index, a stream or a backup. */
const freshName = "\ue000".repeat(16);

/** The tables of which the pattern matches something of the type. */
function tablesReached(one: Pattern, type: OfTable): readonly Pattern[] {
  // What is left of the pattern must be able to stand for a name: a wildcard always is.
  const isOfName = (symbol: number): boolean => symbol < 0 || type === "stream" || accepts(nameOne, symbol, false);
  return prefixesBefore(one, type, (places) =>
    places.some((at) => at < one.symbols.length && one.symbols.slice(at).every(isOfName)),
  );
}

/** The tables of which the pattern matches everything of the type, as far as it has no name that a policy has given. */
function tablesCovered(one: Pattern, type: OfTable): readonly Pattern[] {
  return prefixesBefore(one, type, (places) => follow(one, places, codesOf(freshName)).at(-1) === one.symbols.length);
}

function prefixesBefore(
  one: Pattern,
  type: OfTable,
  isRight: (placesAfterTail: readonly number[]) => boolean,
): readonly Pattern[] {
  if (type === "table") return [one];
  const tail = codesOf(`/${type}/`);
  return [...one.symbols.keys()]
    .filter((at) => isRight(follow(one, closure(one.symbols, [at]), tail)))
    .map((at) => pattern(one.symbols.slice(0, isLoop(one.symbols[at] ?? 0) ? at + 1 : at), one.ignoreCase));
}
