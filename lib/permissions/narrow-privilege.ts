/** Statements with least privilege in the place of those that grant more. Pure. */
import { actionsNamed, administrativeActions, setOfActions, without } from "../iam/actions.ts";
import type { CompiledStatement } from "../iam/evaluate.ts";
import type { Statement } from "../iam/policy.ts";
import { namesTable } from "../iam/table-names.ts";
import type { Caller } from "../iam/variables.ts";
import { actionSet, itemActions, metadataActions, onResources, splitActions, type Written } from "./edit.ts";
import { placeholders } from "./placeholders.ts";

/** A statement in all its forms. */
export interface Stated {
  readonly written: Written;
  readonly statement: Statement;
  readonly compiled: CompiledStatement;
}

const administration = setOfActions(administrativeActions);
// What else is on no table can cost money, and is nobody's who works with items.
const costly = actionSet(["dynamodb:PurchaseReservedCapacityOfferings", "dynamodb:InjectError"]);
const whatItemsNeed = without(itemActions | without(metadataActions, administration), costly);

/** Only actions on items, and what reads metadata. */
export function withListedActions({ written, statement }: Stated): readonly Written[] {
  const { kept } = splitActions(written, statement, whatItemsNeed);
  const { others } = splitActions(written, statement, actionsNamed(statement.action));
  return [kept, others].filter((one) => one !== null);
}

/** Without the administration of tables. */
export function withoutAdministration({ written, statement }: Stated): readonly Written[] {
  const { others } = splitActions(written, statement, administration);
  return others === null ? [] : [named(others, written)];
}

/** On tables that a person names, but for what needs none. */
export function onNamedTables({ written, statement, compiled }: Stated, caller: Caller): readonly Written[] {
  const onTables = without(actionsNamed(statement.action), metadataActions);
  const { kept, others } = splitActions(written, statement, onTables);
  const tables = kept === null ? null : onResources(kept, tablesOf(statement, compiled, caller));
  return [tables, others].filter((one) => one !== null);
}

/** The Sid stays with what is left. */
function named(left: Written, { Sid: sid }: Written): Written {
  return sid === undefined ? left : { Sid: sid, ...left };
}

function tablesOf(
  { resource }: Statement,
  { resource: { tokens } }: CompiledStatement,
  { accountId, partition }: Caller,
): readonly string[] {
  const { name } = placeholders.table;
  const anywhere = `arn:${partition ?? "aws"}:dynamodb:*:${accountId ?? "*"}`;
  if (resource === null || resource.not) return [`${anywhere}:table/${name}`, `${anywhere}:table/${name}/*`];
  const narrowed = resource.patterns.flatMap((pattern, at) => {
    if (namesTable(tokens[at] ?? [])) return [pattern];
    const [arn = "", inPartition = "", service = "", region = "", account = "", ...path] = pattern.split(":");
    const isWhole = arn === "arn" && /^dynamodb$/.test(service) && path.length > 0;
    const owner = isWhole ? `arn:${inPartition}:dynamodb:${region}:${account}` : anywhere;
    // What follows the name of any table stays: its indexes, or its streams.
    const tail = /^table\/[*?]+(\/.+)$/.exec(path.join(":"))?.[1];
    if (tail !== undefined) return [`${owner}:table/${name}${tail}`];
    // Without a run at its end the pattern reaches nothing below a table.
    return [`${owner}:table/${name}`, ...(pattern.endsWith("*") ? [`${owner}:table/${name}/*`] : [])];
  });
  return [...new Set(narrowed)];
}
