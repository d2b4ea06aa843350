import { CreatePolicyVersionCommand, IAMClient, ListPolicyVersionsCommand } from "@aws-sdk/client-iam";
import { describe, expect, it } from "vitest";
import { leastPrivilege } from "../../lib/rules/dynamodb-least-privilege.ts";
import { clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { documentOf, iamOf, seedIam } from "../../scripts/emulator/sample-iam.ts";
import { sessionOf } from "../fakes/account.ts";
import { outcomesOf } from "../outcomes.ts";
import { changed, expectMended, labelsOf, refuse, saidOf } from "./iam-account.ts";
import { wire } from "./wire.ts";

const endpoint = "vpce-0123456789abcdef0";
const orders = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
const aws = "arn:aws:iam::aws:policy";
const read = { Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: orders };
const clean = {
  Sid: "Clean",
  Action: ["dynamodb:DeleteTable", "dynamodb:DeleteBackup"],
  Resource: [orders, `${orders}/*`],
};
const anyTable = {
  Sid: "ReadAll",
  Action: "dynamodb:Get*",
  Resource: "arn:aws:dynamodb:us-east-1:123456789012:table/*",
};

async function scan(raw: object = {}) {
  return saidOf(await outcomesOf(leastPrivilege, sessionOf(), raw));
}

wire("dynamodb-least-privilege against the emulator", ({ url }) => {
  const iam = iamOf(new IAMClient(clientConfiguration(url)));

  it("judges the sample account's policies and principals: every verdict and every reason, none unread", async () => {
    await seedIam(url, endpoint);
    const said = await scan();
    expect(labelsOf(said)).toEqual({
      COMPLIANT: [
        "group developers",
        "policy columns",
        "policy endpoint-if-exists",
        "policy orders-read",
        "policy org-only",
        "policy tenant-items",
        "policy tenant-items-scan",
        "role catalog-feed",
        "role checkout",
        "role fulfilment",
        "role invoicing",
        "role storefront",
        "role storefront-search",
        "role support",
        "user dana",
        "user report-batch",
      ],
      NOT_APPLICABLE: [
        "policy support-boundary",
        "role AWSServiceRoleForDynamoDBReplication",
        "role thumbnails",
        "user mailer",
      ],
      "NON_COMPLIANT allActionsOnAnyTable": ["role administrator", "user old-admin"],
      "NON_COMPLIANT allActions": ["policy break-glass", "role incident"],
      "NON_COMPLIANT anyTable": ["group analysts", "policy data-science", "user ana"],
      "NON_COMPLIANT administration": ["policy deploy-tables", "user ci-deploy"],
      "NON_COMPLIANT unattached": ["policy legacy-export"],
    });
    const codes = Object.keys(leastPrivilege.reasons).map((code) => `NON_COMPLIANT ${code}`);
    expect(Object.keys(labelsOf(said))).toEqual(expect.arrayContaining(codes));
  });

  it("leaves out who is exempt, who may administer, and what is judged elsewhere", async () => {
    await seedIam(url, endpoint);
    const all = await scan();
    const iamArn = "arn:aws:iam::123456789012:";
    expect(changed(all, await scan({ exemptPrincipals: `${iamArn}role/admin*` }))).toEqual({
      "role administrator": "NOT_APPLICABLE",
    });
    const allowAdministration = `${iamArn}user/ci-deploy,${iamArn}policy/deploy-*`;
    expect(changed(all, await scan({ allowAdministration }))).toEqual({
      "policy deploy-tables": "COMPLIANT",
      "user ci-deploy": "COMPLIANT",
    });
    expect(labelsOf(changed(all, await scan({ reportAt: "source" })))).toEqual({
      NOT_APPLICABLE: ["group analysts", "role incident", "user ana", "user ci-deploy"],
    });
  });

  describe("after its mend", () => {
    /** Makes a violation; by which commands it is mended. */
    const faults: Record<string, { make: () => Promise<unknown>; label: string; commands: string[] }> = {
      "a policy on any table": {
        make: async () => {
          await iam.createPolicy("data-science", [anyTable]);
          await iam.createRole("notebook", null, { attached: ["data-science"] });
        },
        label: "policy data-science",
        commands: ["create-policy-version"],
      },
      "a policy that is attached to nobody": {
        make: () => iam.createPolicy("data-science", [anyTable]),
        label: "policy data-science",
        commands: ["create-policy-version"],
      },
      "all actions on one table": {
        make: () => iam.createRole("owner", null, { inline: { all: [{ Action: "dynamodb:*", Resource: orders }] } }),
        label: "role owner",
        commands: ["put-role-policy"],
      },
      "all actions, of which a Deny leaves those on one table": {
        make: () =>
          iam.createRole("owner", null, {
            inline: {
              all: [
                { Action: "*", Resource: "*" },
                { Effect: "Deny", Action: "*", NotResource: [orders, `${orders}/*`] },
              ],
            },
          }),
        label: "role owner",
        commands: ["put-role-policy"],
      },
      "all actions of two services, but for what a Deny takes": {
        make: () =>
          iam.createUserWithKey("app", {
            inline: {
              all: [
                { Sid: "All", Action: ["s3:*", "dynamodb:*"], Resource: "*" },
                { Effect: "Deny", Action: "dynamodb:Delete*", Resource: "*" },
              ],
            },
          }),
        label: "user app",
        commands: ["put-user-policy"],
      },
      "all but some actions": {
        make: () => iam.createRole("power", null, { inline: { power: [{ NotAction: "iam:*", Resource: "*" }] } }),
        label: "role power",
        commands: ["put-role-policy"],
      },
      "administration beside data": {
        make: () => iam.createRole("app", null, { inline: { rw: [{ Sid: "Read", ...read }, clean] } }),
        label: "role app",
        commands: ["put-role-policy"],
      },
      "administration that a user has by a group": {
        make: () => iam.createGroup("developers", ["dana"], { inline: { rw: [read, clean] } }),
        label: "user dana",
        commands: ["put-group-policy"],
      },
      "administration by a policy of its own": {
        make: async () => {
          await iam.createPolicy("orders-read", [read]);
          await iam.createPolicy("orders-clean", [clean]);
          await iam.createRole("app", null, { attached: ["orders-read", "orders-clean"] });
        },
        label: "role app",
        commands: ["detach-role-policy"],
      },
      "administration by an inline policy of its own": {
        make: () => iam.createUserWithKey("app", { inline: { read: [read], clean: [clean] } }),
        label: "user app",
        commands: ["delete-user-policy"],
      },
      "AWS's own policy of DynamoDB": {
        make: () => iam.createRole("app", null, { attached: [`${aws}/AmazonDynamoDBFullAccess`] }),
        label: "role app",
        commands: ["create-policy", "attach-role-policy", "detach-role-policy"],
      },
      "AWS's own policy for administrators, that a group has": {
        make: () => iam.createGroup("administrators", ["old-admin"], { attached: [`${aws}/AdministratorAccess`] }),
        label: "user old-admin",
        commands: ["create-policy", "attach-group-policy", "detach-group-policy"],
      },
      "several faults in several policies": {
        make: async () => {
          await iam.createPolicy("data-science", [anyTable, { Action: "dynamodb:Scan", Resource: "*" }]);
          await iam.createRole("mixed", null, {
            attached: ["data-science"],
            inline: { all: [{ Action: "dynamodb:*", Resource: orders }], more: [clean] },
          });
        },
        label: "role mixed",
        commands: ["put-role-policy", "delete-role-policy", "create-policy-version"],
      },
    };

    it.each(Object.entries(faults))(
      "%s complies, and is as the mend promised",
      async (_name, { make, label, commands }) => {
        await make();
        expect(await expectMended(url, leastPrivilege, label)).toEqual(commands.map((one) => `aws iam ${one}`));
      },
    );

    it("a policy of five versions complies, for which the oldest one has given way", async () => {
      await iam.createPolicy("data-science", [anyTable]);
      const PolicyArn = "arn:aws:iam::123456789012:policy/data-science";
      for (let more = 0; more < 4; more++) {
        const PolicyDocument = documentOf([anyTable]);
        await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: more === 2 }));
      }
      expect(await expectMended(url, leastPrivilege, "policy data-science")).toEqual([
        "aws iam delete-policy-version",
        "aws iam create-policy-version",
      ]);
      const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
      expect(
        Versions?.map(({ VersionId, IsDefaultVersion }) => `${VersionId}${IsDefaultVersion ? " in force" : ""}`).sort(),
      ).toEqual(["v2", "v3", "v4", "v5", "v6 in force"]);
    });
  });

  it("makes the calls that its permissions declare, and no others", async () => {
    await iam.createRole("bounded", null, { boundary: `${aws}/PowerUserAccess` });
    const opened = sessionOf();
    await outcomesOf(leastPrivilege, opened);
    expect([...opened.calls.keys()].sort()).toEqual(leastPrivilege.permissions.map(({ action }) => action).sort());
  });

  describe("takes nothing for compliant that it may not read:", () => {
    const denied = (call: string, on: string): string =>
      `iam:${call} ${on} was denied. Allow it to role/dynamodb-scanner`;

    it("the listing", async () => {
      await seedIam(url, endpoint);
      await refuse(url, () => true);
      const call = "GetAccountAuthorizationDetails";
      expect(await scan()).toEqual({ "the listing": denied(call, "on account 123456789012") });
    });

    it("the listing's later pages, on which the policies are that the first ones name", async () => {
      await iam.createPolicy("orders-read", [read]);
      await iam.createRole("app", null, { attached: ["orders-read"] });
      await iam.createRole("own", null, { inline: { read: [read] } });
      await refuse(url, (parameters) => {
        parameters.set("MaxItems", "2");
        return parameters.has("Marker");
      });
      const call = "GetAccountAuthorizationDetails";
      expect(await scan()).toEqual({
        "role app": denied(call, "role/app: on account 123456789012"),
        "role own": "COMPLIANT",
        "the listing": denied(call, "on account 123456789012"),
      });
    });

    it.each(["GetPolicy", "GetPolicyVersion"])("a boundary, with %s", async (call) => {
      await iam.createRole("app", null, { inline: { read: [read] } });
      await iam.createRole("bounded", null, { inline: { read: [read] }, boundary: `${aws}/PowerUserAccess` });
      await refuse(url, (parameters) => parameters.get("Action") === call);
      expect(await scan()).toEqual({
        "role app": "COMPLIANT",
        "role bounded": denied(call, "role/bounded: on policy PowerUserAccess"),
      });
    });
  });
});
