/** The tag by which a rule's resources are set apart. None by default: whoever may tag a resource could exempt it. */
import { matchesWildcard } from "../iam/wildcard.ts";
import { type Parameter, text } from "../parameters.ts";

/** The rule parameter `exemptResourceTag`.
 * @param judged what the rule judges, as in `Tables`
 * @param one one of them, as in `a table` */
export function exemptTagParameter(judged: string, one: string): Parameter<string | null> {
  return text({
    description: `${judged} that carry this tag are not judged. \`Key=value\`, with the wildcards * and ? in the value. Whoever may tag ${one} can then exempt it.`,
    accepts: "`Key=value`, where the value may hold the wildcards * and ?",
    check: (given) => (/^[^=]+=.+$/.test(given) ? null : "it has no `Key=value` form"),
  });
}

export interface ExemptTag {
  readonly key: string;
  readonly matches: (value: string) => boolean;
  /** What an exempt resource's reading says. */
  readonly because: string;
}

/** The parameter's value, understood. */
export function exemptTag(given: string): ExemptTag {
  const separator = given.indexOf("=");
  const pattern = given.slice(separator + 1);
  return {
    key: given.slice(0, separator),
    matches: (value) => matchesWildcard(pattern, value),
    because: `tag ${given} (exemptResourceTag)`,
  };
}

/** What a resource with these tags is exempt by; null where it is not. */
export function exemptionBy(tag: ExemptTag | null, tags: ReadonlyMap<string, string>): string | null {
  const value = tag === null ? undefined : tags.get(tag.key);
  return tag !== null && value !== undefined && tag.matches(value) ? tag.because : null;
}
