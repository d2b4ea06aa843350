/** The tag by which a rule's resources are set apart. None by default: whoever may tag a resource could exempt it. */
import { type Parameter, text } from "../parameters.ts";
import { type TagPattern, tagForm, tagPattern } from "../tag-pattern.ts";

/** The rule parameter `exemptResourceTag`.
 * @param judged what the rule judges, as in `Tables`
 * @param one one of them, as in `a table` */
export function exemptTagParameter(judged: string, one: string): Parameter<string | null> {
  return text({
    description: `${judged} that carry this tag are not judged. \`Key=value\`, with the wildcards * and ? in the value. Whoever may tag ${one} can then exempt it.`,
    ...tagForm,
  });
}

export interface ExemptTag extends TagPattern {
  /** What an exempt resource's reading says. */
  readonly because: string;
}

/** The parameter's value, understood. */
export function exemptTag(given: string): ExemptTag {
  return { ...tagPattern(given), because: `tag ${given} (exemptResourceTag)` };
}

/** What a resource with these tags is exempt by; null where it is not. */
export function exemptionBy(tag: ExemptTag | null, tags: ReadonlyMap<string, string>): string | null {
  const value = tag === null ? undefined : tags.get(tag.key);
  return tag !== null && value !== undefined && tag.matches(value) ? tag.because : null;
}
