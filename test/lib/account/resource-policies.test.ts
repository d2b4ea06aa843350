import {
  DescribeTableCommand,
  DynamoDBClient,
  GetResourcePolicyCommand,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resourcePolicyReader } from "../../../lib/account/resource-policies.ts";
import { awsError, denied, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(DynamoDBClient);
let dynamodb: ReturnType<typeof mock>;
beforeEach(() => {
  dynamodb = mock();
});
afterEach(() => dynamodb.restore());

const table = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
const stream = `${table}/stream/2026-01-01T00:00:00.000`;
const plain = { TableArn: table, TableStatus: "ACTIVE" } as const;
const streaming = { ...plain, LatestStreamArn: stream, StreamSpecification: { StreamEnabled: true } };
const told = { tableName: "Orders", tableStatus: "ACTIVE", now: Date.parse("2026-01-01T00:00:00.000Z") };

const readOrders = () => resourcePolicyReader(sessionOf())("Orders");
const described = (Table: TableDescription) => dynamodb.on(DescribeTableCommand).resolves({ Table });
const policyOf = (ResourceArn: string) => dynamodb.on(GetResourcePolicyCommand, { ResourceArn });
const asked = () => dynamodb.commandCalls(GetResourcePolicyCommand).map(({ args }) => args[0].input.ResourceArn);
const none = (resourceArn = table) => ({ resourceArn, document: { value: null } });
const unread = (message: string, lasting: boolean) => ({
  unread: { call: "dynamodb:GetResourcePolicy", message, lasting },
});

describe("the policies of a table", () => {
  it("are its own and its latest stream's, one call each", async () => {
    described(streaming);
    policyOf(table).resolves({ Policy: '{"a":1}', RevisionId: "17" });
    policyOf(stream).resolves({ Policy: '{"b":2}' });
    expect(await readOrders()).toEqual({
      value: {
        ...told,
        documents: [
          { resourceArn: table, document: { value: { policy: '{"a":1}', revisionId: "17" } } },
          { resourceArn: stream, document: { value: { policy: '{"b":2}', revisionId: null } } },
        ],
      },
    });
    expect(asked()).toEqual([table, stream]);
  });

  it("are null where there is none, and are not asked of a stream that is not", async () => {
    described(plain);
    policyOf(table).rejects(awsError("PolicyNotFoundException"));
    expect(await readOrders()).toEqual({ value: { ...told, documents: [none()] } });
    expect(asked()).toEqual([table]);
  });

  it("are not asked of a table that is being made or deleted", async () => {
    described({ ...streaming, TableStatus: "DELETING" });
    expect(await readOrders()).toEqual({ value: { ...told, tableStatus: "DELETING", documents: [] } });
    expect(asked()).toEqual([]);
  });

  it("of a table that is gone are null", async () => {
    dynamodb.on(DescribeTableCommand).rejects(awsError("ResourceNotFoundException"));
    expect(await readOrders()).toEqual({ value: null });
  });

  it("are unread where the table is", async () => {
    dynamodb.on(DescribeTableCommand).rejects(awsError("ThrottlingException"));
    expect(await readOrders()).toEqual({
      unread: {
        call: "dynamodb:DescribeTable",
        message: "on table Orders was throttled past the retries",
        lasting: false,
      },
    });
  });

  it("are unread where a stream is told without its ARN", async () => {
    described({ ...plain, StreamSpecification: { StreamEnabled: true } });
    expect(await readOrders()).toEqual({
      unread: {
        call: "dynamodb:DescribeTable",
        message: "on table Orders answered without LatestStreamArn",
        lasting: true,
      },
    });
  });

  it("of a stream that was switched off end with the stream", async () => {
    described({ ...plain, LatestStreamArn: stream });
    policyOf(table).rejects(awsError("PolicyNotFoundException"));
    policyOf(stream).rejects(awsError("ResourceNotFoundException"));
    expect(await readOrders()).toEqual({ value: { ...told, documents: [none(), none(stream)] } });
  });

  const failed: Record<string, [error: Error, fact: object]> = {
    "refused are no absence": [
      denied("dynamodb:GetResourcePolicy", table, "because no identity-based policy allows it"),
      unread("on table Orders was denied. Allow it to role/dynamodb-table-encryption", true),
    ],
    "throttled are unread for now": [
      awsError("ThrottlingException"),
      unread("on table Orders was throttled past the retries", false),
    ],
    "of a table that is not found any more are unread for now": [
      awsError("ResourceNotFoundException"),
      unread("on table Orders finds it not, though it was described", false),
    ],
  };
  for (const [sentence, [error, fact]] of Object.entries(failed)) {
    it(sentence, async () => {
      described(plain);
      policyOf(table).rejects(error);
      expect(await readOrders()).toEqual({ value: { ...told, documents: [{ resourceArn: table, document: fact }] } });
    });
  }

  it("are malformed where an answer has no policy; the other is read all the same", async () => {
    described(streaming);
    policyOf(table).resolves({ RevisionId: "17" });
    policyOf(stream).rejects(awsError("PolicyNotFoundException"));
    expect(await readOrders()).toEqual({
      value: {
        ...told,
        documents: [
          { resourceArn: table, document: unread("on table Orders answered without Policy", true) },
          none(stream),
        ],
      },
    });
  });
});
