import { GetAccountAuthorizationDetailsCommand, GetPolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ResourceKey, Scope } from "../../../lib/rule.ts";
import { accountId, awsError } from "../../fakes/account.ts";
import {
  attached,
  awsPolicyArn,
  documentOf,
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
  iam.on(GetPolicyCommand).rejects(awsError("AccessDenied", "", 403));
});
afterEach(() => iam.restore());

const roleArn = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;
const changed = (...resources: readonly ResourceKey[]): Scope => ({ kind: "resources", resources });
const tells = (lists: Parameters<typeof page>[0]) =>
  iam.on(GetAccountAuthorizationDetailsCommand).resolvesOnce(page(lists));

describe("a listing of IAM that breaks off", () => {
  const breaks = {
    "by throttling": [
      awsError("Throttling"),
      {
        call: "iam:GetAccountAuthorizationDetails",
        message: `on account ${accountId} was throttled past the retries`,
        lasting: false,
      },
    ],
    "by a refusal": [
      awsError("AccessDenied", "", 403),
      {
        call: "iam:GetAccountAuthorizationDetails",
        message: `on account ${accountId} was denied. Allow it to the scanner`,
        lasting: true,
      },
    ],
  } as const;

  describe.each(Object.entries(breaks))("%s", (_how, [error, unread]) => {
    const tellsFirst = (lists: Parameters<typeof page>[0]) =>
      tells({ ...lists, IsTruncated: true, Marker: "2" }).rejects(error);

    it("at once is nothing but the reason", async () => {
      iam.on(GetAccountAuthorizationDetailsCommand).rejects(error);
      expect(await readingsOf()).toEqual({ readings: [], brokenOff: unread });
    });

    it("still gives what is known for sure, then the reason", async () => {
      tellsFirst({
        Policies: [policy("Orders")],
        RoleDetailList: [
          role("bare"),
          role("app", {
            RolePolicyList: inline("Notes"),
            AttachedManagedPolicies: attached(policyArn("Orders")),
          }),
        ],
      });
      expect(await readingsOf()).toMatchObject({
        readings: [
          { resource: { name: "Orders" }, facts: { policy: { document: { value: documentOf("Orders") } } } },
          { resource: { name: "bare" }, facts: { policies: [], incomplete: null } },
          {
            resource: { name: "app" },
            facts: {
              policies: [{ document: { value: documentOf("Notes") } }, { document: { value: documentOf("Orders") } }],
              incomplete: null,
            },
          },
        ],
        brokenOff: unread,
      });
    });

    it("leaves policies, boundaries and groups that were not listed unread, and asks for none of them", async () => {
      const PermissionsBoundaryArn = awsPolicyArn("PowerUserAccess");
      tellsFirst({
        RoleDetailList: [
          role("app", {
            AttachedManagedPolicies: attached(policyArn("Orders")),
            PermissionsBoundary: { PermissionsBoundaryArn },
          }),
        ],
        UserDetailList: [user("ann", { GroupList: ["team"], UserPolicyList: inline("Notes") })],
      });
      expect(await readingsOf()).toMatchObject({
        readings: [
          {
            facts: {
              policies: [{ name: "Orders", document: { unread } }],
              incomplete: null,
              boundary: { name: "PowerUserAccess", document: { unread } },
            },
          },
          { facts: { policies: [{ name: "Notes" }], incomplete: unread } },
        ],
        brokenOff: unread,
      });
      expect(iam.commandCalls(GetPolicyCommand)).toHaveLength(0);
    });

    it("leaves the resource of a change unread where it was not listed, and does not call it gone", async () => {
      tellsFirst({ RoleDetailList: [role("app")] });
      const scope = changed({ type: "AWS::IAM::Role", id: "AROAapp" }, { type: "AWS::IAM::Role", id: "AROAjob" });
      expect(await readingsOf(scope)).toMatchObject({
        readings: [
          { resource: { id: "AROAapp" }, facts: { policies: [] } },
          { resource: { type: "AWS::IAM::Role", id: "AROAjob", name: "AROAjob", arn: null }, unread },
        ],
        brokenOff: null,
      });
    });
  });
});

describe("the resource of a change", () => {
  beforeEach(() => {
    tells({
      Policies: [policy("Orders"), policy("Carts")],
      RoleDetailList: [role("app", { AttachedManagedPolicies: attached(policyArn("Orders")) }), role("job")],
      UserDetailList: [user("ann", { GroupList: ["team"] }), user("bob")],
      GroupDetailList: [group("team", { GroupPolicyList: inline("Board") }), group("all")],
    });
  });

  it.each([
    ["AWS::IAM::Policy", "ANPAOrders", { policy: { document: { value: documentOf("Orders") } } }],
    ["AWS::IAM::Role", "AROAapp", { policies: [{ name: "Orders", document: { value: documentOf("Orders") } }] }],
    ["AWS::IAM::User", "AIDAann", { policies: [{ name: "Board", group: { id: "AGPAteam" } }] }],
    ["AWS::IAM::Group", "AGPAteam", { policies: [{ name: "Board", group: null }] }],
  ] as const)("of type %s is all that is read, with what belongs to it", async (type, id, facts) => {
    const { readings, brokenOff } = await readingsOf(changed({ type, id }));
    expect(readings).toMatchObject([{ resource: { type, id }, facts }]);
    expect([readings.length, brokenOff]).toEqual([1, null]);
  });

  it.each([
    { type: "AWS::IAM::Role", id: "AROAgone" },
    { type: "AWS::IAM::Policy", id: "AROAapp" },
  ] as const)("that is not there any more is gone: %o", async ({ type, id }) => {
    expect(await readingsOf(changed({ type, id }))).toEqual({
      readings: [{ resource: { type, id, name: id, arn: null }, gone: true }],
      brokenOff: null,
    });
  });

  it("that is none of IAM's costs no read", async () => {
    expect(await readingsOf(changed({ type: "AWS::DynamoDB::Table", id: "Orders" }))).toEqual({
      readings: [],
      brokenOff: null,
    });
    expect(iam.calls()).toHaveLength(0);
  });
});

describe("the resource of a change, where something was listed without an id", () => {
  it("is not called gone: it may be that one", async () => {
    tells({ RoleDetailList: [role("app", { RoleId: undefined })] });
    expect((await readingsOf(changed({ type: "AWS::IAM::Role", id: "AROAapp" }))).readings).toMatchObject([
      { resource: { id: "AROAapp" }, unread: { message: "on role app answered without its id" } },
    ]);
  });
});

describe("what is exempt", () => {
  it("by a pattern of its ARN is set apart, and its policies are not read", async () => {
    const AttachedManagedPolicies = attached(awsPolicyArn("ReadOnlyAccess"));
    tells({
      Policies: [policy("ops-Orders"), policy("Orders")],
      RoleDetailList: [role("ops-app", { AttachedManagedPolicies }), role("app")],
      UserDetailList: [user("ops-ann", { PermissionsBoundary: {} })],
    });
    const patterns = [roleArn("nobody"), "arn:aws:iam::*:role/ops-*", "arn:aws:iam::*:*/ops-??????", "*:user/*"];
    expect((await readingsOf(wholeAccount, patterns)).readings).toMatchObject([
      { resource: { name: "ops-Orders" }, exempt: "arn:aws:iam::*:*/ops-?????? (exemptPrincipals)" },
      { resource: { name: "Orders" }, facts: { kind: "policy" } },
      { resource: { name: "ops-app" }, exempt: "arn:aws:iam::*:role/ops-* (exemptPrincipals)" },
      { resource: { name: "app" }, facts: { kind: "principal" } },
      { resource: { name: "ops-ann" }, exempt: "*:user/* (exemptPrincipals)" },
    ]);
    expect(iam.commandCalls(GetPolicyCommand)).toHaveLength(0);
  });

  it("is nothing where the list is empty", async () => {
    tells({ RoleDetailList: [role("app")] });
    expect((await readingsOf(wholeAccount, [])).readings).toMatchObject([{ facts: { kind: "principal" } }]);
  });

  it("is exempt also where the listing breaks off", async () => {
    tells({ RoleDetailList: [role("app")], IsTruncated: true, Marker: "2" }).rejects(awsError("Throttling"));
    expect(await readingsOf(wholeAccount, [roleArn("app")])).toMatchObject({
      readings: [{ exempt: `${roleArn("app")} (exemptPrincipals)` }],
      brokenOff: { lasting: false },
    });
  });
});

describe("a large account", () => {
  it("of five thousand roles and users holds each shared policy and each group's once", async () => {
    const names = ["Orders", "Carts", "Sessions"];
    const AttachedManagedPolicies = attached(...names.map(policyArn));
    const many = Array.from({ length: 5_000 }, (_, at) => at);
    const listing = iam.on(GetAccountAuthorizationDetailsCommand);
    for (let first = 0; first < 5_000; first += 500) {
      const some = many.slice(first, first + 500);
      listing.resolvesOnce(
        page({
          UserDetailList: some.map((at) => user(`user-${at}`, { GroupList: ["team"] })),
          RoleDetailList: some.map((at) => role(`role-${at}`, { AttachedManagedPolicies })),
          IsTruncated: true,
          Marker: String(first),
        }),
      );
    }
    const team = group("team", { AttachedManagedPolicies, GroupPolicyList: inline("Board") });
    listing.resolvesOnce(page({ GroupDetailList: [team], Policies: names.map((name) => policy(name)) }));

    const { readings, brokenOff } = await readingsOf();
    expect([readings.length, brokenOff]).toEqual([10_004, null]);
    const documents = new Set(
      readings.flatMap((reading) =>
        "facts" in reading && reading.facts.kind === "principal" ? reading.facts.policies : [],
      ),
    );
    // The three, those three by the group, the group's inline one as its own and as its users'.
    expect(documents.size).toBe(3 + 3 + 2);
    expect(iam.calls()).toHaveLength(11);
  });
});
