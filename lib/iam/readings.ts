/** How the variables of policies can be read in one world: with each key that they have a default for, and without it. */
import type { Presence } from "./presence.ts";
import { type Caller, isUnknown, type Reading, readingOf, type Variable } from "./variables.ts";
import { presenceIn, type World } from "./worlds.ts";

export interface WorldRead {
  /** The world in which the request carries these keys, and not the others that have a default. */
  readonly world: World;
  readonly carried: readonly string[];
  readonly reading: Reading;
}

const mostDefaults = 4;

/** Null where there are too many to go through. */
export function readingsIn(
  world: World,
  action: string,
  variables: readonly Variable[],
  caller: Caller,
): readonly WorldRead[] | null {
  const keys = [...new Set(variables.map(({ key }) => key))];
  const never = keys.filter((key) => presenceIn(world, action, key) === "never");
  const optional = keys.filter(
    (key) =>
      presenceIn(world, action, key) === "sometimes" &&
      isUnknown(key, readingOf(caller)) &&
      variables.some((variable) => variable.key === key && variable.fallback !== null),
  );
  if (optional.length > mostDefaults) return null;
  return subsetsOf(optional).map((absent) => {
    const presence = optional.map((key): [string, Presence] => [key, absent.includes(key) ? "never" : "always"]);
    return {
      world: { ...world, presence: { ...world.presence, ...Object.fromEntries(presence) } },
      carried: optional.filter((key) => !absent.includes(key)),
      reading: readingOf(caller, [...never, ...absent]),
    };
  });
}

/** The empty one first. */
function subsetsOf([key, ...others]: readonly string[]): readonly (readonly string[])[] {
  if (key === undefined) return [[]];
  const without = subsetsOf(others);
  return [...without, ...without.map((subset) => [key, ...subset])];
}
