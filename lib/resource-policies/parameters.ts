/** Who may come in although they are not of the account, as rule parameters. */
import { csv } from "../parameters.ts";
import { accountIds, organizationIds } from "../trust.ts";

/** Lists for `Trust`, none by default. */
export const trustParameters = {
  trustedAccounts: accountIds("Accounts, besides the table's own, whose principals a policy may let in."),
  trustedOrgIds: organizationIds(
    "Organizations whose accounts a policy may let in where it demands them (aws:PrincipalOrgID, aws:SourceOrgID). The account's own is not known without it.",
  ),
  trustedPrincipalArns: csv({
    description:
      "Roles, users and federated users of other accounts whom a policy may let in. Of a role's sessions the role's ARN.",
    accepts: "ARNs of IAM roles and users and of federated users in an account, with the wildcards * and ? after it",
    check: whyNotPrincipal,
  }),
};

/** A wildcard in the account would trust a name that anybody can choose. */
function whyNotPrincipal(given: string): string | null {
  if (/^arn:[\w-]+:sts::\d{12}:assumed-role\//.test(given)) return "it is a session's; name the role";
  const isPrincipal = /^arn:[\w-]+:(?:iam::\d{12}:(?:role|user)|sts::\d{12}:federated-user)\/[^,\s]+$/.test(given);
  return isPrincipal ? null : "it is no ARN of a principal in an account";
}
