/** What reading IAM in bulk needs. */
import type { Permission } from "../rule.ts";

export const iamPermissions: readonly [Permission, ...Permission[]] = [
  // IAM gives the bulk reading no resource.
  { action: "iam:GetAccountAuthorizationDetails", resources: ["*"] },
  {
    action: "iam:GetPolicy",
    resources: ["arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/*", "arn:${AWS::Partition}:iam::aws:policy/*"],
  },
  {
    action: "iam:GetPolicyVersion",
    resources: ["arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/*", "arn:${AWS::Partition}:iam::aws:policy/*"],
  },
];
