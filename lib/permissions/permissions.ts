/** What reading IAM in bulk needs. */
import type { Permission } from "../rule.ts";

const managedPolicies: Permission["resources"] = [
  "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/*",
  "arn:${AWS::Partition}:iam::aws:policy/*",
];

export const iamPermissions: readonly [Permission, ...Permission[]] = [
  // IAM gives the bulk reading no resource.
  { action: "iam:GetAccountAuthorizationDetails", resources: ["*"] },
  { action: "iam:GetPolicy", resources: managedPolicies },
  { action: "iam:GetPolicyVersion", resources: managedPolicies },
];
