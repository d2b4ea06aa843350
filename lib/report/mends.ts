/** The mends of a report, each once and the most careful first: what a script of them is made from. Pure. */
import { printable } from "../parameters.ts";
import { type Evaluation, type Severity, type Step, severities } from "../rule.ts";
import { groupBy } from "./group.ts";
import { isViolation, type Report, severityOf } from "./report.ts";

/** A step, its policy file under a path that no other mend has. */
export type Act =
  | { readonly command: readonly string[] }
  | { readonly path: string; readonly content: string }
  | { readonly words: string };

/** One mend, and all the violations that it puts right. */
export interface ScriptedMend {
  /** Of the shell function, and of the folder with its policy files. */
  readonly name: string;
  /** The worst of its violations'. */
  readonly severity: Severity;
  readonly violations: readonly [Evaluation, ...Evaluation[]];
  readonly summary: string;
  readonly mayBreak: readonly string[];
  /** What a person must settle before anything runs; the words among the acts come on top of it. */
  readonly open: readonly string[];
  readonly acts: readonly Act[];
}

/** Those of the violations that count and are shown. First come those that leave nothing to a person, the worst severity
 * first among either; among equals in the order of the report. */
export function scriptedMends({ rules }: Pick<Report, "rules">): readonly ScriptedMend[] {
  const offered = rules.flatMap(({ evaluations }) =>
    evaluations
      .filter(isViolation)
      .flatMap((evaluation) => (evaluation.mend === null ? [] : [{ evaluation, mend: evaluation.mend }])),
  );
  const mends = groupBy(offered, ({ mend }) => JSON.stringify(mend.steps)).map((alike): Unnamed => {
    const [first, ...others] = alike;
    const { steps } = first.mend;
    const choices = alike.flatMap(({ mend: { choice } }) => (choice === null ? [] : [choice]));
    return {
      violations: [first.evaluation, ...others.map(({ evaluation }) => evaluation)],
      severity: worst(alike.map(({ evaluation }) => severityOf(evaluation))),
      summary: first.mend.summary,
      mayBreak: distinct(alike.map(({ mend }) => mend.mayBreak)),
      open: distinct([...choices, ...openInCommands(steps)]),
      steps,
    };
  });
  const rank = (mend: Unnamed): number =>
    (leavesNothing(mend) ? severities.length : 0) + severities.indexOf(mend.severity);
  const digits = String(mends.length).length;
  return mends
    .toSorted((one, other) => rank(other) - rank(one))
    .map(({ steps, ...mend }, at) => {
      const name = nameOf(String(at + 1).padStart(digits, "0"), mend.violations[0]);
      return { ...mend, name, acts: actsOf(steps, name) };
    });
}

/** Whether it runs as it is, from its first command to its last. */
export function isReady({ open, acts }: Pick<ScriptedMend, "open" | "acts">): boolean {
  return (
    open.length === 0 &&
    acts.every((act) => !("words" in act) && !("path" in act && placeholdersIn(act.content).length > 0))
  );
}

/** Names that a person must replace, as rules write them: `KEY_ARN`, `vpce-ENDPOINT_ID`. A name of the account may look
 * the same: better asked in vain than put into a policy by mistake. */
export function placeholdersIn(text: string): readonly string[] {
  const form = /(?<!\w)(?:[A-Z]+(?:_[A-Z]+)*_(?:ARN|ID|NAME|RANGE|TAG|VALUE)|ID_ENDING_IN_\w+|VAULT)(?!\w)/g;
  return distinct([...text.matchAll(form)].map(([name]) => name));
}

type Unnamed = Omit<ScriptedMend, "name" | "acts"> & { readonly steps: readonly Step[] };

function leavesNothing({ open, steps }: Unnamed): boolean {
  return isReady({ open, acts: actsOf(steps, "") });
}

function openInCommands(steps: readonly Step[]): readonly string[] {
  const words = steps.flatMap((step) => ("command" in step ? step.command : []));
  return [
    ...distinct(words.flatMap(placeholdersIn)).map(
      (name) => `Replace ${name} in the commands, unless it is a name of yours.`,
    ),
    // Shown otherwise, the command would be another one; shown as it is, it could pass for another one.
    ...(words.every((word) => printable(word) === word)
      ? []
      : ["A name in the commands holds characters that cannot be shown: put them for each ? that stands for one."]),
  ];
}

/** Letters, digits and `_` only: a name for every shell, and for every file system. */
function nameOf(number: string, { rule, resource }: Evaluation): string {
  const plain = (text: string): string => text.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_|_$/g, "");
  const parts = ["mend", number, plain(rule.replace(/^dynamodb-/, "")), plain(resource.name.slice(0, 40))];
  return parts.filter((part) => part !== "").join("_");
}

function actsOf(steps: readonly Step[], folder: string): readonly Act[] {
  const taken = new Set<string>();
  // Of two files with one name a command means the one that was written last.
  const pathOf = new Map<string, string>();
  return steps.map((step): Act => {
    if ("words" in step) return step;
    if ("command" in step) return { command: step.command.map((word) => pathOf.get(word) ?? word) };
    const path = `${folder}/${freeName(step.file, taken)}`;
    pathOf.set(`file://${step.file}`, `file://${path}`);
    return { path, content: step.content };
  });
}

const longestName = 200;

function freeName(file: string, taken: Set<string>): string {
  const stem = file
    .replace(/\.json$/, "")
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, longestName);
  // Some file systems do not tell capitals from small letters.
  for (let count = 1; ; count++) {
    const name = `${stem || "policy"}${count === 1 ? "" : `-${count}`}.json`;
    if (taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    return name;
  }
}

function worst(some: readonly Severity[]): Severity {
  return severities.findLast((severity) => some.includes(severity)) ?? "LOW";
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
