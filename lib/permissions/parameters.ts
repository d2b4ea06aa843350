/** The parameters that both rules on IAM have. */
import { choice, csv, type Parameter } from "../parameters.ts";
import type { ReportAt } from "./assessment.ts";

/** A list of ARNs of IAM, in which `*` and `?` are wildcards. */
export function arnPatterns(description: string): Parameter<readonly string[]> {
  return csv({
    description,
    accepts: "ARNs of IAM roles, users, groups or policies, with the wildcards * and ?",
    check: (given) => (/^(?:arn:[^,\s]+|\*)$/.test(given) ? null : "it is no ARN"),
  });
}

export const exemptPrincipals = arnPatterns(
  "Roles, users, groups and policies that are not judged. Whoever may name one so can exempt it.",
);

export const reportAt: Parameter<ReportAt> = choice({
  description:
    "Where to report what a managed policy or a group's policy grants too much: `both` there and at everybody who has it, `source` there alone.",
  values: ["both", "source"],
  default: "both",
});
