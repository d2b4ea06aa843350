import { describe, expect, it } from "vitest";
import type { VpcEndpointFacts } from "../../../lib/account/endpoint-readings.ts";
import type { VpcEndpointDetails } from "../../../lib/account/network.ts";
import { parseParameters } from "../../../lib/parameters.ts";
import { endpointPolicy } from "../../../lib/rules/dynamodb-endpoint-policy.ts";
import {
  defaultPolicy,
  policy,
  type StatementParts,
  statement,
  vpcEndpointFacts,
} from "../../fakes/vpc-endpoint-facts.ts";
import { type Case, ruleTable } from "../../rule-table.ts";

const own = "123456789012";
const partner = "444455556666";
const ownTables = `arn:aws:dynamodb:us-east-1:${own}:table/*`;
const partnerRole = `arn:aws:iam::${partner}:role/reader`;

const equal = (keys: object) => ({ StringEquals: keys });
const onlyOwn = equal({ "aws:PrincipalAccount": own, "aws:ResourceAccount": own });
const facts = (parts: StatementParts, changes: Partial<VpcEndpointDetails> = {}): VpcEndpointFacts =>
  vpcEndpointFacts(policy(statement(parts)), changes);
const privateLink: Partial<VpcEndpointDetails> = {
  vpcEndpointType: "Interface",
  routeTableIds: [],
  subnetIds: ["subnet-1"],
};

const demand = "Demand aws:PrincipalAccount and aws:ResourceAccount (modify-vpc-endpoint --policy-document)";
const demandCaller = "Demand aws:PrincipalAccount (modify-vpc-endpoint --policy-document)";
const demandTable = "Demand aws:ResourceAccount (modify-vpc-endpoint --policy-document)";
const fullAccess = `Full access: anybody in any AWS account can use it, on anybody's tables; a policy must say who comes through, and to whose tables. ${demand}`;
const complies = "No request by a foreign principal, and none on a foreign table, comes through this gateway endpoint";
const principals = "only own or trusted principals may come through";
const tables = "only own or trusted tables may be reached";
const anyone = "Anyone in any AWS account can call";
const ownOnForeign = (by: string, action = "dynamodb:GetItem on table/any-table"): string =>
  `A principal of this account can call ${action} of another account, as 666666666666 (${by}); ${tables}.`;
const modify =
  "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1a2b3c4d --policy-document file://vpce-1a2b3c4d.json --region us-east-1";

const isFullAccess = (given: unknown, changes: Partial<VpcEndpointDetails> = {}): Case<VpcEndpointFacts> => ({
  facts: vpcEndpointFacts(given, changes),
  expect: ["NON_COMPLIANT", fullAccess],
  reasons: ["fullAccess"],
  commands: [modify],
});
const unreadWords = (words: string): Case<VpcEndpointFacts>["expect"] => [
  "unread",
  `ec2:DescribeVpcEndpoints on vpce-1a2b3c4d answered with ${words}`,
  true,
];

ruleTable(endpointPolicy, {
  "own principals on own tables as compliant": {
    facts: facts({ condition: onlyOwn }),
    expect: ["COMPLIANT", complies],
  },
  "own principals on the tables of their organization as compliant": {
    facts: facts({ condition: equal({ "aws:PrincipalAccount": own, "aws:ResourceOrgID": "${aws:PrincipalOrgID}" }) }),
    expect: ["COMPLIANT", complies],
  },
  "own tables by their ARNs, to own principals, as compliant": {
    facts: facts({ resource: ownTables, condition: equal({ "aws:PrincipalAccount": own }) }),
    expect: ["COMPLIANT", complies],
  },
  "Denies of all others as compliant": {
    facts: vpcEndpointFacts(
      policy(
        statement(),
        statement({ effect: "Deny", condition: { StringNotEquals: { "aws:PrincipalAccount": own } } }),
        statement({ effect: "Deny", condition: { StringNotEquals: { "aws:ResourceAccount": own } } }),
      ),
    ),
    expect: ["COMPLIANT", complies],
  },
  "a policy that lets nothing through as compliant": {
    facts: facts({ effect: "Deny" }),
    expect: ["COMPLIANT", complies],
  },
  "the account as the principal of an interface endpoint as compliant": {
    facts: facts({ principal: { AWS: own }, resource: ownTables }, privateLink),
    expect: ["COMPLIANT", complies.replace("gateway", "interface")],
  },
  "an endpoint of DynamoDB Streams by its own requests": {
    facts: facts(
      { action: "dynamodb:GetRecords", condition: equal({ "aws:PrincipalAccount": own }) },
      { ...privateLink, serviceName: "com.amazonaws.us-east-1.dynamodb-streams" },
    ),
    expect: [
      "NON_COMPLIANT",
      `A principal of this account can call dynamodb:GetRecords on table/any-table/stream/2026-01-01T00:00:00.000 of another account, as 666666666666...; ${tables}. ${demandTable}`,
    ],
    reasons: ["foreignTable"],
  },

  "the policy of a new endpoint as full access": isFullAccess(defaultPolicy),
  "it with other white space as full access": isFullAccess(JSON.stringify(defaultPolicy, null, 4)),
  "it as one statement, of the service's actions, as full access": isFullAccess({
    Statement: statement({ principal: { AWS: "*" }, action: ["dynamodb:*"], resource: ["*"] }),
  }),
  "it in two halves as full access": isFullAccess(
    policy(statement({ action: "dynamodb:*Item" }), {
      Effect: "Allow",
      Principal: "*",
      NotAction: "dynamodb:*Item",
      Resource: "arn:aws:dynamodb:*:*:*",
    }),
  ),
  "it by what is not as full access": isFullAccess(
    policy({ Effect: "Allow", Principal: "*", Action: "dynamodb:?*", NotResource: "arn:aws:s3:::*", Condition: {} }),
  ),
  "all data, and nothing of the control plane, as full access": isFullAccess(
    policy(
      statement({
        action: ["dynamodb:*Item", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PartiQL*", "dynamodb:Search*"],
      }),
    ),
  ),
  "the policy of a new FIPS endpoint as full access": isFullAccess(defaultPolicy, {
    serviceName: "com.amazonaws.us-east-1.dynamodb-fips",
  }),
  "the policy of a new streams endpoint as full access": isFullAccess(defaultPolicy, {
    ...privateLink,
    serviceName: "com.amazonaws.us-east-1.dynamodb-streams",
  }),
  "the policy of a new endpoint in China as full access": isFullAccess(defaultPolicy, {
    serviceName: "com.amazonaws.cn-north-1.dynamodb",
  }),

  "full access behind a condition that restrains nothing as a false appearance": {
    facts: facts({ sid: "Any", condition: { StringLike: { "aws:ResourceAccount": "*" } } }),
    expect: [
      "NON_COMPLIANT",
      `${anyone} dynamodb:GetItem on table/any-table (Any); ${principals} (+1 more). ${demand}`,
    ],
    reasons: ["foreignCaller", "foreignTable"],
    commands: [modify],
  },
  "full access beside a statement that restrains as a false appearance": {
    facts: vpcEndpointFacts(policy(statement({ sid: "Own", condition: onlyOwn }), statement({ sid: "Old" }))),
    expect: [
      "NON_COMPLIANT",
      `${anyone} dynamodb:GetItem on table/any-table (Old); ${principals} (+1 more). ${demand}`,
    ],
  },
  "own tables, to anybody": {
    facts: facts({ resource: ownTables }),
    expect: ["NON_COMPLIANT", `${anyone} dynamodb:GetItem on table/any-table (#0); ${principals}. ${demandCaller}`],
    reasons: ["foreignCaller"],
    commands: [modify],
  },
  "own principals, to anybody's tables": {
    facts: facts({ sid: "OwnPrincipals", condition: equal({ "aws:PrincipalAccount": own }) }),
    expect: ["NON_COMPLIANT", `${ownOnForeign("OwnPrincipals")} ${demandTable}`],
    reasons: ["foreignTable"],
    commands: [modify],
  },
  "two statements that let through the same": {
    facts: vpcEndpointFacts(policy(statement({ resource: ownTables }), statement({ resource: `${ownTables}*` }))),
    expect: [
      "NON_COMPLIANT",
      `${anyone} dynamodb:GetItem on table/any-table (#0 +1 more); ${principals}. ${demandCaller}`,
    ],
  },
  "a foreign account among own ones, which a Deny then fences": {
    facts: facts({ condition: equal({ "aws:PrincipalAccount": [own, partner], "aws:ResourceAccount": own }) }),
    expect: [
      "NON_COMPLIANT",
      `A principal of account ${partner} can call dynamodb:GetItem on table/any-table (#0); ${principals}. ${demandCaller}`,
    ],
    reasons: ["foreignCaller"],
  },
  "a foreign role at an interface endpoint": {
    facts: facts({ principal: { AWS: partnerRole }, resource: ownTables }, privateLink),
    expect: [
      "NON_COMPLIANT",
      `A principal of account ${partner} can call dynamodb:GetItem on table/any-table (#0); ${principals}. ${demandCaller}`,
    ],
  },
  "a gateway's account as its root user alone, who reaches foreign tables": {
    facts: facts({ principal: { AWS: own } }),
    expect: ["NON_COMPLIANT", `${ownOnForeign("#0")} ${demandTable}`],
  },

  "a trusted account, and its tables, as compliant": {
    facts: facts({
      condition: equal({ "aws:PrincipalAccount": [own, partner], "aws:ResourceAccount": [own, partner] }),
    }),
    parameters: { trustedAccounts: partner },
    expect: ["COMPLIANT", `${complies} (trusted: ${partner})`],
  },
  "a trusted account on anybody's tables": {
    facts: vpcEndpointFacts(
      policy(statement({ condition: onlyOwn }), statement({ condition: equal({ "aws:PrincipalAccount": partner }) })),
    ),
    parameters: { trustedAccounts: partner },
    expect: [
      "NON_COMPLIANT",
      `A principal of account ${partner} can call dynamodb:GetItem on table/any-table of another account, as 666666666666 (#1); ${tables}. ${demandTable}`,
    ],
  },
  "a trusted organization, and its tables, as compliant": {
    facts: facts({ condition: equal({ "aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "o-a1b2c3d4e5" }) }),
    parameters: { trustedOrgIds: ["o-a1b2c3d4e5"] },
    expect: ["COMPLIANT", `${complies} (trusted: o-a1b2c3d4e5)`],
  },
  "an organization that nobody said to trust": {
    facts: facts({ condition: equal({ "aws:PrincipalOrgID": "o-a1b2c3d4e5" }) }),
    expect: [
      "NON_COMPLIANT",
      `Anyone in organization o-a1b2c3d4e5 can call dynamodb:GetItem on table/any-table (#0); ${principals} (+1 more). ${demand}`,
    ],
    reasons: ["foreignCaller", "foreignTable"],
  },
  "full access where others are trusted, which Denies then fence": {
    facts: vpcEndpointFacts(defaultPolicy),
    parameters: { trustedAccounts: [partner], trustedOrgIds: "o-a1b2c3d4e5" },
    expect: ["NON_COMPLIANT", fullAccess],
    commands: [modify],
  },

  "an endpoint of another service as not applicable": {
    facts: vpcEndpointFacts(defaultPolicy, { serviceName: "com.amazonaws.us-east-1.s3" }),
    expect: ["NOT_APPLICABLE", "Leads to com.amazonaws.us-east-1.s3, which is no service of DynamoDB's"],
  },
  "an endpoint without a policy, of a service that takes none, as not applicable": {
    facts: vpcEndpointFacts(defaultPolicy, {
      serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f67890",
      vpcEndpointType: "GatewayLoadBalancer",
      policyDocument: null,
    }),
    expect: [
      "NOT_APPLICABLE",
      "Leads to com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f67890, which is no service of DynamoDB's",
    ],
  },
  "an endpoint of another account, in a shared VPC, as not applicable": {
    facts: vpcEndpointFacts(defaultPolicy, { ownerId: partner }),
    expect: [
      "NOT_APPLICABLE",
      `Of account ${partner}: only an endpoint's owner can change its policy, so it is judged there`,
    ],
  },
  ...Object.fromEntries(
    ["pending", "pendingAcceptance", "failed", "Deleting", "deleted", "rejected", "expired"].map((state) => [
      `an endpoint that is ${state} as not applicable`,
      {
        facts: vpcEndpointFacts(defaultPolicy, { state }),
        expect: ["NOT_APPLICABLE", `The endpoint is ${state}: no request comes through it`] as const,
      },
    ]),
  ),
  ...Object.fromEntries(
    ["Available", "partial", "somehow"].map((state) => [
      `an endpoint that is ${state}`,
      { facts: vpcEndpointFacts(defaultPolicy, { state }), expect: ["NON_COMPLIANT", fullAccess] as const },
    ]),
  ),

  "an endpoint without its policy never": {
    facts: vpcEndpointFacts(defaultPolicy, { policyDocument: null }),
    expect: ["unread", "ec2:DescribeVpcEndpoints on vpce-1a2b3c4d answered without its PolicyDocument", true],
  },
  "a policy that does not parse never": {
    facts: vpcEndpointFacts({ Statement: [{ Effect: "Allow", Principal: "*", Action: "*" }] }),
    expect: unreadWords(
      "a policy that is malformed: Statement[0] has no Resource; name the resources or use NotResource",
    ),
  },
  "a policy that is no JSON never": {
    facts: vpcEndpointFacts("{"),
    expect: unreadWords(
      "a policy that is malformed: document is no JSON: it ends where a name in double quotes is expected",
    ),
  },
  "an endpoint of a type that nobody here knows never": {
    facts: vpcEndpointFacts(defaultPolicy, { vpcEndpointType: "Resource" }),
    expect: unreadWords("VpcEndpointType Resource: not understood"),
  },
  "an endpoint of no type, on a route table, as a gateway": {
    facts: facts({ condition: onlyOwn }, { vpcEndpointType: null }),
    expect: ["COMPLIANT", complies],
  },
  "a principal whom nobody here can tell never as compliant": {
    facts: facts({ principal: { AWS: "somebody" }, condition: onlyOwn }, privateLink),
    expect: [
      "unread",
      "null the policy of vpce-1a2b3c4d could not be decided: the search met its budget, or what AWS leaves undocumented",
      true,
    ],
  },
  "a principal whom nobody here can tell beside anybody, as a violation that leaves a choice": {
    facts: vpcEndpointFacts(
      policy(statement({ resource: ownTables }), statement({ principal: { AWS: "somebody" }, resource: ownTables })),
      privateLink,
    ),
    expect: ["NON_COMPLIANT", `${anyone} dynamodb:GetItem on table/any-table (#0); ${principals}. ${demand}`],
  },
  "a policy that leaves no room for another as a violation that leaves a choice": {
    facts: facts({
      resource: Array.from(
        { length: 300 },
        (_, at) => `arn:aws:dynamodb:us-east-1:${own}:table/${"t".repeat(20)}${at}`,
      ),
    }),
    expect: [
      "NON_COMPLIANT",
      `${anyone} dynamodb:GetItem on table/tttttttttttttttttttt0 (#0); ${principals}. ${demandCaller}`,
    ],
    commands: [],
  },
});

describe("the mend of an endpoint's policy", () => {
  function mended(before: VpcEndpointFacts, raw: object = {}): { document: unknown; mayBreak: string } {
    const parameters = parseParameters(endpointPolicy.parameters, raw, "parameters");
    const { steps, mayBreak } = endpointPolicy.mend(before, parameters);
    const [file] = steps.flatMap((step) => ("file" in step ? [step] : []));
    return { document: JSON.parse(file?.content ?? "null"), mayBreak };
  }
  const denied = (sid: string, keys: object) =>
    statement({ sid, effect: "Deny", action: "dynamodb:*", condition: { StringNotEquals: keys } });

  it("demands both accounts where there is full access", () => {
    expect(mended(vpcEndpointFacts(defaultPolicy)).document).toEqual({
      ...defaultPolicy,
      Statement: [statement({ condition: onlyOwn })],
    });
  });

  it("keeps a statement that is narrower, and its own conditions", () => {
    const vpc = { "aws:SourceVpc": "vpc-1a2b3c4d" };
    const before = facts({ sid: "Orders", action: "dynamodb:GetItem", resource: ownTables, condition: equal(vpc) });
    expect(mended(before).document).toEqual(
      policy(
        statement({
          sid: "Orders",
          action: "dynamodb:GetItem",
          resource: ownTables,
          condition: equal({ ...vpc, "aws:PrincipalAccount": own }),
        }),
      ),
    );
  });

  it("fences where a statement demands something else of the key, and leaves all statements as they are", () => {
    const given = statement({ condition: equal({ "aws:principalaccount": [own, partner] }) });
    expect(mended(vpcEndpointFacts(policy(given))).document).toEqual(
      policy(
        given,
        denied("NoForeignPrincipals", { "aws:PrincipalAccount": own }),
        denied("NoForeignTables", { "aws:ResourceAccount": own }),
      ),
    );
  });

  it("lets in trusted accounts and organizations, each of which is enough", () => {
    const raw = { trustedAccounts: [partner], trustedOrgIds: ["o-a1b2c3d4e5"] };
    expect(mended(vpcEndpointFacts(defaultPolicy), raw).document).toEqual({
      ...defaultPolicy,
      Statement: [
        statement(),
        denied("NoForeignPrincipals", { "aws:PrincipalAccount": [own, partner], "aws:PrincipalOrgID": "o-a1b2c3d4e5" }),
        denied("NoForeignTables", { "aws:ResourceAccount": [own, partner], "aws:ResourceOrgID": "o-a1b2c3d4e5" }),
      ],
    });
  });

  it("gives a fence no name that another has", () => {
    const earlier = denied("NoForeignPrincipals", { "aws:PrincipalAccount": [own, partner] });
    const before = vpcEndpointFacts(policy(statement({ condition: equal({ "aws:ResourceAccount": own }) }), earlier));
    const raw = { trustedOrgIds: ["o-a1b2c3d4e5"] };
    const { Sid: _, ...unnamed } = denied("", {
      "aws:PrincipalAccount": own,
      "aws:PrincipalOrgID": "o-a1b2c3d4e5",
    }) as {
      Sid: string;
    };
    expect(mended(before, raw).document).toMatchObject({ Statement: [{}, earlier, unnamed] });
  });

  it("says what it takes away, of the end that it closes alone", () => {
    expect(mended(facts({ resource: ownTables })).mayBreak).toBe(
      "Requests by principals of other accounts (as a vendor's agent that brings credentials of its own) pass no more: name accounts that are to pass in trustedAccounts, organizations, also this account's own, in trustedOrgIds. It takes minutes to take effect",
    );
    expect(mended(facts({ condition: equal({ "aws:PrincipalAccount": own }) })).mayBreak).toMatch(
      /^Requests to tables of other accounts \(as those of AWS's own that some services reach from within a VPC\) pass/,
    );
  });
});

describe("the parameters of dynamodb-endpoint-policy", () => {
  const refused: Record<string, [given: object, message: string]> = {
    "an account id of eleven digits": [
      { trustedAccounts: "12345678901" },
      "parameters.trustedAccounts is `12345678901` (it is no account id); use account ids of twelve digits",
    ],
    "an organization without its prefix": [
      { trustedOrgIds: ["a1b2c3d4e5"] },
      "parameters.trustedOrgIds is `a1b2c3d4e5` (it is no id of an organization); use ids of organizations, as in `o-a1b2c3d4e5`",
    ],
    "all organizations": [
      { trustedOrgIds: "o-*" },
      "parameters.trustedOrgIds is `o-*` (it is no id of an organization); use ids of organizations, as in `o-a1b2c3d4e5`",
    ],
  };
  it.each(Object.entries(refused))("refuse %s", (_sentence, [given, message]) => {
    expect(() => parseParameters(endpointPolicy.parameters, given, "parameters")).toThrow(message);
  });
});
