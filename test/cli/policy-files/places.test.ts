/** Where a document and its statements stand in a file, whatever its form. */
import { expect, test } from "vitest";
import { policiesOf } from "../../../cli/policy-files/policies-of.ts";
import { positionOf } from "../../../lib/iam/json.ts";

/** The places as `line:column`, the document's first. */
function placesOf(text: string): readonly (readonly string[])[] {
  return policiesOf("f", text).policies.map(({ places: { document, statements } }) =>
    [document, ...statements].map((at) => {
      const { line, column } = positionOf(text, at);
      return `${line}:${column}`;
    }),
  );
}

const allow = '{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}';

test.each<[string, string, readonly string[]]>([
  ["a document", `\n{"Statement": [\n  ${allow},\n  ${allow}\n]}`, ["2:1", "3:3", "4:3"]],
  ["a document with one statement", `{"Statement":\n${allow}}`, ["1:1", "2:1"]],
  ["a document at fault", `{"Statement": [\n${allow}`, ["1:1"]],
  [
    "a template in JSON",
    `{"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {\n"PolicyDocument": {"Statement": [\n ${allow}]}}}}}`,
    ["2:19", "3:2"],
  ],
  [
    "a template in YAML",
    `Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Action: dynamodb:GetItem
            Resource: "*"
          - { Effect: Allow, Action: dynamodb:Scan, Resource: "*" }
`,
    ["6:9", "8:13", "11:13"],
  ],
  [
    "a template whose condition chooses a statement",
    `Conditions: { C: !Equals [!Ref AWS::Region, us-east-1] }
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Condition: C
    Properties:
      PolicyDocument:
        Statement:
          - !If
            - C
            - ${allow}
            - !Ref AWS::NoValue
`,
    ["8:9", "11:15"],
  ],
  [
    "a document that is a text",
    `Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: '{"Statement": [${allow}]}'
`,
    ["5:23"],
  ],
  [
    "a policy template of SAM",
    `Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - DynamoDBReadPolicy: { TableName: Orders }
`,
    ["6:11", "6:11"],
  ],
  [
    "a plan",
    `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [\n{"address": "a", "type": "aws_iam_policy", "values": {\n"policy": "{\\"Statement\\": []}"}}]}}}`,
    ["3:11"],
  ],
])("%s", (_, text, places) => {
  expect(placesOf(text)).toEqual([places]);
});
