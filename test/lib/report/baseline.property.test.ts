import fc from "fast-check";
import { expect, test } from "vitest";
import { compareWith, parseBaseline } from "../../../lib/report/baseline.ts";
import { jsonReport } from "../../../lib/report/json.ts";
import { countsOf, type RuleReport } from "../../../lib/report/report.ts";
import { compliant, exempt, report, resource, ruleReport, unread, violation } from "./sample.ts";

const rules = ["dynamodb-table-encryption", "dynamodb-resource-policy"] as const;
const names = [..."ABCDEF"];
const state = fc.constantFrom("complies", "breaks", "breaks otherwise", "accepted", "exempt", "unread", "gone");

/** Any rules over few resources, each in any state; their fingerprints are as `judge` makes them. */
const anyRules: fc.Arbitrary<readonly RuleReport[]> = fc
  .tuple(
    fc.subarray([...rules]),
    fc.array(fc.tuple(...names.map(() => state)), { minLength: 2, maxLength: 2 }),
    fc.boolean(),
  )
  .map(([asked, states, breaksOff]) =>
    asked.map((rule) => {
      const stateOf = (name: string) => states[rules.indexOf(rule)]?.[names.indexOf(name)] ?? "gone";
      const evaluations = names.flatMap((name) => {
        const of = resource(name);
        const fingerprint = `${rule} ${name} weak`;
        switch (stateOf(name)) {
          case "complies":
            return [{ ...compliant(of), rule }];
          case "breaks":
            return [violation(of, { rule, fingerprint })];
          case "breaks otherwise":
            return [violation(of, { rule, fingerprint: `${fingerprint} otherwise`, severity: "HIGH" })];
          case "accepted":
            return [violation(of, { rule, fingerprint, exemption: "known" })];
          case "exempt":
            return [{ ...exempt(of, "tag"), rule }];
          default:
            return [];
        }
      });
      const notRead = names.filter((name) => stateOf(name) === "unread").map((name) => unread(resource(name)));
      return ruleReport(evaluations, breaksOff ? [...notRead, unread(null)] : notRead, { rule });
    }),
  );

const baselineOf = (then: readonly RuleReport[]) => parseBaseline(jsonReport(report(then)), "then.json");
const prints = (rows: readonly { readonly fingerprint: string }[]) => rows.map(({ fingerprint }) => fingerprint).sort();

test("every violation of now is new or unchanged, and every one of then is told once", () => {
  fc.assert(
    fc.property(anyRules, anyRules, (then, now) => {
      const baseline = baselineOf(then);
      const told = compareWith(baseline, now);
      const { unchanged, mended, changed, exempted, notVerified } = told;

      expect(told.new.length + unchanged.length).toBe(countsOf(now).violations);
      expect(prints([...unchanged, ...mended, ...changed, ...exempted, ...notVerified])).toEqual(
        prints(baseline.violations),
      );
    }),
  );
});

test("against itself a report has nothing new, nothing mended, and no doubt", () => {
  fc.assert(
    fc.property(anyRules, (now) => {
      const { unchanged, ...others } = compareWith(baselineOf(now), now);

      expect(unchanged).toHaveLength(countsOf(now).violations);
      expect(others).toMatchObject({ new: [], mended: [], changed: [], exempted: [], notVerified: [] });
      expect(others).toMatchObject({ addedRules: [], rulesWithOtherParameters: [] });
    }),
  );
});

test("what is new one way round is no violation the other way round", () => {
  fc.assert(
    fc.property(anyRules, anyRules, (one, other) => {
      const there = compareWith(baselineOf(one), other);
      const back = compareWith(baselineOf(other), one);
      const { mended, changed, exempted, notVerified } = back;

      expect(prints(there.new)).toEqual(prints([...mended, ...changed, ...exempted, ...notVerified]));
      expect(prints(there.unchanged)).toEqual(prints(back.unchanged));
    }),
  );
});

test("nothing of which anything could not be read is mended", () => {
  fc.assert(
    fc.property(anyRules, anyRules, (then, now) => {
      const unreadNow = new Set(
        now.flatMap(({ rule, notRead }) => notRead.map((row) => `${rule} ${row.resource?.name} weak`)),
      );

      for (const { fingerprint } of compareWith(baselineOf(then), now).mended) {
        expect(unreadNow).not.toContain(fingerprint.replace(" otherwise", ""));
      }
    }),
  );
});
