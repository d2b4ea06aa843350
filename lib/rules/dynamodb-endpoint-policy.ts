import {
  exemptVpcEndpointTag,
  readVpcEndpoints,
  type VpcEndpointFacts,
  vpcEndpointType,
} from "../account/endpoint-readings.ts";
import { defineRule } from "../define-rule.ts";
import { assess } from "../endpoint-policies/assessment.ts";
import { whyNotJudged } from "../endpoint-policies/endpoint.ts";
import { mendOf } from "../endpoint-policies/mend.ts";
import { type Trusted, trustedAccounts, trustedOrgIds } from "../endpoint-policies/parameters.ts";
import { endpointPolicyReasons } from "../endpoint-policies/reasons.ts";
import { verdictOf } from "../endpoint-policies/verdict.ts";

interface Parameters extends Trusted {
  readonly exemptResourceTag: string | null;
}

export const endpointPolicy = defineRule<VpcEndpointFacts, Parameters>({
  name: "dynamodb-endpoint-policy",
  practice: "VPC endpoint and policies",
  title: "VPC endpoints let through own principals, to own tables",
  description:
    "The policy of an endpoint for DynamoDB or DynamoDB Streams is not full access, however that is written: no request by a principal of another account, and none on another account's table, comes through. Each finding is such a request.",
  links: [
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html",
    "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
    "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html",
  ],
  reasons: endpointPolicyReasons,
  judges: [vpcEndpointType],
  watches: [vpcEndpointType],
  // EC2's Describe actions know no resources.
  permissions: [{ action: "ec2:DescribeVpcEndpoints", resources: ["*"] }],
  parameters: {
    byName: { trustedAccounts, trustedOrgIds, exemptResourceTag: exemptVpcEndpointTag },
    contradictions: () => [],
  },

  collect: (session, scope, { exemptResourceTag }) => readVpcEndpoints(session, scope, exemptResourceTag),

  evaluate(facts, parameters) {
    const because = whyNotJudged(facts);
    return because === null
      ? verdictOf(facts, parameters, assess(facts, parameters))
      : { complianceType: "NOT_APPLICABLE", because };
  },

  mend(facts, parameters) {
    const found = assess(facts, parameters);
    // Only what has a finding is mended.
    if ("unread" in found) throw new Error(`${found.unread.call} ${found.unread.message}`);
    return mendOf(facts, parameters, found);
  },
});
