/**
 * DynamoDB's actions, and sets of them. A set is a bigint in which bit `index` stands for the action of that index: and is
 * `&`, or is `|`, empty is `=== 0n`, equal sets are equal keys of a map; `without`, `firstOf` and `actionsOf` do the rest.
 */
import catalogue from "./catalogue.json" with { type: "json" };
import { administration, type Plane, planes, readsMetadata } from "./planes.ts";
import type { Element } from "./policy.ts";
import { rememberedLately } from "./remember.ts";
import { asciiLower, matchesWildcard } from "./wildcard.ts";

export interface Action {
  /** Its bit in a set. */
  readonly index: number;
  /** In AWS's spelling, with the service: `dynamodb:GetItem`. */
  readonly name: string;
  readonly plane: Plane;
  /** `Read`, `Write`, `List`, `Tagging`, `Permissions management`; some have two. */
  readonly accessLevels: readonly string[];
  /** The types of resource that a request is authorised on. Of several required ones AWS asks for all, or for either, as
   * the operation goes: `PutResourcePolicy` is on a table or on a stream. */
  readonly resourceTypes: readonly { readonly name: string; readonly required: boolean }[];
  /** Without a required resource an action is authorised on `*`. */
  readonly needsResource: boolean;
  readonly readsMetadata: boolean;
  readonly isAdministration: boolean;
}

export type ActionSet = bigint;

const service = "dynamodb";
const ofService = catalogue.services.find(({ prefix }) => prefix === service)?.actions ?? [];

const planeOf = new Map(
  (Object.keys(planes) as Plane[]).flatMap((plane) => planes[plane].map((name): [string, Plane] => [name, plane])),
);

/** All of them in the order of their names. What nobody has classified yet counts as data, the plane of most demands. */
export const actions: readonly Action[] = ofService.map(({ name, accessLevels, resourceTypes }, index) => ({
  index,
  name: `${service}:${name}`,
  plane: planeOf.get(name) ?? "data",
  accessLevels,
  resourceTypes,
  needsResource: resourceTypes.some(({ required }) => required),
  readsMetadata: readsMetadata(name),
  isAdministration: administration.includes(name),
}));

const byName = new Map(actions.map((action) => [action.name, action]));

/** Null where DynamoDB has no action of that name; letter case counts. */
export function actionNamed(name: string): Action | null {
  return byName.get(name) ?? null;
}

/** The names of the data plane, those that are asked about first in front. */
export const dataActions: readonly string[] = [
  ...planes.data.map((name) => `${service}:${name}`),
  ...actions
    .filter(({ plane, name }) => plane === "data" && !planeOf.has(withoutService(name)))
    .map(({ name }) => name),
];

/** Those that nobody who works with items needs, the most telling first. */
export const administrativeActions: readonly Action[] = administration.flatMap(
  (name) => byName.get(`${service}:${name}`) ?? [],
);

/** All names, those of the data plane in front. */
export const dataFirst: readonly string[] = [...new Set([...dataActions, ...actions.map(({ name }) => name)])];

export const noActions: ActionSet = 0n;
export const allActions: ActionSet = (1n << BigInt(actions.length)) - 1n;

export function setOfActions(members: Iterable<Action>): ActionSet {
  let set = noActions;
  for (const { index } of members) set |= 1n << BigInt(index);
  return set;
}

export function without(set: ActionSet, removed: ActionSet): ActionSet {
  return set & ~removed;
}

export function includes(set: ActionSet, { index }: Action): boolean {
  return ((set >> BigInt(index)) & 1n) === 1n;
}

/** The member of the lowest index; null where there is none. */
export function firstOf(set: ActionSet): Action | null {
  for (let base = 0, rest = set; rest !== 0n; base += 32, rest >>= 32n) {
    const word = Number(BigInt.asUintN(32, rest));
    // Only the lowest bit of a word is left by its and with its negative.
    if (word !== 0) return actions[base + 31 - Math.clz32(word & -word)] ?? null;
  }
  return null;
}

export function actionsOf(set: ActionSet): readonly Action[] {
  return set === noActions ? [] : actions.filter((action) => includes(set, action));
}

const lowerNames = actions.map(({ name }) => asciiLower(name));
const matching = rememberedLately<ActionSet>(500_000);

/** `*` is everything, and so is `*:*`, which AWS's own guides use; no other wildcard may stand for a service. */
export function isEverything(pattern: string): boolean {
  return pattern === "*" || pattern === "*:*";
}

/** What a pattern of an Action element names: `*` everything; else the service must be written out, in any letter case,
 * and the name may have `*` and `?`. A service with a wildcard names nothing. */
export function actionsMatching(pattern: string): ActionSet {
  if (isEverything(pattern)) return allActions;
  const colon = pattern.indexOf(":");
  // Most patterns of an administrator's policy end here.
  if (colon !== service.length || asciiLower(pattern.slice(0, colon)) !== service) return noActions;
  return matching(pattern, () => {
    const wanted = asciiLower(pattern);
    return setOfActions(actions.filter(({ index }) => matchesWildcard(wanted, lowerNames[index] ?? "")));
  });
}

/** What an Action or NotAction element names. */
export function actionsNamed({ not, patterns }: Element): ActionSet {
  const named = patterns.reduce((set, pattern) => set | actionsMatching(pattern), noActions);
  return not ? without(allActions, named) : named;
}

function withoutService(name: string): string {
  return name.slice(service.length + 1);
}
