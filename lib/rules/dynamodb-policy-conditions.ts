import { groupType, type IamFacts, policyType, roleType, userType } from "../account/iam-facts.ts";
import { readIam } from "../account/iam-readings.ts";
import { defineRule } from "../define-rule.ts";
import { isBindingKey } from "../iam/keys.ts";
import { choice, csv } from "../parameters.ts";
import { type ReportAt, verdictOf } from "../permissions/assessment.ts";
import {
  assessConditions,
  type ConditionDemands,
  conditionMending,
  conditionReasons,
} from "../permissions/conditions.ts";
import { mendOf } from "../permissions/mend.ts";
import { exemptPrincipals, reportAt } from "../permissions/parameters.ts";
import { iamPermissions } from "../permissions/permissions.ts";

interface Parameters extends ConditionDemands {
  readonly exemptPrincipals: readonly string[];
  readonly reportAt: ReportAt;
}

export const policyConditions = defineRule<IamFacts, Parameters>({
  name: "dynamodb-policy-conditions",
  practice: "Conditions for fine-grained access",
  title: "A condition restrains every request for items",
  description:
    "Nobody is granted a request for items that no condition restrains: by the network it comes from, by who makes it, or by the items it reaches. Each finding is such a request. What AWS services do for the caller is not judged.",
  links: [
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html",
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
  ],
  reasons: conditionReasons,
  judges: [policyType, roleType, userType, groupType],
  // One change of IAM would cost a reading of all of it.
  watches: [],
  permissions: iamPermissions,
  parameters: {
    byName: {
      requiredConditionKeys: csv({
        description:
          "Condition keys of which one must bind every request; by default any does that restrains who calls, from where, or for which items.",
        accepts: "condition keys that bind, such as aws:SourceVpce, dynamodb:LeadingKeys or aws:PrincipalTag/*",
        check: (given) => (isBindingKey(given) ? null : "it is no condition key that binds"),
      }),
      judge: choice({
        description:
          "`all`: whatever allows a request for items. `conditioned`: only what carries a condition on DynamoDB, to find the conditions that restrain nothing.",
        values: ["all", "conditioned"],
        default: "all",
      }),
      exemptPrincipals,
      reportAt,
    },
    contradictions: () => [],
  },

  collect: (session, scope, { exemptPrincipals: exempt }) => readIam(session, scope, { exempt }),

  evaluate: (facts, parameters) => verdictOf(facts, parameters.reportAt, (some) => assessConditions(some, parameters)),

  mend: (facts, parameters) => mendOf(facts, conditionMending(parameters)),
});
