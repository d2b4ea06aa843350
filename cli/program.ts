/** From the words of a command line to a command's exit status. */
import { Command } from "commander";
import { quoted } from "../lib/parameters.ts";
import packageJson from "../package.json" with { type: "json" };
import type { CliCommand } from "./command.ts";
import { CliError, type ExitStatus, exitStatus } from "./errors.ts";

/** Loaded when called: the catalogue must not load what only a scan needs. */
const commands: Readonly<Record<string, () => Promise<CliCommand>>> = {
  scan: async () => (await import("./scan.ts")).scan,
  rules: async () => (await import("./rules.ts")).rules,
  "check-policy": async () => (await import("./check-policy.ts")).checkPolicy,
  doctor: async () => (await import("./doctor.ts")).doctor,
};

/** @throws CliError, and commander's CommanderError for what it refuses and for the help that it printed */
export async function runProgram(words: readonly string[]): Promise<ExitStatus> {
  const [named] = words;
  const accepted = `use ${Object.keys(commands).join(", ")}, or --help`;
  if (named === undefined) throw new CliError(exitStatus.usage, `no command: ${accepted}`);
  const load = Object.hasOwn(commands, named) ? commands[named] : undefined;
  if (load === undefined && named !== "help" && !named.startsWith("-")) {
    throw new CliError(exitStatus.usage, `${quoted(named)} is no command: ${accepted}`);
  }
  const loaded = await Promise.all((load === undefined ? Object.values(commands) : [load]).map((one) => one()));

  let status: ExitStatus = exitStatus.whole;
  const program = new Command(packageJson.name)
    .description(packageJson.description)
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const { name, summary, options, operands, run } of loaded) {
    const command = program.command(name).description(summary);
    if (operands !== undefined) command.addArgument(operands);
    for (const option of options) command.addOption(option);
    command.option("--debug", "show the stack of an error");
    command.action(async () => {
      status = await run(command.opts(), command.args);
    });
  }
  await program.parseAsync(words, { from: "user" });
  return status;
}
