/** What a scan's violations are measured by: an earlier report, exemptions, severities, and what fails the scan. */
import { Option } from "commander";
import { quoted } from "../lib/parameters.ts";
import { type Baseline, BaselineError, compareWith, parseBaseline } from "../lib/report/baseline.ts";
import { applyExemptions, ExemptionError, parseExemptions } from "../lib/report/exemptions.ts";
import { allEvaluations, isViolation, type Report, type RuleExemption, severityOf } from "../lib/report/report.ts";
import { leftOutInWords, showFrom } from "../lib/report/severity.ts";
import { countOf } from "../lib/report/words.ts";
import { isAtLeast, type Rule, type Severity, severities } from "../lib/rule.ts";
import { CliError, exitStatus } from "./errors.ts";
import type { ChosenRule } from "./inputs.ts";
import { readInput } from "./output.ts";

export interface MeasureOptions {
  readonly baseline?: string;
  readonly exemptions?: string;
  readonly minSeverity?: Severity;
  readonly failOn?: Severity;
  readonly failOnNonCompliant?: true;
  readonly failOnNew?: true;
}

export interface Measures {
  /** @throws CliError where the baseline is of another account or region than what is scanned */
  mustFit(scanned: Pick<Report, "accountId" | "region">): void;
  /** The report with all that the measures say of it. */
  applyTo(report: Report): Report;
  /** Lines for standard error: what the report alone may not show. */
  notesOn(report: Report): readonly string[];
  /** Whether a violation fails the scan. */
  isFailing(report: Report): boolean;
}

export function measureOptions(): readonly Option[] {
  return [
    new Option("--baseline <file>", "an earlier report in JSON: say what is new, mended and unchanged"),
    new Option("--exemptions <file>", "JSON: a list of { rule, resource, reason, expires } that do not fail the scan"),
    new Option("--min-severity <level>", "show violations of this severity or worse only").choices(severities),
    new Option("--fail-on <level>", "exit with 1 where there is a violation of this severity or worse").choices(
      severities,
    ),
    new Option("--fail-on-non-compliant", "the same as --fail-on LOW").conflicts("failOn"),
    new Option("--fail-on-new", "exit with 1 only for what is new since the baseline"),
  ];
}

/** Every file is read and checked before the account is.
 * @param chosen whose parameters may exempt, too
 * @throws CliError */
export async function readMeasures(
  options: MeasureOptions,
  catalogue: readonly Rule[],
  chosen: readonly ChosenRule[],
): Promise<Measures> {
  if (options.failOnNew && options.baseline === undefined) {
    throw new CliError(exitStatus.usage, "--fail-on-new needs to know what is old: add --baseline FILE");
  }
  const baseline = options.baseline === undefined ? null : await readBaseline(options.baseline);
  const ofFile = options.exemptions === undefined ? null : await readExemptions(options.exemptions, catalogue);
  const ofParameters = chosen.flatMap(({ rule, parameters }) =>
    parameters.exemptions.map((exemption) => ({ ...exemption, rule: rule.name, entry: null })),
  );
  const exemptions = ofFile === null && ofParameters.length === 0 ? null : [...ofParameters, ...(ofFile ?? [])];
  return {
    mustFit({ accountId, region }) {
      if (baseline === null || (baseline.accountId === accountId && baseline.region === region)) return;
      throw new CliError(
        exitStatus.usage,
        `baseline ${options.baseline} is of account ${baseline.accountId} in ${baseline.region}, this scan of account ${accountId} in ${region}: give a report of the same account and region`,
      );
    },
    applyTo(given) {
      const report =
        exemptions === null ? given : { ...given, ...applyExemptions(given.rules, exemptions, given.evaluatedAt) };
      // What is exempted counts as no violation of now.
      const compared = baseline === null ? report : { ...report, comparison: compareWith(baseline, report.rules) };
      return options.minSeverity === undefined ? compared : showFrom(compared, options.minSeverity);
    },
    notesOn: (report) => [...exemptionNotes(report), ...severityNotes(report)],
    isFailing({ rules, comparison }) {
      const limit = options.failOn ?? (options.failOnNonCompliant || options.failOnNew ? "LOW" : null);
      if (limit === null) return false;
      const counting = options.failOnNew
        ? (comparison?.new ?? []).map(({ severity }) => severity)
        : rules.flatMap((rule) => allEvaluations(rule).filter(isViolation).map(severityOf));
      return counting.some((severity) => isAtLeast(severity, limit));
    },
  };
}

async function readBaseline(path: string): Promise<Baseline> {
  const text = await readInput("--baseline", path);
  try {
    return parseBaseline(text, path);
  } catch (error) {
    if (!(error instanceof BaselineError)) throw error;
    throw new CliError(exitStatus.usage, error.message, error);
  }
}

async function readExemptions(path: string, catalogue: readonly Rule[]): Promise<readonly RuleExemption[]> {
  const text = await readInput("--exemptions", path);
  try {
    return parseExemptions(
      text,
      path,
      catalogue.map(({ name }) => name),
    );
  } catch (error) {
    if (!(error instanceof ExemptionError)) throw error;
    throw new CliError(exitStatus.usage, error.faults, error);
  }
}

function exemptionNotes({ exemptions }: Report): readonly string[] {
  if (exemptions === null) return [];
  const named = ({ entry, rule, resource }: RuleExemption): string =>
    `exemption ${entry ?? "by parameter"} (${rule}, ${quoted(resource)})`;
  return [
    ...exemptions.expired.map(
      ({ exemption, violations }) =>
        `${named(exemption)} expired on ${exemption.expires}: ${countOf(violations.length, "violation")} not exempt any more`,
    ),
    ...exemptions.unused.map((exemption) => `${named(exemption)} is unused: no violation matches it; remove it`),
  ];
}

function severityNotes(report: Report): readonly string[] {
  const leftOut = leftOutInWords(report);
  return leftOut === null ? [] : [`violations below ${report.minSeverity} are not shown: ${leftOut}`];
}
