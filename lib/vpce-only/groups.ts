/**
 * The principals of an account by what they hold, and by which tables that names: a table is asked about only of those
 * whose policies tell it from others, so that the work is not the product of tables and principals. Pure.
 */
import type { PrincipalFacts } from "../account/iam-facts.ts";
import {
  allPolicies,
  type CompiledStatement,
  compiledStatements,
  type NamedPolicy,
  type PolicySet,
  speaksOf,
} from "../iam/evaluate.ts";
import { streamActions, tableActions } from "../iam/outside-request.ts";
import { codesOf, matches } from "../iam/pattern.ts";
import { rememberedFor } from "../iam/remember.ts";
import { resourcePatterns } from "../iam/search.ts";
import { namesTable } from "../iam/table-names.ts";
import type { Token } from "../iam/tokens.ts";
import { callerOf, fillFor, variablesOf } from "../iam/variables.ts";
import { holdingOf, isReserved, policySetOf } from "../permissions/holding.ts";
import type { Unread } from "../rule.ts";

/** Principals that hold the same, as far as requests for a table's data go. */
export interface Group {
  readonly principals: readonly PrincipalFacts[];
  readonly policies: PolicySet;
  /** What of it could not be read: then nothing is proven by it; null: all was read. */
  readonly unread: Unread | null;
}

export interface Groups {
  /** All of them. */
  readonly all: readonly Group[];
  /** Those of which something could not be read. */
  readonly unread: readonly { readonly principals: Group["principals"]; readonly unread: Unread }[];
  /** Those whose policies tell this table from others, beside those that ask for more than a name. */
  naming(tableName: string): readonly Group[];
  /** Whether a policy that names the table speaks of endpoints. */
  speaksOfEndpoints(tableArn: string): boolean;
}

/** The groups of these principals; service-linked roles are set apart. */
export const groupsOf = rememberedFor((principals: readonly PrincipalFacts[]): Groups => {
  const all = grouped(principals.filter((principal) => !isReserved(principal) || isOfIdentityCenter(principal)));
  const byName = new Map<string, Group[]>();
  const telling: Group[] = [];
  for (const group of all) {
    const { names, tellsMore } = namesIn(group.policies);
    if (tellsMore) telling.push(group);
    else for (const name of names) byName.set(name, [...(byName.get(name) ?? []), group]);
  }
  const endpointPatterns = all.flatMap(({ policies }) => patternsOnEndpoints(policies));
  const distinct = [...new Map(endpointPatterns.map((one) => [one.id, one])).values()];
  return {
    all,
    unread: all.flatMap(({ principals: some, unread }) => (unread === null ? [] : [{ principals: some, unread }])),
    naming: (tableName) => [...(byName.get(tableName) ?? []), ...telling],
    speaksOfEndpoints: (tableArn) => distinct.some((one) => matches(one, codesOf(tableArn))),
  };
});

/** Roles of IAM Identity Center are people's, though nobody in the account can change them. */
function isOfIdentityCenter({ path }: PrincipalFacts): boolean {
  return path.startsWith("/aws-reserved/");
}

function grouped(principals: readonly PrincipalFacts[]): readonly Group[] {
  const texts = new Map<string, number>();
  const numberOf = (text: string): number => {
    const number = texts.get(text) ?? texts.size;
    texts.set(text, number);
    return number;
  };
  const members = Map.groupBy(principals, (principal) => {
    const { type, arn, policies, boundary, incomplete } = principal;
    const documents = [...policies, ...(boundary === null ? [] : [boundary])];
    const whole = documents.every(({ document }) => "value" in document) && incomplete === null;
    // Whoever cannot be read whole stands for nobody else; nor does one whose policies ask who calls.
    if (!whole || asksWhoCalls(allPolicies(policySetOf(holdingOf(principal))))) return arn;
    const numbers = documents.map(({ document }) => ("value" in document ? numberOf(document.value) : -1));
    const own = boundary === null ? numbers : numbers.slice(0, -1);
    return JSON.stringify([type, own.toSorted((one, other) => one - other), boundary === null ? null : numbers.at(-1)]);
  });
  return [...members.values()].flatMap((some): readonly Group[] => {
    const [first] = some;
    if (first === undefined) return [];
    const holding = holdingOf(first);
    const policies = policySetOf(holding);
    const isConcerned =
      holding.unread !== null || statementsIn(allPolicies(policies)).some(({ effect }) => effect === "Allow");
    return isConcerned ? [{ principals: some, policies, unread: holding.unread }] : [];
  });
}

const judged = [...tableActions, ...streamActions];

/** The statements that speak of a table's data. */
function statementsIn(policies: readonly NamedPolicy[]): readonly CompiledStatement[] {
  return policies
    .flatMap(({ policy }) => compiledStatements(policy))
    .filter((statement) => judged.some((action) => speaksOf(statement, action)));
}

/** What is known of each principal, and differs between them. */
const whoCalls: ReadonlySet<string> = new Set(["aws:principalarn", "aws:username"]);

/** Whether policies say other things of one of the account's principals than of another that holds the same. */
export function asksWhoCalls(policies: readonly NamedPolicy[]): boolean {
  return statementsIn(policies).some((statement) =>
    [...statement.conditions, ...variablesOf(statement)].some(({ key }) => whoCalls.has(key)),
  );
}

/** The tables that the statements name whole; `tellsMore` where they tell tables apart in other ways too. */
function namesIn(policies: PolicySet): { readonly names: ReadonlySet<string>; readonly tellsMore: boolean } {
  const names = new Set<string>();
  let tellsMore = false;
  for (const statement of statementsIn(allPolicies(policies))) {
    tellsMore ||= [...statement.conditions, ...variablesOf(statement)].some(({ key }) =>
      /^aws:resourcetag\//.test(key),
    );
    for (const tokens of statement.resource.tokens) {
      if (isAnyTable(tokens)) continue;
      const name = wholeName(tokens);
      if (name === null) tellsMore = true;
      else names.add(name);
    }
  }
  return { names, tellsMore };
}

function textOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) =>
      token.kind === "text" ? token.text : token.kind === "run" ? "*" : token.kind === "one" ? "?" : "${}",
    )
    .join("");
}

/** Whether it is as true of one table, with its indexes, as of another. */
function isAnyTable(tokens: readonly Token[]): boolean {
  return /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:(\*|table\/\*)(\/index\/\*|\/stream\/\*)?)$/.test(textOf(tokens));
}

/** The name of the only table that it is about; null where there may be several. */
function wholeName(tokens: readonly Token[]): string | null {
  return /^arn:[^:]*:[^:]*:[^:]*:[^:]*:table\/([\w.-]+)(\/.*)?$/.exec(textOf(tokens))?.[1] ?? null;
}

const endpointKeys: ReadonlySet<string> = new Set(["aws:sourcevpce", "aws:sourcevpc"]);

/** Whether a condition is on the endpoint, or its VPC. */
export function isOnEndpoints({ conditions }: CompiledStatement): boolean {
  return conditions.some(({ key }) => endpointKeys.has(key));
}

const anybody = callerOf(null, null);

function patternsOnEndpoints(policies: PolicySet) {
  return statementsIn(allPolicies(policies))
    .filter(isOnEndpoints)
    .flatMap(({ resource }) =>
      resourcePatterns({ resource: { ...resource, tokens: resource.tokens.filter(namesTable) } }, fillFor(anybody)),
    );
}
