/** The law of the OCSF report: what a scan says of a resource is one thing, and only what complies passes. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compareWith, parseBaseline } from "../../../lib/report/baseline.ts";
import { jsonReport } from "../../../lib/report/json.ts";
import { ocsfReport } from "../../../lib/report/ocsf.ts";
import type { RuleReport } from "../../../lib/report/report.ts";
import type { Evaluation } from "../../../lib/rule.ts";
import { validFindings } from "./ocsf-schema.ts";
import { compliant, exempt, report, resource, ruleReport, unread, violation } from "./sample.ts";

const name = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("Orders", "a\nb", "\u001b[2J", "\u2028", "\ud800"),
);
const statusOf = {
  pass: "Pass",
  fail: "Fail",
  "other fail": "Fail",
  exempted: "Fail",
  "by tag": "NOT_APPLICABLE",
  unread: "Unknown",
  gone: "NOT_APPLICABLE",
};
const outcome = fc.constantFrom(...(Object.keys(statusOf) as (keyof typeof statusOf)[]));
const account = fc.uniqueArray(fc.record({ id: name, before: outcome, after: outcome }), {
  selector: ({ id }) => id,
});

function rulesOf(rows: readonly (readonly [id: string, kind: string])[]): RuleReport {
  const evaluations: readonly Evaluation[] = rows.flatMap(([id, kind]) => {
    const of = resource(id);
    const failed = violation(of, {
      fingerprint: `${kind === "other fail" ? "other" : "fail"} ${id}`,
      annotation: id,
    });
    if (kind === "pass") return [{ ...compliant(of), fingerprint: `pass ${id}`, annotation: id }];
    if (kind === "fail" || kind === "other fail") return [failed];
    if (kind === "exempted") return [{ ...failed, exemption: id }];
    return kind === "by tag" ? [{ ...exempt(of, id), fingerprint: `pass ${id}` }] : [];
  });
  const notRead = rows.filter(([, kind]) => kind === "unread").map(([id]) => unread(resource(id), { message: id }));
  return ruleReport(evaluations, notRead);
}

test("whatever the outcomes, every line is valid and inert, no resource has two verdicts, and only what complies passes", () => {
  fc.assert(
    fc.property(account, (rows) => {
      const then = rulesOf(rows.map((row) => [row.id, row.before]));
      const now = rulesOf(rows.map((row) => [row.id, row.after]));
      const baseline = parseBaseline(jsonReport(report([then])), "then.json");
      const text = ocsfReport(report([now], { comparison: compareWith(baseline, [now]) }));

      expect(text).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u);
      const verdicts = Map.groupBy(validFindings(text), ({ finding_info }) => finding_info.uid_alt);
      for (const { id, before, after } of rows) {
        const lines = verdicts.get(`dynamodb-table-encryption/123456789012/us-east-1/AWS::DynamoDB::Table/${id}`) ?? [];
        // Of what is gone, only the violation that ended is told.
        const isTold = after !== "gone" || before === "fail" || before === "other fail";
        expect(new Set(lines.map(({ compliance }) => compliance.status))).toEqual(
          new Set(isTold ? [statusOf[after]] : []),
        );
      }
    }),
    { numRuns: 200 },
  );
});
