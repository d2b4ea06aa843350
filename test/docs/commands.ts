/** The commands in a document's blocks for a shell, and what becomes of each in a test. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { blocksOf, type Document, root } from "./markdown.ts";

export interface ShellCommand {
  /** As it is written, without its comment. */
  readonly text: string;
  readonly words: readonly string[];
  /** Whether its block says that an AWS account is needed. */
  readonly needsAws: boolean;
}

/** Blocks that begin with ```sh, and with ```sh aws. */
export function commandsIn(document: Document): readonly ShellCommand[] {
  return blocksOf(document).flatMap(({ info, text }) => {
    if (!/^sh\b/.test(info)) return [];
    if (info !== "sh" && info !== "sh aws")
      throw new Error(`${document.path}: use \`sh\` or \`sh aws\`, not \`${info}\``);
    const lines = text.replace(/\\\n\s*/g, "").split("\n");
    const commands = lines.flatMap((line) => line.replace(/(^|\s)#.*$/, "").split(" && "));
    return commands
      .map((command) => command.trim())
      .filter((command) => command !== "")
      .map((command) => ({ text: command, words: wordsOf(command), needsAws: info === "sh aws" }));
  });
}

/** The words of a command as a shell reads it, of what our documents use of one. */
function wordsOf(command: string): readonly string[] {
  const words = command.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  return words.map((word) => (/^(['"]).*\1$/.test(word) ? word.slice(1, -1) : word));
}

export const scripts: Readonly<Record<string, string>> = packageJson.scripts;

/** The words behind `cli/main.ts` that a command comes to, by npm's scripts or by the installed package; null: it is another. */
export function programWords({ words }: ShellCommand): readonly string[] | null {
  const [program, first = "", ...others] = words.filter((word) => word !== "-s");
  if (program === "npx" && first === packageJson.name) return others;
  if (program !== "npm") return null;
  const [name, ...rest] = first === "run" ? others : [first, ...others];
  const [node, main, ...own] = (scripts[name ?? ""] ?? "").split(" ");
  if (node !== "node" || main !== "cli/main.ts") return null;
  // Whoever runs a script of npm is in the repository.
  const inPlace = own.map((word) => (existsSync(join(root, word)) ? join(root, word) : word));
  return [...inPlace, ...rest.filter((word) => word !== "--")];
}

/** Too long for this test, or done by others. */
const left = new Set([
  "npm ci",
  "npm cit",
  "npm run build",
  "npm run check",
  "npm run generate",
  "npm test",
  "npm run test:pure",
  "npm run test:wire",
  "npm run test:artefact",
  "npm run test:oracle",
  "npm run oracle:nightly",
  "npm run bench",
]);

/** What needs an AWS account: the program with its command, and the options that it is given. */
const onAws: Readonly<Record<string, readonly string[]>> = {
  "sam deploy": ["--config-env", "--parameter-overrides"],
  "sam delete": ["--stack-name"],
  "aws sqs receive-message": ["--queue-url", "--max-number-of-messages"],
  "aws sqs purge-queue": ["--queue-url"],
  "aws sqs start-message-move-task": ["--source-arn", "--destination-arn"],
  "aws lambda invoke": ["--cli-read-timeout", "--function-name"],
  "aws configservice start-config-rules-evaluation": ["--config-rule-names"],
  "aws configservice get-compliance-details-by-config-rule": ["--config-rule-name", "--compliance-types", "--query"],
};

export type Fate =
  | { readonly kind: "run"; readonly words: readonly string[] }
  /** Its options are known, and that is all that can be tried here. */
  | { readonly kind: "left" }
  | { readonly kind: "unknown"; readonly why: string };

/** @param recording stands for the account of a command that needs one */
export function fateOf(command: ShellCommand, recording: string): Fate {
  const words = programWords(command);
  if (words !== null) {
    const [name] = words;
    const isScan = name === "scan" && !words.includes("--record") && !words.includes("--region");
    if (!command.needsAws || words.includes("--replay")) return { kind: "run", words };
    return isScan ? { kind: "run", words: [...words, "--replay", recording] } : { kind: "left" };
  }
  const aws = Object.entries(onAws).find(([begin]) => command.text === begin || command.text.startsWith(`${begin} `));
  if (aws !== undefined) {
    if (!command.needsAws) return { kind: "unknown", why: "it needs an AWS account: say `sh aws` behind the fence" };
    const options = command.words.filter((word) => word.startsWith("--"));
    const foreign = options.filter((option) => !aws[1].includes(option));
    return foreign.length === 0 ? { kind: "left" } : { kind: "unknown", why: `${foreign.join(", ")} is not listed` };
  }
  if (left.has(command.words.filter((word) => word !== "-s").join(" "))) return { kind: "left" };
  return { kind: "unknown", why: "test/docs/commands.ts knows no such command" };
}
