/** Rule parameters that name accounts and organizations. */
import { csv, type Parameter } from "./parameters.ts";

export function accountIds(description: string): Parameter<readonly string[]> {
  return csv({
    description,
    accepts: "account ids of twelve digits",
    check: (given) => (/^\d{12}$/.test(given) ? null : "it is no account id"),
  });
}

/** `o-` and 10 to 32 lower-case letters or digits (Organizations API reference, Organization). */
export function organizationIds(description: string): Parameter<readonly string[]> {
  return csv({
    description,
    accepts: "ids of organizations, as in `o-a1b2c3d4e5`",
    check: (given) => (/^o-[a-z0-9]{10,32}$/.test(given) ? null : "it is no id of an organization"),
  });
}
