/** What compliance needs to know of a user's keys, and is not known. Pure. */
import type { AccessKey, RootKeys, UserKeys } from "../account/static-key-facts.ts";
import type { Witness } from "../iam/witness.ts";
import { labelOf } from "../permissions/holding.ts";
import type { Fact, Unread } from "../rule.ts";
import type { StaticKeyDemands } from "./demands.ts";
import { lacksDetails } from "./reach.ts";
import { isActive, latestUse, lookbackStart, useByService } from "./use.ts";
import { useInWords } from "./wording.ts";

const detailsCall = "iam:GetServiceLastAccessedDetails";

/** Null: all is known, and there is no proof. What lasts comes first, since waiting will not mend it.
 * @param reach whether the user's policies reach DynamoDB; null: it does not matter */
export function userUnread(
  facts: UserKeys,
  demands: StaticKeyDemands,
  reach: Fact<Witness | null> | null,
): Unread | null {
  const { user, keys, keysUnread, serviceUses } = facts;
  const active = keys.filter(isActive);
  if (active.length === 0 && keysUnread === null) return null;
  const since = lookbackStart(user.now, demands);
  const all = [
    keysUnread,
    ...active.flatMap((key) => [unreadOf(key.reported), unreadOf(key.lastUsed), untold(key, demands, since)]),
    unreadOf(serviceUses),
    undecidedUse(facts, since),
    unreadOf(reach),
    notListed(facts, reach),
  ].filter((unread) => unread !== null);
  const worst = all.find(({ lasting }) => lasting) ?? all[0];
  return worst === undefined ? null : { ...worst, message: `${labelOf(user)}: ${worst.message}` };
}

/** Null: the root user's keys are known. */
export function rootUnread({ keys }: RootKeys): Unread | null {
  const unread = unreadOf(keys);
  return unread === null ? null : { ...unread, message: `root user: ${unread.message}` };
}

function unreadOf(fact: Fact<unknown> | null): Unread | null {
  return fact !== null && "unread" in fact ? fact.unread : null;
}

/** Where what was named as evidence has answered, and says nothing of the key's use. */
function untold(key: AccessKey, { evidence }: StaticKeyDemands, since: Date): Unread | null {
  const { reported, lastUsed } = key;
  const isAsked = evidence.includes("credentialReport") || evidence.includes("accessKeyLastUsed");
  if (!isAsked || unreadOf(reported) !== null || unreadOf(lastUsed) !== null) return null;
  const which = key.ending === null ? "a key" : `key ${key.ending}`;
  const call = evidence.includes("accessKeyLastUsed") ? "iam:GetAccessKeyLastUsed" : "iam:GetCredentialReport";
  const use = latestUse(key);
  if (use === undefined)
    return { call, message: `tells nothing of ${which}, perhaps younger than the report`, lasting: true };
  if (use === null || use.service !== null || use.date < since) return null;
  return { call, message: `does not tell for which service ${which} was used`, lasting: true };
}

function undecidedUse(facts: UserKeys, since: Date): Unread | null {
  const use = useByService(facts, since);
  if (use === null || use.by !== null) return null;
  const when = useInWords(use.service, use.date, use.region);
  const message = `tells a call of ${when}, not whether by the active key, by another or by the console`;
  return { call: detailsCall, message, lasting: true };
}

/** IAM lists what identity policies allow, some hours late. What is allowed and not listed may have been used. */
function notListed(facts: UserKeys, reach: Fact<Witness | null> | null): Unread | null {
  if (!lacksDetails(facts) || reach === null || "unread" in reach || reach.value === null) return null;
  return { call: detailsCall, message: "does not list dynamodb yet, which the policies allow", lasting: false };
}
