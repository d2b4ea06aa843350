import { groupType, type IamFacts, policyType, roleType, userType } from "../account/iam-facts.ts";
import { readIam } from "../account/iam-readings.ts";
import { defineRule } from "../define-rule.ts";
import { type ReportAt, verdictOf } from "../permissions/assessment.ts";
import {
  assessLeastPrivilege,
  type LeastPrivilegeDemands,
  leastPrivilegeMending,
  leastPrivilegeReasons,
} from "../permissions/least-privilege.ts";
import { mendOf } from "../permissions/mend.ts";
import { arnPatterns, exemptPrincipals, reportAt } from "../permissions/parameters.ts";
import { iamPermissions } from "../permissions/permissions.ts";

interface Parameters extends LeastPrivilegeDemands {
  readonly exemptPrincipals: readonly string[];
  readonly reportAt: ReportAt;
}

export const leastPrivilege = defineRule<IamFacts, Parameters>({
  name: "dynamodb-least-privilege",
  practice: "IAM policies for authorization",
  title: "IAM policies grant no more of DynamoDB than is needed",
  description:
    "Nobody is granted an action on tables that no policy names, all actions of DynamoDB, or the administration of a table beside access to its items. Each finding is a request that AWS would allow, as far as the account's own policies tell.",
  links: [
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
  ],
  reasons: leastPrivilegeReasons,
  judges: [policyType, roleType, userType, groupType],
  // One change of IAM would cost a reading of all of it.
  watches: [],
  permissions: iamPermissions,
  parameters: {
    byName: {
      allowAdministration: arnPatterns(
        "Roles, users, groups and policies that may administer the tables on whose items they also work.",
      ),
      exemptPrincipals,
      reportAt,
    },
    contradictions: () => [],
  },

  collect: (session, scope, { exemptPrincipals: exempt }) => readIam(session, scope, { exempt }),

  evaluate: (facts, parameters) =>
    verdictOf(facts, parameters.reportAt, (some) => assessLeastPrivilege(some, parameters)),

  mend: (facts, parameters) => mendOf(facts, leastPrivilegeMending(parameters)),
});
