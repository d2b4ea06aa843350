/** Does a policy grant whatever DynamoDB can do, be it on one table only? */
import {
  type ActionSet,
  actionsOf,
  administrativeActions,
  allActions,
  dataFirst,
  firstOf,
  noActions,
} from "./actions.ts";
import { type Asking, findAllowedRequest } from "./allowed-request.ts";
import { freshPlace } from "./any-table.ts";
import { allPolicies, type CompiledStatement, compiledStatements, type PolicySet } from "./evaluate.ts";
import { exampleOf, type Language } from "./language.ts";
import {
  exampleIn,
  type OfTable,
  placeOfTable,
  resourceExamples,
  resourceLanguage,
  resourceTypesOf,
} from "./resources.ts";
import { isSatisfiable, narrowTables, tablesLeft, takersOf } from "./tables-granted.ts";
import { fillFor } from "./variables.ts";
import type { Witness } from "./witness.ts";

export interface AllActions {
  readonly witness: Witness;
  /** Whether also on tables that no policy names. */
  readonly onAnyTable: boolean;
}

type Found = AllActions | "none" | "undecided";

/** Statements that name one and the same Resource, and what they grant together. */
interface Grant {
  readonly granted: ActionSet;
  readonly statements: readonly [CompiledStatement, ...CompiledStatement[]];
}

/** A grant of all actions, or of all but some (NotAction), of which no Deny without a condition and no boundary takes
 * any; on any table before one on a named table. */
export function findAllActions(policies: PolicySet, asking: Asking): Found {
  let undecided = false;
  const grants = grantsOf(policies, asking).flatMap((grant) => {
    const tables = untouchedTables(policies, grant, asking);
    return tables === null ? [] : [{ grant, tables }];
  });
  for (const onAnyTable of [true, false]) {
    for (const { grant, tables } of grants) {
      const found = requestOn(policies, grant, tables, onAnyTable, asking);
      if (typeof found === "object") return found;
      undecided ||= found === "undecided";
    }
  }
  return undecided ? "undecided" : "none";
}

function grantsOf({ identity }: PolicySet, asking: Asking): readonly Grant[] {
  const allows = identity.flatMap((named) =>
    compiledStatements(named.policy).filter((statement) => {
      const action = statement.effect === "Allow" ? firstOf(statement.named) : null;
      return action !== null && isSatisfiable(named, statement, action, asking);
    }),
  );
  const byResource = Map.groupBy(
    allows.filter(({ action }) => !action.not),
    ({ resource }) => JSON.stringify(resource),
  );
  const listed = [...byResource.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ granted: grantedBy([first, ...others]), statements: [first, ...others] as const }],
  );
  return [
    ...listed.filter(({ granted }) => granted === allActions),
    ...allows
      .filter(({ action }) => action.not)
      .map((statement) => ({ granted: statement.named, statements: [statement] as const })),
  ];
}

function grantedBy(statements: readonly CompiledStatement[]): ActionSet {
  return statements.reduce((granted, { named }) => granted | named, noActions);
}

/** Where the grant's Resource is, and what is left of it. */
interface Tables {
  readonly type: OfTable;
  readonly languages: readonly Language[];
}

/** The tables of the grant of which no action is taken away. */
function untouchedTables(
  policies: PolicySet,
  { granted, statements: [statement] }: Grant,
  asking: Asking,
): Tables | null {
  const { caller } = asking;
  const fill = fillFor(caller);
  const reached = (type: OfTable): Language =>
    narrowTables(resourceLanguage("table", caller), statement, type, true, fill);
  // The grant may be on indexes alone, or on streams.
  const type = typesOfTable.find((one) => exampleOf(reached(one)) !== "empty");
  if (type === undefined) return null;
  let languages: readonly Language[] = [reached(type)];
  for (const action of actionsOf(granted)) {
    const takers = takersOf(policies, action, asking);
    const types = resourceTypesOf(action.name);
    const own = typesOfTable.filter((one) => types.includes(one));
    const judged = own.includes(type) ? type : type === "table" ? own[0] : undefined;
    // What the grant does not give on any table cannot be taken from it; so with what is on no table at all.
    if (judged === undefined || exampleOf(reached(judged)) === "empty") continue;
    languages = tablesLeft(languages, takers, judged, fill);
  }
  return { type, languages };
}

const typesOfTable: readonly OfTable[] = ["table", "index", "stream", "backup", "export", "import"];

function requestOn(
  policies: PolicySet,
  { statements }: Grant,
  { type, languages }: Tables,
  onAnyTable: boolean,
  asking: Asking,
): Found {
  const { caller } = asking;
  const fresh = freshPlace("table", caller, statementsOf(policies));
  const examples = onAnyTable ? fresh.examples : resourceExamples("table", caller, statements);
  let undecided = false;
  for (const language of languages) {
    const without = onAnyTable ? [...language.without, ...fresh.resource.without] : language.without;
    const table = exampleIn({ resource: { ...language, without }, examples });
    if (table === "undecided") undecided = true;
    if (typeof table === "string") continue;
    const witness = findAllowedRequest(policies, {
      ...asking,
      actions: mostTelling,
      places: (action) => (resourceTypesOf(action).includes(type) ? [placeOfTable(table.text, type)] : []),
    });
    if (typeof witness === "object") return { witness, onAnyTable };
    undecided ||= witness === "undecided";
  }
  return undecided ? "undecided" : "none";
}

/** What nobody who asked for items expected to be granted. */
const mostTelling: readonly string[] = [...new Set([...administrativeActions.map(({ name }) => name), ...dataFirst])];

function statementsOf(policies: PolicySet): readonly CompiledStatement[] {
  return allPolicies(policies)
    .flatMap(({ policy }) => compiledStatements(policy))
    .filter(({ named }) => named !== noActions);
}
