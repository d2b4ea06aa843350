import fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf } from "../../../lib/alert/digest.ts";
import type { HeldResult } from "../../../lib/alert/held.ts";
import { heldResult, heldRule, now } from "./held-rules.ts";

const words = fc.string({ unit: "binary", maxLength: 40 });
const result: fc.Arbitrary<HeldResult> = fc
  .record({
    id: fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    complianceType: fc.constantFrom("COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"),
    resourceType: fc.constantFrom("AWS::DynamoDB::Table", "AWS::IAM::Role", "AWS::::Account"),
    annotation: fc.oneof(
      words,
      words.map((text) => `NOT VERIFIED: ${text}`),
      words.map((text) => `Exempt: ${text}`),
      fc.constant(null),
    ),
    recordedAt: fc.date({ min: new Date("2025-12-01"), max: now, noInvalidDate: true }),
  })
  .map(({ id, ...changes }) => heldResult(id, changes));
const rule = fc.record({
  configRuleName: fc.constantFrom("dynamodb-table-encryption", "prod-dynamodb-static-keys", "another"),
  results: fc.array(result, { maxLength: 30 }),
  malformed: fc.nat(2),
  unread: fc.option(words.map((message) => ({ call: "config:X", message, lasting: true }))),
});

test("whatever AWS Config holds, a digest fits SNS, is plain, and passes over nothing that is wrong or unknown", () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 10 }), (facts) => {
      const rules = facts.map((fact) => heldRule(fact.results, fact));
      const { subject, text } = digestOf({
        accountId: "123456789012",
        region: "us-east-1",
        partition: "aws",
        time: now,
        refreshDays: 7,
        rules,
        changes: { alerts: [], malformed: 0, unread: null },
      });
      expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
      expect(text).toMatch(/^[\x20-\x7e\n]+$/);
      expect(text.length).toBeLessThan(262_144);

      const head = text.split("\n\n")[0]?.replaceAll("\n", " ") ?? "";
      const counted = (words: RegExp): number => Number(words.exec(head)?.[1] ?? 0);
      const wrong = rules.flatMap(({ results }) => results).filter((held) => held.complianceType === "NON_COMPLIANT");
      expect(counted(/(\d+) violations?\b/) + counted(/(\d+) not verified\b/)).toBe(wrong.length);
      const unknown = rules.filter(({ malformed, unread }) => malformed > 0 || unread !== null).length;
      expect(counted(/(\d+) rules? not known\b/)).toBeGreaterThanOrEqual(unknown);
      expect(text.match(/^NOT KNOWN {2}/gm)?.length ?? 0).toBeGreaterThanOrEqual(unknown);
      const held = rules.flatMap(({ results }) => results).filter((one) => one.complianceType === "COMPLIANT");
      expect(counted(/(\d+) compliant results?\./)).toBeLessThanOrEqual(held.length);
    }),
  );
});
