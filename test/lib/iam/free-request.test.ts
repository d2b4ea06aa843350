import { describe, expect, it } from "vitest";
import { dataActions } from "../../../lib/iam/actions.ts";
import { type Found, findFreeRequest } from "../../../lib/iam/free-request.ts";
import { callerOf } from "../../../lib/iam/variables.ts";
import { setOf } from "./policies.ts";

const now = Date.parse("2026-01-04T14:02:00Z");
const table = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
const index = `${table}/index/*`;

interface Row {
  readonly statements: unknown;
  readonly boundary?: unknown;
  readonly version?: string;
  readonly principal?: string;
  /** The action of the witness, or why there is none. */
  readonly expect: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly resource?: string;
}

function allow(
  action: string | readonly string[],
  condition?: object,
  resource: string | readonly string[] = table,
): object {
  return {
    Effect: "Allow",
    Action: action,
    Resource: resource,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

function deny(
  action: string | readonly string[],
  condition?: object,
  resource: string | readonly string[] = "*",
): object {
  return { ...allow(action, condition, resource), Effect: "Deny" };
}

function ask({ statements, boundary, version, principal }: Row): Found {
  const set = setOf(statements, {
    ...(boundary === undefined ? {} : { boundary }),
    ...(version === undefined ? {} : { version }),
  });
  return findFreeRequest(set, {
    actions: dataActions,
    caller: callerOf(principal ?? null, null),
    bindingKeys: null,
    now,
  });
}

const own = "${cognito-identity.amazonaws.com:sub}";
const leading = (value: unknown, operator = "ForAllValues:StringEquals") => ({
  [operator]: { "dynamodb:LeadingKeys": value },
});

const rows: Record<string, Row> = {
  "no condition at all": { statements: allow("dynamodb:GetItem"), expect: "dynamodb:GetItem" },
  "no data-plane action": { statements: allow("dynamodb:DescribeTable"), expect: "nothing" },
  "trap 1: ForAllValues is true of a Scan, which carries no keys": {
    statements: allow("dynamodb:*", leading([own])),
    expect: "dynamodb:Scan",
    context: { "dynamodb:LeadingKeys": null },
  },
  "trap 2: Null false makes the keys required": {
    statements: allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"], {
      ...leading([own]),
      Null: { "dynamodb:LeadingKeys": "false" },
    }),
    expect: "none",
  },
  "LeadingKeys on keyed actions alone bind": {
    statements: allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], leading([own])),
    expect: "none",
  },
  "a literal prefix binds": {
    statements: allow(["dynamodb:GetItem"], leading(["TENANT#*"], "ForAllValues:StringLike")),
    expect: "none",
  },
  "trap 3: a PartiQL SELECT of a whole table has no key": {
    statements: allow(["dynamodb:GetItem", "dynamodb:PartiQLSelect"], leading([own])),
    expect: "dynamodb:PartiQLSelect",
  },
  "denied full-table SELECTs leave only keyed ones": {
    statements: [
      allow("dynamodb:PartiQLSelect", leading([own])),
      deny("dynamodb:PartiQLSelect", { Bool: { "dynamodb:FullTableScan": "true" } }),
    ],
    expect: "none",
  },
  "trap 4: SearchVectors on an index carries no keys": {
    statements: allow("dynamodb:SearchVectors", leading([own]), index),
    expect: "dynamodb:SearchVectors",
  },
  "trap 5: Attributes without Select: the whole item is read": {
    statements: allow("dynamodb:GetItem", { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["a", "b"] } }),
    expect: "dynamodb:GetItem",
  },
  "trap 6: Attributes with Select pinned": {
    statements: allow("dynamodb:GetItem", {
      "ForAllValues:StringEquals": { "dynamodb:Attributes": ["a", "b"] },
      StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
    }),
    expect: "none",
  },
  "trap 8: ForAnyValue lets a batch reach others' items": {
    statements: allow("dynamodb:BatchGetItem", leading([own], "ForAnyValue:StringEquals")),
    expect: "dynamodb:BatchGetItem",
  },
  "ForAnyValue on one key binds": {
    statements: allow("dynamodb:GetItem", leading([own], "ForAnyValue:StringEquals")),
    expect: "none",
  },
  "trap 10: a list of what is refused restrains nobody": {
    statements: allow("dynamodb:GetItem", { StringNotEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } }),
    expect: "dynamodb:GetItem",
    context: { "aws:SourceVpce": null },
  },
  "an endpoint that is demanded binds": {
    statements: allow("dynamodb:*", { StringEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } }),
    expect: "none",
  },
  "any endpoint is no choice: vpce-* singles out none": {
    statements: allow("dynamodb:GetItem", { StringLike: { "aws:SourceVpce": "vpce-*" } }),
    expect: "dynamodb:GetItem",
  },
  "trap 13: IfExists in a Deny is no hole": {
    statements: [
      allow("dynamodb:*"),
      deny("dynamodb:*", { StringNotEqualsIfExists: { "aws:SourceVpce": "vpce-1a2b3c4d" } }),
    ],
    expect: "none",
  },
  "trap 14: a Deny of one endpoint leaves the internet": {
    statements: [
      allow("dynamodb:GetItem"),
      deny("dynamodb:*", { StringEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } }),
    ],
    expect: "dynamodb:GetItem",
  },
  "trap 16: ForAnyValue in a Deny is false of an absent key": {
    statements: [
      allow("dynamodb:GetItem"),
      deny("dynamodb:*", { "ForAnyValue:StringNotEquals": { "aws:SourceVpce": "vpce-1a2b3c4d" } }),
    ],
    expect: "dynamodb:GetItem",
  },
  "trap 17: IfExists in an Allow": {
    statements: allow("dynamodb:GetItem", { StringEqualsIfExists: { "aws:SourceVpce": "vpce-1a2b3c4d" } }),
    expect: "dynamodb:GetItem",
  },
  "trap 18: BoolIfExists of MFA passes long-term keys": {
    statements: allow("dynamodb:GetItem", { BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } }),
    expect: "dynamodb:GetItem",
  },
  "MFA that is demanded binds": {
    statements: allow("dynamodb:GetItem", { Bool: { "aws:MultiFactorAuthPresent": "true" } }),
    expect: "none",
  },
  "trap 19: a Deny of MFA false passes long-term keys": {
    statements: [allow("dynamodb:GetItem"), deny("*", { Bool: { "aws:MultiFactorAuthPresent": "false" } })],
    expect: "dynamodb:GetItem",
    context: { "aws:MultiFactorAuthPresent": null },
  },
  "trap 20: with IfExists the Deny is right": {
    statements: [allow("dynamodb:*"), deny("*", { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } })],
    expect: "none",
  },
  "trap 21: the caller writes the user agent": {
    statements: allow("dynamodb:GetItem", { StringLike: { "aws:UserAgent": "app/*" } }),
    expect: "dynamodb:GetItem",
  },
  "trap 22: any tag is no choice": {
    statements: allow("dynamodb:GetItem", { StringLike: { "aws:PrincipalTag/team": "*" } }),
    expect: "dynamodb:GetItem",
  },
  "a tag's value binds": {
    statements: allow("dynamodb:GetItem", { StringEquals: { "aws:PrincipalTag/team": "orders" } }),
    expect: "none",
  },
  "trap 23: everyone here is in the organization": {
    statements: allow("dynamodb:GetItem", { StringEquals: { "aws:PrincipalOrgID": "o-1a2b3c4d5e" } }),
    expect: "dynamodb:GetItem",
  },
  "trap 24: every v4 address": {
    statements: allow("dynamodb:GetItem", { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } }),
    expect: "dynamodb:GetItem",
  },
  "two halves of all addresses": {
    statements: allow("dynamodb:GetItem", { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } }),
    expect: "dynamodb:GetItem",
  },
  "two halves in two statements": {
    statements: [
      allow("dynamodb:GetItem", { IpAddress: { "aws:SourceIp": "0.0.0.0/1" } }),
      allow("dynamodb:GetItem", { IpAddress: { "aws:SourceIp": "128.0.0.0/1" } }),
    ],
    expect: "dynamodb:GetItem",
  },
  "a range of addresses binds": {
    statements: allow("dynamodb:GetItem", { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }),
    expect: "none",
  },
  "trap 25: a key that does not exist never allows": {
    statements: allow("dynamodb:GetItem", { StringEquals: { "dynamodb:LeadingKey": "x" } }),
    expect: "nothing",
  },
  "trap 26: its negation always does": {
    statements: allow("dynamodb:GetItem", { StringNotEquals: { "dynamodb:LeadingKey": "x" } }),
    expect: "dynamodb:GetItem",
  },
  "trap 27: a variable is text in 2008": {
    statements: allow("dynamodb:GetItem", undefined, "arn:aws:dynamodb:*:*:table/${aws:username}"),
    version: "2008-10-17",
    expect: "nothing",
  },
  "a table named by the user binds": {
    statements: allow("dynamodb:GetItem", undefined, "arn:aws:dynamodb:*:*:table/${aws:username}"),
    expect: "none",
  },
  "a table named by the user agent does not": {
    statements: allow("dynamodb:GetItem", undefined, "arn:aws:dynamodb:*:*:table/${aws:UserAgent}"),
    expect: "dynamodb:GetItem",
  },
  "trap 28: one of two Allows is open": {
    statements: [
      allow("dynamodb:GetItem", { StringEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } }),
      allow("dynamodb:Get*"),
    ],
    expect: "dynamodb:GetItem",
  },
  "trap 29: NotAction gives all of DynamoDB": {
    statements: { Effect: "Allow", NotAction: "iam:*", Resource: "*" },
    expect: "dynamodb:GetItem",
  },
  "trap 32: letter case of actions": { statements: allow("DYNAMODB:G?tItem"), expect: "dynamodb:GetItem" },
  "trap 33: StringEquals expands nothing, so that no endpoint has this id": {
    statements: allow("dynamodb:GetItem", { StringEquals: { "aws:SourceVpce": "vpce-*" } }),
    expect: "nothing",
  },
  "trap 43: an Allow that has expired": {
    statements: allow("dynamodb:GetItem", { DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }),
    expect: "nothing",
  },
  "time to come does not bind": {
    statements: allow("dynamodb:GetItem", { DateGreaterThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } }),
    expect: "dynamodb:GetItem",
  },
  "secure transport does not bind": {
    statements: allow("dynamodb:GetItem", { Bool: { "aws:SecureTransport": "true" } }),
    expect: "dynamodb:GetItem",
  },
  "trap 11: a Deny of the table alone leaves its index": {
    statements: [
      allow(["dynamodb:Query"], undefined, [table, index]),
      deny("dynamodb:*", { StringNotEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } }, table),
    ],
    expect: "dynamodb:Query",
  },
  "trap 7: puts and updates always carry Attributes": {
    statements: allow(["dynamodb:PutItem", "dynamodb:UpdateItem"], {
      "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "name"] },
    }),
    expect: "none",
  },
  "trap 9: a plain operator on a set of keys binds where there is one": {
    statements: allow("dynamodb:GetItem", leading("me", "StringEquals")),
    expect: "none",
  },
  "trap 9: and is read as open where there are several": {
    statements: allow("dynamodb:BatchGetItem", leading("me", "StringEquals")),
    expect: "dynamodb:BatchGetItem",
  },
  "trap 12: a Deny that lists actions forgets the batches": {
    statements: [
      allow("dynamodb:*"),
      deny(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PutItem"], {
        StringNotEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" },
      }),
    ],
    expect: "dynamodb:BatchGetItem",
  },
  "trap 15: a hole for services is none for direct requests": {
    statements: [
      allow("dynamodb:*"),
      deny("dynamodb:*", {
        StringNotEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" },
        Bool: { "aws:ViaAWSService": "false" },
      }),
    ],
    expect: "none",
  },
  "trap 30: a prefix names more than one table": {
    statements: allow("dynamodb:GetItem", undefined, "arn:aws:dynamodb:us-east-1:123456789012:table/Orders*"),
    expect: "dynamodb:GetItem",
  },
  "trap 31: an ARN that stops early is any table": {
    statements: allow("dynamodb:GetItem", undefined, "arn:aws:dynamodb"),
    expect: "dynamodb:GetItem",
  },
  "trap 35: several negated values are a NOR": {
    statements: [
      allow("dynamodb:GetItem", { StringNotLike: { "aws:PrincipalTag/team": ["a*", "b*"] } }),
      deny("*", { Null: { "aws:PrincipalTag/team": "true" } }),
    ],
    expect: "dynamodb:GetItem",
  },
  "trap 36: a tag of the table binds": {
    statements: allow("dynamodb:GetItem", { StringEquals: { "aws:ResourceTag/env": "dev" } }),
    expect: "none",
  },
  "trap 41: presence alone lets every endpoint in": {
    statements: [allow("dynamodb:*"), deny("dynamodb:*", { Null: { "aws:SourceVpce": "true" } })],
    expect: "dynamodb:GetItem",
  },
  "trap 44: keys bind a query of an index": {
    statements: allow("dynamodb:Query", leading([own]), index),
    expect: "none",
  },
  "a boundary that demands the endpoint binds": {
    statements: allow("dynamodb:*", undefined, "*"),
    boundary: allow("*", { StringEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } }, "*"),
    expect: "none",
  },
  "a boundary without DynamoDB leaves nothing": {
    statements: allow("dynamodb:*", undefined, "*"),
    boundary: allow("s3:*", undefined, "*"),
    expect: "nothing",
  },
  "an unconditional Deny of everything leaves nothing": {
    statements: [allow("dynamodb:*", undefined, "*"), deny("dynamodb:*")],
    expect: "nothing",
  },
  "a principal that the Allow names is bound": {
    statements: allow("dynamodb:GetItem", { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/app" } }),
    principal: "arn:aws:iam::123456789012:role/app",
    expect: "none",
  },
  "a Deny for all but this principal binds it": {
    statements: [
      allow("dynamodb:GetItem"),
      deny("*", { ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/app" } }),
    ],
    principal: "arn:aws:iam::123456789012:role/app",
    expect: "none",
  },
  "a Deny of another principal does not": {
    statements: [
      allow("dynamodb:GetItem"),
      deny("*", { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/other" } }),
    ],
    principal: "arn:aws:iam::123456789012:role/app",
    expect: "dynamodb:GetItem",
  },
  "MFA of either kind is no demand": {
    statements: allow("dynamodb:GetItem", { Bool: { "aws:MultiFactorAuthPresent": ["true", "false"] } }),
    expect: "dynamodb:GetItem",
  },
  "an age of MFA below a number binds": {
    statements: allow("dynamodb:GetItem", { NumericLessThan: { "aws:MultiFactorAuthAge": "3600" } }),
    expect: "none",
  },
  "a Deny that names the principal for another action leaves this one free": {
    statements: [
      allow(["dynamodb:GetItem", "dynamodb:PutItem"]),
      deny("dynamodb:GetItem", { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/app" } }),
    ],
    principal: "arn:aws:iam::123456789012:role/app",
    expect: "dynamodb:PutItem",
  },
};

const anyTable = "arn:aws:dynamodb:*:*:table/*";
const user = "arn:aws:iam::123456789012:user/ann";

const variables: Record<string, Row> = {
  "the default of a variable is a name that nobody need have": {
    statements: allow("dynamodb:GetItem", undefined, `${table}-\${aws:PrincipalTag/Level, '2'}`),
    expect: "dynamodb:GetItem",
    resource: `${table}-2`,
  },
  "a default that is denied leaves the caller's own tables": {
    statements: [
      allow("dynamodb:GetItem", undefined, `${table}-\${aws:PrincipalTag/Level, '2'}`),
      deny("*", undefined, `${table}-2`),
    ],
    expect: "none",
  },
  "a default under a condition that the tag is there is never used": {
    statements: allow(
      "dynamodb:GetItem",
      { Null: { "aws:PrincipalTag/Level": "false" } },
      `${table}-\${aws:PrincipalTag/Level, '2'}`,
    ),
    expect: "none",
  },
  "what the caller writes may be a table's name that another statement spares": {
    statements: [
      allow("dynamodb:GetItem", undefined, "arn:aws:dynamodb:*:*:table/${aws:UserAgent}"),
      { Effect: "Deny", Action: "*", NotResource: table },
    ],
    expect: "dynamodb:GetItem",
    resource: table,
    context: { "aws:useragent": "Orders" },
  },
  "a Deny of all but the table of the caller's name binds as an Allow of it does": {
    statements: [
      allow("dynamodb:GetItem", undefined, anyTable),
      { Effect: "Deny", Action: "*", NotResource: "arn:aws:dynamodb:*:*:table/${aws:username}" },
    ],
    expect: "none",
  },
  "an own table that a boundary names too is one of the caller's": {
    statements: allow("dynamodb:GetItem", undefined, "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/app}"),
    boundary: allow("dynamodb:*", undefined, "arn:aws:dynamodb:*:*:table/app-*"),
    expect: "none",
  },
  "the caller's tag must equal the table's, whichever is written as the variable": {
    statements: allow("dynamodb:GetItem", { StringEquals: { "aws:PrincipalTag/team": "${aws:ResourceTag/team}" } }),
    expect: "none",
  },
  "a known user's table is that of the user's name": {
    statements: allow("dynamodb:GetItem", undefined, "arn:aws:dynamodb:*:*:table/${aws:username}"),
    boundary: allow("dynamodb:*", undefined, "arn:aws:dynamodb:*:*:table/bob"),
    principal: user,
    expect: "nothing",
  },
};

const principals: Record<string, Row> = {
  "patterns that everybody in the caller's account matches choose nobody": {
    statements: allow("dynamodb:GetItem", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:*" } }),
    principal: user,
    expect: "dynamodb:GetItem",
  },
  "all users and all roles, in two statements, are everybody": {
    statements: ["user/*", "role/*"].map((all) =>
      allow("dynamodb:GetItem", { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::123456789012:${all}` } }),
    ),
    principal: user,
    expect: "dynamodb:GetItem",
  },
  "all roles of the account are not all that call": {
    statements: allow("dynamodb:GetItem", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/*" } }),
    principal: "arn:aws:iam::123456789012:role/app",
    expect: "none",
  },
  "a condition that only a user without a session meets is met by a user": {
    statements: allow("dynamodb:GetItem", { Null: { "aws:username": "true", "aws:TokenIssueTime": "true" } }),
    expect: "nothing",
  },
  "a role of the account calls with a session": {
    statements: allow("dynamodb:GetItem", {
      ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" },
      Null: { "aws:TokenIssueTime": "true" },
    }),
    expect: "nothing",
  },
};

const places: Record<string, Row> = {
  "the region that a condition demands is the table's": {
    statements: allow("dynamodb:GetItem", { StringLike: { "aws:RequestedRegion": "eu-c*" } }, anyTable),
    expect: "dynamodb:GetItem",
    resource: "arn:aws:dynamodb:eu-central-1:123456789012:table/any-table",
    context: { "aws:RequestedRegion": "eu-central-1" },
  },
  "a region that the table is not in is no way to reach it": {
    statements: allow("dynamodb:GetItem", { StringEquals: { "aws:RequestedRegion": "eu-central-1" } }),
    expect: "nothing",
  },
  "a Deny outside a region leaves the tables of the region": {
    statements: [
      allow("dynamodb:GetItem", undefined, anyTable),
      deny("*", { StringNotEquals: { "aws:RequestedRegion": ["eu-west-1"] } }),
    ],
    expect: "dynamodb:GetItem",
    resource: "arn:aws:dynamodb:eu-west-1:123456789012:table/any-table",
  },
  "a table of the caller's own account is demanded in vain": {
    statements: allow(
      "dynamodb:GetItem",
      { StringEquals: { "aws:ResourceAccount": "${aws:PrincipalAccount}" } },
      anyTable,
    ),
    expect: "dynamodb:GetItem",
  },
};

const ranges: Record<string, Row> = {
  "a range that a Deny demands binds, though an Allow takes every address": {
    statements: [
      allow("dynamodb:GetItem", { IpAddress: { "aws:SourceIp": ["0.0.0.0/0", "::/0"] } }),
      deny("*", { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }),
    ],
    expect: "none",
  },
  "a range that the boundary demands binds, though the policy takes every address": {
    statements: allow("dynamodb:GetItem", { IpAddress: { "aws:SourceIp": ["0.0.0.0/0", "::/0"] } }),
    boundary: allow("dynamodb:*", { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }, "*"),
    expect: "none",
  },
  "a tag below a number is demanded": {
    statements: allow("dynamodb:GetItem", { NumericLessThan: { "aws:PrincipalTag/Level": "10" } }),
    expect: "none",
  },
  "a Deny of tags from a number up leaves all others": {
    statements: [
      allow("dynamodb:GetItem"),
      deny("*", { NumericGreaterThanEquals: { "aws:PrincipalTag/Level": "10" } }),
    ],
    expect: "dynamodb:GetItem",
  },
  "a date that no calendar has is later than all others": {
    statements: allow("dynamodb:GetItem", { DateLessThan: { "aws:CurrentTime": "99999999999999999" } }),
    expect: "dynamodb:GetItem",
  },
  "every account is more than minus one: such a demand singles out none": {
    statements: allow("dynamodb:GetItem", { NumericGreaterThanEquals: { "aws:VpceAccount": "-1" } }),
    expect: "dynamodb:GetItem",
  },
  "accounts above a number are not all that there are": {
    statements: allow("dynamodb:GetItem", { NumericGreaterThan: { "aws:VpceAccount": "300.5" } }),
    expect: "none",
  },
  "an account compared with a number is its twelve digits": {
    statements: allow("dynamodb:GetItem", { NumericGreaterThan: { "aws:ResourceAccount": "300.5" } }),
    expect: "dynamodb:GetItem",
  },
  "between two numbers an account needs no whole number that is not there": {
    statements: allow("dynamodb:GetItem", { NumericEquals: { "aws:ResourceAccount": "300.5" } }),
    expect: "nothing",
  },
  "an account compared with a date is seconds since 1970": {
    statements: allow("dynamodb:GetItem", { DateLessThan: { "aws:VpceAccount": "1960-01-01T00:00:00Z" } }),
    expect: "nothing",
  },
  "a value made up for a variable is none that another key's pattern singles out": {
    statements: [
      allow("dynamodb:GetItem", {}),
      {
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: {
          "ForAnyValue:StringNotEquals": { "dynamodb:LeadingKeys": "${aws:UserAgent}" },
          "ForAnyValue:StringNotLike": { "dynamodb:FirstPartitionKeyValues": "an*" },
        },
      },
    ],
    expect: "dynamodb:GetItem",
    context: { "dynamodb:LeadingKeys": ["some-aws-useragent"] },
  },
  "a direct request is called via nobody": {
    statements: allow("dynamodb:GetItem", { "ForAnyValue:StringEquals": { "aws:CalledVia": "athena.amazonaws.com" } }),
    expect: "nothing",
  },
};

describe("a free request", () => {
  it.each(Object.entries({ ...rows, ...variables, ...principals, ...places, ...ranges }))("%s", (_sentence, row) => {
    const found = ask(row);
    if (typeof found === "string") expect(found).toBe(row.expect);
    else {
      expect(found.action).toBe(row.expect);
      if (row.resource !== undefined) expect(found.resource).toBe(row.resource);
      if (row.context !== undefined) expect(found.context).toMatchObject(row.context);
    }
  });
});
