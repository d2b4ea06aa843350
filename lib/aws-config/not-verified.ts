/** What could not be read for a lasting reason is told to AWS Config as NON_COMPLIANT, in words that set it apart. */
import { annotateBecause, annotateUnread } from "../annotation.ts";
import {
  type Found,
  isNotRead,
  type Reported,
  type ReportedEvaluation,
  type Run,
  type RunMiddleware,
  stage,
} from "./run.ts";

export function notVerified(): RunMiddleware<Found, Reported> {
  return { name: "notVerified", after: stage<Found, Reported>(reported) };
}

async function* reported(found: AsyncIterable<Found>, { invocation, tally }: Run): AsyncGenerator<Reported> {
  for await (const outcome of found) {
    if ("settled" in outcome) {
      tally.closed++;
      yield evaluation(outcome.settled, "NOT_APPLICABLE", annotateBecause(outcome.because));
    } else if (!isNotRead(outcome)) {
      tally.judged[outcome.complianceType]++;
      yield evaluation(outcome.resource, outcome.complianceType, outcome.annotation);
    } else if (outcome.unread.lasting) {
      tally.notVerified++;
      // A listing belongs to no resource: the account itself stands for what nobody could list.
      const resource = outcome.resource ?? ({ type: "AWS::::Account", id: invocation.accountId } as const);
      yield evaluation(resource, "NON_COMPLIANT", annotateUnread(outcome.unread));
    } else {
      yield outcome;
    }
  }
}

function evaluation(
  { type, id }: Pick<ReportedEvaluation, "type" | "id">,
  complianceType: ReportedEvaluation["complianceType"],
  annotation: string,
): ReportedEvaluation {
  return { type, id, complianceType, annotation };
}
