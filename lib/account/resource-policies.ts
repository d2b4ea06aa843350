/** Reads of resource-based policies. A table's, which is its indexes' too, and its stream's are documents of their own
 * (DynamoDB developer guide, resource-based policies). */
import { DynamoDBClient, GetResourcePolicyCommand } from "@aws-sdk/client-dynamodb";
import type { Fact } from "../rule.ts";
import { isComingOrGoing } from "../table-status.ts";
import { malformed, read } from "./fact.ts";
import { paced } from "./pace.ts";
import type { Session } from "./session.ts";
import { tableAnswer } from "./tables.ts";

/** AWS documents no rate for GetResourcePolicy. At this one, calls a second, the policies of 10,000 tables and of their
 * streams are read in half of Lambda's time, and the account's other callers are left their share. */
const getResourcePolicyRate = 50;

export interface ResourcePolicyFacts {
  readonly tableName: string;
  readonly tableStatus: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The table's own, then its latest stream's; none of a table that is being created or deleted. */
  readonly documents: readonly AttachedDocument[];
}

export interface AttachedDocument {
  /** Of the table, or of its stream. */
  readonly resourceArn: string;
  /** A value of null: it has no resource-based policy. */
  readonly document: Fact<ResourcePolicy | null>;
}

export interface ResourcePolicy {
  readonly policy: string;
  /** Null where AWS does not tell it. */
  readonly revisionId: string | null;
}

/** Reads a table's policies, one call each. A value of null: there is no table of this name. */
export function resourcePolicyReader(
  session: Session,
): (tableName: string) => Promise<Fact<ResourcePolicyFacts | null>> {
  const readPolicy = policyReader(session);
  return async (tableName) => {
    const table = await tableAnswer(session, tableName, session.region);
    if ("unread" in table || table.value === null) return table as Fact<null>;
    const { TableArn, TableStatus: tableStatus, LatestStreamArn, StreamSpecification } = table.value;
    const facts = { tableName, tableStatus, now: session.now.getTime() };
    if (isComingOrGoing(tableStatus)) return { value: { ...facts, documents: [] } };
    const isStreaming = StreamSpecification?.StreamEnabled === true;
    if (isStreaming && LatestStreamArn === undefined) {
      return { unread: malformed("dynamodb:DescribeTable", `table ${tableName}`, "LatestStreamArn") };
    }
    // A stream that was switched off can be read for another day, and keeps its policy.
    const stream = LatestStreamArn === undefined ? [] : [{ resourceArn: LatestStreamArn, isThere: isStreaming }];
    const documents = [{ resourceArn: TableArn, isThere: true }, ...stream].map(async ({ resourceArn, isThere }) => {
      const subject = resourceArn === TableArn ? `table ${tableName}` : `the stream of table ${tableName}`;
      return { resourceArn, document: await readPolicy(resourceArn, subject, isThere) };
    });
    return { value: { ...facts, documents: await Promise.all(documents) } };
  };
}

const call = "dynamodb:GetResourcePolicy";

/** Reads resource-based policies within the rate; `isThere`: whether DescribeTable told that the resource is in use. */
export function policyReader(session: Session) {
  const client = session.client(DynamoDBClient);
  const inTurn = paced(getResourcePolicyRate, session.signal);
  return async (resourceArn: string, subject: string, isThere: boolean): Promise<Fact<ResourcePolicy | null>> => {
    const answer = await read(call, subject, async () => {
      try {
        return await client.send(inTurn(new GetResourcePolicyCommand({ ResourceArn: resourceArn })));
      } catch (error) {
        const { name } = error instanceof Error ? error : { name: "" };
        if (name === "PolicyNotFoundException") return null;
        if (name === "ResourceNotFoundException") return isThere ? "missing" : null;
        throw error;
      }
    });
    if ("unread" in answer) return answer;
    if (answer.value === null) return { value: null };
    // Eventually consistent: right after it was made, or where it has just gone, AWS knows no such resource.
    if (answer.value === "missing")
      return { unread: { call, message: `on ${subject} finds it not, though it was described`, lasting: false } };
    const { Policy: policy, RevisionId = null } = answer.value;
    if (policy === undefined) return { unread: malformed(call, subject, "Policy") };
    return { value: { policy, revisionId: RevisionId } };
  };
}
