/** What a scan's violations are measured by: an earlier report, and what fails the scan. */
import { Option } from "commander";
import { type Baseline, BaselineError, compareWith, parseBaseline } from "../lib/report/baseline.ts";
import { countsOf, type Report } from "../lib/report/report.ts";
import { CliError, exitStatus } from "./errors.ts";
import { readInput } from "./output.ts";

export interface MeasureOptions {
  readonly baseline?: string;
  readonly failOnNonCompliant?: true;
  readonly failOnNew?: true;
}

export interface Measures {
  /** @throws CliError where the baseline is of another account or region than what is scanned */
  mustFit(scanned: Pick<Report, "accountId" | "region">): void;
  /** The report with all that the measures say of it. */
  applyTo(report: Report): Report;
  /** Whether a violation fails the scan. */
  isFailing(report: Report): boolean;
}

export function measureOptions(): readonly Option[] {
  return [
    new Option("--baseline <file>", "an earlier report in JSON: say what is new, mended and unchanged"),
    new Option("--fail-on-non-compliant", "exit with 1 where there is a violation"),
    new Option("--fail-on-new", "exit with 1 for violations only that are new since the baseline"),
  ];
}

/** Every file is read and checked before the account is.
 * @throws CliError */
export async function readMeasures(options: MeasureOptions): Promise<Measures> {
  if (options.failOnNew && options.baseline === undefined) {
    throw new CliError(exitStatus.usage, "--fail-on-new needs to know what is old: add --baseline FILE");
  }
  const baseline = options.baseline === undefined ? null : await readBaseline(options.baseline);
  return {
    mustFit({ accountId, region }) {
      if (baseline === null || (baseline.accountId === accountId && baseline.region === region)) return;
      throw new CliError(
        exitStatus.usage,
        `baseline ${options.baseline} is of account ${baseline.accountId} in ${baseline.region}, this scan of account ${accountId} in ${region}: give a report of the same account and region`,
      );
    },
    applyTo: (report) => ({
      ...report,
      comparison: baseline === null ? null : compareWith(baseline, report.rules),
    }),
    isFailing({ rules, comparison }) {
      if (options.failOnNew) return comparison !== null && comparison.new.length > 0;
      return options.failOnNonCompliant === true && countsOf(rules).violations > 0;
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
