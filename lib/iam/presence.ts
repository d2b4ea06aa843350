/**
 * When a request to DynamoDB carries which condition key: the service authorization reference names the actions of a key,
 * the DynamoDB guide (fine-grained access control, PartiQL) and the IAM user guide (global condition keys) tell the rest.
 */
import { keyInfo } from "./keys.ts";

export type Presence = "always" | "sometimes" | "never";

const reads = ["GetItem", "BatchGetItem", "Query"];
const writes = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem"];
const partiQlWrites = ["PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"];

interface Row {
  readonly always?: readonly string[];
  readonly sometimes?: readonly string[];
}

/** Keys of DynamoDB itself, by action; on any other action they are never there. */
const ofService: Readonly<Record<string, Row>> = {
  // The guide: every keyed request names its partition keys; a Scan has none. SearchVectors carries no key at all.
  "dynamodb:leadingkeys": { always: [...reads, ...writes, ...partiQlWrites], sometimes: ["PartiQLSelect"] },
  // Further attributes of an index's multi-attribute partition key.
  "dynamodb:secondpartitionkeyvalues": { sometimes: ["Query", "PartiQLSelect"] },
  "dynamodb:thirdpartitionkeyvalues": { sometimes: ["Query", "PartiQLSelect"] },
  "dynamodb:fourthpartitionkeyvalues": { sometimes: ["Query", "PartiQLSelect"] },
  // Names in the request, never in the answer: a key at least in every keyed request.
  "dynamodb:attributes": { always: [...reads, ...writes], sometimes: ["Scan", "PartiQLSelect", ...partiQlWrites] },
  // The guide: it always has a value, ALL_ATTRIBUTES unless something else is asked for.
  "dynamodb:select": { always: [...reads, "Scan", "PartiQLSelect"] },
  "dynamodb:returnvalues": {
    always: ["PutItem", "UpdateItem", "DeleteItem"],
    sometimes: ["PartiQLUpdate", "PartiQLDelete", "ConditionCheckItem", "Query", "Scan"],
  },
  "dynamodb:returnconsumedcapacity": { sometimes: [...reads, ...writes, "Scan"] },
  "dynamodb:enclosingoperation": {
    sometimes: [
      "GetItem",
      "PutItem",
      "UpdateItem",
      "DeleteItem",
      "ConditionCheckItem",
      "PartiQLSelect",
      ...partiQlWrites,
    ],
  },
  "dynamodb:fulltablescan": { always: ["PartiQLSelect"] },
};

/** Global keys that every signed request carries; the others depend on where it comes from, and on who sends it. */
const inEveryRequest = new Set([
  "aws:principalarn",
  "aws:principalaccount",
  "aws:principaltype",
  "aws:principalisawsservice",
  "aws:userid",
  "aws:resourceaccount",
  "aws:requestedregion",
  "aws:securetransport",
  "aws:viaawsservice",
  "aws:currenttime",
]);

/** @param key by `keyName` */
export function presenceOf(action: string, key: string): Presence {
  if (keyInfo(key) === null) return "never";
  if (!key.startsWith("dynamodb:")) return inEveryRequest.has(key) ? "always" : "sometimes";
  const name = action.replace(/^dynamodb:/, "");
  const { always = [], sometimes = [] } = ofService[key] ?? {};
  if (always.includes(name)) return "always";
  return sometimes.includes(name) ? "sometimes" : "never";
}
