import { GetAccountAuthorizationDetailsCommand, IAMClient } from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listAuthorizations } from "../../../lib/account/iam.ts";
import { awsError, denied, networkError, sessionOf } from "../../fakes/account.ts";
import { group, page, policy, policyArn, role, user } from "../../fakes/iam-answers.ts";

const mock = () => mockClient(IAMClient);
let iam: ReturnType<typeof mock>;
beforeEach(() => {
  iam = mock();
});
afterEach(() => iam.restore());

const list = () => listAuthorizations(sessionOf());
const call = "iam:GetAccountAuthorizationDetails";
const lacks = (subject: string, missing: string) => ({
  call,
  message: `on ${subject} answered without ${missing}`,
  lasting: true,
});
const nothing = { policies: [], roles: [], users: [], groups: [], cutOff: null, unidentified: null };

describe("IAM, which is global,", () => {
  const places: [region: string, endpoint: string | undefined, host: string][] = [
    ["eu-central-1", undefined, "iam.amazonaws.com"],
    ["us-east-1", undefined, "iam.amazonaws.com"],
    ["us-gov-west-1", undefined, "iam.us-gov.amazonaws.com"],
    ["cn-north-1", undefined, "iam.cn-north-1.amazonaws.com.cn"],
    ["cn-north-1", "http://127.0.0.1:5000", "127.0.0.1"],
  ];
  it.each(places)("is found from %s, with the endpoint %s, at %s", async (region, endpoint, host) => {
    iam.restore();
    vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
    const credentials = async () => ({ accessKeyId: "AKIAFAKE", secretAccessKey: "fake" });
    const session = sessionOf({ region, credentials });
    let asked: unknown = null;
    session.client(IAMClient).middlewareStack.add(
      () => async (args) => {
        asked = (args.request as { hostname: string }).hostname;
        throw awsError("AccessDenied", "", 403);
      },
      { step: "finalizeRequest", priority: "low" },
    );
    expect(await listAuthorizations(session)).toMatchObject({ cutOff: { lasting: true } });
    expect(asked).toBe(host);
  });
});

describe("the listing of IAM", () => {
  it("asks for all kinds at once, three hundred a page, until no page follows", async () => {
    // By input, at the time of the call: the SDK's paginator writes the next marker into the same object.
    iam
      .on(GetAccountAuthorizationDetailsCommand, { MaxItems: 300 })
      .resolves(page({ UserDetailList: [user("ann")], IsTruncated: true, Marker: "two" }))
      .on(GetAccountAuthorizationDetailsCommand, { MaxItems: 300, Marker: "two" })
      .resolves(page({ IsTruncated: true, Marker: "three" }))
      .on(GetAccountAuthorizationDetailsCommand, { MaxItems: 300, Marker: "three" })
      .resolves(
        page({ GroupDetailList: [group("team")], RoleDetailList: [role("app")], Policies: [policy("Orders")] }),
      );
    const { policies, roles, users, groups, cutOff, unidentified } = await list();
    expect([policies, roles, users, groups].map((listed) => listed.map(({ resource }) => resource))).toEqual([
      [{ type: "AWS::IAM::Policy", id: "ANPAOrders", name: "Orders", arn: policyArn("Orders") }],
      [{ type: "AWS::IAM::Role", id: "AROAapp", name: "app", arn: "arn:aws:iam::123456789012:role/app" }],
      [{ type: "AWS::IAM::User", id: "AIDAann", name: "ann", arn: "arn:aws:iam::123456789012:user/ann" }],
      [{ type: "AWS::IAM::Group", id: "AGPAteam", name: "team", arn: "arn:aws:iam::123456789012:group/team" }],
    ]);
    expect([cutOff, unidentified]).toEqual([null, null]);
  });

  it("of an empty account is empty, and whole", async () => {
    iam.on(GetAccountAuthorizationDetailsCommand).resolves(page());
    expect(await list()).toEqual(nothing);
  });

  const failures: Record<string, [error: Error, words: string, lasting: boolean]> = {
    throttling: [awsError("Throttling"), "was throttled past the retries", false],
    "a refusal": [
      denied(call, "*", `because no identity-based policy allows the ${call} action`),
      "was denied. Allow it to role/dynamodb-table-encryption",
      true,
    ],
    "a service control policy": [
      denied(call, "*", "with an explicit deny in a service control policy"),
      "was denied. A service control policy forbids it",
      true,
    ],
    "a failing AWS": [awsError("ServiceFailure", "", 500), "failed on AWS's side (500 ServiceFailure)", false],
    "a cut connection": [networkError("ECONNRESET"), "could not be reached (ECONNRESET)", false],
  };
  for (const [sentence, [error, words, lasting]] of Object.entries(failures)) {
    const cutOff = { call, message: `on account 123456789012 ${words}`, lasting };

    it(`that breaks off by ${sentence} at the first page has nothing, and says why`, async () => {
      iam.on(GetAccountAuthorizationDetailsCommand).rejects(error);
      expect(await list()).toEqual({ ...nothing, cutOff });
    });

    it(`that breaks off by ${sentence} at the second page keeps the first`, async () => {
      iam
        .on(GetAccountAuthorizationDetailsCommand)
        .resolvesOnce(page({ RoleDetailList: [role("app")], IsTruncated: true, Marker: "two" }))
        .rejects(error);
      expect(await list()).toMatchObject({ roles: [{ told: { name: "app" } }], cutOff });
    });
  }

  it("that is truncated without a Marker breaks off, and keeps the page", async () => {
    iam.on(GetAccountAuthorizationDetailsCommand).resolves(page({ RoleDetailList: [role("app")], IsTruncated: true }));
    expect(await list()).toMatchObject({
      roles: [{ told: { name: "app" } }],
      cutOff: lacks("account 123456789012", "Marker"),
    });
  });

  it.each(["Policies", "RoleDetailList", "UserDetailList", "GroupDetailList"])(
    "with a page without %s breaks off, and keeps the rest of the page",
    async (name) => {
      const lists = { RoleDetailList: [role("app")], UserDetailList: [user("ann")] };
      iam.on(GetAccountAuthorizationDetailsCommand).resolves(page({ ...lists, [name]: undefined }));
      const { roles, users, cutOff } = await list();
      expect(cutOff).toEqual(lacks("account 123456789012", "one of its four lists"));
      expect(roles.length + users.length).toBe(2 - (name in lists ? 1 : 0));
    },
  );

  it.each([
    ["policy", { Policies: [policy("Orders", { PolicyId: undefined }), policy("Carts")] }, "policies"],
    ["role", { RoleDetailList: [role("Orders", { RoleId: undefined }), role("Carts")] }, "roles"],
    ["user", { UserDetailList: [user("Orders", { UserId: undefined }), user("Carts")] }, "users"],
    ["group", { GroupDetailList: [group("Orders", { GroupId: undefined }), group("Carts")] }, "groups"],
  ] as const)("with a %s without an id says so, and goes on", async (noun, lists, name) => {
    iam.on(GetAccountAuthorizationDetailsCommand).resolves(page(lists as unknown as Parameters<typeof page>[0]));
    const listing = await list();
    expect(listing).toMatchObject({ cutOff: null, unidentified: lacks(`${noun} Orders`, "its id") });
    expect(listing[name].map(({ resource }) => resource.name)).toEqual(["Carts"]);
  });

  const unnamed: [field: string, missing: string, subject: string][] = [
    ["Name", "its name", "ARN"],
    ["Arn", "its Arn", "NAME"],
    ["Path", "its Path", "NAME"],
  ];
  describe.each(unnamed)("without the %s", (field, missing, subject) => {
    it.each([
      ["policy", "Policies", policy("Orders"), "PolicyName"],
      ["role", "RoleDetailList", role("Orders"), "RoleName"],
      ["user", "UserDetailList", user("Orders"), "UserName"],
      ["group", "GroupDetailList", group("Orders"), "GroupName"],
    ] as const)("of a %s leaves that one unread", async (noun, name, detail, nameField) => {
      const without = { ...detail, [field === "Name" ? nameField : field]: undefined };
      iam.on(GetAccountAuthorizationDetailsCommand).resolves(page({ [name]: [without] }));
      const { policies, roles, users, groups } = await list();
      const words = subject === "ARN" ? (detail.Arn ?? "") : "Orders";
      const [listed] = [...policies, ...roles, ...users, ...groups];
      expect(listed).toEqual({
        resource: {
          type: listed?.resource.type,
          id: listed?.resource.id,
          name: field === "Name" ? listed?.resource.id : "Orders",
          arn: field === "Arn" ? null : detail.Arn,
        },
        unread: lacks(`${noun} ${words}`, missing),
      });
    });
  });
});
