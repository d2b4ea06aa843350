import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Change, dropChanges, returnChanges, takeChanges } from "../../../lib/digest/changes.ts";
import { awsError, sessionOf } from "../../fakes/account.ts";
import { bodyOf } from "../alert/compliance-change.ts";

const queueUrl = "https://sqs.us-east-1.amazonaws.com/123456789012/digest";
const mock = () => mockClient(SQSClient);
let sqs: ReturnType<typeof mock>;
beforeEach(() => {
  sqs = mock();
  sqs.on(ReceiveMessageCommand).resolves({});
  sqs.on(DeleteMessageBatchCommand).resolves({});
  sqs.on(ChangeMessageVisibilityBatchCommand).resolves({});
});
afterEach(() => sqs.restore());

const message = (ReceiptHandle: string, Body: string): Message => ({ ReceiptHandle, Body });
const take = (remaining = 60_000) => takeChanges(sessionOf(), queueUrl, () => remaining);

test("all that waits is taken, and hidden for as long as the run may take", async () => {
  sqs
    .on(ReceiveMessageCommand)
    .resolvesOnce({ Messages: [message("1", bodyOf()), message("2", bodyOf({ id: "Orders" }))] })
    .resolvesOnce({ Messages: [message("3", bodyOf({ id: "Audit" }))] })
    .resolves({});
  const { changes, faults, unread } = await take(59_100);
  expect(changes.map(({ alert, receiptHandle }) => [receiptHandle, alert?.name])).toEqual([
    ["1", "Ledger"],
    ["2", "Orders"],
    ["3", "Audit"],
  ]);
  expect({ faults, unread }).toEqual({ faults: [], unread: null });
  expect(sqs.commandCalls(ReceiveMessageCommand).map(({ args }) => args[0].input)).toEqual(
    Array(3).fill({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, VisibilityTimeout: 60 }),
  );
});

test("an empty queue is no change", async () => {
  expect(await take()).toEqual({ changes: [], faults: [], unread: null });
});

test("what is none to alert of is taken without an alert; what is malformed with its fault", async () => {
  const mild = bodyOf({ now: "COMPLIANT", before: null });
  sqs
    .on(ReceiveMessageCommand)
    .resolvesOnce({ Messages: [message("1", mild), message("2", "{"), { ReceiptHandle: "3" }] })
    .resolves({});
  const notJson = "the message's body is not JSON; use an event of EventBridge";
  expect(await take()).toEqual({
    changes: ["1", "2", "3"].map((receiptHandle) => ({ alert: null, receiptHandle })),
    faults: [notJson, notJson],
    unread: null,
  });
});

test("a queue that fails half-way keeps what was taken, and says why there may be more", async () => {
  sqs
    .on(ReceiveMessageCommand)
    .resolvesOnce({ Messages: [message("1", bodyOf())] })
    .rejects(awsError("AccessDenied"));
  const { changes, unread } = await take();
  expect(changes).toHaveLength(1);
  expect(unread).toBe("sqs:ReceiveMessage on the digest's queue was denied. Allow it to the scanner");
});

const many = Array.from({ length: 23 }, (_, at): Change => ({ alert: null, receiptHandle: `r${at}` }));
const entries = (change: object) => [
  many.slice(0, 10).map(({ receiptHandle }, at) => ({ Id: String(at), ReceiptHandle: receiptHandle, ...change })),
  many.slice(10, 20).map(({ receiptHandle }, at) => ({ Id: String(at), ReceiptHandle: receiptHandle, ...change })),
  many.slice(20).map(({ receiptHandle }, at) => ({ Id: String(at), ReceiptHandle: receiptHandle, ...change })),
];

test("what was told is deleted, ten at a time, and what SQS kept is counted", async () => {
  sqs
    .on(DeleteMessageBatchCommand)
    .resolvesOnce({})
    .resolves({ Failed: [{ Id: "1", Code: "InternalError", SenderFault: false }] });
  expect(await dropChanges(sessionOf(), queueUrl, many)).toBe(2);
  expect(sqs.commandCalls(DeleteMessageBatchCommand).map(({ args }) => args[0].input)).toEqual(
    entries({}).map((Entries) => ({ QueueUrl: queueUrl, Entries })),
  );
});

test("what was not told can be taken again at once", async () => {
  expect(await returnChanges(sessionOf(), queueUrl, many)).toBe(0);
  expect(sqs.commandCalls(ChangeMessageVisibilityBatchCommand).map(({ args }) => args[0].input)).toEqual(
    entries({ VisibilityTimeout: 0 }).map((Entries) => ({ QueueUrl: queueUrl, Entries })),
  );
});

test("nothing to delete is no call", async () => {
  expect(await dropChanges(sessionOf(), queueUrl, [])).toBe(0);
  expect(sqs.calls()).toEqual([]);
});
