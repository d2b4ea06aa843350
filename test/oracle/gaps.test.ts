/** Each known gap by an example: when the simulator closes one, its entry in gaps.ts goes, and more is compared. */
import { describe, expect, inject, it } from "vitest";
import { gaps } from "./gaps.ts";
import { type Answer, simulate } from "./simulate.ts";

const oracle = inject("oracle");
const missing = "missing" in oracle ? oracle.missing : null;
const orders = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";

interface Example {
  readonly version?: string;
  readonly Resource?: string;
  readonly NotResource?: string;
  readonly Condition?: object;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** What the simulator says of one Allow with this; AWS's documentation says otherwise, or nothing. */
  readonly answer: Answer;
}

const examples: Readonly<Record<string, Example>> = {
  "variables in a document of 2008": {
    version: "2008-10-17",
    Resource: "arn:aws:dynamodb:*:*:table/${aws:username}",
    context: { "aws:username": "Orders" },
    answer: "Allowed",
  },
  "negated operator on an unresolvable variable": {
    Condition: { StringNotEquals: { "aws:SourceVpce": "${aws:username}" } },
    context: { "aws:sourcevpce": "vpce-1" },
    answer: "ImplicitlyDenied",
  },
  "NotResource with an unresolvable variable": { NotResource: `${orders}\${aws:username}`, answer: "ImplicitlyDenied" },
  "escapes under StringEquals": {
    Condition: { StringEquals: { "aws:username": "a${*}" } },
    context: { "aws:username": "a*" },
    answer: "ImplicitlyDenied",
  },
  "empty value or empty default of a variable": {
    Condition: { StringEquals: { "aws:username": "ann${aws:userid, ''}" } },
    context: { "aws:username": "ann" },
    answer: "ImplicitlyDenied",
  },
  "default with a comma": {
    Condition: { StringEquals: { "aws:username": "${aws:userid, 'a, b'}" } },
    context: { "aws:username": "a, b" },
    answer: "ImplicitlyDenied",
  },
  "multi-valued key as a variable": {
    Condition: { StringEquals: { "aws:username": "${dynamodb:LeadingKeys, 'ann'}" } },
    context: { "aws:username": "ann", "dynamodb:leadingkeys": ["bob"] },
    answer: "Allowed",
  },
  "variable before the resource": {
    Resource: "arn:aws:dynamodb:us-east-1:${aws:PrincipalAccount}:table/Orders",
    context: { "aws:principalaccount": "123456789012" },
    answer: "ImplicitlyDenied",
  },
  "variable under Bool": {
    Condition: { Bool: { "aws:SecureTransport": "${aws:PrincipalTag/secure}" } },
    context: { "aws:securetransport": "true", "aws:principaltag/secure": "true" },
    answer: "Allowed",
  },
  "epoch against ISO date": {
    Condition: { DateGreaterThan: { "aws:CurrentTime": "1577836800" } },
    context: { "aws:currenttime": "2019-01-01T00:00:00Z" },
    answer: "Allowed",
  },
  "time as text": {
    Condition: { StringEquals: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } },
    context: { "aws:currenttime": "2026-01-01T00:00:00.000Z" },
    answer: "ImplicitlyDenied",
  },
  "text that JavaScript takes for a date": {
    Condition: { DateGreaterThan: { "aws:SourceVpce": "1990-01-01T00:00:00Z" } },
    context: { "aws:sourcevpce": "vpce-1" },
    answer: "Allowed",
  },
  "text that begins with a number": {
    Condition: { NumericEquals: { "aws:PrincipalTag/level": "12" } },
    context: { "aws:principaltag/level": "12abc" },
    answer: "Allowed",
  },
  "negated operator on a value of another type": {
    Condition: { NumericNotEquals: { "aws:PrincipalTag/level": "12" } },
    context: { "aws:principaltag/level": "high" },
    answer: "ImplicitlyDenied",
  },
  "IPv4 range of every address": {
    Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } },
    context: { "aws:sourceip": "203.0.113.7" },
    answer: "ImplicitlyDenied",
  },
  "single address against the other family": {
    Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.7" } },
    context: { "aws:sourceip": "2001:db8::1" },
    answer: "ImplicitlyDenied",
  },
  "spellings of a single IPv6 address": {
    Condition: { IpAddress: { "aws:SourceIp": "2001:DB8::1" } },
    context: { "aws:sourceip": "2001:db8::1" },
    answer: "ImplicitlyDenied",
  },
  "wildcard or variable in the resource type": {
    Resource: "arn:aws:dynamodb:*:*:ta*e/Orders",
    answer: "ImplicitlyDenied",
  },
  "incomplete ARN in NotResource": { NotResource: "arn:aws:s3", answer: "ImplicitlyDenied" },
  "resource that is no ARN": { Resource: "*Users", answer: "Allowed" },
  "letter case of partition, service and region": { Resource: orders.replace("us-east", "US-EAST"), answer: "Allowed" },
  "plain operator on a multi-valued key": {
    Condition: { StringNotEquals: { "dynamodb:LeadingKeys": "bob" } },
    context: { "dynamodb:leadingkeys": ["ann"] },
    answer: "ImplicitlyDenied",
  },
  "ForAnyValue with IfExists": {
    Condition: { "ForAnyValue:StringEqualsIfExists": { "dynamodb:LeadingKeys": "ann" } },
    answer: "ImplicitlyDenied",
  },
  "Null on an empty set": {
    Condition: { Null: { "dynamodb:LeadingKeys": "true" } },
    context: { "dynamodb:leadingkeys": [] },
    answer: "ImplicitlyDenied",
  },
  "empty text as an empty set": {
    Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "ann" } },
    context: { "dynamodb:leadingkeys": [""] },
    answer: "ImplicitlyDenied",
  },
  "Null with a modifier": {
    Condition: { NullIfExists: { "aws:SourceVpce": "false" } },
    answer: "ImplicitlyDenied",
  },
  "condition without values": { Condition: { StringNotEquals: { "aws:username": [] } }, answer: "Allowed" },
  "ARN condition with fewer than six fields": {
    Condition: { ArnLike: { "aws:PrincipalArn": "*" } },
    context: { "aws:principalarn": "arn:aws:iam::123456789012:user/ann" },
    answer: "ImplicitlyDenied",
  },
  "first field of an ARN condition": {
    Condition: { ArnLike: { "aws:PrincipalTag/arn": "arn:aws:iam::123456789012:user/ann" } },
    context: { "aws:principaltag/arn": "foo:aws:iam::123456789012:user/ann" },
    answer: "Allowed",
  },
  "line break under a wildcard": {
    Condition: { StringLike: { "aws:UserAgent": "app*" } },
    context: { "aws:useragent": "app\n1" },
    answer: "ImplicitlyDenied",
  },
};

describe.skipIf(missing !== null)(`its known gaps${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  it("each has an example", () => {
    expect(Object.keys(examples).sort()).toEqual(gaps.map(({ name }) => name).sort());
  });

  it.each(gaps)("$name", async ({ name, applies }) => {
    const { version = "2012-10-17", context = {}, answer, ...statement } = examples[name] as Example;
    const resource = statement.NotResource === undefined ? { Resource: "*" } : {};
    const Statement = { Effect: "Allow", Action: "dynamodb:*", ...resource, ...statement };
    const set = { identityPolicies: [JSON.stringify({ Version: version, Statement })] };
    const request = {
      principal: null,
      action: "dynamodb:GetItem",
      resource: orders,
      context: new Map(Object.entries(context).map(([key, value]) => [key, [value].flat()])),
    };
    expect(applies(set, request)).toBe(true);
    expect(await simulate({ ...set, request })).toEqual(answer);
  });
});
