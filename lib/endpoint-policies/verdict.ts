/** The verdict on what was found. One proof makes a violation: what could not be decided besides does not undo it. Pure. */
import type { VpcEndpointFacts } from "../account/endpoint-readings.ts";
import { isGateway } from "../network/endpoints.ts";
import type { Unread, Verdict, WitnessRequest } from "../rule.ts";
import type { Assessment } from "./assessment.ts";
import type { Trusted } from "./parameters.ts";
import { type Finding, findingsOf } from "./reasons.ts";

export function verdictOf(
  facts: VpcEndpointFacts,
  trusted: Trusted,
  found: Assessment | { readonly unread: Unread },
): Verdict {
  if ("unread" in found) return found;
  const findings = findingsOf(facts, found);
  const [first, ...others] = findings.map(({ reason }) => reason);
  if (first !== undefined) {
    return { complianceType: "NON_COMPLIANT", reasons: [first, ...others], witness: requestIn(findings[0]) };
  }
  if (found.caller === "undecided" || found.table === "undecided") {
    return { unread: undecided(facts) };
  }
  return { complianceType: "COMPLIANT", because: whyCompliant(facts, trusted) };
}

/** The request alone: who makes it is told in words. */
function requestIn(finding: Finding | undefined): WitnessRequest | null {
  if (finding === undefined) return null;
  const { principal, action, resource, context, allowedBy } = finding.witness;
  return { principal, action, resource, context, allowedBy };
}

function undecided({ endpoint }: VpcEndpointFacts): Unread {
  return {
    call: null,
    message: `the policy of ${endpoint.vpcEndpointId} could not be decided: the search met its budget, or what AWS leaves undocumented`,
    lasting: true,
  };
}

function whyCompliant({ endpoint }: VpcEndpointFacts, { trustedAccounts, trustedOrgIds }: Trusted): string {
  const trusted = [...trustedAccounts, ...trustedOrgIds];
  const type = isGateway(endpoint) ? "gateway" : "interface";
  const besides = trusted.length === 0 ? "" : ` (trusted: ${trusted.join(", ")})`;
  return `No request by a foreign principal, and none on a foreign table, comes through this ${type} endpoint${besides}`;
}
