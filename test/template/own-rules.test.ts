/** The scanner obeys its own rules: its template's policies, judged as anybody's would be before they are deployed. */
import { expect, test } from "vitest";
import { run } from "../cli/child.ts";

interface Row {
  readonly policy: string;
  readonly rule: string;
  readonly complianceType: string | null;
  readonly annotation: string;
}

test("every policy of the template complies, but for the Scan that finds unencrypted items", {
  timeout: 30_000,
}, async () => {
  const { status, stdout, stderr } = await run(["check-policy", "--format", "json", "template.yaml"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const rows: readonly Row[] = JSON.parse(stdout);
  expect(rows.filter(({ complianceType }) => complianceType === "COMPLIANT").length).toBeGreaterThan(2);
  const violations = rows.filter(({ complianceType }) => complianceType === "NON_COMPLIANT");
  // It must reach whatever table is tagged as sensitive tomorrow; its conditions leave it the markers alone.
  expect(violations.map(({ policy, rule }) => `${policy} ${rule}`)).toEqual([
    "ClientSideEncryptionRole/read dynamodb-least-privilege",
  ]);
  expect(violations[0]?.annotation).toContain("allows dynamodb:Scan on any table");
});
