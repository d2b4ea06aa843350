/** What the evidence proves of the use of a key. Pure. */
import type { AccessKey, LastUse, UserKeys } from "../account/static-key-facts.ts";
import type { StaticKeyDemands } from "./demands.ts";

/** The namespaces under which IAM tells the use of DynamoDB. Its streams sign as `dynamodb`; told by a name of their own
 * they count too. */
export const dynamoDbServices: readonly string[] = ["dynamodb", "dynamodbstreams", "dax"];

const minute = 60_000;
const day = 1_440 * minute;
/** IAM tells both, the use of a key and that of a service, in windows of so long (IAM guide, last used information). */
const trackingWindow = 15 * minute;

/** Since when a call counts.
 * @param now milliseconds since 1970 */
export function lookbackStart(now: number, { lookbackDays }: Pick<StaticKeyDemands, "lookbackDays">): Date {
  return new Date(now - lookbackDays * day);
}

/** Whether a key's latest use is by itself the proof that it called DynamoDB. */
export function isProof({ date, service }: LastUse, since: Date): boolean {
  return service !== null && dynamoDbServices.includes(service) && date >= since;
}

export interface ProvenUse extends LastUse {
  readonly by: "credentialReport" | "accessKeyLastUsed";
}

/** The use that proves it; null: none does. */
export function provenUse({ reported, lastUsed }: AccessKey, since: Date): ProvenUse | null {
  const live = told(lastUsed);
  if (live !== null && isProof(live, since)) return { ...live, by: "accessKeyLastUsed" };
  const earlier = told(reported);
  return earlier !== null && isProof(earlier, since) ? { ...earlier, by: "credentialReport" } : null;
}

/** The latest use that is told; null: never used. Undefined where nothing tells. */
export function latestUse({ reported, lastUsed }: AccessKey): LastUse | null | undefined {
  const uses = [lastUsed, reported].flatMap((fact) => (fact !== null && "value" in fact ? [fact.value] : []));
  if (uses.length === 0) return undefined;
  const dated = uses.filter((use) => use !== null);
  return dated.toSorted((one, other) => other.date.getTime() - one.date.getTime())[0] ?? null;
}

/** Whether service last accessed details can still tell something: of an active key that was used, nobody knows for what. */
export function isOpen(keys: readonly AccessKey[], since: Date): boolean {
  return keys.some((key) => key.isActive && provenUse(key, since) === null && mayHaveBeenUsed(key, since));
}

/** Whether the key was used since, as far as is known. */
function mayHaveBeenUsed(key: AccessKey, since: Date): boolean {
  const use = latestUse(key);
  return use === undefined || (use !== null && use.date >= since);
}

/** The latest use of DynamoDB that a user's service last accessed details tell. */
export interface UserUse {
  readonly service: string;
  readonly date: Date;
  readonly region: string | null;
  /** The active keys of which one did it; null: a key, another one or the console, which is not told. */
  readonly by: readonly AccessKey[] | null;
}

/** Null: none, none that counts, or the keys' own use tells enough. */
export function useByService({ keys, serviceUses, hasPassword }: UserKeys, since: Date): UserUse | null {
  if (serviceUses === null || "unread" in serviceUses || !isOpen(keys, since)) return null;
  const uses = serviceUses.value.flatMap(({ service, lastAuthenticated: date, region }): UserUse[] => {
    if (date === null || date < since) return [];
    const at = date.getTime();
    // A key that was last used before, or made after, did not do it.
    const able = keys.filter((key) => wasThere(key, at) && mayHaveBeenUsed(key, new Date(at - trackingWindow)));
    const agreeing = able.filter((key) => Math.abs((latestUse(key)?.date.getTime() ?? 0) - at) <= trackingWindow);
    const suspects = hasPassword === false ? able : agreeing;
    const isTold = suspects.length > 0 && suspects.every((key) => key.isActive && provenUse(key, since) === null);
    return [{ service, date, region, by: isTold ? suspects : null }];
  });
  return uses.find(({ by }) => by !== null) ?? uses[0] ?? null;
}

function wasThere({ createDate }: AccessKey, at: number): boolean {
  return createDate === null || createDate.getTime() <= at + trackingWindow;
}

export function isActive(key: AccessKey): boolean {
  return key.isActive;
}

function told(fact: AccessKey["lastUsed"]): LastUse | null {
  return fact !== null && "value" in fact ? fact.value : null;
}
