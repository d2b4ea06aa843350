/** How a key is given up, in the safe order: first a role for whoever uses it, and deleted only what nobody missed. Pure. */
import type { AccessKey } from "../account/static-key-facts.ts";
import type { Step } from "../rule.ts";

const roleFirst =
  "Give the caller temporary credentials first, and see it work with them: on AWS the role of its own compute, elsewhere IAM Roles Anywhere, for people IAM Identity Center.";

/** The steps for one key of a user. */
export function giveUp(userName: string, { ending }: AccessKey): readonly Step[] {
  const ofUser = ["--user-name", userName];
  const last = ending?.slice(-4) ?? null;
  // Another one for each key: equal steps are told once.
  const placeholder = last === null ? "ACCESS_KEY_ID" : `ID_ENDING_IN_${last}`;
  const id = ["--access-key-id", placeholder];
  const key = last === null ? "the key" : `key ${ending}`;
  const those =
    last === null ? "AccessKeyMetadata" : `AccessKeyMetadata[?ends_with(AccessKeyId, \`"${last}"\`)].AccessKeyId`;
  return [
    { words: roleFirst },
    { words: `The next command prints the id of ${key}, which is not kept here: put it for ${placeholder}.` },
    { command: ["aws", "iam", "list-access-keys", ...ofUser, "--query", those] },
    { command: ["aws", "iam", "update-access-key", ...ofUser, ...id, "--status", "Inactive"] },
    {
      words: `Watch for as long as the rarest job of ${key} takes to come round. What fails works again with --status Active.`,
    },
    { command: ["aws", "iam", "delete-access-key", ...ofUser, ...id] },
  ];
}

/** The steps for the root user's, which nobody else can take. */
export const giveUpRootKeys: readonly Step[] = [
  { words: roleFirst },
  {
    words:
      "Sign in as the root user. Under Security credentials, Access keys, deactivate the key. Of an account in an organization with central root access, the management account can do it too.",
  },
  { words: "Watch what fails, then delete the key there." },
];
