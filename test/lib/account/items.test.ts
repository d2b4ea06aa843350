import { DescribeTableCommand, DynamoDBClient, ScanCommand, type ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { describeItems, type ItemSample, sampleItems } from "../../../lib/account/items.ts";
import { type MarkerAttributes, markerNames } from "../../../lib/client-side-encryption/markers.ts";
import { awsError, denied, networkError, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(DynamoDBClient);
let dynamodb: ReturnType<typeof mock>;
beforeEach(() => {
  dynamodb = mock();
});
afterEach(() => {
  vi.useRealTimers();
  dynamodb.restore();
});

const tableArn = "arn:aws:dynamodb:us-east-1:123456789012:table/Customers";
const head = Uint8Array.from([1]);
const key = { pk: { S: "alice@example.com" } };

/** A Scan's answer with so many items without markers. */
const page = (count: number, more: object = {}) => ({
  ScannedCount: count,
  Items: Array.from({ length: count }, () => ({})),
  ...more,
});
const goesOn = { LastEvaluatedKey: key };
const inputs = (): ScanCommandInput[] => dynamodb.commandCalls(ScanCommand).map(({ args }) => args[0].input);
const limits = () => inputs().map(({ Limit }) => Limit);
const sample = (itemCount: number, sampleSize = 25): Promise<ItemSample<MarkerAttributes>> =>
  sampleItems(sessionOf(), "Customers", itemCount, sampleSize);
const unread = (message: string, lasting = true) => ({
  call: "dynamodb:Scan",
  message: `on table Customers ${message}`,
  lasting,
});

describe("a table's description", () => {
  it("tells status and about how many items", async () => {
    dynamodb.on(DescribeTableCommand).resolves({ Table: { TableArn: tableArn, TableStatus: "ACTIVE", ItemCount: 7 } });
    expect(await describeItems(sessionOf(), "Customers")).toEqual({
      value: { tableArn, tableStatus: "ACTIVE", itemCount: 7 },
    });
  });

  it("is null where there is no such table", async () => {
    dynamodb.on(DescribeTableCommand).rejects(awsError("ResourceNotFoundException"));
    expect(await describeItems(sessionOf(), "Customers")).toEqual({ value: null });
  });

  it.each([
    [{}, "TableArn"],
    [{ TableArn: tableArn }, "TableStatus"],
    [{ TableArn: tableArn, TableStatus: "ACTIVE" as const }, "ItemCount"],
  ])("%o is malformed", async (Table, missing) => {
    dynamodb.on(DescribeTableCommand).resolves({ Table });
    const message = `on table Customers answered without ${missing}`;
    expect(await describeItems(sessionOf(), "Customers")).toEqual({
      unread: { call: "dynamodb:DescribeTable", message, lasting: true },
    });
  });
});

describe("the question", () => {
  it("names the four markers and nothing else, and never where to start", async () => {
    dynamodb.on(ScanCommand).resolves(page(1, goesOn));
    await sample(1_200);
    expect(inputs()).toHaveLength(25);
    for (const [segment, input] of inputs().entries()) {
      const { ExpressionAttributeNames: names = {}, ProjectionExpression = "", ...others } = input;
      expect(ProjectionExpression.split(", ").map((name) => names[name])).toEqual(markerNames);
      expect(Object.keys(names)).toHaveLength(4);
      expect(others).toEqual({
        TableName: "Customers",
        Segment: segment,
        TotalSegments: 25,
        Limit: 1,
        ConsistentRead: false,
        Select: "SPECIFIC_ATTRIBUTES",
        ReturnConsumedCapacity: "TOTAL",
      });
    }
  });
});

describe("a sample", () => {
  it("holds each item's markers, and of others no more than that they are not binary", async () => {
    const Items = [{ aws_dbe_head: { B: head }, aws_dbe_foot: { S: "alice" }, ...key }, {}];
    dynamodb.on(ScanCommand).resolves({ ScannedCount: 2, Items });
    expect(await sample(2)).toEqual({
      items: [{ aws_dbe_head: head, aws_dbe_foot: null }, {}],
      whole: true,
      costly: false,
      brokenOff: null,
    });
  });

  it("counts the items that an answer leaves out for want of markers", async () => {
    dynamodb.on(ScanCommand).resolves({ ScannedCount: 3, Items: [{ aws_dbe_head: { B: head } }] });
    expect((await sample(3)).items).toEqual([{ aws_dbe_head: head }, {}, {}]);
  });

  const spreads: Record<string, [itemCount: number, sampleSize: number, limits: number[]]> = {
    "a table that DynamoDB has not counted is asked once": [0, 25, [25]],
    "a small table is asked once": [39, 25, [25]],
    "a segment holds more items than are asked of it": [100, 25, [5, 5, 5, 5, 5]],
    "a large table is asked by 25 segments": [1_000_000, 25, Array.from({ length: 25 }, () => 1)],
    "a sample that does not divide is spread as evenly as may be": [60, 25, [9, 8, 8]],
    "a sample of one is asked once": [1_000_000, 1, [1]],
    "a large sample is asked by 25 segments": [1_000_000, 500, Array.from({ length: 25 }, () => 20)],
  };
  for (const [sentence, [itemCount, sampleSize, expected]] of Object.entries(spreads)) {
    it(`is spread: ${sentence}`, async () => {
      dynamodb.on(ScanCommand).callsFake(({ Limit }: ScanCommandInput) => page(Limit ?? 0, goesOn));
      const { items, whole } = await sample(itemCount, sampleSize);
      expect([limits(), items.length, whole]).toEqual([expected, sampleSize, false]);
      expect(inputs().map(({ Segment, TotalSegments }) => [Segment, TotalSegments])).toEqual(
        expected.map((_limit, segment) => [segment, expected.length]),
      );
    });
  }

  it("makes up in later segments for what the earlier ones lack", async () => {
    const held = [0, 1, 0, 9, 30];
    dynamodb.on(ScanCommand).callsFake(({ Segment = 0, Limit = 0 }: ScanCommandInput) => {
      const count = held[Segment] ?? 0;
      return count > Limit ? page(Limit, goesOn) : page(count);
    });
    const { items, whole } = await sample(100);
    expect(limits()).toEqual([5, 7, 8, 12, 15]);
    expect([items.length, whole]).toEqual([25, false]);
  });

  it("of a table with all its items in one segment is as small as it must be, and does not claim to be whole", async () => {
    dynamodb
      .on(ScanCommand)
      .callsFake(({ Segment, Limit = 0 }: ScanCommandInput) => (Segment === 0 ? page(Limit, goesOn) : page(0)));
    const { items, whole, brokenOff } = await sample(1_200);
    expect([items.length, whole, brokenOff]).toEqual([1, false, null]);
  });

  it("is whole where no segment goes on", async () => {
    dynamodb.on(ScanCommand).resolves(page(0));
    expect(await sample(1_200)).toEqual({ items: [], whole: true, costly: false, brokenOff: null });
    expect(inputs()).toHaveLength(25);
  });

  it("is not whole where a segment gave nothing and goes on", async () => {
    dynamodb.on(ScanCommand).resolves(page(0, goesOn));
    expect(await sample(0)).toEqual({ items: [], whole: false, costly: false, brokenOff: null });
  });

  it("ends when it has used up a hundred read capacity units, and says so", async () => {
    dynamodb.on(ScanCommand).resolves(page(1, { ...goesOn, ConsumedCapacity: { CapacityUnits: 50 } }));
    const { items, whole, costly } = await sample(1_200);
    expect([items.length, whole, costly]).toEqual([2, false, true]);
  });

  it("that used it up in the last segment ended by itself", async () => {
    dynamodb.on(ScanCommand).resolves(page(25, { ConsumedCapacity: { CapacityUnits: 128 } }));
    expect(await sample(0)).toMatchObject({ whole: true, costly: false });
  });
});

describe("a sample that fails", () => {
  const malformed: Record<string, [answer: object, missing: string]> = {
    "without Items": [{ ScannedCount: 1 }, "Items"],
    "without ScannedCount": [{ Items: [{}] }, "a ScannedCount of all its Items"],
    "with more Items than it counted": [{ ScannedCount: 1, Items: [{}, {}] }, "a ScannedCount of all its Items"],
  };
  for (const [sentence, [answer, missing]] of Object.entries(malformed)) {
    it(`for an answer ${sentence} is malformed`, async () => {
      dynamodb.on(ScanCommand).resolves(answer);
      expect(await sample(0)).toEqual({
        items: [],
        whole: false,
        costly: false,
        brokenOff: unread(`answered without ${missing}`),
      });
    });
  }

  const shutOut =
    "was denied. The table's policy shuts the scanner out. If it lets in an endpoint only, run the function in that VPC (its SubnetIds and SecurityGroupIds)";
  const role = "role/dynamodb-table-encryption";
  const refused: Record<string, [error: Error, message: string]> = {
    "for want of permission": [
      denied("dynamodb:Scan", tableArn, "because no identity-based policy allows the dynamodb:Scan action"),
      `was denied. Allow it to ${role}`,
    ],
    "by the table's policy": [
      denied("dynamodb:Scan", tableArn, "with an explicit deny in a resource-based policy"),
      shutOut,
    ],
    "by a policy of its own": [
      denied("dynamodb:Scan", tableArn, "with an explicit deny in an identity-based policy"),
      `was denied. An explicit Deny stops ${role}`,
    ],
    "by the table's key": [
      denied(
        "kms:Decrypt",
        "arn:aws:kms:us-east-1:123456789012:key/a",
        "because no resource-based policy allows the kms:Decrypt action",
      ),
      `was denied. Allow kms:Decrypt to ${role} in the key's policy`,
    ],
  };
  for (const [sentence, [error, message]] of Object.entries(refused)) {
    it(`${sentence} is asked once, and says who can help`, async () => {
      dynamodb.on(ScanCommand).rejects(error);
      expect((await sample(1_200)).brokenOff).toEqual(unread(message));
      expect(inputs()).toHaveLength(1);
    });
  }

  it("because the table throttles leaves it in peace for five seconds, and goes on", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    dynamodb
      .on(ScanCommand)
      .resolvesOnce(page(5, goesOn))
      .rejectsOnce(awsError("ProvisionedThroughputExceededException"))
      .resolves(page(5));
    const sampling = sample(100);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(inputs()).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(await sampling).toMatchObject({ whole: false, brokenOff: null });
    expect(inputs().map(({ Segment }) => Segment)).toEqual([0, 1, 1, 2, 3, 4]);
  });

  it("because the table goes on throttling keeps what it has, and says that it broke off", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    dynamodb
      .on(ScanCommand)
      .rejectsOnce(awsError("ThrottlingException"))
      .resolvesOnce(page(5, goesOn))
      .rejects(awsError("ProvisionedThroughputExceededException"));
    const sampling = sample(100);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await sampling).toEqual({
      items: [{}, {}, {}, {}, {}],
      whole: false,
      costly: false,
      brokenOff: unread("was throttled past the retries", false),
    });
    expect(inputs()).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not wait past the run's time", async () => {
    const controller = new AbortController();
    dynamodb.on(ScanCommand).callsFake(() => {
      controller.abort();
      throw networkError("ECONNRESET");
    });
    const sampling = sampleItems(sessionOf({ signal: controller.signal }), "Customers", 0, 25);
    expect((await sampling).brokenOff).toEqual(unread("could not be reached (ECONNRESET)", false));
  });
});
