/** Changes to a policy document's own JSON, each of which allows no more than before. Pure. */
import {
  type ActionSet,
  actionNamed,
  actions,
  actionsMatching,
  actionsNamed,
  actionsOf,
  dataActions,
  isEverything,
  noActions,
  setOfActions,
  without,
} from "../iam/actions.ts";
import type { Statement } from "../iam/policy.ts";
import { rememberedLately } from "../iam/remember.ts";

/** A statement as it is written. */
export type Written = Readonly<Record<string, unknown>>;

/** A document with its statements as a list. */
export interface WrittenPolicy {
  readonly document: Readonly<Record<string, unknown>>;
  readonly statements: readonly Written[];
}

/** @param text of a document that the parser accepts */
export function writtenPolicy(text: string): WrittenPolicy {
  // A mend asks for each of its statements again.
  return policies(text, () => {
    const document = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const statement = document["Statement"] as Written | readonly Written[];
    return { document, statements: Array.isArray(statement) ? statement : [statement as Written] };
  });
}

const policies = rememberedLately<WrittenPolicy>(500_000);

/** The document with other statements in the place of some; null where none is left.
 * @param instead by the statement's index; what is not in it stays */
export function withStatements(
  { document, statements }: WrittenPolicy,
  instead: ReadonlyMap<number, readonly Written[]>,
): string | null {
  const left = statements.flatMap((statement, index) => instead.get(index) ?? [statement]);
  return left.length === 0 ? null : JSON.stringify({ ...document, Statement: left }, null, 2);
}

/** The statement in two: one that keeps these actions of DynamoDB, and one with all else that it grants, of this service
 * and of others; null where there is nothing of a kind. */
export function splitActions(
  written: Written,
  { action, resource }: Statement,
  kept: ActionSet,
): { readonly kept: Written | null; readonly others: Written | null } {
  const granted = actionsNamed(action);
  const { Action: _, NotAction: __, ...rest } = written;
  const names = patternsFor(action.not ? [] : action.patterns, granted & kept);
  const named = (granted & kept) === noActions ? null : { ...rest, Action: names };
  const reachesOthers = !(resource?.patterns ?? ["*"]).every((pattern) => /^arn:[^:]*:dynamodb:/.test(pattern));
  const left = without(granted, kept);
  // A second statement of the same Sid would be refused.
  const { Sid: ___, ...unnamed } = rest;
  const other = named === null ? rest : unnamed;
  if (action.not || action.patterns.some(isEverything)) {
    if (!reachesOthers) return { kept: named, others: left === noActions ? null : { ...other, Action: namesOf(left) } };
    const taken = left === noActions ? ["dynamodb:*"] : namesOf(granted & kept);
    const excepted = [...(action.not ? action.patterns : []), ...taken];
    return { kept: named, others: { ...other, NotAction: excepted } };
  }
  const ofOthers = action.patterns.filter((pattern) => !isOfDynamodb(pattern));
  const list = [...ofOthers, ...patternsFor(action.patterns.filter(isOfDynamodb), left)];
  return { kept: named, others: list.length === 0 ? null : { ...other, Action: list } };
}

/** The statement on other resources. */
export function onResources(written: Written, resources: readonly string[]): Written {
  const { Resource: _, NotResource: __, ...rest } = written;
  return { ...rest, Resource: resources.length === 1 ? resources[0] : resources };
}

function isOfDynamodb(pattern: string): boolean {
  return /^dynamodb:/i.test(pattern);
}

/** Patterns that are within the set stay as they are written; others become the names that they stand for. */
function patternsFor(patterns: readonly string[], set: ActionSet): readonly string[] {
  const whole = patterns.filter((pattern) => {
    const matched = actionsMatching(pattern);
    return !isEverything(pattern) && matched !== noActions && without(matched, set) === noActions;
  });
  const covered = whole.reduce((sum, pattern) => sum | actionsMatching(pattern), noActions);
  return [...whole, ...namesOf(without(set, covered))];
}

// What reads metadata may grow with AWS; of all else a list must be a list.
const families = ["dynamodb:Describe*", "dynamodb:List*"];

/** The shortest list of names for a set. */
export function namesOf(set: ActionSet): readonly string[] {
  const whole = families.filter((pattern) => without(actionsMatching(pattern), set) === noActions);
  const covered = whole.reduce((sum, pattern) => sum | actionsMatching(pattern), noActions);
  return [...actionsOf(without(set, covered)).map(({ name }) => name), ...whole];
}

/** A set from names in AWS's spelling. */
export function actionSet(names: readonly string[]): ActionSet {
  return setOfActions(names.flatMap((name) => actionNamed(name) ?? []));
}

/** What is about items. */
export const itemActions: ActionSet = actionSet(dataActions);

/** What needs no named table: what is on none, and what only says what there is. */
export const metadataActions: ActionSet = setOfActions(
  actions.filter(({ needsResource, readsMetadata }) => !needsResource || readsMetadata),
);
