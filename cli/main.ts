#!/usr/bin/env node
/** The command line. Results go to standard output, everything else to standard error; exit statuses: errors.ts. */
import { CliError, type ExitStatus, exitStatus, tell } from "./errors.ts";
import { whyTooOld } from "./node-version.ts";
import { runProgram } from "./program.ts";

const words = process.argv.slice(2);

function fail(error: unknown): ExitStatus {
  const { status, text } = tell(error, words.includes("--debug"));
  process.stderr.write(text);
  return status;
}

// A reader that has seen enough (`| head`) is no error; what else befalls standard output is told where it is written.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});
// Node's own status for it would be 1, which here means a violation.
process.on("uncaughtException", (error) => process.exit(fail(error)));
const tooOld = whyTooOld(process.versions.node);
// By force: a connection that an interrupted scan left open would hold the process.
process.exit(tooOld === null ? await runProgram(words).catch(fail) : fail(new CliError(exitStatus.usage, tooOld)));
