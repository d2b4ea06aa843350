import {
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeTable, listTables } from "../../../lib/account/tables.ts";
import { awsError, denied, networkError, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(DynamoDBClient);
let dynamodb: ReturnType<typeof mock>;
beforeEach(() => {
  dynamodb = mock();
});
afterEach(() => dynamodb.restore());

const session = sessionOf();
const listing = { call: "dynamodb:ListTables", lasting: true };

describe("the listing of tables", () => {
  it("is one page where one page is all", async () => {
    dynamodb.on(ListTablesCommand).resolves({ TableNames: ["Audit", "Orders"] });
    expect(await listTables(session)).toEqual({ tableNames: ["Audit", "Orders"], brokenOff: null });
    expect(dynamodb.commandCalls(ListTablesCommand).map(({ args }) => args[0].input)).toEqual([{ Limit: 100 }]);
  });

  it("goes on from page to page, a hundred names each", async () => {
    // By input, at the time of the call: the SDK's paginator writes the next token into the same object.
    dynamodb
      .on(ListTablesCommand, { Limit: 100 })
      .resolves({ TableNames: ["Audit"], LastEvaluatedTableName: "Audit" })
      .on(ListTablesCommand, { Limit: 100, ExclusiveStartTableName: "Audit" })
      .resolves({ TableNames: [], LastEvaluatedTableName: "Orders" })
      .on(ListTablesCommand, { Limit: 100, ExclusiveStartTableName: "Orders" })
      .resolves({ TableNames: ["Users"] });
    expect(await listTables(session)).toEqual({ tableNames: ["Audit", "Users"], brokenOff: null });
    expect(dynamodb.commandCalls(ListTablesCommand)).toHaveLength(3);
  });

  it("of no table is empty, and whole", async () => {
    dynamodb.on(ListTablesCommand).resolves({ TableNames: [] });
    expect(await listTables(session)).toEqual({ tableNames: [], brokenOff: null });
  });

  const breaks: Record<string, [error: Error, brokenOff: object]> = {
    throttling: [
      awsError("ThrottlingException", "Rate exceeded"),
      { ...listing, message: "on region us-east-1 was throttled past the retries", lasting: false },
    ],
    "a refusal": [
      denied("dynamodb:ListTables", "*", "because no identity-based policy allows the dynamodb:ListTables action"),
      { ...listing, message: "on region us-east-1 was denied. Allow it to role/dynamodb-table-encryption" },
    ],
    "a cut connection": [
      networkError("ECONNRESET"),
      { ...listing, message: "on region us-east-1 could not be reached (ECONNRESET)", lasting: false },
    ],
  };
  for (const [sentence, [error, brokenOff]] of Object.entries(breaks)) {
    it(`that breaks off by ${sentence} keeps what it has`, async () => {
      dynamodb
        .on(ListTablesCommand)
        .resolvesOnce({ TableNames: ["Audit"], LastEvaluatedTableName: "Audit" })
        .rejects(error);
      expect(await listTables(session)).toEqual({ tableNames: ["Audit"], brokenOff });
    });
  }

  it("with a page that names no list is not whole", async () => {
    dynamodb
      .on(ListTablesCommand)
      .resolvesOnce({ TableNames: ["Audit"], LastEvaluatedTableName: "Audit" })
      .resolves({});
    expect(await listTables(session)).toEqual({
      tableNames: ["Audit"],
      brokenOff: { ...listing, message: "on region us-east-1 answered without TableNames" },
    });
  });
});

describe("a table's description", () => {
  const tableArn = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
  const plain = { TableArn: tableArn, TableStatus: "ACTIVE" } as const;
  const told = { tableArn, tableStatus: "ACTIVE", archivalDateTime: null, sseDescription: null, replicas: [] };
  const keyArn = "arn:aws:kms:us-east-1:123456789012:key/a";
  const date = new Date("2026-01-01T00:00:00.000Z");
  const unread = (message: string, lasting = true) => ({
    unread: { call: "dynamodb:DescribeTable", message: `on table Orders ${message}`, lasting },
  });

  const described: Record<string, [table: TableDescription | undefined, fact: object]> = {
    "without SSEDescription is under an AWS owned key": [plain, { value: told }],
    "under a KMS key names it": [
      { ...plain, SSEDescription: { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: keyArn } },
      {
        value: {
          ...told,
          sseDescription: {
            status: "ENABLED",
            sseType: "KMS",
            kmsMasterKeyArn: keyArn,
            inaccessibleEncryptionDateTime: null,
          },
        },
      },
    ],
    "with a key out of reach says since when": [
      {
        ...plain,
        TableStatus: "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
        SSEDescription: { Status: "ENABLED", InaccessibleEncryptionDateTime: date },
      },
      {
        value: {
          ...told,
          tableStatus: "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
          sseDescription: {
            status: "ENABLED",
            sseType: null,
            kmsMasterKeyArn: null,
            inaccessibleEncryptionDateTime: date,
          },
        },
      },
    ],
    "of an archived table says since when": [
      { ...plain, TableStatus: "ARCHIVED", ArchivalSummary: { ArchivalDateTime: date } },
      { value: { ...told, tableStatus: "ARCHIVED", archivalDateTime: date } },
    ],
    "names the replicas in other regions only": [
      {
        ...plain,
        Replicas: [
          { RegionName: "us-east-1", ReplicaStatus: "ACTIVE" },
          { RegionName: "eu-central-1", ReplicaStatus: "CREATING" },
        ],
      },
      { value: { ...told, replicas: [{ regionName: "eu-central-1", replicaStatus: "CREATING" }] } },
    ],
    "that is missing is malformed": [undefined, unread("answered without TableArn")],
    "without an ARN is malformed": [{ TableStatus: "ACTIVE" }, unread("answered without TableArn")],
    "without a status is malformed": [{ TableArn: tableArn }, unread("answered without TableStatus")],
    "with an SSEDescription without status is malformed": [
      { ...plain, SSEDescription: { SSEType: "KMS" } },
      unread("answered without SSEDescription.Status"),
    ],
    "with a replica without region is malformed": [
      { ...plain, Replicas: [{ ReplicaStatus: "ACTIVE" }] },
      unread("answered without a replica's RegionName or ReplicaStatus"),
    ],
    "with a replica without status is malformed": [
      { ...plain, Replicas: [{ RegionName: "eu-central-1" }] },
      unread("answered without a replica's RegionName or ReplicaStatus"),
    ],
  };
  for (const [sentence, [table, fact]] of Object.entries(described)) {
    it(sentence, async () => {
      dynamodb.on(DescribeTableCommand).resolves(table === undefined ? {} : { Table: table });
      expect(await describeTable(session, "Orders", "us-east-1")).toEqual(fact);
    });
  }

  const failed: Record<string, [error: Error, fact: object]> = {
    "of a table that is gone is null": [awsError("ResourceNotFoundException"), { value: null }],
    "refused is unread": [
      denied("dynamodb:DescribeTable", tableArn, "with an explicit deny in a resource-based policy"),
      unread(
        "was denied. The table's policy shuts the scanner out. If it lets in an endpoint only, run the function in that VPC (its SubnetIds and SecurityGroupIds)",
      ),
    ],
    "throttled is unread for now": [awsError("ThrottlingException"), unread("was throttled past the retries", false)],
    "of a failing AWS is unread for now": [
      awsError("InternalServerError", "", 500),
      unread("failed on AWS's side (500 InternalServerError)", false),
    ],
  };
  for (const [sentence, [error, fact]] of Object.entries(failed)) {
    it(sentence, async () => {
      dynamodb.on(DescribeTableCommand).rejects(error);
      expect(await describeTable(session, "Orders", "us-east-1")).toEqual(fact);
    });
  }

  it("of a replica is asked of its own region, and named so where it fails", async () => {
    dynamodb.on(DescribeTableCommand).rejects(awsError("AccessDeniedException"));
    expect(await describeTable(session, "Orders", "eu-central-1")).toEqual({
      unread: {
        call: "dynamodb:DescribeTable",
        message: "on replica Orders in eu-central-1 was denied. Allow it to the scanner",
        lasting: true,
      },
    });
    const [asked] = dynamodb.commandCalls(DescribeTableCommand);
    expect(asked?.args[0].input).toEqual({ TableName: "Orders" });
    expect(await (asked?.thisValue as DynamoDBClient | undefined)?.config.region()).toBe("eu-central-1");
  });
});
