/** The parameters that say who is trusted besides the account itself. */
import { accountIds, organizationIds } from "../trust.ts";

export interface Trusted {
  readonly trustedAccounts: readonly string[];
  readonly trustedOrgIds: readonly string[];
}

export const trustedAccounts = accountIds(
  "Accounts whose principals may come through, and whose tables may be reached, as this account's own.",
);

export const trustedOrgIds = organizationIds(
  "Organizations of AWS Organizations whose accounts are trusted likewise. The account's own is not known here: name it.",
);
