/**
 * Whether a direct request could be one that AWS sees: which keys it carries, which come together, what values they have.
 * By reference (docs), read here on its own, so that a search is not asked to vouch for itself.
 */
import { isIP } from "node:net";
import type { Request } from "../../lib/iam/request.ts";
import { keysOf } from "./requests.ts";
import type { PolicySet } from "./simulate.ts";
import { account, isArnOf } from "./vocabulary.ts";

export const now = Date.parse("2026-01-04T14:02:00Z");

export const reads = ["GetItem", "BatchGetItem", "Query", "Scan", "PartiQLSelect"];
const singleWrites = ["PutItem", "UpdateItem", "DeleteItem"];
const writes = [...singleWrites, "BatchWriteItem", "ConditionCheckItem"];
const partiQlWrites = ["PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"];
/** All of the data plane. */
export const dataActions = [...reads, ...writes, ...partiQlWrites, "SearchVectors"];

export type Presence = "always" | "sometimes" | "never";

const always =
  /^aws:(principal(arn|account|type|isawsservice)|userid|(current|epoch)time|requestedregion|resourceaccount|securetransport|useragent|viaawsservice)$/;

/** Whether requests for the action carry the key, in lower case; what two keys say of each other comes on top. */
export function presenceOf(action: string, key: string): Presence {
  if (always.test(key)) return "always";
  if (/^aws:calledvia/.test(key)) return "never";
  if (!key.startsWith("dynamodb:")) return "sometimes";
  const on = (carrying: readonly string[], presence: Presence): Presence =>
    carrying.includes(action) ? presence : "never";
  if (/:(leadingkeys|firstpartitionkeyvalues)$/.test(key)) {
    if (action === "PartiQLSelect") return "sometimes";
    return on([...reads.filter((name) => name !== "Scan"), ...writes, ...partiQlWrites], "always");
  }
  // Whether a read that asks for the whole item names its key's attributes is not said; puts and updates name what they write.
  if (key === "dynamodb:attributes")
    return writes.includes(action) ? "always" : on([...reads, ...partiQlWrites], "sometimes");
  if (key === "dynamodb:select") return on(reads, "always");
  if (key === "dynamodb:returnvalues") {
    // The last three are in the service authorization reference alone.
    if (["ConditionCheckItem", "Query", "Scan"].includes(action)) return "sometimes";
    return on([...singleWrites, "PartiQLUpdate", "PartiQLDelete"], "always");
  }
  if (key === "dynamodb:fulltablescan") return on(["PartiQLSelect"], "always");
  if (key === "dynamodb:enclosingoperation") {
    return on(["GetItem", ...singleWrites, "ConditionCheckItem", "PartiQLSelect", ...partiQlWrites], "sometimes");
  }
  if (key === "dynamodb:returnconsumedcapacity") {
    return on(["GetItem", "BatchGetItem", "Query", "Scan", ...writes], "sometimes");
  }
  return "never";
}

/** By key, in lower case; others may have any value. */
const shapes: Readonly<Record<string, (value: string) => boolean>> = {
  "aws:sourcevpce": (value) => /^vpce-[0-9a-f]{8,}$/.test(value),
  "aws:sourcevpc": (value) => /^vpc-[0-9a-f]{8,}$/.test(value),
  "aws:sourceip": (value) => isIP(value) !== 0,
  "aws:vpcsourceip": (value) => isIP(value) !== 0,
  "aws:viaawsservice": (value) => value === "false",
  "aws:securetransport": (value) => /^(true|false)$/.test(value),
  "aws:multifactorauthpresent": (value) => /^(true|false)$/.test(value),
  "aws:multifactorauthage": (value) => Number(value) >= 0,
  "aws:currenttime": (value) => Date.parse(value) >= now,
  "aws:epochtime": (value) => Number(value) * 1000 >= now - 1000,
  "aws:vpceaccount": (value) => /^\d{12}$/.test(value),
  "aws:principalaccount": (value) => value === account,
  "aws:principalarn": (value) => /^arn:aws:iam::123456789012:(user|role)\/./.test(value),
  // The longest session is of 36 hours.
  "aws:tokenissuetime": (value) => Date.parse(value) >= now - 36 * 3_600_000,
  "dynamodb:select": (value) => /^(ALL_ATTRIBUTES|SPECIFIC_ATTRIBUTES|ALL_PROJECTED_ATTRIBUTES|COUNT)$/.test(value),
  "dynamodb:returnvalues": (value) => /^(NONE|(ALL|UPDATED)_(OLD|NEW))$/.test(value),
  "dynamodb:enclosingoperation": (value) => /^(Transact(Get|Write)Items|ExecuteTransaction)$/.test(value),
  "dynamodb:fulltablescan": (value) => /^(true|false)$/.test(value),
};

export function isShaped(key: string, value: string): boolean {
  return shapes[key]?.(value) ?? true;
}

/** Why there is no such request; null: there is. Nothing is asked of keys that no statement on its action names.
 * @param where a witness leaves out what variables would be, where it does not need them */
export function impossibility(
  set: PolicySet,
  { action: written, resource, context }: Request,
  where: "conditions" | "anywhere" = "anywhere",
): string | null {
  const action = written.replace("dynamodb:", "");
  const named = keysOf(set, written, where);
  const value = (key: string): string | undefined => context.get(key)?.[0];
  for (const key of named) {
    const values = context.get(key);
    const presence = presenceOf(action, key);
    if (presence === "always" && values === undefined) return `${key} is always there`;
    if (presence === "never" && values !== undefined) return `${key} is never there`;
  }
  for (const [key, values] of context) {
    const wrong = values.find((text) => !isShaped(key, text));
    if (wrong !== undefined) return `${key} is never ${wrong}`;
    if (values.length === 0) return `${key} without values is absent`;
    if (/:(leadingkeys|firstpartitionkeyvalues)$/.test(key) && values.length > 1 && !/^(Batch|PartiQL)/.test(action)) {
      return `${key} has one value outside batches`;
    }
  }
  const apart = contradiction(action, context, (key) => named.includes(key));
  if (apart !== null) return apart;
  const [, , , region, owner] = resource.split(":");
  if ((value("aws:requestedregion") ?? region) !== region) return "the region is that of the table";
  if ((value("aws:resourceaccount") ?? owner) !== owner) return "the account is that of the table";
  // A region is free text to a search.
  const somewhere = resource.replace(/^arn:aws(-cn|-us-gov)?:dynamodb:[\w.-]+:/, "arn:aws:dynamodb:us-east-1:");
  const isOnItems = isArnOf("table", somewhere) || isArnOf("index", somewhere);
  return isOnItems ? null : `${resource} holds no items`;
}

/** What two keys, both named, say against each other. */
function contradiction(action: string, context: Request["context"], isNamed: (key: string) => boolean): string | null {
  const value = (key: string): string | undefined => context.get(key)?.[0];
  const together = (keys: readonly string[]): readonly boolean[] => keys.filter(isNamed).map((key) => context.has(key));
  const endpoint = together(["aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip", "aws:vpceaccount"]);
  const outside = together(["aws:sourceip"]).concat(endpoint.map((there) => !there));
  if (new Set(outside).size > 1) return "an endpoint's keys come together, and without a public address";
  const session = together(["aws:tokenissuetime", "aws:multifactorauthpresent"]);
  if (new Set(session).size > 1) return "MFA is said of sessions, and of each";
  const withAge = context.has("aws:multifactorauthage");
  if (isNamed("aws:multifactorauthage")) {
    const withMfa = value("aws:multifactorauthpresent") === "true";
    if (isNamed("aws:multifactorauthpresent") && withMfa !== withAge) return "the age of MFA comes with MFA";
    if (isNamed("aws:tokenissuetime") && withAge && session[0] === false) return "the age of MFA is said of sessions";
  }
  const arn = value("aws:principalarn");
  if (arn !== undefined && isNamed("aws:username")) {
    const name = arn.includes(":user/") ? arn.split("/").at(-1) : undefined;
    if (value("aws:username") !== name) return "a user's name is that of its ARN, and nobody else has one";
  }
  if (arn?.includes(":role/") && session[0] === false) return "a role has sessions only";
  if (isNamed("aws:username") && !context.has("aws:username") && session[0] === false)
    return "only a user has long-term keys";
  if (action === "PartiQLSelect" && isNamed("dynamodb:leadingkeys") && isNamed("dynamodb:fulltablescan")) {
    if (context.has("dynamodb:leadingkeys") === (value("dynamodb:fulltablescan") === "true"))
      return "a full scan has no key";
  }
  if (
    value("dynamodb:select") === "SPECIFIC_ATTRIBUTES" &&
    isNamed("dynamodb:attributes") &&
    !context.has("dynamodb:attributes")
  ) {
    return "attributes that are asked for are named";
  }
  return null;
}
