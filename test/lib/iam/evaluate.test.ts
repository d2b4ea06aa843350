import { describe, expect, it } from "vitest";
import { isAllowed } from "../../../lib/iam/evaluate.ts";
import { keyName } from "../../../lib/iam/keys.ts";
import type { Request } from "../../../lib/iam/request.ts";
import { document, setOf } from "./policies.ts";

const table = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";

function request(action: string, context: Readonly<Record<string, readonly string[]>> = {}, resource = table): Request {
  return {
    principal: null,
    action,
    resource,
    context: new Map(Object.entries(context).map(([key, values]) => [keyName(key), values])),
  };
}

function allow(condition?: object, resource: unknown = table, action: unknown = "dynamodb:*"): object {
  return {
    Effect: "Allow",
    Action: action,
    Resource: resource,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

const get = "dynamodb:GetItem";

describe("plain evaluation", () => {
  const conditions: readonly (readonly [
    sentence: string,
    condition: object,
    context: Readonly<Record<string, readonly string[]>>,
    allowed: boolean,
  ])[] = [
    ["a positive operator is false of an absent key", { StringEquals: { "aws:SourceVpce": "vpce-1" } }, {}, false],
    ["a negated one is true", { StringNotEquals: { "aws:SourceVpce": "vpce-1" } }, {}, true],
    ["IfExists is true of an absent key", { StringEqualsIfExists: { "aws:SourceVpce": "vpce-1" } }, {}, true],
    ["values are an OR", { StringEquals: { "aws:username": ["ann", "bob"] } }, { "aws:username": ["bob"] }, true],
    [
      "negated values are a NOR",
      { StringNotLike: { "aws:username": ["a*", "b*"] } },
      { "aws:username": ["ann"] },
      false,
    ],
    [
      "keys are compared without letter case",
      { StringEquals: { "AWS:UserName": "ann" } },
      { "aws:username": ["ann"] },
      true,
    ],
    ["values heed letter case", { StringEquals: { "aws:username": "Ann" } }, { "aws:username": ["ann"] }, false],
    [
      "but not under IgnoreCase",
      { StringEqualsIgnoreCase: { "aws:username": "Ann" } },
      { "aws:username": ["ann"] },
      true,
    ],
    [
      "StringEquals expands no wildcard",
      { StringEquals: { "aws:username": "a*" } },
      { "aws:username": ["ann"] },
      false,
    ],
    [
      "ArnEquals does",
      { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } },
      { "aws:PrincipalArn": ["arn:aws:iam::123456789012:role/app"] },
      true,
    ],
    [
      "an ARN's star stays within its segment",
      { ArnLike: { "aws:PrincipalArn": "arn:aws:iam:*:role/app" } },
      { "aws:PrincipalArn": ["arn:aws:iam::123456789012:role/app"] },
      false,
    ],
    [
      "ForAllValues is true of an empty set",
      { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["me"] } },
      {},
      true,
    ],
    [
      "ForAllValues wants every value",
      { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["me"] } },
      { "dynamodb:LeadingKeys": ["me", "you"] },
      false,
    ],
    [
      "ForAnyValue one",
      { "ForAnyValue:StringEquals": { "dynamodb:LeadingKeys": ["me"] } },
      { "dynamodb:LeadingKeys": ["me", "you"] },
      true,
    ],
    ["Null true wants absence", { Null: { "aws:SourceVpce": "true" } }, { "aws:SourceVpce": ["vpce-1"] }, false],
    [
      "numbers are compared as numbers",
      { NumericLessThan: { "aws:MultiFactorAuthAge": "300" } },
      { "aws:MultiFactorAuthAge": ["99"] },
      true,
    ],
    [
      "dates as dates, ISO and epoch alike",
      { DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } },
      { "aws:CurrentTime": ["1700000000"] },
      true,
    ],
    [
      "an address is in its range",
      { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
      { "aws:SourceIp": ["203.0.113.7"] },
      true,
    ],
    [
      "no v6 address is in a v4 range",
      { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } },
      { "aws:SourceIp": ["2001:db8::1"] },
      false,
    ],
    [
      "booleans ignore letter case",
      { Bool: { "aws:SecureTransport": "TRUE" } },
      { "aws:SecureTransport": ["true"] },
      true,
    ],
    [
      "a variable takes the request's value",
      { StringEquals: { "aws:PrincipalTag/owner": "${aws:username}" } },
      { "aws:username": ["ann"], "aws:PrincipalTag/owner": ["ann"] },
      true,
    ],
    [
      "one without a value matches nothing",
      { StringEquals: { "aws:PrincipalTag/owner": "${aws:username}" } },
      { "aws:PrincipalTag/owner": ["ann"] },
      false,
    ],
    [
      "but its default does",
      { StringEquals: { "aws:PrincipalTag/owner": "${aws:username, 'ann'}" } },
      { "aws:PrincipalTag/owner": ["ann"] },
      true,
    ],
    ["an escaped star is a star", { StringLike: { "aws:username": "a${*}" } }, { "aws:username": ["a*"] }, true],
  ];

  it.each(conditions)("%s", (_sentence, condition, context, allowed) => {
    expect(isAllowed(request(get, context), setOf(allow(condition))).allowed).toBe(allowed);
  });

  it.each([
    ["*", true],
    ["arn:aws:dynamodb:*:*:table/*", true],
    ["arn:aws:dynamodb:*", true],
    ["arn:aws:dynamodb", true],
    ["arn:aws:dynamodb:us-east-1:123456789012:table/Ord*", true],
    ["arn:aws:dynamodb:us-east-1:123456789012:table/orders", false],
    ["arn:aws:dynamodb:*:table/Orders", false],
    ["arn:aws:dynamodb:us-east-1:123456789012:table/Orders/index/*", false],
    ["arn:aws:s3:::*", false],
  ])("the resource %s names the table: %s", (resource, named) => {
    expect(isAllowed(request(get), setOf(allow(undefined, resource))).allowed).toBe(named);
  });

  it.each([
    ["dynamodb:*", true],
    ["DYNAMODB:getitem", true],
    ["dynamodb:Get*", true],
    ["dynamodb:G?tItem", true],
    ["dyna*:GetItem", false],
    ["dynamodb:PutItem", false],
  ])("the action %s names GetItem: %s", (action, named) => {
    expect(isAllowed(request(get), setOf(allow(undefined, table, action))).allowed).toBe(named);
  });

  it("is ended by a Deny anywhere, and says which", () => {
    const set = setOf([
      { ...allow(), Sid: "All" },
      { ...allow(), Effect: "Deny" },
    ]);
    expect(isAllowed(request(get), set)).toEqual({ allowed: false, allowedBy: [], deniedBy: ["#1"] });
  });

  it("needs the boundary's Allow too", () => {
    const set = {
      identity: [document(allow())],
      boundary: { ...document(allow(undefined, "*", "s3:*")), name: "boundary" },
    };
    expect(isAllowed(request(get), set).allowed).toBe(false);
    expect(
      isAllowed(request(get), { ...set, boundary: { ...document(allow(undefined, "*", "*")), name: "boundary" } }),
    ).toEqual({
      allowed: true,
      allowedBy: ["#0", "boundary/#0"],
      deniedBy: [],
    });
  });
});
