/** Is an action on a table, or on what belongs to one, allowed on a table that no policy names? */
import { actionNamed, dataFirst } from "./actions.ts";
import { type Asking, findAllowedRequest } from "./allowed-request.ts";
import type { CompiledStatement, PolicySet } from "./evaluate.ts";
import type { Pattern } from "./pattern.ts";
import { rememberedFor } from "./remember.ts";
import { type OfTable, type Place, resourceExamples, resourceLanguage, resourceTypesOf } from "./resources.ts";
import { resourcePatterns } from "./search.ts";
import { namesTable } from "./table-names.ts";
import { type Caller, fillFor } from "./variables.ts";
import type { Witness } from "./witness.ts";

const judgedTypes: readonly OfTable[] = ["table", "index", "stream", "backup"];

/** Metadata reads on any table are nobody's concern, and what names no resource must be on any. */
const judgedActions = dataFirst.filter(
  (name) => actionNamed(name)?.readsMetadata === false && judgedTypesOf(name).length > 0,
);

export function findAnyTableRequest(policies: PolicySet, { caller, now }: Asking): Witness | "none" | "undecided" {
  const fill = fillFor(caller);
  return findAllowedRequest(
    policies,
    {
      actions: judgedActions,
      caller,
      now,
      places: (action, relevant) =>
        relevant.some(reachesAnyTable) ? judgedTypesOf(action).map((type) => freshPlace(type, caller, relevant)) : [],
    },
    () => ({ resources: (statement) => resourcePatterns(withoutNames(statement), fill) }),
  );
}

/** Where each Allow names its tables, no search is needed. */
function reachesAnyTable({ effect, resource }: CompiledStatement): boolean {
  return effect === "Allow" && (resource.not || splitOf(resource).others.tokens.length > 0);
}

function judgedTypesOf(action: string): readonly OfTable[] {
  const types = resourceTypesOf(action);
  return judgedTypes.filter((type) => types.includes(type));
}

/** The resources of tables that no statement names. */
export function freshPlace(type: OfTable, caller: Caller, statements: readonly CompiledStatement[]): Place {
  const { within } = resourceLanguage(type, caller);
  return {
    resource: { within, without: statements.flatMap((statement) => namingPatterns(statement, caller)) },
    examples: resourceExamples(type, caller, []),
  };
}

function namingPatterns({ resource }: CompiledStatement, caller: Caller): readonly Pattern[] {
  return resourcePatterns({ resource: splitOf(resource).names }, fillFor(caller));
}

function withoutNames({ resource }: CompiledStatement): Pick<CompiledStatement, "resource"> {
  return { resource: resource.not ? resource : splitOf(resource).others };
}

type Resource = CompiledStatement["resource"];
/** A Resource element in two: what names tables, and what reaches any. */
const splitOf = rememberedFor((resource: Resource) => ({
  names: { ...resource, tokens: resource.tokens.filter(namesTable) },
  others: { ...resource, tokens: resource.tokens.filter((tokens) => !namesTable(tokens)) },
}));
