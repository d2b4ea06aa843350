import { expect, test } from "vitest";
import { scanPolicy } from "../../cli/policy.ts";
import { catalogue } from "../../lib/rules/index.ts";

const table = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*";

test("actions with the same limits are one statement, each once, and the caller may ask who he is", () => {
  const condition = { StringEquals: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" } };

  expect(
    scanPolicy(
      [
        { action: "dynamodb:ListTables", resources: ["*"] },
        { action: "dynamodb:DescribeTable", resources: [table] },
        { action: "dynamodb:Scan", resources: [table], conditions: condition },
        { action: "dynamodb:ListTables", resources: ["*"] },
        { action: "dynamodb:GetResourcePolicy", resources: [table] },
      ],
      {},
    ),
  ).toEqual({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["dynamodb:ListTables", "sts:GetCallerIdentity"], Resource: ["*"] },
      {
        Effect: "Allow",
        Action: ["dynamodb:DescribeTable", "dynamodb:GetResourcePolicy"],
        Resource: ["arn:aws:dynamodb:*:*:table/*"],
      },
      { Effect: "Allow", Action: ["dynamodb:Scan"], Resource: ["arn:aws:dynamodb:*:*:table/*"], Condition: condition },
    ],
  });
});

test.each([
  [{ account: "123456789012" }, "arn:aws:dynamodb:*:123456789012:table/*"],
  [{ region: "eu-west-1" }, "arn:aws:dynamodb:eu-west-1:*:table/*"],
  [{ region: "cn-north-1" }, "arn:aws-cn:dynamodb:cn-north-1:*:table/*"],
  [{ region: "us-gov-west-1" }, "arn:aws-us-gov:dynamodb:us-gov-west-1:*:table/*"],
])("a policy for %o names it", (place, resource) => {
  const { Statement } = scanPolicy([{ action: "dynamodb:DescribeTable", resources: [table] }], place);

  expect(Statement[1]?.Resource).toEqual([resource]);
});

test("a pseudo parameter that nobody can fill in is an error, not a policy that matches nothing", () => {
  const resources = ["arn:aws:s3:::${AWS::StackName}"] as const;

  expect(() => scanPolicy([{ action: "dynamodb:Scan", resources }], {})).toThrow(
    "${AWS::StackName} has no value outside CloudFormation",
  );
});

test("the catalogue's policy allows every call of every rule, and leaves nothing for CloudFormation to fill in", () => {
  const permissions = catalogue.flatMap((rule) => rule.permissions);

  const policy = scanPolicy(permissions, {});

  expect(new Set(policy.Statement.flatMap(({ Action }) => Action))).toEqual(
    new Set(["sts:GetCallerIdentity", ...permissions.map(({ action }) => action)]),
  );
  expect(JSON.stringify(policy)).not.toContain("${AWS::");
});
