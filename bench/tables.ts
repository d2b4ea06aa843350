/** Tables for a scan: a third under each kind of key. */
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import pMap from "p-map";
import { clientConfiguration } from "../scripts/emulator/emulator.ts";

const customerKeys = 4;
/** The customer managed keys, and the AWS managed one. */
export const keysOfTables = customerKeys + 1;

export async function seedTables(url: string, count: number): Promise<void> {
  const dynamodb = new DynamoDBClient(clientConfiguration(url));
  const kms = new KMSClient(clientConfiguration(url));
  const keys = await pMap(Array.from({ length: customerKeys }), async () => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    return KeyMetadata?.Arn ?? "";
  });
  const sseOf = (index: number): object => {
    if (index % 3 === 0) return {};
    const key = index % 3 === 1 ? {} : { KMSMasterKeyId: keys[index % customerKeys] };
    return { SSESpecification: { Enabled: true, SSEType: "KMS", ...key } };
  };
  await pMap(
    Array.from({ length: count }, (_, index) => index),
    (index) =>
      dynamodb.send(
        new CreateTableCommand({
          TableName: `Table-${index}`,
          AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
          BillingMode: "PAY_PER_REQUEST",
          ...sseOf(index),
        }),
      ),
    { concurrency: 8 },
  );
}
