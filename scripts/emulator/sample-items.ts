/**
 * The items of the sample account's sensitive tables, for the rule dynamodb-client-side-encryption. Headers and footers
 * are AWS's own, from the test vectors of its libraries; what they belong to is made up.
 */
import { type AttributeValue, BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import vectors from "../../test/fixtures/client-side-encryption-vectors.json" with { type: "json" };
import { clientConfiguration } from "./emulator.ts";

type Item = Record<string, AttributeValue>;

const encryptedVectors = vectors.databaseEncryptionSdk.filter(({ encryptLegend }) => encryptLegend.includes("e"));

/** Puts items into Customers and Payments; the tables must be there, with the keys `pk` and `sk`. */
export async function seedItems(url: string): Promise<void> {
  const dynamodb = new DynamoDBClient(clientConfiguration(url));
  const put = (table: string, items: readonly Item[]): Promise<unknown> =>
    dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: items.map((item) => ({ PutRequest: { Item: item } })) } }),
    );

  // The model: every item was encrypted by the client before it was stored.
  await put(
    "Customers",
    [...numbers(20)].map((number) => encryptedItem("CUSTOMER", number)),
  );

  // Sensitive, and encrypted by the new release of the shop only: the old batch job goes on writing plain items.
  await put("Payments", [
    ...[...numbers(12)].map((number) => encryptedItem("PAYMENT", number)),
    ...[...numbers(5)].map((number) => ({ ...keyOf("REFUND", number), card: { S: "4111 1111 1111 1111" } })),
  ]);
}

function encryptedItem(kind: string, number: number): Item {
  const vector = encryptedVectors[number % encryptedVectors.length];
  if (vector === undefined) throw new Error("no vector has an encrypted attribute");
  return {
    ...keyOf(kind, number),
    card: { B: bytes(vector.aws_dbe_foot).slice(0, 32) },
    aws_dbe_head: { B: bytes(vector.aws_dbe_head) },
    aws_dbe_foot: { B: bytes(vector.aws_dbe_foot) },
  };
}

function keyOf(kind: string, number: number): Item {
  return { pk: { S: `${kind}#${1_000 + number}` }, sk: { S: "PROFILE" } };
}

function numbers(count: number): Iterable<number> {
  return Array.from({ length: count }).keys();
}

function bytes(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, "base64"));
}
