/** Each correction of the emulator (scripts/emulator/emulator.py), so that nobody thinks that the product bends to moto. */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  type ReplicationGroupUpdate,
  type SSESpecification,
  type TableDescription,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  type KeyMetadata,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { expect, onTestFinished, test, vi } from "vitest";
import { awsCli, clientConfiguration, resetEmulator, startEmulator } from "../../scripts/emulator/emulator.ts";
import { seedSampleAccount } from "../../scripts/emulator/sample-account.ts";
import { wire } from "./wire.ts";

const managedAlias = "alias/aws/dynamodb";

/** What the tests ask of one region. */
function regionOf(url: string, region = "us-east-1") {
  const dynamodb = new DynamoDBClient(clientConfiguration(url, region));
  const kms = new KMSClient(clientConfiguration(url, region));
  return {
    kms,
    async createTable(name: string, sse?: SSESpecification): Promise<void> {
      const input: CreateTableCommandInput = {
        TableName: name,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        ...(sse === undefined ? {} : { SSESpecification: sse }),
      };
      await dynamodb.send(new CreateTableCommand(input));
    },
    updateEncryption: (name: string, sse: SSESpecification) =>
      dynamodb.send(new UpdateTableCommand({ TableName: name, SSESpecification: sse })),
    updateReplicas: (name: string, ...updates: ReplicationGroupUpdate[]) =>
      dynamodb.send(new UpdateTableCommand({ TableName: name, ReplicaUpdates: updates })),
    deleteTable: (name: string) => dynamodb.send(new DeleteTableCommand({ TableName: name })),
    async describeTable(name: string): Promise<TableDescription> {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name }));
      return Table ?? {};
    },
    async listTables(): Promise<string[]> {
      return (await dynamodb.send(new ListTablesCommand())).TableNames ?? [];
    },
    async createKey(): Promise<{ id: string; arn: string }> {
      const { KeyMetadata: key } = await kms.send(new CreateKeyCommand());
      return { id: key?.KeyId ?? "", arn: key?.Arn ?? "" };
    },
    async describeKey(key: string): Promise<KeyMetadata | undefined> {
      return (await kms.send(new DescribeKeyCommand({ KeyId: key }))).KeyMetadata;
    },
    async managedKeyArn(): Promise<string | undefined> {
      return (await this.describeKey(managedAlias))?.Arn;
    },
  };
}

function kmsDescription(key: string | undefined): TableDescription["SSEDescription"] {
  return { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: key };
}

wire("the AWS managed key", ({ url }) => {
  const home = regionOf(url);

  test("has KeyManager AWS, by alias and by ARN", async () => {
    const byAlias = await home.describeKey(managedAlias);
    expect(byAlias?.KeyManager).toBe("AWS");
    expect((await home.describeKey(byAlias?.Arn ?? ""))?.KeyManager).toBe("AWS");
  });

  test("is what a client gets to see that takes all from the environment, as the product's do", async () => {
    const kms = new KMSClient({ region: "us-east-1" });
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: managedAlias }));
    expect([KeyMetadata?.Arn, KeyMetadata?.AWSAccountId]).toEqual([await home.managedKeyArn(), "123456789012"]);
  });

  test("leaves a customer's key with KeyManager CUSTOMER", async () => {
    const key = await home.createKey();
    await home.kms.send(new CreateAliasCommand({ AliasName: "alias/orders", TargetKeyId: key.id }));
    expect((await home.describeKey(key.arn))?.KeyManager).toBe("CUSTOMER");
  });

  test("is what a table of type KMS without a key gets", async () => {
    await home.createTable("Catalog", { Enabled: true, SSEType: "KMS" });
    const { SSEDescription } = await home.describeTable("Catalog");
    expect(SSEDescription).toEqual(kmsDescription(await home.managedKeyArn()));
    expect((await home.describeKey(SSEDescription?.KMSMasterKeyArn ?? ""))?.KeyManager).toBe("AWS");
  });
});

wire("DisableKey, EnableKey, ScheduleKeyDeletion and CancelKeyDeletion", ({ url }) => {
  const home = regionOf(url);

  test("take a key's ARN as well as its id", async () => {
    const { kms } = home;
    const key = await home.createKey();
    const state = async (): Promise<string | undefined> => (await home.describeKey(key.id))?.KeyState;
    for (const KeyId of [key.id, key.arn]) {
      await kms.send(new DisableKeyCommand({ KeyId }));
      expect(await state()).toBe("Disabled");
      await kms.send(new EnableKeyCommand({ KeyId }));
      expect(await state()).toBe("Enabled");
      await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
      expect(await state()).toBe("PendingDeletion");
      await kms.send(new CancelKeyDeletionCommand({ KeyId }));
      expect(await state()).toBe("Disabled");
    }
  });
});

wire("CreateTable and UpdateTable with SSESpecification", ({ url }) => {
  const home = regionOf(url);

  test("show the full ARN of a key given by ARN, id, alias or alias ARN", async () => {
    const key = await home.createKey();
    await home.kms.send(new CreateAliasCommand({ AliasName: "alias/orders", TargetKeyId: key.id }));
    const aliasArn = "arn:aws:kms:us-east-1:123456789012:alias/orders";
    await home.createTable("Updated");
    for (const [index, given] of [key.arn, key.id, "alias/orders", aliasArn].entries()) {
      await home.createTable(`Created${index}`, { Enabled: true, SSEType: "KMS", KMSMasterKeyId: given });
      expect((await home.describeTable(`Created${index}`)).SSEDescription).toEqual(kmsDescription(key.arn));
      await home.updateEncryption("Updated", { Enabled: true, KMSMasterKeyId: given });
      expect((await home.describeTable("Updated")).SSEDescription).toEqual(kmsDescription(key.arn));
      await home.updateEncryption("Updated", { Enabled: true });
      expect((await home.describeTable("Updated")).SSEDescription).toEqual(kmsDescription(await home.managedKeyArn()));
    }
  });

  test("refuse an alias that does not exist, and change nothing", async () => {
    const missing = { Enabled: true, KMSMasterKeyId: "alias/missing" };
    await expect(home.createTable("Orders", missing)).rejects.toMatchObject({ name: "ValidationException" });
    expect(await home.listTables()).toEqual([]);
    await home.createTable("Orders");
    await expect(home.updateEncryption("Orders", missing)).rejects.toMatchObject({ name: "ValidationException" });
    expect((await home.describeTable("Orders")).SSEDescription).toBeUndefined();
  });

  test("describe nothing for the AWS owned key", async () => {
    await home.createTable("Sessions", { Enabled: false });
    expect((await home.describeTable("Sessions")).SSEDescription).toBeUndefined();
    await home.updateEncryption("Sessions", { Enabled: true });
    expect((await home.describeTable("Sessions")).SSEDescription).toBeDefined();
    await home.updateEncryption("Sessions", { Enabled: false });
    expect((await home.describeTable("Sessions")).SSEDescription).toBeUndefined();
  });

  test("work from the AWS CLI", async () => {
    await home.createTable("Sessions");
    const specification = ["--sse-specification", "Enabled=true,SSEType=KMS"];
    const update = ["dynamodb", "update-table", "--region", "us-east-1", "--table-name", "Sessions", ...specification];
    const managed = kmsDescription(await home.managedKeyArn());
    expect(await awsCli(url, update)).toMatchObject({ TableDescription: { SSEDescription: managed } });
    expect((await home.describeTable("Sessions")).SSEDescription).toEqual(managed);
  });

  test("leave a table ACTIVE when its key is disabled, as moto does: no state is made up", async () => {
    const key = await home.createKey();
    await home.createTable("Legacy", { Enabled: true, KMSMasterKeyId: key.arn });
    await home.kms.send(new DisableKeyCommand({ KeyId: key.id }));
    const table = await home.describeTable("Legacy");
    expect([table.TableStatus, table.SSEDescription]).toEqual(["ACTIVE", kmsDescription(key.arn)]);
  });
});

wire("UpdateTable with ReplicaUpdates", ({ url }) => {
  const home = regionOf(url);
  const ireland = regionOf(url, "eu-west-1");
  const tokyo = regionOf(url, "ap-northeast-1");
  const active = (region: string, key?: string): object => ({
    RegionName: region,
    ReplicaStatus: "ACTIVE",
    ...(key === undefined ? {} : { KMSMasterKeyId: key }),
  });

  test("makes a table of the same name in the other region, and each member shows the others", async () => {
    const keys = { home: await home.createKey(), ireland: await ireland.createKey() };
    await home.createTable("Carts", { Enabled: true, KMSMasterKeyId: keys.home.arn });
    await home.updateReplicas("Carts", { Create: { RegionName: "eu-west-1", KMSMasterKeyId: keys.ireland.id } });
    await ireland.updateReplicas("Carts", { Create: { RegionName: "ap-northeast-1" } });

    const replica = await ireland.describeTable("Carts");
    expect(replica.TableArn).toBe("arn:aws:dynamodb:eu-west-1:123456789012:table/Carts");
    expect(replica.SSEDescription).toEqual(kmsDescription(keys.ireland.arn));
    expect((await tokyo.describeTable("Carts")).SSEDescription).toEqual(kmsDescription(await tokyo.managedKeyArn()));
    expect((await home.describeTable("Carts")).Replicas).toEqual([
      active("eu-west-1", keys.ireland.arn),
      active("ap-northeast-1"),
    ]);
    expect(replica.Replicas).toEqual([active("us-east-1", keys.home.arn), active("ap-northeast-1")]);
  });

  test("synchronises the type of encryption, not the key", async () => {
    const key = await ireland.createKey();
    await home.createTable("Carts");
    await home.updateReplicas("Carts", { Create: { RegionName: "eu-west-1" } });
    expect((await ireland.describeTable("Carts")).SSEDescription).toBeUndefined();

    await ireland.updateEncryption("Carts", { Enabled: true, KMSMasterKeyId: key.arn });
    expect((await home.describeTable("Carts")).SSEDescription).toEqual(kmsDescription(await home.managedKeyArn()));
    await home.updateEncryption("Carts", { Enabled: true, KMSMasterKeyId: (await home.createKey()).arn });
    expect((await ireland.describeTable("Carts")).SSEDescription).toEqual(kmsDescription(key.arn));
    await home.updateEncryption("Carts", { Enabled: false });
    expect((await ireland.describeTable("Carts")).SSEDescription).toBeUndefined();
  });

  test("changes a replica's key, and deletes a replica with its table", async () => {
    const key = await ireland.createKey();
    await home.createTable("Carts", { Enabled: true });
    await home.updateReplicas("Carts", { Create: { RegionName: "eu-west-1" } });
    await home.updateReplicas("Carts", { Update: { RegionName: "eu-west-1", KMSMasterKeyId: key.arn } });
    expect((await home.describeTable("Carts")).Replicas).toEqual([active("eu-west-1", key.arn)]);
    expect((await ireland.describeTable("Carts")).SSEDescription).toEqual(kmsDescription(key.arn));

    await home.updateReplicas("Carts", { Delete: { RegionName: "eu-west-1" } });
    expect((await home.describeTable("Carts")).Replicas).toBeUndefined();
    expect(await ireland.listTables()).toEqual([]);
  });

  test("works from the AWS CLI, and a replica's own DeleteTable leaves the group", async () => {
    await home.createTable("Carts");
    const replica = ["--replica-updates", "Create={RegionName=eu-west-1}"];
    await awsCli(url, ["dynamodb", "update-table", "--region", "us-east-1", "--table-name", "Carts", ...replica]);
    expect((await home.describeTable("Carts")).Replicas).toEqual([active("eu-west-1")]);
    await ireland.deleteTable("Carts");
    expect((await home.describeTable("Carts")).Replicas).toBeUndefined();
  });

  test("is forgotten by a reset, in every region", async () => {
    await home.createTable("Carts", { Enabled: true });
    await home.updateReplicas("Carts", { Create: { RegionName: "eu-west-1" } });
    await resetEmulator(url);
    expect([await home.listTables(), await ireland.listTables()]).toEqual([[], []]);
    await home.createTable("Carts", { Enabled: true });
    const table = await home.describeTable("Carts");
    expect([table.Replicas, table.SSEDescription]).toEqual([undefined, kmsDescription(await home.managedKeyArn())]);
  });
});

wire("the AWS CLI", ({ url }) => {
  test("throws what it prints on standard error", async () => {
    const describeMissing = ["dynamodb", "describe-table", "--region", "us-east-1", "--table-name", "Missing"];
    await expect(awsCli(url, describeMissing)).rejects.toThrow(/ResourceNotFoundException/);
  });
});

wire("an emulator that keeps deleted tables", () => {
  const start = async (deletingSeconds: number): Promise<ReturnType<typeof regionOf> & { url: string }> => {
    const emulator = await startEmulator({ deletingSeconds });
    onTestFinished(emulator.stop);
    return { ...regionOf(emulator.url), url: emulator.url };
  };

  test("shows them DELETING, then no more", async () => {
    const home = await start(1);
    await home.createTable("Scratch");
    await home.deleteTable("Scratch");
    expect(await home.listTables()).toEqual(["Scratch"]);
    expect((await home.describeTable("Scratch")).TableStatus).toBe("DELETING");
    await expect(home.deleteTable("Scratch")).rejects.toMatchObject({ name: "ResourceInUseException" });
    await vi.waitFor(async () => expect(await home.listTables()).toEqual([]), { timeout: 5_000, interval: 100 });
  });

  test("holds the sample account, Scratch on its way out", async () => {
    const home = await start(60);
    await seedSampleAccount(home.url);
    expect((await home.listTables()).sort()).toEqual(
      [
        "Audit",
        "Carts",
        "Catalog",
        "Customers",
        "Ledger",
        "Legacy",
        "Orders",
        "Payments",
        "Scratch",
        "Sessions",
      ].sort(),
    );
    expect((await home.describeTable("Scratch")).TableStatus).toBe("DELETING");
    expect((await home.describeKey("alias/ledger"))?.KeyState).toBe("PendingDeletion");
    expect((await home.describeTable("Carts")).Replicas).toMatchObject([{ RegionName: "eu-west-1" }]);
  });
});
