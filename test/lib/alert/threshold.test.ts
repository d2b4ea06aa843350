import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Alert, alertIn } from "../../../lib/alert/alert.ts";
import { rules } from "../../../lib/alert/rule.ts";
import { isSent, minimumSeverityIn } from "../../../lib/alert/threshold.ts";
import { annotate } from "../../../lib/annotation.ts";
import { type Severity, severities } from "../../../lib/rule.ts";
import { awsOwned, bodyOf, type Changes, pendingDeletion } from "./compliance-change.ts";

/** The minimum severities at which it still alerts. */
function sentAt(changes: Changes): readonly Severity[] {
  const alert = alertIn(bodyOf(changes)) as Alert;
  return severities.filter((minimum) => isSent(alert, minimum));
}

/** What a violation of this severity should be sent at. */
const upTo = (severity: Severity) => severities.slice(0, severities.indexOf(severity) + 1);

const reasons = rules.flatMap(({ name, reasons }) =>
  Object.entries(reasons).map(([code, { severity, says }]) => ({ rule: name, code, severity, says })),
);

test.each<[string, Changes, readonly Severity[]]>([
  ["a mild violation", { annotation: awsOwned }, ["LOW"]],
  ["a critical one", { annotation: pendingDeletion }, severities],
  ["one beside milder ones", { annotation: "KMS key ...7a41 is Disabled, so the table (+2 more)" }, upTo("HIGH")],
  ["what could not be verified", { annotation: "NOT VERIFIED: kms:DescribeKey was denied" }, severities],
  ["the same with a mild reason's words", { annotation: `NOT VERIFIED: ${awsOwned}` }, severities],
  ["words of no reason", { annotation: "KMS key ...7a41 is odd" }, severities],
  ["words of several reasons", { annotation: `${awsOwned}: does not exist` }, severities],
  ["no annotation", { annotation: null }, severities],
  ["a rule outside the catalogue", { rule: "no-such-rule", annotation: awsOwned }, severities],
  ["compliance again", { now: "COMPLIANT", before: "NON_COMPLIANT", annotation: awsOwned }, severities],
  ["a deletion", { now: "NOT_APPLICABLE", before: "NON_COMPLIANT", annotation: "Deleted: nothing" }, severities],
  ["an exemption", { now: "NOT_APPLICABLE", before: "NON_COMPLIANT", annotation: "Exempt: the tag" }, severities],
  ["a withdrawn result", { now: null, before: "NON_COMPLIANT" }, severities],
])("%s", (_, changes, expected) => {
  expect(sentAt(changes)).toEqual(expected);
});

describe("a violation is sent up to its own severity", () => {
  test.each(reasons)("$rule $code: $severity", ({ rule, severity, says }) => {
    expect(sentAt({ rule, annotation: `role/app: ${says} (+1 more). Mend it` })).toEqual(upTo(severity));
    expect(sentAt({ rule: `prod-${rule}`, annotation: `it is so; ${says}one` })).toEqual(upTo(severity));
  });
});

test("an annotation that was cut before the words that tell its reason always alerts", () => {
  const length = fc.nat(260);
  fc.assert(
    fc.property(fc.constantFrom(...reasons), fc.boolean(), length, length, length, (reason, isFound, ...lengths) => {
      const { rule, code, severity, says } = reason;
      const [before = "", after = "", mend = ""] = lengths.map((count) => "x".repeat(count));
      const words = `${before}${says}${after}`;
      const [found, wanted] = isFound ? [words, "y"] : ["y", words];
      const annotation = annotate([{ code, found, wanted, source: null }], mend);
      expect(sentAt({ rule, annotation })).toEqual(annotation.includes(says) ? upTo(severity) : severities);
    }),
    { numRuns: 2_000 },
  );
});

describe("ALERT_MINIMUM_SEVERITY", () => {
  test.each<[string | undefined, Severity]>([
    [undefined, "LOW"],
    ["LOW", "LOW"],
    ["MEDIUM", "MEDIUM"],
    ["HIGH", "HIGH"],
    ["CRITICAL", "CRITICAL"],
  ])("%j is %s", (given, minimum) => {
    expect(minimumSeverityIn({ ALERT_MINIMUM_SEVERITY: given })).toBe(minimum);
  });

  test.each(["", "high", "SEVERE", " LOW", "LOW\n"])("%j is refused by name", (given) => {
    expect(() => minimumSeverityIn({ ALERT_MINIMUM_SEVERITY: given })).toThrow(
      `ALERT_MINIMUM_SEVERITY is \`${given}\`; use LOW, MEDIUM, HIGH or CRITICAL`,
    );
  });
});
