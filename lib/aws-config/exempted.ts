/**
 * AWS Config has no word for a violation that somebody took upon himself: it is told NOT_APPLICABLE, with the reason and
 * the last day. What it cannot show of exemptions is for the run's log: which have ended, and which match nothing.
 */
import { annotateExempted } from "../annotation.ts";
import { covers, exemptionsOf, printExemption } from "../exemptions.ts";
import { type Found, isNotRead, type Run, type RunMiddleware, stage } from "./run.ts";

export function exempted(): RunMiddleware<Found, Found> {
  return { name: "exempted", after: stage<Found, Found>(withExempted) };
}

async function* withExempted(found: AsyncIterable<Found>, run: Run): AsyncGenerator<Found> {
  const { tally, now, invocation } = run;
  const { exemptions } = run.parameters;
  const unused = new Set(exemptions);
  for await (const outcome of found) {
    if ("settled" in outcome) {
      yield outcome;
    } else if (isNotRead(outcome)) {
      // What they may be for was not seen.
      const { resource } = outcome;
      for (const one of exemptions) if (resource === null || covers(one, resource)) unused.delete(one);
      yield outcome;
    } else if (outcome.complianceType !== "NON_COMPLIANT") {
      yield outcome;
    } else {
      const { inForce, ended } = exemptionsOf(outcome.resource, exemptions, now);
      for (const one of inForce) unused.delete(one);
      if (outcome.exemption !== null) {
        tally.exempted++;
        const annotation = annotateExempted(outcome.exemption, outcome.reasons);
        yield { ...outcome, complianceType: "NOT_APPLICABLE", annotation };
      } else {
        for (const one of ended) {
          unused.delete(one);
          const entry = printExemption(one);
          tally.endedExemptions[entry] = (tally.endedExemptions[entry] ?? 0) + 1;
        }
        yield outcome;
      }
    }
  }
  // A change shows one resource: others may match.
  if (invocation.trigger.kind === "schedule") tally.unusedExemptions.push(...[...unused].map(printExemption));
}
