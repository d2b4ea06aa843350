/** The DynamoDB developer guide's identity-based policies, tags and endpoints, and the IAM user guide's examples. */
import { allow, deny, guideExamples, table } from "./guide-examples.ts";

const books = table("Books");
const booksIndexes = table("Books/index/*");
const everything = "GetItem BatchGetItem Scan Query ConditionCheckItem PutItem UpdateItem DeleteItem BatchWriteItem";
const streams = "DescribeStream GetRecords GetShardIterator ListStreams";

guideExamples("identity-based policies", {
  "query and scan one table: nothing is demanded": {
    statements: allow("DescribeTable Query Scan", books),
    expect: { action: "Query", resource: books },
  },
  "example 1, all actions on a table": {
    statements: allow("dynamodb:*", books),
    expect: { action: "GetItem", resource: books },
  },
  "example 1 with the wildcard that its note speaks of: any table": {
    statements: allow("dynamodb:*", table("*")),
    expect: { action: "GetItem", resource: table("") },
  },
  "example 2, reading items of a table": {
    statements: allow("GetItem BatchGetItem Scan Query ConditionCheckItem", books),
    expect: { action: "GetItem", resource: books },
  },
  "example 3, writing items of a table": {
    statements: allow("PutItem UpdateItem DeleteItem", books),
    expect: { action: "PutItem", resource: books },
  },
  "example 4, a table with its indexes": {
    statements: allow(everything, [books, booksIndexes]),
    expect: { action: "GetItem", resource: books },
  },
  "the whole life of items, on a table, its indexes and its streams": {
    statements: [
      allow(`${streams} Scan Query`, [booksIndexes, table("Books/stream/*")]),
      allow(`${everything} DescribeTable`, books),
      allow("DescribeLimits", [books, booksIndexes]),
    ],
    expect: { action: "GetItem", resource: books },
  },
  "example 5, a developer's own table, by its name": {
    statements: allow("dynamodb:*", table("Alice_ProductCatalog")),
    expect: { action: "GetItem", resource: table("Alice_ProductCatalog") },
  },
  "example 5, every developer's own table: who one is binds, and lists of tables hold no items": {
    statements: [
      allow("dynamodb:*", table("${aws:username}_ProductCatalog")),
      allow("ListTables DescribeTable cloudwatch:* sns:*", "*"),
    ],
    expect: { boundBy: ["aws:username"] },
  },
  "example 5 of a developer whose name is known: it binds all the same": {
    statements: allow("dynamodb:*", table("${aws:username}_ProductCatalog")),
    principal: "arn:aws:iam::123456789012:user/Alice",
    expect: { boundBy: ["aws:username"] },
  },
  "example 5 of a role, which has no user name: no table is meant": {
    statements: allow("dynamodb:*", table("${aws:username}_ProductCatalog")),
    principal: "arn:aws:iam::123456789012:role/Developers",
    expect: "nothing",
  },
  "example 5, all tables that begin with one's name": {
    statements: allow("dynamodb:*", table("${aws:username}_*")),
    expect: { boundBy: ["aws:username"] },
  },
  "example 6, reserved capacity is seen and not bought: no items": {
    statements: [
      allow("DescribeReservedCapacity DescribeReservedCapacityOfferings", "arn:aws:dynamodb:us-west-2:123456789012:*"),
      deny("PurchaseReservedCapacityOfferings", "arn:aws:dynamodb:us-west-2:123456789012:*"),
    ],
    expect: "nothing",
  },
  "example 7, a stream and not its table: no items": {
    statements: allow(streams, table("GameScores/stream/*")),
    expect: "nothing",
  },
  "example 8, a function that reads streams: no items": {
    statements: [allow("lambda:InvokeFunction", "*"), allow(streams, "*")],
    expect: "nothing",
  },
  "DAX, an application that asks the cluster: its actions are none of DynamoDB's": {
    statements: allow("dax:*", "arn:aws:dax:us-west-2:123456789012:cache/DAXCluster01"),
    expect: "nothing",
  },
  "DAX, the role by which the cluster asks: nothing is demanded": {
    statements: allow(`DescribeTable ${everything}`, books),
    expect: { action: "GetItem", resource: books },
  },
});

guideExamples("policies on indexes", {
  "query every index of a table: an index is a resource of its own": {
    statements: allow("Query", booksIndexes),
    expect: { action: "Query", resource: table("Books/index/") },
  },
  "query one index": {
    statements: allow("Query", table("Books/index/ByAuthor")),
    expect: { action: "Query", resource: table("Books/index/ByAuthor") },
  },
  "an index for an action that knows tables alone: none is allowed": {
    statements: allow("GetItem PutItem", booksIndexes),
    expect: "nothing",
  },
  "a Deny on the table leaves its indexes": {
    statements: [allow("Query", [books, booksIndexes]), deny("dynamodb:*", books)],
    expect: { action: "Query", resource: table("Books/index/") },
  },
});

const anyTable = "arn:aws:dynamodb:*:*:table/*";

guideExamples("attribute-based access control", {
  "tables of one environment: the table's tag binds": {
    statements: allow("PutItem UpdateItem", anyTable, {
      StringEquals: { "aws:ResourceTag/environment": "staging" },
    }),
    expect: { boundBy: ["aws:ResourceTag/environment"] },
  },
  "example 1, putting items where the tag matches": {
    statements: allow("PutItem", anyTable, { StringEquals: { "aws:ResourceTag/Title": "ProductManager" } }),
    expect: { boundBy: ["aws:ResourceTag/Title"] },
  },
  "example 1 beside the managed policy that its role has: that one reads everything": {
    statements: [
      allow("GetItem BatchGetItem Query Scan PartiQLSelect DescribeTable ListTables", "*"),
      allow("PutItem", anyTable, { StringEquals: { "aws:ResourceTag/Title": "ProductManager" } }),
    ],
    expect: { action: "GetItem" },
  },
  "a tag of the table as the caller's own: it binds": {
    statements: allow("PutItem", anyTable, {
      StringEquals: { "aws:ResourceTag/Team": "${aws:PrincipalTag/Team}" },
    }),
    expect: { boundBy: ["aws:ResourceTag/Team"] },
  },
  "example 2, tables made with a tag: no items": {
    statements: allow("CreateTable TagResource", anyTable, { StringEquals: { "aws:RequestTag/Owner": "John" } }),
    expect: "nothing",
  },
  "example 3, no tables without a tag, beside full access: items are free": {
    statements: [
      allow("dynamodb:*", "*"),
      deny("CreateTable TagResource", anyTable, {
        Null: { "aws:TagKeys": "false" },
        "ForAllValues:StringNotEquals": { "aws:TagKeys": "CostCenter" },
      }),
    ],
    expect: { action: "GetItem" },
  },
});

const home = "arn:aws:dynamodb:us-west-2:123456789012:*";
const endpoint = { StringNotEquals: { "aws:sourceVpce": "vpce-11aa22bb" } };

guideExamples("endpoints, in the policy of who calls", {
  "through one endpoint only: the endpoint binds": {
    statements: [allow("dynamodb:*", home), deny("dynamodb:*", home, endpoint)],
    expect: { boundBy: ["aws:SourceVpce"] },
  },
  "through one VPC only: the VPC binds": {
    statements: [
      allow("dynamodb:*", home),
      deny("dynamodb:*", home, { StringNotEquals: { "aws:sourceVpc": "vpc-111bbb22" } }),
    ],
    expect: { boundBy: ["aws:SourceVpc"] },
  },
  "through one endpoint in one Region, beside access to all: another Region is free": {
    statements: [allow("dynamodb:*", "*"), deny("dynamodb:*", home, endpoint)],
    expect: { action: "GetItem", context: { "aws:sourceVpce": null } },
  },
  "a table through one endpoint: its index is free": {
    statements: [allow("Query", [books, booksIndexes]), deny("dynamodb:*", books, endpoint)],
    expect: { action: "Query", resource: table("Books/index/"), context: { "aws:sourceVpce": null } },
  },
  "allowed through one endpoint: the endpoint binds": {
    statements: allow("GetItem PutItem", [books, `${books}/*`], {
      StringEquals: { "aws:sourceVpce": "vpce-11aa22bb" },
    }),
    expect: { boundBy: ["aws:SourceVpce"] },
  },
});

guideExamples("DynamoDB in the IAM user guide", {
  "one table: nothing is demanded": {
    statements: [
      allow("List* DescribeReservedCapacity* DescribeLimits DescribeTimeToLive", "*"),
      allow(
        "BatchGet* DescribeStream DescribeTable Get* Query Scan BatchWrite* CreateTable Delete* Update* PutItem",
        "arn:aws:dynamodb:*:*:table/MyTable",
      ),
    ],
    expect: { action: "GetItem" },
  },
  "named columns: they bind, since Select has a value on every read": {
    statements: allow(
      "GetItem BatchGetItem Query PutItem UpdateItem DeleteItem BatchWriteItem",
      "arn:aws:dynamodb:*:*:table/table-name",
      {
        "ForAllValues:StringEquals": { "dynamodb:Attributes": ["column-name-1", "column-name-2", "column-name-3"] },
        StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
      },
    ),
    expect: { boundBy: ["dynamodb:Attributes"] },
  },
  "rows by an Amazon Cognito ID: the keys bind": {
    statements: allow("DeleteItem GetItem PutItem Query UpdateItem", "arn:aws:dynamodb:*:*:table/MyTable", {
      "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${cognito-identity.amazonaws.com:sub}"] },
    }),
    expect: { boundBy: ["dynamodb:LeadingKeys"] },
  },
  "a role that MFA is asked for when it is assumed: its own policy demands nothing": {
    statements: allow("dynamodb:*", books),
    principal: "arn:aws:iam::123456789012:role/CrossAccountRole",
    expect: { action: "GetItem", resource: books },
  },
});

const full = allow("dynamodb:*", "*");
const withoutMfa = (operator: string) => ({
  Effect: "Deny",
  NotAction: ["iam:ChangePassword", "iam:EnableMFADevice", "iam:ListMFADevices", "sts:GetSessionToken"],
  Resource: "*",
  Condition: { [operator]: { "aws:MultiFactorAuthPresent": "false" } },
});
const ranges = { "aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"] };
const outside = (regions: readonly string[]) => ({
  Effect: "Deny",
  NotAction: ["cloudfront:*", "iam:*", "route53:*", "support:*"],
  Resource: "*",
  Condition: { StringNotEquals: { "aws:RequestedRegion": regions } },
});

guideExamples("Denies of the IAM user guide, beside full access to DynamoDB", {
  "all but a few actions without MFA: it binds": {
    statements: [full, withoutMfa("BoolIfExists")],
    expect: { boundBy: ["aws:MultiFactorAuthPresent"] },
  },
  "without IfExists, as it is often written: long-term keys are free": {
    statements: [full, withoutMfa("Bool")],
    expect: { action: "GetItem", context: { "aws:MultiFactorAuthPresent": null } },
  },
  "everything from outside ranges of addresses: they bind": {
    statements: [full, deny("*", "*", { NotIpAddress: ranges })],
    expect: { boundBy: ["aws:SourceIp"] },
  },
  "the same with the hole for services: a direct request is bound": {
    statements: [full, deny("*", "*", { NotIpAddress: ranges, Bool: { "aws:ViaAWSService": "false" } })],
    expect: { boundBy: ["aws:SourceIp"] },
  },
  "everything outside two Regions: a Region is the table's, and restrains nobody": {
    statements: [full, outside(["eu-central-1", "eu-west-1"])],
    expect: { action: "GetItem" },
  },
});
