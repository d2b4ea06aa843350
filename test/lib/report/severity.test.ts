import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonReport } from "../../../lib/report/json.ts";
import { allEvaluations, countsOf } from "../../../lib/report/report.ts";
import { leftOutInWords, showFrom } from "../../../lib/report/severity.ts";
import { tableReport } from "../../../lib/report/table.ts";
import { type Evaluation, isAtLeast, type Severity, severities } from "../../../lib/rule.ts";
import { compliant, exempt, report, resource, ruleReport, unread, violation } from "./sample.ts";

const plain = { width: 100, colour: false };

function broken(name: string, severity: Severity, parts: Partial<Evaluation> = {}): Evaluation {
  const reasons = [{ code: severity, found: `it is ${severity}`, wanted: "better", source: null }];
  return violation(resource(name), { severity, reasons, fingerprint: name, ...parts });
}

const whole = report([
  ruleReport(
    [
      compliant(resource("Fine")),
      exempt(resource("Sandbox"), "tag Stage=test"),
      broken("Low-1", "LOW"),
      broken("Low-2", "LOW"),
      broken("Medium", "MEDIUM"),
      broken("High", "HIGH"),
      broken("Critical", "CRITICAL"),
      broken("Accepted", "LOW", { exemption: "Known (until 2027-01-01)" }),
    ],
    [unread(resource("Legacy"))],
  ),
]);

test.each<[Severity, Severity, boolean]>([
  ["LOW", "LOW", true],
  ["LOW", "MEDIUM", false],
  ["CRITICAL", "HIGH", true],
  ["HIGH", "CRITICAL", false],
])("%s is at least %s: %s", (severity, limit, expected) => {
  expect(isAtLeast(severity, limit)).toBe(expected);
});

test("the table shows what is that bad, all that is no violation, and says what it leaves out", () => {
  const text = tableReport(showFrom(whole, "HIGH"), plain);

  expect(text.match(/^ {2}(LOW|MEDIUM|HIGH|CRITICAL) .*$/gm)).toEqual([
    "  CRITICAL  dynamodb-table-encryption   table Critical",
    "  HIGH      dynamodb-table-encryption   table High",
  ]);
  expect(text).toContain("  1 of 7 judged resources comply          1           5         1               1       1\n");
  expect(text).toContain("  below HIGH and not shown: 1 MEDIUM, 2 LOW\n");
  expect(text).toContain("  dynamodb-table-encryption: table Accepted\n    Reason    Known (until 2027-01-01)\n");
  expect(text).toContain("    No verdict  table Legacy\n");
  expect(text).toContain(" 9 resources, ");
});

test("where all violations are below the limit, the last line does not say that there is none", () => {
  const low = report([ruleReport([broken("Low", "LOW")])]);

  expect(tableReport(showFrom(low, "CRITICAL"), plain)).toMatch(/\nNothing of CRITICAL or worse to mend; /);
});

test("in JSON the field `leftOut` counts them, with each severity that it is about", () => {
  const { evaluations, errors, leftOut } = JSON.parse(jsonReport(showFrom(whole, "HIGH")));

  expect(evaluations.map(({ resourceName }: { resourceName: string }) => resourceName)).toEqual([
    "Fine",
    "Sandbox",
    "High",
    "Critical",
    "Accepted",
  ]);
  expect(errors).toHaveLength(1);
  expect(leftOut).toEqual({ minSeverity: "HIGH", violations: { MEDIUM: 1, LOW: 2 } });
  expect(JSON.parse(jsonReport(showFrom(whole, "LOW"))).leftOut).toEqual({ minSeverity: "LOW", violations: {} });
});

test("from LOW on nothing is left out", () => {
  expect(showFrom(whole, "LOW").rules).toEqual(whole.rules);
  expect(leftOutInWords(showFrom(whole, "LOW"))).toBeNull();
  expect(leftOutInWords(whole)).toBeNull();
});

test("whatever is left out is still counted, and nothing gets lost", () => {
  const evaluation = fc
    .tuple(fc.constantFrom(...severities), fc.constantFrom("breaks", "accepted", "complies"), fc.nat({ max: 9 }))
    .map(([severity, state, number]) => {
      const name = `Table-${number}`;
      if (state === "complies") return compliant(resource(name));
      return broken(name, severity, state === "accepted" ? { exemption: "known" } : {});
    });
  fc.assert(
    fc.property(fc.array(fc.array(evaluation)), fc.constantFrom(...severities), (given, limit) => {
      const all = given.map((evaluations) => ruleReport(evaluations));
      const { rules } = showFrom(report(all), limit);

      expect(countsOf(rules)).toEqual(countsOf(all));
      expect(new Set(rules.flatMap(allEvaluations))).toEqual(new Set(all.flatMap(allEvaluations)));
      expect(rules.flatMap(({ leftOut }) => leftOut).some(({ exemption }) => exemption !== null)).toBe(false);
    }),
  );
});
