/** The script of `scan --mends` in the hands of whoever reviews it: reads its functions, and settles what they leave. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface MendFunction {
  readonly name: string;
  /** Whether it asks nobody for anything. */
  readonly isReady: boolean;
  /** What it leaves to a person, in its own words. */
  readonly questions: readonly string[];
  /** Each on one line. */
  readonly commands: readonly string[];
  /** What its commands change. */
  readonly targets: readonly string[];
}

/** The functions of the script in a folder, in its order. */
export function functionsIn(folder: string): readonly MendFunction[] {
  const text = readFileSync(join(folder, "mends.sh"), "utf8");
  return [...text.matchAll(/^(mend_\w+)\(\) \{\n(.*?)^\}$/gms)].map(([, name = "", body = ""]) => {
    const lines = body.replace(/ \\\n */g, " ").split("\n");
    const commands = lines.filter((line) => line.startsWith("  aws ")).map((line) => line.trim());
    return {
      name,
      isReady: !/^ {2}to_(settle|replace) /m.test(body),
      questions: lines.flatMap((line) => /^ {2}to_settle '(.*)'$/.exec(line)?.[1]?.replaceAll("'\\''", "'") ?? []),
      commands,
      targets: commands.flatMap((command) => [...command.matchAll(changed)].map(([, target = ""]) => target)),
    };
  });
}

const changed = /--(?:policy-arn|resource-arn|(?:role|user|group|table)-name|(?:vpc-endpoint|vpc|key)-id) (\S+)/g;

/** Does what a function asks for: puts what was chosen for its placeholders, in its commands and its policy files, and
 * deletes its lines that ask. Those that look for a placeholder in a file stay, and find one that was forgotten. */
export function settle(folder: string, name: string, chosen: Readonly<Record<string, string>>): void {
  const replaced = (text: string): string =>
    Object.entries(chosen).reduce((known, [placeholder, by]) => known.replaceAll(placeholder, by), text);
  const script = join(folder, "mends.sh");
  const text = readFileSync(script, "utf8");
  const begin = text.indexOf(`\n${name}() {\n`);
  const end = text.indexOf("\n}\n", begin);
  const body = text.slice(begin, end);
  for (const [, path = ""] of body.matchAll(/file:\/\/([\w./-]+)/g)) {
    const file = join(folder, path);
    writeFileSync(file, replaced(readFileSync(file, "utf8")));
  }
  const settled = body
    .split("\n")
    .filter((line) => !line.startsWith("  to_settle "))
    .map((line) => (line.startsWith("  to_replace ") ? line : replaced(line)));
  writeFileSync(script, text.slice(0, begin) + settled.join("\n") + text.slice(end));
}
