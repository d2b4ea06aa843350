/** Every chosen rule over one session, so that a read which several rules need is made once. */
import type { Session } from "../lib/account/session.ts";
import { isEvaluation, judge, ruleFailed } from "../lib/judge.ts";
import { printParameters } from "../lib/parameters.ts";
import type { RuleReport } from "../lib/report/report.ts";
import { countOf, nounOf } from "../lib/report/words.ts";
import type { Evaluation, NotRead } from "../lib/rule.ts";
import type { ChosenRule } from "./inputs.ts";
import { showProgress } from "./progress.ts";

export interface Watcher {
  /** Where progress is shown; null: nowhere. */
  readonly stream: Parameters<typeof showProgress>[0] | null;
  /** Called with what a rule threw that was no failed read. */
  readonly onRuleFailed: (error: unknown) => void;
}

export async function judgeAll(
  chosen: readonly ChosenRule[],
  session: Session,
  { stream, onRuleFailed }: Watcher,
): Promise<readonly RuleReport[]> {
  const reports: RuleReport[] = [];
  for (const one of chosen) {
    const evaluations: Evaluation[] = [];
    const notRead: NotRead[] = [];
    const stop = stream === null ? () => {} : showProgress(stream, progressOf(one, [evaluations, notRead]));
    try {
      for await (const outcome of judge(one.rule, session, wholeAccount, one.parameters)) {
        if (isEvaluation(outcome)) evaluations.push(outcome);
        else notRead.push(outcome);
      }
    } catch (error) {
      // The other rules go on; what this one had not yet judged is told as unread.
      onRuleFailed(error);
      notRead.push({ resource: null, unread: ruleFailed(error) });
    } finally {
      stop();
    }
    const { rule, parameters } = one;
    reports.push({
      rule: rule.name,
      practice: rule.practice,
      parameters: printParameters(rule.parameters, parameters),
      evaluations,
      leftOut: [],
      notRead,
    });
  }
  return reports;
}

const wholeAccount = { kind: "account", lastJudged: () => 0 } as const;

function progressOf({ rule }: ChosenRule, outcomes: readonly (readonly unknown[])[]): () => string {
  const [type, ...others] = rule.judges;
  const noun = others.length === 0 ? nounOf(type) : "resource";
  const startedAt = performance.now();
  return () => {
    const judged = outcomes.reduce((sum, { length }) => sum + length, 0);
    const seconds = Math.floor((performance.now() - startedAt) / 1_000);
    return `${rule.name}  ${countOf(judged, noun)}  ${seconds} s`;
  };
}
