/** What an endpoint's policy lets through that it should not, as the reasoner finds it. Pure. */
import type { VpcEndpointFacts } from "../account/endpoint-readings.ts";
import { type EndpointAsked, findForeignCaller, findForeignTable } from "../iam/endpoint-request.ts";
import { parsePolicy } from "../iam/parse.ts";
import { rememberedBy } from "../iam/remember.ts";
import type { ForeignWitness } from "../iam/request-by.ts";
import { isGateway, isInterface } from "../network/endpoints.ts";
import type { Unread } from "../rule.ts";
import { dynamodbServiceOf } from "./endpoint.ts";
import { letsEverybodyThrough } from "./full-access.ts";
import type { Trusted } from "./parameters.ts";
import { partitionOf } from "./partition.ts";

export interface Assessment {
  /** A request by somebody who is neither the account's own nor trusted. */
  readonly caller: ForeignWitness | "none" | "undecided";
  /** A request on a table that is neither the account's own nor a trusted account's. */
  readonly table: ForeignWitness | "none" | "undecided";
  /** Whether the policy restrains nobody, and does not look as if it did. */
  readonly isFullAccess: boolean;
}

/** Of an endpoint that is judged. Verdict and mend ask the same: the search is made once. */
export const assess = rememberedBy(
  (facts: VpcEndpointFacts, trusted: Trusted): Assessment | { readonly unread: Unread } => {
    const asked = askedOf(facts, trusted);
    if ("unread" in asked) return asked;
    return {
      caller: findForeignCaller(asked),
      table: findForeignTable(asked),
      isFullAccess: letsEverybodyThrough(asked),
    };
  },
);

function askedOf(facts: VpcEndpointFacts, trusted: Trusted): EndpointAsked | { readonly unread: Unread } {
  const { endpoint, accountId, now } = facts;
  const { vpcEndpointId: id, vpcEndpointType, serviceName, vpcId, policyDocument } = endpoint;
  const service = dynamodbServiceOf(serviceName);
  const type = isGateway(endpoint) ? "Gateway" : isInterface(endpoint) ? "Interface" : null;
  if (service === null || type === null) {
    return notTold(`${id} answered with VpcEndpointType ${vpcEndpointType}: not understood`);
  }
  if (policyDocument === null) return notTold(`${id} answered without its PolicyDocument`);
  const parsed = parsePolicy(policyDocument, "endpoint");
  if ("faults" in parsed) {
    const [fault] = parsed.faults;
    const where = fault === undefined ? "" : `: ${fault.path} ${fault.message}`;
    return notTold(`${id} answered with a policy that is malformed${where}`);
  }
  return {
    policy: { name: "", policy: parsed.policy, type },
    endpoint: { id, vpcId, accountId, partition: partitionOf(service.region), ...service },
    trust: { ...trusted, trustedPrincipalArns: [] },
    now,
  };
}

function notTold(words: string): { readonly unread: Unread } {
  return { unread: { call: "ec2:DescribeVpcEndpoints", message: `on ${words}`, lasting: true } };
}
