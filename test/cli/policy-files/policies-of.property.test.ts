/** Laws of the search for policies, whatever the file. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policiesOf } from "../../../cli/policy-files/policies-of.ts";
import { parsePolicy } from "../../../lib/iam/parse.ts";

function runs(count: number): fc.Parameters<unknown> {
  return { numRuns: count };
}

/** What holds for every file: no error is thrown, something is said, and nothing in doubt can be judged. */
function check(text: string): void {
  const { policies, problems } = policiesOf("file", text);
  expect(policies.length + problems.length).toBeGreaterThan(0);
  for (const problem of problems) expect(problem).toMatch(/^file: [^\p{Cc}\p{Zl}\p{Zp}]+$/u);
  for (const { policy, text: document, unresolved } of policies) {
    expect(policy ?? "").not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    for (const sentence of unresolved) expect(sentence).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    if (unresolved.length > 0) expect(parsePolicy(document, "identity")).toHaveProperty("faults");
  }
}

const words = [
  ..."Resources Parameters Mappings Conditions Transform Properties Type Default AllowedValues Condition Policies".split(
    " ",
  ),
  ..."PolicyDocument PolicyName InlinePolicy Statement Effect Action Resource Sid Path TableName".split(" "),
  ..."Ref Fn::GetAtt Fn::Sub Fn::Join Fn::Select Fn::Split Fn::If Fn::FindInMap Fn::ImportValue Fn::Equals Fn::And".split(
    " ",
  ),
  ..."Fn::Or Fn::Not Fn::Transform Fn::ForEach::X DefaultValue A B DynamoDBCrudPolicy DynamoDBStreamReadPolicy".split(
    " ",
  ),
  ..."format_version planned_values values root_module resources child_modules inline_policy address type".split(" "),
  "__proto__",
  "constructor",
];
const values = fc.oneof(
  fc.constantFrom<unknown>(
    ..."AWS::IAM::ManagedPolicy AWS::IAM::Role AWS::Serverless::Function AWS::DynamoDB::Table AWS::S3::Bucket".split(
      " ",
    ),
    ..."AWS::SSO::PermissionSet AWS::NoValue AWS::Region A B A.Arn ${A} ${B.Arn} ${!A} ${A {{resolve:ssm:x}}".split(
      " ",
    ),
    ..."String CommaDelimitedList aws_iam_policy aws_iam_role dynamodb:* s3:* Allow Arn".split(" "),
    ...[0, 1, true, null, "", "\u001b[2J\n\u2028"],
  ),
  fc.constantFrom(...words),
);

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    values,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...words), tie("tree"), { maxKeys: 3, noNullPrototype: false }),
  ),
}));

const types = "ManagedPolicy Role User Policy".split(" ").map((type) => `AWS::IAM::${type}`);
const resource = fc.record({
  Type: fc.constantFrom(...types, "AWS::Serverless::Function", "AWS::DynamoDB::Table", "AWS::S3::Bucket"),
  Condition: fc.constantFrom("A", "B", 1),
  Properties: fc.record(
    {
      PolicyDocument: fc.oneof(
        tree,
        fc.record({ Statement: fc.array(fc.record({ Effect: tree, Action: tree, Resource: tree })) }),
      ),
      Policies: fc.array(fc.record({ PolicyName: tree, PolicyDocument: tree }, { requiredKeys: [] })),
      TableName: tree,
      Path: tree,
    },
    { requiredKeys: [] },
  ),
});
const two = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<object> => fc.record({ A: each, B: each }, { requiredKeys: [] });
const template = fc.record(
  {
    Parameters: two(fc.record({ Type: values, Default: values, AllowedValues: tree }, { requiredKeys: [] })),
    Conditions: two(tree),
    Mappings: two(tree),
    Transform: tree,
    Resources: two(resource),
  },
  { requiredKeys: ["Resources"] },
);

/** YAML in the way that people write it, short tags and anchors among it. */
function yamlOf(value: unknown, at: number): string {
  const marks = ["", "", "", "", "!Ref ", "!Sub ", "!If ", "!GetAtt ", "!Join ", "!!str "][at % 10];
  if (Array.isArray(value)) return `${marks}[${value.map((item, index) => yamlOf(item, at * 7 + index)).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, one], index) => {
      return at % 13 === 5 && index === 0 ? "<<: *a" : `${JSON.stringify(name)}: ${yamlOf(one, at * 5 + index)}`;
    });
    return `${marks}{${members.join(", ")}}`;
  }
  // Anchors of single values only: those of lists of aliases unfold without end, which takes its time.
  if (at % 17 < 4) return at % 17 === 3 ? "&a x" : "*a";
  return `${marks}${typeof value === "string" && /^[\w:.-]+$/.test(value) ? value : JSON.stringify(value)}`;
}

describe("no file is too much", () => {
  it("any text", () => {
    const signs = fc.constantFrom(
      ..."{}[]:,\"'&*!|>-? \n\t#%@`$=\\/AaRrefb01.~",
      "\u0000",
      "\ud800",
      "\u2028",
      "Resources:\n ",
    );
    const texts = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: signs, maxLength: 80 }));
    fc.assert(fc.property(texts, check), runs(500));
    fc.assert(
      fc.property(texts, (text) => check(`Resources:\n  A: ${text}`)),
      runs(500),
    );
  });

  it("any JSON", () => {
    fc.assert(fc.property(fc.json(), check), runs(500));
    fc.assert(
      fc.property(tree, (value) => check(JSON.stringify(value))),
      runs(1_000),
    );
  });

  it("any template in JSON", () => {
    fc.assert(
      fc.property(template, (value) => check(JSON.stringify(value))),
      runs(500),
    );
  });

  it("any template in YAML", () => {
    fc.assert(
      fc.property(template, fc.nat(), (value, seed) => {
        const members = Object.entries(value).map(([name, one], at) => `${name}: ${yamlOf(one, seed + at)}\n`);
        check(`x: &a {b: c}\n${members.join("")}`);
      }),
      runs(150),
    );
  });

  it("any plan of Terraform", () => {
    const one = fc.record({ address: values, mode: values, type: values, values: tree }, { requiredKeys: ["type"] });
    const module = fc.record({ resources: fc.array(one), child_modules: tree }, { requiredKeys: [] });
    fc.assert(
      fc.property(module, (root_module) => {
        check(JSON.stringify({ format_version: "1.2", planned_values: { root_module } }));
      }),
      runs(500),
    );
  });

  it("a template that is cut or changed in one place", () => {
    const text = `Resources:
  A:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: &d
        Version: 2012-10-17
        Statement: [{ Effect: Allow, Action: dynamodb:*, Resource: !Sub "\${A.Arn}/*" }]
  B: { Type: AWS::IAM::Role, Properties: { Policies: [{ PolicyName: b, PolicyDocument: *d }] } }
`;
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(5), fc.constantFrom("", ..."{}[]:,\"'&*!|>-? \n\t#"), (at, cut, sign) => {
        check(`${text.slice(0, at)}${sign}${text.slice(at + cut)}`);
      }),
      runs(1_000),
    );
  });
});

describe("whatever the form", () => {
  it("a bare document passes as it is", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2, "\t"), (rest, space) => {
        const text = JSON.stringify({ Statement: [], ...rest, format_version: undefined }, null, space);
        expect(policiesOf("f", text)).toEqual({
          policies: [{ policy: null, text, unresolved: [], places: expect.anything() }],
          problems: [],
        });
      }),
    );
  });

  it("a template in JSON is the same template in YAML", () => {
    fc.assert(
      fc.property(template, (value) => {
        const json = JSON.stringify(value);
        // A comment is YAML's alone.
        expect(policiesOf("f", `# a comment\n${json}`)).toEqual(policiesOf("f", `           \n${json}`));
      }),
      runs(100),
    );
  });

  it("a document without functions and references is found with the same content", () => {
    const plain = fc
      .jsonValue({ maxDepth: 5 })
      .filter((value) => !/"(?:Ref|Fn::[^"]*)":|\{\{resolve:/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), plain), (document) => {
        const Resources = { P: { Type: "AWS::IAM::ManagedPolicy", Properties: { PolicyDocument: document } } };
        const { policies } = policiesOf("f", JSON.stringify({ Resources }));
        expect(policies).toEqual([
          { policy: "P", text: JSON.stringify(document), unresolved: [], places: expect.anything() },
        ]);
      }),
      runs(500),
    );
  });
});
