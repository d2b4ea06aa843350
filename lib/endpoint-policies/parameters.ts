/** The parameters that say who is trusted besides the account itself. */
import { csv } from "../parameters.ts";

export interface Trusted {
  readonly trustedAccounts: readonly string[];
  readonly trustedOrgIds: readonly string[];
}

export const trustedAccounts = csv({
  description: "Accounts whose principals may come through, and whose tables may be reached, as this account's own.",
  accepts: "account ids of twelve digits",
  check: (given) => (/^\d{12}$/.test(given) ? null : "it is no account id"),
});

/** An organization's id: `o-` and 10 to 32 lower-case letters or digits (Organizations API reference, Organization). */
export const trustedOrgIds = csv({
  description:
    "Organizations of AWS Organizations whose accounts are trusted likewise. The account's own is not known here: name it.",
  accepts: "organization ids, as in `o-a1b2c3d4e5`",
  check: (given) => (/^o-[a-z0-9]{10,32}$/.test(given) ? null : "it is no organization id"),
});
