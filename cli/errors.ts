/** What ends a command early, and how it is told: one line each, without a stack. */
import { CommanderError } from "commander";
import { printable } from "../lib/parameters.ts";

/**
 * How a command ends, by contract; where several hold, `usage` before `unread` before `violation`. An interrupted scan
 * ends as a shell expects of a signal, 130 or 143, whatever it has found by then: it is no whole scan.
 */
export const exitStatus = { whole: 0, violation: 1, usage: 2, unread: 3, SIGINT: 130, SIGTERM: 143 } as const;
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** Thrown to end a command with a status; each line says what, where and what to do. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly status: ExitStatus;
  readonly lines: readonly string[];

  constructor(status: ExitStatus, lines: string | readonly string[], cause?: unknown) {
    const list = typeof lines === "string" ? [lines] : lines;
    super(list.join("; "), { cause });
    this.status = status;
    this.lines = list;
  }
}

/** What went wrong with an operation on a file, as the cause behind a dash. */
export function fileError(what: string, error: unknown, todo: string): CliError {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return new CliError(exitStatus.usage, `${what}: ${todo} - ${code}`, error);
}

/** The status and the text for standard error of whatever was thrown.
 * @param isDebugging whether to add the stack */
export function tell(error: unknown, isDebugging: boolean): { readonly status: ExitStatus; readonly text: string } {
  const { status, lines } = explain(error);
  const stack = isDebugging && error instanceof Error ? [...stackOf(error)] : [];
  // A stack has several lines; each is made harmless by itself.
  return { status, text: [...lines, ...stack].map((line) => `${printable(line)}\n`).join("") };
}

function explain(error: unknown): { readonly status: ExitStatus; readonly lines: readonly string[] } {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return { status: exitStatus.whole, lines: [] };
    const line = error.message.replace(/^error: /, "").replace(/\n(?=\(Did you mean)/, " ");
    return { status: exitStatus.usage, lines: [line] };
  }
  const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    status: exitStatus.unread,
    lines: [`internal error, please report it with the stack that --debug shows - ${cause}`],
  };
}

function* stackOf(error: Error): Generator<string> {
  yield* (error.stack ?? "").split("\n");
  if (error.cause instanceof Error) {
    yield "caused by";
    yield* stackOf(error.cause);
  }
}
