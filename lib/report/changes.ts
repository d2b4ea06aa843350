/** The terminal report's last section: what changed since an earlier report. */
import { type Field, fieldLines } from "./blocks.ts";
import { groupBy } from "./group.ts";
import type { Comparison, Violation } from "./report.ts";
import { emphasise, type TextOptions, wrap } from "./text.ts";
import { countOf, resourcesInWords } from "./words.ts";

/** Violations that became the same. */
export interface ChangeGroup {
  readonly label: string;
  readonly count: number;
  /** Which they are, a line a rule; none for what is as it was. */
  readonly rows: readonly string[];
}

export function changesSection(comparison: Comparison, options: TextOptions): readonly string[] {
  const width = options.width - 2;
  const fields = changeGroups(comparison).map(
    ({ label, count, rows }): Field => [
      label,
      (fieldWidth) => [countOf(count, "violation"), ...rows.flatMap((row) => wrap(row, fieldWidth))],
    ],
  );
  return [
    emphasise(`SINCE THE BASELINE OF ${minuteOf(comparison.evaluatedAt)}`, "bold", options),
    "",
    ...[...fieldLines(fields, width), ...cautionsOf(comparison).flatMap((caution) => wrap(caution, width))].map(
      (line) => `  ${line}`,
    ),
  ];
}

/** What became of the violations of both reports; what is new, mended and unchanged always, the others where there are any. */
export function changeGroups(comparison: Comparison): readonly ChangeGroup[] {
  const { unchanged, mended, changed, exempted, notVerified } = comparison;
  const others = [
    named("Other reason now", changed),
    named("Exempted now", exempted),
    named("Not verified this time", notVerified),
  ];
  return [
    named("New", comparison.new),
    named("Mended", mended),
    { label: "Unchanged", count: unchanged.length, rows: [] },
    ...others.filter(({ count }) => count > 0),
  ];
}

/** Why what is new or mended may be so in the reports alone. */
export function cautionsOf({ addedRules, rulesWithOtherParameters }: Comparison): readonly string[] {
  return [
    ...(addedRules.length === 0 ? [] : [`The baseline did not ask ${addedRules.join(", ")}: all of it counts as new`]),
    ...(rulesWithOtherParameters.length === 0
      ? []
      : [`Other parameters than in the baseline: ${rulesWithOtherParameters.join(", ")}`]),
  ];
}

/** `2026-01-01 00:00 UTC`. */
export function minuteOf(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function named(label: string, violations: readonly Violation[]): ChangeGroup {
  const rows = groupBy(violations, ({ rule }) => rule).map(
    (group) => `${group[0].rule}: ${resourcesInWords(group.map(({ resource }) => resource))}`,
  );
  return { label, count: violations.length, rows };
}
