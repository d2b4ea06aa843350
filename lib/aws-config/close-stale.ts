/**
 * What AWS Config still holds and a scheduled run no longer saw: it keeps a result for ever unless told otherwise.
 * Closing needs a whole listing; after a broken one, unseen results are at best unverified.
 */
import { type EvaluationResult, paginateGetComplianceDetailsByConfigRule } from "@aws-sdk/client-config-service";
import { unreadFrom } from "../account/fact.ts";
import type { NotRead, ResourceKey, Unread } from "../rule.ts";
import {
  configOf,
  type Found,
  isNotRead,
  isTestMode,
  keyOf,
  type Run,
  type RunMiddleware,
  type StoredEvaluation,
  stage,
} from "./run.ts";

const call = "config:GetComplianceDetailsByConfigRule";

/** Reads what AWS Config holds before a scheduled run, and settles after it what the run did not see. */
export function closeStale(): RunMiddleware<Found, Found> {
  return {
    name: "closeStale",
    async before({ event: run }) {
      if (run.invocation.trigger.kind !== "schedule" || isTestMode(run.invocation)) return;
      try {
        run.stored = await readStored(run);
      } catch (error) {
        run.storedUnread = unreadFrom(error, call, `rule ${run.invocation.configRuleName}`);
      }
    },
    after: stage<Found, Found>(withStaleClosed),
  };
}

async function* withStaleClosed(found: AsyncIterable<Found>, { stored, storedUnread }: Run): AsyncGenerator<Found> {
  const seen = new Set<string>();
  let brokenOff: Unread | null = null;
  for await (const outcome of found) {
    const resource = "settled" in outcome ? outcome.settled : outcome.resource;
    if (resource !== null) seen.add(keyOf(resource));
    else if (isNotRead(outcome)) brokenOff = outcome.unread;
    yield outcome;
  }
  if (storedUnread !== null) yield { resource: null, unread: storedUnread };
  for (const evaluation of stored?.values() ?? []) {
    if (seen.has(keyOf(evaluation))) continue;
    if (brokenOff === null) yield { settled: evaluation, because: "No longer listed" };
    else if (brokenOff.lasting) yield unverified(evaluation, brokenOff);
  }
}

// Nobody knows whether it is gone: an old COMPLIANT must not stand for what was not looked at.
function unverified({ type, id }: ResourceKey, unread: Unread): NotRead {
  return { resource: { type, id, name: id, arn: null }, unread };
}

async function readStored(run: Run): Promise<ReadonlyMap<string, StoredEvaluation>> {
  const stored = new Map<string, StoredEvaluation>();
  const pages = paginateGetComplianceDetailsByConfigRule(
    { client: configOf(run), pageSize: 100 },
    { ConfigRuleName: run.invocation.configRuleName, ComplianceTypes: ["COMPLIANT", "NON_COMPLIANT"] },
  );
  for await (const { EvaluationResults = [] } of pages) {
    for (const result of EvaluationResults) {
      const evaluation = storedEvaluation(result);
      if (evaluation !== null) stored.set(keyOf(evaluation), evaluation);
    }
  }
  return stored;
}

function storedEvaluation({
  EvaluationResultIdentifier,
  ComplianceType,
  ResultRecordedTime,
  Annotation,
}: EvaluationResult): StoredEvaluation | null {
  const { ResourceType, ResourceId } = EvaluationResultIdentifier?.EvaluationResultQualifier ?? {};
  if (ResourceType === undefined || ResourceId === undefined || ComplianceType === undefined) return null;
  return {
    type: ResourceType as StoredEvaluation["type"],
    id: ResourceId,
    complianceType: ComplianceType,
    annotation: Annotation ?? null,
    recordedAt: ResultRecordedTime ?? new Date(0),
  };
}
