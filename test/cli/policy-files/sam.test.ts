/** Policies of SAM's functions and state machines, and its policy templates for DynamoDB. */
import { describe, expect, it } from "vitest";
import { isOfAnotherService } from "../../../cli/policy-files/sam-policies.ts";
import { arn, documentOf, documentsByName, type Json, noValue, problemsOf, search } from "./templates.ts";

const types = ["Function", "StateMachine"];
const onlyInProduction = { Conditions: { IsProduction: { "Fn::Equals": [{ Ref: "AWS::AccountId" }, "1"] } } };

function withPolicies(policies: unknown, type = "Function", more: Json = {}): Json {
  return { ...more, Resources: { F: { Type: `AWS::Serverless::${type}`, Properties: { Policies: policies } } } };
}

describe.each(types)("policies of AWS::Serverless::%s", (type) => {
  it.each<[string, unknown, readonly string[]]>([
    ["a document", documentOf("Orders"), ["F/Policies"]],
    ["a list of documents", [documentOf("Orders"), documentOf("Carts")], ["F/Policies[0]", "F/Policies[1]"]],
    ["a policy template", { DynamoDBReadPolicy: { TableName: "orders" } }, ["F/Policies DynamoDBReadPolicy"]],
    [
      "names of managed policies beside a document",
      ["AWSLambdaBasicExecutionRole", { Ref: "ManagedPolicy" }, { "Fn::Sub": "arn:aws:iam::x" }, documentOf("Orders")],
      ["F/Policies[3]"],
    ],
    ["a document of one statement that is no list", { Statement: {} }, ["F/Policies"]],
  ])("are found in %s", (_, policies, names) => {
    const template = withPolicies(policies, type);
    expect(Object.keys(documentsByName(template))).toEqual(names);
    expect(problemsOf(template)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["one name", "AmazonDynamoDBFullAccess"],
    ["nothing", null],
    ["an empty list", []],
    ["what is left out", noValue],
  ])("are not found in %s, and that is no problem of its own", (_, policies) => {
    const { policies: found, problems } = search(withPolicies(policies, type));
    expect(found).toEqual([]);
    expect(problems).toEqual([expect.stringContaining("no IAM policy found in it")]);
  });

  it("are found in the branches of a condition, in lists too, each for its case", () => {
    const choice = {
      "Fn::If": ["IsProduction", { DynamoDBReadPolicy: { TableName: "orders" } }, documentOf("Carts")],
    };
    const list = { "Fn::If": ["IsProduction", noValue, [documentOf("Orders")]] };
    expect(Object.keys(documentsByName(withPolicies([choice, noValue], type, onlyInProduction)))).toEqual([
      "F/Policies[0] DynamoDBReadPolicy (IsProduction=true)",
      "F/Policies[0] (IsProduction=false)",
    ]);
    expect(Object.keys(documentsByName(withPolicies(list, type, onlyInProduction)))).toEqual([
      "F/Policies[0] (IsProduction=false)",
    ]);
  });
});

it("other types of SAM have no policies of their own", () => {
  expect(search(withPolicies([documentOf("Orders")], "SimpleTable")).policies).toEqual([]);
});

describe("what SAM does not take is a problem", () => {
  const use = "use a document with a Statement or a policy template";
  const processed = "check the processed template (aws cloudformation get-template --template-stage Processed)";
  it.each<[string, unknown, string]>([
    [
      "an unknown policy template",
      { DynamoDBAdminPolicy: { TableName: "x" } },
      `holds \`DynamoDBAdminPolicy\`, which SAM does not take; ${use}`,
    ],
    [
      "one that is named like a member of all objects",
      { constructor: {} },
      `holds \`constructor\`, which SAM does not take; ${use}`,
    ],
    [
      "two policy templates in one item",
      { DynamoDBReadPolicy: { TableName: "x" }, DynamoDBCrudPolicy: { TableName: "x" } },
      `holds \`DynamoDBReadPolicy, DynamoDBCrudPolicy\`, which SAM does not take; ${use}`,
    ],
    [
      "one for DynamoDB behind one for another service",
      { SQSPollerPolicy: { QueueName: "x" }, DynamoDBCrudPolicy: { TableName: "x" } },
      `holds \`SQSPollerPolicy, DynamoDBCrudPolicy\`, which SAM does not take; ${use}`,
    ],
    [
      "an inline policy as of a role",
      { PolicyName: "x", PolicyDocument: {} },
      `holds \`PolicyName, PolicyDocument\`, which SAM does not take; ${use}`,
    ],
    ["an empty object", {}, `holds \`\`, which SAM does not take; ${use}`],
    [
      "a policy template without its table",
      { DynamoDBReadPolicy: {} },
      "is DynamoDBReadPolicy without TableName; add it",
    ],
    [
      "a policy template without parameters",
      { DynamoDBCrudPolicy: null },
      "is DynamoDBCrudPolicy without TableName; add it",
    ],
    [
      "a stream's without the stream",
      { DynamoDBStreamReadPolicy: { TableName: "x" } },
      "is DynamoDBStreamReadPolicy without StreamName; add it",
    ],
    ["an included item", { "Fn::Transform": { Name: "AWS::Include" } }, `is made by Fn::Transform; ${processed}`],
    [
      "a choice that lacks a branch",
      { "Fn::If": ["A", documentOf("Orders")] },
      "has arguments of Fn::If that CloudFormation refuses; correct them",
    ],
  ])("%s", (_, policy, problem) => {
    expect(search(withPolicies([policy]))).toEqual({ policies: [], problems: [`file: F/Policies[0] ${problem}`] });
  });
});

/** After policy_templates.json of aws-sam-translator 1.115.0. */
const expansions: Readonly<Record<string, readonly (readonly [actions: string, on: readonly string[]])[]>> = {
  DynamoDBBackupFullAccessPolicy: [
    ["CreateBackup DescribeContinuousBackups", ["orders"]],
    ["DeleteBackup DescribeBackup ListBackups", ["orders/backup/*"]],
  ],
  DynamoDBCrudPolicy: [
    [
      "GetItem DeleteItem PutItem Scan Query UpdateItem BatchWriteItem BatchGetItem DescribeTable ConditionCheckItem",
      ["orders", "orders/index/*"],
    ],
  ],
  DynamoDBReadPolicy: [["GetItem Scan Query BatchGetItem DescribeTable", ["orders", "orders/index/*"]]],
  DynamoDBReconfigurePolicy: [["UpdateTable", ["orders"]]],
  DynamoDBRestoreFromBackupPolicy: [
    ["RestoreTableFromBackup", ["orders/backup/*"]],
    ["PutItem UpdateItem DeleteItem GetItem Query Scan BatchWriteItem", ["orders"]],
  ],
  DynamoDBStreamReadPolicy: [
    ["DescribeStream GetRecords GetShardIterator", ["orders/stream/2026"]],
    ["ListStreams", ["orders/stream/*"]],
  ],
  DynamoDBWritePolicy: [["PutItem UpdateItem BatchWriteItem", ["orders", "orders/index/*"]]],
};

describe("a policy template for DynamoDB", () => {
  const both = { TableName: "orders", StreamName: "2026" };

  it.each(Object.entries(expansions))("%s is what SAM makes of it, without a Version", (name, grants) => {
    expect(documentsByName(withPolicies([{ [name]: both }]))).toEqual({
      [`F/Policies[0] ${name}`]: {
        Statement: grants.map(([actions, on]) => ({
          Effect: "Allow",
          Action: actions.split(" ").map((action) => `dynamodb:${action}`),
          Resource: on.map((path) => `${arn}/${path}`),
        })),
      },
    });
  });

  it.each<[string, unknown, string]>([
    ["a table of the template", { Ref: "Orders" }, `${arn}/Orders`],
    ["a parameter of the same name", { Ref: "TableName" }, `${arn}/shop`],
    ["a made name", { "Fn::Sub": "${AWS::Region}-x" }, `${arn}/us-east-1-x`],
    ["any table, as a pattern", "*", `${arn}/*`],
    ["a text with a dollar, which is no reference", "a${b}", `${arn}/a\${b}`],
  ])("may be given %s", (_, TableName, resource) => {
    const template = withPolicies([{ DynamoDBReconfigurePolicy: { TableName } }]);
    const found = documentsByName({
      Parameters: { TableName: { Type: "String", Default: "shop" } },
      Resources: { ...(template["Resources"] as Json), Orders: { Type: "AWS::DynamoDB::Table" } },
    });
    expect(found).toMatchObject({
      "F/Policies[0] DynamoDBReconfigurePolicy": { Statement: [{ Resource: [resource] }] },
    });
  });

  it("whose table is not told is unresolved", () => {
    expect(
      documentsByName(withPolicies([{ DynamoDBReconfigurePolicy: { TableName: { "Fn::ImportValue": "t" } } }])),
    ).toEqual({
      "F/Policies[0] DynamoDBReconfigurePolicy": [
        "Statement[0].Resource[0] depends on `t`, exported by another stack (Fn::ImportValue); write the value there",
      ],
    });
  });

  it("takes only its own parameters: no other can stand for the region", () => {
    const given = { TableName: "orders", "AWS::Region": "*", "AWS::Partition": "x" };
    expect(documentsByName(withPolicies([{ DynamoDBReconfigurePolicy: given }]))).toMatchObject({
      "F/Policies[0] DynamoDBReconfigurePolicy": { Statement: [{ Resource: [`${arn}/orders`] }] },
    });
  });
});

describe("policy templates for other services", () => {
  it("are passed over", () => {
    const template = withPolicies([
      { SQSPollerPolicy: { QueueName: "q" } },
      { VPCAccessPolicy: {} },
      documentOf("Orders"),
    ]);
    expect(Object.keys(documentsByName(template))).toEqual(["F/Policies[2]"]);
    expect(problemsOf(template)).toEqual([]);
  });

  it("are known by their whole names", () => {
    for (const name of [
      "S3CrudPolicy",
      "KMSEncryptPolicy_v2",
      "TextractPolicy",
      "MobileAnalyticsWriteOnlyAccessPolicy",
    ]) {
      expect([name, isOfAnotherService(name)]).toEqual([name, true]);
    }
    for (const name of ["S3Crud", "s3crudpolicy", "", "Policy", "DynamoDBCrudPolicy", "toString"]) {
      expect([name, isOfAnotherService(name)]).toEqual([name, false]);
    }
  });
});
