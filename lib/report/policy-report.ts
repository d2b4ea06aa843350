/** What a check of policies in files has to say: the one model that every format is made from. */
import type { Evaluation, NotRead, Outcome, Practice } from "../rule.ts";
import type { RuleReport } from "./report.ts";

export interface PolicyReport {
  readonly toolVersion: string;
  /** Those that judged. */
  readonly rules: readonly { readonly rule: string; readonly practice: Practice }[];
  readonly outcomes: readonly PolicyOutcome[];
  readonly problems: readonly PolicyProblem[];
}

/** What one rule says of one policy. */
export interface PolicyOutcome {
  readonly file: string;
  /** Its logical id or address in the file; null: the file is the policy. */
  readonly policy: string | null;
  readonly rule: string;
  /** Its JSON. */
  readonly document: string;
  /** Of the statement at fault, as far as one alone is; else of the document. */
  readonly place: FilePlace;
  readonly outcome: Outcome;
}

/** Both from 1, the column in UTF-16 units. */
export interface FilePlace {
  readonly line: number;
  readonly column: number;
}

/** Why a policy may have been missed in a file. */
export interface PolicyProblem {
  readonly file: string;
  readonly message: string;
}

/** The outcomes by rule, each policy named with its file. Of a problem no rule knows what it did not get to judge. */
export function rulesOfPolicies({ rules, outcomes, problems }: PolicyReport): readonly RuleReport[] {
  const missed = problems.map(({ message }): NotRead => {
    return { resource: null, unread: { call: null, message, lasting: true } };
  });
  return rules.map(({ rule, practice }) => {
    const named = outcomes.filter((one) => one.rule === rule).map(withFile);
    const isEvaluation = (outcome: Outcome): outcome is Evaluation => "complianceType" in outcome;
    return {
      rule,
      practice,
      parameters: {},
      evaluations: named.filter(isEvaluation),
      leftOut: [],
      notRead: [...missed, ...named.filter((outcome): outcome is NotRead => !isEvaluation(outcome))],
    };
  });
}

function withFile({ file, policy, outcome }: PolicyOutcome): Outcome {
  if (outcome.resource === null || policy === null) return outcome;
  return { ...outcome, resource: { ...outcome.resource, name: `${file} ${policy}` } };
}
