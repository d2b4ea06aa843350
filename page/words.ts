/** What the page says in whole sentences. */
import type { PageFinding } from "../lib/report/html/page-data.ts";
import type { Counts } from "../lib/report/report.ts";

/** The one sentence at the top. */
export function sentenceOf({ compliant, violations, exempted, unread }: Counts): string {
  const judged = compliant + violations + exempted;
  const broken =
    judged === 0
      ? "No resource was judged"
      : `${inDigits(violations)} of ${inDigits(judged)} judged resources ${violations === 1 ? "breaks" : "break"} a practice`;
  const exempt = exempted === 0 ? "" : `, ${inDigits(exempted)} more ${exempted === 1 ? "is" : "are"} exempted`;
  const rest =
    unread === 0 ? "nothing was left unread" : `${inDigits(unread)} could not be read, and none of that complies`;
  return `${broken}${exempt}; ${rest}`;
}

/** A practice or a rule in few words. */
export function countsInWords({ compliant, violations, exempted, notApplicable, unread }: Counts): string {
  const judged = compliant + violations + exempted;
  return [
    judged === 0 ? "nothing judged" : `${inDigits(compliant)} of ${inDigits(judged)} comply`,
    ...(violations === 0 ? [] : [`${inDigits(violations)} violation${violations === 1 ? "" : "s"}`]),
    ...(exempted === 0 ? [] : [`${inDigits(exempted)} exempted`]),
    ...(unread === 0 ? [] : [`${inDigits(unread)} not read`]),
    ...(judged === 0 && notApplicable > 0 ? [`${inDigits(notApplicable)} not applicable`] : []),
  ].join(", ");
}

export function inDigits(count: number): string {
  return count.toLocaleString("en-US");
}

/** The word on a finding's badge. */
export function badgeOf({ verdict, severity }: PageFinding): string {
  return verdict === "NON_COMPLIANT" ? (severity ?? "LOW") : verdict.replace("_", " ");
}

/** What a finding is about: `table Orders`. */
export function subjectOf({ resource }: PageFinding): string {
  return resource === null ? "the listing" : `${resource.noun} ${resource.name}`;
}

/** What tells a finding from all others. */
export function keyOf({ rule, verdict, resource, summary }: PageFinding): string {
  return `${rule} ${verdict} ${resource?.noun} ${resource?.id} ${summary}`;
}
