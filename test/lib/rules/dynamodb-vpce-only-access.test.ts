import type { PrincipalFacts } from "../../../lib/account/iam-facts.ts";
import type { ResourcePolicy } from "../../../lib/account/resource-policies.ts";
import type { Surroundings, VpceOnlyFacts } from "../../../lib/account/vpce-only-facts.ts";
import type { Fact, Unread } from "../../../lib/rule.ts";
import { vpceOnlyAccess } from "../../../lib/rules/dynamodb-vpce-only-access.ts";
import { accountId, inline, role, tableArn, unreadDocument, user, type Written } from "../../fakes/iam-facts.ts";
import { ruleTable } from "../../rule-table.ts";

const orders = tableArn("Orders");
const index = `${orders}/index/ByDate`;
const stream = `${orders}/stream/2026-01-01T00:00:00.000`;
const own = { StringNotEquals: { "aws:SourceVpce": "vpce-0aaaaaaa" } };
const unread: Unread = { call: "dynamodb:GetResourcePolicy", message: "on table Orders was refused", lasting: true };
const all = { judge: "all" };

function endpoint(vpcEndpointId: string, vpcId: string, state = "available") {
  const service = "com.amazonaws.us-east-1.dynamodb";
  return {
    vpcEndpointId,
    vpcId,
    vpcEndpointType: "Gateway",
    serviceName: service,
    state,
    routeTableIds: [],
    subnetIds: [],
  };
}

const oneEndpoint = [endpoint("vpce-0aaaaaaa", "vpc-0aaaaaaa")];

function policyOf(...statements: readonly Written[]): Fact<ResourcePolicy | null> {
  const Statement = statements.map((one) => ({ Effect: "Deny", Principal: "*", Action: "dynamodb:*", ...one }));
  return { value: { policy: JSON.stringify({ Version: "2012-10-17", Statement }), revisionId: "7" } };
}

const whole = { Resource: [orders, `${orders}/index/*`], Condition: own };

interface Parts {
  readonly resourcePolicy?: Fact<ResourcePolicy | null>;
  readonly stream?: VpceOnlyFacts["stream"];
  readonly indexNames?: readonly string[];
  readonly tableStatus?: string;
  readonly principals?: readonly unknown[];
  readonly surroundings?: Partial<Surroundings>;
}

function table({ principals = [], surroundings, ...parts }: Parts = {}): VpceOnlyFacts {
  return {
    tableName: "Orders",
    tableArn: orders,
    tableStatus: "ACTIVE",
    indexNames: ["ByDate"],
    resourcePolicy: { value: null },
    stream: null,
    surroundings: {
      accountId,
      region: "us-east-1",
      now: Date.parse("2026-01-04T14:02:00Z"),
      vpcEndpoints: { value: oneEndpoint },
      principals: principals as readonly PrincipalFacts[],
      principalsUnread: null,
      tags: { value: new Map() },
      ...surroundings,
    },
    ...parts,
  };
}

const reads = { Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: [orders, index] };
const onlyOwn = { ...reads, Condition: { StringEquals: { "aws:SourceVpce": "vpce-0aaaaaaa" } } };

const app = role("app", [inline("reads", [reads])]);
const bound = role("bound", [inline("reads", [onlyOwn])]);
const admin = role("admin", [inline("all", [{ Action: "*", Resource: "*" }])]);
const because = "Service-linked roles and AWS services' own calls are set apart";

ruleTable(vpceOnlyAccess, {
  "a table of which nothing says that it is to be closed": {
    facts: table({ principals: [app] }),
    expect: [
      "NOT_APPLICABLE",
      "No tag, and no policy that names it, says that it is to be reached through endpoints only (judge is intended)",
    ],
  },
  "a table in the making": {
    facts: table({ tableStatus: "CREATING" }),
    parameters: all,
    expect: ["NOT_APPLICABLE", "The table is CREATING: it is judged when it is ACTIVE"],
  },
  "an account without endpoints": {
    facts: table({ surroundings: { vpcEndpoints: { value: [] } } }),
    parameters: all,
    expect: [
      "NOT_APPLICABLE",
      "There is no endpoint for DynamoDB in this account and region, and endpointIds names none",
    ],
  },
  "nobody can read it": {
    facts: table(),
    parameters: all,
    expect: [
      "COMPLIANT",
      `nobody is allowed any way but endpoint vpce-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "a role that reads from anywhere": {
    facts: table({ principals: [app] }),
    parameters: all,
    expect: [
      "NON_COMPLIANT",
      "role/app can call dynamodb:GetItem on table Orders through no endpoint; nothing denies it, but it may be reached through endpoint vpce-0aaaaaaa alone. Deny other ways in the table's policy (put-resource-policy)",
    ],
    reasons: ["outsideAllowed"],
    commands: [
      `aws dynamodb put-resource-policy --resource-arn ${orders} --policy file://Orders-policy.json --expected-revision-id NO_POLICY --region us-east-1`,
    ],
  },
  "a role that reads through the endpoint only": {
    facts: table({ principals: [bound] }),
    expect: [
      "COMPLIANT",
      `nobody is allowed any way but endpoint vpce-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "a role that reads through the endpoint only, and an administrator": {
    facts: table({ principals: [bound, admin] }),
    expect: [
      "NON_COMPLIANT",
      "role/admin can call dynamodb:GetItem on table Orders through no endpoint; nothing denies it, but it may be reached through endpoint vpce-0aaaaaaa alone. Deny other ways in the table's policy (put-resource-policy)",
    ],
  },
  "an administrator who may come from elsewhere": {
    facts: table({ principals: [bound, admin] }),
    parameters: { exemptPrincipals: `arn:aws:iam::${accountId}:role/adm*` },
    expect: [
      "COMPLIANT",
      `nobody is allowed any way but endpoint vpce-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "a role that reads from the endpoint's VPC": {
    facts: table({
      principals: [
        role("vpc", [inline("vpc", [{ ...reads, Condition: { StringEquals: { "aws:SourceVpc": "vpc-0aaaaaaa" } } }])]),
      ],
    }),
    expect: [
      "COMPLIANT",
      `nobody is allowed any way but endpoint vpce-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "a role that reads through an endpoint that nobody knows": {
    facts: table({
      principals: [
        role("far", [
          inline("far", [{ ...reads, Condition: { StringEquals: { "aws:SourceVpce": "vpce-0ffffffff" } } }]),
        ]),
      ],
    }),
    expect: [
      "NON_COMPLIANT",
      "role/far can call dynamodb:GetItem on table Orders through another endpoint (vpce-0ffffffff); nothing denies it, but it may be reached through endpoint vpce-0aaaaaaa alone. Deny other ways in the table's policy (put-resource-policy)",
    ],
  },
  "a role that reads through an endpoint of the account that is not among those given": {
    facts: table({
      principals: [bound],
      surroundings: { vpcEndpoints: { value: [...oneEndpoint, endpoint("vpce-0bbbbbbb", "vpc-0bbbbbbb")] } },
    }),
    parameters: { endpointIds: "vpce-0bbbbbbb" },
    expect: [
      "NON_COMPLIANT",
      "role/bound can call dynamodb:GetItem on table Orders through endpoint vpce-0aaaaaaa, which is none of them; nothing denies it, but it may be reached through endpoint vpce-0bbbbbbb alone. Deny other ways in the table's policy (put-resource-policy)",
    ],
  },
  "all endpoints of a VPC may be used": {
    facts: table({ principals: [bound] }),
    parameters: { vpcIds: "vpc-0aaaaaaa" },
    expect: [
      "COMPLIANT",
      `nobody is allowed any way but the endpoints of vpc-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "a boundary that lets through the endpoint only": {
    facts: table({
      principals: [
        role("cut", [inline("all", [{ Action: "*", Resource: "*" }])], { boundary: inline("edge", [onlyOwn]) }),
      ],
    }),
    parameters: all,
    expect: [
      "COMPLIANT",
      `nobody is allowed any way but endpoint vpce-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "a policy that denies whatever does not come through the endpoint": {
    facts: table({ principals: [admin], resourcePolicy: policyOf(whole) }),
    expect: [
      "COMPLIANT",
      `its policy denies every way but endpoint vpce-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "the same where no principal could be read": {
    facts: table({
      resourcePolicy: policyOf(whole),
      surroundings: {
        principalsUnread: { call: "iam:GetAccountAuthorizationDetails", message: "was refused", lasting: true },
      },
    }),
    expect: [
      "COMPLIANT",
      `its policy denies every way but endpoint vpce-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "a policy that forgets the indexes": {
    facts: table({ principals: [app], resourcePolicy: policyOf({ ...whole, Resource: orders }) }),
    expect: [
      "NON_COMPLIANT",
      "role/app can call dynamodb:Query on index ByDate through no endpoint; its policy leaves this, but it may be reached through endpoint vpce-0aaaaaaa alone. Deny other ways in the table's policy (put-resource-policy)",
    ],
    reasons: ["wayLeft"],
    commands: [
      `aws dynamodb put-resource-policy --resource-arn ${orders} --policy file://Orders-policy.json --expected-revision-id 7 --region us-east-1`,
    ],
  },
  "a policy that forgets indexes that the table has not": {
    facts: table({ principals: [app], indexNames: [], resourcePolicy: policyOf({ ...whole, Resource: orders }) }),
    expect: [
      "COMPLIANT",
      `its policy denies every way but endpoint vpce-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "a policy whose Deny an absent key escapes": {
    facts: table({
      principals: [app],
      resourcePolicy: policyOf({
        ...whole,
        Condition: { "ForAnyValue:StringNotEquals": { "aws:SourceVpce": "vpce-0aaaaaaa" } },
      }),
    }),
    expect: [
      "NON_COMPLIANT",
      "role/app can call dynamodb:GetItem on table Orders through no endpoint; its policy leaves this, but it may be reached through endpoint vpce-0aaaaaaa alone. Deny other ways in the table's policy (put-resource-policy)",
    ],
  },
  "a policy that spares a user": {
    facts: table({
      principals: [app, user("ann", [inline("reads", [reads])])],
      resourcePolicy: policyOf({
        ...whole,
        Condition: { ...own, ArnNotEquals: { "aws:PrincipalArn": `arn:aws:iam::${accountId}:user/ann` } },
      }),
    }),
    expect: [
      "NON_COMPLIANT",
      "user/ann can call dynamodb:GetItem on table Orders through no endpoint; its policy leaves this, but it may be reached through endpoint vpce-0aaaaaaa alone. Deny other ways in the table's policy (put-resource-policy)",
    ],
  },
  "a policy that spares a user who may do nothing": {
    facts: table({
      principals: [app, user("ann", [])],
      resourcePolicy: policyOf({
        ...whole,
        Condition: { ...own, ArnNotEquals: { "aws:PrincipalArn": `arn:aws:iam::${accountId}:user/ann` } },
      }),
    }),
    expect: [
      "COMPLIANT",
      `nobody is allowed any way but endpoint vpce-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "a policy that spares service-linked roles and calls of AWS services": {
    facts: table({
      principals: [admin],
      resourcePolicy: policyOf({
        ...whole,
        Condition: {
          ...own,
          ArnNotLike: { "aws:PrincipalArn": `arn:aws:iam::${accountId}:role/aws-service-role/*` },
          Bool: { "aws:ViaAWSService": "false" },
        },
      }),
    }),
    expect: [
      "COMPLIANT",
      `its policy denies every way but endpoint vpce-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "a policy that lets in another account": {
    facts: table({
      resourcePolicy: policyOf({
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::999999999999:role/partner" },
        Action: "dynamodb:GetItem",
        Resource: orders,
      }),
    }),
    parameters: all,
    expect: [
      "NON_COMPLIANT",
      "arn:aws:iam::999999999999:role/partner can call dynamodb:GetItem on table Orders through no endpoint; another account too may come through endpoint vpce-0aaaaaaa alone. Deny other ways in the table's policy (put-resource-policy)",
    ],
    reasons: ["foreignerOutside"],
  },
  "a policy that by itself gives a role the table": {
    facts: table({
      principals: [role("reader", [])],
      resourcePolicy: policyOf({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${accountId}:role/reader` },
        Action: "dynamodb:GetItem",
        Resource: orders,
      }),
    }),
    parameters: all,
    expect: [
      "NON_COMPLIANT",
      "role/reader can call dynamodb:GetItem on table Orders through no endpoint; nothing denies it, but it may be reached through endpoint vpce-0aaaaaaa alone. Deny other ways in the table's policy (put-resource-policy)",
    ],
  },
  "a policy that only passes on to the account what its principals hold": {
    facts: table({
      principals: [bound],
      resourcePolicy: policyOf({
        Effect: "Allow",
        Principal: { AWS: accountId },
        Action: "dynamodb:*",
        Resource: orders,
      }),
    }),
    expect: [
      "COMPLIANT",
      `nobody is allowed any way but endpoint vpce-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "a tag says that it is to be closed": {
    facts: table({
      principals: [app],
      surroundings: { tags: { value: new Map([["Orders", { network: "vpc-only" }]]) } },
    }),
    parameters: { vpcOnlyTag: "network=vpc*" },
    expect: [
      "NON_COMPLIANT",
      "role/app can call dynamodb:GetItem on table Orders through no endpoint; nothing denies it, but it may be reached through endpoint vpce-0aaaaaaa alone. Deny other ways in the table's policy (put-resource-policy)",
    ],
  },
  "its tags decide, and are others": {
    facts: table({
      principals: [
        role("dev", [
          inline("dev", [{ ...reads, Resource: "*", Condition: { StringEquals: { "aws:ResourceTag/env": "dev" } } }]),
        ]),
      ],
      surroundings: { tags: { value: new Map([["Orders", { env: "prod" }]]) } },
    }),
    parameters: all,
    expect: [
      "COMPLIANT",
      `nobody is allowed any way but endpoint vpce-0aaaaaaa; its stream was not judged. ${because}`,
    ],
  },
  "a stream whose policy is forgotten": {
    facts: table({
      principals: [
        role("consumer", [inline("reads", [{ Action: "dynamodb:GetRecords", Resource: `${orders}/stream/*` }])]),
      ],
      resourcePolicy: policyOf(whole),
      stream: { arn: stream, resourcePolicy: { value: null } },
    }),
    parameters: { judgeStreams: "true" },
    expect: [
      "NON_COMPLIANT",
      "role/consumer can call dynamodb:GetRecords on its stream through no endpoint; nothing denies it, but it may be reached through endpoint vpce-0aaaaaaa alone. Deny other ways in the stream's policy (put-resource-policy)",
    ],
    commands: [
      `aws dynamodb put-resource-policy --resource-arn ${stream} --policy file://Orders-stream-policy.json --expected-revision-id NO_POLICY --region us-east-1`,
    ],
  },
  "its policy could not be read": {
    facts: table({ principals: [app], resourcePolicy: { unread } }),
    parameters: all,
    expect: ["unread", "dynamodb:GetResourcePolicy on table Orders was refused", true],
  },
  "its policy, which might say what is intended, could not be read": {
    facts: table({ resourcePolicy: { unread } }),
    expect: ["unread", "dynamodb:GetResourcePolicy on table Orders was refused", true],
  },
  "a role's document could not be read": {
    facts: table({ principals: [role("dark", [unreadDocument("dark")])] }),
    parameters: all,
    expect: ["unread", "iam:GetPolicyVersion on policy dark was denied", true],
  },
  "a role's document could not be read, and another role reads from anywhere": {
    facts: table({ principals: [role("dark", [unreadDocument("dark")]), app] }),
    parameters: all,
    expect: [
      "NON_COMPLIANT",
      "role/app can call dynamodb:GetItem on table Orders through no endpoint; nothing denies it, but it may be reached through endpoint vpce-0aaaaaaa alone. Deny other ways in the table's policy (put-resource-policy)",
    ],
  },
});
