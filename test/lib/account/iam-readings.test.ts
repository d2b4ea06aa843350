import {
  GetAccountAuthorizationDetailsCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PrincipalFacts } from "../../../lib/account/iam-facts.ts";
import type { Scope } from "../../../lib/rule.ts";
import { accountId, awsError } from "../../fakes/account.ts";
import {
  attached,
  awsPolicyArn,
  documentOf,
  encoded,
  group,
  inline,
  page,
  policy,
  policyArn,
  readingsOf,
  role,
  user,
} from "../../fakes/iam-answers.ts";
import { wholeAccount } from "../../outcomes.ts";

const mock = () => mockClient(IAMClient);
let iam: ReturnType<typeof mock>;
beforeEach(() => {
  iam = mock();
  iam
    .on(GetPolicyCommand)
    .callsFake(({ PolicyArn }) => ({ Policy: { PolicyId: `of ${PolicyArn}`, DefaultVersionId: "v1" } }));
  iam
    .on(GetPolicyVersionCommand)
    .callsFake(({ PolicyArn }) => ({ PolicyVersion: { Document: encoded(`asked for ${PolicyArn}`) } }));
});
afterEach(() => iam.restore());

const readOnly = awsPolicyArn("ReadOnlyAccess");
const powerUser = awsPolicyArn("PowerUserAccess");
function tells(...pages: Parameters<typeof page>[0][]): void {
  const listing = iam.on(GetAccountAuthorizationDetailsCommand);
  for (const [at, lists] of pages.entries())
    listing.resolvesOnce(
      page({ ...lists, ...(at < pages.length - 1 ? { IsTruncated: true, Marker: `${at + 2}` } : {}) }),
    );
}

async function principalNamed(name: string): Promise<PrincipalFacts> {
  const { readings } = await readingsOf();
  const reading = readings.find(({ resource }) => resource.name === name);
  if (reading === undefined || !("facts" in reading) || reading.facts.kind !== "principal")
    throw new Error(`no principal ${name} in ${JSON.stringify(readings)}`);
  return reading.facts;
}

/** How often each policy was asked for on its own. */
function askedFor(): Record<string, number> {
  const arns = iam.commandCalls(GetPolicyCommand).map(({ args }) => args[0].input.PolicyArn ?? "");
  return Object.fromEntries([...Map.groupBy(arns, (arn) => arn)].map(([arn, all]) => [arn, all.length]));
}

describe("the policies, roles, users and groups of an account", () => {
  it("each get a reading, with who was asked and when; AWS's own policies get none", async () => {
    tells(
      { UserDetailList: [user("ann")], GroupDetailList: [group("team")] },
      {
        RoleDetailList: [role("app")],
        Policies: [policy("Orders"), policy("ReadOnlyAccess", { Arn: readOnly })],
      },
    );
    const { readings } = await readingsOf();
    expect(readings.map(({ resource }) => resource)).toEqual([
      { type: "AWS::IAM::Policy", id: "ANPAOrders", name: "Orders", arn: policyArn("Orders") },
      { type: "AWS::IAM::Role", id: "AROAapp", name: "app", arn: `arn:aws:iam::${accountId}:role/app` },
      { type: "AWS::IAM::User", id: "AIDAann", name: "ann", arn: `arn:aws:iam::${accountId}:user/ann` },
      { type: "AWS::IAM::Group", id: "AGPAteam", name: "team", arn: `arn:aws:iam::${accountId}:group/team` },
    ]);
    const asked = { accountId, now: Date.parse("2026-01-01T00:00:00.000Z") };
    expect(readings).toMatchObject([
      { facts: { ...asked, kind: "policy", policy: { document: { value: documentOf("Orders") } } } },
      { facts: { ...asked, kind: "principal", type: "AWS::IAM::Role" } },
      { facts: { ...asked, kind: "principal", type: "AWS::IAM::User" } },
      { facts: { ...asked, kind: "principal", type: "AWS::IAM::Group" } },
    ]);
  });

  it("come in the order in which they were last judged, whatever they are", async () => {
    tells({
      UserDetailList: [user("ann")],
      GroupDetailList: [group("team")],
      RoleDetailList: [role("app"), role("new")],
      Policies: [policy("Orders")],
    });
    const times: Record<string, number> = { AIDAann: 1, ANPAOrders: 4, AGPAteam: 2, AROAapp: 3 };
    const scope: Scope = {
      kind: "account",
      lastJudged: ({ type, id }) => (type.startsWith("AWS::IAM::") && times[id]) || 0,
    };
    const { readings } = await readingsOf(scope);
    expect(readings.map(({ resource }) => resource.name)).toEqual(["new", "ann", "team", "app", "Orders"]);
  });

  it("are unread one by one where something is missing of them", async () => {
    tells({ RoleDetailList: [role("app", { Arn: undefined }), role("job")] });
    expect((await readingsOf(wholeAccount, ["*"])).readings).toMatchObject([
      { resource: { id: "AROAapp", arn: null }, unread: { message: "on role app answered without its Arn" } },
      { resource: { id: "AROAjob" }, exempt: "* (exemptPrincipals)" },
    ]);
  });

  it("are not all of them where one has no id: said at the end, after all others", async () => {
    tells({ RoleDetailList: [role("app", { RoleId: undefined }), role("job")] });
    const { readings, brokenOff } = await readingsOf();
    expect(readings).toMatchObject([{ resource: { name: "job" }, facts: { policies: [] } }]);
    expect(brokenOff).toMatchObject({ message: "on role app answered without its id", lasting: true });
  });
});

describe("the policies of a principal", () => {
  const summary = ({ policies }: PrincipalFacts) =>
    policies.map(({ name, kept, group: by, document }) => [
      name,
      kept.in,
      by?.name ?? null,
      "value" in document && document.value === documentOf(name),
    ]);

  it("are a user's own, then those of each group, inline before attached", async () => {
    tells(
      {
        UserDetailList: [
          user("ann", {
            UserPolicyList: inline("Notes"),
            AttachedManagedPolicies: attached(policyArn("Orders")),
            GroupList: ["team", "all"],
          }),
        ],
        GroupDetailList: [
          group("all", { AttachedManagedPolicies: attached(policyArn("Orders")) }),
          group("team", {
            GroupPolicyList: inline("Board"),
            AttachedManagedPolicies: attached(readOnly, policyArn("Carts")),
          }),
        ],
      },
      { Policies: [policy("Orders"), policy("Carts"), policy("ReadOnlyAccess", { Arn: readOnly })] },
    );
    const ann = await principalNamed("ann");
    expect(summary(ann)).toEqual([
      ["Notes", "principal", null, true],
      ["Orders", "account", null, true],
      ["Board", "principal", "team", true],
      ["ReadOnlyAccess", "aws", "team", true],
      ["Carts", "account", "team", true],
      ["Orders", "account", "all", true],
    ]);
    expect(ann.policies[2]?.group).toEqual({
      name: "team",
      arn: `arn:aws:iam::${accountId}:group/team`,
      id: "AGPAteam",
    });
    expect([ann.incomplete, ann.boundary]).toEqual([null, null]);
    expect(askedFor()).toEqual({});
  });

  it("are bounded by a policy, which is read also where it is listed nowhere", async () => {
    const bounded = (PermissionsBoundaryArn: string) => ({
      PermissionsBoundary: { PermissionsBoundaryType: "PermissionsBoundaryPolicy" as const, PermissionsBoundaryArn },
    });
    tells({
      RoleDetailList: [role("app", bounded(policyArn("Edge"))), role("job", bounded(powerUser))],
      UserDetailList: [user("ann", bounded(powerUser))],
      Policies: [policy("Edge")],
    });
    expect((await readingsOf()).readings).toMatchObject([
      { resource: { name: "Edge" } },
      { facts: { boundary: { name: "Edge", document: { value: documentOf("Edge") } } } },
      { facts: { boundary: { name: "PowerUserAccess", document: { value: documentOf(`asked for ${powerUser}`) } } } },
      { facts: { boundary: { name: "PowerUserAccess", kept: { in: "aws", arn: powerUser } } } },
    ]);
    expect(askedFor()).toEqual({ [powerUser]: 1 });
  });

  it("that are listed nowhere are read once for a hundred roles", async () => {
    const AttachedManagedPolicies = attached(readOnly, policyArn("Late"));
    tells({ RoleDetailList: Array.from({ length: 100 }, (_, at) => role(`app-${at}`, { AttachedManagedPolicies })) });
    const { readings } = await readingsOf();
    expect(readings).toHaveLength(100);
    for (const reading of readings)
      expect(reading).toMatchObject({
        facts: {
          incomplete: null,
          policies: [readOnly, policyArn("Late")].map((arn) => ({
            document: { value: documentOf(`asked for ${arn}`) },
          })),
        },
      });
    expect(askedFor()).toEqual({ [readOnly]: 1, [policyArn("Late")]: 1 });
  });

  it("are unread one by one where nobody may read them", async () => {
    iam.on(GetPolicyCommand, { PolicyArn: readOnly }).rejects(awsError("AccessDenied", "", 403));
    tells({ RoleDetailList: [role("app", { AttachedManagedPolicies: attached(readOnly, policyArn("Late")) })] });
    expect((await principalNamed("app")).policies).toMatchObject([
      { name: "ReadOnlyAccess", document: { unread: { call: "iam:GetPolicy", lasting: true } } },
      { name: "Late", document: { value: documentOf(`asked for ${policyArn("Late")}`) } },
    ]);
  });

  it("are those known, and incomplete, where a group of the user is not listed", async () => {
    tells({
      UserDetailList: [user("ann", { GroupList: ["gone", "team"], UserPolicyList: inline("Notes") })],
      GroupDetailList: [group("team", { GroupPolicyList: inline("Board") })],
    });
    expect(await principalNamed("ann")).toMatchObject({
      policies: [{ name: "Notes" }, { name: "Board" }],
      incomplete: {
        call: "iam:GetAccountAuthorizationDetails",
        message: "on user ann answered without its group gone",
        lasting: true,
      },
    });
  });

  it("are incomplete where those of a group are", async () => {
    tells({
      UserDetailList: [user("ann", { GroupList: ["team"] })],
      GroupDetailList: [group("team", { AttachedManagedPolicies: undefined })],
    });
    expect((await principalNamed("ann")).incomplete?.message).toBe(
      "on group team answered without its AttachedManagedPolicies",
    );
  });
});
