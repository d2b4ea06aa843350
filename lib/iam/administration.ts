/** Does whoever works on a table's items also hold the power over its access, or its end? */
import { type Action, actionNamed, administrativeActions, dataActions } from "./actions.ts";
import { type Asked, findAllowedRequest } from "./allowed-request.ts";
import type { PolicySet } from "./evaluate.ts";
import { type Code, pattern } from "./pattern.ts";
import {
  exampleIn,
  type OfTable,
  type Place,
  placeOfTable,
  resourceExamples,
  resourceLanguage,
  resourceTypesOf,
} from "./resources.ts";
import { allowsOf, narrowToAny, tablesLeft, takersOf } from "./tables-granted.ts";
import { fillFor } from "./variables.ts";
import type { Witness } from "./witness.ts";

type Asking = Pick<Asked, "caller" | "now">;

/** Two requests on one table, each allowed: an administrative one, and one for its items. */
export interface Administration {
  readonly administrative: Witness;
  readonly data: Witness;
}

/** How many tables are tried before the answer is given up: each was granted, and then refused by what is conditioned. */
const attempts = 4;

/** An administrative action together with one of the data plane on the same table, or the proof that there is none. */
export function findAdministration(policies: PolicySet, asking: Asking): Administration | "none" | "undecided" {
  let undecided = false;
  for (const action of administrativeActions) {
    const found = resourceTypesOf(action.name).includes("none")
      ? withoutResource(policies, action, asking)
      : onOneTable(policies, action, asking);
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

function onOneTable(policies: PolicySet, action: Action, asking: Asking): Found {
  const { caller } = asking;
  const fill = fillFor(caller);
  const allows = allowsOf(policies, action, asking);
  if (allows.length === 0) return "none";
  const takers = takersOf(policies, action, asking);
  const dataGrants = dataActions.flatMap((name) => {
    const one = actionNamed(name);
    return one === null
      ? []
      : [{ name, allows: allowsOf(policies, one, asking), takers: takersOf(policies, one, asking) }];
  });
  let undecided = false;
  for (const type of typesOf(action.name)) {
    const all = [resourceLanguage("table", caller)];
    const administered = tablesLeft(narrowToAny(all, allows, type, fill), takers, type, fill);
    for (const data of dataGrants) {
      for (const dataType of typesOf(data.name)) {
        const worked = narrowToAny(administered, data.allows, dataType, fill);
        for (const resource of tablesLeft(worked, data.takers, dataType, fill)) {
          const examples = resourceExamples("table", caller, [...data.allows, ...allows]);
          const found = confirmed({ resource, examples }, (table) => {
            const on = (name: string, of: OfTable): Witness | "none" | "undecided" =>
              findAllowedRequest(policies, { ...asking, actions: [name], places: () => [placeOfTable(table, of)] });
            const first = on(action.name, type);
            if (typeof first === "string") return first;
            const second = on(data.name, dataType);
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

function typesOf(action: string): readonly OfTable[] {
  return resourceTypesOf(action).filter((type) => type !== "none" && type !== "global-table");
}
