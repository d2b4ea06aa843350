/** Whether a table is meant to be reached through endpoints only: the AWS page asks it of such tables alone. Pure. */
import type { VpceOnlyFacts } from "../account/vpce-only-facts.ts";
import type { Unread } from "../rule.ts";
import { tagPattern } from "../tag-pattern.ts";
import { groupsOf } from "./groups.ts";
import { doorsOf, policyOf, speaksOfEndpoints } from "./table.ts";

export interface IntentDemands {
  readonly judge: "intended" | "all";
  /** `Key=value`, with wildcards in the value; null: no tag tells. */
  readonly vpcOnlyTag: string | null;
}

/** Whether it is; or what would have told, and could not be read. */
export function isIntended(
  facts: VpceOnlyFacts,
  { judge, vpcOnlyTag }: IntentDemands,
): boolean | { readonly unread: Unread } {
  if (judge === "all") return true;
  const { tags, principals, principalsUnread } = facts.surroundings;
  const policies = doorsOf(facts).map(policyOf);
  const groups = groupsOf(principals);
  if ("value" in tags && vpcOnlyTag !== null && isTagged(tags.value.get(facts.tableName) ?? {}, vpcOnlyTag))
    return true;
  if (policies.some((read) => "value" in read && read.value !== null && speaksOfEndpoints(read.value))) return true;
  if (groups.speaksOfEndpoints(facts.tableArn)) return true;
  const unread = [
    ...policies.flatMap((read) => ("unread" in read ? [read.unread] : [])),
    ...("unread" in tags && vpcOnlyTag !== null ? [tags.unread] : []),
    ...(principalsUnread === null ? [] : [principalsUnread]),
    ...groups.unread.map(({ unread: ofGroup }) => ofGroup),
  ];
  return unread[0] === undefined ? false : { unread: unread[0] };
}

function isTagged(tags: Readonly<Record<string, string>>, wanted: string): boolean {
  const { key, matches } = tagPattern(wanted);
  const value = tags[key];
  return value !== undefined && matches(value);
}
