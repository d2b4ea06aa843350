import { CreatePolicyVersionCommand, IAMClient, ListPolicyVersionsCommand } from "@aws-sdk/client-iam";
import { describe, expect, it } from "vitest";
import type { IamFacts } from "../../lib/account/iam-facts.ts";
import { isEvaluation } from "../../lib/judge.ts";
import { groupViolations } from "../../lib/report/group.ts";
import type { Report } from "../../lib/report/report.ts";
import type { Evaluation, Rule, RuleMetadata } from "../../lib/rule.ts";
import { leastPrivilege } from "../../lib/rules/dynamodb-least-privilege.ts";
import { policyConditions } from "../../lib/rules/dynamodb-policy-conditions.ts";
import { clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { documentOf, iamOf, type Statement, seedIam } from "../../scripts/emulator/sample-iam.ts";
import { sessionOf } from "../fakes/account.ts";
import { outcomesOf } from "../outcomes.ts";
import { applyMend, changed, expectMended, labelsOf, refuse, saidOf, violationsOf } from "./iam-account.ts";
import { wire } from "./wire.ts";

const endpoint = "vpce-0123456789abcdef0";
const orders = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
const aws = "arn:aws:iam::aws:policy";
const read = { Sid: "Read", Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: orders };
const ownItems = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${aws:PrincipalTag/tenant}"] } };
const dev = { StringEquals: { "aws:ResourceTag/stage": "dev" } };
const tagging = { Action: ["dynamodb:TagResource", "dynamodb:ListTagsOfResource"], Resource: orders };

async function scan(raw: object = {}) {
  return saidOf(await outcomesOf(policyConditions, sessionOf(), raw));
}

wire("dynamodb-policy-conditions against the emulator", ({ url }) => {
  const iam = iamOf(new IAMClient(clientConfiguration(url)));

  it("judges the sample account's policies and principals: every verdict and every default reason, none unread", async () => {
    await seedIam(url, endpoint);
    const said = await scan();
    expect(labelsOf(said)).toEqual({
      COMPLIANT: ["policy tenant-items", "role checkout", "role storefront"],
      NOT_APPLICABLE: [
        "policy support-boundary",
        "role AWSServiceRoleForDynamoDBReplication",
        "role thumbnails",
        "user mailer",
      ],
      "NON_COMPLIANT conditionRestrainsNothing": [
        "policy columns",
        "policy endpoint-if-exists",
        "policy org-only",
        "policy tenant-items-scan",
        "role catalog-feed",
        "role fulfilment",
        "role invoicing",
        "role storefront-search",
      ],
      "NON_COMPLIANT tagsItself": ["group developers", "user dana"],
      "NON_COMPLIANT noCondition": [
        "group analysts",
        "policy break-glass",
        "policy data-science",
        "policy deploy-tables",
        "policy orders-read",
        "role administrator",
        "role incident",
        "role support",
        "user ana",
        "user ci-deploy",
        "user old-admin",
        "user report-batch",
      ],
      "NON_COMPLIANT unattached": ["policy legacy-export"],
    });
  });

  it("demands the keys that it is told to, and leaves out who is exempt and what carries no condition", async () => {
    await seedIam(url, endpoint);
    const all = await scan();
    const required = changed(all, await scan({ requiredConditionKeys: "aws:SourceVpce" }));
    expect(labelsOf(required)).toEqual({
      "NON_COMPLIANT otherKey": ["group developers", "policy tenant-items", "role storefront", "user dana"],
    });
    expect(changed(all, await scan({ exemptPrincipals: "arn:aws:iam::123456789012:policy/org-only" }))).toEqual({
      "policy org-only": "NOT_APPLICABLE",
    });
    expect(labelsOf(changed(all, await scan({ judge: "conditioned" })))["NOT_APPLICABLE"]).toContain(
      "user report-batch",
    );
  });

  describe("after its mend", () => {
    const inRole =
      (...statements: object[]) =>
      () =>
        iam.createRole("app", null, { inline: { items: statements as Statement[] } });
    const put = { label: "role app", commands: ["put-role-policy"] };

    /** Makes a violation; by which commands it is mended. */
    const faults: Record<string, { make: () => Promise<unknown>; label: string; raw?: object; commands: string[] }> = {
      "a policy without a condition, that a user has": {
        make: async () => {
          await iam.createPolicy("orders-read", [read]);
          await iam.createUserWithKey("report-batch", { attached: ["orders-read"] });
        },
        label: "user report-batch",
        commands: ["create-policy-version"],
      },
      "a policy that is attached to nobody": {
        make: () => iam.createPolicy("orders-read", [read]),
        label: "policy orders-read",
        commands: ["create-policy-version"],
      },
      "a Scan without a leading key": {
        ...put,
        make: inRole({ ...read, Action: [...read.Action, "dynamodb:Scan"], Condition: ownItems }),
      },
      "any of several leading keys": {
        ...put,
        make: inRole({
          ...read,
          Action: "dynamodb:BatchGetItem",
          Condition: { "ForAnyValue:StringEquals": { "dynamodb:LeadingKeys": "${aws:PrincipalTag/tenant}" } },
        }),
      },
      "an endpoint if there is one": {
        ...put,
        make: inRole({ ...read, Condition: { StringEqualsIfExists: { "aws:SourceVpce": endpoint } } }),
      },
      "columns without a demand on Select": {
        ...put,
        make: inRole({
          ...read,
          Condition: { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "total"] } },
        }),
      },
      "an organization that everybody is of": {
        ...put,
        make: inRole({ ...read, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } }),
      },
      "items beside settings and another service": {
        ...put,
        make: inRole({ Action: ["dynamodb:*", "s3:*"], Resource: "*" }, { NotAction: "iam:*", Resource: orders }),
      },
      "a tag that whoever is in the group may set": {
        make: () =>
          iam.createGroup("developers", ["dana"], { inline: { dev: [{ ...read, Condition: dev }, tagging] } }),
        label: "user dana",
        commands: ["put-group-policy"],
      },
      "a tag that another policy lets set": {
        make: async () => {
          await iam.createPolicy("label", [{ Action: "dynamodb:TagResource", Resource: "*" }]);
          await iam.createRole("app", null, { attached: ["label"], inline: { dev: [{ ...read, Condition: dev }] } });
        },
        label: "role app",
        commands: ["detach-role-policy"],
      },
      "another key than the one required": {
        ...put,
        make: inRole({ ...read, Condition: ownItems }),
        raw: { requiredConditionKeys: "aws:PrincipalTag/team,aws:SourceVpce" },
      },
      "a boundary whose condition another of its statements undoes": {
        make: async () => {
          await iam.createPolicy("limits", [
            { Action: "dynamodb:*", Resource: "*", Condition: { StringEquals: { "aws:SourceVpce": endpoint } } },
            { NotAction: "iam:*", Resource: "*" },
          ]);
          await iam.createRole("support", null, { inline: { tickets: [read] }, boundary: "limits" });
        },
        label: "role support",
        commands: ["put-role-policy"],
      },
      "AWS's own policies, that a role has": {
        make: () =>
          iam.createRole("app", null, {
            attached: [`${aws}/AmazonDynamoDBReadOnlyAccess`, `${aws}/AmazonDynamoDBFullAccess`],
          }),
        label: "role app",
        commands: Array.from({ length: 2 }, () => ["create-policy", "attach-role-policy", "detach-role-policy"]).flat(),
      },
    };

    it.each(Object.entries(faults))(
      "%s complies, and is as the mend promised",
      async (_name, { make, label, raw, commands }) => {
        await make();
        expect(await expectMended(url, policyConditions, label, raw)).toEqual(commands.map((one) => `aws iam ${one}`));
      },
    );

    it("a policy of five versions complies, for which the oldest one has given way", async () => {
      await iam.createPolicy("orders-read", [read]);
      const PolicyArn = "arn:aws:iam::123456789012:policy/orders-read";
      for (let more = 0; more < 4; more++) {
        await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: documentOf([read]) }));
      }
      expect(await expectMended(url, policyConditions, "policy orders-read")).toEqual([
        "aws iam delete-policy-version",
        "aws iam create-policy-version",
      ]);
      const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
      // The first one is the one in force.
      expect(Versions?.map(({ VersionId }) => VersionId).sort()).toEqual(["v1", "v3", "v4", "v5", "v6"]);
    });
  });

  it("leaves nothing to mend in the sample account once each rule's report was followed, block by block", async () => {
    await seedIam(url, endpoint);
    const judged = async (rule: Rule<IamFacts, unknown>): Promise<Report> => {
      const outcomes = await outcomesOf(rule, sessionOf());
      expect(outcomes.filter((outcome) => !isEvaluation(outcome))).toEqual([]);
      return reportOf(rule, violationsOf(outcomes));
    };
    const rules = [leastPrivilege, policyConditions] as readonly Rule<IamFacts, unknown>[];
    for (const rule of rules) {
      for (const { evaluations } of groupViolations(await judged(rule))) {
        // As a block shows them: what is the same for several is there once.
        const all = evaluations.flatMap(({ mend }) => mend?.steps ?? []);
        await applyMend(url, [...new Map(all.map((step) => [JSON.stringify(step), step])).values()]);
      }
    }
    for (const rule of rules) expect(groupViolations(await judged(rule))).toEqual([]);
  }, 120_000);

  it("makes the calls that its permissions declare, and no others", async () => {
    await iam.createRole("bounded", null, { boundary: `${aws}/PowerUserAccess` });
    const opened = sessionOf();
    await outcomesOf(policyConditions, opened);
    expect([...opened.calls.keys()].sort()).toEqual(policyConditions.permissions.map(({ action }) => action).sort());
  });

  it("takes nothing for compliant that it may not read: the listing, or a boundary", async () => {
    const bound = { ...read, Condition: { StringEquals: { "aws:SourceVpce": endpoint } } };
    await iam.createRole("app", null, { inline: { items: [bound] } });
    await iam.createRole("bounded", null, { inline: { items: [bound] }, boundary: `${aws}/PowerUserAccess` });
    const denied = "was denied. Allow it to role/dynamodb-scanner";
    await refuse(url, (parameters) => parameters.get("Action") === "GetPolicyVersion");
    expect(await scan()).toEqual({
      "role app": "COMPLIANT",
      "role bounded": `iam:GetPolicyVersion role/bounded: on policy PowerUserAccess ${denied}`,
    });
    await refuse(url, () => true);
    expect(await scan()).toEqual({
      "the listing": `iam:GetAccountAuthorizationDetails on account 123456789012 ${denied}`,
    });
  });
});

function reportOf({ name: rule, practice }: RuleMetadata, evaluations: readonly Evaluation[]): Report {
  const { accountId, region, now: evaluatedAt } = sessionOf();
  const rules = [{ rule, practice, parameters: {}, evaluations, leftOut: [], notRead: [] }];
  const run = { evaluatedAt, isRecorded: false, calls: 0, seconds: 0 } as const;
  return { toolVersion: "", accountId, region, rules, comparison: null, exemptions: null, minSeverity: null, ...run };
}
