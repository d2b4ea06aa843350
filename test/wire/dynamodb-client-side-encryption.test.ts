import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  TagResourceCommand,
} from "@aws-sdk/client-dynamodb";
import pMap from "p-map";
import { expect, it } from "vitest";
import { keepAnswers, replayAnswers } from "../../lib/account/answers.ts";
import { isPassing } from "../../lib/account/fact.ts";
import { parseRecording, printRecording } from "../../lib/account/recording.ts";
import { openSession, type Session, type SessionOptions } from "../../lib/account/session.ts";
import { isEvaluation } from "../../lib/judge.ts";
import type { Evaluation, Outcome } from "../../lib/rule.ts";
import { clientSideEncryption } from "../../lib/rules/dynamodb-client-side-encryption.ts";
import { clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { seedSampleAccount } from "../../scripts/emulator/sample-account.ts";
import { seedItems } from "../../scripts/emulator/sample-items.ts";
import { legacyVectors, type SdkVector, sdkVector, sdkVectors } from "../lib/client-side-encryption/vectors.ts";
import { outcomesOf } from "../outcomes.ts";
import { wire } from "./wire.ts";

type Item = Record<string, AttributeValue>;

const region = "us-east-1";
const accountId = "123456789012";

function session(options: Partial<SessionOptions> = {}): Session {
  return openSession({ accountId, region, now: new Date(), ...options });
}

function scan(raw: object = {}, opened = session()): Promise<readonly Outcome[]> {
  return outcomesOf(clientSideEncryption, opened, raw);
}

/** Verdicts and annotations by table. */
function found(outcomes: readonly Outcome[]): Record<string, readonly [string, string]> {
  return Object.fromEntries(
    outcomes.map((outcome) => [
      outcome.resource?.id,
      isEvaluation(outcome) ? [outcome.complianceType, outcome.annotation] : ["unread", outcome.unread.message],
    ]),
  );
}

function markersOf({ aws_dbe_head, aws_dbe_foot }: SdkVector): Item {
  return { aws_dbe_head: { B: aws_dbe_head }, aws_dbe_foot: { B: aws_dbe_foot } };
}

const encrypted = markersOf(sdkVector("ees"));
const signed = markersOf(sdkVector("sss"));
const notTagged =
  "No tag DataClassification, so its items were not looked at: whether they are sensitive is not known (requireClassification makes this a violation)";

wire("dynamodb-client-side-encryption against the emulator", ({ url }) => {
  const dynamodb = (): DynamoDBClient => new DynamoDBClient(clientConfiguration(url, region));

  async function createTable(
    TableName: string,
    classification: string | null,
    items: readonly Item[] = [],
  ): Promise<void> {
    await dynamodb().send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        ...(classification === null ? {} : { Tags: [{ Key: "DataClassification", Value: classification }] }),
      }),
    );
    for (let at = 0; at < items.length; at += 25) {
      const puts = items.slice(at, at + 25).map((item, offset) => ({
        PutRequest: {
          Item: { pk: { S: `alice-${at + offset}@example.com` }, card: { S: "4012888888881881" }, ...item },
        },
      }));
      await dynamodb().send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }));
    }
  }

  it("judges tables by their tag and their items by their markers", async () => {
    await createTable("Untagged", null, [{}]);
    await createTable("Public", "public", [{}]);
    await createTable("Empty", "restricted");
    await createTable(
      "Vectors",
      "Restricted",
      sdkVectors.map(markersOf).filter((_markers, at) => sdkVectors[at]?.legend.includes("e")),
    );
    const legacy = legacyVectors.map((vector) =>
      Object.fromEntries(Object.entries(vector).map(([name, B]) => [name, { B }])),
    );
    await createTable("Legacy", "pii", legacy);
    await createTable("Signed", "confidential", [signed, signed]);
    await createTable("Mixed", "pii", [encrypted, {}, encrypted, {}, {}]);
    await createTable("Broken", "pii", [encrypted, { ...encrypted, aws_dbe_foot: { S: "4012888888881881" } }]);
    const wanted = "client-side encryption of every item required";
    const mend = "Encrypt in the client (ENCRYPT_AND_SIGN) before PutItem";
    expect(found(await scan())).toEqual({
      Untagged: ["NOT_APPLICABLE", notTagged],
      Public: [
        "NOT_APPLICABLE",
        "Tagged `DataClassification=public`, which is none of sensitiveTagValues: its items were not looked at",
      ],
      Empty: ["NOT_APPLICABLE", "The table is empty: it holds no item to look at"],
      Vectors: ["COMPLIANT", "10 of all 10 items: encrypted on the client (tagged `DataClassification=Restricted`)"],
      Legacy: [
        "COMPLIANT",
        "12 of all 12 items: encrypted on the client; 12 by the legacy client: which attributes it encrypted cannot be told (tagged `DataClassification=pii`)",
      ],
      Signed: [
        "NON_COMPLIANT",
        `2 of all 2 items are signed, not encrypted; at least one encrypted attribute required. ${mend}`,
      ],
      Mixed: ["NON_COMPLIANT", `3 of all 5 items carry no encryption header; ${wanted}. ${mend}`],
      Broken: [
        "NON_COMPLIANT",
        `1 of all 2 items has broken encryption markers (aws_dbe_foot is no binary); ${wanted}. ${mend}`,
      ],
    });
  });

  it("asks for a classification where that is demanded, and spares the exempt", async () => {
    await createTable("Untagged", null, [{}]);
    await createTable("Sandbox", "pii", [{}]);
    const ResourceArn = `arn:aws:dynamodb:${region}:${accountId}:table/Sandbox`;
    await dynamodb().send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "stage", Value: "sandbox-7" }] }));
    const opened = session();
    expect(found(await scan({ requireClassification: true, exemptResourceTag: "stage=sandbox-*" }, opened))).toEqual({
      Untagged: [
        "NON_COMPLIANT",
        "No tag DataClassification: whether the items are sensitive is not known; a classification of every table required. Tag the table DataClassification=... (tag-resource)",
      ],
      Sandbox: ["NOT_APPLICABLE", "Exempt: tag stage=sandbox-* (exemptResourceTag)"],
    });
    expect(opened.calls.has("dynamodb:Scan")).toBe(false);
  });

  it("says that a table complies once its plain items were put back encrypted, as the mend says in words", async () => {
    await createTable("Customers", "restricted", [encrypted, {}]);
    const [violation] = (await scan()).filter((outcome): outcome is Evaluation => isEvaluation(outcome));
    expect(violation?.complianceType).toBe("NON_COMPLIANT");
    expect(violation?.mend?.steps.every((step) => "words" in step)).toBe(true);
    expect(JSON.stringify(violation)).not.toMatch(/alice|4012/);
    await dynamodb().send(
      new PutItemCommand({ TableName: "Customers", Item: { pk: { S: "alice-1@example.com" }, ...encrypted } }),
    );
    expect(found(await scan())).toEqual({
      Customers: ["COMPLIANT", "2 of all 2 items: encrypted on the client (tagged `DataClassification=restricted`)"],
    });
  });

  it("samples a large table by its segments, and says how many of about how many", async () => {
    await createTable(
      "Customers",
      "restricted",
      Array.from({ length: 600 }, () => encrypted),
    );
    const opened = session();
    const annotation = found(await scan({}, opened))["Customers"]?.[1];
    expect(annotation).toBe(
      "25 of 25 sampled items of about 600: encrypted on the client (tagged `DataClassification=restricted`)",
    );
    expect(opened.calls.get("dynamodb:Scan")).toBe(25);
  });

  it("records no key and no value, and a replay comes to the same", async () => {
    await createTable(
      "Customers",
      "restricted",
      Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? encrypted : {})),
    );
    const answers = keepAnswers(isPassing);
    const live = await scan({}, session({ answers }));
    const file = printRecording({
      toolVersion: "0",
      accountId,
      region,
      recordedAt: new Date(),
      calls: answers.recorded(),
    });
    expect(file).not.toMatch(/alice|4012|LastEvaluatedKey/);
    expect(await scan({}, session({ answers: replayAnswers(parseRecording(file, "a.json").calls) }))).toEqual(live);
  });

  it("finds each verdict in the sample account", async () => {
    await seedSampleAccount(url);
    await seedItems(url);
    const outcomes = found(await scan());
    expect(outcomes).toMatchObject({
      Customers: ["COMPLIANT", "20 of all 20 items: encrypted on the client (tagged `DataClassification=restricted`)"],
      Payments: [
        "NON_COMPLIANT",
        "5 of all 17 items carry no encryption header; client-side encryption of every item required. Encrypt in the client (ENCRYPT_AND_SIGN) before PutItem",
      ],
      Orders: ["NOT_APPLICABLE", notTagged],
    });
    expect(Object.values(outcomes).filter(([verdict]) => verdict === "unread")).toEqual([]);
  });

  it("leaves the items of a thousand untagged tables alone", { timeout: 60_000 }, async () => {
    await pMap(Array.from({ length: 1_000 }).keys(), (at) => createTable(`Table-${at}`, null), { concurrency: 8 });
    for (let at = 0; at < 10; at++) await createTable(`Sensitive-${at}`, "pii", [encrypted]);
    const opened = session();
    expect(await scan({}, opened)).toHaveLength(1_010);
    expect(Object.fromEntries(opened.calls)).toEqual({
      "dynamodb:ListTables": 11,
      "tag:GetResources": 1,
      "dynamodb:DescribeTable": 10,
      "dynamodb:Scan": 10,
    });
  });

  it("makes the calls that its permissions declare, and no others; kms:Decrypt is DynamoDB's, in its name", async () => {
    await createTable("Customers", "restricted", [encrypted]);
    const opened = session();
    await scan({ exemptResourceTag: "stage=sandbox" }, opened);
    const declared = clientSideEncryption.permissions.map(({ action }) => action);
    expect([...opened.calls.keys(), "kms:Decrypt"].sort()).toEqual(declared.sort());
  });
});
