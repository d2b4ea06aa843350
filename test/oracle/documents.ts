/** Policy documents as JSON holds them: read here on their own, so that the comparison does not lean on lib/iam. */
import type { PolicySet } from "./simulate.ts";

type Many<T> = T | readonly T[];
type Scalar = string | number | boolean;

export interface StatementJson {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: Many<string>;
  readonly NotAction?: Many<string>;
  readonly Resource?: Many<string>;
  readonly NotResource?: Many<string>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Many<Scalar>>>>>;
}

export interface DocumentJson {
  readonly Version?: string;
  readonly Statement: Many<StatementJson>;
}

export interface ConditionRead {
  readonly operator: string;
  readonly set: string | null;
  readonly ifExists: boolean;
  /** In lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

const read = new WeakMap<PolicySet, readonly DocumentJson[]>();
const conditionsRead = new WeakMap<StatementJson, readonly ConditionRead[]>();

/** Read once: a set is asked about many times. */
export function documentsOf(set: PolicySet): readonly DocumentJson[] {
  const known = read.get(set);
  if (known !== undefined) return known;
  const documents = [...set.identityPolicies, set.boundary, set.resourcePolicy, set.endpointPolicy]
    .filter((text) => text !== undefined)
    .map((text) => JSON.parse(text) as DocumentJson);
  read.set(set, documents);
  return documents;
}

export function statementsOf(set: PolicySet): readonly StatementJson[] {
  return documentsOf(set).flatMap(({ Statement }) => listOf(Statement));
}

export function listOf<T>(value: Many<T> | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

export function actionsOf(statement: StatementJson): readonly string[] {
  return [...listOf(statement.Action), ...listOf(statement.NotAction)];
}

export function resourcesOf(statement: StatementJson): readonly string[] {
  return [...listOf(statement.Resource), ...listOf(statement.NotResource)];
}

export function conditionsOf(statement: StatementJson): readonly ConditionRead[] {
  const known = conditionsRead.get(statement);
  if (known !== undefined) return known;
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([written, keys]) => {
    const [set, base] = written.includes(":") ? written.split(":") : [null, written];
    const ifExists = base?.endsWith("IfExists") === true;
    const operator = ifExists ? base.slice(0, -"IfExists".length) : (base ?? "");
    return Object.entries(keys).map(([key, values]) => ({
      operator,
      set: set ?? null,
      ifExists,
      key: key.toLowerCase(),
      values: listOf(values).map(String),
    }));
  });
  conditionsRead.set(statement, conditions);
  return conditions;
}

/** The variables of a text, `${key}` and `${key, 'default'}`; not the escapes `${*}`, `${?}` and `${$}`. */
export function variablesOf(text: string): readonly { readonly key: string; readonly default: string | null }[] {
  return [...text.matchAll(/\$\{([^}*?$][^}]*)\}/g)].map(([, inside = ""]) => {
    const [, key = inside, fallback] = /^(.*?), '(.*)'$/.exec(inside) ?? [];
    return { key: key.trim().toLowerCase(), default: fallback ?? null };
  });
}
