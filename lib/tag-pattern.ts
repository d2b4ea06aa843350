/** A tag as rule parameters name it: `Key=value`, with the wildcards * and ? in the value. */
import { matchesWildcard } from "./iam/wildcard.ts";

export interface TagPattern {
  readonly key: string;
  readonly matches: (value: string) => boolean;
}

/** What such a parameter takes, for its schema. */
export const tagForm = {
  accepts: "`Key=value`, where the value may hold the wildcards * and ?",
  check: (given: string): string | null => (/^[^=]+=.+$/.test(given) ? null : "it has no `Key=value` form"),
} as const;

/** The parameter's value, understood. */
export function tagPattern(given: string): TagPattern {
  const separator = given.indexOf("=");
  const pattern = given.slice(separator + 1);
  return { key: given.slice(0, separator), matches: (value) => matchesWildcard(pattern, value) };
}
