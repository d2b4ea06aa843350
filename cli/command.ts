/** A command of the command line, as a value, and the options that several commands have. */
import { type Argument, InvalidArgumentError, Option } from "commander";
import type { ExitStatus } from "./errors.ts";

export interface CliCommand<O = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
  /** What stands behind the options; nothing may where it is left out. */
  readonly operands?: Argument;
  /** @throws CliError */
  run(options: O, operands: readonly string[]): Promise<ExitStatus>;
}

/** The command itself, its type inferred; registers nothing. */
export function defineCommand<O>(command: CliCommand<O>): CliCommand<O> {
  return command;
}

export function formatOption(): Option {
  return new Option("--format <format>", "how to print").choices(["table", "json"]).default("table");
}

export function regionOption(): Option {
  return new Option("--region <region>", "an AWS region, for example eu-west-1").argParser((given: string) => {
    if (/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(given)) return given;
    throw new InvalidArgumentError("Use the code of an AWS region, for example eu-west-1.");
  });
}
