/** The JSON report: a contract of `schemaVersion`, whose keys neither come nor go without a new version. */
import { reasonInWords } from "../annotation.ts";
import type { Evaluation, NotRead, Step } from "../rule.ts";
import type {
  JsonBaseline,
  JsonError,
  JsonEvaluation,
  JsonExemption,
  JsonExemptions,
  JsonFormerViolation,
  JsonLeftOut,
  JsonMend,
  JsonReport,
  JsonStep,
  JsonVerdict,
  JsonViolation,
} from "./json-types.ts";
import type { Comparison, Exemptions, FormerViolation, Report, RuleExemption, Violation } from "./report.ts";
import { countsLeftOut } from "./severity.ts";
import { shellCommand } from "./shell.ts";

export const reportSchemaVersion = 1 satisfies JsonReport["schemaVersion"];

export function jsonReport(report: Report): string {
  const { toolVersion, accountId, region, evaluatedAt, rules, comparison, exemptions } = report;
  const rows: JsonReport = {
    schemaVersion: reportSchemaVersion,
    toolVersion,
    accountId,
    region,
    evaluatedAt: evaluatedAt.toISOString(),
    rules: rules.map(({ rule, practice, parameters }) => ({ rule, practice, parameters })),
    evaluations: rules.flatMap(({ evaluations }) => evaluations.map(evaluationRow)),
    errors: rules.flatMap(({ rule, notRead }) => notRead.map((row) => errorRow(rule, row))),
    leftOut: leftOutRow(report),
    exemptions: exemptions === null ? null : exemptionsRow(exemptions),
    baseline: comparison === null ? null : comparisonRow(comparison),
  };
  return inertJson(rows);
}

/** JSON in which what could harm a terminal is escaped: it parses to the value itself.
 * @param indent of the levels within it; with 0 it is one line */
export function inertJson(value: unknown, indent = 2): string {
  return `${withoutHidden(JSON.stringify(value, null, indent))}\n`;
}

/** JSON with every character that cannot be seen, or that turns the direction of text, escaped; lines stay lines. */
export function withoutHidden(json: string): string {
  return json.replace(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

function evaluationRow(evaluation: Evaluation): JsonEvaluation {
  const { rule, accountId, region, resource, fingerprint } = evaluation;
  return {
    rule,
    accountId,
    region,
    resourceType: resource.type,
    resourceId: resource.id,
    resourceName: resource.name,
    resourceArn: resource.arn,
    ...verdictRow(evaluation),
    fingerprint,
  };
}

/** A verdict as JSON, of whatever it is. */
export function verdictRow(evaluation: Evaluation): JsonVerdict {
  const { complianceType, severity, annotation, reasons, witness, mend, exemption } = evaluation;
  return {
    complianceType,
    severity,
    annotation,
    reasons: reasons.map(reasonInWords),
    witness,
    mend: mend === null ? null : mendRow(mend),
    exemption,
  };
}

function mendRow(mend: NonNullable<Evaluation["mend"]>): JsonMend {
  const { summary, steps, mayBreak } = mend;
  const choice = mend.choice;
  return { summary, steps: steps.map(stepRow), mayBreak, ...(choice === null ? {} : { choice }) };
}

function stepRow(step: Step): JsonStep {
  return "command" in step ? { command: shellCommand(step.command) } : step;
}

function errorRow(rule: string, { resource, unread }: NotRead): JsonError {
  const { call, message, lasting } = unread;
  return { rule, resourceType: resource?.type ?? null, resourceId: resource?.id ?? null, call, message, lasting };
}

function comparisonRow(comparison: Comparison): JsonBaseline {
  const { evaluatedAt, toolVersion, addedRules, rulesWithOtherParameters } = comparison;
  return {
    evaluatedAt: evaluatedAt.toISOString(),
    toolVersion,
    new: comparison.new.map(violationRow),
    unchanged: comparison.unchanged.map(violationRow),
    mended: comparison.mended.map(formerRow),
    changed: comparison.changed.map(formerRow),
    exempted: comparison.exempted.map(formerRow),
    notVerified: comparison.notVerified.map(formerRow),
    addedRules,
    rulesWithOtherParameters,
  };
}

function violationRow({ rule, resource, severity, fingerprint }: Violation): JsonViolation {
  const { type, id, name, arn } = resource;
  return { rule, resourceType: type, resourceId: id, resourceName: name, resourceArn: arn, severity, fingerprint };
}

function formerRow(former: FormerViolation): JsonFormerViolation {
  return { ...violationRow(former), because: former.because };
}

function exemptionsRow({ expired, unused }: Exemptions): JsonExemptions {
  return {
    expired: expired.map(({ exemption, violations }) => ({
      ...exemptionRow(exemption),
      violations: violations.map(({ fingerprint }) => fingerprint),
    })),
    unused: unused.map(exemptionRow),
  };
}

function exemptionRow({ rule, resource, reason, expires }: RuleExemption): JsonExemption {
  return { rule, resource, reason, expires };
}

function leftOutRow(report: Report): JsonLeftOut | null {
  const violations = countsLeftOut(report);
  return violations === null ? null : { minSeverity: report.minSeverity, violations: Object.fromEntries(violations) };
}
