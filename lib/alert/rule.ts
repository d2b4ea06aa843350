/** What the rules' metadata says about an alert: an event carries the name of a Config rule and an annotation, no more. */
import { publishedCatalogue } from "../published.ts";
import type { ReasonKind, RuleMetadata } from "../rule.ts";

export const rules: readonly Pick<RuleMetadata, "name" | "practice" | "description" | "reasons">[] = publishedCatalogue;
export type AlertRule = (typeof rules)[number];

/** The rule whose name is inside a Config rule's, which prefixes, conformance packs and organizations decorate. */
export function ruleInside(configRuleName: string, among: readonly AlertRule[] = rules): AlertRule | null {
  const inside = among.filter(({ name }) => configRuleName.includes(name));
  return inside.sort((one, other) => other.name.length - one.name.length)[0] ?? null;
}

/** The reason that an annotation speaks of, by the words that only this reason has. Null where it has none of them, or
 * those of several, which only foreign text in it could bring: a general sentence is better than a wrong one. */
export function reasonIn(rule: AlertRule, annotation: string): ReasonKind | null {
  const [reason, another] = Object.values(rule.reasons).filter(({ says }) => annotation.includes(says));
  return another === undefined ? (reason ?? null) : null;
}
