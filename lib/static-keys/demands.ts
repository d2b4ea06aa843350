/** What is demanded of access keys, as rule parameters. Pure. */
import { type Evidence, evidences } from "../account/static-key-facts.ts";
import { csv, flag, type Parameter, wholeNumber } from "../parameters.ts";

export interface StaticKeyDemands {
  readonly evidence: readonly Evidence[];
  readonly lookbackDays: number;
  readonly flagCapable: boolean;
}

const names: readonly string[] = evidences;

export const staticKeyParameters = {
  evidence: {
    ...csv({
      description:
        "What must be known of a key's use. `credentialReport` and `accessKeyLastUsed` tell its latest use only; `serviceLastAccessed` tells what a later call elsewhere hides, but of the user, not of the key, and costs a job for each user.",
      accepts: `one or more of ${names.join(", ")}`,
      check: (given) => (names.includes(given) ? null : "there is no such evidence"),
    }),
    default: "credentialReport,accessKeyLastUsed",
  } as Parameter<readonly Evidence[]>,
  lookbackDays: wholeNumber({
    description: "A call of DynamoDB counts for so many days.",
    from: 1,
    // IAM keeps service last accessed details for 400 days.
    to: 400,
    default: 90,
  }),
  flagCapable: flag({
    description:
      "Whether an active key is a violation whose user may call DynamoDB, even if it did not: by the user's identity policies and boundary, not by resource-based policies.",
    default: true,
  }),
};

/** Which demands cannot be met. */
export function staticKeyContradictions({ evidence }: StaticKeyDemands): readonly string[] {
  return evidence.length > 0 ? [] : [`evidence is empty, so that no use could be known; name ${names.join(", ")}`];
}
