/** YAML as CloudFormation reads it: what stays text, short tags, anchors, and faults by line and column. */
import { describe, expect, it } from "vitest";
import { readYaml } from "../../../cli/policy-files/yaml.ts";
import { depthLimit, type JsonNode } from "../../../lib/iam/json.ts";
import { documentOf, documentsByName, problemsOf, search } from "./templates.ts";

/** The tree as plain values, numbers by their digits. */
function plainOf(node: JsonNode): unknown {
  if (node.type === "null") return null;
  if (node.type === "number") return { number: node.text };
  if (node.type === "array") return node.items.map(plainOf);
  if (node.type === "object") return Object.fromEntries(node.members.map(({ name, value }) => [name, plainOf(value)]));
  return node.value;
}

function valueIn(text: string): unknown {
  const { value, fault } = readYaml(text);
  expect(fault).toBeNull();
  return plainOf(value);
}

describe("a plain scalar", () => {
  it.each([
    ["2012-10-17", "2012-10-17"],
    ["2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"],
    ["123456789012", { number: "123456789012" }],
    ["012345678901", "012345678901"],
    ["000000000000", "000000000000"],
    ["0", { number: "0" }],
    ["-1.50e+3", { number: "-1.50e+3" }],
    ["1_000", "1_000"],
    ["0x1F", "0x1F"],
    ["0o17", "0o17"],
    ["190:20:30", "190:20:30"],
    [".5", ".5"],
    ["+1", "+1"],
    [".inf", ".inf"],
    ["9007199254740993", { number: "9007199254740993" }],
    ["true", true],
    ["Yes", true],
    ["ON", true],
    ["off", false],
    ["No", false],
    ["y", "y"],
    ["tRUE", "tRUE"],
    ["~", null],
    ["null", null],
    ["", null],
    ["*", "*"],
    ["dynamodb:*", "dynamodb:*"],
    ["arn:aws:dynamodb:*:*:table/${aws:username}", "arn:aws:dynamodb:*:*:table/${aws:username}"],
  ])("%j is read as %j", (text, value) => {
    // A star alone would begin an alias.
    const scalar = text === "*" ? '"*"' : text;
    expect(valueIn(`Resources: ${scalar}\n`)).toEqual({ Resources: value });
    expect(valueIn(`%YAML 1.1\n---\nResources:\n  - ${scalar}\n`)).toEqual({ Resources: [value] });
  });

  it.each(["'true'", '"true"', "!!str true", "|-\n  true", ">-\n  true", "'12'", '"~"', "! 12"])(
    "is another thing than the text %j",
    (text) => {
      expect(valueIn(`Resources: ${text}\n`)).toEqual({ Resources: expect.stringMatching(/^(?:true|12|~)$/) });
    },
  );

  it("is a name as it is written", () => {
    expect(valueIn("2012-10-17: a\n012: b\ntrue: c\n'': d\n__proto__x: e\n")).toEqual({
      "2012-10-17": "a",
      "012": "b",
      true: "c",
      "": "d",
      __proto__x: "e",
    });
  });
});

describe("short tags are the long functions", () => {
  it.each<[string, unknown]>([
    ["!Ref Orders", { Ref: "Orders" }],
    ["!Condition IsProduction", { Condition: "IsProduction" }],
    ["!GetAtt Orders.Arn", { "Fn::GetAtt": "Orders.Arn" }],
    ["!GetAtt [Orders, Arn]", { "Fn::GetAtt": ["Orders", "Arn"] }],
    ["!Sub '${A}'", { "Fn::Sub": "${A}" }],
    ["!Sub ['${A}', {A: !Ref B}]", { "Fn::Sub": ["${A}", { A: { Ref: "B" } }] }],
    ["!Join ['', [a, !Ref b]]", { "Fn::Join": ["", ["a", { Ref: "b" }]] }],
    ["!Select [0, !Split ['/', x]]", { "Fn::Select": [{ number: "0" }, { "Fn::Split": ["/", "x"] }] }],
    ["!If [A, 1, !Ref 'AWS::NoValue']", { "Fn::If": ["A", { number: "1" }, { Ref: "AWS::NoValue" }] }],
    ["!Equals [!Ref A, prod]", { "Fn::Equals": [{ Ref: "A" }, "prod"] }],
    ["!FindInMap [A, b, c]", { "Fn::FindInMap": ["A", "b", "c"] }],
    ["!ImportValue {Fn::Sub: a}", { "Fn::ImportValue": { "Fn::Sub": "a" } }],
    ["!Ref 123", { Ref: "123" }],
    ["{Fn::Sub: a}", { "Fn::Sub": "a" }],
    ["!Transform {Name: AWS::Include}", { "Fn::Transform": { Name: "AWS::Include" } }],
  ])("%s", (text, value) => {
    expect(valueIn(`Resources:\n  - ${text}\n`)).toEqual({ Resources: [value] });
  });

  it("in a block too", () => {
    expect(valueIn("R: !Sub\n  - a\n  - B: |\n      c\nS: !If\n- A\n- - b\n- - c\n")).toEqual({
      R: { "Fn::Sub": ["a", { B: "c\n" }] },
      S: { "Fn::If": ["A", ["b"], ["c"]] },
    });
  });

  it("but tags of YAML and of others are none", () => {
    expect(valueIn("R: [!!str 1, !<tag:yaml.org,2002:str> 2, !!map {a: b}]\n")).toEqual({ R: ["1", "2", { a: "b" }] });
  });
});

describe("anchors", () => {
  it.each<[string, string, unknown]>([
    ["a value", "A: &x [1]\nB: *x\n", { A: [{ number: "1" }], B: [{ number: "1" }] }],
    ["a text", "A: &x 2012-10-17\nB: [*x, *x]\n", { A: "2012-10-17", B: ["2012-10-17", "2012-10-17"] }],
    ["a function", "A: &x !Ref T\nB: *x\n", { A: { Ref: "T" }, B: { Ref: "T" } }],
    ["the last of the same name", "A: &x 1\nB: &x a\nC: *x\n", { A: { number: "1" }, B: "a", C: "a" }],
    [
      "a map that is merged",
      "A: &x {a: b, c: d}\nB:\n  <<: *x\n  c: e\n",
      { A: { a: "b", c: "d" }, B: { a: "b", c: "e" } },
    ],
    [
      "several that are merged, the first before the second",
      "A: &x {a: b}\nB: &y {a: c, d: e}\nC: {<<: [*x, *y], f: g}\n",
      { A: { a: "b" }, B: { a: "c", d: "e" }, C: { a: "b", d: "e", f: "g" } },
    ],
    ["none, where the name of a merge is in quotes", 'A: {"<<": {a: b}}\n', { A: { "<<": { a: "b" } } }],
  ])("%s", (_, text, value) => {
    expect(valueIn(text)).toEqual(value);
  });
});

describe("faults are told in one line, with line and column", () => {
  const deep = `it is nested more than ${depthLimit} levels deep`;
  it.each<[string, string, string]>([
    [
      "an alias without an anchor",
      "Resources:\n  P: *x\n",
      "is no YAML: no anchor stands before `*x` (line 2, column 6)",
    ],
    ["an alias before its anchor", "R: [*x, &x 1]\n", "is no YAML: no anchor stands before `*x` (line 1, column 5)"],
    ["a name that is a list", "Resources:\n  ? [a]\n  : b\n", "is no YAML: a name is no text (line 3, column 5)"],
    ["an anchor in itself", "Resources: &a\n  P: [*a, *a, *a]\n", `is no YAML: ${deep} (line 2, column 6)`],
    [
      "lists of lists of lists",
      `A0: &a0 [x,x,x,x,x,x,x,x]\n${[0, 1, 2, 3, 4, 5, 6]
        .map((n) => `A${n + 1}: &a${n + 1} [${Array(8).fill(`*a${n}`).join()}]\n`)
        .join("")}`,
      "is no YAML: its anchors unfold without end (line 1, column 10)",
    ],
    ["depth", `R: ${"[".repeat(70)}${"]".repeat(70)}\n`, `is no YAML: ${deep} (line 1, column 68)`],
  ])("%s", (_, text, fault) => {
    expect(readYaml(text).fault).toBe(fault);
  });

  it.each(["[", "{a: ", "- ", "? "])("depth that is too much for any parser: %j", (sign) => {
    expect(readYaml(`Resources:\n  ${sign.repeat(20_000)}`).fault).toMatch(
      new RegExp(`^is no YAML: ${deep} \\(line 2, column \\d+\\)$`),
    );
  });
});

const policy = `
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: ${JSON.stringify(documentOf("Orders"))}
`;

describe("in a template", () => {
  it("a name that stands twice is an error, by its path", () => {
    expect(search(`Resources:\n  P:${policy}  P:${policy}`)).toEqual({
      policies: [],
      problems: ["file: Resources.P stands twice in the same object; keep one"],
    });
  });

  it("a name that stands twice within a policy too", () => {
    const text = `Resources:\n  P:${policy}      Description: a\n      Description: b\n`;
    expect(problemsOf(text)).toEqual([
      "file: Resources.P.Properties.Description stands twice in the same object; keep one",
    ]);
  });

  it("a second document is an error: no policy in it is passed over", () => {
    expect(search(`Resources:\n  P:${policy}---\nResources:\n  Q:${policy}`)).toEqual({
      policies: [],
      problems: [expect.stringMatching(/^file: is no YAML: .*\(line 6, column \d+\)$/)],
    });
  });

  it("JSON with what only YAML takes is read as CloudFormation reads it", () => {
    const text = `{'Resources': {P: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Version: 2012-10-17, Statement: [],},},},},}`;
    expect(documentsByName(text)).toEqual({ P: { Version: "2012-10-17", Statement: [] } });
  });

  it("a whole policy is read as it is meant", () => {
    const text = `---
# The shop
AWSTemplateFormatVersion: 2010-09-09
x-own: &own
  StringEquals: { aws:PrincipalAccount: ["012345678901", 012345678901, 123456789012] }
Resources:
  Orders: { Type: AWS::DynamoDB::Table }
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
        - Sid: Own
          Effect: Allow
          Action:
          - dynamodb:GetItem
          - dynamodb:Query
          Resource: !Sub
          - \${Table}/index/*
          - Table: !GetAtt Orders.Arn
          Condition:
            <<: *own
            Bool: { aws:SecureTransport: yes }
            Null: { aws:TokenIssueTime: "false" }
`;
    expect(documentsByName(text)).toEqual({
      P: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Own",
            Effect: "Allow",
            Action: ["dynamodb:GetItem", "dynamodb:Query"],
            Resource: "arn:aws:dynamodb:us-east-1:123456789012:table/Orders/index/*",
            Condition: {
              StringEquals: { "aws:PrincipalAccount": ["012345678901", "012345678901", 123456789012] },
              Bool: { "aws:SecureTransport": true },
              Null: { "aws:TokenIssueTime": "false" },
            },
          },
        ],
      },
    });
    expect(documentsByName(text.replaceAll("\n", "\r\n"))).toEqual(documentsByName(text));
  });
});
