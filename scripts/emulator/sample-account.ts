/**
 * The sample account: a small shop, 123456789012 in us-east-1, that grew without much care. Each thing in it is there
 * to teach something, which its comment says. One function a kind of thing, called by `seedSampleAccount`.
 */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeVpcEndpointsCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { clientConfiguration } from "./emulator.ts";
import { seedBackups } from "./sample-backups.ts";
import { seedIam } from "./sample-iam.ts";
import { seedItems } from "./sample-items.ts";
import { seedNetwork } from "./sample-network.ts";
import { seedResourcePolicies } from "./sample-resource-policies.ts";

const homeRegion = "us-east-1";
const replicaRegion = "eu-west-1";
const restricted = { Key: "DataClassification", Value: "restricted" };

/** Fills an empty emulator. Start it with `deletingSeconds`, or table Scratch is gone before anybody sees it. */
export async function seedSampleAccount(url: string): Promise<void> {
  await seedTables(url);
  await seedItems(url);
  await seedBackups(url);
  await seedNetwork(url);
  const endpointId = await endpointOf(url, "shop");
  await seedIam(url, endpointId);
  await seedResourcePolicies(url, endpointId);
  await leaveScratchDeleting(url);
}

async function seedTables(url: string): Promise<void> {
  const dynamodb = new DynamoDBClient(clientConfiguration(url, homeRegion));
  const kms = new KMSClient(clientConfiguration(url, homeRegion));
  const create = (name: string, more: Partial<CreateTableCommandInput> = {}): Promise<unknown> =>
    dynamodb.send(new CreateTableCommand(tableInput(name, more)));

  // The model table: customer managed key, rotating.
  const ordersKey = await createKey(kms, "orders");
  await kms.send(new EnableKeyRotationCommand({ KeyId: ordersKey }));
  await create("Orders", encryptedBy(ordersKey));

  // The second model: sensitive by its tag, customer managed key, rotating.
  const customersKey = await createKey(kms, "customers");
  await kms.send(new EnableKeyRotationCommand({ KeyId: customersKey }));
  await create("Customers", { ...encryptedBy(customersKey), Tags: [restricted] });

  // Sensitive, yet under the AWS managed key: fine by default, not with minimumKeyType=CUSTOMER_MANAGED_KEY.
  await create("Payments", { SSESpecification: { Enabled: true }, Tags: [restricted] });

  // The key will be deleted, and the table with it; nothing shows on the table itself.
  const ledgerKey = await createKey(kms, "ledger");
  await create("Ledger", encryptedBy(ledgerKey));
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: ledgerKey, PendingWindowInDays: 7 }));

  // AWS owned key, the legal default: nobody here can audit or revoke it.
  await create("Sessions");

  // AWS managed key: the least that the practice asks for.
  await create("Catalog", { SSESpecification: { Enabled: true } });

  // Customer managed key that does not rotate; an index and a stream, which share the table's key.
  await create("Audit", {
    ...encryptedBy(await createKey(kms, "audit")),
    AttributeDefinitions: [attribute("pk"), attribute("sk"), attribute("day")],
    GlobalSecondaryIndexes: [
      {
        IndexName: "by-day",
        KeySchema: [
          { AttributeName: "day", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "ALL" },
      },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  });

  // The key was disabled in another team's clean-up: the table cannot be read.
  const legacyKey = await createKey(kms, "legacy");
  await create("Legacy", encryptedBy(legacyKey));
  await kms.send(new DisableKeyCommand({ KeyId: legacyKey }));

  // A global table, fine at home; its replica's key is disabled, which only a look at the other region tells.
  const cartsKey = await createKey(kms, "carts");
  await kms.send(new EnableKeyRotationCommand({ KeyId: cartsKey }));
  const replicaKms = new KMSClient(clientConfiguration(url, replicaRegion));
  const replicaKey = await createKey(replicaKms, "carts");
  await create("Carts", {
    ...encryptedBy(cartsKey),
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
  await dynamodb.send(
    new UpdateTableCommand({
      TableName: "Carts",
      ReplicaUpdates: [{ Create: { RegionName: replicaRegion, KMSMasterKeyId: replicaKey } }],
    }),
  );
  await replicaKms.send(new DisableKeyCommand({ KeyId: replicaKey }));
}

/** The DynamoDB endpoint of a VPC, which conditions name. */
async function endpointOf(url: string, vpcName: string): Promise<string> {
  const ec2 = new EC2Client(clientConfiguration(url, homeRegion));
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: "tag:Name", Values: [vpcName] }] }));
  const Filters = [
    { Name: "vpc-id", Values: [Vpcs?.[0]?.VpcId ?? ""] },
    { Name: "service-name", Values: [`com.amazonaws.${homeRegion}.dynamodb`] },
  ];
  const { VpcEndpoints } = await ec2.send(new DescribeVpcEndpointsCommand({ Filters }));
  const id = VpcEndpoints?.[0]?.VpcEndpointId;
  if (id === undefined) throw new Error(`VPC ${vpcName} has no endpoint`);
  return id;
}

/** Scratch is listed and described, yet on its way out: nothing to judge. Seeded last, since it lasts for seconds. */
async function leaveScratchDeleting(url: string): Promise<void> {
  const dynamodb = new DynamoDBClient(clientConfiguration(url, homeRegion));
  await dynamodb.send(new CreateTableCommand(tableInput("Scratch")));
  await dynamodb.send(new DeleteTableCommand({ TableName: "Scratch" }));
}

function tableInput(name: string, more: Partial<CreateTableCommandInput> = {}): CreateTableCommandInput {
  return {
    TableName: name,
    AttributeDefinitions: [attribute("pk"), attribute("sk")],
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    BillingMode: "PAY_PER_REQUEST",
    ...more,
  };
}

function attribute(name: string): { AttributeName: string; AttributeType: "S" } {
  return { AttributeName: name, AttributeType: "S" };
}

function encryptedBy(keyArn: string): Pick<CreateTableCommandInput, "SSESpecification"> {
  return { SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: keyArn } };
}

/** A customer managed key with an alias of the table's name; its ARN. */
async function createKey(kms: KMSClient, name: string): Promise<string> {
  const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({ Description: `DynamoDB table ${name}` }));
  if (key?.Arn === undefined) throw new Error(`kms:CreateKey for ${name} answered without an ARN`);
  await kms.send(new CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId: key.Arn }));
  return key.Arn;
}
