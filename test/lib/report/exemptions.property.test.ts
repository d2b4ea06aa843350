import fc from "fast-check";
import { expect, test } from "vitest";
import { applyExemptions } from "../../../lib/report/exemptions.ts";
import { countsOf, type RuleExemption, type RuleReport } from "../../../lib/report/report.ts";
import { compliant, resource, ruleReport, unread, violation } from "./sample.ts";

const today = new Date("2026-01-01T00:00:00.000Z");
const ruleNames = ["dynamodb-table-encryption", "dynamodb-resource-policy"] as const;

const anyRules: fc.Arbitrary<readonly RuleReport[]> = fc
  .array(fc.array(fc.constantFrom("complies", "breaks", "unread"), { maxLength: 6 }), { minLength: 2, maxLength: 2 })
  .map((states) =>
    ruleNames.map((rule, at) => {
      const rows = (states[at] ?? []).map((state, number) => ({ state, of: resource(`${"AB"[number % 2]}${number}`) }));
      return ruleReport(
        rows.flatMap(({ state, of }) => {
          if (state === "complies") return [{ ...compliant(of), rule }];
          return state === "breaks" ? [violation(of, { rule, fingerprint: `${rule} ${of.name}` })] : [];
        }),
        rows.filter(({ state }) => state === "unread").map(({ of }) => unread(of)),
        { rule },
      );
    }),
  );

const anyExemptions: fc.Arbitrary<readonly RuleExemption[]> = fc
  .array(
    fc.record({
      rule: fc.constantFrom(...ruleNames),
      resource: fc.constantFrom("*", "A*", "B?", "A0", "B1", "nothing"),
      reason: fc.constant("known"),
      expires: fc.constantFrom("2025-12-31", "2026-01-01", "2027-01-01"),
    }),
    { maxLength: 6 },
  )
  .map((entries) => entries.map((exemption, at) => ({ ...exemption, entry: at + 1 })));

test("an exemption moves a violation to the exempted ones, and changes no other count", () => {
  fc.assert(
    fc.property(anyRules, anyExemptions, (rules, exemptions) => {
      const before = countsOf(rules);
      const after = countsOf(applyExemptions(rules, exemptions, today).rules);

      expect({ ...after, violations: after.violations + after.exempted, exempted: 0 }).toEqual(before);
    }),
  );
});

test("exemptions that have all expired exempt nothing, and each violation that one covers is said to count again", () => {
  fc.assert(
    fc.property(anyRules, anyExemptions, (rules, exemptions) => {
      const result = applyExemptions(rules, exemptions, new Date("2028-01-01T00:00:00.000Z"));
      const inForce = applyExemptions(rules, exemptions, new Date("2025-01-01T00:00:00.000Z"));

      expect(result.rules).toEqual(rules);
      const again = new Set(
        result.exemptions.expired.flatMap(({ violations }) => violations.map((row) => row.fingerprint)),
      );
      expect(again.size).toBe(countsOf(inForce.rules).exempted);
    }),
  );
});

test("without those that are unused nothing else becomes of a violation", () => {
  fc.assert(
    fc.property(anyRules, anyExemptions, (rules, exemptions) => {
      const whole = applyExemptions(rules, exemptions, today);
      const needed = exemptions.filter((exemption) => !whole.exemptions.unused.includes(exemption));

      expect(applyExemptions(rules, needed, today)).toEqual({
        rules: whole.rules,
        exemptions: { expired: whole.exemptions.expired, unused: [] },
      });
    }),
  );
});
