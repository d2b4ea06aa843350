/** What a scan has to say: the one model that every format is made from. */
import type { Exemption } from "../exemptions.ts";
import type { Evaluation, NotRead, Practice, Resource, Severity } from "../rule.ts";

export interface Report {
  readonly toolVersion: string;
  readonly accountId: string;
  readonly region: string;
  /** The session's "now": of a replay, the time of its recording. */
  readonly evaluatedAt: Date;
  readonly isRecorded: boolean;
  readonly rules: readonly RuleReport[];
  /** Calls to AWS, repeated reads not counted. */
  readonly calls: number;
  /** What the scan took. */
  readonly seconds: number;
  /** With an earlier report; null where none was given. */
  readonly comparison: Comparison | null;
  /** What exemptions until a day say that the evaluations do not tell; null where none was given. */
  readonly exemptions: Exemptions | null;
  /** Violations below it are not shown; null where all are. */
  readonly minSeverity: Severity | null;
}

/** What came of one rule. */
export interface RuleReport {
  readonly rule: string;
  readonly practice: Practice;
  /** As AWS Config would hold them, defaults included. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly evaluations: readonly Evaluation[];
  /** Violations below the report's `minSeverity`: counted, and not shown. */
  readonly leftOut: readonly Evaluation[];
  /** What got no verdict; nothing of it counts as compliant. */
  readonly notRead: readonly NotRead[];
}

/** A violation as far as two reports tell it apart. */
export interface Violation {
  readonly rule: string;
  readonly resource: Resource;
  readonly severity: Severity;
  readonly fingerprint: string;
}

/** A violation of the earlier report that is none of this one, and what became of it. */
export interface FormerViolation extends Violation {
  readonly because: string;
}

/** What changed since an earlier report. `new` and `unchanged` are the violations of now; all but `new` are those of then. */
export interface Comparison {
  readonly evaluatedAt: Date;
  readonly toolVersion: string;
  readonly new: readonly Violation[];
  readonly unchanged: readonly Violation[];
  /** The resource complies, is out of the rule's reach, or is gone. */
  readonly mended: readonly FormerViolation[];
  /** The resource breaks the rule for another reason, which is among the new ones or the unchanged ones. */
  readonly changed: readonly FormerViolation[];
  readonly exempted: readonly FormerViolation[];
  /** Could not be read or was not asked for: neither mended nor unchanged. */
  readonly notVerified: readonly FormerViolation[];
  /** Rules that the earlier report had not asked: what they find is new to it, and need not be new in the account. */
  readonly addedRules: readonly string[];
  /** Rules whose parameters differ: what is mended may only be asked for no more. */
  readonly rulesWithOtherParameters: readonly string[];
}

/** An exemption from one rule. */
export interface RuleExemption extends Exemption {
  /** Its place in the file, from 1; null: it is of the rule's parameters. */
  readonly entry: number | null;
  readonly rule: string;
}

export interface Exemptions {
  /** Those that ended, with the violations that count again. */
  readonly expired: readonly { readonly exemption: RuleExemption; readonly violations: readonly Violation[] }[];
  /** Those that surely match no violation: their rule was asked, and all that they may be for was read. */
  readonly unused: readonly RuleExemption[];
}

export interface Counts {
  readonly compliant: number;
  readonly violations: number;
  /** Violations that do not count; nothing of them complies. */
  readonly exempted: number;
  readonly notApplicable: number;
  readonly unread: number;
}

/** Whether it counts as a violation: what is exempted is never compliant, and does not count. */
export function isViolation({ complianceType, exemption }: Evaluation): boolean {
  return complianceType === "NON_COMPLIANT" && exemption === null;
}

/** Whether it is a violation that somebody took upon himself. */
export function isExempted({ complianceType, exemption }: Evaluation): boolean {
  return complianceType === "NON_COMPLIANT" && exemption !== null;
}

/** `LOW` where a violation tells none. */
export function severityOf({ severity }: Evaluation): Severity {
  return severity ?? "LOW";
}

export function violationOf(evaluation: Evaluation): Violation {
  const { rule, resource, fingerprint } = evaluation;
  return { rule, resource, severity: severityOf(evaluation), fingerprint };
}

/** Those that are not shown too. */
export function allEvaluations({ evaluations, leftOut }: RuleReport): readonly Evaluation[] {
  return [...evaluations, ...leftOut];
}

export function countsOf(rules: readonly RuleReport[]): Counts {
  const evaluations = rules.flatMap(allEvaluations);
  const of = (complianceType: Evaluation["complianceType"]): number =>
    evaluations.filter((evaluation) => evaluation.complianceType === complianceType).length;
  return {
    compliant: of("COMPLIANT"),
    violations: evaluations.filter(isViolation).length,
    exempted: evaluations.filter(isExempted).length,
    notApplicable: of("NOT_APPLICABLE"),
    unread: rules.reduce((sum, { notRead }) => sum + notRead.length, 0),
  };
}
