/** Whether a user's policies let its keys reach DynamoDB at all. Pure. */
import type { PrincipalFacts } from "../account/iam-facts.ts";
import type { UserKeys } from "../account/static-key-facts.ts";
import { dataFirst } from "../iam/actions.ts";
import { findAllowedRequest } from "../iam/allowed-request.ts";
import type { Witness } from "../iam/witness.ts";
import { undecided } from "../permissions/assessment.ts";
import { holdingOf, policySetOf } from "../permissions/holding.ts";
import type { Fact } from "../rule.ts";

/** A request that AWS would allow by the user's identity policies and boundary. A value of null: there is none. */
export function reachOf(user: PrincipalFacts): Fact<Witness | null> {
  const holding = holdingOf(user);
  // What could not be read may hold a Deny: then not even a request that the rest allows is proven.
  if (holding.unread !== null) return { unread: holding.unread };
  const { caller, now } = holding;
  const found = findAllowedRequest(policySetOf(holding), { actions: dataFirst, caller, now });
  if (found === "undecided") return { unread: undecided };
  return { value: found === "none" ? null : found };
}

/** Whether service last accessed details were read, and say nothing of DynamoDB: where policies allow it, that is odd. */
export function lacksDetails({ serviceUses }: UserKeys): boolean {
  return (
    serviceUses !== null && "value" in serviceUses && !serviceUses.value.some(({ service }) => service === "dynamodb")
  );
}
