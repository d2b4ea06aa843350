/** Which format a file has, bare documents, and what is said of files that hold no policy. */
import { describe, expect, it } from "vitest";
import { policiesOf } from "../../../cli/policy-files/policies-of.ts";
import { parsePolicy } from "../../../lib/iam/parse.ts";
import { documentOf, managedPolicy } from "./templates.ts";

const document = JSON.stringify(documentOf("Orders"), null, 2);
const showPlan = "give its plan in JSON: `terraform plan -out plan`, then `terraform show -json plan > plan.json`";
const nothing =
  "f.json: no IAM policy found in it; give a policy, a CloudFormation template or a Terraform plan in JSON";

describe("a bare document passes unchanged", () => {
  it.each<[string, string]>([
    ["whole", document],
    ["with space around it", `\n\n  ${document}\r\n`],
    ["with a name that stands twice", '{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}'],
    ["without Statement", '{"Version": "2012-10-17"}'],
    ["with a name in the wrong case", '{"statement": []}'],
    ["cut off", document.slice(0, -10)],
    ["with a comma too many", document.replace('"*"', '"*",')],
    ["with a comment", `// mine\n${document}`],
    ["with single quotes", "{'Statement': []}"],
    ["in YAML, which IAM does not take", "Version: 2012-10-17\nStatement: []\n"],
    ["with a template's word in it, and malformed", '{"Statement": [{"Resources": "*",}]}'],
    ["two after each other", `${document}\n${document}`],
    ["URL-encoded", encodeURIComponent(document)],
  ])("%s", (_, text) => {
    expect(policiesOf("f.json", text)).toEqual({
      policies: [{ policy: null, text, unresolved: [], places: expect.anything() }],
      problems: [],
    });
  });

  it("so that the line and column of its faults are those of the file", () => {
    const text = document.replace('"Effect": "Allow"', '"Effect": "allow"');
    const [found] = policiesOf("f.json", text).policies;
    const result = parsePolicy(found?.text ?? "", "identity");
    expect("faults" in result && result.faults).toMatchObject([{ line: 5, column: 17 }]);
  });

  it("but for the mark at its beginning that some editors write", () => {
    expect(policiesOf("f.json", `\uFEFF${document}`).policies).toEqual([
      { policy: null, text: document, unresolved: [], places: expect.anything() },
    ]);
  });
});

describe("a file without a policy is a problem", () => {
  it.each<[string, string]>([
    ["an empty one", ""],
    ["one of spaces", " \n"],
    ["a list", "[]"],
    ["a text", '"Statement"'],
    ["some other JSON", '{"name": "dynamodb-compliance"}'],
    ["a template without resources", '{"AWSTemplateFormatVersion": "2010-09-09"}'],
    ["a template without policies", '{"Resources": {"T": {"Type": "AWS::DynamoDB::Table"}}}'],
    ["a template in YAML without policies", "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n"],
    ["a template whose resources are no object", "Resources: [1]\n"],
    ["a plan without resources", '{"format_version": "1.2", "planned_values": {}}'],
    ["a policy that is always left out", JSON.stringify({ Resources: { P: managedPolicy({ Ref: "AWS::NoValue" }) } })],
  ])("%s", (_, text) => {
    expect(policiesOf("f.json", text)).toEqual({ policies: [], problems: [nothing] });
  });

  it("told of the file by a name that cannot harm a terminal", () => {
    expect(policiesOf("a\u001b[2Jb\n", "[]").problems).toEqual([nothing.replace("f.json", "a?[2Jb?")]);
  });
});

describe("Terraform's other files are told in one line, with what to give instead", () => {
  const source = `is Terraform's source; ${showPlan}`;
  it.each<[string, string, string]>([
    ["a resource", 'resource "aws_iam_policy" "read" {\n  policy = jsonencode({})\n}\n', source],
    ["a policy document", 'data "aws_iam_policy_document" "read" {\n  statement {}\n}\n', source],
    ["a variable after a comment", '# Resources of the shop\n\n  variable "x" {}\n', source],
    ["settings", "terraform {\n}\n", source],
    ["locals", "locals {\r\n  a = 1\r\n}\r\n", source],
    ["the source in JSON", '{"resource": {"aws_iam_policy": {}}}', `is no plan of Terraform; ${showPlan}`],
    [
      "the state",
      '{"version": 4, "terraform_version": "1.11.4", "resources": []}',
      `is no plan of Terraform; ${showPlan}`,
    ],
    [
      "a plan as Terraform keeps it",
      "PK\u0003\u0004\u0000tfplan",
      `is a Terraform plan that is not in JSON; ${showPlan}`,
    ],
  ])("%s", (_, text, problem) => {
    expect(policiesOf("main.tf", text)).toEqual({ policies: [], problems: [`main.tf: ${problem}`] });
  });

  it("but a template that holds such source is a template", () => {
    const template = `Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Description: |
        locals {
        }
      PolicyDocument: ${JSON.stringify(documentOf("Orders"))}
`;
    expect(policiesOf("t.yaml", template)).toMatchObject({ policies: [{ policy: "P" }], problems: [] });
  });
});

describe("what cannot be read is refused in one line", () => {
  const megabytes = (count: number): string => " ".repeat(count * 1024 * 1024);
  const limit = "f: is longer than 8 MB; give the policies in files of their own";
  it.each<[string, string, string]>([
    ["more than 8 MB", `${megabytes(8)}${document}`, limit],
    ["fewer signs that are more than 8 MB in UTF-8", `"${"\u20ac".repeat(3 * 1024 * 1024)}"`, limit],
    [
      "YAML of more than 1 MB",
      `Resources: {}\n${megabytes(1)}`,
      "f: is longer than 1 MB; CloudFormation takes no such template",
    ],
    ["UTF-16", [...document].join("\0"), "f: is no text in UTF-8; save it as such"],
    ["broken YAML", "Resources:\n  P: [\n", "f: is no YAML: "],
    ["YAML with a tab", "Resources:\n\tP: {}\n", "f: is no YAML: "],
    ["two documents", "Resources: {}\n---\nResources: {}\n", "f: is no YAML: "],
    [
      "a template in JSON, malformed",
      '{\n  "Resources": {"P": "a}\n}',
      "f: is no JSON: it has a control character in a string (line 2, column 25)",
    ],
  ])("%s", (_, text, problem) => {
    const { policies, problems } = policiesOf("f", text);
    expect(policies).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]).not.toContain("\n");
  });

  it("8 MB are read", () => {
    const text = `${document}${" ".repeat(8 * 1024 * 1024 - document.length)}`;
    expect(policiesOf("f", text).policies).toHaveLength(1);
  });
});
