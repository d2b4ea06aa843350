/** The simulator itself, asked about rows whose answer AWS's documentation gives: is `simulate` asking rightly? */
import { describe, expect, inject, it } from "vitest";
import type { Request } from "../../lib/iam/request.ts";
import { type Answer, simulate } from "./simulate.ts";

const oracle = inject("oracle");
const missing = "missing" in oracle ? oracle.missing : null;

const home = "arn:aws:dynamodb:us-east-1:123456789012";
const orders = `${home}:table/Orders`;
const index = `${orders}/index/ByDate`;
const stream = `${orders}/stream/2024-01-01T00:00:00.000`;
const ann = "arn:aws:iam::123456789012:user/ann";

interface Row {
  readonly statements: readonly object[];
  readonly version?: string;
  readonly boundary?: readonly object[];
  readonly resourcePolicy?: readonly object[];
  /** `Action on resource`, without prefix; a table by default. */
  readonly action: string;
  readonly resource?: string;
  readonly principal?: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  readonly answer: Answer;
}

const all = { Action: "dynamodb:*", Resource: "*" };
const allow = (condition?: object): object => ({ Effect: "Allow", ...all, ...(condition && { Condition: condition }) });
const deny = (condition?: object): object => ({ Effect: "Deny", ...all, ...(condition && { Condition: condition }) });
const own = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "${cognito-identity.amazonaws.com:sub}" } };
const [allowed, explicit, implicit] = ["Allowed", "ExplicitlyDenied", "ImplicitlyDenied"] as const;

/** Numbers are those of the traps that the reasoner's own tests name. */
const rows: Readonly<Record<string, Row>> = {
  "1: ForAllValues on leading keys leaves Scan open": { statements: [allow(own)], action: "Scan", answer: allowed },
  "1: and holds for a foreign item": {
    statements: [allow(own)],
    action: "GetItem",
    context: { "dynamodb:leadingkeys": ["bob"], "cognito-identity.amazonaws.com:sub": "ann" },
    answer: implicit,
  },
  "1: but not for one's own": {
    statements: [allow(own)],
    action: "GetItem",
    context: { "dynamodb:leadingkeys": ["ann"], "cognito-identity.amazonaws.com:sub": "ann" },
    answer: allowed,
  },
  "2: Null false makes the key required": {
    statements: [allow({ ...own, Null: { "dynamodb:LeadingKeys": "false" } })],
    action: "Scan",
    answer: implicit,
  },
  "4: SearchVectors carries no keys": {
    statements: [allow(own)],
    action: "SearchVectors",
    resource: index,
    answer: allowed,
  },
  "6: StringEqualsIfExists on Select restrains a read": {
    statements: [allow({ StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" } })],
    action: "GetItem",
    context: { "dynamodb:select": "ALL_ATTRIBUTES" },
    answer: implicit,
  },
  "8: ForAnyValue lets a batch read foreign items": {
    statements: [allow({ "ForAnyValue:StringEquals": { "dynamodb:LeadingKeys": "ann" } })],
    action: "BatchGetItem",
    context: { "dynamodb:leadingkeys": ["ann", "bob"] },
    answer: allowed,
  },
  "10: StringNotEquals in an Allow is open from the internet": {
    statements: [allow({ StringNotEquals: { "aws:SourceVpce": "vpce-1" } })],
    action: "GetItem",
    answer: allowed,
  },
  "11: a Deny on the table leaves its index open": {
    statements: [allow(), { ...deny({ StringNotEquals: { "aws:SourceVpce": "vpce-1" } }), Resource: orders }],
    action: "Query",
    resource: index,
    answer: allowed,
  },
  "12: a Deny of listed actions leaves PartiQL open": {
    statements: [allow(), { ...deny(), Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"] }],
    action: "PartiQLSelect",
    answer: allowed,
  },
  "13: a Deny by StringNotEqualsIfExists catches the absent key": {
    statements: [allow(), deny({ StringNotEqualsIfExists: { "aws:SourceVpce": "vpce-1" } })],
    action: "GetItem",
    answer: explicit,
  },
  "14: a Deny by StringEquals does not": {
    statements: [allow(), deny({ StringEquals: { "aws:SourceVpce": "vpce-bad" } })],
    action: "GetItem",
    answer: allowed,
  },
  "16: nor one by ForAnyValue:StringNotEquals": {
    statements: [allow(), deny({ "ForAnyValue:StringNotEquals": { "aws:SourceVpce": "vpce-1" } })],
    action: "GetItem",
    answer: allowed,
  },
  "17: StringEqualsIfExists in an Allow is open": {
    statements: [allow({ StringEqualsIfExists: { "aws:SourceVpce": "vpce-1" } })],
    action: "GetItem",
    answer: allowed,
  },
  "18: BoolIfExists MFA does not bind static keys": {
    statements: [allow({ BoolIfExists: { "aws:MultiFactorAuthPresent": true } })],
    action: "GetItem",
    answer: allowed,
  },
  "19: a Deny by Bool MFA false lets them pass": {
    statements: [allow(), deny({ Bool: { "aws:MultiFactorAuthPresent": "false" } })],
    action: "GetItem",
    answer: allowed,
  },
  "20: one by BoolIfExists does not": {
    statements: [allow(), deny({ BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } })],
    action: "GetItem",
    answer: explicit,
  },
  "22: StringLike * demands presence": {
    statements: [allow({ StringLike: { "aws:PrincipalTag/team": "*" } })],
    action: "GetItem",
    answer: implicit,
  },
  "24: two halves of the internet are all of it": {
    statements: [allow({ IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } })],
    action: "GetItem",
    context: { "aws:sourceip": "203.0.113.7" },
    answer: allowed,
  },
  "25: a key that does not exist never allows": {
    statements: [allow({ StringEquals: { "dynamodb:LeadingKey": "ann" } })],
    action: "GetItem",
    answer: implicit,
  },
  "26: nor ever restrains under ForAllValues": {
    statements: [allow({ "ForAllValues:StringEquals": { "dynamodb:LeadingKey": "ann" } })],
    action: "GetItem",
    answer: allowed,
  },
  "28: grants are a union": {
    statements: [allow({ StringEquals: { "aws:SourceVpce": "vpce-1" } }), { ...allow(), Action: "dynamodb:GetItem" }],
    action: "GetItem",
    answer: allowed,
  },
  "29: NotAction gives everything else": {
    statements: [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }],
    action: "DeleteTable",
    answer: allowed,
  },
  "30: a prefix covers streams": {
    statements: [{ ...allow(), Resource: `arn:aws:dynamodb:*:*:table/Ord*` }],
    action: "GetRecords",
    resource: stream,
    answer: allowed,
  },
  "31: an incomplete ARN covers every table": {
    statements: [{ ...allow(), Resource: "arn:aws:dynamodb" }],
    action: "GetItem",
    answer: allowed,
  },
  "32: action wildcards in any letter case": {
    statements: [{ ...allow(), Action: "DYNAMODB:G?tItem" }],
    action: "GetItem",
    answer: allowed,
  },
  "33: no wildcard under StringEquals": {
    statements: [allow({ StringEquals: { "aws:SourceVpce": "vpce-*" } })],
    action: "GetItem",
    context: { "aws:sourcevpce": "vpce-1" },
    answer: implicit,
  },
  "34: ArnEquals is ArnLike": {
    statements: [allow({ ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/*" } })],
    action: "GetItem",
    context: { "aws:principalarn": "arn:aws:iam::123456789012:role/app" },
    answer: allowed,
  },
  "35: several negated values are a NOR": {
    statements: [allow({ StringNotLike: { "aws:PrincipalTag/team": ["a*", "b*"] } })],
    action: "GetItem",
    context: { "aws:principaltag/team": "blue" },
    answer: implicit,
  },
  "38: a boundary does not cut what the table's policy gives a user": {
    statements: [],
    boundary: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
    resourcePolicy: [{ ...allow(), Resource: orders, Principal: { AWS: ann } }],
    principal: ann,
    action: "GetItem",
    answer: allowed,
  },
  "39: the table's policy for the own account gives nobody anything": {
    statements: [],
    resourcePolicy: [{ ...allow(), Resource: orders, Principal: { AWS: "123456789012" } }],
    principal: ann,
    action: "GetItem",
    answer: implicit,
  },
  "41: a Deny of the absent endpoint opens to any endpoint": {
    statements: [allow(), deny({ Null: { "aws:SourceVpce": "true" } })],
    action: "GetItem",
    context: { "aws:sourcevpce": "vpce-foreign" },
    answer: allowed,
  },
  "43: a date that has passed": {
    statements: [allow({ DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } })],
    action: "GetItem",
    context: { "aws:currenttime": "2026-01-01T00:00:00Z" },
    answer: implicit,
  },
  "a boundary cuts identity policies": {
    statements: [allow()],
    boundary: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
    action: "GetItem",
    answer: implicit,
  },
  "an action without a resource": { statements: [allow()], action: "ListTables", resource: "*", answer: allowed },
};

/** What it would answer about another request without a word, `simulate` refuses. */
const refused: Readonly<Record<string, Row>> = {
  "a key that the action does not carry": {
    statements: [allow()],
    action: "Scan",
    context: { "dynamodb:leadingkeys": ["ann"] },
    answer: { invalid: "dynamodb:Scan does not carry dynamodb:leadingkeys" },
  },
  "a key that does not exist": {
    statements: [allow()],
    action: "Scan",
    context: { "aws:sourcevpcee": "vpce-1" },
    answer: { invalid: "no context key is called aws:sourcevpcee" },
  },
  "two values of a key that holds one": {
    statements: [allow()],
    action: "Scan",
    context: { "aws:sourcevpce": ["vpce-1", "vpce-2"] },
    answer: { invalid: "aws:sourcevpce holds one value, not 2" },
  },
  "an action that does not exist": {
    statements: [allow()],
    action: "TransactWriteItems",
    answer: { invalid: '{"message":"invalid.action"}' },
  },
  "a resource with a wildcard": {
    statements: [allow()],
    action: "GetItem",
    resource: `${home}:table/*`,
    answer: { invalid: "a resource with a wildcard is a question about many requests" },
  },
};

describe.skipIf(missing !== null)(`the simulator${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  it.each(Object.entries(rows))("answers %s", async (_, row) => {
    expect(await ask(row)).toBe(row.answer);
  });

  it.each(Object.entries(refused))("is not asked about %s", async (_, row) => {
    expect(await ask(row)).toEqual(row.answer);
  });
});

function ask({ statements, version, boundary, resourcePolicy, ...request }: Row): Promise<Answer> {
  const text = (Statement: readonly object[]): string =>
    JSON.stringify({ Version: version ?? "2012-10-17", Statement });
  return simulate({
    identityPolicies: statements.length === 0 ? [] : [text(statements)],
    ...(boundary === undefined ? {} : { boundary: text(boundary) }),
    ...(resourcePolicy === undefined ? {} : { resourcePolicy: text(resourcePolicy) }),
    request: requestOf(request),
  });
}

function requestOf({ action, resource = orders, principal = ann, context = {} }: Omit<Row, "statements">): Request {
  return {
    principal,
    action: `dynamodb:${action}`,
    resource,
    context: new Map(Object.entries(context).map(([key, value]) => [key, [value].flat()])),
  };
}
