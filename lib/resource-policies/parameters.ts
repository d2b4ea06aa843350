/** Who may come in although they are not of the account, as rule parameters. */
import { csv } from "../parameters.ts";

/** Lists for `Trust`, none by default. */
export const trustParameters = {
  trustedAccounts: csv({
    description: "Accounts, besides the table's own, whose principals a policy may let in.",
    accepts: "account ids of twelve digits",
    check: (given) => (/^\d{12}$/.test(given) ? null : "it is no account id"),
  }),
  trustedOrgIds: csv({
    description:
      "Organizations whose accounts a policy may let in where it demands them (aws:PrincipalOrgID, aws:SourceOrgID). The account's own is not known without it.",
    accepts: "ids of organizations, as in `o-a1b2c3d4e5`",
    // Organizations API reference, Organization.
    check: (given) => (/^o-[a-z0-9]{10,32}$/.test(given) ? null : "it is no id of an organization"),
  }),
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
