import { describe, expect, test } from "vitest";
import { doubtsOf, type HeldRule, isWhole, type RuleStatus } from "../../../lib/alert/held.ts";
import { compliantResult, heldResult, heldRule, now } from "./held-rules.ts";

const denied = {
  call: "config:GetComplianceDetailsByConfigRule",
  message: "on rule x was denied. Allow it",
  lasting: true,
};
const recorded = (day: string) => ({ recordedAt: new Date(`${day}T08:00:00Z`) });
const status = (told: Partial<RuleStatus>): Pick<HeldRule, "status"> => ({
  status: { value: { lastInvokedAt: null, failure: null, hasRun: null, ...told } },
});

const cases: readonly (readonly [sentence: string, rule: HeldRule, doubts: readonly string[]])[] = [
  ["fresh results and no word of the runs are no doubt", heldRule([heldResult("a"), compliantResult("b")]), []],
  [
    "a list that was denied is a doubt, with who can allow it",
    heldRule([], { unread: denied }),
    ["Its results could not be read: config:GetComplianceDetailsByConfigRule on rule x was denied. Allow it"],
  ],
  [
    "a list that breaks off is known in part",
    heldRule([heldResult("a")], { unread: denied }),
    ["Its results could be read in part: config:GetComplianceDetailsByConfigRule on rule x was denied. Allow it"],
  ],
  ["a malformed result is a doubt", heldRule([], { malformed: 2 }), ["2 of its results could not be understood."]],
  [
    "results that a run would have refreshed are a doubt",
    heldRule([heldResult("a", recorded("2025-12-26")), heldResult("b")]),
    ["1 of 2 results is older than 9 days: no run refreshed it."],
  ],
  [
    "the COMPLIANT ones of them do not count",
    heldRule([
      compliantResult("a", recorded("2025-12-26")),
      heldResult("b", recorded("2025-12-20")),
      compliantResult("c"),
    ]),
    ["2 of 3 results are older than 9 days: no run refreshed them. COMPLIANT ones do not count: 1."],
  ],
  ["nine days to the minute are not yet too long", heldRule([compliantResult("a", recorded("2025-12-27"))]), []],
  [
    "a NOT_APPLICABLE result is sent once, and grows old without a doubt",
    heldRule([heldResult("a", { complianceType: "NOT_APPLICABLE", ...recorded("2025-01-01") }), heldResult("b")]),
    [],
  ],
  [
    "a run that failed is a doubt, with AWS Config's reason",
    heldRule(
      [heldResult("a")],
      status({ failure: { at: new Date("2026-01-05T01:00:00Z"), error: "AccessDenied: no" } }),
    ),
    ["AWS Config's last run of it failed at 01:00 UTC on 2026-01-05: AccessDenied: no"],
  ],
  [
    "a rule that was never run is a doubt",
    heldRule([], status({ hasRun: false, lastInvokedAt: null })),
    ["AWS Config has not run it yet."],
  ],
  [
    "no run for more than two days is a doubt",
    heldRule([heldResult("a")], status({ hasRun: true, lastInvokedAt: new Date("2026-01-03T07:59:00Z") })),
    ["AWS Config ran it last at 07:59 UTC on 2026-01-03, more than 2 days ago."],
  ],
  [
    "a run within two days is none",
    heldRule([heldResult("a")], status({ hasRun: true, lastInvokedAt: new Date("2026-01-03T08:00:00Z") })),
    [],
  ],
  [
    "a status that could not be read is a doubt",
    heldRule([heldResult("a")], {
      status: { unread: { ...denied, call: "config:DescribeConfigRuleEvaluationStatus" } },
    }),
    ["Whether it runs could not be read: config:DescribeConfigRuleEvaluationStatus on rule x was denied. Allow it"],
  ],
];

describe("why the results of a rule are not the whole truth", () => {
  test.each(cases)("%s", (_, rule, doubts) => {
    expect(doubtsOf(rule, now, 7).doubts).toEqual(doubts);
  });

  test("where everything is sent every time, results of three days are too old", () => {
    expect(doubtsOf(heldRule([heldResult("a", recorded("2026-01-02"))]), now, 0).doubts).toEqual([
      "1 of 1 results is older than 2 days: no run refreshed it.",
    ]);
  });

  test("foreign words stay on one line of ASCII", () => {
    const failure = { at: now, error: "caf\u00e9\r\nTo: all" };
    expect(doubtsOf(heldRule([]), now, 7).doubts).toEqual([]);
    expect(doubtsOf(heldRule([], status({ failure })), now, 7).doubts[0]).toContain("caf???To: all");
  });
});

describe("what counts as compliant", () => {
  test("fresh COMPLIANT results, no others", () => {
    const rule = heldRule([compliantResult("a"), compliantResult("b", recorded("2025-12-01")), heldResult("c")]);
    expect(doubtsOf(rule, now, 7).compliant).toBe(1);
  });

  test.each<[string, HeldRule, boolean]>([
    ["no result and no doubt is told as no result", heldRule([]), true],
    [
      "so is a rule of which nothing is held but what is not applicable",
      heldRule([heldResult("a", { complianceType: "NOT_APPLICABLE" })]),
      true,
    ],
    ["where there is a reason why, it is told instead", heldRule([], { unread: denied }), false],
    ["a COMPLIANT result is a result", heldRule([compliantResult("a")]), false],
  ])("%s", (_, rule, isEmpty) => {
    expect(doubtsOf(rule, now, 7).isEmpty).toBe(isEmpty);
  });

  test.each<[string, HeldRule, boolean]>([
    ["a rule is read whole where all was read", heldRule([heldResult("a")]), true],
    ["it is not where the list broke off", heldRule([heldResult("a")], { unread: denied }), false],
    ["nor where a result was malformed", heldRule([heldResult("a")], { malformed: 1 }), false],
  ])("%s", (_, rule, whole) => {
    expect(isWhole(rule)).toBe(whole);
  });
});
