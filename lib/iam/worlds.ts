/**
 * Keys of a request that come together or not at all. A world fixes which of them are there, so that every search within
 * one treats its keys as independent; together the worlds are all that a direct request can be.
 */
import { keyInfo } from "./keys.ts";
import { type Presence, presenceOf } from "./presence.ts";
import type { Caller } from "./variables.ts";

/** Of keys by `keyName`; what is not here is as the action's own presence says. */
export interface World {
  readonly presence: Readonly<Record<string, Presence>>;
  /** Values that the world leaves to a key of choices. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  /** Sets that say nothing about what is read: `dynamodb:Attributes` where the whole item is asked for. */
  readonly idle: readonly string[];
  /** Whose requests these are. */
  readonly kind: Caller["kind"];
}

type Part = Partial<World>;

/** A request through an endpoint carries its ids and no public address; one from elsewhere the opposite (IAM user guide). */
const networks: readonly Part[] = [
  {
    presence: {
      "aws:sourcevpce": "never",
      "aws:sourcevpc": "never",
      "aws:vpceaccount": "never",
      "aws:vpceorgid": "never",
      "aws:vpceorgpaths": "never",
      "aws:vpcsourceip": "never",
      "aws:sourceip": "always",
    },
  },
  {
    presence: {
      "aws:sourcevpce": "always",
      "aws:sourcevpc": "always",
      "aws:vpceaccount": "always",
      "aws:vpceorgid": "sometimes",
      "aws:vpceorgpaths": "sometimes",
      "aws:vpcsourceip": "always",
      "aws:sourceip": "never",
    },
  },
];

const longTerm: Part = {
  presence: { "aws:tokenissuetime": "never", "aws:multifactorauthpresent": "never", "aws:multifactorauthage": "never" },
};
const session: Part = {
  presence: {
    "aws:tokenissuetime": "always",
    "aws:multifactorauthpresent": "always",
    "aws:multifactorauthage": "never",
  },
};
const sessionWithMfa: Part = {
  presence: {
    "aws:tokenissuetime": "always",
    "aws:multifactorauthpresent": "always",
    "aws:multifactorauthage": "always",
  },
  choices: { "aws:multifactorauthpresent": ["true"] },
};
/** Only a user has long-term keys, and a user's name. */
const ofUser = [longTerm, session, sessionWithMfa].map((part) => credentials(part, "user", "always"));
const ofRole = [session, sessionWithMfa].map((part) => credentials(part, "role", "never"));
const credentialsOf = { user: ofUser, role: ofRole, either: [...ofUser, ...ofRole] };

function credentials({ presence, ...part }: Part, kind: World["kind"], name: Presence): Part {
  return { ...part, presence: { ...presence, "aws:username": name }, kind };
}

const readActions = new Set([
  "dynamodb:GetItem",
  "dynamodb:BatchGetItem",
  "dynamodb:Query",
  "dynamodb:Scan",
  "dynamodb:PartiQLSelect",
]);
/** Only the attributes named are returned, or the whole item whatever is named (DynamoDB guide, fine-grained access). */
const selections: readonly Part[] = [
  {
    choices: { "dynamodb:select": ["SPECIFIC_ATTRIBUTES"] },
    presence: { "dynamodb:select": "always", "dynamodb:attributes": "always" },
  },
  {
    choices: { "dynamodb:select": ["ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "COUNT"] },
    presence: { "dynamodb:select": "always", "dynamodb:attributes": "sometimes" },
    idle: ["dynamodb:attributes"],
  },
];

/** A PartiQL SELECT without an equality on the partition key reads the whole table and carries no keys. */
const partiQl: readonly Part[] = [
  {
    presence: { "dynamodb:leadingkeys": "always", "dynamodb:fulltablescan": "always" },
    choices: { "dynamodb:fulltablescan": ["false"] },
  },
  {
    presence: { "dynamodb:leadingkeys": "never", "dynamodb:fulltablescan": "always" },
    choices: { "dynamodb:fulltablescan": ["true"] },
  },
];

/** The worlds of an action's direct requests, split only where one of these keys makes a difference.
 * @param keys all that the policies speak of, by `keyName`
 * @param kind of the caller */
export function worldsOf(action: string, keys: ReadonlySet<string>, kind: World["kind"]): readonly World[] {
  const speaksOf = (parts: readonly Part[]): boolean =>
    parts.some(({ presence = {}, choices = {} }) =>
      [...Object.keys(presence), ...Object.keys(choices)].some((key) => keys.has(key)),
    );
  const splits = [
    networks,
    credentialsOf[kind],
    ...(readActions.has(action) ? [selections] : []),
    ...(action === "dynamodb:PartiQLSelect" ? [partiQl] : []),
  ].filter(speaksOf);
  return splits.reduce<readonly World[]>(
    (worlds, parts) => worlds.flatMap((world) => parts.map((part) => merged(world, part))),
    [{ presence: {}, choices: {}, idle: [], kind }],
  );
}

/** Whether a request for the action carries the key, in this world. */
export function presenceIn(world: World, action: string, key: string): Presence {
  if (keyInfo(key) === null) return "never";
  const ofAction = presenceOf(action, key);
  // What an action never carries, no world gives it.
  return ofAction === "never" ? "never" : (world.presence[key] ?? ofAction);
}

function merged(world: World, { presence = {}, choices = {}, idle = [], kind = world.kind }: Part): World {
  return {
    kind,
    presence: { ...world.presence, ...presence },
    choices: { ...world.choices, ...choices },
    idle: [...world.idle, ...idle],
  };
}
