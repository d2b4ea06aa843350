import { exemptResourceTag, tableType } from "../account/table-readings.ts";
import type { VpceOnlyFacts } from "../account/vpce-only-facts.ts";
import { readVpceOnly } from "../account/vpce-only-readings.ts";
import { defineRule } from "../define-rule.ts";
import { mendOf, verdictOf } from "../fault.ts";
import { dynamodbServices } from "../network/endpoints.ts";
import { choice, csv, flag, text } from "../parameters.ts";
import { arnPatterns } from "../permissions/parameters.ts";
import { iamPermissions } from "../permissions/permissions.ts";
import type { Verdict } from "../rule.ts";
import { isComingOrGoing, whyNotYetJudged } from "../table-status.ts";
import { tagForm } from "../tag-pattern.ts";
import type { EndpointDemands } from "../vpce-only/doors.ts";
import { type WaysIn, waysInto } from "../vpce-only/faults.ts";
import { type IntentDemands, isIntended } from "../vpce-only/intent.ts";
import { vpceOnlyReasons } from "../vpce-only/reasons.ts";

interface Parameters extends EndpointDemands, IntentDemands {
  readonly judgeStreams: boolean;
  readonly exemptPrincipals: readonly string[];
  readonly exemptResourceTag: string | null;
}

const tables = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*";

export const vpceOnlyAccess = defineRule<VpceOnlyFacts, Parameters>({
  name: "dynamodb-vpce-only-access",
  practice: "VPC endpoint and policies",
  title: "Tables are reached through their VPC endpoints only",
  description:
    "No request for the data of a table, of its indexes or, where asked, its stream is allowed but through an allowed VPC endpoint. Each finding is such a request. Service-linked roles, AWS services' own calls and the root user are set apart.",
  links: [
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html",
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
  ],
  reasons: vpceOnlyReasons,
  judges: [tableType],
  // Whoever may reach a table is told by IAM, and auto scaling changes tables all day.
  watches: [],
  permissions: [
    { action: "dynamodb:ListTables", resources: ["*"] },
    { action: "dynamodb:DescribeTable", resources: [tables] },
    // Of tables and, since `*` crosses the slash, of their streams.
    { action: "dynamodb:GetResourcePolicy", resources: [tables] },
    { action: "ec2:DescribeVpcEndpoints", resources: ["*"] },
    { action: "tag:GetResources", resources: ["*"] },
    ...iamPermissions,
  ],
  parameters: {
    byName: {
      judge: choice({
        description:
          "`intended`: tables that carry vpcOnlyTag, or of which a policy speaks of aws:SourceVpce or aws:SourceVpc. `all`: every table.",
        values: ["intended", "all"],
        default: "intended",
      }),
      judgeStreams: flag({
        description:
          "Whether the table's stream must be closed too. Lambda's stream readers cannot come through an endpoint.",
        default: false,
      }),
      endpointIds: csv({
        description:
          "The VPC endpoints that the tables may be reached through, of whatever account; by default all of DynamoDB's in the account and region.",
        accepts: "ids of VPC endpoints, such as vpce-0a1b2c3d",
        check: (given) => (/^vpce-[0-9a-f]{8,17}$/.test(given) ? null : "it is no id of a VPC endpoint"),
      }),
      vpcIds: csv({
        description: "VPCs of which every endpoint may be used.",
        accepts: "ids of VPCs, such as vpc-0a1b2c3d",
        check: (given) => (/^vpc-[0-9a-f]{8,17}$/.test(given) ? null : "it is no id of a VPC"),
      }),
      vpcOnlyTag: text({
        description:
          "The tag of tables that are to be reached through endpoints only: `Key=value`, with the wildcards * and ? in the value.",
        ...tagForm,
      }),
      exemptPrincipals: arnPatterns(
        "Roles and users that may reach the tables from elsewhere. Whoever may name one so can exempt it.",
      ),
      exemptResourceTag,
    },
    contradictions: () => [],
  },

  collect: (session, scope, { exemptResourceTag: exempt, judgeStreams: streams }) =>
    readVpceOnly(session, scope, {
      exempt,
      streams,
      services: [...dynamodbServices(session.region), `com.amazonaws.${session.region}.dynamodb-streams`],
    }),

  evaluate(facts, parameters) {
    if (isComingOrGoing(facts.tableStatus)) return notApplicable(whyNotYetJudged(facts.tableStatus));
    const intended = isIntended(facts, parameters);
    if (typeof intended === "object") return intended;
    if (!intended) return notApplicable(notIntended);
    const found = waysInto(facts, parameters);
    if (found === "noEndpoint") return notApplicable(noEndpoint);
    const { faults, witness, unread } = found;
    const verdict = verdictOf(faults, unread, () => whyCompliant(found, facts.stream !== null));
    return "reasons" in verdict ? { ...verdict, witness } : verdict;
  },

  mend(facts, parameters) {
    const found = waysInto(facts, parameters);
    return found === "noEndpoint" ? mendOf([], null, facts) : mendOf(found.faults, found.unread, facts);
  },
});

const notIntended =
  "No tag, and no policy that names it, says that it is to be reached through endpoints only (judge is intended)";
const noEndpoint = "There is no endpoint for DynamoDB in this account and region, and endpointIds names none";

function notApplicable(because: string): Verdict {
  return { complianceType: "NOT_APPLICABLE", because };
}

function whyCompliant({ only, closedBy }: WaysIn, withStream: boolean): string {
  const how = closedBy.every((by) => by === "policy") ? "its policy denies every way" : "nobody is allowed any way";
  const stream = withStream ? "" : "; its stream was not judged";
  return `${how} but ${only}${stream}. Service-linked roles and AWS services' own calls are set apart`;
}
