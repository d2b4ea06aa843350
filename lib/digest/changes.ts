/** The queue in which compliance changes wait for the next digest: taken before it is sent, deleted after. */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { read } from "../account/fact.ts";
import type { Session } from "../account/session.ts";
import { type Alert, alertIn } from "../alert/alert.ts";

export interface Change {
  /** Null where it is none to alert of, or could not be understood. */
  readonly alert: Alert | null;
  readonly receiptHandle: string;
}

export interface TakenChanges {
  readonly changes: readonly Change[];
  /** What is wrong with each that could not be understood; notify has its own copy, which fails aloud. */
  readonly faults: readonly string[];
  /** Why the queue was not emptied; null where it was. */
  readonly unread: string | null;
}

/** SQS's limit for a batch of anything. */
const batchLimit = 10;

/** Takes all that waits, each hidden for as long as the run may take. Throws nothing.
 * @param remaining the run's time that is left, in milliseconds */
export async function takeChanges(session: Session, queueUrl: string, remaining: () => number): Promise<TakenChanges> {
  const client = session.client(SQSClient);
  const changes: Change[] = [];
  const faults: string[] = [];
  for (;;) {
    const answer = await read("sqs:ReceiveMessage", "the digest's queue", () =>
      client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: batchLimit,
          // A long poll asks all of SQS's servers: an empty answer of a short one proves nothing.
          WaitTimeSeconds: 1,
          // Should the run be cut off, the next try finds them.
          VisibilityTimeout: Math.max(1, Math.ceil(remaining() / 1000)),
        }),
      ),
    );
    if ("unread" in answer) return { changes, faults, unread: `${answer.unread.call} ${answer.unread.message}` };
    const messages = answer.value.Messages ?? [];
    if (messages.length === 0) return { changes, faults, unread: null };
    for (const message of messages) changes.push(changeIn(message, faults));
  }
}

function changeIn({ Body = "", ReceiptHandle: receiptHandle = "" }: Message, faults: string[]): Change {
  try {
    return { alert: alertIn(Body), receiptHandle };
  } catch (error) {
    if (!(error instanceof Error && error.name === "AlertError")) throw error;
    faults.push(error.message);
    return { alert: null, receiptHandle };
  }
}

/** Deletes what a digest has told.
 * @returns how many SQS kept
 * @throws whatever the client throws */
export function dropChanges(session: Session, queueUrl: string, changes: readonly Change[]): Promise<number> {
  const client = session.client(SQSClient);
  return inBatches(changes, (Entries) => client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries })));
}

/** Gives back to the queue, at once, what no digest has told.
 * @returns how many SQS keeps hidden for a while
 * @throws whatever the client throws */
export function returnChanges(session: Session, queueUrl: string, changes: readonly Change[]): Promise<number> {
  const client = session.client(SQSClient);
  return inBatches(changes, (entries) => {
    const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    return client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  });
}

async function inBatches(
  changes: readonly Change[],
  send: (
    entries: { Id: string; ReceiptHandle: string }[],
  ) => Promise<{ readonly Failed?: readonly unknown[] | undefined }>,
): Promise<number> {
  let failed = 0;
  for (let start = 0; start < changes.length; start += batchLimit) {
    const batch = changes.slice(start, start + batchLimit);
    const answer = await send(batch.map(({ receiptHandle }, at) => ({ Id: String(at), ReceiptHandle: receiptHandle })));
    failed += answer.Failed?.length ?? 0;
  }
  return failed;
}
