import { expect, it } from "vitest";
import type { Check } from "../../../lib/doctor/check.ts";
import { doctorJson, doctorText, type Examination } from "../../../lib/report/doctor.ts";

const base = { todo: null, hinders: null, rules: [] } as const;
const checks: readonly Check[] = [
  { ...base, area: "Caller", name: "region", status: "OK", found: "eu-west-1" },
  {
    area: "Calls of the rules",
    name: "kms:DescribeKey",
    status: "PROBLEM",
    found: "on key ...90ab was denied. Allow it to role/Scanner",
    todo: "needed by dynamodb-table-encryption",
    hinders: "scan",
    rules: ["dynamodb-table-encryption"],
  },
  { ...base, area: "Calls of the rules", name: "dynamodb:Scan", status: "NOT_KNOWN", found: "not asked" },
  { ...base, area: "AWS Config", name: "recorder", status: "PROBLEM", found: "none", hinders: "deployment" },
];
const examination: Examination = {
  toolVersion: "0.0.0",
  accountId: "111122223333",
  region: "eu-west-1",
  checkedAt: new Date("2026-01-01T00:00:00Z"),
  checks,
};

it("tells each check with its status and what to do, by area", () => {
  expect(doctorText(examination, { width: 80, colour: false })).toBe(`\
dynamodb-compliance doctor  111122223333  eu-west-1

Caller
  OK         region           eu-west-1

Calls of the rules
  PROBLEM    kms:DescribeKey  on key ...90ab was denied. Allow it to
                              role/Scanner; needed by dynamodb-table-encryption
  NOT KNOWN  dynamodb:Scan    not asked

AWS Config
  PROBLEM    recorder         none

1 check would leave a scan with something unread, 1 check would hinder a
deployment, 1 more not known. The IAM policy that a scan needs: rules --policy
`);
});

it("puts words below the name on a narrow terminal", () => {
  expect(
    doctorText({ ...examination, checks: checks.slice(0, 1), accountId: null }, { width: 40, colour: false }),
  ).toBe(`\
dynamodb-compliance doctor  eu-west-1

Caller
  OK         region
             eu-west-1

nothing hinders a scan, nothing known
hinders a deployment. The IAM policy
that a scan needs: rules --policy
`);
});

it("is harmless whatever AWS answered", () => {
  const hostile = [{ ...base, area: "Caller", name: "region", status: "OK", found: "a\u001b[31mb" }] as const;

  expect(doctorText({ ...examination, checks: hostile }, { width: 80, colour: false })).not.toContain("\u001b");
  expect(doctorJson({ ...examination, checks: hostile })).not.toContain("\u001b");
});

it("is a contract as JSON", () => {
  expect(JSON.parse(doctorJson({ ...examination, checks: checks.slice(1, 2) }))).toEqual({
    schemaVersion: 1,
    toolVersion: "0.0.0",
    accountId: "111122223333",
    region: "eu-west-1",
    checkedAt: "2026-01-01T00:00:00.000Z",
    checks: [
      {
        area: "Calls of the rules",
        check: "kms:DescribeKey",
        status: "PROBLEM",
        found: "on key ...90ab was denied. Allow it to role/Scanner",
        todo: "needed by dynamodb-table-encryption",
        hinders: "scan",
        rules: ["dynamodb-table-encryption"],
      },
    ],
  });
});
