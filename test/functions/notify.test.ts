import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { SQSEvent } from "aws-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { notify } from "../../lib/alert/notify.ts";
import { lambdaContext } from "../fakes/lambda.ts";
import { awsOwned, bodyOf } from "../lib/alert/compliance-change.ts";

const topicArn = "arn:aws:sns:us-east-1:123456789012:alerts";
const sns = mockClient(SNSClient);

beforeEach(() => {
  vi.stubEnv("ALERT_TOPIC_ARN", topicArn);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("POWERTOOLS_LOG_LEVEL", "SILENT");
  sns.reset();
  sns.on(PublishCommand).resolves({ MessageId: "1" });
});
afterEach(() => sns.reset());

function batch(...bodies: readonly string[]): SQSEvent {
  const records = bodies.map((body, at) => ({ messageId: `m${at}`, body }) as SQSEvent["Records"][number]);
  return { Records: records };
}

function published() {
  return sns.commandCalls(PublishCommand).map(({ args }) => args[0].input);
}

test("one alert is one message to the topic", async () => {
  const answer = await notify()(batch(bodyOf()), lambdaContext());
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(published()).toEqual([
    {
      TopicArn: topicArn,
      Subject: "DynamoDB NON_COMPLIANT: table Ledger, dynamodb-table-encryption (123456789012 us-east-1)",
      Message: expect.stringMatching(/^Table Ledger broke "encryption at rest" at 14:02 UTC on 2026-01-04/),
    },
  ]);
});

test("doubles within a batch are dropped", async () => {
  await notify()(batch(bodyOf(), bodyOf(), bodyOf()), lambdaContext());
  expect(published().map(({ Subject }) => Subject)).toEqual([
    "DynamoDB NON_COMPLIANT: table Ledger, dynamodb-table-encryption (123456789012 us-east-1)",
  ]);
});

test("several alerts are one message", async () => {
  await notify()(batch(bodyOf(), bodyOf({ id: "Legacy" })), lambdaContext());
  expect(published().map(({ Subject }) => Subject)).toEqual(["DynamoDB: 2 violations (123456789012 us-east-1)"]);
});

test("a malformed record fails alone, and the log names the field", async () => {
  // Powertools then writes to the console of this process.
  vi.stubEnv("POWERTOOLS_DEV", "true");
  vi.stubEnv("POWERTOOLS_LOG_LEVEL", "ERROR");
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const answer = await notify()(batch("{", bodyOf(), bodyOf({ at: "soon" })), lambdaContext());
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }, { itemIdentifier: "m2" }] });
  expect(published().map(({ Subject }) => Subject)).toEqual([
    "DynamoDB NON_COMPLIANT: table Ledger, dynamodb-table-encryption (123456789012 us-east-1)",
  ]);
  expect(log.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      message: "not an alert: the message returns to the queue",
      messageId: "m0",
      fault: "the message's body is not JSON; use an event of EventBridge",
    }),
    expect.objectContaining({
      messageId: "m2",
      fault: 'detail.newEvaluationResult.evaluationResultIdentifier.orderingTimestamp is `"soon"`; use a time',
    }),
  ]);
});

test("nothing to alert of is nothing to publish", async () => {
  const body = bodyOf({ now: "COMPLIANT", before: "NOT_APPLICABLE" });
  expect(await notify()(batch(body), lambdaContext())).toEqual({ batchItemFailures: [] });
  expect(published()).toEqual([]);
});

test("what is too mild is not published, and counted in the log", async () => {
  vi.stubEnv("ALERT_MINIMUM_SEVERITY", "MEDIUM");
  vi.stubEnv("POWERTOOLS_DEV", "true");
  vi.stubEnv("POWERTOOLS_LOG_LEVEL", "INFO");
  const log = vi.spyOn(console, "info").mockImplementation(() => undefined);
  const handler = notify();
  const mild = bodyOf({ id: "Sessions", annotation: awsOwned });
  expect(await handler(batch(mild, mild), lambdaContext())).toEqual({ batchItemFailures: [] });
  expect(published()).toEqual([]);
  await handler(batch(mild, bodyOf()), lambdaContext());
  expect(published().map(({ Subject }) => Subject)).toEqual([
    "DynamoDB NON_COMPLIANT: table Ledger, dynamodb-table-encryption (123456789012 us-east-1)",
  ]);
  expect(log.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
    expect.objectContaining({ message: "nothing to alert of", records: 2, alerts: 0, tooMild: 1, malformed: 0 }),
    expect.objectContaining({ message: "alerted", records: 2, alerts: 1, tooMild: 1, malformed: 0 }),
  ]);
});

test("a severity that is none stops the function before it takes anything", () => {
  vi.stubEnv("ALERT_MINIMUM_SEVERITY", "high");
  expect(() => notify()).toThrow("ALERT_MINIMUM_SEVERITY is `high`; use LOW, MEDIUM, HIGH or CRITICAL");
});

test("where SNS does not take the message the whole batch fails, so that the queue delivers it again", async () => {
  sns.on(PublishCommand).rejects(Object.assign(new Error("not allowed"), { name: "AuthorizationErrorException" }));
  await expect(notify()(batch(bodyOf(), "{"), lambdaContext())).rejects.toThrow(
    `sns:Publish to ${topicArn} failed (AuthorizationErrorException: not allowed); all of the batch returns to the queue`,
  );
});

test("a missing topic is said before anything is lost", async () => {
  vi.stubEnv("ALERT_TOPIC_ARN", "");
  await expect(notify()(batch(bodyOf()), lambdaContext())).rejects.toThrow(
    "ALERT_TOPIC_ARN is missing; set it to the ARN of the SNS topic for alerts",
  );
});

test("the deployed handler is this one", async () => {
  const { handler } = await import("../../functions/notify.ts");
  await handler(batch(bodyOf()), lambdaContext());
  expect(published()).toHaveLength(1);
});
