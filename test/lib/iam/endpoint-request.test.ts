import { describe, expect, it } from "vitest";
import { findForeignCaller, findForeignTable } from "../../../lib/iam/endpoint-request.ts";
import { foreignInWords } from "../../../lib/iam/explain.ts";
import type { Trust } from "../../../lib/iam/parties.ts";
import type { ForeignWitness } from "../../../lib/iam/request-by.ts";
import { document } from "./policies.ts";

const now = Date.parse("2026-01-04T14:02:00Z");
const own = "123456789012";
const other = "999999999999";
const ownTables = `arn:aws:dynamodb:eu-west-1:${own}:table/*`;

interface Parts {
  readonly effect?: "Allow" | "Deny";
  readonly action?: unknown;
  readonly resource?: unknown;
}

function allow(
  condition?: object,
  { effect = "Allow", action, resource }: Parts = {},
  principal: unknown = "*",
): object {
  return {
    Effect: effect,
    Principal: principal,
    Action: action ?? "*",
    Resource: resource ?? "*",
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

const deny = (condition?: object, parts: Parts = {}): object => allow(condition, { ...parts, effect: "Deny" });
const account = (key: "Principal" | "Resource", id: unknown) => ({ [`aws:${key}Account`]: id });
const equal = (...keys: readonly object[]) => ({ StringEquals: Object.assign({}, ...keys) as object });
const org = (key: "Principal" | "Resource", id: unknown) => ({ [`aws:${key}OrgID`]: id });

interface Row {
  readonly statements: unknown;
  readonly type?: "Gateway" | "Interface";
  readonly service?: "dynamodb" | "dynamodb-streams";
  readonly trust?: Partial<Trust>;
  readonly version?: string;
  /** Whether a foreign caller comes through, and whether one's own people reach a foreign table. */
  readonly expect: readonly [caller: Answer, table: Answer];
}
type Answer = "open" | "none" | "undecided";

function ask({ statements, type = "Gateway", service = "dynamodb", trust, version }: Row) {
  const asked = {
    policy: { ...document(statements, version, "endpoint"), type },
    endpoint: {
      id: "vpce-1a2b3c4d",
      vpcId: "vpc-1a2b3c4d",
      accountId: own,
      region: "eu-west-1",
      partition: "aws",
      service,
    },
    trust: { trustedAccounts: [], trustedOrgIds: [], trustedPrincipalArns: [], ...trust },
    now,
  };
  return [findForeignCaller(asked), findForeignTable(asked)] as const;
}

const mine = { trustedOrgIds: ["o-mine"] };
const rows: Record<string, Row> = {
  "full access, as it is by default": { statements: allow(), version: "2008-10-17", expect: ["open", "open"] },
  "full access by the service's actions": {
    statements: allow(undefined, { action: "dynamodb:*" }),
    expect: ["open", "open"],
  },
  "full access by a list of everything": {
    statements: [allow(undefined, { action: "dynamodb:?*", resource: ["arn:aws:dynamodb:*:*:*"] })],
    expect: ["open", "open"],
  },
  "full access in two halves": {
    statements: [
      allow(undefined, { action: "dynamodb:Get*" }),
      { ...allow(), Action: undefined, NotAction: "dynamodb:Get*" },
    ],
    expect: ["open", "open"],
  },
  "full access by what is not": {
    statements: { ...allow(), Resource: undefined, NotResource: "arn:aws:s3:::*" },
    expect: ["open", "open"],
  },
  "full access where a condition is always true": {
    statements: allow({ StringLike: account("Resource", "*") }),
    expect: ["open", "open"],
  },
  "full access through this very endpoint": {
    statements: allow(equal({ "aws:SourceVpce": "vpce-1a2b3c4d" })),
    expect: ["open", "open"],
  },
  "nothing through another endpoint": {
    statements: allow(equal({ "aws:SourceVpce": "vpce-9a9a9a9a" })),
    expect: ["none", "none"],
  },
  "nothing from public addresses: an endpoint's requests carry none": {
    statements: allow({ IpAddress: { "aws:SourceIp": "0.0.0.0/0" } }),
    expect: ["none", "none"],
  },
  "addresses in the VPC say nothing of who calls": {
    statements: allow({ IpAddress: { "aws:VpcSourceIp": "10.0.0.0/16" } }),
    expect: ["open", "open"],
  },
  "nothing is allowed": { statements: deny(), expect: ["none", "none"] },

  "own principals": { statements: allow(equal(account("Principal", own))), expect: ["none", "open"] },
  "own tables": { statements: allow(equal(account("Resource", own))), expect: ["open", "none"] },
  "own principals on own tables": {
    statements: allow(equal(account("Principal", own), account("Resource", own))),
    expect: ["none", "none"],
  },
  "the same by a Deny of all others": {
    statements: [
      allow(),
      deny({ StringNotEquals: account("Principal", own) }),
      deny({ StringNotEquals: account("Resource", own) }),
    ],
    expect: ["none", "none"],
  },
  "one Deny of both together spares either": {
    statements: [allow(), deny({ StringNotEquals: { ...account("Principal", own), ...account("Resource", own) } })],
    expect: ["open", "open"],
  },
  "own tables by their ARNs": { statements: allow(undefined, { resource: ownTables }), expect: ["open", "none"] },
  "own tables by their ARNs, to own principals": {
    statements: allow(equal(account("Principal", own)), { resource: ownTables }),
    expect: ["none", "none"],
  },
  "a table of that name in any account": {
    statements: allow(equal(account("Principal", own)), { resource: "arn:aws:dynamodb:*:*:table/Orders" }),
    expect: ["none", "open"],
  },
  "tables in another region are out of reach": {
    statements: allow(undefined, { resource: "arn:aws:dynamodb:us-east-1:*:table/*" }),
    expect: ["none", "none"],
  },
  "all but the own tables": {
    statements: { ...allow(), Resource: undefined, NotResource: ownTables },
    expect: ["open", "open"],
  },
  "a role of one's own": {
    statements: allow({ ArnEquals: { "aws:PrincipalArn": `arn:aws:iam::${own}:role/app` } }),
    expect: ["none", "open"],
  },
  "a role of that name in any account": {
    statements: allow({ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/app" } }),
    expect: ["open", "open"],
  },
  "principals on the tables of their own account": {
    statements: allow(equal(account("Resource", "${aws:PrincipalAccount}"))),
    expect: ["open", "none"],
  },
  "the same in a document of 2008 is text": {
    statements: allow(equal(account("Resource", "${aws:PrincipalAccount}"))),
    version: "2008-10-17",
    expect: ["none", "none"],
  },
  "listing tables has no table, and is the caller's account's": {
    statements: allow(undefined, { action: "dynamodb:ListTables" }),
    expect: ["open", "none"],
  },
  "describing tables is a request, too": {
    statements: allow(equal(account("Principal", own)), { action: "dynamodb:DescribeTable" }),
    expect: ["none", "open"],
  },

  "principals of the trusted organization": {
    statements: allow(equal(org("Principal", "o-mine"))),
    trust: mine,
    expect: ["none", "open"],
  },
  "on its tables": {
    statements: allow(equal(org("Principal", "o-mine"), org("Resource", "o-mine"))),
    trust: mine,
    expect: ["none", "none"],
  },
  "an organization that nobody said to trust": {
    statements: allow(equal(org("Principal", "o-mine"))),
    expect: ["open", "open"],
  },
  "principals on the tables of their own organization": {
    statements: allow(equal(org("Resource", "${aws:PrincipalOrgID}"))),
    expect: ["open", "none"],
  },
  "strangers on the tables of other accounts in their organization": {
    statements: allow({
      StringEquals: org("Resource", "${aws:PrincipalOrgID}"),
      StringNotEquals: account("Resource", "${aws:PrincipalAccount}"),
    }),
    expect: ["open", "none"],
  },
  "IfExists lets in accounts of no organization": {
    statements: allow({ StringEqualsIfExists: { ...org("Principal", "o-mine"), ...org("Resource", "o-mine") } }),
    trust: mine,
    expect: ["open", "open"],
  },
  "accounts that are trusted": {
    statements: allow(equal(account("Principal", [own, other]), account("Resource", [own, other]))),
    trust: { trustedAccounts: [other] },
    expect: ["none", "none"],
  },
  "a trusted account on anybody's tables": {
    statements: [
      allow(equal(account("Principal", own), account("Resource", own))),
      allow(equal(account("Principal", other))),
    ],
    trust: { trustedAccounts: [other] },
    expect: ["none", "open"],
  },
  "a trusted account on the tables of its organization, which nobody said to trust": {
    statements: allow(equal(account("Principal", other), org("Resource", "${aws:PrincipalOrgID}"))),
    trust: { trustedAccounts: [other] },
    expect: ["none", "open"],
  },
  "one account of the trusted organization on anybody's tables": {
    statements: allow({
      StringEquals: { ...org("Principal", "o-mine"), ...account("Principal", "555555555555") },
    }),
    trust: mine,
    expect: ["none", "open"],
  },
  "accounts that are not": {
    statements: allow(equal(account("Principal", [own, other]), account("Resource", [own, other]))),
    expect: ["open", "open"],
  },

  "trap 40: a gateway's account is its root user": {
    statements: allow(undefined, {}, { AWS: own }),
    expect: ["none", "open"],
  },
  "an interface's account is everyone there": {
    statements: allow(undefined, { resource: ownTables }, { AWS: own }),
    type: "Interface",
    expect: ["none", "none"],
  },
  "a foreign account at an interface": {
    statements: allow(undefined, { resource: ownTables }, { AWS: other }),
    type: "Interface",
    expect: ["open", "none"],
  },
  "a foreign account at a gateway is its root user": {
    statements: allow(undefined, {}, { AWS: other }),
    expect: ["open", "none"],
  },
  "a foreign role": {
    statements: allow(undefined, {}, { AWS: `arn:aws:iam::${other}:role/app` }),
    type: "Interface",
    expect: ["open", "none"],
  },
  "a foreign role that is trusted": {
    statements: allow(undefined, {}, { AWS: `arn:aws:iam::${other}:role/app` }),
    type: "Interface",
    trust: { trustedPrincipalArns: [`arn:aws:iam::${other}:role/*`] },
    expect: ["none", "none"],
  },
  "a deleted principal is nobody": {
    statements: allow(undefined, {}, { AWS: "AROAJQABLZS4A3QDU576Q" }),
    type: "Interface",
    expect: ["none", "none"],
  },
  "an unknown principal is in doubt": {
    statements: allow(undefined, {}, { AWS: "somebody" }),
    type: "Interface",
    expect: ["undecided", "undecided"],
  },

  "streams through their own endpoint": {
    statements: allow(equal(account("Principal", own)), { action: "dynamodb:GetRecords" }),
    type: "Interface",
    service: "dynamodb-streams",
    expect: ["none", "open"],
  },
  "streams do not go through DynamoDB's": {
    statements: allow(undefined, { action: ["dynamodb:GetRecords", "dynamodb:ListStreams"] }),
    expect: ["none", "none"],
  },
};

describe("what an endpoint lets through", () => {
  it.each(Object.entries(rows))("%s", (_, row) => {
    const found = ask(row);
    expect(found.map((one) => (typeof one === "object" ? "open" : one))).toEqual(row.expect);
    for (const one of found) if (typeof one === "object") expect(one.allowedBy).not.toEqual([]);
  });

  it("is told in one sentence, with whose the table is", () => {
    const [caller, table] = ask({ statements: allow(), expect: ["open", "open"] });
    expect(foreignInWords(caller as ForeignWitness, own)).toBe(
      `Anyone in any AWS account can call dynamodb:GetItem on arn:aws:dynamodb:eu-west-1:${own}:table/any-table   as arn:aws:iam::${other}:role/any-role   by "#0"`,
    );
    expect(foreignInWords(table as ForeignWitness, own)).toMatch(
      /^A principal of this account can call, in account 6{12}, dynamodb:GetItem on arn:aws:dynamodb:eu-west-1:6{12}:table/,
    );
  });
});
