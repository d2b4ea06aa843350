/** What AWS Config holds of a rule, and why that may not be the truth: silence is never compliance. Pure. */
import type { Fact, Unread } from "../rule.ts";
import { inWords, plain } from "./text.ts";

/** As far as it could be read. */
export interface HeldRule {
  readonly configRuleName: string;
  readonly results: readonly HeldResult[];
  /** Results that lack a part that AWS documents, or whose verdict is none. */
  readonly malformed: number;
  /** Why the list breaks off; null where it is whole. */
  readonly unread: Unread | null;
  /** Null where AWS Config tells none: its API reference promises it for managed rules only. */
  readonly status: Fact<RuleStatus | null>;
}

export interface HeldResult {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly complianceType: "COMPLIANT" | "NON_COMPLIANT" | "NOT_APPLICABLE";
  readonly annotation: string | null;
  readonly recordedAt: Date;
  /** When what was judged was so. */
  readonly orderedAt: Date;
}

/** What DescribeConfigRuleEvaluationStatus tells; null where it does not. */
export interface RuleStatus {
  readonly lastInvokedAt: Date | null;
  /** The last failure that no success followed. */
  readonly failure: { readonly at: Date; readonly error: string } | null;
  /** False: the rule was never run. */
  readonly hasRun: boolean | null;
}

export interface Doubts {
  /** A sentence each. */
  readonly doubts: readonly string[];
  /** No result, and no other doubt: there is nothing to judge, or no run got through. */
  readonly isEmpty: boolean;
  /** COMPLIANT, and recorded so lately that it counts. */
  readonly compliant: number;
}

/** The longest schedule is a day: what is older by two was not refreshed, and a rule not run for two does not run. */
const slackDays = 2;

const millisecondsADay = 86_400_000;

/** Whether all was read that AWS Config holds of the rule. */
export function isWhole({ unread, malformed }: HeldRule): boolean {
  return unread === null && malformed === 0;
}

/** Why the results of a rule are not the whole truth.
 * @param refreshDays a scheduled run sends an unchanged result again when it is as old as this */
export function doubtsOf(rule: HeldRule, now: Date, refreshDays: number): Doubts {
  const daysAgo = (days: number): number => now.getTime() - days * millisecondsADay;
  const mostDays = refreshDays + slackDays;
  const isStale = ({ recordedAt }: HeldResult): boolean => recordedAt.getTime() < daysAgo(mostDays);
  // A NOT_APPLICABLE result is sent once and never refreshed.
  const refreshed = rule.results.filter(({ complianceType }) => complianceType !== "NOT_APPLICABLE");
  const stale = refreshed.filter(isStale);
  const compliant = refreshed.filter(({ complianceType }) => complianceType === "COMPLIANT");
  const staleCompliant = compliant.filter(isStale).length;
  const doubts = [
    ...ofListing(rule),
    ...ofStatus(rule, new Date(daysAgo(slackDays))),
    ...(stale.length === 0 ? [] : [ofAge(stale.length, refreshed.length, mostDays, staleCompliant)]),
  ];
  return {
    doubts,
    isEmpty: refreshed.length === 0 && doubts.length === 0,
    compliant: compliant.length - staleCompliant,
  };
}

function ofAge(stale: number, all: number, days: number, compliant: number): string {
  const [verb, them] = stale === 1 ? ["is", "it"] : ["are", "them"];
  const uncounted = compliant === 0 ? "" : ` COMPLIANT ones do not count: ${compliant}.`;
  return `${stale} of ${all} results ${verb} older than ${days} days: no run refreshed ${them}.${uncounted}`;
}

function ofListing({ results, unread, malformed }: HeldRule): readonly string[] {
  const words = unread === null ? "" : plain(`${unread.call ?? "reading"} ${unread.message}`);
  return [
    ...(unread === null
      ? []
      : [
          results.length === 0
            ? `Its results could not be read: ${words}`
            : `Its results could be read in part: ${words}`,
        ]),
    ...(malformed === 0 ? [] : [`${malformed} of its results could not be understood.`]),
  ];
}

function ofStatus({ status }: HeldRule, latest: Date): readonly string[] {
  if ("unread" in status) {
    const { call, message } = status.unread;
    return [`Whether it runs could not be read: ${plain(`${call ?? "reading"} ${message}`)}`];
  }
  const { failure = null, hasRun = null, lastInvokedAt = null } = status.value ?? {};
  if (hasRun === false) return ["AWS Config has not run it yet."];
  if (failure !== null)
    return [`AWS Config's last run of it failed at ${inWords(failure.at)}: ${plain(failure.error)}`];
  return lastInvokedAt !== null && lastInvokedAt < latest
    ? [`AWS Config ran it last at ${inWords(lastInvokedAt)}, more than ${slackDays} days ago.`]
    : [];
}
