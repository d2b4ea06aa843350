/** Evaluations on their way to AWS Config, in batches, while the scan still runs. */
import { type Evaluation, PutEvaluationsCommand } from "@aws-sdk/client-config-service";
import { pMapIterable } from "p-map";
import { isPassing } from "../account/fact.ts";
import {
  configOf,
  isNotRead,
  isTestMode,
  keyOf,
  type Reported,
  type ReportedEvaluation,
  type Run,
  type RunMiddleware,
} from "./run.ts";

/** PutEvaluations refuses a longer list whole. */
export const batchLimit = 100;
const attempts = 3;
const batchesInFlight = 2;

/** Sends what comes along; what was not read for a passing reason is put aside, and so is what AWS Config refuses. */
export function sendEvaluations(wait = waitAWhile): RunMiddleware<Reported, never> {
  return {
    name: "sendEvaluations",
    async after(request) {
      const run = request.event;
      const stream = request.response as AsyncIterable<Reported>;
      const sent = pMapIterable(batches(stream, run), (batch) => send(run, batch, wait), {
        concurrency: batchesInFlight,
      });
      let calls = 0;
      for await (const _batch of sent) calls++;
      // An empty list tells AWS Config that the run was whole and found nothing to say.
      if (calls === 0) await put(run, []);
      request.response = null;
    },
  };
}

async function* batches(
  stream: AsyncIterable<Reported>,
  { tally }: Run,
): AsyncGenerator<readonly ReportedEvaluation[]> {
  let batch: ReportedEvaluation[] = [];
  let failure: { readonly error: unknown } | null = null;
  const source = stream[Symbol.asyncIterator]();
  while (failure === null) {
    const next = await source.next().catch((error: unknown) => ({ failed: error }));
    if ("failed" in next) failure = { error: next.failed };
    else if (next.done === true) break;
    else if (isNotRead(next.value)) tally.withheld.push(next.value);
    else batch.push(next.value);
    if (batch.length === batchLimit) {
      yield batch;
      batch = [];
    }
  }
  // A run that dies half-way has reported its half.
  if (batch.length > 0) yield batch;
  if (failure !== null) throw failure.error;
}

async function send(
  run: Run,
  batch: readonly ReportedEvaluation[],
  wait: (attempt: number) => Promise<void>,
): Promise<void> {
  let left = batch;
  try {
    for (let attempt = 1; attempt <= attempts && left.length > 0; attempt++) {
      if (attempt > 1) await wait(attempt);
      const failed = await put(run, left);
      for (const evaluation of left) if (!failed.has(keyOf(evaluation))) run.tally.sent[evaluation.complianceType]++;
      left = left.filter((evaluation) => failed.has(keyOf(evaluation)));
    }
    run.tally.refused.push(...left.map(keyOf));
  } catch (error) {
    if (isRefusedAsInvalid(error) && left.length > 1) {
      // One bad evaluation fails its whole batch: halving finds it and lets the others through.
      const middle = Math.ceil(left.length / 2);
      await send(run, left.slice(0, middle), wait);
      await send(run, left.slice(middle), wait);
    } else if (isRefusedAsInvalid(error) || isPassing(error)) {
      run.tally.refused.push(...left.map((evaluation) => `${keyOf(evaluation)} (${(error as Error).name})`));
    } else {
      throw error;
    }
  }
}

/** The keys of the evaluations that AWS Config answered with as failed. */
async function put(run: Run, evaluations: readonly ReportedEvaluation[]): Promise<ReadonlySet<string>> {
  const { invocation } = run;
  const answer = await configOf(run).send(
    new PutEvaluationsCommand({
      ResultToken: invocation.resultToken,
      Evaluations: evaluations.map((evaluation): Evaluation => {
        const { type, id, complianceType, annotation } = evaluation;
        return {
          ComplianceResourceType: type,
          ComplianceResourceId: id,
          ComplianceType: complianceType,
          Annotation: annotation,
          OrderingTimestamp: invocation.trigger.time,
        };
      }),
      ...(isTestMode(invocation) ? { TestMode: true } : {}),
    }),
  );
  const failed = answer.FailedEvaluations ?? [];
  return new Set(
    failed.map(
      ({ ComplianceResourceType, ComplianceResourceId }) => `${ComplianceResourceType} ${ComplianceResourceId}`,
    ),
  );
}

function isRefusedAsInvalid(error: unknown): boolean {
  return error instanceof Error && ["InvalidParameterValueException", "ValidationException"].includes(error.name);
}

// Exponential with full jitter: several functions are refused at the same moment.
function waitAWhile(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * 200 * 2 ** attempt));
}
