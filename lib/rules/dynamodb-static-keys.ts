import { userType } from "../account/iam-facts.ts";
import { accountType, type StaticKeys, type UserKeys } from "../account/static-key-facts.ts";
import { readStaticKeys } from "../account/static-key-readings.ts";
import { defineRule } from "../define-rule.ts";
import { mendOf, verdictOf } from "../fault.ts";
import { labelOf } from "../permissions/holding.ts";
import { exemptPrincipals } from "../permissions/parameters.ts";
import { iamPermissions } from "../permissions/permissions.ts";
import type { Permission } from "../rule.ts";
import { type StaticKeyDemands, staticKeyContradictions, staticKeyParameters } from "../static-keys/demands.ts";
import { rootFaults, staticKeyReasons, userFaults } from "../static-keys/faults.ts";
import { lacksDetails, reachOf } from "../static-keys/reach.ts";
import { rootUnread, userUnread } from "../static-keys/unread.ts";
import { dynamoDbServices, isActive, isOpen, isProof, lookbackStart } from "../static-keys/use.ts";
import { keysInWords } from "../static-keys/wording.ts";

interface Parameters extends StaticKeyDemands {
  readonly exemptPrincipals: readonly string[];
}

const users: Permission["resources"] = ["arn:${AWS::Partition}:iam::${AWS::AccountId}:user/*"];

export const staticKeys = defineRule<StaticKeys, Parameters>({
  name: "dynamodb-static-keys",
  practice: "IAM roles to authenticate",
  title: "DynamoDB is called by roles, not by users' access keys",
  description:
    "No active access key of an IAM user calls DynamoDB, or can: applications use roles, whose credentials end by themselves. The root user has no active key at all. IAM's credential report may be four hours old.",
  links: [
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds-programmatic-access.html",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html",
  ],
  reasons: staticKeyReasons,
  judges: [userType, accountType],
  // One change of IAM would cost a reading of all of it.
  watches: [],
  permissions: [
    ...iamPermissions,
    { action: "iam:GenerateCredentialReport", resources: ["*"] },
    { action: "iam:GetCredentialReport", resources: ["*"] },
    { action: "iam:GetAccountSummary", resources: ["*"] },
    { action: "iam:ListAccessKeys", resources: users },
    { action: "iam:GetAccessKeyLastUsed", resources: users },
    { action: "iam:GenerateServiceLastAccessedDetails", resources: users },
    // A job is no resource.
    { action: "iam:GetServiceLastAccessedDetails", resources: ["*"] },
  ],
  parameters: {
    byName: {
      ...staticKeyParameters,
      exemptPrincipals: {
        ...exemptPrincipals,
        description: "Users that are not judged; the root user always is. Whoever may name one so can exempt it.",
      },
    },
    contradictions: staticKeyContradictions,
  },

  collect(session, scope, parameters) {
    const since = lookbackStart(session.now.getTime(), parameters);
    return readStaticKeys(session, scope, {
      evidence: parameters.evidence,
      exempt: parameters.exemptPrincipals,
      services: dynamoDbServices,
      isProof: (use) => isProof(use, since),
      isOpen: (keys) => isOpen(keys, since),
    });
  },

  evaluate(facts, parameters) {
    if (facts.kind === "root") {
      return verdictOf(rootFaults(facts), rootUnread(facts), () => "root user: no active access key");
    }
    const { faults, unread, witness } = judged(facts, parameters);
    const verdict = verdictOf(faults, unread, () => whyCompliant(facts, parameters));
    if ("reasons" in verdict) return { ...verdict, witness: faults[0]?.reason.code === "capable" ? witness : null };
    const isBeyondReach = parameters.flagCapable && facts.keys.some(isActive);
    return "because" in verdict && isBeyondReach ? { ...verdict, complianceType: "NOT_APPLICABLE" } : verdict;
  },

  mend(facts, parameters) {
    if (facts.kind === "root") return mendOf(rootFaults(facts), rootUnread(facts), facts);
    const { faults, unread } = judged(facts, parameters);
    return mendOf(faults, unread, facts);
  },
});

function judged(facts: UserKeys, parameters: Parameters) {
  const isAsked = facts.keys.some(isActive) && (parameters.flagCapable || lacksDetails(facts));
  const reach = isAsked ? reachOf(facts.user) : null;
  const witness = parameters.flagCapable && reach !== null && "value" in reach ? reach.value : null;
  return { witness, faults: userFaults(facts, parameters, witness), unread: userUnread(facts, parameters, reach) };
}

/** Without dates: AWS bills each change of an annotation. */
function whyCompliant({ user, keys }: UserKeys, { evidence, flagCapable, lookbackDays }: Parameters): string {
  const active = keys.filter(isActive);
  const which = active.length === 0 ? `no ${keys.length === 0 ? "" : "active "}access key` : keysInWords(active, "and");
  const of = `${labelOf(user)}: ${which}`;
  if (active.length === 0) return of;
  const told = `no call of DynamoDB in ${lookbackDays} days is told by ${evidence.join(", ")}`;
  return flagCapable ? `${of}; ${told}, and its policies allow none` : `${of}; ${told}`;
}
