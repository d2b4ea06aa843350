/** Reads of the items of tables, as far as their markers: no other attribute is ever asked for. */
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { type MarkerAttributes, markerNames } from "../client-side-encryption/markers.ts";
import type { Fact, Unread } from "../rule.ts";
import { malformed, read } from "./fact.ts";
import { redactScan, type ScanAnswer } from "./redact.ts";
import type { Session } from "./session.ts";
import { tableAnswer } from "./tables.ts";

/** A table as the one who wants its items must know it. */
export interface ItemStore {
  readonly tableArn: string;
  readonly tableStatus: string;
  /** As DynamoDB last counted; it does so about every six hours. */
  readonly itemCount: number;
}

/** A table's status and about how many items it holds, or null where there is no table of this name. */
export async function describeItems(session: Session, tableName: string): Promise<Fact<ItemStore | null>> {
  const table = await tableAnswer(session, tableName, session.region);
  if ("unread" in table || table.value === null) return table as Fact<null>;
  const { TableArn, TableStatus, ItemCount } = table.value;
  if (ItemCount === undefined) {
    return { unread: malformed("dynamodb:DescribeTable", `table ${tableName}`, "ItemCount") };
  }
  return { value: { tableArn: TableArn, tableStatus: TableStatus, itemCount: ItemCount } };
}

/** Some items of a table, each by its markers alone. */
export interface ItemSample<Item> {
  readonly items: readonly Item[];
  /** Whether these are all items that the table holds. */
  readonly whole: boolean;
  /** Whether it ends early to spare the table's read capacity. */
  readonly costly: boolean;
  /** Why it ends early otherwise; null where it does not. */
  readonly brokenOff: Unread | null;
}

/** What one table's sample may cost a run, in read capacity units; they are consumed by whole items, not by what is
 * asked of them. The call that reaches it is the last. */
const capacityLimit = 100;

const mostSegments = 25;
/** A segment should hold more items than are asked of it: a small table is read in few segments. */
const itemsASegment = 20;
const pauseMilliseconds = 5_000;

/** A sample spread over the segments of a parallel Scan, one answer a segment and never a second page. What a segment
 * lacks the next ones make up for. Where the table throttles, past the SDK's own retries, it is left in peace for a
 * while, once; then the sample ends. */
export async function sampleItems(
  session: Session,
  tableName: string,
  itemCount: number,
  sampleSize: number,
): Promise<ItemSample<MarkerAttributes>> {
  const segments = Math.max(1, Math.min(sampleSize, mostSegments, Math.floor(itemCount / itemsASegment)));
  const items: MarkerAttributes[] = [];
  const state = { whole: true, costly: false };
  let capacity = 0;
  let mayPause = true;

  for (let segment = 0; segment < segments; segment++) {
    const limit = Math.ceil((sampleSize - items.length) / (segments - segment));
    const ask = (): Promise<Fact<Page>> => scanSegment(session, tableName, { segment, segments, limit });
    let page = await ask();
    if ("unread" in page && !page.unread.lasting && mayPause) {
      mayPause = false;
      await pause(session.signal);
      page = await ask();
    }
    if ("unread" in page) return { ...state, items, whole: false, brokenOff: page.unread };
    items.push(...page.value.items);
    capacity += page.value.capacityUnits;
    if (page.value.hasMore) state.whole = false;
    if (capacity >= capacityLimit && segment < segments - 1) {
      return { items, whole: false, costly: true, brokenOff: null };
    }
  }
  return { ...state, items, brokenOff: null };
}

interface Page {
  readonly items: readonly MarkerAttributes[];
  readonly hasMore: boolean;
  readonly capacityUnits: number;
}

async function scanSegment(
  session: Session,
  tableName: string,
  { segment, segments, limit }: { readonly segment: number; readonly segments: number; readonly limit: number },
): Promise<Fact<Page>> {
  const call = "dynamodb:Scan";
  const subject = `table ${tableName}`;
  const answer = await read<ScanAnswer>(call, subject, async () => {
    const command = new ScanCommand({
      TableName: tableName,
      Segment: segment,
      TotalSegments: segments,
      Limit: limit,
      ConsistentRead: false,
      Select: "SPECIFIC_ATTRIBUTES",
      ProjectionExpression: Object.keys(attributeNames).join(", "),
      ExpressionAttributeNames: attributeNames,
      ReturnConsumedCapacity: "TOTAL",
    });
    return redactScan(await session.client(DynamoDBClient).send(command));
  });
  if ("unread" in answer) return answer;
  const { Items, ScannedCount, ConsumedCapacity, HasMore } = answer.value;
  if (Items === undefined) return { unread: malformed(call, subject, "Items") };
  if (ScannedCount === undefined || ScannedCount < Items.length) {
    return { unread: malformed(call, subject, "a ScannedCount of all its Items") };
  }
  // ScannedCount counts the items; one that is not among Items has none of what was asked for.
  const withoutMarkers = Array.from({ length: ScannedCount - Items.length }, () => ({}));
  const items = [
    ...Items.map((item) => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, value.B ?? null]))),
    ...withoutMarkers,
  ];
  return { value: { items, hasMore: HasMore, capacityUnits: ConsumedCapacity?.CapacityUnits ?? 0 } };
}

const attributeNames: Record<string, string> = Object.fromEntries(
  markerNames.map((name, index) => [`#marker${index}`, name]),
);

/** Ends early with the run's time. */
async function pause(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const timer = setTimeout(resolve, pauseMilliseconds);
  signal.addEventListener("abort", resolve);
  if (signal.aborted) resolve(null);
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", resolve);
}
