import { policyConditions } from "../../../lib/rules/dynamodb-policy-conditions.ts";
import {
  awsManaged,
  bare,
  customerManaged,
  inline,
  policy,
  role,
  tableArn,
  unreadDocument,
} from "../../fakes/iam-facts.ts";
import { ruleTable } from "../../rule-table.ts";

const orders = tableArn("Orders");
const read = { Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: orders };
const ownItems = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${aws:PrincipalTag/tenant}"] } };
const fromEndpoint = { StringEquals: { "aws:SourceVpce": "vpce-0123456789abcdef0" } };
const tagged = {
  Action: "dynamodb:GetItem",
  Resource: orders,
  Condition: { StringEquals: { "aws:ResourceTag/env": "dev" } },
};
const tagging = { Action: "dynamodb:TagResource", Resource: orders };

ruleTable(policyConditions, {
  "reads of one table without a condition": {
    facts: policy(customerManaged("orders-read", [read])),
    expect: [
      "NON_COMPLIANT",
      "policy/orders-read: #0 allows dynamodb:GetItem on table/Orders; a condition is wanted. Require aws:SourceVpce, or dynamodb:LeadingKeys",
    ],
    reasons: ["noCondition"],
    commands: [
      "aws iam create-policy-version --policy-arn arn:aws:iam::123456789012:policy/orders-read --policy-document file://orders-read.json --set-as-default",
    ],
  },
  "a bare document has no command, but a file": {
    facts: bare(read),
    expect: [
      "NON_COMPLIANT",
      "policy: #0 allows dynamodb:GetItem on table/Orders; a condition is wanted. Require aws:SourceVpce, or dynamodb:LeadingKeys",
    ],
    commands: [],
  },
  "a tenant's own items": {
    facts: policy(customerManaged("tenant-items", [{ ...read, Condition: ownItems }])),
    expect: ["COMPLIANT", "policy/tenant-items: every request for items is bound by dynamodb:LeadingKeys"],
  },
  "with Scan the same lets everything pass: it carries no leading key": {
    facts: policy(
      customerManaged("tenant-items-scan", [
        { Sid: "TenantItems", Action: [...read.Action, "dynamodb:Scan"], Resource: orders, Condition: ownItems },
      ]),
    ),
    expect: [
      "NON_COMPLIANT",
      "policy/tenant-items-scan: TenantItems allows dynamodb:Scan on table/Orders with no dynamodb:LeadingKeys; its condition restrains nothing. Require the key, or remove the action",
    ],
    reasons: ["conditionRestrainsNothing"],
  },
  "an endpoint if there is one is no demand": {
    facts: role("checkout", [
      inline("orders", [{ ...read, Condition: { StringEqualsIfExists: fromEndpoint.StringEquals } }]),
    ]),
    expect: [
      "NON_COMPLIANT",
      "role/checkout: orders/#0 allows dynamodb:GetItem on table/Orders with no aws:SourceVpce; its condition restrains nothing. Require the key, or remove the action",
    ],
    reasons: ["conditionRestrainsNothing"],
    commands: [
      "aws iam put-role-policy --role-name checkout --policy-name orders --policy-document file://checkout-orders.json",
    ],
  },
  "any of several items is not every one": {
    facts: policy(
      customerManaged("batch", [
        {
          Action: "dynamodb:BatchGetItem",
          Resource: orders,
          Condition: { "ForAnyValue:StringEquals": { "dynamodb:LeadingKeys": ["${aws:username}"] } },
        },
      ]),
    ),
    expect: [
      "NON_COMPLIANT",
      "policy/batch: #0 allows dynamodb:BatchGetItem on table/Orders with dynamodb:LeadingKeys a, any-aws-username; its condition restrains nothing. Require the key, or remove the action",
    ],
    reasons: ["conditionRestrainsNothing"],
  },
  "columns without Select do not restrain a read": {
    facts: policy(
      customerManaged("columns", [
        { ...read, Condition: { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["id", "total"] } } },
      ]),
    ),
    expect: [
      "NON_COMPLIANT",
      "policy/columns: #0 allows dynamodb:GetItem on table/Orders with no dynamodb:Attributes; its condition restrains nothing. Require the key, or remove the action",
    ],
    reasons: ["conditionRestrainsNothing"],
  },
  "what everybody in the account is restrains nobody": {
    facts: policy(
      customerManaged("org", [{ ...read, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-abcdefghij" } } }]),
    ),
    expect: [
      "NON_COMPLIANT",
      "policy/org: #0 allows dynamodb:GetItem on table/Orders with aws:PrincipalOrgID o-abcdefghij; its condition restrains nothing. Require the key, or remove the action",
    ],
    reasons: ["conditionRestrainsNothing"],
  },
  "from an endpoint": {
    facts: role("checkout", [inline("orders", [{ ...read, Condition: fromEndpoint }])]),
    expect: ["COMPLIANT", "role/checkout: every request for items is bound by aws:SourceVpce"],
  },
  "a Deny elsewhere binds what an Allow does not": {
    facts: role("checkout", [
      inline("orders", [read]),
      inline("perimeter", [
        {
          Effect: "Deny",
          Action: "dynamodb:*",
          Resource: "*",
          Condition: { StringNotEquals: fromEndpoint.StringEquals },
        },
      ]),
    ]),
    expect: ["COMPLIANT", "role/checkout: every request for items is bound by aws:SourceVpce"],
  },
  "a table named by who calls": {
    facts: policy(customerManaged("own-table", [{ ...read, Resource: tableArn("${aws:username}") }])),
    expect: ["COMPLIANT", "policy/own-table: every request for items is bound by a policy variable"],
  },
  "a boundary without a condition does not undo an inline Allow": {
    facts: role("support", [inline("read", [read])], {
      boundary: customerManaged("limits", [{ Action: "*", Resource: "*" }]),
    }),
    expect: [
      "NON_COMPLIANT",
      "role/support: read/#0 allows dynamodb:GetItem on table/Orders; a condition is wanted. Require aws:SourceVpce, or dynamodb:LeadingKeys",
    ],
    reasons: ["noCondition"],
  },
  "AWS's own policy has another in its place": {
    facts: role("batch", [awsManaged("AmazonDynamoDBReadOnlyAccess", [{ Action: "dynamodb:Scan", Resource: "*" }])]),
    expect: [
      "NON_COMPLIANT",
      "role/batch: AmazonDynamoDBReadOnlyAccess/#0 allows dynamodb:Scan on table/any-table; a condition is wanted. Require aws:SourceVpce, or dynamodb:LeadingKeys",
    ],
    reasons: ["noCondition"],
    commands: [
      "aws iam create-policy --policy-name batch-AmazonDynamoDBReadOnlyAccess --policy-document file://batch-AmazonDynamoDBReadOnlyAccess.json",
      "aws iam attach-role-policy --role-name batch --policy-arn arn:aws:iam::123456789012:policy/batch-AmazonDynamoDBReadOnlyAccess",
      "aws iam detach-role-policy --role-name batch --policy-arn arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess",
    ],
  },
  "a tag of the table that the same role may set": {
    facts: role("tagger", [inline("dev", [tagged, tagging])]),
    expect: [
      "NON_COMPLIANT",
      "role/tagger: dev/#0 allows dynamodb:GetItem on table/Orders by aws:ResourceTag/env; may set that tag itself (dynamodb:TagResource). Take dynamodb:TagResource away",
    ],
    reasons: ["tagsItself"],
  },
  "a tag that only another value may be given": {
    facts: role("tagger", [
      inline("dev", [
        tagged,
        {
          ...tagging,
          Condition: {
            StringEquals: { "aws:RequestTag/env": "test" },
            "ForAllValues:StringEquals": { "aws:TagKeys": ["env"] },
          },
        },
      ]),
    ]),
    expect: ["COMPLIANT", "role/tagger: every request for items is bound by aws:ResourceTag/env"],
  },
  "another condition than the one required": {
    facts: role("checkout", [inline("orders", [{ ...read, Condition: ownItems }])]),
    parameters: { requiredConditionKeys: "aws:SourceVpce,aws:SourceVpc" },
    expect: [
      "NON_COMPLIANT",
      "role/checkout: orders/#0 allows dynamodb:GetItem on table/Orders; bound by none of the required keys (requiredConditionKeys). Require such a key too",
    ],
    reasons: ["otherKey"],
  },
  "a required key of a kind": {
    facts: role("checkout", [
      inline("orders", [{ ...read, Condition: { StringEquals: { "aws:PrincipalTag/team": "shop" } } }]),
    ]),
    parameters: { requiredConditionKeys: "aws:PrincipalTag/*" },
    expect: ["COMPLIANT", "role/checkout: every request for items is bound by aws:PrincipalTag/team"],
  },
  "with judge conditioned, what carries no condition is left out": {
    facts: policy(customerManaged("orders-read", [read])),
    parameters: { judge: "conditioned" },
    expect: ["NOT_APPLICABLE", "policy/orders-read: carries no condition on DynamoDB (judge is conditioned)"],
  },
  "what reads no items is not judged": {
    facts: policy(
      customerManaged("list", [{ Action: ["dynamodb:ListTables", "dynamodb:DescribeTable"], Resource: "*" }]),
    ),
    expect: ["NOT_APPLICABLE", "policy/list: allows no request for items"],
  },
  "a condition on a key that does not exist never allows anything": {
    facts: policy(customerManaged("typo", [{ ...read, Condition: { StringEquals: { "dynamodb:LeadingKey": "x" } } }])),
    expect: ["NOT_APPLICABLE", "policy/typo: allows no request for items"],
  },
  "a policy attached to nobody": {
    facts: policy(customerManaged("orders-read", [read]), { attachmentCount: 0 }),
    expect: [
      "NON_COMPLIANT",
      "policy/orders-read: #0 allows dynamodb:GetItem on table/Orders; restrict it: attached to nobody. Require aws:SourceVpce, or dynamodb:LeadingKeys",
    ],
    reasons: ["unattached"],
  },
  "a boundary that could not be read may deny: nothing is proven": {
    facts: role("half", [inline("orders", [read])], { boundary: unreadDocument("Limits") }),
    expect: ["unread", "iam:GetPolicyVersion role/half: on policy Limits was denied", true],
  },
});
