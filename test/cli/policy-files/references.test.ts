/** What names stand for: pseudo parameters, parameters, resources and their attributes, in Ref, Fn::GetAtt and Fn::Sub. */
import { describe, expect, it } from "vitest";
import { arn, documentsByName, type Json, managedPolicy, noValue, resolved, unresolved } from "./templates.ts";

const afterDeployment = (what: string): string =>
  `depends on \`${what}\`, which is known only after a deployment; write the value there`;
const notDefined = (name: string): string =>
  `names \`${name}\`, which the template does not define; define it, or correct the name`;

function sub(text: string): Json {
  return { "Fn::Sub": text };
}

function getAtt(id: string, attribute: string): Json {
  return { "Fn::GetAtt": [id, attribute] };
}

describe("a pseudo parameter", () => {
  it.each([
    ["AWS::AccountId", "123456789012"],
    ["AWS::Partition", "aws"],
    ["AWS::Region", "us-east-1"],
    ["AWS::StackName", "stack-name"],
    ["AWS::URLSuffix", "amazonaws.com"],
    [
      "AWS::StackId",
      expect.stringMatching(/^arn:aws:cloudformation:us-east-1:123456789012:stack\/stack-name\/[0-9a-f-]+$/),
    ],
  ])("%s has a value that serves as well as any", (name, value) => {
    expect(resolved({ Ref: name })).toEqual(value);
    expect(resolved(sub(`\${${name}}`))).toEqual(value);
  });

  it("AWS::NoValue takes out an item and a member", () => {
    expect(resolved(["a", noValue, "b", noValue])).toEqual(["a", "b"]);
    const statement = { Effect: "Allow", Action: "x:y", Resource: "*", Condition: noValue };
    expect(documentsByName({ Resources: { P: managedPolicy({ Statement: [noValue, statement] }) } })).toEqual({
      P: { Statement: [{ Effect: "Allow", Action: "x:y", Resource: "*" }] },
    });
  });

  it("AWS::NoValue is nothing that a text can be made of", () => {
    expect(resolved(sub("a${AWS::NoValue}"))).toEqual(
      unresolved("has arguments of Fn::Sub that CloudFormation refuses; correct them"),
    );
  });

  it("AWS::NotificationARNs is known only after a deployment", () => {
    expect(resolved({ Ref: "AWS::NotificationARNs" })).toEqual(unresolved(afterDeployment("AWS::NotificationARNs")));
  });
});

describe("a parameter", () => {
  const noDefault =
    "depends on the parameter `P`, which has no default; check a copy of the template with a default for it";
  it.each<[string, Json, unknown]>([
    ["is its default", { Type: "String", Default: `${arn}/Orders` }, `${arn}/Orders`],
    ["may be a number", { Type: "Number", Default: 12 }, "12"],
    ["may be true", { Type: "String", Default: true }, "true"],
    ["of a list is one", { Type: "CommaDelimitedList", Default: "a, b ,c" }, ["a", "b", "c"]],
    ["of a list of a type is one", { Type: "List<AWS::EC2::VPC::Id>", Default: "a,b" }, ["a", "b"]],
    ["of a text with commas is none", { Type: "String", Default: "a,b" }, "a,b"],
    ["without a type is a text", { Default: "a,b" }, "a,b"],
    ["may be the name of a parameter in Systems Manager", { Type: "AWS::SSM::Parameter::Name", Default: "a" }, "a"],
    ["without a default is not told", { Type: "String" }, unresolved(noDefault)],
    ["with an empty default is not told", { Type: "String", Default: "" }, unresolved(noDefault)],
    ["with a default of another kind is not told", { Type: "String", Default: {} }, unresolved(noDefault)],
    [
      "kept in Systems Manager is not told, whatever the default: it is a name there",
      { Type: "AWS::SSM::Parameter::Value<String>", Default: "*" },
      unresolved(
        "depends on the parameter `P`, which is kept in Systems Manager; check a copy of the template with a default for it",
      ),
    ],
    [
      "that is read at deployment is not told",
      { Type: "String", Default: "{{resolve:ssm:/orders/arn}}" },
      unresolved("depends on `{{resolve:ssm:/orders/arn}}`, which is read at deployment; write the value there"),
    ],
  ])("%s", (_, parameter, value) => {
    expect(resolved({ Ref: "P" }, { Parameters: { P: parameter } })).toEqual(value);
  });

  it("is told by its own name also in a text", () => {
    const Parameters = { A: { Type: "String", Default: "a" }, P: { Type: "String" } };
    expect(resolved(sub("${A}${P}"), { Parameters })).toEqual(unresolved(noDefault));
  });
});

const tables = ["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"];

describe.each(tables)("a table of type %s", (Type) => {
  const template = {
    Parameters: {
      Stage: { Type: "String", Default: "dev" },
      Any: { Type: "String", Default: "*" },
      Open: { Type: "String" },
    },
    Resources: {
      Orders: { Type },
      Named: { Type, Properties: { TableName: "shop.orders" } },
      Made: { Type, Properties: { TableName: sub("${Stage}-orders") } },
      Unknown: { Type, Properties: { TableName: sub("${Open}-orders") } },
      Pattern: { Type, Properties: { TableName: { Ref: "Any" } } },
      T: { Type },
      Itself: { Type, Properties: { TableName: { Ref: "Itself" } } },
    },
  };

  it.each([
    ["is told by its logical id", "Orders", "Orders"],
    ["has the name that it is given", "Named", "shop.orders"],
    ["has the name that is made", "Made", "dev-orders"],
    ["is told by its id where the name is not", "Unknown", "Unknown"],
    ["is one table, never a pattern of several", "Pattern", "Pattern"],
    ["has a name of three signs at least", "T", "T--"],
    ["may not be named after itself", "Itself", "Itself"],
  ])("%s", (_, id, name) => {
    expect(resolved({ Ref: id }, template)).toBe(name);
    expect(resolved(getAtt(id, "Arn"), template)).toBe(`${arn}/${name}`);
    expect(resolved({ "Fn::GetAtt": `${id}.Arn` }, template)).toBe(`${arn}/${name}`);
    expect(resolved(sub(`\${${id}.Arn}/index/*`), template)).toBe(`${arn}/${name}/index/*`);
    expect(resolved(getAtt(id, "StreamArn"), template)).toBe(`${arn}/${name}/stream/2026-01-01T00:00:00.000`);
  });

  it("has nothing else that is told", () => {
    expect(resolved(getAtt("Orders", "TableId"), template)).toEqual(unresolved(afterDeployment("Orders.TableId")));
  });
});

it("names that name each other end somewhere", () => {
  const named = (other: string): Json => ({ Type: "AWS::DynamoDB::Table", Properties: { TableName: { Ref: other } } });
  const chain = Array.from({ length: 40 }, (_, at) => [`Table${at}`, named(`Table${at + 1}`)]);
  expect(resolved({ Ref: "One" }, { Resources: { One: named("Two"), Two: named("One") } })).toBe("One");
  expect(resolved({ Ref: "Table0" }, { Resources: Object.fromEntries(chain) })).toMatch(/^Table\d+$/);
});

describe("other resources", () => {
  const template = {
    Resources: {
      Vpc: { Type: "AWS::EC2::VPC" },
      Endpoint: { Type: "AWS::EC2::VPCEndpoint" },
      Role: { Type: "AWS::IAM::Role" },
      Clerk: { Type: "AWS::IAM::User", Properties: { UserName: "clerk", Path: sub("/${AWS::StackName}/") } },
      Agents: { Type: "AWS::IAM::Group", Properties: { GroupName: "agents", Path: "/eu/" } },
      Boss: { Type: "AWS::IAM::Role", Properties: { Path: { "Fn::ImportValue": "path" } } },
      Bucket: { Type: "AWS::S3::Bucket" },
      Worker: { Type: "AWS::Lambda::Function", Properties: { FunctionName: "worker" } },
      Made: { Type: "Custom::Table" },
      Other: { Type: "AWS::CloudFormation::CustomResource" },
      Stack: { Type: "AWS::CloudFormation::Stack" },
      App: { Type: "AWS::Serverless::Application" },
      Kept: { Type: "AWS::SSM::Parameter" },
      Nothing: {},
    },
  };

  it("of a network have ids of AWS's form, the same ones every time, others for others", () => {
    const [vpc, endpoint] = ["Vpc", "Endpoint"].map((id) => resolved({ Ref: id }, template));
    expect(vpc).toMatch(/^vpc-[0-9a-f]{17}$/);
    expect(endpoint).toMatch(/^vpce-[0-9a-f]{17}$/);
    expect(resolved(getAtt("Vpc", "VpcId"), template)).toBe(vpc);
    expect(resolved(getAtt("Endpoint", "Id"), template)).toBe(endpoint);
    expect(String(vpc).slice(4)).not.toBe(String(endpoint).slice(5));
  });

  it.each([
    ["Role", "Role", "role/Role"],
    ["Clerk", "clerk", "user/stack-name/clerk"],
    ["Agents", "agents", "group/eu/agents"],
  ])("of IAM have a name and an ARN: %s", (id, name, path) => {
    expect(resolved({ Ref: id }, template)).toBe(name);
    expect(resolved(getAtt(id, "Arn"), template)).toBe(`arn:aws:iam::123456789012:${path}`);
  });

  it("of IAM have no ARN that is told where the path is not", () => {
    expect(resolved(getAtt("Boss", "Arn"), template)).toEqual(
      unresolved("depends on `path`, exported by another stack (Fn::ImportValue); write the value there"),
    );
  });

  it("of other services have ARNs that are none of DynamoDB's, and names", () => {
    expect(resolved(getAtt("Bucket", "Arn"), template)).toBe("arn:aws:s3:us-east-1:123456789012:Bucket");
    expect(resolved(sub("${Worker.Arn}:*"), template)).toBe("arn:aws:lambda:us-east-1:123456789012:Worker:*");
    expect(resolved({ Ref: "Worker" }, template)).toBe("worker");
    expect(resolved({ Ref: "Bucket" }, template)).toBe("Bucket");
  });

  it.each(["Made", "Other", "Stack", "App", "Kept"])("%s may hold anything, which is not told", (id) => {
    expect(resolved({ Ref: id }, template)).toEqual(unresolved(afterDeployment(id)));
    expect(resolved(getAtt(id, "Outputs.Arn"), template)).toEqual(unresolved(afterDeployment(`${id}.Outputs.Arn`)));
  });

  it("have attributes that are not told", () => {
    expect(resolved(getAtt("Bucket", "DomainName"), template)).toEqual(
      unresolved(afterDeployment("Bucket.DomainName")),
    );
  });

  it.each(["Nothing", "Missing", "__proto__", "toString"])("%s is not defined", (id) => {
    expect(resolved({ Ref: id }, template)).toEqual(unresolved(notDefined(id)));
    expect(resolved(getAtt(id, "Arn"), template)).toEqual(unresolved(notDefined(id)));
    expect(resolved(sub(`\${${id}}`), template)).toEqual(unresolved(notDefined(id)));
  });
});

describe("what stands for a name that AWS will make", () => {
  const template = { Resources: { Bucket: { Type: "AWS::S3::Bucket" } } };
  const told = (resource: unknown, condition: unknown): unknown =>
    documentsByName({
      Resources: {
        ...template.Resources,
        P: managedPolicy({
          Statement: {
            Effect: "Allow",
            Action: "*",
            Resource: resource,
            Condition: { StringLike: { "aws:x": condition } },
          },
        }),
      },
    })["P"];
  const compares = (what: string): readonly string[] => [
    `Statement.Condition.StringLike.aws:x compares with \`${what}\`, which is known only after a deployment; write the value there`,
  ];

  it("serves as a resource", () => {
    expect(told(sub("${Bucket.Arn}/*"), "x")).toMatchObject({
      Statement: { Condition: { StringLike: { "aws:x": "x" } } },
    });
  });

  it.each<[string, unknown, string]>([
    ["itself", { Ref: "Bucket" }, "Bucket"],
    ["in a text", sub("a${Bucket.Arn}"), "Bucket.Arn"],
    ["joined", { "Fn::Join": ["-", ["a", { Ref: "Bucket" }]] }, "Bucket"],
    ["split off", { "Fn::Select": [0, { "Fn::Split": [":", getAtt("Bucket", "Arn")] }] }, "Bucket.Arn"],
  ])("is no value to compare with: %s", (_, value, what) => {
    expect(told("*", value)).toEqual(compares(what));
  });
});
