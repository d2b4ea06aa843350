/** What is wrong with an endpoint's policy, in words. Pure. */
import type { VpcEndpointFacts } from "../account/endpoint-readings.ts";
import { callerInWords } from "../iam/explain.ts";
import type { ForeignWitness } from "../iam/request-by.ts";
import { requestOf } from "../permissions/wording.ts";
import type { Reason, ReasonKind } from "../rule.ts";
import type { Assessment } from "./assessment.ts";

export const endpointPolicyReasons = {
  // An endpoint's policy grants nothing by itself: a practice that is not followed, and nobody thinks that it is.
  fullAccess: {
    severity: "MEDIUM",
    says: "Full access",
    why: "Through an endpoint with full access whatever runs in the VPC can carry data to anybody's table, and credentials of any account work from inside the network.",
  },
  foreignCaller: {
    severity: "HIGH",
    says: "own or trusted principals may come through",
    why: "The policy looks as if it restrained who comes through, and lets in credentials of other accounts: with them data leaves by a way that no firewall sees.",
  },
  foreignTable: {
    severity: "HIGH",
    says: "own or trusted tables may be reached",
    why: "The policy looks as if it restrained what is reached, and lets through requests on tables of other accounts: data can be copied out by the private way.",
  },
} as const satisfies Record<string, ReasonKind>;

export interface Finding {
  readonly reason: Reason & { readonly code: keyof typeof endpointPolicyReasons };
  readonly witness: ForeignWitness;
}

/** What was found, the worst first. */
export function findingsOf(facts: VpcEndpointFacts, { caller, table, isFullAccess }: Assessment): readonly Finding[] {
  if (isFullAccess && typeof caller === "object") {
    const found = "Full access: anybody in any AWS account can use it, on anybody's tables";
    return [finding("fullAccess", found, "a policy must say who comes through, and to whose tables", caller)];
  }
  return [
    ...(typeof caller === "object"
      ? [
          finding(
            "foreignCaller",
            `${whoCalls(facts, caller)} can call ${requestOf(caller)} (${allowing(caller)})`,
            "only own or trusted principals may come through",
            caller,
          ),
        ]
      : []),
    ...(typeof table === "object"
      ? [
          finding(
            "foreignTable",
            `${whoCalls(facts, table)} can call ${requestOf(table)} of another account, as ${ownerOf(table)} (${allowing(table)})`,
            "only own or trusted tables may be reached",
            table,
          ),
        ]
      : []),
  ];
}

function finding(code: Finding["reason"]["code"], found: string, wanted: string, witness: ForeignWitness): Finding {
  return { reason: { code, found, wanted, source: null }, witness };
}

/** The statements by their Sids, or `#0` without one. */
function allowing({ allowedBy: [first = "", ...others] }: ForeignWitness): string {
  return others.length === 0 ? first : `${first} +${others.length} more`;
}

/** Of an organization, where the policy lets in that one alone. */
function whoCalls({ endpoint, accountId }: VpcEndpointFacts, witness: ForeignWitness): string {
  const [, orgId] = Object.entries(witness.context).find(([key]) => /^aws:principalorgid$/i.test(key)) ?? [];
  const isNamed = typeof orgId === "string" && endpoint.policyDocument?.includes(orgId) === true;
  return witness.isAnyAccount && isNamed ? `Anyone in organization ${orgId}` : callerInWords(witness, accountId);
}

function ownerOf({ resource }: ForeignWitness): string {
  return resource.split(":")[4] ?? "";
}
