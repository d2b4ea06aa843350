/** The reports as CSV (RFC 4180): a row an evaluation, and one for each thing that was not read. The header is a contract. */
import { annotateUnread, reasonInWords } from "../annotation.ts";
import { witnessInWords } from "../iam/explain.ts";
import { printable } from "../parameters.ts";
import type { Outcome } from "../rule.ts";
import type { PolicyReport } from "./policy-report.ts";
import type { Report } from "./report.ts";

/** What a row says of an outcome, whoever was judged. */
const outcomeColumns = [
  "complianceType",
  "severity",
  "annotation",
  "reasons",
  "request",
  "mend",
  "choice",
  "mayBreak",
  "exemption",
  "fingerprint",
  "call",
] as const;
type OutcomeCells = Readonly<Record<(typeof outcomeColumns)[number], string | null>>;

/** A filter on `NON_COMPLIANT` must not be the only one that finds something: an empty cell is overlooked. */
const notRead = "NOT_READ";
const none = Object.fromEntries(outcomeColumns.map((column) => [column, null])) as Record<keyof OutcomeCells, null>;

/** One row an outcome, rule by rule. */
export function csvReport({ accountId, region, rules }: Report): string {
  const place = [
    "rule",
    "practice",
    "accountId",
    "region",
    "resourceType",
    "resourceId",
    "resourceName",
    "resourceArn",
  ];
  const rows = rules.flatMap(({ rule, practice, evaluations, notRead: unread }) =>
    [...evaluations, ...unread].map((outcome) => {
      const { type = null, id = null, name = null, arn = null } = outcome.resource ?? {};
      return [rule, practice, accountId, region, type, id, name, arn, ...outcomeRow(outcome)];
    }),
  );
  return csv([[...place, ...outcomeColumns], ...rows]);
}

/** One row an outcome, in the order of files, policies and rules; then what was not found in a file. */
export function csvOfPolicies({ outcomes, problems }: PolicyReport): string {
  const rows = outcomes.map(({ file, place: { line, column }, policy, rule, outcome }) => {
    return [file, line, column, policy, rule, ...outcomeRow(outcome)];
  });
  const missed = problems.map(({ file, message }) => {
    const unread = { call: null, message, lasting: true };
    return [file, null, null, null, null, ...outcomeRow({ resource: null, unread })];
  });
  return csv([["file", "line", "column", "policy", "rule", ...outcomeColumns], ...rows, ...missed]);
}

function outcomeRow(outcome: Outcome): readonly (string | null)[] {
  const cells = cellsOf(outcome);
  return outcomeColumns.map((column) => cells[column]);
}

function cellsOf(outcome: Outcome): OutcomeCells {
  if (!("complianceType" in outcome)) {
    const { unread } = outcome;
    return { ...none, complianceType: notRead, annotation: annotateUnread(unread), call: unread.call };
  }
  const { complianceType, severity, annotation, reasons, witness, mend, exemption, fingerprint } = outcome;
  return {
    complianceType,
    severity,
    annotation,
    reasons: reasons.map(reasonInWords).join(" | "),
    request: witness === null ? null : witnessInWords(witness).replace(/ {2,}/g, " "),
    mend: mend?.summary ?? null,
    choice: mend?.choice ?? null,
    mayBreak: mend?.mayBreak ?? null,
    exemption,
    fingerprint,
    call: null,
  };
}

/** Rows of cells as text, every record one line. */
export function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

// Spreadsheets trim what stands before a sign, and some take its full-width form for the sign itself.
const formula = /^\s*[=+\-@＝＋－＠]/u;

function cell(value: string | number | null): string {
  // Before it is looked at: a tab or a carriage return at the beginning is one more way to a formula.
  const text = printable(String(value ?? "")).trim();
  const inert = formula.test(text) ? `'${text}` : text;
  return /[",]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
