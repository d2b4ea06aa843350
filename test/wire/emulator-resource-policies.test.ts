/** Each correction of the emulator's resource-based policies (scripts/emulator/resource_policies.py). */
import {
  CreateTableCommand,
  DeleteResourcePolicyCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
} from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { allow, documentOf, orders, otherAccount, ownAccount } from "../fakes/resource-policy-facts.ts";
import { wire } from "./wire.ts";

wire("the emulator's resource-based policies", ({ url }) => {
  const dynamodb = new DynamoDBClient(clientConfiguration(url));
  const createTable = () =>
    dynamodb.send(
      new CreateTableCommand({
        TableName: "Orders",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
      }),
    );
  const put = (Policy: string, ResourceArn = orders, ExpectedRevisionId?: string) =>
    dynamodb.send(
      new PutResourcePolicyCommand({
        ResourceArn,
        Policy,
        ...(ExpectedRevisionId === undefined ? {} : { ExpectedRevisionId }),
      }),
    );
  const get = (ResourceArn = orders) => dynamodb.send(new GetResourcePolicyCommand({ ResourceArn }));
  const ofAccount = documentOf([allow({ AWS: ownAccount })]);
  const notFound = { name: "PolicyNotFoundException" };

  test("a stream has one of its own, by its ARN; an index has none", async () => {
    await createTable();
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: "Orders" }));
    const stream = Table?.LatestStreamArn ?? "";
    await expect(get(stream)).rejects.toMatchObject(notFound);
    await put(ofAccount, stream);
    expect((await get(stream)).Policy).toBe(ofAccount);
    await expect(get()).rejects.toMatchObject(notFound);
    await expect(get(`${orders}/index/by-date`)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("is JSON of 20 KB at most, and not public", async () => {
    await createTable();
    await expect(put("garbage{")).rejects.toMatchObject({ name: "ValidationException" });
    await expect(put(ofAccount + " ".repeat(20 * 1024))).rejects.toMatchObject({ name: "ValidationException" });
    await expect(put(documentOf([allow("*")]))).rejects.toThrow("public access");
    await expect(put(documentOf([allow({ AWS: ["*", otherAccount] })]))).rejects.toThrow("public access");
    await put(documentOf([allow("*", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-theirs0000" } } })]));
  });

  test("is changed and deleted at the expected revision only", async () => {
    await createTable();
    await expect(put(ofAccount, orders, "17")).rejects.toMatchObject(notFound);
    const { RevisionId } = await put(ofAccount, orders, "NO_POLICY");
    await expect(put(ofAccount, orders, "NO_POLICY")).rejects.toMatchObject(notFound);
    const remove = (revision?: string) =>
      dynamodb.send(
        new DeleteResourcePolicyCommand({
          ResourceArn: orders,
          ...(revision === undefined ? {} : { ExpectedRevisionId: revision }),
        }),
      );
    await expect(remove("17")).rejects.toMatchObject(notFound);
    await remove(RevisionId);
    await expect(get()).rejects.toMatchObject(notFound);
    await remove();
    await expect(remove("17")).rejects.toMatchObject(notFound);
  });

  test("goes with its table", async () => {
    await createTable();
    await put(ofAccount);
    await dynamodb.send(new DeleteTableCommand({ TableName: "Orders" }));
    await createTable();
    await expect(get()).rejects.toMatchObject(notFound);
  });
});
