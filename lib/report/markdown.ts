/** The report as a comment on a pull request: short, worst first, each finding to be opened, and never too long for GitHub. */
import { unreadInWords } from "../annotation.ts";
import type { Evaluation, Step } from "../rule.ts";
import { notReadBlock, violationBlock } from "./blocks.ts";
import { groupExemptions } from "./exemption-groups.ts";
import { groupNotRead, groupViolations, type NotReadGroup, type ViolationGroup } from "./group.ts";
import { codeBlock, codeSpan, htmlCode } from "./inert-markdown.ts";
import { type PolicyReport, rulesOfPolicies } from "./policy-report.ts";
import { countsOf, type Report, type RuleReport } from "./report.ts";
import { leftOutInWords } from "./severity.ts";
import { countOf, resourcesInWords } from "./words.ts";

/** GitHub refuses a longer comment. It counts characters; bytes are never fewer. */
export const commentLimit = 65_536;
/** Kept for the end and for the lines that say what was left out. */
const reserve = 2_000;
const longestForeign = 240;
/** In lines, for which a document stays in a comment. */
const longestFile = 12;
const exemptionsShown = 10;
const blockText = { width: 100, colour: false } as const;

/** A scan as a comment of at most `commentLimit` bytes. */
export function markdownReport(report: Report): string {
  const { accountId, region, isRecorded, evaluatedAt, rules } = report;
  const time = isRecorded ? `recorded ${evaluatedAt.toISOString().slice(0, 10)}` : "live";
  const leftOut = leftOutInWords(report);
  const less = leftOut === null ? "" : `, without ${leftOut} (--min-severity)`;
  return comment(`Account ${codeSpan(accountId)}, ${codeSpan(region)}, ${time}${less}`, rules);
}

/** Policies in files as a comment of at most `commentLimit` bytes. */
export function markdownOfPolicies(report: PolicyReport): string {
  const files = new Set([...report.outcomes, ...report.problems].map(({ file }) => file));
  return comment(`Policies in ${countOf(files.size, "file")}`, rulesOfPolicies(report));
}

/** @param subject what was judged, as Markdown */
function comment(subject: string, rules: readonly RuleReport[]): string {
  const { compliant, violations, exempted, unread } = countsOf(rules);
  const judged = compliant + violations + exempted;
  const head = [
    "## DynamoDB compliance",
    "",
    `${subject}: **${countOf(violations, "violation")}**${exempted === 0 ? "" : `, ${exempted.toLocaleString("en-US")} exempted,`} and **${unread.toLocaleString("en-US")} unread**; ${compliant.toLocaleString("en-US")} of ${countOf(judged, "verdict")} COMPLIANT.`,
    "",
    ...countsTable(rules),
    ...exemptionLines(rules),
  ];
  const room = commentLimit - reserve - bytesOf(head);
  // Nobody may overlook what was not read because there are many violations: half of the room is its own.
  const notRead = fitting(groupNotRead({ rules }).map(notReadEntry), room / 2);
  const found = fitting(groupViolations({ rules }).map(violationEntry), room - bytesOf(notRead.lines));
  const lines = [
    ...head,
    ...section("Not read: nothing here counts as compliant", notRead),
    ...section("Violations, worst first", found),
  ];
  return `${lines.join("\n")}\n`;
}

function countsTable(rules: readonly RuleReport[]): readonly string[] {
  const rows = rules.map((rule) => {
    const { compliant, violations, notApplicable, unread } = countsOf([rule]);
    const counts = [compliant, violations, notApplicable, unread].map((count) => count.toLocaleString("en-US"));
    return `| ${[codeSpan(rule.rule), ...counts].join(" | ")} |`;
  });
  return ["| rule | compliant | violations | not applicable | unread |", "| --- | --: | --: | --: | --: |", ...rows];
}

function exemptionLines(rules: readonly RuleReport[]): readonly string[] {
  const groups = groupExemptions(rules);
  const left = groups.length - exemptionsShown;
  const lines = groups
    .slice(0, exemptionsShown)
    .map(({ exemption, resources }) => `- exempt by ${codeSpan(cut(exemption))}: ${codeSpan(cut(resources))}`);
  if (left > 0) lines.push(`- and ${countOf(left, "more exemption")}`);
  return lines.length === 0 ? [] : ["", ...lines];
}

/** What can be opened; `short` serves where there is no room for the whole. */
interface Entry {
  readonly whole: readonly string[];
  readonly short: readonly string[];
}

function violationEntry(group: ViolationGroup): Entry {
  const { severity, evaluations } = group;
  const resources = resourcesInWords(evaluations.map(({ resource }) => resource));
  const title = `<b>${severity}</b> ${htmlCode(evaluations[0].rule)} ${htmlCode(cut(resources))}`;
  return entryOf(title, violationBlock({ severity, evaluations: withoutLongFiles(evaluations) }, blockText));
}

/** A policy's document is what makes a finding long; whoever mends takes it from a report that has it whole. */
function withoutLongFiles(evaluations: ViolationGroup["evaluations"]): ViolationGroup["evaluations"] {
  const shortened = (step: Step): Step => {
    const count = "content" in step ? step.content.trimEnd().split("\n").length : 0;
    if (!("content" in step) || count <= longestFile) return step;
    return { words: `${step.file}: ${countOf(count, "line")}, in the formats table and json` };
  };
  const [first, ...others] = evaluations.map((evaluation): Evaluation => {
    const { mend } = evaluation;
    return mend === null ? evaluation : { ...evaluation, mend: { ...mend, steps: mend.steps.map(shortened) } };
  });
  return [first ?? evaluations[0], ...others];
}

function notReadEntry(group: NotReadGroup): Entry {
  return entryOf(`<b>NOT READ</b> ${htmlCode(cut(unreadInWords(group.unread)))}`, notReadBlock(group, blockText));
}

function entryOf(title: string, block: readonly string[]): Entry {
  return {
    whole: ["", "<details>", `<summary>${title}</summary>`, "", ...codeBlock(unindented(block)), "", "</details>"],
    short: ["", `<p>${title}: too long to be shown here</p>`],
  };
}

interface Fitting {
  readonly lines: readonly string[];
  readonly left: number;
}

/** The first ones, as many as have room; one that is too long alone is told without its details. */
function fitting(entries: readonly Entry[], room: number): Fitting {
  const lines: string[] = [];
  let free = room;
  for (const [at, { whole, short }] of entries.entries()) {
    const chosen = [whole, short].find((form) => bytesOf(form) <= (form === whole ? Math.min(free, room / 4) : free));
    if (chosen === undefined) return { lines, left: entries.length - at };
    lines.push(...chosen);
    free -= bytesOf(chosen);
  }
  return { lines, left: 0 };
}

function section(title: string, { lines, left }: Fitting): readonly string[] {
  if (lines.length + left === 0) return [];
  const more = `**${left.toLocaleString("en-US")} more of these left out: this comment is as long as it may be.** The other formats have all.`;
  return ["", `### ${title}`, ...lines, ...(left === 0 ? [] : ["", more])];
}

function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}

function unindented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/^ {2}/, ""));
}

function cut(text: string): string {
  return text.length > longestForeign ? `${text.slice(0, longestForeign)}...` : text;
}
