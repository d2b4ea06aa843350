/** Where policies stand in a CloudFormation template, and where what looks like one is none. */
import { describe, expect, it } from "vitest";
import { documentOf, documentsByName, type Json, managedPolicy, noValue, problemsOf, search } from "./templates.ts";

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const processed = "check the processed template (aws cloudformation get-template --template-stage Processed)";

function resource(type: string, properties: Json): Json {
  return { Type: type, Properties: properties };
}

describe("a policy is a resource of its own", () => {
  it.each(["ManagedPolicy", "Policy", "UserPolicy", "RolePolicy", "GroupPolicy"])("AWS::IAM::%s", (type) => {
    const properties = { PolicyName: "orders", PolicyDocument: documentOf("Orders") };
    expect(documentsByName({ Resources: { Access: resource(`AWS::IAM::${type}`, properties) } })).toEqual({
      Access: documentOf("Orders"),
    });
    expect(search({ Resources: { Access: resource(`AWS::IAM::${type}`, {}) } })).toEqual({
      policies: [],
      problems: ["file: Access has no PolicyDocument"],
    });
  });

  it("a permission set, which may be without", () => {
    const Resources = {
      Readers: resource("AWS::SSO::PermissionSet", { InlinePolicy: documentOf("Orders") }),
      Guests: resource("AWS::SSO::PermissionSet", { Name: "guests" }),
    };
    expect(documentsByName({ Resources })).toEqual({ Readers: documentOf("Orders") });
    expect(problemsOf({ Resources })).toEqual([]);
  });

  it("whose document may be text, which passes as it is", () => {
    const text = JSON.stringify(documentOf("Orders"), null, 1);
    const Resources = { Readers: resource("AWS::SSO::PermissionSet", { InlinePolicy: text }) };
    expect(search({ Resources }).policies).toEqual([
      { policy: "Readers", text, unresolved: [], places: expect.anything() },
    ]);
  });

  it("whose document keeps its order, its numbers, and a name that is none of IAM's", () => {
    const document = '{"Statement":[],"Version":"2012-10-17","X":[1.0,-2e5,true,null,"\\u20ac"]}';
    const template = `{"Resources": {"P": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": ${document}}}}}`;
    expect(search(template).policies).toEqual([
      { policy: "P", text: document.replace("\\u20ac", "\u20ac"), unresolved: [], places: expect.anything() },
    ]);
  });
});

describe("inline policies", () => {
  it.each(["Role", "User", "Group"])("of AWS::IAM::%s are told by its id and their names", (type) => {
    const properties = {
      AssumeRolePolicyDocument: trust,
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
      Policies: [
        { PolicyName: "orders", PolicyDocument: documentOf("Orders") },
        { PolicyName: { "Fn::Sub": "${AWS::Region}-carts" }, PolicyDocument: documentOf("Carts") },
        { PolicyName: { "Fn::ImportValue": "x" }, PolicyDocument: documentOf("Unnamed") },
        { PolicyDocument: documentOf("Nameless") },
      ],
    };
    expect(documentsByName({ Resources: { Owner: resource(`AWS::IAM::${type}`, properties) } })).toEqual({
      "Owner/orders": documentOf("Orders"),
      "Owner/us-east-1-carts": documentOf("Carts"),
      "Owner/Policies[2]": documentOf("Unnamed"),
      "Owner/Policies[3]": documentOf("Nameless"),
    });
  });

  it("without a document are problems; what is left out is none", () => {
    const Policies = [{ PolicyName: "a" }, "b", noValue, { PolicyName: "c", PolicyDocument: documentOf("Orders") }];
    const Resources = { R: resource("AWS::IAM::Role", { Policies }) };
    expect(problemsOf({ Resources })).toEqual([
      "file: R/Policies[0] has no PolicyDocument",
      "file: R/Policies[1] has no PolicyDocument",
    ]);
    expect(Object.keys(documentsByName({ Resources }))).toEqual(["R/c"]);
  });

  it("a template's names cannot harm a terminal", () => {
    const document = documentOf("Orders");
    const Resources = {
      "A\u001b[2J": managedPolicy(document),
      B: resource("AWS::IAM::Role", { Policies: [{ PolicyName: "b\n\u202e", PolicyDocument: document }] }),
      "C\u001b[2J": resource("AWS::IAM::Policy", {}),
    };
    expect(Object.keys(documentsByName({ Resources }))).toEqual(["A?[2J", "B/b??"]);
    expect(problemsOf({ Resources })).toEqual(["file: C?[2J has no PolicyDocument"]);
  });
});

describe("is no identity policy", () => {
  it.each<[string, Json]>([
    ["who may assume a role", resource("AWS::IAM::Role", { AssumeRolePolicyDocument: trust })],
    ["a bucket's policy", resource("AWS::S3::BucketPolicy", { PolicyDocument: trust })],
    ["a queue's policy", resource("AWS::SQS::QueuePolicy", { PolicyDocument: trust })],
    ["a table's policy", resource("AWS::DynamoDB::Table", { ResourcePolicy: { PolicyDocument: trust } })],
    ["an endpoint's policy", resource("AWS::EC2::VPCEndpoint", { PolicyDocument: trust })],
    ["a key's policy", resource("AWS::KMS::Key", { KeyPolicy: trust })],
    ["a list of policies of another type", resource("AWS::X::Y", { Policies: [{ PolicyDocument: trust }] })],
    ["a resource without a type", { Properties: { PolicyDocument: trust } }],
  ])("%s", (_, one) => {
    expect(search({ Resources: { One: one, Two: managedPolicy(documentOf("Orders")) } })).toMatchObject({
      policies: [{ policy: "Two" }],
      problems: [],
    });
  });
});

describe("policies that are made by means that are not in the file are problems", () => {
  it.each<[string, Json, string]>([
    [
      "a loop over roles",
      { "Fn::ForEach::Roles": ["Name", ["a", "b"], { "Role${Name}": { Type: "AWS::IAM::Role" } }] },
      "Fn::ForEach::Roles makes resources in a loop",
    ],
    [
      "an included part of Resources",
      { "Fn::Transform": { Name: "AWS::Include" } },
      "Fn::Transform is completed by Fn::Transform",
    ],
    [
      "a resource that is included",
      { R: { "Fn::Transform": { Name: "AWS::Include" } } },
      "R is completed by Fn::Transform",
    ],
    [
      "included properties",
      { R: resource("AWS::IAM::Role", { "Fn::Transform": { Name: "AWS::Include" } }) },
      "R is completed by Fn::Transform",
    ],
    [
      "a connector",
      { C: resource("AWS::Serverless::Connector", {}) },
      "C has a connector, of which SAM makes policies",
    ],
    [
      "a connector in a function",
      { F: { ...resource("AWS::Serverless::Function", {}), Connectors: {} } },
      "F has a connector, of which SAM makes policies",
    ],
    [
      "data sources of an API",
      { A: resource("AWS::Serverless::GraphQLApi", { DataSources: { DynamoDb: {} } }) },
      "A has data sources, of which SAM makes policies",
    ],
  ])("%s", (_, Resources, problem) => {
    const template = { Resources: { ...Resources, P: managedPolicy(documentOf("Orders")) } };
    expect(problemsOf(template)).toEqual([`file: ${problem}; ${processed}`]);
    expect(Object.keys(documentsByName(template))).toEqual(["P"]);
  });

  it.each<[string, Json]>([
    ["a loop over tables", { "Fn::ForEach::T": ["N", ["a"], { "T${N}": { Type: "AWS::DynamoDB::Table" } }] }],
    ["an API without tables", { A: resource("AWS::Serverless::GraphQLApi", { DataSources: { Lambda: {} } }) }],
  ])("but %s makes none", (_, Resources) => {
    expect(problemsOf({ Resources: { ...Resources, P: managedPolicy(documentOf("Orders")) } })).toEqual([]);
  });

  it.each<[string, Json, readonly string[]]>([
    ["a macro of one's own", { Transform: "Ours" }, ["Ours"]],
    [
      "macros beside AWS's",
      { Transform: ["AWS::Serverless-2016-10-31", "A", { Name: "AWS::Include" }] },
      ["A", "AWS::Include"],
    ],
    [
      "AWS's own, which make no policies of DynamoDB",
      { Transform: ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"] },
      [],
    ],
  ])("%s", (_, more, names) => {
    const template = { ...more, Resources: { P: managedPolicy(documentOf("Orders")) } };
    const problems = names.map((name) => `file: template is completed by \`${name}\`; ${processed}`);
    expect(problemsOf(template)).toEqual(problems);
  });
});

it("a name that stands twice in a template is an error: CloudFormation may take either", () => {
  const policy = JSON.stringify(managedPolicy(documentOf("Orders")));
  expect(search(`{"Resources": {"P": ${policy}, "P": ${policy}}}`)).toEqual({
    policies: [],
    problems: ["file: Resources.P stands twice in the same object; keep one"],
  });
});
