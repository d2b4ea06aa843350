import { describe, expect, it } from "vitest";
import { foreignInWords } from "../../../lib/iam/explain.ts";
import { findForeignRequest } from "../../../lib/iam/foreign-request.ts";
import type { Trust } from "../../../lib/iam/parties.ts";
import type { ForeignWitness } from "../../../lib/iam/request-by.ts";
import { document } from "./policies.ts";

const now = Date.parse("2026-01-04T14:02:00Z");
const own = "123456789012";
const other = "999999999999";
const partner = "444455556666";
const table = `arn:aws:dynamodb:us-east-1:${own}:table/Orders`;
const stream = `${table}/stream/2026-01-01T00:00:00.000`;
const nobodyTrusted: Trust = { trustedAccounts: [], trustedOrgIds: [], trustedPrincipalArns: [] };

interface Parts {
  readonly effect?: "Allow" | "Deny";
  readonly action?: unknown;
  readonly resource?: unknown;
}

function allow(principal: unknown, condition?: object, { effect = "Allow", action, resource }: Parts = {}): object {
  return {
    Effect: effect,
    Principal: principal,
    Action: action ?? "dynamodb:*",
    ...(resource === null ? {} : { Resource: resource ?? "*" }),
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

function deny(principal: unknown, condition?: object, parts: Parts = {}): object {
  return allow(principal, condition, { ...parts, effect: "Deny" });
}

function ask(statements: unknown, trust: Partial<Trust> = {}, attachedTo = table, version = "2012-10-17") {
  return findForeignRequest({
    policy: { ...document(statements, version, "resource"), name: "orders", attachedTo },
    trust: { ...nobodyTrusted, ...trust },
    now,
  });
}

const org = (id: unknown) => ({ StringEquals: { "aws:PrincipalOrgID": id } });
const redshift = { Service: "redshift.amazonaws.com" };

interface Row {
  readonly statements: unknown;
  readonly trust?: Partial<Trust>;
  readonly version?: string;
  readonly attachedTo?: string;
  /** The caller of the witness, or why there is none. */
  readonly expect: string | RegExp;
  readonly action?: string;
  readonly context?: object;
  readonly resource?: string | RegExp;
}

const anyRole = `arn:aws:iam::${other}:role/any-role`;
const rows: Record<string, Row> = {
  "everyone is anyone in any account": { statements: allow("*"), expect: anyRole, action: "dynamodb:GetItem" },
  '{"AWS": "*"} is everyone': { statements: allow({ AWS: "*" }), expect: anyRole },
  "the owner's account is nobody foreign": { statements: allow({ AWS: own }), expect: "none" },
  "the owner's principals are nobody foreign": {
    statements: allow({ AWS: [`arn:aws:iam::${own}:role/app`, `arn:aws:iam::${own}:user/ann`] }),
    expect: "none",
  },
  "a foreign account is anyone there": { statements: allow({ AWS: other }), expect: anyRole },
  "a foreign account by its root's ARN": { statements: allow({ AWS: `arn:aws:iam::${other}:root` }), expect: anyRole },
  "a foreign account that is trusted": {
    statements: allow({ AWS: other }),
    trust: { trustedAccounts: [other] },
    expect: "none",
  },
  "a foreign user": {
    statements: allow({ AWS: `arn:aws:iam::${other}:user/eve` }),
    expect: `arn:aws:iam::${other}:user/eve`,
  },
  "a foreign role with its path": {
    statements: allow({ AWS: `arn:aws:iam::${other}:role/x/app` }),
    expect: `arn:aws:iam::${other}:role/x/app`,
  },
  "a foreign session": {
    statements: allow({ AWS: `arn:aws:sts::${other}:assumed-role/app/one` }),
    expect: `arn:aws:sts::${other}:assumed-role/app/one`,
  },
  "a foreign federated user": {
    statements: allow({ AWS: `arn:aws:sts::${other}:federated-user/eve` }),
    expect: `arn:aws:sts::${other}:federated-user/eve`,
  },
  "a foreign role that is trusted by its ARN": {
    statements: allow({ AWS: `arn:aws:iam::${other}:role/app` }),
    trust: { trustedPrincipalArns: [`arn:aws:iam::${other}:role/app`] },
    expect: "none",
  },
  "a session of a role that is trusted": {
    statements: allow({ AWS: `arn:aws:sts::${other}:assumed-role/app/one` }),
    trust: { trustedPrincipalArns: [`arn:aws:iam::${other}:role/app`] },
    expect: "none",
  },
  "that one role is trusted does not make its account so": {
    statements: allow({ AWS: other }),
    trust: { trustedPrincipalArns: [`arn:aws:iam::${other}:role/any-role`] },
    expect: /:role\/(?!any-role$)/,
  },
  "a deleted principal is nobody": { statements: allow({ AWS: "AIDAJQABLZS4A3QDU576Q" }), expect: "none" },
  "a principal of no known form is in doubt": { statements: allow({ AWS: "somebody" }), expect: "undecided" },
  "a group is nobody that we can tell": {
    statements: allow({ AWS: `arn:aws:iam::${other}:group/admins` }),
    expect: "undecided",
  },
  "NotPrincipal of the own account is everybody else": {
    statements: { Effect: "Allow", NotPrincipal: { AWS: own }, Action: "dynamodb:GetItem" },
    expect: anyRole,
  },
  "a Deny of all but the own account leaves nobody foreign": {
    statements: [allow("*"), { ...deny("*"), Principal: undefined, NotPrincipal: { AWS: own } }],
    expect: "none",
  },
  "a Deny that spares a foreign role and its account spares it": {
    statements: [
      allow("*"),
      { ...deny("*"), Principal: undefined, NotPrincipal: { AWS: [own, other, `arn:aws:iam::${other}:role/app`] } },
    ],
    expect: `arn:aws:iam::${other}:role/app`,
  },
  "a Deny of one foreign account leaves the others": {
    statements: [allow("*"), deny({ AWS: other })],
    expect: /888888888888/,
  },
  "a Deny of the account that is allowed": {
    statements: [allow({ AWS: other }), deny({ AWS: other })],
    expect: "none",
  },
  "a Deny of one role of an allowed account": {
    statements: [allow({ AWS: other }), deny({ AWS: `arn:aws:iam::${other}:role/any-role` })],
    expect: new RegExp(`${other}:role/(?!any-role$)`),
  },

  "an organization that is trusted": {
    statements: allow("*", org("o-mine")),
    trust: { trustedOrgIds: ["o-mine"] },
    expect: "none",
  },
  "an organization that is not": {
    statements: allow("*", org("o-mine")),
    expect: anyRole,
    context: { "aws:PrincipalOrgID": "o-mine" },
  },
  "one of two organizations is trusted": {
    statements: allow("*", org(["o-mine", "o-theirs"])),
    trust: { trustedOrgIds: ["o-mine"] },
    expect: anyRole,
    context: { "aws:PrincipalOrgID": "o-theirs" },
  },
  "an organization as a pattern": {
    statements: allow("*", { StringLike: { "aws:PrincipalOrgID": "o-*" } }),
    trust: { trustedOrgIds: ["o-mine"] },
    expect: anyRole,
  },
  "IfExists lets in accounts of no organization": {
    statements: allow("*", { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-mine" } }),
    trust: { trustedOrgIds: ["o-mine"] },
    expect: anyRole,
    context: { "aws:PrincipalOrgID": null },
  },
  "a Deny of all other organizations catches accounts of none": {
    statements: [allow("*"), deny("*", { StringNotEquals: { "aws:PrincipalOrgID": "o-mine" } })],
    trust: { trustedOrgIds: ["o-mine"] },
    expect: "none",
  },
  "a path in a trusted organization": {
    statements: allow("*", { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-mine/r-ab12/*" } }),
    trust: { trustedOrgIds: ["o-mine"] },
    expect: "none",
  },
  "a path in another organization": {
    statements: allow("*", { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-theirs/*" } }),
    trust: { trustedOrgIds: ["o-mine"] },
    expect: anyRole,
  },
  "ForAllValues of paths is true of accounts of no organization": {
    statements: allow("*", { "ForAllValues:StringLike": { "aws:PrincipalOrgPaths": "o-mine/*" } }),
    trust: { trustedOrgIds: ["o-mine"] },
    expect: anyRole,
    context: { "aws:PrincipalOrgPaths": null },
  },
  "the table's own organization by a variable": {
    statements: allow("*", { StringEquals: { "aws:ResourceOrgID": "${aws:PrincipalOrgID}" } }),
    expect: "none",
  },
  "a foreign account within the trusted organization alone": {
    statements: allow({ AWS: other }, org("o-mine")),
    trust: { trustedOrgIds: ["o-mine"] },
    expect: "none",
  },

  "the own account by its key": {
    statements: allow("*", { StringEquals: { "aws:PrincipalAccount": own } }),
    expect: "none",
  },
  "a foreign account by its key": {
    statements: allow("*", { StringEquals: { "aws:PrincipalAccount": other } }),
    expect: anyRole,
  },
  "accounts by a pattern": {
    statements: allow("*", { StringLike: { "aws:PrincipalAccount": "1234*" } }),
    expect: /^arn:aws:iam::1234(?!56789012)/,
  },
  "accounts by a number are not decided": {
    statements: allow("*", { NumericEquals: { "aws:PrincipalAccount": own } }),
    expect: "undecided",
  },
  "the table's account by a variable": {
    statements: allow("*", { StringEquals: { "aws:PrincipalAccount": "${aws:ResourceAccount}" } }),
    expect: "none",
  },
  "the same variable in a document of 2008 is text": {
    statements: [allow("*"), deny("*", { StringEquals: { "aws:PrincipalAccount": "${aws:ResourceAccount}" } })],
    version: "2008-10-17",
    expect: anyRole,
  },
  "roles of any account by their name": {
    statements: allow("*", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/deploy-*" } }),
    expect: new RegExp(`^arn:aws:iam::${other}:role/deploy-`),
  },
  "trap 34: ArnEquals has wildcards": {
    statements: allow("*", { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } }),
    expect: /:role\//,
  },
  "StringEquals of an ARN has none": {
    statements: allow("*", { StringEquals: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } }),
    expect: "none",
  },
  "roles of the own account by their ARN": {
    statements: allow("*", { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${own}:role/*` } }),
    expect: "none",
  },
  "a text pattern crosses the account": {
    statements: allow("*", { StringLike: { "aws:PrincipalArn": "arn:aws:iam::12345*" } }),
    expect: /^arn:aws:iam::12345(?!6789012)/,
  },
  "a role's end of a name in a Deny": {
    statements: [allow("*"), deny("*", { StringNotLike: { "aws:PrincipalArn": "*:role/admin" } })],
    expect: /:role\/admin$/,
  },
  "root users alone": {
    statements: allow("*", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:root" } }),
    expect: `arn:aws:iam::${other}:root`,
  },
  "users alone": {
    statements: allow("*", { StringEquals: { "aws:PrincipalType": "User" } }),
    expect: `arn:aws:iam::${other}:user/any-user`,
  },
  "a user's name is the end of its ARN": {
    statements: allow("*", { StringEquals: { "aws:username": "eve" } }),
    expect: `arn:aws:iam::${other}:user/eve`,
  },
  "only what has no ARN has not signed": {
    statements: allow("*", { Null: { "aws:PrincipalArn": "true" }, Bool: { "aws:PrincipalIsAWSService": "false" } }),
    expect: "null",
  },
  "a foreign account's tags are its own": {
    statements: allow("*", { StringEquals: { "aws:PrincipalTag/team": "red" } }),
    expect: anyRole,
    context: { "aws:PrincipalTag/team": "red" },
  },
  "and its second factors": {
    statements: allow({ AWS: other }, { Bool: { "aws:MultiFactorAuthPresent": "true" } }),
    expect: anyRole,
  },
  "keys of items restrain nobody who is not meant": {
    statements: allow({ AWS: other }, { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "public" } }),
    expect: anyRole,
  },

  "an endpoint by its id": {
    statements: allow("*", { StringEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } }),
    expect: "none",
  },
  "any endpoint": { statements: allow("*", { StringLike: { "aws:SourceVpce": "vpce-*" } }), expect: anyRole },
  "a VPC by its id in a Deny": {
    statements: [allow("*"), deny("*", { StringNotEquals: { "aws:SourceVpc": "vpc-1a2b3c4d" } })],
    expect: "none",
  },
  "the own account's endpoints": {
    statements: allow("*", { StringEquals: { "aws:VpceAccount": own } }),
    expect: "none",
  },
  "a foreign account's endpoints": {
    statements: allow("*", { StringEquals: { "aws:VpceAccount": other } }),
    expect: anyRole,
  },
  "a trusted account's endpoints": {
    statements: allow("*", { StringEquals: { "aws:VpceAccount": partner } }),
    trust: { trustedAccounts: [partner] },
    expect: "none",
  },
  addresses: { statements: allow({ AWS: other }, { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }), expect: "none" },
  "all addresses": {
    statements: allow({ AWS: other }, { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } }),
    expect: anyRole,
  },
  "private addresses repeat in every VPC": {
    statements: allow("*", { IpAddress: { "aws:VpcSourceIp": "10.0.0.0/8" } }),
    expect: anyRole,
  },
  "what services do for a foreign caller is foreign": {
    statements: allow("*", { Bool: { "aws:ViaAWSService": "true" } }),
    expect: anyRole,
  },

  "a service without a source": { statements: allow(redshift), expect: "redshift.amazonaws.com" },
  "a service for the own account": {
    statements: allow(redshift, { StringEquals: { "aws:SourceAccount": own } }),
    expect: "none",
  },
  "a service for a foreign account": {
    statements: allow(redshift, { StringEquals: { "aws:SourceAccount": other } }),
    expect: "redshift.amazonaws.com",
  },
  "a service for the own account, if it says for whom": {
    statements: allow(redshift, { StringEqualsIfExists: { "aws:SourceAccount": own } }),
    expect: "redshift.amazonaws.com",
    context: { "aws:SourceAccount": null },
  },
  "a service for a resource of the own account": {
    statements: allow(redshift, { ArnLike: { "aws:SourceArn": `arn:aws:redshift:*:${own}:namespace/*` } }),
    expect: "none",
  },
  "a service for a resource of any account": {
    statements: allow(redshift, { ArnLike: { "aws:SourceArn": "arn:aws:redshift:*:*:namespace/orders" } }),
    expect: "redshift.amazonaws.com",
  },
  "a service for a bucket, whose ARN has no account": {
    statements: allow({ Service: "s3.amazonaws.com" }, { ArnLike: { "aws:SourceArn": "arn:aws:s3:::orders" } }),
    expect: "none",
  },
  "a service for any bucket": {
    statements: allow({ Service: "s3.amazonaws.com" }, { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } }),
    expect: "s3.amazonaws.com",
  },
  "a service for the trusted organization": {
    statements: allow(redshift, { StringEquals: { "aws:SourceOrgID": "o-mine" } }),
    trust: { trustedOrgIds: ["o-mine"] },
    expect: "none",
  },
  "a service for the trusted organization's paths": {
    statements: allow(redshift, { "ForAnyValue:StringLike": { "aws:SourceOrgPaths": "o-mine/*" } }),
    trust: { trustedOrgIds: ["o-mine"] },
    expect: "none",
  },
  "any service for anyone": {
    statements: allow("*", { Bool: { "aws:PrincipalIsAWSService": "true" } }),
    expect: "any-service.amazonaws.com",
  },
  "a service by its name": {
    statements: allow("*", { StringEquals: { "aws:PrincipalServiceName": "glue.amazonaws.com" } }),
    expect: "glue.amazonaws.com",
  },
  "services by a pattern of names": {
    statements: allow("*", { StringLike: { "aws:PrincipalServiceName": "glue*" } }),
    expect: /^glue.*\.amazonaws\.com$/,
  },
  "a service is of no organization": {
    statements: allow("*", org("o-mine")),
    trust: { trustedOrgIds: ["o-mine"] },
    expect: "none",
  },
  "a service does what no other account could": {
    statements: allow(redshift, undefined, { action: "dynamodb:ExportTableToPointInTime" }),
    expect: "redshift.amazonaws.com",
    action: "dynamodb:ExportTableToPointInTime",
  },

  "whoever has signed in at a web identity provider": {
    statements: allow({ Federated: "accounts.google.com" }),
    expect: anyRole,
  },
  "of one application there": {
    statements: allow({ Federated: "accounts.google.com" }, { StringEquals: { "accounts.google.com:aud": "app-1" } }),
    expect: "none",
  },
  "whoever has signed in anywhere": { statements: allow({ Federated: "*" }), expect: anyRole },
  "whoever has signed in anywhere, told apart by where, is not decided": {
    statements: allow({ Federated: "*" }, { StringEquals: { "aws:FederatedProvider": "graph.facebook.com" } }),
    expect: "undecided",
  },
  "a foreign account's provider": {
    statements: allow({ Federated: `arn:aws:iam::${other}:saml-provider/corp` }),
    expect: anyRole,
  },
  "the own account's provider": {
    statements: allow({ Federated: `arn:aws:iam::${own}:saml-provider/corp` }),
    expect: "none",
  },

  "what no other account can be given is nobody's": {
    statements: allow({ AWS: other }, undefined, { action: ["dynamodb:PartiQLSelect", "dynamodb:PutResourcePolicy"] }),
    expect: "none",
  },
  "administration of a table": {
    statements: allow({ AWS: other }, undefined, { action: "dynamodb:DeleteTable" }),
    expect: anyRole,
    action: "dynamodb:DeleteTable",
  },
  "another table's ARN has no effect": {
    statements: allow("*", undefined, { resource: `${table}2` }),
    expect: "none",
  },
  "an index alone": {
    statements: allow("*", undefined, { resource: `${table}/index/ByDate` }),
    expect: anyRole,
    action: "dynamodb:Query",
    resource: `${table}/index/ByDate`,
  },
  "trap 11: a Deny of the table leaves its indexes": {
    statements: [allow("*"), deny("*", undefined, { resource: table })],
    expect: anyRole,
    resource: /\/index\//,
  },
  "no Resource is the table itself": { statements: allow("*", undefined, { resource: null }), expect: anyRole },
  "a stream's policy": {
    statements: allow({ AWS: other }),
    attachedTo: stream,
    expect: anyRole,
    action: "dynamodb:GetRecords",
    resource: stream,
  },
  "a stream's policy says nothing of items": {
    statements: allow({ AWS: other }, undefined, { action: "dynamodb:GetItem" }),
    attachedTo: stream,
    expect: "none",
  },
  "a table's policy says nothing of its stream": {
    statements: allow({ AWS: other }, undefined, { action: "dynamodb:GetRecords" }),
    expect: "none",
  },
  "a tag that the caller's own account gives may be the table's name": {
    statements: allow("*", undefined, { resource: "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/table}" }),
    expect: /any-role$/,
  },
  "a value that the caller may choose, in another Region": {
    statements: allow("*", undefined, { resource: "arn:aws:dynamodb:eu-west-1:*:table/${aws:PrincipalTag/table}" }),
    expect: "none",
  },
  "a value that the caller may choose, where it does not matter": {
    statements: allow("*", { ...org("o-mine"), StringLike: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } }),
    trust: { trustedOrgIds: ["o-mine"] },
    expect: "none",
  },
  "no statement allows": { statements: deny("*"), expect: "none" },
};

describe("a foreign request on a table", () => {
  it.each(Object.entries(rows))("%s", (_, row) => {
    const found = ask(row.statements, row.trust, row.attachedTo, row.version);
    const caller = typeof found === "string" ? found : String(found.principal);
    if (row.expect instanceof RegExp) expect(caller).toMatch(row.expect);
    else expect(caller).toBe(row.expect);
    const witness = found as ForeignWitness;
    if (row.action !== undefined) expect(witness.action).toBe(row.action);
    if (row.context !== undefined) expect(witness.context).toMatchObject(row.context);
    if (row.resource !== undefined) expect(witness.resource).toMatch(row.resource);
  });

  it("is told in one sentence: who, what, as whom, with what, by which statement", () => {
    const told = (statements: unknown): string => foreignInWords(ask(statements) as ForeignWitness, own);
    expect(told({ ...allow("*", org("o-theirs")), Sid: "Open" })).toBe(
      `Anyone in any AWS account can call dynamodb:GetItem on ${table}   as ${anyRole}   with aws:PrincipalOrgID = o-theirs   by "orders/Open"`,
    );
    expect(told(allow({ AWS: other }))).toMatch(`A principal of account ${other} can call dynamodb:GetItem`);
    expect(told(allow(redshift))).toMatch("redshift.amazonaws.com, for whoever asks it to, can call dynamodb:GetItem");
    expect(
      told(allow("*", { Null: { "aws:userid": "true" }, Bool: { "aws:PrincipalIsAWSService": "false" } })),
    ).toMatch("Anyone, without a signature, can call");
  });
});
