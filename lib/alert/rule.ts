/** What the rules' metadata says about an alert: an event carries the name of a Config rule and an annotation, no more. */
import type { ReasonKind, RuleMetadata, Severity } from "../rule.ts";
import published from "../rules/rules.json" with { type: "json" };

export const rules = published as readonly Pick<RuleMetadata, "name" | "practice" | "description" | "reasons">[];
export type AlertRule = (typeof rules)[number];

/** From the least to the worst. */
export const severities: readonly Severity[] = ["LOW", "MEDIUM", "HIGH", "CRITICAL"];

/** The rule whose name is inside a Config rule's, which prefixes, conformance packs and organizations decorate. */
export function ruleInside(configRuleName: string, among: readonly AlertRule[] = rules): AlertRule | null {
  const inside = among.filter(({ name }) => configRuleName.includes(name));
  return inside.sort((one, other) => other.name.length - one.name.length)[0] ?? null;
}

/** The reason that an annotation speaks of: the one whose code is in it word for word, or nearly. Of several it is the
 * longest code, then the one named first. Null where there is none: a general sentence is better than a wrong one. */
export function reasonIn(rule: AlertRule, annotation: string): ReasonKind | null {
  const said = words(annotation);
  const spokenOf = Object.entries(rule.reasons)
    .map(([code, reason]) => ({ reason, length: words(code).length, at: placeOf(words(code), said) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => other.length - one.length || one.at - other.at);
  return spokenOf[0]?.reason ?? null;
}

/** Words that may stand between those of a code: `key ...7a41 is PendingDeletion`. */
const mostBetween = 3;

function placeOf(code: readonly string[], said: readonly string[]): number {
  return said.findIndex((start, at) => {
    if (start !== code[0]) return false;
    const within = said.slice(at, at + code.length + mostBetween);
    return within.reduce((found, word) => (word === code[found] ? found + 1 : found), 0) === code.length;
  });
}

/** `keyPendingDeletion` and `key PendingDeletion` alike: key, pending, deletion. */
function words(text: string): readonly string[] {
  const apart = text.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return apart.match(/[a-z0-9]+/g) ?? [];
}
