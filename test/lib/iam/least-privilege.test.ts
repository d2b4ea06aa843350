/** Definitions 10 to 14 of the docs: what is more than least privilege, case by case. */
import { describe, expect, test } from "vitest";
import { findAdministration } from "../../../lib/iam/administration.ts";
import { findAllActions } from "../../../lib/iam/all-actions.ts";
import { findAnyTableRequest } from "../../../lib/iam/any-table.ts";
import { isAllowed, type PolicySet } from "../../../lib/iam/evaluate.ts";
import { callerOf } from "../../../lib/iam/variables.ts";
import type { Witness } from "../../../lib/iam/witness.ts";
import { setOf } from "./policies.ts";

type Statement = Readonly<Record<string, unknown>>;

const caller = callerOf(null, "123456789012", "aws");
const asking = { caller, now: Date.UTC(2026, 0, 1) };
const table = (name: string): string => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`;

function set(statements: readonly Statement[], limits?: readonly Statement[]): PolicySet {
  const allowing = (some: readonly Statement[]): readonly Statement[] =>
    some.map((one) => ({ Effect: "Allow", ...one }));
  return setOf(allowing(statements), limits === undefined ? {} : { boundary: allowing(limits) });
}

/** A witness is nothing until plain evaluation allows it. */
function proven(policies: PolicySet, witness: Witness): Witness {
  const context = new Map(
    Object.entries(witness.context).flatMap(([key, value]) =>
      value === null ? [] : [[key, typeof value === "string" ? [value] : value] as const],
    ),
  );
  expect(isAllowed({ ...witness, context }, policies).allowed).toBe(true);
  return witness;
}

interface Case {
  readonly says: string;
  readonly allow: readonly Statement[];
  readonly limits?: readonly Statement[];
  readonly expected: string;
}

function answerOf(policies: PolicySet): string {
  const all = findAllActions(policies, asking);
  const any = findAnyTableRequest(policies, asking);
  const administration = findAdministration(policies, asking);
  const words: string[] = [];
  if (all === "undecided" || any === "undecided" || administration === "undecided") words.push("undecided");
  if (typeof all === "object") {
    proven(policies, all.witness);
    words.push(all.onAnyTable ? "all actions on any table" : "all actions");
  }
  if (typeof any === "object") words.push(`any table by ${proven(policies, any).action}`);
  if (typeof administration === "object") {
    proven(policies, administration.data);
    words.push(`${proven(policies, administration.administrative).action} beside ${administration.data.action}`);
  }
  return words.join(", ").replaceAll("dynamodb:", "") || "least";
}

const orders = table("Orders");

const cases: readonly Case[] = [
  {
    says: "two actions on one table are least privilege",
    allow: [{ Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: orders }],
    expected: "least",
  },
  ...[
    "*",
    table("*"),
    table("?*"),
    table("???*"),
    "arn:aws:dynamodb:*:*:*",
    "arn:aws:dynamodb",
    "arn:aws:dynamodb:us-east-1:123456789012:tab*",
    table("*/index/*"),
    table("*/index/by-day"),
    "arn:aws:dynamodb:us-east-1:123456789012:*able/*",
  ].map((Resource) => ({
    says: `${Resource} is any table`,
    allow: [{ Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource }],
    expected: /index/.test(Resource) ? "any table by Query" : "any table by GetItem",
  })),
  ...[
    table("Prod*"),
    table("*-audit"),
    table("${aws:PrincipalTag/app}-orders"),
    table("${aws:username}"),
    table("a?c"),
    "arn:*:dynamodb:*:*:table/Orders",
    table("Orders/index/*"),
    table("Orders*"),
  ].map((Resource) => ({
    says: `${Resource} names tables`,
    allow: [{ Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource }],
    expected: "least",
  })),
  {
    says: "a stream of any table is any table",
    allow: [{ Action: "dynamodb:GetRecords", Resource: table("*/stream/*") }],
    expected: "any table by GetRecords",
  },
  {
    says: "a backup of any table is any table",
    allow: [{ Action: "dynamodb:RestoreTableFromBackup", Resource: table("*/backup/*") }],
    expected: "any table by RestoreTableFromBackup",
  },
  {
    says: "metadata reads on any table are no violation",
    allow: [
      {
        Action: ["dynamodb:Describe*", "dynamodb:List*", "dynamodb:GetResourcePolicy", "dynamodb:GetAbacStatus"],
        Resource: "*",
      },
    ],
    expected: "least",
  },
  {
    says: "actions without a resource may use *",
    allow: [
      {
        Action: ["dynamodb:ListTables", "dynamodb:DescribeLimits", "dynamodb:PurchaseReservedCapacityOfferings"],
        Resource: "*",
      },
    ],
    expected: "least",
  },
  {
    says: "metadata reads beside data access on a named table are fine",
    allow: [
      { Action: ["dynamodb:GetItem", "dynamodb:DescribeTable"], Resource: orders },
      { Action: "dynamodb:ListTables", Resource: "*" },
    ],
    expected: "least",
  },
  ...["dynamodb:*", "dynamodb:?*", "*", "DynamoDB:*"].map((Action) => ({
    says: `${Action} on one named table is all actions`,
    allow: [{ Action, Resource: [orders, `${orders}/*`] }],
    expected: "all actions, PutResourcePolicy beside GetItem",
  })),
  {
    says: "all actions on everything is all three",
    allow: [{ Action: "*", Resource: "*" }],
    expected: "all actions on any table, any table by GetItem, PutResourcePolicy beside GetItem",
  },
  {
    says: "NotAction of another service is all actions",
    allow: [{ NotAction: "iam:*", Resource: "*" }],
    expected: "all actions on any table, any table by GetItem, PutResourcePolicy beside GetItem",
  },
  {
    says: "NotAction that leaves no action of DynamoDB grants nothing",
    allow: [{ NotAction: "dynamodb:*", Resource: "*" }],
    expected: "least",
  },
  {
    says: "NotAction that leaves some actions is a violation on a named table too",
    allow: [{ NotAction: ["dynamodb:P*", "dynamodb:U*", "dynamodb:Delete*"], Resource: orders }],
    expected: "all actions",
  },
  {
    says: "all actions of a bucket reach no table",
    allow: [{ Action: "*", Resource: "arn:aws:s3:::bucket/*" }],
    expected: "least",
  },
  {
    says: "all actions in two statements on the same table are all actions",
    allow: [
      {
        Action: [
          "dynamodb:A*",
          "dynamodb:B*",
          "dynamodb:C*",
          "dynamodb:D*",
          "dynamodb:E*",
          "dynamodb:G*",
          "dynamodb:I*",
        ],
        Resource: orders,
      },
      {
        Action: [
          "dynamodb:L*",
          "dynamodb:P*",
          "dynamodb:Q*",
          "dynamodb:R*",
          "dynamodb:S*",
          "dynamodb:T*",
          "dynamodb:U*",
          "dynamodb:W*",
        ],
        Resource: orders,
      },
    ],
    expected: "all actions, PutResourcePolicy beside GetItem",
  },
  {
    says: "an unconditional Deny of one granted action narrows all actions",
    allow: [
      { Action: "dynamodb:*", Resource: orders },
      { Effect: "Deny", Action: ["dynamodb:DeleteTable", "dynamodb:*ResourcePolicy"], Resource: "*" },
    ],
    expected: "least",
  },
  {
    says: "a Deny of one action leaves the administration to be judged",
    allow: [
      { Action: "dynamodb:*", Resource: orders },
      { Effect: "Deny", Action: "dynamodb:DeleteTable", Resource: "*" },
    ],
    expected: "PutResourcePolicy beside GetItem",
  },
  {
    says: "a Deny on another table narrows nothing",
    allow: [
      { Action: "dynamodb:*", Resource: orders },
      { Effect: "Deny", Action: "dynamodb:*", Resource: table("Audit") },
    ],
    expected: "all actions, PutResourcePolicy beside GetItem",
  },
  {
    says: "a Deny with a condition narrows nothing",
    allow: [
      { Action: "dynamodb:*", Resource: orders },
      { Effect: "Deny", Action: "dynamodb:*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ],
    expected: "all actions, PutResourcePolicy beside GetItem",
  },
  {
    says: "a Deny on indexes alone narrows all actions there, not on the table",
    allow: [
      { Action: "dynamodb:*", Resource: orders },
      { Effect: "Deny", Action: "dynamodb:*", Resource: table("*/index/*") },
    ],
    expected: "all actions, PutResourcePolicy beside GetItem",
  },
  {
    says: "a Deny for every backup removes an action that the grant has there",
    allow: [
      { Action: "dynamodb:*", Resource: [orders, `${orders}/backup/*`] },
      { Effect: "Deny", Action: ["dynamodb:DeleteBackup"], Resource: table("*/backup/*") },
      { Effect: "Deny", Action: ["dynamodb:*ResourcePolicy", "dynamodb:DeleteTable"], Resource: "*" },
    ],
    expected: "least",
  },
  {
    says: "break-glass: a Deny for all tables but one leaves all actions on that one",
    allow: [
      { Action: "dynamodb:*", Resource: "*" },
      { Effect: "Deny", Action: "dynamodb:*", NotResource: [orders, `${orders}/*`] },
    ],
    expected: "all actions, PutResourcePolicy beside GetItem",
  },
  {
    says: "a Deny on what is not named narrows any table to the named one",
    allow: [
      { Action: "dynamodb:GetItem", Resource: "*" },
      { Effect: "Deny", Action: "dynamodb:*", NotResource: orders },
    ],
    expected: "least",
  },
  {
    says: "a Deny with a condition does not narrow any table",
    allow: [
      { Action: "dynamodb:GetItem", Resource: "*" },
      {
        Effect: "Deny",
        Action: "dynamodb:*",
        NotResource: orders,
        Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-0123456789abcdef0" } },
      },
    ],
    expected: "any table by GetItem",
  },
  {
    says: "NotResource that excepts one table is any table",
    allow: [{ Action: "dynamodb:GetItem", NotResource: orders }],
    expected: "any table by GetItem",
  },
  {
    says: "NotResource that excepts all tables grants none",
    allow: [{ Action: "dynamodb:GetItem", NotResource: "arn:aws:dynamodb:*:*:table/*" }],
    expected: "least",
  },
  {
    says: "conditions do not narrow a grant",
    allow: [
      {
        Action: "dynamodb:GetItem",
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceVpce": "vpce-0123456789abcdef0" } },
      },
    ],
    expected: "any table by GetItem",
  },
  {
    says: "a condition that nothing can meet grants nothing",
    allow: [{ Action: "dynamodb:*", Resource: "*", Condition: { StringEquals: { "dynamodb:LeadingKey": "x" } } }],
    expected: "least",
  },
  {
    says: "administration alone on a named table is least privilege",
    allow: [{ Action: ["dynamodb:DeleteTable", "dynamodb:PutResourcePolicy"], Resource: orders }],
    expected: "least",
  },
  {
    says: "administration beside data on the same table, across statements",
    allow: [
      { Action: "dynamodb:GetItem", Resource: orders },
      { Action: "dynamodb:DeleteTable", Resource: table("Ord*") },
    ],
    expected: "DeleteTable beside GetItem",
  },
  {
    says: "administration of one table beside data of another is least privilege",
    allow: [
      { Action: "dynamodb:GetItem", Resource: orders },
      { Action: "dynamodb:DeleteTable", Resource: table("Scratch*") },
    ],
    expected: "least",
  },
  {
    says: "deleting a table's backup is administration of the table",
    allow: [
      { Action: "dynamodb:PutItem", Resource: orders },
      { Action: "dynamodb:DeleteBackup", Resource: `${orders}/backup/0123*` },
    ],
    expected: "DeleteBackup beside PutItem",
  },
  {
    says: "deleting another table's backup is not",
    allow: [
      { Action: "dynamodb:PutItem", Resource: orders },
      { Action: "dynamodb:DeleteBackup", Resource: table("Audit/backup/*") },
    ],
    expected: "least",
  },
  {
    says: "a stream's resource policy is administration beside the table's items",
    allow: [
      { Action: "dynamodb:Query", Resource: `${orders}/index/*` },
      { Action: "dynamodb:PutResourcePolicy", Resource: `${orders}/stream/*` },
    ],
    expected: "PutResourcePolicy beside Query",
  },
  {
    says: "UpdateAbacStatus is administration beside any data",
    allow: [
      { Action: "dynamodb:GetItem", Resource: orders },
      { Action: "dynamodb:UpdateAbacStatus", Resource: "*" },
    ],
    expected: "UpdateAbacStatus beside GetItem",
  },
  {
    says: "a partial pattern is judged by what it expands to",
    allow: [{ Action: ["dynamodb:*Item", "dynamodb:Delete*"], Resource: orders }],
    expected: "DeleteResourcePolicy beside GetItem",
  },
  {
    says: "a boundary that names a table narrows any table",
    allow: [{ Action: "dynamodb:*", Resource: "*" }],
    limits: [{ Action: "dynamodb:GetItem", Resource: orders }],
    expected: "least",
  },
  {
    says: "a boundary that allows everything narrows nothing",
    allow: [{ Action: "dynamodb:GetItem", Resource: "*" }],
    limits: [{ Action: "*", Resource: "*" }],
    expected: "any table by GetItem",
  },
  {
    says: "a boundary without administration narrows all actions",
    allow: [{ Action: "dynamodb:*", Resource: orders }],
    limits: [{ Action: ["dynamodb:*Item", "dynamodb:Query"], Resource: "*" }],
    expected: "least",
  },
  {
    says: "a boundary by NotAction of another service narrows nothing",
    allow: [{ Action: "dynamodb:*", Resource: orders }],
    limits: [{ NotAction: "iam:*", Resource: "*" }],
    expected: "all actions, PutResourcePolicy beside GetItem",
  },
  {
    says: "a boundary that names tables by NotResource leaves the others",
    allow: [{ Action: "dynamodb:*", Resource: "*" }],
    limits: [{ Action: "*", NotResource: orders }],
    expected: "all actions on any table, any table by GetItem, PutResourcePolicy beside GetItem",
  },
  {
    says: "a service prefix with a wildcard matches nothing",
    allow: [{ Action: "dynamo*:*", Resource: "*" }],
    expected: "least",
  },
  { says: "dax actions grant nothing of DynamoDB", allow: [{ Action: "dax:*", Resource: "*" }], expected: "least" },
];

describe("least privilege", () => {
  test.each(cases)("$says", ({ allow, limits, expected }) => {
    expect(answerOf(set(allow, limits))).toBe(expected);
  });

  test("without a known account too", () => {
    const anonymous = { ...asking, caller: callerOf(null, null) };
    const found = findAnyTableRequest(set([{ Action: "dynamodb:GetItem", Resource: "*" }]), anonymous);
    expect(found).toMatchObject({
      principal: null,
      resource: "arn:aws:dynamodb:us-east-1:123456789012:table/any-table",
    });
  });
});
