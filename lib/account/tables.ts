/** Reads of DynamoDB tables. */
import {
  type TableDescription as Answered,
  DescribeTableCommand,
  DynamoDBClient,
  paginateListTables,
} from "@aws-sdk/client-dynamodb";
import type { Fact, Unread } from "../rule.ts";
import { malformed, read, unreadFrom } from "./fact.ts";
import type { Session } from "./session.ts";

export interface TableListing {
  readonly tableNames: readonly string[];
  /** Why the list is not whole; null where it is. */
  readonly brokenOff: Unread | null;
}

/** The names of all tables of the session's region, a hundred a call. */
export async function listTables(session: Session): Promise<TableListing> {
  const tableNames: string[] = [];
  try {
    for await (const page of paginateListTables({ client: session.client(DynamoDBClient), pageSize: 100 }, {})) {
      if (page.TableNames === undefined) {
        return { tableNames, brokenOff: malformed("dynamodb:ListTables", `region ${session.region}`, "TableNames") };
      }
      tableNames.push(...page.TableNames);
    }
    return { tableNames, brokenOff: null };
  } catch (error) {
    return { tableNames, brokenOff: unreadFrom(error, "dynamodb:ListTables", `region ${session.region}`) };
  }
}

/** A table as DescribeTable tells, in its words. */
export interface TableDescription {
  readonly tableArn: string;
  readonly tableStatus: string;
  readonly archivalDateTime: Date | null;
  /** Null: an AWS owned key. */
  readonly sseDescription: SseDescription | null;
  readonly replicas: readonly { readonly regionName: string; readonly replicaStatus: string }[];
}

export interface SseDescription {
  readonly status: string;
  readonly sseType: string | null;
  readonly kmsMasterKeyArn: string | null;
  readonly inaccessibleEncryptionDateTime: Date | null;
}

/** DescribeTable's answer with what it always has, or null where there is no table of this name in the region. */
export async function tableAnswer(
  session: Session,
  tableName: string,
  region: string,
): Promise<Fact<(Answered & { readonly TableArn: string; readonly TableStatus: string }) | null>> {
  const subject = subjectOf(session, tableName, region);
  const client = session.client(DynamoDBClient, region);
  const table = await read(call, subject, async () => {
    try {
      return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table ?? {};
    } catch (error) {
      if (error instanceof Error && error.name === "ResourceNotFoundException") return null;
      throw error;
    }
  });
  if ("unread" in table) return table;
  if (table.value === null) return { value: null };
  const { TableArn, TableStatus } = table.value;
  if (TableArn === undefined) return { unread: malformed(call, subject, "TableArn") };
  if (TableStatus === undefined) return { unread: malformed(call, subject, "TableStatus") };
  return { value: { ...table.value, TableArn, TableStatus } };
}

const call = "dynamodb:DescribeTable";

function subjectOf(session: Session, tableName: string, region: string): string {
  return region === session.region ? `table ${tableName}` : `replica ${tableName} in ${region}`;
}

/** A table's description, or null where there is no table of this name in the region. */
export async function describeTable(
  session: Session,
  tableName: string,
  region: string,
): Promise<Fact<TableDescription | null>> {
  const subject = subjectOf(session, tableName, region);
  const table = await tableAnswer(session, tableName, region);
  if ("unread" in table || table.value === null) return table as Fact<null>;
  const { TableArn, TableStatus, ArchivalSummary, SSEDescription, Replicas } = table.value;
  if (SSEDescription !== undefined && SSEDescription.Status === undefined) {
    return { unread: malformed(call, subject, "SSEDescription.Status") };
  }
  const named = (Replicas ?? []).flatMap(({ RegionName, ReplicaStatus }) =>
    RegionName === undefined || ReplicaStatus === undefined
      ? []
      : [{ regionName: RegionName, replicaStatus: ReplicaStatus }],
  );
  if (named.length < (Replicas ?? []).length)
    return { unread: malformed(call, subject, "a replica's RegionName or ReplicaStatus") };
  return {
    value: {
      tableArn: TableArn,
      tableStatus: TableStatus,
      archivalDateTime: ArchivalSummary?.ArchivalDateTime ?? null,
      sseDescription:
        SSEDescription?.Status === undefined
          ? null
          : {
              status: SSEDescription.Status,
              sseType: SSEDescription.SSEType ?? null,
              kmsMasterKeyArn: SSEDescription.KMSMasterKeyArn ?? null,
              inaccessibleEncryptionDateTime: SSEDescription.InaccessibleEncryptionDateTime ?? null,
            },
      // A global table lists its other regions; some answers list the region asked, too.
      replicas: named.filter(({ regionName }) => regionName !== region),
    },
  };
}
