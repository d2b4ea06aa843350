import { expect, test } from "vitest";
import { tableReport } from "../../../lib/report/table.ts";
import type { Evaluation } from "../../../lib/rule.ts";
import { compliant, exempt, report, resource, ruleReport, unread, violation } from "./sample.ts";

const plain = { width: 100, colour: false };

test("a report tells what complies, what does not, worst first, and what was not read", () => {
  const policy = resource("tenant-items-scan", "AWS::IAM::Policy");
  const open = (of: Evaluation["resource"]): Evaluation =>
    violation(of, {
      rule: "dynamodb-policy-conditions",
      severity: "HIGH",
      reasons: [{ code: "free", found: "allows Scan of table/Orders", wanted: "a binding condition", source: policy }],
      witness: {
        principal: "arn:aws:iam::123456789012:role/app",
        action: "dynamodb:Scan",
        resource: "arn:aws:dynamodb:us-east-1:123456789012:table/Orders",
        context: { "dynamodb:LeadingKeys": null, "aws:SourceVpce": ["vpce-1", "vpce-2"] },
        allowedBy: ["tenant-items-scan/TenantItems"],
      },
      mend: {
        summary: "Remove dynamodb:Scan",
        steps: [
          { file: "tenant-items-scan.json", content: '{\n  "Version": "2012-10-17"\n}\n' },
          {
            command: [
              "aws",
              "iam",
              "create-policy-version",
              "--policy-arn",
              "arn:aws:iam::123456789012:policy/tenant-items-scan",
              "--policy-document",
              "file://tenant-items-scan.json",
              "--set-as-default",
            ],
          },
          { words: "Tell those who scan today." },
        ],
        mayBreak: "Whoever scans",
        choice: "Whether anybody needs the scan.",
      } as Evaluation["mend"],
    });
  const roles = [..."abcdef"].map((letter) => resource(`role-${letter}`, "AWS::IAM::Role"));

  const text = tableReport(
    report([
      ruleReport(
        [
          compliant(resource("Orders")),
          exempt(resource("Sandbox"), "tag Stage=test (exemptResourceTag)"),
          violation(resource("Sessions")),
        ],
        [unread(resource("Legacy")), unread(resource("Ledger"))],
      ),
      ruleReport(
        [policy, ...roles].map(open),
        [
          unread(null, {
            call: "iam:ListRoles",
            message: "on the account was throttled past the retries",
            lasting: false,
          }),
        ],
        { rule: "dynamodb-policy-conditions", practice: "Conditions for fine-grained access" },
      ),
    ]),
    plain,
  );

  expect(text).toBe(`\
dynamodb-compliance  123456789012  us-east-1  recorded 2026-01-01      12 resources, 48 calls, 1.2 s

  rule                                compliant  violations  not applicable  unread
  Encryption at rest
    dynamodb-table-encryption                 1           1               1       2
  Conditions for fine-grained access
    dynamodb-policy-conditions                0           7               0       1
  1 of 9 judged resources comply              1           8               1       3
  exempt by tag Stage=test (exemptResourceTag): table Sandbox

VIOLATIONS, worst first

  HIGH      dynamodb-policy-conditions
            7 resources: policy tenant-items-scan, role role-a, role role-b, role role-c, role
            role-d and 2 more
            allows Scan of table/Orders; a binding condition
            Cause            policy tenant-items-scan
            AWS would allow  dynamodb:Scan on arn:aws:dynamodb:us-east-1:123456789012:table/Orders
                             as arn:aws:iam::123456789012:role/app with no dynamodb:LeadingKeys and
                             aws:SourceVpce = vpce-1, vpce-2 by "tenant-items-scan/TenantItems"
            Ask AWS          aws iam simulate-principal-policy \\
                               --policy-source-arn arn:aws:iam::123456789012:role/app \\
                               --action-names dynamodb:Scan \\
                               --resource-arns arn:aws:dynamodb:us-east-1:123456789012:table/Orders \\
                               --context-entries '[{"ContextKeyName":"aws:SourceVpce","ContextKeyValues":["vpce-1","vpce-2"],"ContextKeyType":"string"}]' \\
                               --query 'EvaluationResults[].EvalDecision'
            Mend             Remove dynamodb:Scan
                             tenant-items-scan.json:
                               {
                                 "Version": "2012-10-17"
                               }
                             aws iam create-policy-version \\
                               --policy-arn arn:aws:iam::123456789012:policy/tenant-items-scan \\
                               --policy-document file://tenant-items-scan.json --set-as-default
                             Tell those who scan today.
            Choose           Whether anybody needs the scan.
            May break        Whoever scans

  LOW       dynamodb-table-encryption   table Sessions
            AWS owned key; stronger required
            Mend       Set it
                       aws dynamodb update-table --table-name Sessions
            May break  Nothing

NOT READ  (nothing here counts as compliant)

  kms:DescribeKey on key ...9c02 was denied. Allow it to role/scanner in the key's policy
    No verdict  2 tables: Legacy, Ledger
    Rules       dynamodb-table-encryption

  iam:ListRoles on the account was throttled past the retries
    Broke off  dynamodb-policy-conditions: more may not have been listed
    Rules      dynamodb-policy-conditions
    May pass   scan again

Next: let the scanner read what NOT READ names, and scan again; as a page: add --format html
--output report.html
`);
});

test("AWS's simulator is not asked of a request that an endpoint's policy lets through: it knows none", () => {
  const principal = "arn:aws:iam::999999999999:role/any-role";
  const request = { principal, action: "dynamodb:GetItem", resource: "*", context: {}, allowedBy: ["#0"] };
  const of = resource("vpce-1", "AWS::EC2::VPCEndpoint");
  const text = tableReport(report([ruleReport([violation(of, { witness: request })])], { isRecorded: false }), plain);
  expect(text).toContain(`AWS would allow  dynamodb:GetItem on * as ${principal}`);
  expect(text).not.toContain("Ask AWS");
});

test("an account where all is well has no bands, and nothing to mend", () => {
  expect(tableReport(report([ruleReport([compliant(resource("Orders"))])], { isRecorded: false }), plain)).toBe(`\
dynamodb-compliance  123456789012  us-east-1  live                       1 resource, 48 calls, 1.2 s

  rule                            compliant  violations  not applicable  unread
  Encryption at rest
    dynamodb-table-encryption             1           0               0       0
  1 of 1 judged resources comply          1           0               0       0

Nothing to mend; as a page: add --format html --output report.html
`);
});

test.each(["arn:aws:iam::999999999999:role/any-role", "redshift.amazonaws.com", null])(
  "of a request by %s the account is not asked: it cannot say what others may",
  (principal) => {
    const action = "dynamodb:GetItem";
    const orders = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
    const witness = { principal, action, resource: orders, context: {}, allowedBy: ["Open"] };

    const text = tableReport(report([ruleReport([violation(resource("Orders"), { witness })])]), plain);

    expect(text).toContain("AWS would allow  dynamodb:GetItem on");
    expect(text).not.toContain("Ask AWS");
  },
);

test("a narrow terminal gets counts in words and wrapped text, and no line but a long word is too wide", () => {
  expect(tableReport(report([ruleReport([violation(resource("Sessions"))])]), { width: 44, colour: false })).toBe(`\
dynamodb-compliance  123456789012  us-east-1  recorded 2026-01-01
1 resource, 48 calls, 1.2 s

  Encryption at rest
    dynamodb-table-encryption
      compliant 0, violations 1, not
      applicable 0, unread 0
  0 of 1 judged resources comply
    compliant 0, violations 1, not applicable
    0, unread 0

VIOLATIONS, worst first

  LOW       dynamodb-table-encryption
            table Sessions
            AWS owned key; stronger required
            Mend       Set it
                       aws dynamodb update-table \\
                         --table-name Sessions
            May break  Nothing

Next: take the mends that fit, worst first,
and scan again; as a page: add --format html
--output report.html
`);
});

test("steps of the first three stand for those of all, and how many are left out is said", () => {
  const many = report([ruleReport([..."ABCDE"].map((name) => violation(resource(`Table-${name}`))))]);

  const text = tableReport(many, plain);

  expect(text).toContain("  5 tables: Table-A, Table-B, Table-C, Table-D, Table-E\n");
  expect(text.match(/update-table --table-name \S+/g)).toEqual([
    "update-table --table-name Table-A",
    "update-table --table-name Table-B",
    "update-table --table-name Table-C",
  ]);
  expect(text).toContain("and the same for 2 more resources\n");
});

test("colour only repeats what a word says: without its codes the text is the plain one", () => {
  const worst = report([
    ruleReport([violation(resource("Ledger"), { severity: "CRITICAL" })], [unread(resource("Legacy"))]),
  ]);

  const coloured = tableReport(worst, { width: 100, colour: true });

  expect(coloured).toContain("\u001b[1m\u001b[31mCRITICAL  ");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes are what is taken out.
  expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(tableReport(worst, plain));
});

test("foreign text reaches the terminal as text only", () => {
  const hostile = "\u001b[2J\r\nCOMPLIANT\u202e\u2028\u009b31m<script>";
  const attacked = resource(hostile);
  const text = tableReport(
    report([
      ruleReport(
        [
          violation(attacked, {
            reasons: [{ code: "x", found: hostile, wanted: hostile, source: resource(hostile, "AWS::IAM::Policy") }],
            witness: {
              principal: hostile,
              action: hostile,
              resource: hostile,
              context: { [hostile]: hostile },
              allowedBy: [hostile],
            },
            mend: {
              summary: hostile,
              steps: [
                { command: ["aws", hostile, `--${hostile}`] },
                { file: hostile, content: hostile },
                { words: hostile },
              ],
              mayBreak: hostile,
              choice: hostile,
            } as Evaluation["mend"],
          }),
          exempt(resource("Sandbox"), hostile),
        ],
        [unread(attacked, { call: hostile, message: hostile })],
      ),
    ]),
    plain,
  );

  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(text.split("\n").filter((line) => line.startsWith("COMPLIANT"))).toEqual([]);
});
