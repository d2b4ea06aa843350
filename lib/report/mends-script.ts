/** Mends as a shell script to be read before it is run: it defines functions, and runs the one that it is told to. Pure. */
import { reasonInWords } from "../annotation.ts";
import { printable } from "../parameters.ts";
import type { Evaluation } from "../rule.ts";
import { type Field, fieldLines, textField } from "./blocks.ts";
import { type Act, isReady, placeholdersIn, type ScriptedMend, scriptedMends } from "./mends.ts";
import type { Report } from "./report.ts";
import { shellWord } from "./shell.ts";
import { wrap, wrapCommand } from "./text.ts";
import { countOf, resourcesInWords } from "./words.ts";

export const scriptName = "mends.sh";
const width = 116;
/** A policy may be at fault in as many ways as it has holders. */
const violationsShown = 5;

/** The script and its policy files: texts by paths in one folder, the parts of a path separated by `/`. */
export function mendFiles(report: Report): ReadonlyMap<string, string> {
  const mends = scriptedMends(report);
  const policies = mends.flatMap(({ acts }) => acts.flatMap((act) => ("path" in act ? [act] : [])));
  return new Map([
    [scriptName, `${scriptLines(report, mends).join("\n")}\n`],
    ...policies.map(({ path, content }) => [path, content] as const),
  ]);
}

function scriptLines(report: Report, mends: readonly ScriptedMend[]): readonly string[] {
  const { accountId, region, evaluatedAt } = report;
  return [
    "#!/usr/bin/env bash",
    ...comment(`Mends for account ${accountId} in ${region}, as it was found on ${evaluatedAt.toISOString()}.`),
    ...comment(
      `Without an argument it lists its functions; ${scriptName} FUNCTION runs one, with the credentials of the AWS command line. Read the function and its policy files first; scan again after it.`,
    ),
    ...comment(
      "A function that leaves something to you says so and returns 1. Settle it, in the commands or the policy file, and delete its line to_settle; where commands stand above it that have run, delete them too.",
    ),
    "set -euo pipefail",
    // With a CDPATH of the caller's, `cd` could lead to another folder of that name.
    'CDPATH=\'\' cd -- "$(dirname -- "${BASH_SOURCE[0]}")"',
    "",
    ...helpers,
    ...mends.flatMap(functionLines),
    "list() {",
    "  printf '%s\\n' \\",
    ...listed(mends).map((line, at, { length }) => `    ${shellWord(line)}${at < length - 1 ? " \\" : ""}`),
    "}",
    "",
    'case "$*" in',
    "  '') list ;;",
    ...mends.map(({ name }) => `  ${name}) ${name} ;;`),
    "  *)",
    `    printf '%s\\n' ${shellWord(`give one function of ${scriptName}; without an argument it lists them`)} >&2`,
    "    exit 2",
    "    ;;",
    "esac",
  ];
}

const helpers: readonly string[] = [
  "unsettled=0",
  "",
  ...comment("Something that a person must settle."),
  "to_settle() {",
  "  printf '%s\\n' \"$1\" >&2",
  "  unsettled=1",
  "}",
  "",
  ...comment("A name that a person must replace in a policy file."),
  "to_replace() {",
  '  if grep -qw -e "$1" "$2"; then to_settle "Replace $1 in $2, unless it is a name of yours."; fi',
  "}",
  "",
  "settled() {",
  '  [ "$unsettled" -eq 0 ]',
  "}",
  "",
];

function functionLines(mend: ScriptedMend): readonly string[] {
  const { name, severity, violations, summary, mayBreak, open, acts } = mend;
  const fields: readonly Field[] = [
    ...violations.slice(0, violationsShown).map((violation) => textField("Found", foundInWords(violation))),
    ...(violations.length > violationsShown
      ? [textField("Found", `the same for ${countOf(violations.length - violationsShown, "more violation")}`)]
      : []),
    textField("Mend", summary),
    ...mayBreak.map((words) => textField("May break", words)),
    ...open.map((words) => textField("To settle", words)),
  ];
  return [
    ...comment(severity),
    ...fieldLines(fields, width).map((line) => `# ${line}`.trimEnd()),
    `${name}() {`,
    ...open.map(toSettle),
    ...actLines(acts, open.length > 0),
    "}",
    "",
  ];
}

/** Whatever is open before a command is told at once, and keeps that command from running. */
function actLines(acts: readonly Act[], isOpen: boolean): readonly string[] {
  const lines: string[] = [];
  let mustAsk = isOpen;
  const ask = (): void => {
    if (mustAsk) lines.push("  settled || return 1");
    mustAsk = false;
  };
  // Files need nobody's hand to be written: a name that is open in one keeps the first command from running.
  for (const act of acts) {
    if (!("path" in act)) continue;
    const names = placeholdersIn(act.content);
    lines.push(...names.map((one) => `  to_replace ${shellWord(one)} ${shellWord(act.path)}`));
    mustAsk ||= names.length > 0;
  }
  for (const act of acts) {
    if ("words" in act) {
      lines.push(toSettle(act.words));
      mustAsk = true;
    } else if ("command" in act) {
      ask();
      lines.push(...wrapCommand(act.command, width).map((line) => `  ${line}`));
    }
  }
  ask();
  // A shell's function is never empty.
  return lines.length === 0 ? ["  :"] : lines;
}

function toSettle(words: string): string {
  return `  to_settle ${shellWord(printable(words))}`;
}

function foundInWords({ rule, resource, reasons }: Evaluation): string {
  return `${rule}, ${resourcesInWords([resource])}: ${reasons.map(reasonInWords).join(". ")}`;
}

function listed(mends: readonly ScriptedMend[]): readonly string[] {
  if (mends.length === 0) return ["no violation has a mend"];
  return mends.map((mend) => {
    const { name, severity, summary } = mend;
    return printable(`${name}  ${severity}  ${summary}${isReady(mend) ? "" : "  (leaves something to you)"}`);
  });
}

function comment(text: string): readonly string[] {
  return wrap(text, width).map((line) => `# ${line}`.trimEnd());
}
