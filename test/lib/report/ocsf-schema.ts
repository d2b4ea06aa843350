/** Whether a text is lines of OCSF Compliance Findings by the framework's own schema, and by what its words say beyond it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import * as z from "zod";

const file = join(import.meta.dirname, "../../fixtures/ocsf/compliance-finding-1.8.0.json");
// zod looks at alternatives and forgets what stands beside them: each becomes a whole object of its own.
const document = JSON.parse(readFileSync(file, "utf8"), (_, value) => {
  if (!Array.isArray(value?.anyOf)) return value;
  const { anyOf, required = [], ...base } = value;
  return { anyOf: anyOf.map((one: { required: string[] }) => ({ ...base, required: [...required, ...one.required] })) };
});
const schema = z.fromJSONSchema(document);

export interface OcsfFinding {
  readonly activity_id: number;
  readonly activity_name: string;
  readonly class_uid: number;
  readonly type_uid: number;
  readonly time: number;
  readonly severity_id: number;
  readonly severity: string;
  readonly status_id?: number;
  readonly status?: string;
  readonly message: string;
  readonly finding_info: {
    readonly uid: string;
    readonly uid_alt: string;
    readonly analytic: { readonly uid: string };
  };
  readonly compliance: {
    readonly status_id: number;
    readonly status: string;
    readonly status_code: string;
    readonly status_details: readonly string[];
  };
  readonly resources?: readonly { readonly uid: string; readonly name: string }[];
  readonly comment?: string;
  readonly unmapped?: unknown;
}

export function faultsOf(value: unknown): readonly string[] {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

/** The findings, when they are valid. */
export function validFindings(text: string): readonly OcsfFinding[] {
  const lines = text.split("\n");
  expect(lines.pop()).toBe("");
  const findings = lines.map((line): OcsfFinding => JSON.parse(line));
  for (const finding of findings) {
    expect(faultsOf(finding)).toEqual([]);
    // What a schema in JSON cannot say: a type is its class and activity.
    expect(finding.type_uid).toBe(finding.class_uid * 100 + finding.activity_id);
  }
  const uids = findings.map(({ finding_info }) => finding_info.uid);
  expect(new Set(uids).size).toBe(uids.length);
  return findings;
}
