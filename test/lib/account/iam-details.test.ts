import {
  GetAccountAuthorizationDetailsCommand,
  type GroupDetail,
  IAMClient,
  type ManagedPolicyDetail,
  type RoleDetail,
  type UserDetail,
} from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listAuthorizations } from "../../../lib/account/iam.ts";
import { sessionOf } from "../../fakes/account.ts";
import {
  attached,
  awsPolicyArn,
  created,
  documentOf,
  encoded,
  group,
  inline,
  page,
  policy,
  policyArn,
  role,
  user,
} from "../../fakes/iam-answers.ts";

const mock = () => mockClient(IAMClient);
let iam: ReturnType<typeof mock>;
beforeEach(() => {
  iam = mock();
});
afterEach(() => iam.restore());

const lacks = (subject: string, missing: string) => ({
  call: "iam:GetAccountAuthorizationDetails",
  message: `on ${subject} answered without ${missing}`,
  lasting: true,
});

async function principalsOf(lists: Parameters<typeof page>[0]) {
  iam.on(GetAccountAuthorizationDetailsCommand).resolves(page(lists));
  const { roles, users, groups } = await listAuthorizations(sessionOf());
  return [...roles, ...users, ...groups];
}

async function toldOf(lists: Parameters<typeof page>[0]) {
  return (await principalsOf(lists)).map((listed) => ("told" in listed ? listed.told : listed.unread));
}

async function policiesOf(...Policies: ManagedPolicyDetail[]) {
  iam.on(GetAccountAuthorizationDetailsCommand).resolves(page({ Policies }));
  return (await listAuthorizations(sessionOf())).policies.map((listed) =>
    "told" in listed ? listed.told : listed.unread,
  );
}

describe("a managed policy", () => {
  it("is told with its document in force, and with all versions, which keep no document", async () => {
    const PolicyVersionList = [
      { VersionId: "v3", IsDefaultVersion: false, CreateDate: created, Document: encoded("third") },
      { VersionId: "v2", IsDefaultVersion: true, Document: encoded("second") },
    ];
    const detail = policy("Orders", { Arn: policyArn("team/Orders"), Path: "/team/", PolicyVersionList });
    expect(await policiesOf(detail)).toEqual([
      {
        kind: "policy",
        path: "/team/",
        name: "Orders",
        arn: policyArn("team/Orders"),
        policy: {
          name: "Orders",
          kept: {
            in: "account",
            arn: policyArn("team/Orders"),
            id: "ANPAOrders",
            versions: [
              { versionId: "v3", isDefault: false, createDate: created.toISOString() },
              { versionId: "v2", isDefault: true, createDate: null },
            ],
          },
          group: null,
          document: { value: documentOf("second") },
        },
        attachmentCount: 1,
        permissionsBoundaryUsageCount: 0,
      },
    ]);
  });

  it.each([
    ["AWS's", awsPolicyArn("AdministratorAccess")],
    ["AWS's in China", "arn:aws-cn:iam::aws:policy/service-role/AdministratorAccess"],
  ])("that is %s own cannot be changed by the account", async (_whose, Arn) => {
    expect(await policiesOf(policy("AdministratorAccess", { Arn }))).toMatchObject([
      { policy: { name: "AdministratorAccess", kept: { in: "aws", arn: Arn } } },
    ]);
  });

  it("may have counts that are not told", async () => {
    const uncounted = { AttachmentCount: undefined, PermissionsBoundaryUsageCount: undefined };
    expect(await policiesOf(policy("Orders", uncounted))).toMatchObject([
      { attachmentCount: null, permissionsBoundaryUsageCount: null },
    ]);
  });

  it("is decoded also where it was not encoded", async () => {
    const PolicyVersionList = [{ VersionId: "v1", IsDefaultVersion: true, Document: documentOf("100 %") }];
    expect(await policiesOf(policy("Orders", { PolicyVersionList }))).toMatchObject([
      { policy: { document: { value: documentOf("100 %") } } },
    ]);
  });

  const version = { VersionId: "v1", IsDefaultVersion: true, Document: encoded("Orders") };
  const malformed: Record<string, [versions: ManagedPolicyDetail["PolicyVersionList"], missing: string]> = {
    "no versions": [undefined, "one default version"],
    "no default version": [[{ ...version, IsDefaultVersion: false }], "one default version"],
    "two default versions": [[version, { ...version, VersionId: "v2" }], "one default version"],
    "a version without an id": [[version, { IsDefaultVersion: false }], "a VersionId"],
    "a default version without a document": [
      [{ VersionId: "v1", IsDefaultVersion: true }],
      "the Document of its default version",
    ],
    "a default version with an empty document": [[{ ...version, Document: "" }], "the Document of its default version"],
  };
  for (const [sentence, [PolicyVersionList, missing]] of Object.entries(malformed)) {
    it(`with ${sentence} has an unread document, and all else`, async () => {
      expect(await policiesOf(policy("Orders", { PolicyVersionList }), policy("Carts"))).toMatchObject([
        { name: "Orders", policy: { document: { unread: lacks("policy Orders", missing) } } },
        { name: "Carts", policy: { document: { value: documentOf("Carts") } } },
      ]);
    });
  }
});

describe("a role, user or group", () => {
  const own = {
    AttachedManagedPolicies: attached(policyArn("Orders"), awsPolicyArn("ReadOnlyAccess")),
    PermissionsBoundary: {
      PermissionsBoundaryType: "PermissionsBoundaryPolicy",
      PermissionsBoundaryArn: policyArn("edge"),
    } as const,
  };
  const inlineDocument = (name: string) => ({
    name,
    kept: { in: "principal" },
    group: null,
    document: { value: documentOf(name) },
  });
  const told = (type: string, name: string) => ({
    type: `AWS::IAM::${type}`,
    path: "/",
    name,
    arn: `arn:aws:iam::123456789012:${type.toLowerCase()}/${name}`,
    inline: [inlineDocument("one"), inlineDocument("two")],
    attached: [policyArn("Orders"), awsPolicyArn("ReadOnlyAccess")],
    groups: [],
    boundary: policyArn("edge"),
    incomplete: null,
  });

  it("is told with its inline policies, and by ARN and name with what it has from elsewhere", async () => {
    const lists = {
      RoleDetailList: [role("app", { ...own, RolePolicyList: inline("one", "two") })],
      UserDetailList: [user("ann", { ...own, UserPolicyList: inline("one", "two"), GroupList: ["team", "all"] })],
      GroupDetailList: [
        group("team", {
          AttachedManagedPolicies: own.AttachedManagedPolicies,
          GroupPolicyList: inline("one", "two"),
        }),
      ],
    };
    expect(await toldOf(lists)).toEqual([
      told("Role", "app"),
      { ...told("User", "ann"), groups: ["team", "all"] },
      { ...told("Group", "team"), boundary: null },
    ]);
  });

  it("has no inline policies where IAM leaves the list out of a user or group", async () => {
    const bare = group("team");
    delete bare.GroupPolicyList;
    expect(await toldOf({ UserDetailList: [user("ann")], GroupDetailList: [bare] })).toMatchObject([
      { name: "ann", inline: [], incomplete: null },
      { name: "team", inline: [], incomplete: null },
    ]);
  });

  const roleLacks: Record<string, [detail: RoleDetail, missing: string, inlineNames: string[]]> = {
    "without its list of inline policies": [{ RolePolicyList: undefined }, "its inline policies", []],
    "with an inline policy without a name": [
      { RolePolicyList: [...inline("one"), { PolicyDocument: encoded("two") }] },
      "the PolicyName of an inline policy",
      ["one"],
    ],
    "without its attached policies": [{ AttachedManagedPolicies: undefined }, "its AttachedManagedPolicies", []],
    "with an attached policy without an ARN": [
      { AttachedManagedPolicies: [{ PolicyName: "Orders" }] },
      "the PolicyArn of an attached policy",
      [],
    ],
  };
  for (const [sentence, [detail, missing, inlineNames]] of Object.entries(roleLacks)) {
    it(`${sentence} is incomplete, with what is known`, async () => {
      const [listed] = await toldOf({ RoleDetailList: [role("app", detail)] });
      expect(listed).toMatchObject({ incomplete: lacks("role app", missing), attached: [] });
      expect(listed).toMatchObject({ inline: inlineNames.map((name) => ({ name })) });
    });
  }

  it("is incomplete as a user without its groups", async () => {
    expect(await toldOf({ UserDetailList: [user("ann", { GroupList: undefined } as UserDetail)] })).toMatchObject([
      { groups: [], incomplete: lacks("user ann", "its GroupList") },
    ]);
  });

  it.each([undefined, ""])("has an unread inline policy where its document is %o", async (PolicyDocument) => {
    const details: GroupDetail = { GroupPolicyList: [{ PolicyName: "one", PolicyDocument }, ...inline("two")] };
    expect(await toldOf({ GroupDetailList: [group("team", details)] })).toMatchObject([
      {
        inline: [
          { name: "one", document: { unread: lacks("group team", "the document of policy one") } },
          inlineDocument("two"),
        ],
        incomplete: null,
      },
    ]);
  });

  it("is unread where it has a boundary and nobody knows which: without one it may do more", async () => {
    const lists = { UserDetailList: [user("ann", { PermissionsBoundary: {} })], RoleDetailList: [role("app")] };
    expect(await principalsOf(lists)).toMatchObject([
      { resource: { id: "AROAapp" }, told: { boundary: null } },
      { resource: { id: "AIDAann" }, unread: lacks("user ann", "its PermissionsBoundaryArn") },
    ]);
  });
});
