/** In which formats a command reports, and where each report goes. */
import { resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import type { TextOptions } from "../lib/report/text.ts";
import { countOf } from "../lib/report/words.ts";
import { CliError, exitStatus } from "./errors.ts";
import { fileText, mustBeWritable, print, terminalText, writeOutput } from "./output.ts";

/** Those of whatever is judged. */
export const policyFormats = ["table", "json", "csv", "markdown", "html", "sarif"] as const;
export type PolicyFormat = (typeof policyFormats)[number];

/** Of a scan also findings of an account, which policies in files are none of. */
export const scanFormats = [...policyFormats, "ocsf"] as const;
export type ScanFormat = (typeof scanFormats)[number];

export interface ReportOptions<F extends ScanFormat> {
  readonly format: readonly F[];
  readonly output?: readonly string[];
}

export interface ReportOutput<F extends ScanFormat> {
  readonly format: F;
  readonly path: string;
}

/** The path that stands for standard output. */
const standardOutput = "-";

/** `--format` and `--output`, of every command that reports. */
export function reportOptions(formats: readonly ScanFormat[]): readonly Option[] {
  const byDefault: readonly ScanFormat[] = ["table"];
  return [
    new Option("--format <format>", "how to report; may be given several times, with as many --output")
      .choices(formats)
      .default(byDefault, "table")
      .argParser((given: string, earlier: readonly ScanFormat[]) => {
        const format = formats.find((one) => one === given);
        if (format === undefined) throw new InvalidArgumentError(`Allowed choices are ${formats.join(", ")}.`);
        // The default is the same array each time, and is none of what was given.
        return earlier === byDefault ? [format] : [...earlier, format];
      }),
    new Option("--output <file>", "write the report to a file; - is standard output").argParser(
      (given: string, earlier: readonly string[] = []) => [...earlier, given],
    ),
  ];
}

/** Each format with the output of the same place in the command line.
 * @throws CliError where they do not match, or a file surely cannot be written */
export async function reportOutputs<F extends ScanFormat>({
  format,
  output = [],
}: ReportOptions<F>): Promise<readonly ReportOutput<F>[]> {
  const paths = format.length === 1 && output.length === 0 ? [standardOutput] : output;
  if (paths.length !== format.length) {
    throw usage(
      `${countOf(format.length, "format")} and ${countOf(paths.length, "--output")}: give each --format an --output, in the same order; - is standard output`,
    );
  }
  const seen = new Set<string>();
  for (const path of paths) {
    const place = path === standardOutput ? path : resolve(path);
    const own = path === standardOutput ? "standard output takes one report" : "give each report a file of its own";
    if (seen.has(place)) throw usage(`--output ${path} is given twice: ${own}`);
    seen.add(place);
    if (path !== standardOutput) await mustBeWritable("--output", path);
  }
  return format.map((one, at) => ({ format: one, path: paths[at] ?? standardOutput }));
}

/** @param textFor the report in a format @throws CliError where it cannot be written */
export async function writeReports<F extends ScanFormat>(
  outputs: readonly ReportOutput<F>[],
  textFor: (format: F, text: TextOptions) => string,
): Promise<void> {
  for (const { format, path } of outputs) {
    if (path === standardOutput) await print(textFor(format, terminalText()));
    else await writeOutput("report", path, textFor(format, fileText));
  }
}

function usage(message: string): CliError {
  return new CliError(exitStatus.usage, message);
}
