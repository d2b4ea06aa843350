/** What AWS Config holds of a rule, one field or another set otherwise. */
import type { HeldResult, HeldRule } from "../../../lib/alert/held.ts";
import { pendingDeletion } from "./compliance-change.ts";

/** Monday morning. */
export const now = new Date("2026-01-05T08:00:00Z");

export function heldResult(resourceId: string, changes: Partial<HeldResult> = {}): HeldResult {
  return {
    resourceType: "AWS::DynamoDB::Table",
    resourceId,
    complianceType: "NON_COMPLIANT",
    annotation: pendingDeletion,
    recordedAt: new Date("2026-01-04T14:02:40Z"),
    orderedAt: new Date("2026-01-04T14:02:11Z"),
    ...changes,
  };
}

export function compliantResult(resourceId: string, changes: Partial<HeldResult> = {}): HeldResult {
  return heldResult(resourceId, { complianceType: "COMPLIANT", annotation: null, ...changes });
}

export function heldRule(results: readonly HeldResult[], changes: Partial<HeldRule> = {}): HeldRule {
  return {
    configRuleName: "dynamodb-table-encryption",
    results,
    malformed: 0,
    unread: null,
    status: { value: null },
    ...changes,
  };
}
