/** What a scan has to say: the one model that every format is made from. */
import type { Evaluation, NotRead, Practice } from "../rule.ts";

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
}

/** What came of one rule. */
export interface RuleReport {
  readonly rule: string;
  readonly practice: Practice;
  /** As AWS Config would hold them, defaults included. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly evaluations: readonly Evaluation[];
  /** What got no verdict; nothing of it counts as compliant. */
  readonly notRead: readonly NotRead[];
}

export interface Counts {
  readonly compliant: number;
  readonly violations: number;
  readonly notApplicable: number;
  readonly unread: number;
}

export function countsOf(rules: readonly RuleReport[]): Counts {
  const evaluations = rules.flatMap((rule) => rule.evaluations);
  const of = (complianceType: Evaluation["complianceType"]): number =>
    evaluations.filter((evaluation) => evaluation.complianceType === complianceType).length;
  return {
    compliant: of("COMPLIANT"),
    violations: of("NON_COMPLIANT"),
    notApplicable: of("NOT_APPLICABLE"),
    unread: rules.reduce((sum, { notRead }) => sum + notRead.length, 0),
  };
}
