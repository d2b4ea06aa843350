/** Facts of VPC endpoints as their reader gives them. */
import type { VpcEndpointFacts } from "../../lib/account/endpoint-readings.ts";
import type { VpcEndpointDetails } from "../../lib/account/network.ts";
import { accountId, region } from "./account.ts";

export function vpcEndpointFacts(policy: unknown, changes: Partial<VpcEndpointDetails> = {}): VpcEndpointFacts {
  const endpoint: VpcEndpointDetails = {
    vpcEndpointId: "vpce-1a2b3c4d",
    vpcId: "vpc-1a2b3c4d",
    vpcEndpointType: "Gateway",
    serviceName: `com.amazonaws.${region}.dynamodb`,
    state: "available",
    routeTableIds: ["rtb-1"],
    subnetIds: [],
    ownerId: accountId,
    tags: new Map(),
    policyDocument: typeof policy === "string" ? policy : JSON.stringify(policy),
    ...changes,
  };
  return { endpoint, accountId, region, now: Date.parse("2026-01-04T14:02:00Z") };
}

export interface StatementParts {
  readonly effect?: "Allow" | "Deny";
  readonly principal?: unknown;
  readonly action?: unknown;
  readonly resource?: unknown;
  readonly condition?: object;
  readonly sid?: string;
}

export function statement(parts: StatementParts = {}): object {
  const { effect = "Allow", principal = "*", action = "*", resource = "*", condition, sid } = parts;
  return {
    ...(sid === undefined ? {} : { Sid: sid }),
    Effect: effect,
    Principal: principal,
    Action: action,
    Resource: resource,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

export function policy(...statements: readonly object[]): object {
  return { Version: "2012-10-17", Statement: statements };
}

/** What EC2 gives an endpoint that is made without a policy. */
export const defaultPolicy = { Version: "2008-10-17", Statement: [statement()] };
