/** `scan`: judges an account by the rules, and reports. */
import { Option } from "commander";
import { printRecording } from "../lib/account/recording.ts";
import { csvReport } from "../lib/report/csv.ts";
import { htmlReport } from "../lib/report/html/html.ts";
import { jsonReport } from "../lib/report/json.ts";
import { markdownReport } from "../lib/report/markdown.ts";
import { ocsfReport } from "../lib/report/ocsf.ts";
import { countsOf, type Report } from "../lib/report/report.ts";
import { sarifReport } from "../lib/report/sarif-report.ts";
import { tableReport } from "../lib/report/table.ts";
import type { TextOptions } from "../lib/report/text.ts";
import { catalogue } from "../lib/rules/index.ts";
import packageJson from "../package.json" with { type: "json" };
import { type OpenedAccount, openLiveAccount, openRecordedAccount, openSampleAccount } from "./account.ts";
import { defineCommand, regionOption } from "./command.ts";
import { type ExitStatus, exitStatus } from "./errors.ts";
import { type ChosenRule, chooseRules } from "./inputs.ts";
import { judgeAll } from "./judge-all.ts";
import { type MeasureOptions, type Measures, measureOptions, readMeasures } from "./measures.ts";
import { mustBeEmptyFolder, writeMends } from "./mends-folder.ts";
import { mustBeWritable, note, readInput, writeOutput } from "./output.ts";
import {
  type ReportOptions,
  type ReportOutput,
  reportOptions,
  reportOutputs,
  type ScanFormat,
  scanFormats,
  writeReports,
} from "./report-outputs.ts";

interface ScanOptions extends MeasureOptions, ReportOptions<ScanFormat> {
  readonly rules?: string;
  readonly parameters?: string;
  readonly mends?: string;
  readonly record?: string;
  readonly replay?: string;
  readonly sample?: true;
  readonly region?: string;
  readonly debug?: true;
}

const textIn: Readonly<Record<ScanFormat, (report: Report, text: TextOptions) => string>> = {
  table: tableReport,
  json: jsonReport,
  csv: csvReport,
  markdown: markdownReport,
  sarif: sarifReport,
  html: htmlReport,
  ocsf: ocsfReport,
};

export const scan = defineCommand<ScanOptions>({
  name: "scan",
  summary: "judge an account's use of DynamoDB, live or from a recording",
  options: [
    new Option("--rules <names>", "only these rules, separated by commas"),
    new Option("--parameters <file>", "JSON: an object from rule names to their parameters"),
    ...reportOptions(scanFormats),
    new Option("--mends <folder>", "write the mends to a new folder: a script to be reviewed, and policy files"),
    new Option("--record <file>", "keep AWS's answers in a file, to be replayed").conflicts("replay"),
    new Option("--replay <file>", "read a recording instead of an account"),
    new Option("--sample", "read the recorded sample account that comes along").conflicts(["replay", "record"]),
    regionOption().conflicts(["replay", "sample"]),
    ...measureOptions(),
  ],

  async run(options) {
    const parametersJson =
      options.parameters === undefined ? undefined : await readInput("--parameters", options.parameters);
    const chosen = chooseRules(catalogue, options.rules, parametersJson);
    const measures = await readMeasures(options, catalogue, chosen);
    const outputs = await reportOutputs(options);
    if (options.record !== undefined) await mustBeWritable("--record", options.record);
    if (options.mends !== undefined) await mustBeEmptyFolder("--mends", options.mends);

    const interruption = newInterruption();
    const account = await openAccount(options, interruption.signal);
    measures.mustFit(account.session);
    // Until here there is nothing to report: a signal just ends the process.
    interruption.listen();
    try {
      const report = await judgeAndReport(chosen, options, { account, outputs, measures });
      const interrupted = interruption.status();
      if (interrupted !== null) return interrupted;
      if (countsOf(report.rules).unread > 0) return exitStatus.unread;
      return measures.isFailing(report) ? exitStatus.violation : exitStatus.whole;
    } finally {
      interruption.close();
    }
  },
});

function openAccount({ sample, replay, region }: ScanOptions, signal: AbortSignal): Promise<OpenedAccount> {
  if (sample) return openSampleAccount(signal);
  return replay === undefined ? openLiveAccount(region, signal) : openRecordedAccount(replay, signal);
}

/** What a scan reads, where its reports go, and by what they are measured. */
interface Scanning {
  readonly account: OpenedAccount;
  readonly outputs: readonly ReportOutput<ScanFormat>[];
  readonly measures: Measures;
}

async function judgeAndReport(
  chosen: readonly ChosenRule[],
  options: ScanOptions,
  { account, outputs, measures }: Scanning,
): Promise<Report> {
  const { session } = account;
  const rules = await judgeAll(chosen, session, {
    stream: process.stderr.isTTY && !process.env["CI"] ? process.stderr : null,
    onRuleFailed: (error) => {
      if (options.debug && error instanceof Error) note(error.stack ?? "");
    },
  });
  const report = measures.applyTo({
    toolVersion: packageJson.version,
    accountId: session.accountId,
    region: session.region,
    evaluatedAt: session.now,
    isRecorded: account.isRecorded,
    rules,
    calls: account.calls(),
    // Since the process began: what whoever called it has waited.
    seconds: performance.now() / 1_000,
    comparison: null,
    exemptions: null,
    minSeverity: null,
  });
  await writeReports(outputs, (format, text) => textIn[format](report, text));
  for (const line of measures.notesOn(report)) note(line);
  if (options.mends !== undefined) await writeMends(options.mends, report);
  if (options.record !== undefined) {
    await writeOutput("recording", options.record, printRecording(account.recording()));
  }
  return report;
}

interface Interruption {
  readonly signal: AbortSignal;
  listen(): void;
  /** Of the signal that came; null where none did. */
  status(): ExitStatus | null;
  close(): void;
}

/** The first Ctrl-C or SIGTERM ends the reading, and the report tells what was not read; a second one ends all. */
function newInterruption(): Interruption {
  const controller = new AbortController();
  let status: ExitStatus | null = null;
  const interrupt = (name: "SIGINT" | "SIGTERM"): void => {
    close();
    status = exitStatus[name];
    note("interrupted: reading stops here, and what was not read counts as unread");
    controller.abort();
  };
  const close = (): void => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  };
  return {
    signal: controller.signal,
    listen() {
      process.on("SIGINT", interrupt);
      process.on("SIGTERM", interrupt);
    },
    status: () => status,
    close,
  };
}
