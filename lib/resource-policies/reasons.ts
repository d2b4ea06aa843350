/** The kinds of violation that a resource-based policy can hold, the worst first. */
import type { ReasonKind } from "../rule.ts";

export const resourcePolicyReasons = {
  everyone: {
    severity: "CRITICAL",
    says: "only this account and trusted ones",
    why: "The table's own policy opens it to people whom nobody here knows: their accounts decide who reads it.",
  },
  foreignAccount: {
    severity: "CRITICAL",
    says: "not in trustedAccounts",
    why: "Another account reaches the table, and who in it does so is decided there.",
  },
  foreignOrganization: {
    severity: "CRITICAL",
    says: "not in trustedOrgIds",
    why: "Every account of another organization reaches the table, also those that join it tomorrow.",
  },
  confusedDeputy: {
    severity: "HIGH",
    says: "must say for whom",
    why: "An AWS service may reach the table for whichever customer asks it to: the service is trusted, its customers are not.",
  },
  deletedPrincipal: {
    severity: "LOW",
    says: "deleted principal",
    why: "The grant serves nobody, not even a new role of the same name, and hides what the policy really grants.",
  },
} as const satisfies Record<string, ReasonKind>;

export type ResourcePolicyReason = keyof typeof resourcePolicyReasons;
