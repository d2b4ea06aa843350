/** The mend of an endpoint's policy: a narrower document, which the reasoner finds in order. Pure. */
import type { VpcEndpointFacts } from "../account/endpoint-readings.ts";
import type { Mend, Step } from "../rule.ts";
import { type Assessment, assess } from "./assessment.ts";
import { longestPolicy, narrowed, type Open } from "./narrow.ts";
import type { Trusted } from "./parameters.ts";

/** Of an endpoint that is at fault. */
export function mendOf(facts: VpcEndpointFacts, trusted: Trusted, found: Assessment): Mend<VpcEndpointFacts> {
  const { endpoint, accountId, region } = facts;
  const open: Open = { caller: found.caller !== "none", table: found.table !== "none" };
  const policyDocument = narrowed(endpoint.policyDocument ?? "", accountId, trusted, open);
  const after: VpcEndpointFacts = { ...facts, endpoint: { ...endpoint, policyDocument } };
  const id = endpoint.vpcEndpointId;
  const file = `${id}.json`;
  const steps: readonly Step[] = [
    { file, content: `${policyDocument}\n` },
    {
      command: [
        "aws",
        "ec2",
        "modify-vpc-endpoint",
        "--vpc-endpoint-id",
        id,
        "--policy-document",
        `file://${file}`,
        "--region",
        region,
      ],
    },
  ];
  const words = { summary: `Demand ${keysOf(open)} (modify-vpc-endpoint --policy-document)`, mayBreak: lossesOf(open) };
  const length = policyDocument.length + 1;
  if (length > longestPolicy) {
    const choice = `The narrower policy would have ${length} characters, ${longestPolicy} are allowed: leave out what is not used.`;
    return { ...words, steps: [{ words: choice }], choice };
  }
  return isInOrder(after, trusted) ? { ...words, steps, after } : { ...words, steps, choice: byHand };
}

const byHand =
  "By hand: of what is left in the policy it cannot be decided who may come through. Name accounts and organizations whole, without wildcards.";

function isInOrder(facts: VpcEndpointFacts, trusted: Trusted): boolean {
  const found = assess(facts, trusted);
  return !("unread" in found) && found.caller === "none" && found.table === "none";
}

function keysOf({ caller, table }: Open): string {
  return [...(caller ? ["aws:PrincipalAccount"] : []), ...(table ? ["aws:ResourceAccount"] : [])].join(" and ");
}

function lossesOf({ caller, table }: Open): string {
  const losses = [
    ...(caller ? ["by principals of other accounts (as a vendor's agent that brings credentials of its own)"] : []),
    ...(table
      ? ["to tables of other accounts (as those of AWS's own that some services reach from within a VPC)"]
      : []),
  ];
  return `Requests ${losses.join(", and ")} pass no more: name accounts that are to pass in trustedAccounts, organizations, also this account's own, in trustedOrgIds. It takes minutes to take effect`;
}
