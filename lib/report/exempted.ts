/** The terminal report's sections on exemptions: what does not count, and what counts again. */
import { type Evaluation, severities } from "../rule.ts";
import { fieldLines, textField } from "./blocks.ts";
import { groupBy } from "./group.ts";
import { type Exemptions, isExempted, type RuleReport } from "./report.ts";
import { emphasise, type TextOptions, wrap } from "./text.ts";
import { resourcesInWords } from "./words.ts";

export function exemptedSection(rules: readonly RuleReport[], options: TextOptions): readonly string[] {
  const exempted = rules.flatMap(({ evaluations }) => evaluations.filter(isExempted));
  if (exempted.length === 0) return [];
  return [
    "",
    emphasise("EXEMPTED  (violations all the same; none of them fails the scan)", "bold", options),
    ...groupBy(exempted, ({ rule, exemption }) => JSON.stringify([rule, exemption])).flatMap((group) => [
      "",
      ...block(
        group,
        [
          ["Reason", group[0].exemption ?? ""],
          ["Severity", severitiesOf(group)],
        ],
        options,
      ),
    ]),
  ];
}

export function expiredSection({ expired }: Exemptions, options: TextOptions): readonly string[] {
  if (expired.length === 0) return [];
  return [
    "",
    emphasise("EXPIRED EXEMPTIONS  (their violations count again)", "bold", options),
    ...expired.flatMap(({ exemption, violations }) => [
      "",
      ...block(
        violations,
        [
          ["Reason", exemption.reason],
          ["Expired", exemption.expires],
        ],
        options,
      ),
    ]),
  ];
}

function block(
  violations: readonly Pick<Evaluation, "rule" | "resource">[],
  fields: readonly (readonly [label: string, text: string])[],
  { width }: TextOptions,
): readonly string[] {
  const rule = violations[0]?.rule ?? "";
  const title = wrap(`${rule}: ${resourcesInWords(violations.map(({ resource }) => resource))}`, width - 2);
  const labelled = fields.map(([label, text]) => textField(label, text));
  return [...title.map((line) => `  ${line}`), ...fieldLines(labelled, width - 4).map((line) => `    ${line}`)];
}

/** Each once, worst first. */
function severitiesOf(evaluations: readonly Evaluation[]): string {
  return severities
    .toReversed()
    .filter((severity) => evaluations.some((evaluation) => evaluation.severity === severity))
    .join(", ");
}
