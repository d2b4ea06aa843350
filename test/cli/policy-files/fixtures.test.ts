/** Whole files, as tools write them: which policies are found, under which names, with which documents. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { policiesOf } from "../../../cli/policy-files/policies-of.ts";
import { parsePolicy } from "../../../lib/iam/parse.ts";
import { arn, documentsByName } from "./templates.ts";

function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/policies/${name}`, import.meta.url), "utf8");
}

const names = ["shop.sam.yaml", "orders-service.yaml", "shop.cdk.json", "shop.tfplan.json"];

describe.each(names)("of %s", (name) => {
  it("nothing is a problem", () => {
    expect(policiesOf(name, fixture(name)).problems).toEqual([]);
  });

  it("every document parses, but for those that are not wholly told, and no parser takes those", () => {
    const { policies } = policiesOf(name, fixture(name));
    const refused = policies.filter(({ text }) => "faults" in parsePolicy(text, "identity"));
    expect(refused.map(({ policy }) => policy)).toEqual(
      policies.filter(({ unresolved }) => unresolved.length > 0).map(({ policy }) => policy),
    );
  });
});

function dynamodb(...actions: readonly string[]): readonly string[] {
  return actions.map((action) => `dynamodb:${action}`);
}

function allow(action: string | readonly string[], resource: string | readonly string[]): object {
  return { Effect: "Allow", Action: action, Resource: resource };
}

const lambdaRead = dynamodb("BatchGetItem", "Query", "GetItem", "Scan", "ConditionCheckItem", "DescribeTable");
const streamRead = dynamodb("GetRecords", "GetShardIterator");

it("a SAM template: policy templates and documents of functions and state machines, the AWS managed ones left out", () => {
  const orders = `${arn}/dev-orders`;
  const version = "2012-10-17";
  expect(documentsByName(fixture("shop.sam.yaml"))).toEqual({
    "CheckoutFunction/Policies[1] DynamoDBCrudPolicy": {
      Statement: [
        allow(
          dynamodb(
            ...["GetItem", "DeleteItem", "PutItem", "Scan", "Query", "UpdateItem"],
            ...["BatchWriteItem", "BatchGetItem", "DescribeTable", "ConditionCheckItem"],
          ),
          [orders, `${orders}/index/*`],
        ),
      ],
    },
    "CheckoutFunction/Policies[2] DynamoDBReadPolicy": {
      Statement: [
        allow(dynamodb("GetItem", "Scan", "Query", "BatchGetItem", "DescribeTable"), [
          `${arn}/CartsTable`,
          `${arn}/CartsTable/index/*`,
        ]),
      ],
    },
    "CheckoutFunction/Policies[4]": {
      Version: version,
      Statement: [
        {
          ...allow("dynamodb:Query", `${orders}/index/*`),
          Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${aws:PrincipalTag/tenant}"] } },
        },
      ],
    },
    "MailFunction/Policies[0] DynamoDBStreamReadPolicy": {
      Statement: [
        allow(dynamodb("DescribeStream", "GetRecords", "GetShardIterator"), [
          `${orders}/stream/2026-01-01T00:00:00.000`,
        ]),
        allow(dynamodb("ListStreams"), [`${orders}/stream/*`]),
      ],
    },
    "MailFunction/Policies[1] DynamoDBBackupFullAccessPolicy (IsProduction=true)": {
      Statement: [
        allow(dynamodb("CreateBackup", "DescribeContinuousBackups"), [orders]),
        allow(dynamodb("DeleteBackup", "DescribeBackup", "ListBackups"), [`${orders}/backup/*`]),
      ],
    },
    "RefundMachine/Policies DynamoDBWritePolicy": {
      Statement: [allow(dynamodb("PutItem", "UpdateItem", "BatchWriteItem"), [orders, `${orders}/index/*`])],
    },
  });
});

it("a CloudFormation template: resources, inline policies by their names, and both cases of a condition", () => {
  const Version = "2012-10-17";
  expect(documentsByName(fixture("orders-service.yaml"))).toEqual({
    ReadOrders: {
      Version,
      Statement: [
        {
          Sid: "Read",
          ...allow(dynamodb("GetItem", "Query"), [`${arn}/orders`, `${arn}/orders/index/*`]),
          Condition: { StringEquals: { "aws:SourceVpce": expect.stringMatching(/^vpce-[0-9a-f]{17}$/) } },
        },
        allow("dynamodb:GetItem", `${arn}/orders-archive-dev`),
      ],
    },
    "ServiceRole/customers (IsProduction=true)": {
      Version,
      Statement: allow("dynamodb:*", "arn:aws:dynamodb:*:123456789012:table/Customers"),
    },
    "ServiceRole/customers (IsProduction=false)": { Version, Statement: allow("dynamodb:*", "*") },
    "ServiceRole/stack-name-own-items": {
      Version,
      Statement: allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/${aws:username}"),
    },
    // The bucket of another stack is no matter.
    TeamPolicy: [
      "Statement[0].Resource depends on the parameter `TeamTable`, which has no default; check a copy of the template with a default for it",
    ],
  });
});

it("what CDK synthesises: policies of grants, a managed policy, an inline one; a table of another stack is not told", () => {
  const orders = `${arn}/OrdersA9B65338`;
  const crud = dynamodb(
    ...["BatchGetItem", "Query", "GetItem", "Scan", "ConditionCheckItem"],
    ...["BatchWriteItem", "PutItem", "UpdateItem", "DeleteItem", "DescribeTable"],
  );
  const exported =
    "depends on `ShopData:ExportsOutputFnGetAttLedgerB7379752Arn8FB7B3DC`, exported by another stack (Fn::ImportValue); write the value there";
  expect(documentsByName(fixture("shop.cdk.json"))).toEqual({
    CheckoutServiceRoleDefaultPolicy11CE7D43: {
      Version: "2012-10-17",
      Statement: [
        allow(crud, [orders, `${orders}/index/*`]),
        allow(streamRead, [orders, `${orders}/index/*`]),
        allow(lambdaRead, [`${arn}/shop-carts`]),
        allow(streamRead, [`${arn}/shop-carts`]),
        allow(lambdaRead, `${arn}/shop-sessions`),
        allow(streamRead, `${arn}/shop-sessions`),
      ],
    },
    ReportServiceRoleDefaultPolicyE28D27BB: [
      `Statement[0].Resource[0] ${exported}`,
      `Statement[1].Resource[0] ${exported}`,
    ],
    Tenant3582C6F5: {
      Version: "2012-10-17",
      Statement: [
        {
          ...allow("dynamodb:Query", orders),
          Condition: {
            "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${aws:PrincipalTag/tenant}"] },
            StringEquals: { "aws:SourceVpc": expect.stringMatching(/^vpc-[0-9a-f]{17}$/) },
          },
        },
      ],
    },
    "Support5CFB64A3/orders": {
      Version: "2012-10-17",
      Statement: [allow("dynamodb:GetItem", `${arn}/shop-*`)],
    },
  });
});

it("a Terraform plan: identity policies of all modules by their addresses, data sources and bucket policies left out", () => {
  const read = {
    Version: "2012-10-17",
    Statement: [allow(dynamodb("GetItem", "Query"), `${arn}/shop-orders`)],
  };
  const everything = { Version: "2012-10-17", Statement: [allow("dynamodb:*", "*")] };
  const afterApply = [
    "policy is known only after an apply; apply the plan, then check what `terraform show -json > state.json` prints",
  ];
  expect(documentsByName(fixture("shop.tfplan.json"))).toEqual({
    "aws_iam_policy.read": read,
    "aws_iam_policy.write": afterApply,
    "module.support.aws_iam_role.support/everything": everything,
    "module.support.aws_iam_role.support/streams": afterApply,
    'module.support.module.users["eu"].aws_iam_user_policy.agent[0]': read,
    'module.support.module.users["eu"].aws_iam_group_policy.agents': read,
    "module.checkout.aws_iam_role_policy.orders": everything,
  });
});
