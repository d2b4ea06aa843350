import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { htmlOfPolicies, htmlReport } from "../../../lib/report/html/html.ts";
import type { PageData } from "../../../lib/report/html/page-data.ts";
import type { PolicyReport } from "../../../lib/report/policy-report.ts";
import type { Comparison } from "../../../lib/report/report.ts";
import { violationOf } from "../../../lib/report/report.ts";
import { showFrom } from "../../../lib/report/severity.ts";
import { compliant, exempt, report, resource, ruleReport, unread, violation } from "./sample.ts";

const dataElement = /<script type="application\/json" id="data">\n?([\s\S]*?)<\/script>/;

function dataIn(html: string): PageData {
  return JSON.parse(dataElement.exec(html)?.[1] ?? "");
}

describe("the page", () => {
  const html = htmlReport(report([ruleReport([violation(resource("Sessions"))])]));

  test("its policy lets in this one script and this one style, and nothing else", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
    const hashOf = (element: RegExp): string =>
      `'sha256-${createHash("sha256")
        .update(element.exec(html)?.[1] ?? "")
        .digest("base64")}'`;
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `script-src ${hashOf(/<script>([\s\S]*?)<\/script>/)}`,
      `style-src ${hashOf(/<style>([\s\S]*?)<\/style>/)}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  test("it names the licence of what it holds", () => {
    expect(html).toMatch(/<!-- This page holds Preact\.\n[\s\S]*MIT License[\s\S]*-->/);
  });

  test.each(["</script><script>alert(1)</script>", "<!--<script>", "]]>", "-->"])("%s stays data", (name) => {
    const hostile = htmlReport(report([ruleReport([violation(resource(name))])]));
    expect(dataIn(hostile).findings[0]?.resource?.name).toBe(name);
    expect(hostile.replace(dataElement, "")).toBe(html.replace(dataElement, ""));
  });
});

describe("its data", () => {
  test("every outcome is there once, what somebody has to look at first, the worst before the others", () => {
    const { findings, counts } = dataIn(
      htmlReport(
        report([
          ruleReport(
            [
              compliant(resource("Orders")),
              exempt(resource("Scratch"), "tag Stage=test"),
              violation(resource("Low")),
              violation(resource("Sandbox"), { severity: "CRITICAL", exemption: "Synthetic data" }),
              violation(resource("High"), { severity: "HIGH" }),
              violation(resource("Critical"), { severity: "CRITICAL" }),
            ],
            [unread(resource("Legacy")), unread(null)],
          ),
        ]),
      ),
    );
    expect(findings.map(({ verdict, resource: of }) => [verdict, of?.name])).toEqual([
      ["NON_COMPLIANT", "Critical"],
      ["NOT_READ", "Legacy"],
      ["NOT_READ", undefined],
      ["NON_COMPLIANT", "High"],
      ["NON_COMPLIANT", "Low"],
      ["EXEMPTED", "Sandbox"],
      ["COMPLIANT", "Orders"],
      ["NOT_APPLICABLE", "Scratch"],
    ]);
    expect(counts).toEqual({ compliant: 1, violations: 3, exempted: 1, notApplicable: 1, unread: 2 });
  });

  test("a failure that kept many from a verdict is told once", () => {
    const { notRead } = dataIn(
      htmlReport(
        report([ruleReport([], [unread(resource("A")), unread(resource("B")), unread(null, { lasting: false })])]),
      ),
    );
    expect(notRead).toMatchObject([
      { resources: "2 tables: A, B", brokenOff: null, mayPass: false },
      { resources: null, brokenOff: "dynamodb-table-encryption", mayPass: true },
    ]);
  });

  test("a practice that was not asked says so, and is none that complies", () => {
    const { practices } = dataIn(htmlReport(report([ruleReport([compliant(resource("Orders"))])])));
    expect(practices).toHaveLength(6);
    expect(practices[0]).toMatchObject({ practice: "Encryption at rest", counts: { compliant: 1 } });
    expect(practices.slice(1).map(({ counts }) => counts)).toEqual([null, null, null, null, null]);
  });

  test("violations that are not shown are counted, and named as left out", () => {
    const given = report([ruleReport([violation(resource("Low")), violation(resource("High"), { severity: "HIGH" })])]);
    const { findings, counts, notes } = dataIn(htmlReport(showFrom(given, "HIGH")));
    expect(findings.map(({ resource: of }) => of?.name)).toEqual(["High"]);
    expect(counts.violations).toBe(2);
    expect(notes).toEqual(["Violations below HIGH are counted and not shown: 1 LOW."]);
  });

  test("with a baseline each violation says whether it is new", () => {
    const [known, fresh] = [
      violation(resource("Known"), { fingerprint: "known" }),
      violation(resource("Fresh"), { fingerprint: "fresh" }),
    ];
    const comparison: Comparison = {
      evaluatedAt: new Date("2026-01-01T10:00:00Z"),
      toolVersion: "0.1.0",
      new: [violationOf(fresh)],
      unchanged: [violationOf(known)],
      mended: [{ ...violationOf(violation(resource("Gone"))), because: "it is gone" }],
      changed: [],
      exempted: [],
      notVerified: [],
      addedRules: ["dynamodb-static-keys"],
      rulesWithOtherParameters: [],
    };
    const data = dataIn(
      htmlReport(report([ruleReport([known, fresh, compliant(resource("Orders"))])], { comparison })),
    );
    expect(data.findings.map(({ change }) => change)).toEqual(["unchanged", "new", null]);
    expect(data.comparison).toEqual({
      since: "2026-01-01 10:00 UTC",
      groups: [
        { label: "New", count: 1, rows: ["dynamodb-table-encryption: table Fresh"] },
        { label: "Mended", count: 1, rows: ["dynamodb-table-encryption: table Gone"] },
        { label: "Unchanged", count: 1, rows: [] },
      ],
      cautions: ["The baseline did not ask dynamodb-static-keys: all of it counts as new"],
    });
  });

  test("an exemption that ended, and one that matches nothing, are told", () => {
    const exemption = { entry: 1, rule: "dynamodb-static-keys", resource: "ana", reason: "T-1", expires: "2025-12-31" };
    const expired = [{ exemption, violations: [violationOf(violation(resource("ana")))] }];
    const unused = [{ ...exemption, resource: "bob" }];
    expect(dataIn(htmlReport(report([], { exemptions: { expired, unused } }))).notes).toEqual([
      "The exemption of ana from dynamodb-static-keys (T-1) ended on 2025-12-31: 1 violation of it counts again.",
      "The exemption of bob from dynamodb-static-keys matches no violation: remove it.",
    ]);
  });

  test("of policies in files, what may have been missed is not read", () => {
    const policies: PolicyReport = {
      toolVersion: "0.1.0",
      rules: [{ rule: "dynamodb-least-privilege", practice: "IAM policies for authorization" }],
      outcomes: [
        {
          file: "all.json",
          policy: null,
          rule: "dynamodb-least-privilege",
          document: "{}",
          place: { line: 1, column: 1 },
          outcome: violation(resource("all.json", "AWS::IAM::Policy"), { rule: "dynamodb-least-privilege" }),
        },
      ],
      problems: [{ file: "stack.yaml", message: "stack.yaml: Role has a policy that is not text" }],
    };
    const { subject, findings } = dataIn(htmlOfPolicies(policies));
    expect(subject).toBe("Policies in 2 files");
    expect(findings.map(({ verdict, summary }) => [verdict, summary])).toEqual([
      ["NOT_READ", "stack.yaml: Role has a policy that is not text"],
      ["NON_COMPLIANT", "AWS owned key; stronger required"],
    ]);
  });
});
