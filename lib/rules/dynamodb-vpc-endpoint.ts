import { exemptVpcTag, readVpcs, type VpcFacts, vpcType } from "../account/vpc-readings.ts";
import { defineRule } from "../define-rule.ts";
import { mendOf, verdictOf } from "../fault.ts";
import { dynamodbServices, isDynamodbService } from "../network/endpoints.ts";
import { type NetworkDemands, vpcReasons } from "../network/faults.ts";
import { assessVpc, whyNotJudged } from "../network/vpc.ts";
import { flag } from "../parameters.ts";

interface Parameters extends NetworkDemands {
  readonly exemptResourceTag: string | null;
}

export const vpcEndpoint = defineRule<VpcFacts, Parameters>({
  name: "dynamodb-vpc-endpoint",
  practice: "VPC endpoint and policies",
  title: "VPCs reach DynamoDB by a VPC endpoint",
  description:
    "A VPC has an available endpoint for DynamoDB: a gateway endpoint on the route table of every subnet, or an interface endpoint, whose own names clients must then use.",
  links: [
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html",
    "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html",
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html",
  ],
  reasons: vpcReasons,
  judges: [vpcType],
  // Items of the VPC and its subnets change with every network interface.
  watches: ["AWS::EC2::VPCEndpoint", "AWS::EC2::RouteTable"],
  // EC2's Describe actions know no resources.
  permissions: [
    { action: "ec2:DescribeVpcs", resources: ["*"] },
    { action: "ec2:DescribeSubnets", resources: ["*"] },
    { action: "ec2:DescribeRouteTables", resources: ["*"] },
    { action: "ec2:DescribeVpcEndpoints", resources: ["*"] },
    { action: "ec2:DescribeNetworkInterfaces", resources: ["*"] },
  ],
  parameters: {
    byName: {
      acceptInterfaceEndpoints: flag({
        description:
          "Whether an interface endpoint is enough. Only clients that use its own DNS names go through it: the service's own name does not resolve to it.",
        default: true,
      }),
      ignoreUnused: flag({
        description:
          "Whether to leave out VPCs and subnets without a network interface of a workload. NAT gateways, load balancers, transit gateways and endpoints are no workload.",
        default: true,
      }),
      exemptResourceTag: exemptVpcTag,
    },
    contradictions: () => [],
  },

  affected({ configuration }) {
    const { vpcId, serviceName } = configuration ?? {};
    if (typeof serviceName === "string" && !isDynamodbService(serviceName)) return [];
    return typeof vpcId === "string" && vpcId.startsWith("vpc-") ? [{ type: vpcType, id: vpcId }] : "account";
  },

  collect(session, scope, { exemptResourceTag, ignoreUnused }) {
    const services = dynamodbServices(session.region);
    return readVpcs(session, scope, { exempt: exemptResourceTag, services, networkInterfaces: ignoreUnused });
  },

  evaluate(facts, parameters) {
    const because = whyNotJudged(facts, parameters);
    if (because !== null) return { complianceType: "NOT_APPLICABLE", because };
    const { faults, unread, because: whyCompliant } = assessVpc(facts, parameters);
    return verdictOf(faults, unread, () => whyCompliant);
  },

  mend(facts, parameters) {
    const { faults, unread } = assessVpc(facts, parameters);
    return mendOf(faults, unread, facts);
  },
});
