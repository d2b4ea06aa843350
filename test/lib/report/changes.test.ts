import { expect, test } from "vitest";
import { changesSection } from "../../../lib/report/changes.ts";
import type { Comparison, FormerViolation, Violation } from "../../../lib/report/report.ts";
import { tableReport } from "../../../lib/report/table.ts";
import { report, resource, ruleReport } from "./sample.ts";

const plain = { width: 100, colour: false };

function row(name: string, rule = "dynamodb-table-encryption"): Violation {
  return { rule, resource: resource(name), severity: "LOW", fingerprint: name };
}

function former(name: string): FormerViolation {
  return { ...row(name), because: "whatever" };
}

const none: Comparison = {
  evaluatedAt: new Date("2025-12-31T23:59:30.000Z"),
  toolVersion: "0.1.0",
  new: [],
  unchanged: [],
  mended: [],
  changed: [],
  exempted: [],
  notVerified: [],
  addedRules: [],
  rulesWithOtherParameters: [],
};

test("the section tells how many, of which rule, and which resources", () => {
  const comparison = {
    ...none,
    new: [row("A"), row("B"), row("A", "dynamodb-resource-policy")],
    unchanged: [row("C")],
    mended: [former("D")],
    changed: [former("E")],
    exempted: [former("F")],
    notVerified: [former("G"), former("H")],
    addedRules: ["dynamodb-resource-policy"],
    rulesWithOtherParameters: ["dynamodb-table-encryption"],
  };

  expect(changesSection(comparison, plain).join("\n")).toBe(`\
SINCE THE BASELINE OF 2025-12-31 23:59 UTC

  New                     3 violations
                          dynamodb-table-encryption: 2 tables: A, B
                          dynamodb-resource-policy: table A
  Mended                  1 violation
                          dynamodb-table-encryption: table D
  Unchanged               1 violation
  Other reason now        1 violation
                          dynamodb-table-encryption: table E
  Exempted now            1 violation
                          dynamodb-table-encryption: table F
  Not verified this time  2 violations
                          dynamodb-table-encryption: 2 tables: G, H
  The baseline did not ask dynamodb-resource-policy: all of it counts as new
  Other parameters than in the baseline: dynamodb-table-encryption`);
});

test("where nothing changed three numbers say so, at the report's end", () => {
  const text = tableReport(report([ruleReport([])], { comparison: none }), plain);

  expect(text).toMatch(
    /\n\nSINCE THE BASELINE OF .*\n\n {2}New {8}0 violations\n {2}Mended {5}0 violations\n {2}Unchanged {2}0 violations\n\nNothing to mend.*\n$/,
  );
});

test("foreign names reach the terminal as text only", () => {
  const lines = changesSection({ ...none, new: [row("\u001b[2J\u202e", "\u009b31m")] }, plain);

  expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});
