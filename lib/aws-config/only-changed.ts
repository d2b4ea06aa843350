/** Every entry of PutEvaluations is billed: a scheduled run leaves out what AWS Config already holds word for word. */
import { isNotRead, keyOf, type Reported, type Run, type RunMiddleware, stage } from "./run.ts";

/** @param refreshDays after how many days a result is sent again though nothing changed; 0: always */
export function onlyChanged(refreshDays: number): RunMiddleware<Reported, Reported> {
  return {
    name: "onlyChanged",
    after: stage<Reported, Reported>((reported, run) => changed(reported, run, refreshDays)),
  };
}

const millisecondsADay = 86_400_000;

async function* changed(reported: AsyncIterable<Reported>, run: Run, refreshDays: number): AsyncGenerator<Reported> {
  const { stored, tally, invocation } = run;
  for await (const evaluation of reported) {
    if (stored === null || isNotRead(evaluation)) {
      yield evaluation;
      continue;
    }
    const held = stored.get(keyOf(evaluation));
    // A NOT_APPLICABLE result is dropped by AWS Config anyway: it is only worth its price to end another one.
    const isNews =
      held === undefined
        ? evaluation.complianceType !== "NOT_APPLICABLE"
        : held.complianceType !== evaluation.complianceType || held.annotation !== evaluation.annotation;
    const isOld =
      held !== undefined &&
      invocation.trigger.time.getTime() - held.recordedAt.getTime() >= refreshDays * millisecondsADay;
    if (isNews || isOld) yield evaluation;
    else tally.unchanged++;
  }
}
