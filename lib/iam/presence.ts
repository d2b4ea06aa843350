/**
 * When a request carries a condition key, action by action: AWS lists which keys an action knows, never when they are
 * there. Our reading, each row with its source; what AWS leaves open is `sometimes`, which rules out nothing. Of a direct
 * request by a user, role or session. A test fails when AWS adds a key that is not here.
 */
import { actionNamed, actions } from "./actions.ts";
import { globalRows } from "./global-presence.ts";

export type Presence = "always" | "sometimes" | "never";

export interface PresenceRow {
  /** In AWS's spelling; one that ends with `/` or `:` stands for all that begin so. */
  readonly key: string;
  /** Of actions without their service; never on all others. */
  readonly always: readonly string[];
  readonly sometimes: readonly string[];
  readonly source: string;
}

const reference = "service authorization reference, DynamoDB";
const guide = "DynamoDB guide, specifying conditions";

const everyAction = actions.map(({ name }) => name.replace("dynamodb:", ""));
/** Tables and indexes have the tags; the guide says that streams and backups have none, the reference lists streams. */
const taggable = actions
  .filter(({ resourceTypes }) => resourceTypes.some(({ name }) => name === "table" || name === "index"))
  .map(({ name }) => name.replace("dynamodb:", ""));

const keyed = [
  "GetItem",
  "BatchGetItem",
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "ConditionCheckItem",
  "Query",
  "PartiQLInsert",
  "PartiQLUpdate",
  "PartiQLDelete",
];
const partiQl = ["PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"];
const singleWrites = ["PutItem", "UpdateItem", "DeleteItem"];

const serviceRows: readonly PresenceRow[] = [
  ...["dynamodb:LeadingKeys", "dynamodb:FirstPartitionKeyValues"].map((key) => ({
    key,
    always: keyed,
    // A SELECT without an equality on the partition key reads the whole table.
    sometimes: ["PartiQLSelect"],
    source: `${guide}: every request that names items; a Scan names none. The two keys are the same`,
  })),
  ...["Second", "Third", "Fourth"].map((place) => ({
    key: `dynamodb:${place}PartitionKeyValues`,
    always: [],
    sometimes: [...keyed, "PartiQLSelect"],
    source: `${guide}: only where the partition key has so many attributes; ${reference} gives it to no action`,
  })),
  {
    key: "dynamodb:Attributes",
    // On reads it says what is returned only beside Select: worlds.ts.
    always: ["GetItem", "BatchGetItem", "Query", ...singleWrites, "BatchWriteItem", "ConditionCheckItem"],
    sometimes: ["Scan", ...partiQl],
    source: `${guide}: the names in the request, which a key or an item always has`,
  },
  {
    key: "dynamodb:Select",
    always: ["GetItem", "BatchGetItem", "Query", "Scan", "PartiQLSelect"],
    sometimes: [],
    source: `${guide}: has a value whether or not the caller gives one; on reads only`,
  },
  {
    key: "dynamodb:ReturnValues",
    always: [...singleWrites, "PartiQLUpdate", "PartiQLDelete"],
    sometimes: ["ConditionCheckItem", "Query", "Scan"],
    source: `${guide}: NONE where the caller gives none; the last three are in the ${reference} alone`,
  },
  {
    key: "dynamodb:ReturnConsumedCapacity",
    always: [],
    sometimes: ["GetItem", "BatchGetItem", "Query", "Scan", ...singleWrites, "BatchWriteItem", "ConditionCheckItem"],
    source: `${reference}; that NONE is a value where the caller gives none is not said`,
  },
  {
    key: "dynamodb:EnclosingOperation",
    always: [],
    sometimes: ["GetItem", ...singleWrites, "ConditionCheckItem", ...partiQl],
    source: `${guide}: only inside a transaction; of ConditionCheckItem by its example, the ${reference} leaves it out`,
  },
  {
    key: "dynamodb:FullTableScan",
    // Denying true is the guide's own way to forbid full scans: it would be none if the key could be absent.
    always: ["PartiQLSelect"],
    sometimes: [],
    source: "DynamoDB guide, IAM policies with PartiQL; whether a keyed SELECT carries false is not said",
  },
  ...["dynamodb:FisActionId", "dynamodb:FisTargetArns"].map((key) => ({
    key,
    always: [],
    sometimes: ["InjectError"],
    source: reference,
  })),
  {
    key: "dax:EnclosingOperation",
    always: [],
    sometimes: [],
    source: "DynamoDB guide, DAX access control: a cluster calls DynamoDB with its own role",
  },
  {
    key: "aws:ResourceTag/",
    always: [],
    sometimes: taggable,
    source: "DynamoDB guide, attribute-based access control",
  },
  { key: "aws:RequestTag/", always: [], sometimes: ["CreateTable", "TagResource"], source: reference },
  { key: "aws:TagKeys", always: ["TagResource", "UntagResource"], sometimes: ["CreateTable"], source: reference },
];

/** All rows; a key that is in none does not exist on a request to DynamoDB, and is absent from each. */
export const presenceRows: readonly PresenceRow[] = [
  ...serviceRows,
  ...globalRows.flatMap(({ presence, keys, source }) =>
    keys.map((key) => ({
      key,
      always: presence === "always" ? everyAction : [],
      sometimes: presence === "sometimes" ? everyAction : [],
      source,
    })),
  ),
];

type Vector = readonly Presence[];

const vectors = new Map(
  presenceRows.map(({ key, always, sometimes }): [string, Vector] => [
    key.toLowerCase(),
    everyAction.map((name) => (always.includes(name) ? "always" : sometimes.includes(name) ? "sometimes" : "never")),
  ]),
);
const families = [...vectors.keys()].filter((key) => /[/:]$/.test(key));

/** Whether a request for the action carries the key.
 * @param action in AWS's spelling; an action that DynamoDB does not have carries nothing
 * @param key in any letter case */
export function presenceOf(action: string, key: string): Presence {
  const index = actionNamed(action)?.index;
  return (index === undefined ? undefined : vectorOf(key)?.[index]) ?? "never";
}

/** The same vector for all keys that are there and absent together: what a request is split by. */
export function vectorOf(key: string): Vector | null {
  const lower = key.toLowerCase();
  const exact = /[/:]$/.test(lower) ? undefined : vectors.get(lower);
  const family =
    exact === undefined ? families.find((prefix) => lower.startsWith(prefix) && lower !== prefix) : undefined;
  return exact ?? (family === undefined ? null : (vectors.get(family) ?? null));
}
