/** Reads of what AWS Config holds of rules. A listing that breaks off keeps what it listed, and says why. */
import {
  type ConfigRuleEvaluationStatus,
  ConfigServiceClient,
  DescribeConfigRuleEvaluationStatusCommand,
  type EvaluationResult,
  paginateGetComplianceDetailsByConfigRule,
} from "@aws-sdk/client-config-service";
import pMap from "p-map";
import { read, unreadFrom } from "../account/fact.ts";
import type { Session } from "../account/session.ts";
import type { HeldResult, HeldRule, RuleStatus } from "../alert/held.ts";
import type { Fact, Unread } from "../rule.ts";

const detailsCall = "config:GetComplianceDetailsByConfigRule";
const statusCall = "config:DescribeConfigRuleEvaluationStatus";

/** AWS publishes no rate for these calls: the SDK slows down when it is told to. */
const rulesInFlight = 2;

/** In the order of the names. Throws nothing: what failed is told in the rule. */
export function readHeldRules(session: Session, configRuleNames: readonly string[]): Promise<readonly HeldRule[]> {
  return pMap(configRuleNames, (name) => readHeldRule(session, name), { concurrency: rulesInFlight });
}

async function readHeldRule(session: Session, configRuleName: string): Promise<HeldRule> {
  const client = session.client(ConfigServiceClient);
  const results: HeldResult[] = [];
  let malformed = 0;
  let unread: Unread | null = null;
  try {
    const pages = paginateGetComplianceDetailsByConfigRule(
      { client, pageSize: 100 },
      { ConfigRuleName: configRuleName, ComplianceTypes: ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"] },
    );
    for await (const { EvaluationResults = [] } of pages) {
      for (const result of EvaluationResults) {
        const held = heldResult(result);
        if (held === null) malformed++;
        else results.push(held);
      }
    }
  } catch (error) {
    unread = unreadFrom(error, detailsCall, `rule ${configRuleName}`);
  }
  return { configRuleName, results, malformed, unread, status: await readStatus(client, configRuleName) };
}

function heldResult(result: EvaluationResult): HeldResult | null {
  const { EvaluationResultIdentifier: identifier, ComplianceType: complianceType, ResultRecordedTime } = result;
  const { ResourceType: resourceType, ResourceId: resourceId } = identifier?.EvaluationResultQualifier ?? {};
  if (resourceType === undefined || resourceId === undefined || ResultRecordedTime === undefined) return null;
  if (complianceType !== "COMPLIANT" && complianceType !== "NON_COMPLIANT" && complianceType !== "NOT_APPLICABLE") {
    return null;
  }
  return {
    resourceType,
    resourceId,
    complianceType,
    // Nobody is told why something complies; there may be ten thousand of them.
    annotation: complianceType === "COMPLIANT" ? null : (result.Annotation ?? null),
    recordedAt: ResultRecordedTime,
    orderedAt: identifier?.OrderingTimestamp ?? ResultRecordedTime,
  };
}

// One rule a call: a single name that AWS Config does not know fails the whole call.
async function readStatus(client: ConfigServiceClient, configRuleName: string): Promise<Fact<RuleStatus | null>> {
  const answer = await read(statusCall, `rule ${configRuleName}`, () =>
    client.send(new DescribeConfigRuleEvaluationStatusCommand({ ConfigRuleNames: [configRuleName] })),
  );
  if ("unread" in answer) return answer;
  const statuses = answer.value.ConfigRulesEvaluationStatus ?? [];
  const status = statuses.find(({ ConfigRuleName }) => ConfigRuleName === configRuleName);
  return { value: status === undefined ? null : statusOf(status) };
}

function statusOf(status: ConfigRuleEvaluationStatus): RuleStatus {
  const { LastErrorCode, LastErrorMessage, FirstEvaluationStarted } = status;
  const failedAt = [
    failedSince(status.LastFailedInvocationTime, status.LastSuccessfulInvocationTime),
    failedSince(status.LastFailedEvaluationTime, status.LastSuccessfulEvaluationTime),
  ].find((time) => time !== null);
  const error = [LastErrorCode, LastErrorMessage].filter(Boolean).join(": ") || "it gives no reason";
  return {
    lastInvokedAt: status.LastSuccessfulInvocationTime ?? null,
    failure: failedAt === undefined ? null : { at: failedAt, error },
    hasRun: FirstEvaluationStarted ?? null,
  };
}

function failedSince(failed: Date | undefined, succeeded: Date | undefined): Date | null {
  return failed !== undefined && (succeeded === undefined || failed > succeeded) ? failed : null;
}
