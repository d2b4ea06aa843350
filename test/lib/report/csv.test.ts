import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { csv, csvReport } from "../../../lib/report/csv.ts";
import { compliant, exempt, report, resource, ruleReport, unread, violation } from "./sample.ts";

/** Each record as an object of the header's names. */
function recordsOf(text: string): readonly Readonly<Record<string, string>>[] {
  return parse(text, { columns: true });
}

/** Cells as a reader of RFC 4180 takes them, every line a record. */
function cellsOf(text: string): readonly (readonly string[])[] {
  return parse(text, { record_delimiter: "\r\n", skip_empty_lines: false });
}

test("a row for each evaluation, and for each thing that was not read", () => {
  const witness = { principal: null, action: "dynamodb:Scan", resource: "*", context: {}, allowedBy: ["All"] };
  const text = csvReport(
    report([
      ruleReport(
        [
          compliant(resource("Orders")),
          violation(resource("Sessions"), { witness }),
          exempt(resource("Sandbox"), "tag Stage=test"),
        ],
        [unread(resource("Legacy")), unread(null, { call: null, message: "was not listed" })],
      ),
    ]),
  );

  expect(text.slice(0, text.indexOf("\r\n"))).toBe(
    "rule,practice,accountId,region,resourceType,resourceId,resourceName,resourceArn,complianceType,severity,annotation,reasons,request,mend,choice,mayBreak,exemption,fingerprint,call",
  );
  const place = { rule: "dynamodb-table-encryption", practice: "Encryption at rest", accountId: "123456789012" };
  expect(recordsOf(text)).toMatchObject([
    { ...place, resourceName: "Orders", complianceType: "COMPLIANT", severity: "", annotation: "fine" },
    {
      resourceType: "AWS::DynamoDB::Table",
      resourceId: "Sessions",
      complianceType: "NON_COMPLIANT",
      severity: "LOW",
      reasons: "AWS owned key; stronger required",
      request: 'dynamodb:Scan on * by "All"',
      mend: "Set it",
      mayBreak: "Nothing",
      fingerprint: "f1",
    },
    { resourceId: "Sandbox", complianceType: "NOT_APPLICABLE", exemption: "tag Stage=test" },
    {
      resourceId: "Legacy",
      complianceType: "NOT_READ",
      annotation: expect.stringMatching(/^NOT VERIFIED: kms:DescribeKey on key/),
      call: "kms:DescribeKey",
    },
    { resourceId: "", complianceType: "NOT_READ", annotation: "NOT VERIFIED: was not listed", call: "" },
  ]);
});

test("a run without a resource is the header alone", () => {
  expect(recordsOf(csvReport(report([ruleReport([])])))).toEqual([]);
});

test.each([
  ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "?=1"],
  ["\r=1", "?=1"],
  [" =1", "'=1"],
  ["＝1", "'＝1"],
  ["a=1", "a=1"],
])("%j is no formula as %j", (given, written) => {
  expect(cellsOf(csv([[given]]))).toEqual([[written]]);
});

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(..."=+-@\t\r\n\",;'|a ＝\u00a0\ufeff") }),
);

test("whatever the names, the cells stay in their places, each record is one line, and none begins a formula", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(hostile, hostile, hostile), { minLength: 1 }), (rows) => {
      const text = csv(rows);
      const records = cellsOf(text);

      expect(records.map((record) => record.length)).toEqual(rows.map(() => 3));
      expect(text.split("\r\n")).toHaveLength(rows.length + 1);
      expect(records.flat().filter((value) => /^[\s\ufeff]*[=+\-@＝＋－＠\t\r]/u.test(value))).toEqual([]);
      expect(text.replaceAll("\r\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
