/** The terminal report's last section: what changed since an earlier report. */
import { type Field, fieldLines } from "./blocks.ts";
import { groupBy } from "./group.ts";
import type { Comparison, Violation } from "./report.ts";
import { emphasise, type TextOptions, wrap } from "./text.ts";
import { countOf, resourcesInWords } from "./words.ts";

export function changesSection(comparison: Comparison, options: TextOptions): readonly string[] {
  const { evaluatedAt, unchanged, changed, exempted, notVerified } = comparison;
  const { addedRules, rulesWithOtherParameters } = comparison;
  const width = options.width - 2;
  const fields = [
    namedField("New", comparison.new),
    namedField("Mended", comparison.mended),
    ["Unchanged", () => [countOf(unchanged.length, "violation")]] satisfies Field,
    ...(changed.length === 0 ? [] : [namedField("Other reason now", changed)]),
    ...(exempted.length === 0 ? [] : [namedField("Exempted now", exempted)]),
    ...(notVerified.length === 0 ? [] : [namedField("Not verified this time", notVerified)]),
  ];
  const cautions = [
    ...(addedRules.length === 0 ? [] : [`The baseline did not ask ${addedRules.join(", ")}: all of it counts as new`]),
    ...(rulesWithOtherParameters.length === 0
      ? []
      : [`Other parameters than in the baseline: ${rulesWithOtherParameters.join(", ")}`]),
  ];
  return [
    emphasise(`SINCE THE BASELINE OF ${evaluatedAt.toISOString().slice(0, 16).replace("T", " ")} UTC`, "bold", options),
    "",
    ...[...fieldLines(fields, width), ...cautions.flatMap((caution) => wrap(caution, width))].map(
      (line) => `  ${line}`,
    ),
  ];
}

function namedField(label: string, violations: readonly Violation[]): Field {
  return [
    label,
    (width) => [
      countOf(violations.length, "violation"),
      ...groupBy(violations, ({ rule }) => rule).flatMap((group) =>
        wrap(`${group[0].rule}: ${resourcesInWords(group.map(({ resource }) => resource))}`, width),
      ),
    ],
  ];
}
