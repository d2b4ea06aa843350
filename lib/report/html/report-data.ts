/** A report as the page's data. */
import { reasonInWords, unreadInWords } from "../../annotation.ts";
import { simulation } from "../../iam/explain.ts";
import { printable } from "../../parameters.ts";
import { publishedCatalogue } from "../../published.ts";
import type { Evaluation, NotRead, Resource, Severity, Step, WitnessRequest } from "../../rule.ts";
import { severities } from "../../rule.ts";
import { cautionsOf, changeGroups, minuteOf } from "../changes.ts";
import { groupNotRead } from "../group.ts";
import { withoutHidden } from "../json.ts";
import { type PolicyReport, rulesOfPolicies } from "../policy-report.ts";
import {
  type Comparison,
  countsOf,
  type Exemptions,
  isExempted,
  isViolation,
  type Report,
  type RuleReport,
} from "../report.ts";
import { leftOutInWords } from "../severity.ts";
import { shellCommand } from "../shell.ts";
import { countOf, nounOf, resourcesInWords } from "../words.ts";
import { doorsOf } from "./doors.ts";
import type {
  PageComparison,
  PageData,
  PageFinding,
  PageMend,
  PageNotRead,
  PageRequest,
  PageResource,
  PageRule,
  PageStep,
  PageVerdict,
} from "./page-data.ts";

export function dataOfReport(report: Report): PageData {
  const { toolVersion, accountId, region, evaluatedAt, isRecorded, rules, comparison, exemptions } = report;
  const leftOut = leftOutInWords(report);
  return {
    toolVersion,
    subject: printable(`Account ${accountId}, ${region}`),
    time: `${isRecorded ? "recorded" : "judged"} ${minuteOf(evaluatedAt)}`,
    ...whatWasFound(rules, accountId, comparison),
    notes: [
      ...(leftOut === null ? [] : [`Violations below ${report.minSeverity} are counted and not shown: ${leftOut}.`]),
      ...(exemptions === null ? [] : exemptionNotes(exemptions)),
    ].map(printable),
    comparison: comparison === null ? null : dataOfComparison(comparison),
  };
}

export function dataOfPolicies(report: PolicyReport): PageData {
  const files = new Set([...report.outcomes, ...report.problems].map(({ file }) => file));
  return {
    toolVersion: report.toolVersion,
    subject: `Policies in ${countOf(files.size, "file")}`,
    time: "before they are deployed",
    ...whatWasFound(rulesOfPolicies(report), null, null),
    notes: [],
    comparison: null,
  };
}

function whatWasFound(rules: readonly RuleReport[], accountId: string | null, comparison: Comparison | null) {
  const isNew = new Set(comparison?.new.map(({ fingerprint }) => fingerprint));
  const changeOf = ({ fingerprint }: Evaluation): PageFinding["change"] =>
    comparison === null ? null : isNew.has(fingerprint) ? "new" : "unchanged";
  const violations = rules.flatMap(({ evaluations }) => evaluations.filter(isViolation));
  return {
    counts: countsOf(rules),
    practices: practices.map((practice) => {
      const asked = rules.filter((rule) => rule.practice === practice);
      return { practice, counts: asked.length === 0 ? null : countsOf(asked) };
    }),
    rules: rules.map(dataOfRule),
    findings: rules
      .flatMap(({ rule, practice, evaluations, notRead }) => [
        ...evaluations.map((evaluation) => ({ ...dataOfEvaluation(evaluation, changeOf), rule, practice })),
        ...notRead.map((row) => ({ ...dataOfNotRead(row), rule, practice })),
      ])
      .sort((one, other) => rankOf(one) - rankOf(other)),
    notRead: groupNotRead({ rules }).map(dataOfGroup),
    doors: doorsOf(violations, accountId),
  } satisfies Partial<PageData>;
}

const practices = [...new Set(publishedCatalogue.map(({ practice }) => practice))];

/** What could not be read may hide anything: it stands before all that is not CRITICAL. */
const order: readonly (Severity | PageVerdict)[] = [
  "CRITICAL",
  "NOT_READ",
  ...severities.filter((severity) => severity !== "CRITICAL").toReversed(),
  "EXEMPTED",
  "COMPLIANT",
  "NOT_APPLICABLE",
];

function rankOf({ verdict, severity }: PageFinding): number {
  return order.indexOf(verdict === "NON_COMPLIANT" ? (severity ?? "LOW") : verdict);
}

function dataOfRule(report: RuleReport): PageRule {
  const metadata = publishedCatalogue.find(({ name }) => name === report.rule);
  return {
    rule: report.rule,
    practice: report.practice,
    title: metadata?.title ?? report.rule,
    description: metadata?.description ?? "",
    links: metadata?.links ?? [],
    parameters: Object.entries(report.parameters).map(([name, value]) => [name, printable(value)] as const),
    counts: countsOf([report]),
    whys: Object.fromEntries(Object.entries(metadata?.reasons ?? {}).map(([code, { why }]) => [code, why])),
  };
}

type Found = Omit<PageFinding, "rule" | "practice">;

function dataOfEvaluation(evaluation: Evaluation, changeOf: (violation: Evaluation) => PageFinding["change"]): Found {
  const { resource, severity, annotation, reasons, witness, mend, exemption, fingerprint } = evaluation;
  const [first] = reasons;
  return {
    verdict: isExempted(evaluation) ? "EXEMPTED" : evaluation.complianceType,
    severity,
    resource: dataOfResource(resource),
    summary: printable(first === undefined ? annotation : reasonInWords(first)),
    reasons: reasons.map((reason) => ({
      code: reason.code,
      text: printable(reasonInWords(reason)),
      cause: reason.source === null ? null : printable(resourcesInWords([reason.source])),
    })),
    request: witness === null ? null : dataOfRequest(witness, resource),
    mend: mend === null ? null : dataOfMend(mend),
    exemption: exemption === null ? null : printable(exemption),
    change: isViolation(evaluation) ? changeOf(evaluation) : null,
    fingerprint,
  };
}

function dataOfNotRead({ resource, unread }: NotRead): Found {
  return {
    verdict: "NOT_READ",
    severity: null,
    resource: resource === null ? null : dataOfResource(resource),
    summary: printable(unreadInWords(unread)),
    reasons: [],
    request: null,
    mend: null,
    exemption: null,
    change: null,
    fingerprint: null,
  };
}

function dataOfGroup({ unread, rules, resources, brokenOff }: ReturnType<typeof groupNotRead>[number]): PageNotRead {
  return {
    failure: printable(unreadInWords(unread)),
    resources: resources.length === 0 ? null : printable(resourcesInWords(resources)),
    rules: rules.join(", "),
    brokenOff: brokenOff.length === 0 ? null : brokenOff.join(", "),
    mayPass: !unread.lasting,
  };
}

function dataOfResource({ type, id, name, arn }: Resource): PageResource {
  return {
    noun: nounOf(type),
    name: printable(name),
    id: printable(id),
    arn: arn === null ? null : printable(arn),
  };
}

function dataOfRequest(witness: WitnessRequest, { type }: Resource): PageRequest {
  const { principal, action, resource, context, allowedBy } = witness;
  // A policy or a group is nobody yet; at any other resource a request without a principal has no signature.
  const isHeld = type.startsWith("AWS::IAM::");
  return {
    principal: printable(principal ?? (isHeld ? "whoever holds it" : "anyone, without a signature")),
    action,
    resource: printable(resource),
    context: Object.entries(context).map(
      ([key, value]) => [printable(key), value === null ? "absent" : printable([value].flat().join(", "))] as const,
    ),
    allowedBy: allowedBy.map(printable),
    ask: principal === null || !isHeld ? null : shellCommand(simulation(witness, [])),
  };
}

function dataOfMend({ summary, steps, mayBreak, choice }: NonNullable<Evaluation["mend"]>): PageMend {
  return {
    summary: printable(summary),
    steps: steps.map(dataOfStep),
    mayBreak: printable(mayBreak),
    choice: choice === null ? null : printable(choice),
  };
}

function dataOfStep(step: Step): PageStep {
  if ("words" in step) return { words: printable(step.words) };
  if ("file" in step) return { file: printable(step.file), content: withoutHidden(step.content) };
  const command = shellCommand(step.command);
  const shown = printable(command);
  return { command: shown, isExact: shown === command };
}

function exemptionNotes({ expired, unused }: Exemptions): readonly string[] {
  return [
    ...expired.map(({ exemption: { rule, resource, expires, reason }, violations }) => {
      const again = `${countOf(violations.length, "violation")} of it counts again`;
      return `The exemption of ${resource} from ${rule} (${reason}) ended on ${expires}: ${again}.`;
    }),
    ...unused.map(({ rule, resource }) => `The exemption of ${resource} from ${rule} matches no violation: remove it.`),
  ];
}

function dataOfComparison(comparison: Comparison): PageComparison {
  return {
    since: minuteOf(comparison.evaluatedAt),
    groups: changeGroups(comparison).map(({ label, count, rows }) => ({ label, count, rows: rows.map(printable) })),
    cautions: cautionsOf(comparison),
  };
}
