/** Severities as a limit: what is shown, and what fails a scan. */
import { isAtLeast, type Severity, severities } from "../rule.ts";
import { isViolation, type Report, severityOf } from "./report.ts";

/** The report with the violations below the limit set aside: still counted, and no more shown. Whatever else it says
 * stays, what could not be read above all. */
export function showFrom(report: Report, minSeverity: Severity): Report {
  const rules = report.rules.map((rule) => {
    const byIsLow = Map.groupBy(
      rule.evaluations,
      (evaluation) => isViolation(evaluation) && !isAtLeast(severityOf(evaluation), minSeverity),
    );
    return {
      ...rule,
      evaluations: byIsLow.get(false) ?? [],
      leftOut: [...rule.leftOut, ...(byIsLow.get(true) ?? [])],
    };
  });
  return { ...report, rules, minSeverity };
}

/** How many violations of each severity below the limit are not shown, the worst first; null where all are shown. */
export function countsLeftOut({ rules, minSeverity }: Report): ReadonlyMap<Severity, number> | null {
  if (minSeverity === null) return null;
  const all = rules.flatMap(({ leftOut }) => leftOut.map(severityOf));
  const below = severities.filter((severity) => !isAtLeast(severity, minSeverity)).toReversed();
  return new Map(below.map((severity) => [severity, all.filter((one) => one === severity).length]));
}

/** `3 MEDIUM, 12 LOW`; null where nothing is left out. */
export function leftOutInWords(report: Report): string | null {
  const counts = [...(countsLeftOut(report) ?? [])].filter(([, count]) => count > 0);
  if (counts.length === 0) return null;
  return counts.map(([severity, count]) => `${count.toLocaleString("en-US")} ${severity}`).join(", ");
}
