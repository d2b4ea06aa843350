/** Commands as text for a shell: the only place that quotes. */

/** An argument that a POSIX shell reads back as itself. */
export function shellWord(argument: string): string {
  // What is not listed here is quoted, so that no shell's own signs need to be known.
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

/** A command as one line. */
export function shellCommand(command: readonly string[]): string {
  return command.map(shellWord).join(" ");
}
