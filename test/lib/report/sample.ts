/** Evaluations and reports for the tests of the formats: each says only what its claim is about. */
import type { Report, RuleReport } from "../../../lib/report/report.ts";
import type { Evaluation, NotRead, Resource, ResourceKey } from "../../../lib/rule.ts";

export function resource(name: string, type: ResourceKey["type"] = "AWS::DynamoDB::Table"): Resource {
  return { type, id: name, name, arn: null };
}

export function compliant(of: Resource): Evaluation {
  return {
    rule: "dynamodb-table-encryption",
    accountId: "123456789012",
    region: "us-east-1",
    resource: of,
    complianceType: "COMPLIANT",
    severity: null,
    annotation: "fine",
    reasons: [],
    witness: null,
    mend: null,
    exemption: null,
    fingerprint: "f1",
  };
}

export function violation(of: Resource, parts: Partial<Evaluation> = {}): Evaluation {
  return {
    ...compliant(of),
    complianceType: "NON_COMPLIANT",
    severity: "LOW",
    annotation: "AWS owned key; stronger required. Set it",
    reasons: [{ code: "awsOwnedKey", found: "AWS owned key", wanted: "stronger required", source: null }],
    mend: {
      summary: "Set it",
      steps: [{ command: ["aws", "dynamodb", "update-table", "--table-name", of.name] }],
      mayBreak: "Nothing",
      choice: null,
    },
    ...parts,
  };
}

export function exempt(of: Resource, exemption: string): Evaluation {
  return { ...compliant(of), complianceType: "NOT_APPLICABLE", annotation: `Exempt: ${exemption}`, exemption };
}

export function unread(of: Resource | null, parts: Partial<NotRead["unread"]> = {}): NotRead {
  return {
    resource: of,
    unread: {
      call: "kms:DescribeKey",
      message: "on key ...9c02 was denied. Allow it to role/scanner in the key's policy",
      lasting: true,
      ...parts,
    },
  };
}

export function ruleReport(
  evaluations: readonly Evaluation[],
  notRead: readonly NotRead[] = [],
  parts: Partial<RuleReport> = {},
): RuleReport {
  return {
    rule: "dynamodb-table-encryption",
    practice: "Encryption at rest",
    parameters: { minimumKeyType: "AWS_MANAGED_KEY" },
    evaluations,
    leftOut: [],
    notRead,
    ...parts,
  };
}

export function report(rules: readonly RuleReport[], parts: Partial<Report> = {}): Report {
  return {
    toolVersion: "0.1.0",
    accountId: "123456789012",
    region: "us-east-1",
    evaluatedAt: new Date("2026-01-01T00:00:00.000Z"),
    isRecorded: true,
    rules,
    calls: 48,
    seconds: 1.23,
    comparison: null,
    exemptions: null,
    minSeverity: null,
    ...parts,
  };
}
