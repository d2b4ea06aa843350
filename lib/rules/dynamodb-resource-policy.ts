import { type ResourcePolicyFacts, resourcePolicyReader } from "../account/resource-policies.ts";
import { exemptResourceTag, readTables, tableType } from "../account/table-readings.ts";
import { defineRule } from "../define-rule.ts";
import { mendOf, verdictOf } from "../fault.ts";
import type { Trust } from "../iam/parties.ts";
import { assess } from "../resource-policies/assessment.ts";
import { trustParameters } from "../resource-policies/parameters.ts";
import { resourcePolicyReasons } from "../resource-policies/reasons.ts";
import { whyCompliant } from "../resource-policies/wording.ts";
import { isComingOrGoing, whyNotYetJudged } from "../table-status.ts";

interface Parameters extends Trust {
  readonly exemptResourceTag: string | null;
}

export const resourcePolicy = defineRule<ResourcePolicyFacts, Parameters>({
  name: "dynamodb-resource-policy",
  practice: "IAM policies for authorization",
  title: "Resource-based policies let in nobody foreign",
  description:
    "The resource-based policies of a table and of its latest stream let in nobody foreign who is not trusted, and no service for a stranger, unless a condition binds them. Each finding is a request that AWS would allow, or a grant to a deleted principal.",
  links: [
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html",
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
  ],
  reasons: resourcePolicyReasons,
  judges: [tableType],
  watches: [tableType],
  permissions: [
    { action: "dynamodb:ListTables", resources: ["*"] },
    {
      action: "dynamodb:DescribeTable",
      resources: ["arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"],
    },
    // Of tables and, since `*` crosses the slash, of their streams.
    {
      action: "dynamodb:GetResourcePolicy",
      resources: ["arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"],
    },
    { action: "tag:GetResources", resources: ["*"] },
  ],
  parameters: { byName: { ...trustParameters, exemptResourceTag }, contradictions: () => [] },

  async *collect(session, scope, parameters) {
    const readPolicies = resourcePolicyReader(session);
    yield* readTables<ResourcePolicyFacts>(session, scope, parameters.exemptResourceTag, async (tableName) => {
      const read = await readPolicies(tableName);
      if ("unread" in read) return read;
      if (read.value === null) return { gone: true };
      const arn = read.value.documents[0]?.resourceArn;
      return { ...(arn === undefined ? {} : { arn }), facts: read.value };
    });
  },

  evaluate(facts, parameters) {
    if (isComingOrGoing(facts.tableStatus)) {
      return { complianceType: "NOT_APPLICABLE", because: whyNotYetJudged(facts.tableStatus) };
    }
    const { faults, witness, unread } = assess(facts, parameters);
    const verdict = verdictOf(faults, unread, () => whyCompliant(facts));
    return "reasons" in verdict ? { ...verdict, witness } : verdict;
  },

  mend(facts, parameters) {
    const { faults, unread } = assess(facts, parameters);
    const mend = mendOf(faults, unread, facts);
    const worst = faults[0]?.summary ?? mend.summary;
    // The summaries of all would leave an annotation no room for what was found.
    return mend.summary === worst ? mend : { ...mend, summary: `${worst}. More in the report` };
  },
});
