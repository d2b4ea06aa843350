/** The terminal report: what complies, what does not and how it is mended, and what nobody could read. */
import { notReadBlock, violationBlock } from "./blocks.ts";
import { changesSection } from "./changes.ts";
import { countsTable } from "./counts.ts";
import { exemptedSection, expiredSection } from "./exempted.ts";
import { groupExemptions } from "./exemption-groups.ts";
import { groupNotRead, groupViolations } from "./group.ts";
import { allEvaluations, countsOf, isExempted, isViolation, type Report } from "./report.ts";
import { leftOutInWords } from "./severity.ts";
import { emphasise, ends, type TextOptions, wrap } from "./text.ts";
import { countOf } from "./words.ts";

export function tableReport(report: Report, options: TextOptions): string {
  const violations = groupViolations(report);
  const notRead = groupNotRead(report);
  const lines = [
    ...head(report, options),
    "",
    ...countsTable(report.rules, options),
    ...exemptions(report, options),
    ...notShown(report, options),
    ...(violations.length === 0 ? [] : ["", emphasise("VIOLATIONS, worst first", "bold", options)]),
    ...violations.flatMap((group) => ["", ...violationBlock(group, options)]),
    ...exemptedSection(report.rules, options),
    ...(report.exemptions === null ? [] : expiredSection(report.exemptions, options)),
    ...(notRead.length === 0 ? [] : ["", emphasise("NOT READ  (nothing here counts as compliant)", "bold", options)]),
    ...notRead.flatMap((group) => ["", ...notReadBlock(group, options)]),
    ...(report.comparison === null ? [] : ["", ...changesSection(report.comparison, options)]),
    "",
    ...wrap(whatNext(report), options.width),
  ];
  return `${lines.join("\n")}\n`;
}

function head({ accountId, region, evaluatedAt, isRecorded, rules, calls, seconds }: Report, options: TextOptions) {
  const resources = new Set(
    rules.flatMap((rule) =>
      [...allEvaluations(rule), ...rule.notRead].flatMap(({ resource }) =>
        resource ? [`${resource.type} ${resource.id}`] : [],
      ),
    ),
  );
  const time = isRecorded ? `recorded ${evaluatedAt.toISOString().slice(0, 10)}` : "live";
  return ends(
    `dynamodb-compliance  ${accountId}  ${region}  ${time}`,
    `${countOf(resources.size, "resource")}, ${countOf(calls, "call")}, ${seconds.toFixed(1)} s`,
    options.width,
  );
}

function exemptions({ rules }: Report, { width }: TextOptions): readonly string[] {
  // An exempted violation has a section of its own.
  const others = rules.map((rule) => ({ ...rule, evaluations: rule.evaluations.filter((one) => !isExempted(one)) }));
  return groupExemptions(others).flatMap(({ exemption, resources }) =>
    wrap(`exempt by ${exemption}: ${resources}`, width - 2).map((line) => `  ${line}`),
  );
}

function notShown(report: Report, { width }: TextOptions): readonly string[] {
  const leftOut = leftOutInWords(report);
  if (leftOut === null) return [];
  return wrap(`below ${report.minSeverity} and not shown: ${leftOut}`, width - 2).map((line) => `  ${line}`);
}

function whatNext({ rules, minSeverity }: Report): string {
  const { violations, exempted, unread } = countsOf(rules);
  const all = "as a page: add --format html --output report.html";
  if (unread > 0) return `Next: let the scanner read what NOT READ names, and scan again; ${all}`;
  if (violations > 0 && !rules.some(({ evaluations }) => evaluations.some(isViolation))) {
    return `Nothing of ${minSeverity} or worse to mend; ${all}`;
  }
  if (violations > 0) return `Next: take the mends that fit, worst first, and scan again; ${all}`;
  return exempted > 0 ? `Nothing to mend but what is exempted; ${all}` : `Nothing to mend; ${all}`;
}
