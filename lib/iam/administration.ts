/** Does whoever works on a table's items also hold the power over its access, or its end? */
import { type Action, actionNamed, administrativeActions, dataActions } from "./actions.ts";
import { type Asking, findAllowedRequest } from "./allowed-request.ts";
import type { CompiledStatement, PolicySet } from "./evaluate.ts";
import { type Code, codesOf, pattern } from "./pattern.ts";
import { remembered } from "./remember.ts";
import {
  exampleIn,
  type OfTable,
  type Place,
  placeOfTable,
  placeOfTables,
  resourceExamples,
  resourceLanguage,
  resourceTypesOf,
} from "./resources.ts";
import { allowsOf, narrowToAny, type Takers, tablesLeft, takersOf } from "./tables-granted.ts";
import { fillFor } from "./variables.ts";
import type { Witness } from "./witness.ts";

/** Two requests on one table, each allowed: an administrative one, and one for its items. */
export interface Administration {
  readonly administrative: Witness;
  readonly data: Witness;
}

/** How many tables are tried before the answer is given up: each was granted, and then refused by what is conditioned. */
const attempts = 4;

/** An administrative action together with one of the data plane on the same table, or the proof that there is none. */
export function findAdministration(policies: PolicySet, asking: Asking): Administration | "none" | "undecided" {
  // Asked for once, whatever is administered.
  const grantOf = remembered((action: Action) => ({
    allows: allowsOf(policies, action, asking),
    takers: takersOf(policies, action, asking),
  }));
  let undecided = false;
  for (const action of administrativeActions) {
    const found = resourceTypesOf(action.name).includes("none")
      ? withoutResource(policies, action, asking)
      : onOneTable(policies, action, grantOf, asking);
    if (typeof found === "object") return found;
    undecided ||= found === "undecided";
  }
  return undecided ? "undecided" : "none";
}

type Found = Administration | "none" | "undecided";

/** What is on no table is beside any access to items. */
function withoutResource(policies: PolicySet, { name }: Action, asking: Asking): Found {
  const found = findAllowedRequest(policies, { ...asking, actions: [name] });
  if (typeof found === "string") return found;
  const data = findAllowedRequest(policies, { ...asking, actions: dataActions });
  return typeof data === "string" ? data : { administrative: found, data };
}

interface Grant {
  readonly allows: readonly CompiledStatement[];
  readonly takers: Takers;
}

function onOneTable(policies: PolicySet, action: Action, grantOf: (action: Action) => Grant, asking: Asking): Found {
  const { caller } = asking;
  const fill = fillFor(caller);
  const { allows, takers } = grantOf(action);
  if (allows.length === 0) return "none";
  // Conditions that exclude each other, of an Allow and the boundary, leave nothing anywhere.
  if (findAllowedRequest(policies, { ...asking, actions: [action.name] }) === "none") return "none";
  const dataGrants = dataActions.flatMap((name) => {
    const one = actionNamed(name);
    return one === null ? [] : [{ name, ...grantOf(one) }];
  });
  let undecided = false;
  for (const type of typesOf(action.name)) {
    const all = [resourceLanguage("table", caller)];
    const administered = tablesLeft(narrowToAny(all, allows, type, fill), takers, type, fill);
    for (const data of dataGrants) {
      for (const dataType of typesOf(data.name)) {
        const worked = narrowToAny(administered, data.allows, dataType, fill);
        for (const resource of tablesLeft(worked, data.takers, dataType, fill)) {
          const on = (name: string, place: Place): Witness | "none" | "undecided" =>
            findAllowedRequest(policies, { ...asking, actions: [name], places: () => [place] });
          // Each for itself must be allowed somewhere there, with all conditions.
          const alone = [
            on(action.name, placeOfTables(resource, type)),
            on(data.name, placeOfTables(resource, dataType)),
          ];
          if (alone.includes("none")) continue;
          // Where one is allowed the other may be too; those are tried first.
          const tables = alone.flatMap((found) => (typeof found === "object" ? [tableOf(found)] : []));
          const examples = [...tables, ...resourceExamples("table", caller, [...data.allows, ...allows])];
          const found = confirmed({ resource, examples }, (table) => {
            const first = on(action.name, placeOfTable(table, type));
            if (typeof first === "string") return first;
            const second = on(data.name, placeOfTable(table, dataType));
            return typeof second === "string" ? second : { administrative: first, data: second };
          });
          if (typeof found === "object") return found;
          undecided ||= found === "undecided";
        }
      }
    }
  }
  return undecided ? "undecided" : "none";
}

/** What is granted by the statements, but for their conditions, must also be allowed with them. */
function confirmed(tables: Place, confirm: (table: readonly Code[]) => Found): Found {
  let { resource } = tables;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const example = exampleIn({ ...tables, resource });
    // Empty after some attempts: each of the tables that there are was refused.
    if (typeof example === "string") return example === "empty" ? "none" : "undecided";
    const found = confirm(example.text);
    if (found !== "none") return found;
    resource = { ...resource, without: [...resource.without, pattern(example.text)] };
  }
  return "undecided";
}

/** The ARN of the table that a request is about. */
function tableOf({ resource }: Witness): readonly Code[] {
  return codesOf(resource.replace(/(:table\/[^/]+).*$/s, "$1"));
}

function typesOf(action: string): readonly OfTable[] {
  return resourceTypesOf(action).filter((type) => type !== "none" && type !== "global-table");
}
