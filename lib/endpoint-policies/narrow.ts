/** An endpoint's policy made narrower: its statements stay, and let through what is trusted only. Pure. */
import { keyName } from "../iam/keys.ts";
import { type Written, writtenPolicy } from "../permissions/edit.ts";
import type { Trusted } from "./parameters.ts";

/** Which of a request's two ends the policy leaves open. */
export interface Open {
  readonly caller: boolean;
  readonly table: boolean;
}

/** EC2 takes no longer one, white space counted (PrivateLink guide, endpoint policies). */
export const longestPolicy = 20_480;

/** The text of the narrower policy: it allows nothing that the given one does not, and of what is trusted all.
 *
 * By condition keys, since a gateway endpoint takes no principal but `*` (PrivateLink guide, endpoint policies): each Allow
 * demands the trusted accounts; where it cannot, a Deny fences them all. To be in an account or in an organization is two
 * demands, of which an Allow would need both.
 * @param policyDocument that the parser accepts */
export function narrowed(policyDocument: string, accountId: string, trusted: Trusted, open: Open): string {
  const { document, statements } = writtenPolicy(policyDocument);
  const accounts = [accountId, ...trusted.trustedAccounts];
  const orgs = trusted.trustedOrgIds;
  const demanding = orgs.length > 0 ? [null] : statements.map((one) => demandingAccounts(one, accounts, open));
  const statement = demanding.includes(null)
    ? [...statements, ...fencesOf(accounts, orgs, open).map((fence) => withOwnSid(fence, statements))]
    : demanding;
  return shortEnough({ ...document, Statement: statement });
}

const keys = {
  caller: { account: "aws:PrincipalAccount", org: "aws:PrincipalOrgID", sid: "NoForeignPrincipals" },
  table: { account: "aws:ResourceAccount", org: "aws:ResourceOrgID", sid: "NoForeignTables" },
} as const;
const ends = ["caller", "table"] as const;

/** The statement with the trusted accounts demanded, a Deny as it is; null where another demand stands in that place. */
function demandingAccounts(statement: Written, accounts: readonly string[], open: Open): Written | null {
  if (statement["Effect"] === "Deny") return statement;
  const given = (statement["Condition"] ?? {}) as Readonly<Record<string, object>>;
  const block = given["StringEquals"] ?? {};
  const demanded = ends.filter((end) => open[end]).map((end) => keys[end].account);
  const isTaken = Object.keys(block).some((key) => demanded.some((one) => keyName(one) === keyName(key)));
  const added = Object.fromEntries(demanded.map((key) => [key, oneOrList(accounts)]));
  return isTaken ? null : { ...statement, Condition: { ...given, StringEquals: { ...block, ...added } } };
}

/** Who is in none of the accounts and none of the organizations is denied: an account of no organization has no such key,
 * of which `StringNotEquals` is true (IAM user guide, condition operators). */
function fencesOf(accounts: readonly string[], orgs: readonly string[], open: Open): readonly Written[] {
  return ends
    .filter((end) => open[end])
    .map((end) => {
      const { account, org, sid } = keys[end];
      const trusted = { [account]: oneOrList(accounts), ...(orgs.length === 0 ? {} : { [org]: oneOrList(orgs) }) };
      return {
        Sid: sid,
        Effect: "Deny",
        Principal: "*",
        Action: "dynamodb:*",
        Resource: "*",
        Condition: { StringNotEquals: trusted },
      };
    });
}

/** A fence of an earlier mend, for other accounts, may have the name. */
function withOwnSid(fence: Written, statements: readonly Written[]): Written {
  const { Sid: sid, ...unnamed } = fence;
  return statements.some((one) => one["Sid"] === sid) ? unnamed : fence;
}

function oneOrList(values: readonly string[]): string | readonly string[] {
  const [first = ""] = values;
  return values.length === 1 ? first : values;
}

function shortEnough(document: object): string {
  const readable = JSON.stringify(document, null, 2);
  return readable.length < longestPolicy ? readable : JSON.stringify(document);
}
