import { GetPolicyCommand, GetPolicyVersionCommand, IAMClient } from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { policyReader } from "../../../lib/account/managed-policies.ts";
import { awsError, denied, sessionOf } from "../../fakes/account.ts";
import { awsPolicyArn, created, documentOf, encoded, policyArn } from "../../fakes/iam-answers.ts";

const mock = () => mockClient(IAMClient);
let iam: ReturnType<typeof mock>;
beforeEach(() => {
  iam = mock();
  iam.on(GetPolicyCommand).resolves({ Policy });
  iam.on(GetPolicyVersionCommand).resolves({ PolicyVersion });
});
afterEach(() => iam.restore());

const Policy = { PolicyId: "ANPA1", DefaultVersionId: "v7" };
const PolicyVersion = {
  VersionId: "v7",
  IsDefaultVersion: true,
  CreateDate: created,
  Document: encoded("ReadOnlyAccess"),
};
const readOnly = awsPolicyArn("ReadOnlyAccess");
const orders = policyArn("team/Orders");
const unreadOrders = (call: string, message: string, lasting = true) => ({
  name: "Orders",
  kept: { in: "account", arn: orders, id: orders, versions: [] },
  group: null,
  document: { unread: { call, message: `on policy Orders ${message}`, lasting } },
});

describe("a policy that the listing left out", () => {
  it("is asked for its default version, and then for that version", async () => {
    expect(await policyReader(sessionOf())(readOnly)).toEqual({
      name: "ReadOnlyAccess",
      kept: { in: "aws", arn: readOnly },
      group: null,
      document: { value: documentOf("ReadOnlyAccess") },
    });
    expect(iam.calls().map(({ args }) => args[0].input)).toEqual([
      { PolicyArn: readOnly },
      { PolicyArn: readOnly, VersionId: "v7" },
    ]);
  });

  it("of the account's own is told with the one version that was asked for", async () => {
    expect(await policyReader(sessionOf())(orders)).toMatchObject({
      kept: {
        in: "account",
        arn: orders,
        id: "ANPA1",
        versions: [{ versionId: "v7", isDefault: true, createDate: created.toISOString() }],
      },
    });
  });

  it("is read once, also by many at the same time, and also if that fails", async () => {
    iam.on(GetPolicyCommand, { PolicyArn: orders }).rejects(awsError("NoSuchEntityException", "Policy not found", 404));
    const read = policyReader(sessionOf());
    const all = await Promise.all([read(readOnly), read(orders), read(readOnly), read(orders)]);
    expect([all[0] === all[2], all[1] === all[3]]).toEqual([true, true]);
    expect(iam.calls()).toHaveLength(3);
  });

  const failures: Record<string, [fail: () => unknown, document: object]> = {
    "that nobody may get": [
      () =>
        iam
          .on(GetPolicyCommand)
          .rejects(denied("iam:GetPolicy", orders, "because no identity-based policy allows the action")),
      unreadOrders("iam:GetPolicy", "was denied. Allow it to role/dynamodb-table-encryption"),
    ],
    "that is gone": [
      () => iam.on(GetPolicyCommand).rejects(awsError("NoSuchEntityException", "Policy was not found.", 404)),
      unreadOrders("iam:GetPolicy", "failed: NoSuchEntityException: Policy was not found."),
    ],
    "without a default version": [
      () => iam.on(GetPolicyCommand).resolves({ Policy: { PolicyId: "ANPA1" } }),
      unreadOrders("iam:GetPolicy", "answered without DefaultVersionId"),
    ],
    "in an empty answer": [
      () => iam.on(GetPolicyCommand).resolves({}),
      unreadOrders("iam:GetPolicy", "answered without DefaultVersionId"),
    ],
    "whose version is throttled": [
      () => iam.on(GetPolicyVersionCommand).rejects(awsError("Throttling")),
      unreadOrders("iam:GetPolicyVersion", "was throttled past the retries", false),
    ],
  };
  for (const [sentence, [fail, document]] of Object.entries(failures)) {
    it(`${sentence} is unread, and is not an empty one`, async () => {
      fail();
      expect(await policyReader(sessionOf())(orders)).toEqual(document);
    });
  }

  it.each([{}, { PolicyVersion: {} }, { PolicyVersion: { ...PolicyVersion, Document: "" } }])(
    "is unread where the answer holds no document: %o",
    async (answer) => {
      iam.on(GetPolicyVersionCommand).resolves(answer);
      expect((await policyReader(sessionOf())(orders)).document).toEqual({
        unread: {
          call: "iam:GetPolicyVersion",
          message: "on policy Orders answered without Document",
          lasting: true,
        },
      });
    },
  );

  it("is told without its id where IAM does not say: its ARN stands for it", async () => {
    iam.on(GetPolicyCommand).resolves({ Policy: { DefaultVersionId: "v7" } });
    expect(await policyReader(sessionOf())(orders)).toMatchObject({
      kept: { id: orders },
      document: { value: documentOf("ReadOnlyAccess") },
    });
  });
});
