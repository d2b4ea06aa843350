/** Words for what the reasoner found: short, since an annotation has 256 characters. Pure. */

import type { IamFacts } from "../account/iam-facts.ts";
import { actionsOf, noActions } from "../iam/actions.ts";
import { compiledStatements, statementName } from "../iam/evaluate.ts";
import { namesTable } from "../iam/table-names.ts";
import type { Witness } from "../iam/witness.ts";
import { type Holding, type Place, statementAt } from "./holding.ts";

/** `dynamodb:Scan on table/Orders`: the partition, region and account are the reader's own. */
export function requestOf({ action, resource }: Pick<Witness, "action" | "resource">): string {
  return resource === "*" ? action : `${action} on ${pathOf(resource)}`;
}

/** The part of an ARN after the account. */
export function pathOf(arn: string): string {
  return arn.split(":").slice(5).join(":") || arn;
}

/** The statements by their policies' names: `data-science/ReadAll`, or `#0` in the policy judged itself, without a Sid. */
export function statementsOf(facts: IamFacts, holding: Holding, places: readonly Place[]): string {
  const [first = "", ...others] = places.flatMap((place) => {
    const statement = statementAt(holding, place);
    const policyName = facts.kind === "policy" ? "" : (holding.held[place.policy]?.named.name ?? "");
    return statement === undefined ? [] : [statementName(policyName, statement)];
  });
  return others.length === 0 ? first : `${first} (+${others.length} more)`;
}

/** In what somebody's permissions are the least: `names table/Orders, 2 actions`. */
export function complianceOf({ held }: Holding): string {
  const allows = held
    .flatMap(({ named }) => compiledStatements(named.policy).map((statement) => ({ statement, policy: named.policy })))
    .filter(({ statement: { effect, named } }) => effect === "Allow" && named !== noActions);
  const granted = allows.reduce((set, { statement }) => set | statement.named, noActions);
  const names = new Set(
    allows.flatMap(({ statement, policy }) => {
      const written = policy.statements[statement.index]?.resource?.patterns ?? [];
      return written.filter((_, at) => namesTable(statement.resource.tokens[at] ?? [])).map(pathOf);
    }),
  );
  const [first, ...others] = names;
  const tables =
    first === undefined
      ? "reaches no table that is not named"
      : `names ${first}${others.length === 0 ? "" : ` (+${others.length} more)`}`;
  const count = actionsOf(granted).length;
  return `${tables}, ${count} action${count === 1 ? "" : "s"}, no administration beside data`;
}
