import { describe, expect, it } from "vitest";
import type { AttachedDocument } from "../../../lib/account/resource-policies.ts";
import { ParameterError, parseParameters } from "../../../lib/parameters.ts";
import { resourcePolicy } from "../../../lib/rules/dynamodb-resource-policy.ts";
import {
  allow,
  factsOf,
  orders,
  ordersStream,
  otherAccount,
  ownAccount,
  partnerAccount,
  textIn,
  type Written,
} from "../../fakes/resource-policy-facts.ts";
import { ruleTable } from "../../rule-table.ts";

const region = ["--expected-revision-id 17 --region us-east-1"];
const put = `aws dynamodb put-resource-policy --resource-arn ${orders} --policy file://Orders-policy.json ${region}`;
const remove = `aws dynamodb delete-resource-policy --resource-arn ${orders} ${region}`;
const dead = "AROAJQABLZS4A3QDU576Q";
const redshift = { Service: "redshift.amazonaws.com" };
const stringEquals = (key: string, value: unknown) => ({ Condition: { StringEquals: { [key]: value } } });
const ofOrg = stringEquals("aws:PrincipalOrgID", "o-theirs0000");
const read = { Action: "dynamodb:GetRecords", Resource: ordersStream };

function unreadPolicy(message: string, lasting: boolean, arn = orders): AttachedDocument {
  return { resourceArn: arn, document: { unread: { call: "dynamodb:GetResourcePolicy", message, lasting } } };
}

function withText(policy: string) {
  const document: AttachedDocument = { resourceArn: orders, document: { value: { policy, revisionId: "17" } } };
  return { ...factsOf(null), documents: [document] };
}

const own = "The policy of the table lets in nobody but this account and those trusted without a binding condition";

ruleTable(resourcePolicy, {
  "no policy": { facts: factsOf(null), expect: ["COMPLIANT", "No resource-based policy on the table"] },
  "no policy on table and stream": {
    facts: factsOf(null, null),
    expect: ["COMPLIANT", "No resource-based policy on the table or its stream"],
  },
  "the own account": { facts: factsOf([allow({ AWS: ownAccount })]), expect: ["COMPLIANT", own] },
  "the own account, and a stream without a policy": {
    facts: factsOf([allow({ AWS: ownAccount })], null),
    expect: ["COMPLIANT", `${own}. The stream has none`],
  },
  "policies of both": {
    facts: factsOf([allow({ AWS: ownAccount })], [allow({ AWS: ownAccount }, read)]),
    expect: [
      "COMPLIANT",
      "The policies of the table and its stream let in nobody but this account and those trusted without a binding condition",
    ],
  },
  "a Deny alone": { facts: factsOf([allow("*", { Effect: "Deny" })]), expect: ["COMPLIANT", own] },
  "everyone from one network": {
    facts: factsOf([allow("*", stringEquals("aws:SourceVpce", "vpce-1a2b3c4d"))]),
    expect: ["COMPLIANT", own],
  },
  "everyone, and a Deny of all other accounts": {
    facts: factsOf([
      allow("*"),
      allow("*", { Effect: "Deny", Condition: { StringNotEquals: { "aws:PrincipalAccount": ownAccount } } }),
    ]),
    expect: ["COMPLIANT", own],
  },

  "everyone is narrowed to the account": {
    facts: factsOf([allow("*", { Sid: "Open" })]),
    expect: [
      "NON_COMPLIANT",
      "Open lets in anyone in any AWS account: dynamodb:GetItem on table/Orders; only this account and trusted ones may be let in. Narrow the statement to this account (put-resource-policy)",
    ],
    reasons: ["everyone"],
    commands: [put],
  },
  "all but one": {
    facts: factsOf([{ ...allow(undefined), Principal: undefined, NotPrincipal: { AWS: otherAccount } }]),
    expect: [
      "NON_COMPLIANT",
      "#0 (NotPrincipal) lets in anyone in any AWS account: dynamodb:GetItem on table/Orders; only this account and trusted ones may be let in. Narrow the statement to this account (put-resource-policy)",
    ],
    reasons: ["everyone"],
    commands: [put],
  },
  "whoever has not signed": {
    facts: factsOf([
      allow("*", {
        Condition: { Null: { "aws:userid": "true" }, Bool: { "aws:PrincipalIsAWSService": "false" } },
      }),
    ]),
    expect: [
      "NON_COMPLIANT",
      "#0 lets in anyone, without a signature: dynamodb:GetItem on table/Orders; only this account and trusted ones may be let in. Narrow the statement to this account (delete-resource-policy)",
    ],
    reasons: ["everyone"],
    commands: [remove],
  },
  "all addresses bind nobody": {
    facts: factsOf([allow("*", { Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } } })]),
    expect: [
      "NON_COMPLIANT",
      "#0 lets in anyone in any AWS account: dynamodb:GetItem on table/Orders; only this account and trusted ones may be let in. Narrow the statement to this account (put-resource-policy)",
    ],
  },

  "a foreign account beside the own": {
    facts: factsOf([allow({ AWS: [ownAccount, otherAccount] }, { Sid: "Partner" })]),
    expect: [
      "NON_COMPLIANT",
      "Partner lets in account 999999999999: dynamodb:GetItem on table/Orders; it is not in trustedAccounts. Trust it by the parameter, or remove it (put-resource-policy)",
    ],
    reasons: ["foreignAccount"],
    commands: [put],
  },
  "a foreign role alone": {
    facts: factsOf([allow({ AWS: `arn:aws:iam::${otherAccount}:role/app` })]),
    expect: [
      "NON_COMPLIANT",
      "#0 lets in arn:aws:iam::999999999999:role/app: dynamodb:GetItem on table/Orders; it is not in trustedAccounts. Trust it by the parameter, or remove it (delete-resource-policy)",
    ],
    reasons: ["foreignAccount"],
    commands: [remove],
  },
  "two foreign accounts in one statement, one of them trusted": {
    facts: factsOf([allow({ AWS: [otherAccount, partnerAccount] })]),
    parameters: { trustedAccounts: partnerAccount },
    expect: [
      "NON_COMPLIANT",
      "#0 lets in account 999999999999: dynamodb:GetItem on table/Orders; it is not in trustedAccounts. Trust it by the parameter, or remove it (put-resource-policy)",
    ],
    commands: [put],
  },
  "two foreign accounts by their keys": {
    facts: factsOf([allow("*", stringEquals("aws:PrincipalAccount", [otherAccount, partnerAccount]))]),
    expect: [
      "NON_COMPLIANT",
      "#0 lets in account 999999999999: dynamodb:GetItem on table/Orders; it is not in trustedAccounts. Trust it by the parameter, or remove it (delete-resource-policy)",
    ],
    commands: [remove],
  },
  "a trusted account": {
    facts: factsOf([allow({ AWS: partnerAccount })]),
    parameters: { trustedAccounts: [partnerAccount] },
    expect: ["COMPLIANT", own],
  },
  "a trusted role": {
    facts: factsOf([allow({ AWS: `arn:aws:iam::${otherAccount}:role/app` })]),
    parameters: { trustedPrincipalArns: `arn:aws:iam::${otherAccount}:role/a*` },
    expect: ["COMPLIANT", own],
  },
  "addresses that two statements cover together": {
    facts: factsOf([
      allow({ AWS: otherAccount }, { Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/1" } } }),
      allow({ AWS: otherAccount }, { Condition: { IpAddress: { "aws:SourceIp": "128.0.0.0/1" } } }),
    ]),
    expect: [
      "NON_COMPLIANT",
      "#0 lets in account 999999999999: dynamodb:GetItem on table/Orders; it is not in trustedAccounts. Trust it by the parameter, or remove it (put-resource-policy)",
    ],
    commands: [put],
  },

  "another organization": {
    facts: factsOf([allow("*", { Sid: "Org", ...ofOrg })]),
    expect: [
      "NON_COMPLIANT",
      "Org lets in anyone in organization o-theirs0000: dynamodb:GetItem on table/Orders; it is not in trustedOrgIds. Trust it by the parameter, or narrow the statement (put-resource-policy)",
    ],
    reasons: ["foreignOrganization"],
    commands: [put],
  },
  "a path in another organization": {
    facts: factsOf([
      allow("*", { Condition: { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-theirs0000/*" } } }),
    ]),
    expect: [
      "NON_COMPLIANT",
      "#0 lets in anyone in organization o-theirs0000: dynamodb:GetItem on table/Orders; it is not in trustedOrgIds. Trust it by the parameter, or narrow the statement (put-resource-policy)",
    ],
  },
  "a trusted organization": {
    facts: factsOf([allow("*", ofOrg)]),
    parameters: { trustedOrgIds: "o-theirs0000" },
    expect: ["COMPLIANT", own],
  },
  "an organization with a hole": {
    facts: factsOf([allow("*", { Condition: { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-theirs0000" } } })]),
    parameters: { trustedOrgIds: "o-theirs0000" },
    expect: [
      "NON_COMPLIANT",
      "#0 lets in anyone in any AWS account: dynamodb:GetItem on table/Orders; only this account and trusted ones may be let in. Narrow the statement to this account (put-resource-policy)",
    ],
  },

  "a service for whoever asks it": {
    facts: factsOf([allow(redshift, { Sid: "ZeroEtl" })]),
    expect: [
      "NON_COMPLIANT",
      "ZeroEtl lets in redshift.amazonaws.com for any account: dynamodb:GetItem on table/Orders; the service must say for whom (aws:SourceAccount). Demand aws:SourceAccount, and aws:SourceArn where one resource is meant (put-resource-policy)",
    ],
    reasons: ["confusedDeputy"],
    commands: [put],
  },
  "any service": {
    facts: factsOf([allow("*", { Condition: { Bool: { "aws:PrincipalIsAWSService": "true" } } })]),
    expect: [
      "NON_COMPLIANT",
      "#0 lets in any AWS service for any account: dynamodb:GetItem on table/Orders; the service must say for whom (aws:SourceAccount). Demand aws:SourceAccount, and aws:SourceArn where one resource is meant (put-resource-policy)",
    ],
    reasons: ["confusedDeputy"],
  },
  "a service for the account": {
    facts: factsOf([allow(redshift, stringEquals("aws:SourceAccount", ownAccount))]),
    expect: ["COMPLIANT", own],
  },
  "a service for a resource of the account": {
    facts: factsOf([
      allow(redshift, {
        Condition: { ArnLike: { "aws:SourceArn": `arn:aws:redshift:*:${ownAccount}:integration:*` } },
      }),
    ]),
    expect: ["COMPLIANT", own],
  },

  "a deleted role alone": {
    facts: factsOf([allow({ AWS: dead }, { Sid: "Batch" })]),
    expect: [
      "NON_COMPLIANT",
      `Batch names ${dead}, a deleted principal; nobody can use it. Remove it (delete-resource-policy)`,
    ],
    reasons: ["deletedPrincipal"],
    commands: [remove],
  },
  "a deleted role whom a Deny names or spares": {
    facts: factsOf([
      allow({ AWS: [dead, ownAccount] }, { Effect: "Deny", Sid: "NoBatch" }),
      { ...allow(undefined), Effect: "Deny", Principal: undefined, NotPrincipal: { AWS: dead } },
    ]),
    expect: [
      "NON_COMPLIANT",
      `NoBatch names ${dead}, a deleted principal; nobody can use it (+1 more). Remove it (put-resource-policy)`,
    ],
    commands: [put],
  },
  "the worst first, and of the stream too": {
    facts: factsOf(
      [allow({ AWS: [dead, ownAccount] }), allow(redshift)],
      [allow({ AWS: otherAccount }, { ...read, Sid: "Feed" })],
    ),
    expect: [
      "NON_COMPLIANT",
      "Stream: Feed lets in account 999999999999: dynamodb:GetRecords; it is not in trustedAccounts (+2 more). Trust it by the parameter, or remove it (delete-resource-policy). More in the report",
    ],
    reasons: ["foreignAccount", "confusedDeputy", "deletedPrincipal"],
    commands: [`aws dynamodb delete-resource-policy --resource-arn ${ordersStream} ${region}`, put],
  },
  "without a revision id": {
    facts: {
      ...factsOf(null),
      documents: [
        {
          resourceArn: orders,
          document: {
            value: { policy: JSON.stringify({ Version: "2012-10-17", Statement: allow("*") }), revisionId: null },
          },
        },
      ],
    },
    expect: [
      "NON_COMPLIANT",
      "#0 lets in anyone in any AWS account: dynamodb:GetItem on table/Orders; only this account and trusted ones may be let in. Narrow the statement to this account (put-resource-policy)",
    ],
    commands: [put.replace(" --expected-revision-id 17", "")],
  },

  "a table that is being deleted": {
    facts: { ...factsOf(null), tableStatus: "DELETING", documents: [] },
    expect: ["NOT_APPLICABLE", "The table is DELETING: it is judged when it is ACTIVE"],
  },
  "a policy that could not be read": {
    facts: { ...factsOf(null), documents: [unreadPolicy("on table Orders was denied. Allow it to role/scan", true)] },
    expect: ["unread", "dynamodb:GetResourcePolicy on table Orders was denied. Allow it to role/scan", true],
  },
  "a lasting failure is told before a passing one": {
    facts: {
      ...factsOf(null),
      documents: [
        unreadPolicy("on table Orders was throttled past the retries", false),
        unreadPolicy("on the stream of table Orders was denied", true, ordersStream),
      ],
    },
    expect: ["unread", "dynamodb:GetResourcePolicy on the stream of table Orders was denied", true],
  },
  "a violation beside what could not be read": {
    facts: {
      ...factsOf(null),
      documents: [
        ...factsOf([allow({ AWS: dead })]).documents,
        unreadPolicy("on the stream of table Orders was denied", true, ordersStream),
      ],
    },
    expect: [
      "NON_COMPLIANT",
      `#0 names ${dead}, a deleted principal; nobody can use it. Remove it (delete-resource-policy)`,
    ],
  },
  "a text that is no policy": {
    facts: withText("garbage{"),
    expect: [
      "unread",
      "dynamodb:GetResourcePolicy on table Orders answered with a policy that is malformed: document is no JSON: it has something else than a value",
      true,
    ],
  },
  "a statement without an Effect": {
    facts: withText(JSON.stringify({ Version: "2012-10-17", Statement: [{ Principal: "*", Action: "*" }] })),
    expect: [
      "unread",
      "dynamodb:GetResourcePolicy on table Orders answered with a policy that is malformed: Statement[0] has no Effect; use Allow or Deny",
      true,
    ],
  },
  "a principal of no known form": {
    facts: factsOf([allow({ AWS: `arn:aws:iam::${otherAccount}:group/admins` })]),
    expect: [
      "unread",
      "dynamodb:GetResourcePolicy on table Orders answered with a policy that could not be decided: it names a principal of no known form",
      true,
    ],
  },
  "a number where an account is meant": {
    facts: factsOf([allow("*", { Condition: { NumericEquals: { "aws:PrincipalAccount": ownAccount } } })]),
    expect: [
      "unread",
      "dynamodb:GetResourcePolicy on table Orders answered with a policy that could not be decided: the search met its budget, or what AWS leaves undocumented",
      true,
    ],
  },
});

describe("the mend of a resource-based policy", () => {
  const statementsAfter = (statements: readonly Written[], raw: object = {}): unknown => {
    const parameters = parseParameters(resourcePolicy.parameters, raw, "parameters");
    const mend = resourcePolicy.mend(factsOf(statements), parameters);
    const [step] = mend.steps;
    if ("after" in mend && step !== undefined && "file" in step) {
      expect(JSON.parse(step.content)).toEqual(JSON.parse(textIn(mend.after) ?? ""));
    }
    return step !== undefined && "file" in step ? JSON.parse(step.content).Statement : null;
  };
  const narrowed = (more: Written): Written => allow("*", more);

  it("keeps what is the account's own and takes the foreign away", () => {
    expect(statementsAfter([allow({ AWS: [ownAccount, otherAccount], Service: "redshift.amazonaws.com" })])).toEqual([
      allow({ AWS: ownAccount }),
      allow(redshift, stringEquals("aws:SourceAccount", ownAccount)),
    ]);
    expect(statementsAfter([allow("*", stringEquals("aws:PrincipalAccount", [ownAccount, otherAccount]))])).toEqual([
      narrowed(stringEquals("aws:PrincipalAccount", ownAccount)),
    ]);
  });

  it("keeps those who are trusted, each by the key that tells them", () => {
    const role = `arn:aws:iam::${otherAccount}:role/app`;
    const trust = { trustedAccounts: partnerAccount, trustedOrgIds: "o-a1b2c3d4e5", trustedPrincipalArns: role };
    const byOrg = stringEquals("aws:PrincipalOrgID", "o-a1b2c3d4e5");
    const byArn = { Condition: { ArnLike: { "aws:PrincipalArn": role } } };
    expect(statementsAfter([allow("*", { Sid: "Open" })], trust)).toEqual([
      narrowed(stringEquals("aws:PrincipalAccount", [ownAccount, partnerAccount])),
      narrowed(byOrg),
      narrowed(byArn),
    ]);
    expect(statementsAfter([allow({ AWS: otherAccount })], trust)).toEqual([
      allow({ AWS: otherAccount }, byOrg),
      allow({ AWS: otherAccount }, byArn),
    ]);
    expect(statementsAfter([allow(redshift)], trust)).toEqual([
      allow(redshift, stringEquals("aws:SourceAccount", [ownAccount, partnerAccount])),
      allow(redshift, stringEquals("aws:SourceOrgID", "o-a1b2c3d4e5")),
    ]);
    const anyApp = { Condition: { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${otherAccount}:role/*` } } };
    expect(statementsAfter([allow({ AWS: otherAccount }, anyApp)], { trustedPrincipalArns: role })).toEqual([
      allow({ AWS: otherAccount }, { Condition: { ...anyApp.Condition, ArnEquals: { "aws:PrincipalArn": role } } }),
    ]);
  });

  it("asks a person whether an account, or an organization, is meant", () => {
    const choiceOf = (statement: Written): unknown => {
      const mend = resourcePolicy.mend(factsOf([statement]), parseParameters(resourcePolicy.parameters, {}, ""));
      return "choice" in mend ? mend.choice : null;
    };
    expect(choiceOf(allow({ AWS: otherAccount }))).toBe(
      "Whether 999999999999 may be let in: then name it in trustedAccounts instead.",
    );
    expect(choiceOf(allow({ AWS: `arn:aws:iam::${otherAccount}:role/app` }))).toBe(
      "Whether arn:aws:iam::999999999999:role/app may be let in: then name it in trustedPrincipalArns, or the account in trustedAccounts, instead.",
    );
    expect(choiceOf(allow("*", ofOrg))).toBe(
      "Whether organization o-theirs0000 may be let in: then name it in trustedOrgIds instead.",
    );
    expect(choiceOf(allow("*"))).toBeNull();
    expect(choiceOf(allow({ AWS: [otherAccount, `arn:aws:iam::${ownAccount}:group/admins`] }))).toContain(
      "By hand: what is left of the policy could not be decided.",
    );
  });

  it("of a policy that would be longer than DynamoDB takes is left to people", () => {
    const many = Array.from({ length: 85 }, (_, index) =>
      allow(redshift, { Sid: `S${index}`, Resource: `${orders}/index/by-number-${index}`, Action: "dynamodb:Query" }),
    );
    const mend = resourcePolicy.mend(factsOf(many), parseParameters(resourcePolicy.parameters, {}, ""));
    const [step, ...others] = mend.steps;
    expect([step, others]).toEqual([
      { words: "By hand: the narrower policy would be longer than the 20 KB that DynamoDB takes." },
      [],
    ]);
  });

  it("shows who calls, and by which statement, as any simulator can be asked", () => {
    const statements = [allow({ AWS: ownAccount }), allow({ AWS: otherAccount }, { Sid: "Same" })];
    const verdict = resourcePolicy.evaluate(factsOf(statements), parseParameters(resourcePolicy.parameters, {}, ""));
    expect(verdict).toMatchObject({
      witness: {
        principal: "arn:aws:iam::999999999999:role/any-role",
        action: "dynamodb:GetItem",
        resource: orders,
        context: {},
        allowedBy: ["Same"],
      },
    });
  });
});

describe("whom to trust", () => {
  const faultsOf = (raw: object): readonly string[] => {
    try {
      parseParameters(resourcePolicy.parameters, raw, "ruleParameters");
      return [];
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      return error.faults;
    }
  };

  it("is named by ids and ARNs, or refused", () => {
    expect(
      faultsOf({
        trustedAccounts: ["1234"],
        trustedOrgIds: ["ou-ab12-cd34"],
        trustedPrincipalArns: [
          "*",
          `arn:aws:iam::*:role/app`,
          `arn:aws:iam::${otherAccount}:root`,
          `arn:aws:sts::${otherAccount}:assumed-role/app/one`,
        ],
      }),
    ).toEqual([
      "ruleParameters.trustedAccounts is `1234` (it is no account id); use account ids of twelve digits",
      "ruleParameters.trustedOrgIds is `ou-ab12-cd34` (it is no id of an organization); use ids of organizations, as in `o-a1b2c3d4e5`",
      ...["*", "arn:aws:iam::*:role/app", `arn:aws:iam::${otherAccount}:root`].map(
        (given) =>
          `ruleParameters.trustedPrincipalArns is \`${given}\` (it is no ARN of a principal in an account); use ARNs of IAM roles and users and of federated users in an account, with the wildcards * and ? after it`,
      ),
      `ruleParameters.trustedPrincipalArns is \`arn:aws:sts::${otherAccount}:assumed-role/app/one\` (it is a session's; name the role); use ARNs of IAM roles and users and of federated users in an account, with the wildcards * and ? after it`,
    ]);
  });
});
