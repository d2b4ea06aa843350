/** What a check says: all well, a problem, or that nobody knows; and what to do. */

export type CheckStatus = "OK" | "PROBLEM" | "NOT_KNOWN";

/** In the order in which they are told. */
export const areas = ["Caller", "Calls of the rules", "AWS Config", "Home region"] as const;
export type Area = (typeof areas)[number];

export interface Check {
  readonly area: Area;
  /** What is checked: an IAM action, or words. */
  readonly name: string;
  readonly status: CheckStatus;
  readonly found: string;
  readonly todo: string | null;
  /** What it stands in the way of: a scan leaves something unread, a deployed rule runs late or not at all. */
  readonly hinders: "scan" | "deployment" | null;
  /** The rules that need it. */
  readonly rules: readonly string[];
}

/** A check of which nothing more is to say. */
export function ok(area: Area, name: string, found: string, todo: string | null = null): Check {
  return { area, name, status: "OK", found, todo, hinders: null, rules: [] };
}

/** Whether a scan would leave something unread. */
export function hindersScan(checks: readonly Check[]): boolean {
  return checks.some(({ hinders }) => hinders === "scan");
}
