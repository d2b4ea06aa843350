/** All that a rule has to say, by the one way through. */
import type { Session } from "../lib/account/session.ts";
import { isEvaluation, judge } from "../lib/judge.ts";
import { parseParameters } from "../lib/parameters.ts";
import type { Outcome, Rule, Scope } from "../lib/rule.ts";

export const wholeAccount: Scope = { kind: "account", lastJudged: () => 0 };

/** @param raw parameters as AWS Config would hand them on */
export async function outcomesOf<F, P>(
  rule: Rule<F, P>,
  session: Session,
  raw: object = {},
  scope = wholeAccount,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const parameters = parseParameters(rule.parameters, raw, "parameters");
  for await (const outcome of judge(rule, session, scope, parameters)) outcomes.push(outcome);
  return outcomes;
}

/** Verdicts, or why there is none, by the resource's id. */
export function verdictsOf(outcomes: readonly Outcome[]): Record<string, string> {
  return Object.fromEntries(
    outcomes.map((outcome) => [
      outcome.resource?.id,
      isEvaluation(outcome) ? outcome.complianceType : outcome.unread.message,
    ]),
  );
}
