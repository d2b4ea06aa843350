/** Actions that no policy of these statements tells apart: what is proven of one is proven of all. */
import { compiledStatements, speaksOf } from "./evaluate.ts";
import { keysIn } from "./parties.ts";
import type { Policy } from "./policy.ts";
import { presenceOf } from "./presence.ts";
import { resourceTypesOf } from "./resources.ts";

/** The first of each kind of action, in their order: of those that the same statements speak of, that are on the same
 * resources, and whose requests carry the same of the keys that the policy speaks of. */
export function oneOfEachKind(policy: Policy, actions: readonly string[]): readonly string[] {
  const keys = [...keysIn(policy)];
  // The service's own keys have values that differ from action to action.
  const tellsAll = keys.some((key) => key.startsWith("dynamodb:"));
  if (tellsAll) return actions;
  const kindOf = (action: string): string =>
    JSON.stringify([
      compiledStatements(policy).map((statement) => speaksOf(statement, action)),
      resourceTypesOf(action),
      keys.map((key) => presenceOf(action, key)),
    ]);
  const first = new Map(actions.toReversed().map((action) => [kindOf(action), action]));
  const kept = new Set(first.values());
  return actions.filter((action) => kept.has(action));
}
