/** Makes a disagreement small: leaves out whatever it does not need, until nothing more can go. */
import type { Request } from "../../lib/iam/request.ts";
import { type DocumentJson, listOf, type StatementJson } from "./documents.ts";
import type { PolicySet } from "./simulate.ts";

export interface Asked {
  readonly set: PolicySet;
  readonly request: Request;
}

/** The smallest that still holds, by steps each of which holds: the same every time. */
export async function minimise(asked: Asked, holds: (asked: Asked) => Promise<boolean>): Promise<Asked> {
  let smallest = asked;
  for (;;) {
    let smaller: Asked | null = null;
    for (const candidate of reductions(smallest)) {
      if (!(await holds(candidate))) continue;
      smaller = candidate;
      break;
    }
    if (smaller === null) return smallest;
    smallest = smaller;
  }
}

/** What a set may hold besides the identity's own policies. */
const others = ["boundary", "resourcePolicy", "endpointPolicy"] as const;

/** Everything one step smaller, the largest steps first. */
function* reductions({ set, request }: Asked): Generator<Asked> {
  for (const name of others) {
    const { [name]: other, ...rest } = set;
    if (other !== undefined) yield { set: rest, request };
  }
  if (set.identityPolicies.length > 1) {
    for (const identityPolicies of without(set.identityPolicies)) yield { set: { ...set, identityPolicies }, request };
  }
  for (const [at, text] of set.identityPolicies.entries()) {
    for (const document of smallerDocuments(JSON.parse(text) as DocumentJson)) {
      yield { set: { ...set, identityPolicies: set.identityPolicies.with(at, JSON.stringify(document)) }, request };
    }
  }
  for (const name of others) {
    const text = set[name];
    if (text === undefined) continue;
    for (const document of smallerDocuments(JSON.parse(text) as DocumentJson)) {
      yield { set: { ...set, [name]: JSON.stringify(document) }, request };
    }
  }
  for (const context of without([...request.context]))
    yield { set, request: { ...request, context: new Map(context) } };
  for (const [key, values] of request.context) {
    for (const fewer of values.length > 1 ? without(values) : []) {
      yield { set, request: { ...request, context: new Map(request.context).set(key, fewer) } };
    }
  }
}

function* smallerDocuments(document: DocumentJson): Generator<DocumentJson> {
  const statements = listOf(document.Statement);
  if (statements.length > 1) for (const Statement of without(statements)) yield { ...document, Statement };
  for (const [at, statement] of statements.entries()) {
    for (const smaller of smallerStatements(statement)) yield { ...document, Statement: statements.with(at, smaller) };
  }
}

function* smallerStatements(statement: StatementJson): Generator<StatementJson> {
  const { Condition, Action, NotAction, Resource, NotResource, ...head } = statement;
  const action = NotAction === undefined ? { Action } : { NotAction };
  const resource = NotResource === undefined ? { Resource } : { NotResource };
  const rebuilt = (parts: object): StatementJson =>
    ({ ...head, ...action, ...resource, ...(Condition && { Condition }), ...parts }) as StatementJson;
  if (Condition !== undefined) {
    yield { ...head, ...action, ...resource } as StatementJson;
    for (const smaller of smallerConditions(Condition)) yield rebuilt({ Condition: smaller });
  }
  if (Action !== "*") yield { ...head, Action: "*", ...resource, ...(Condition && { Condition }) } as StatementJson;
  if (Resource !== "*") yield { ...head, ...action, Resource: "*", ...(Condition && { Condition }) } as StatementJson;
  for (const [name, value] of Object.entries({ Action, NotAction, Resource, NotResource })) {
    const texts = listOf(value);
    if (texts.length > 1) for (const fewer of without(texts)) yield rebuilt({ [name]: fewer });
  }
}

function* smallerConditions(condition: NonNullable<StatementJson["Condition"]>): Generator<object> {
  for (const fewer of without(Object.entries(condition))) if (fewer.length > 0) yield Object.fromEntries(fewer);
  for (const [operator, keys] of Object.entries(condition)) {
    for (const fewer of without(Object.entries(keys))) {
      if (fewer.length > 0) yield { ...condition, [operator]: Object.fromEntries(fewer) };
    }
    for (const [key, values] of Object.entries(keys)) {
      const texts = listOf(values);
      if (texts.length < 2) continue;
      for (const fewer of without(texts)) yield { ...condition, [operator]: { ...keys, [key]: fewer } };
    }
  }
}

/** The list without each of its members. */
function without<T>(list: readonly T[]): readonly (readonly T[])[] {
  return list.map((_, left) => list.filter((_, at) => at !== left));
}
