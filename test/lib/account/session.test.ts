import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { keepAnswers, replayAnswers } from "../../../lib/account/answers.ts";
import { isPassing } from "../../../lib/account/fact.ts";
import { parseRecording, printRecording } from "../../../lib/account/recording.ts";
import type { SessionOptions } from "../../../lib/account/session.ts";
import { listTables } from "../../../lib/account/tables.ts";
import { accountId, region, sessionOf } from "../../fakes/account.ts";

/** An AWS of this process: it answers by the operation's name, or keeps the caller waiting. */
interface FakeAws {
  readonly operations: string[];
  answer(operation: string, input: Record<string, unknown>): { status?: number; body: object } | "wait";
}

let aws: FakeAws;
let server: Server;
let waiting: ServerResponse[];
beforeEach(async () => {
  aws = { operations: [], answer: () => ({ body: {} }) };
  waiting = [];
  server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    aws.operations.push(operation);
    const answer = aws.answer(operation, JSON.parse(text || "{}"));
    if (answer === "wait") waiting.push(response);
    else response.writeHead(answer.status ?? 200).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  for (const response of waiting) response.end("{}");
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

const credentials = async () => ({ accessKeyId: "AKIAFAKE", secretAccessKey: "fake" });
const open = (options: Partial<SessionOptions> = {}) => sessionOf({ credentials, ...options });
const pages = (input: Record<string, unknown>) =>
  input["ExclusiveStartTableName"] === undefined
    ? { body: { TableNames: ["Audit"], LastEvaluatedTableName: "Audit" } }
    : { body: { TableNames: ["Orders"] } };
const describeTable = (TableName: string) => new DescribeTableCommand({ TableName });

describe("a session", () => {
  it("tells who, where and when, and by default reads sixteen at once with no deadline", () => {
    const now = new Date("2026-01-01T00:00:00.000Z");
    const session = open({ now });
    expect(session).toMatchObject({ accountId, region, now, concurrency: 16, calls: new Map() });
    expect(session.signal.aborted).toBe(false);
    expect(open({ concurrency: 3 }).concurrency).toBe(3);
  });

  it("has one client a service and region", async () => {
    const session = open();
    const client = session.client(DynamoDBClient);
    expect(session.client(DynamoDBClient)).toBe(client);
    expect(session.client(DynamoDBClient, region)).toBe(client);
    const other = session.client(DynamoDBClient, "eu-central-1");
    expect(other).not.toBe(client);
    expect(session.client(DynamoDBClient, "eu-central-1")).toBe(other);
    expect(session.client(KMSClient)).toBeInstanceOf(KMSClient);
    expect(open().client(DynamoDBClient)).not.toBe(client);
    expect([await client.config.region(), await other.config.region()]).toEqual([region, "eu-central-1"]);
  });

  it("counts calls by their IAM action, and tells of each before it is made", async () => {
    const told: string[] = [];
    const session = open({ onCall: (call) => told.push(call) });
    aws.answer = (operation, input) => (operation === "ListTables" ? pages(input) : { body: {} });
    await listTables(session);
    await session.client(KMSClient, "eu-central-1").send(new DescribeKeyCommand({ KeyId: "a" }));
    expect(Object.fromEntries(session.calls)).toEqual({ "dynamodb:ListTables": 2, "kms:DescribeKey": 1 });
    expect(told).toEqual(["dynamodb:ListTables", "dynamodb:ListTables", "kms:DescribeKey"]);
    expect(aws.operations).toEqual(["ListTables", "ListTables", "DescribeKey"]);
  });

  it("counts a call once that the SDK had to make again", async () => {
    const session = open();
    let failures = 1;
    aws.answer = () =>
      failures-- > 0 ? { status: 500, body: { __type: "InternalServerError" } } : { body: { TableNames: [] } };
    expect(await listTables(session)).toEqual({ tableNames: [], brokenOff: null });
    expect(aws.operations).toEqual(["ListTables", "ListTables"]);
    expect(session.calls.get("dynamodb:ListTables")).toBe(1);
  });

  it("throws what AWS throws", async () => {
    aws.answer = () => ({
      status: 400,
      body: { __type: "com.amazon.coral.service#AccessDeniedException", message: "no" },
    });
    await expect(open().client(DynamoDBClient).send(describeTable("Orders"))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: "no",
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("refuses a client that has no IAM prefix here, rather than miscount", async () => {
    const client = open().client(DynamoDBClient);
    class StrangeCommand extends DescribeTableCommand {
      override resolveMiddleware(...given: Parameters<DescribeTableCommand["resolveMiddleware"]>) {
        const [stack, ...rest] = given;
        stack.add(
          (next, context) => (args) => {
            context["clientName"] = "StrangeClient";
            return next(args);
          },
          { step: "initialize", priority: "high", name: "strange" },
        );
        return super.resolveMiddleware(stack, ...rest);
      }
    }
    await expect(client.send(new StrangeCommand({ TableName: "Orders" }))).rejects.toThrow(
      "StrangeClient has no IAM service prefix in lib/account/session.ts",
    );
  });
});

describe("the deadline", () => {
  it.each([
    ["the run was stopped", AbortSignal.abort()],
    ["the run's time is up", AbortSignal.abort(new DOMException("timed out", "TimeoutError"))],
  ])("stops calls before they are made, since %s", async (message, signal) => {
    const session = open({ signal });
    await expect(session.client(DynamoDBClient).send(describeTable("Orders"))).rejects.toMatchObject({
      name: "DeadlineExceeded",
      message,
    });
    expect(session.calls.size).toBe(0);
    expect(aws.operations).toEqual([]);
  });

  it("stops waiting for a call that was made", async () => {
    const controller = new AbortController();
    const session = open({ signal: controller.signal });
    aws.answer = () => {
      controller.abort();
      return "wait";
    };
    await expect(session.client(DynamoDBClient).send(describeTable("Orders"))).rejects.toMatchObject({
      name: "DeadlineExceeded",
    });
    expect(Object.fromEntries(session.calls)).toEqual({ "dynamodb:DescribeTable": 1 });
  });

  it("makes a listing break off for a reason that passes", async () => {
    const controller = new AbortController();
    aws.answer = (_operation, input) => {
      const page = pages(input);
      if (input["ExclusiveStartTableName"] !== undefined) controller.abort();
      return page;
    };
    expect(await listTables(open({ signal: controller.signal }))).toEqual({
      tableNames: ["Audit"],
      brokenOff: {
        call: "dynamodb:ListTables",
        message: "on region us-east-1 was not asked: the run was stopped",
        lasting: false,
      },
    });
  });

  it("is watched by hundreds of calls at once without a warning, a rejection nobody handles, or a listener left", async () => {
    const alarms: unknown[] = [];
    const alarm = (reason: unknown): void => void alarms.push(reason);
    process.on("warning", alarm).on("unhandledRejection", alarm);
    onTestFinished(() => void process.off("warning", alarm).off("unhandledRejection", alarm));
    const controller = new AbortController();
    const added = vi.spyOn(controller.signal, "addEventListener");
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const client = open({ signal: controller.signal }).client(DynamoDBClient);
    aws.answer = (_operation, { TableName }) => (String(TableName) < "T-150" ? { body: {} } : "wait");
    const names = Array.from({ length: 300 }, (_, at) => `T-${String(at).padStart(3, "0")}`);
    const calls = Promise.allSettled(names.map((name) => client.send(describeTable(name))));
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0), 4_000);
    await vi.waitFor(() => expect(removed).toHaveBeenCalledTimes(150), 4_000);
    controller.abort();
    const settled = await calls;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(150);
    expect(added).toHaveBeenCalledTimes(300);
    expect(removed).toHaveBeenCalledTimes(300);
    expect(alarms).toEqual([]);
  });
});

describe("a session that keeps answers", () => {
  it("makes a repeated call once, whichever reader asks, and tells regions apart", async () => {
    const session = open({ answers: keepAnswers(isPassing) });
    aws.answer = (_operation, input) => pages(input);
    const both = await Promise.all([listTables(session), listTables(session)]);
    expect(both).toEqual(both.map(() => ({ tableNames: ["Audit", "Orders"], brokenOff: null })));
    await session.client(DynamoDBClient, "eu-central-1").send(new ListTablesCommand({ Limit: 100 }));
    expect(Object.fromEntries(session.calls)).toEqual({ "dynamodb:ListTables": 3 });
  });

  it("does not take a call for done that only ran out of time", async () => {
    const kept = keepAnswers(isPassing);
    aws.answer = (_operation, input) => pages(input);
    expect(await listTables(open({ answers: kept, signal: AbortSignal.abort() }))).toMatchObject({ tableNames: [] });
    expect(await listTables(open({ answers: kept }))).toEqual({ tableNames: ["Audit", "Orders"], brokenOff: null });
  });

  it("replays from its recording, page by page, and asks nobody", async () => {
    const kept = keepAnswers(isPassing);
    aws.answer = (_operation, input) => pages(input);
    await listTables(open({ answers: kept }));
    const recordedAt = new Date("2026-01-01T00:00:00.000Z");
    const file = printRecording({ toolVersion: "0.1.0", accountId, region, recordedAt, calls: kept.recorded() });
    aws.operations.length = 0;

    const replay = open({ answers: replayAnswers(parseRecording(file, "a.json").calls) });
    expect(await listTables(replay)).toEqual({ tableNames: ["Audit", "Orders"], brokenOff: null });
    await expect(replay.client(DynamoDBClient).send(describeTable("Orders"))).rejects.toMatchObject({
      name: "NotRecorded",
    });
    expect(aws.operations).toEqual([]);
    expect(replay.calls.size).toBe(0);
  });
});
