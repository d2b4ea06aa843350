import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepAnswers } from "../../../lib/account/answers.ts";
import { isPassing } from "../../../lib/account/fact.ts";
import { parseRecording, printRecording } from "../../../lib/account/recording.ts";
import { redactScan } from "../../../lib/account/redact.ts";
import { configRule } from "../../../lib/handler.ts";
import { clientSideEncryption } from "../../../lib/rules/dynamodb-client-side-encryption.ts";
import { accountId, region, sessionOf } from "../../fakes/account.ts";
import { startFakeConfig } from "../../fakes/aws-config.ts";
import { invokingEventOf, lambdaContext, lambdaEnvironment } from "../../fakes/lambda.ts";

const key = "alice@example.com";
const value = "4012-8888-8888-1881";
const header = Buffer.from("header").toString("base64");
/** What AWS would say to a question for all, and what to ours if it went wrong: it all must stay inside. */
const answer = JSON.stringify({
  Count: 2,
  ScannedCount: 2,
  Items: [
    { pk: { S: key }, card: { S: value }, aws_dbe_head: { B: header }, aws_dbe_foot: { S: value } },
    { pk: { S: key }, card: { M: { number: { S: value } } } },
  ],
  LastEvaluatedKey: { pk: { S: key }, card: { S: value } },
  ConsumedCapacity: { TableName: "Customers", CapacityUnits: 0.5 },
});
const leaks = new RegExp(`${key}|${key.slice(0, 5)}|${value}|${Buffer.from(value).toString("base64")}|\\bpk\\b|card`);
/** Answers that fail on their way to a reader; the parser's message quotes the first. */
const broken: Record<string, { readonly status: number; readonly body: string }> = {
  "that breaks off": { status: 200, body: answer.slice(0, -20) },
  "that is no JSON": { status: 200, body: `${key} ${value}` },
  "of another shape": { status: 200, body: JSON.stringify({ Items: [{ pk: key }] }) },
  "that refuses, and is no JSON": { status: 500, body: `<p>${key} ${value}</p>` },
  "that refuses with an item": {
    status: 400,
    body: JSON.stringify({
      __type: "ValidationException",
      message: "no",
      Item: { pk: { S: key }, card: { S: value } },
    }),
  },
};

let server: Server;
let scanned: { status: number; body: string };
let url: string;
beforeEach(async () => {
  scanned = { status: 200, body: answer };
  const table = {
    TableArn: `arn:aws:dynamodb:${region}:${accountId}:table/Customers`,
    TableStatus: "ACTIVE",
    ItemCount: 2,
  };
  const mapping = { ResourceARN: table.TableArn, Tags: [{ Key: "DataClassification", Value: "pii" }] };
  const answers: Record<string, object> = {
    ListTables: { TableNames: ["Customers"] },
    DescribeTable: { Table: table },
    GetResources: { ResourceTagMappingList: [mapping] },
  };
  server = createServer(async (request, response) => {
    for await (const _chunk of request);
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    if (operation === "Scan") response.writeHead(scanned.status).end(scanned.body);
    else response.end(JSON.stringify(answers[operation]));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv("AWS_ENDPOINT_URL", url);
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const credentials = async () => ({ accessKeyId: "AKIAFAKE", secretAccessKey: "fake" });
const scan = new ScanCommand({ TableName: "Customers" });
/** Everything of a thing, also what JSON leaves out. */
const whole = (thing: unknown): string =>
  thing instanceof Error
    ? Object.getOwnPropertyNames(thing)
        .map((name) => `${name}=${whole(Reflect.get(thing, name))}`)
        .join(" ")
    : (JSON.stringify(thing) ?? "");

describe("a Scan's answer", () => {
  const left = {
    Count: 2,
    ScannedCount: 2,
    ConsumedCapacity: { TableName: "Customers", CapacityUnits: 0.5 },
    Items: [{ aws_dbe_head: { B: new Uint8Array(Buffer.from("header")) }, aws_dbe_foot: { NULL: true } }, {}],
    HasMore: true,
  };

  it("reaches a reader without key, values and where to go on", async () => {
    const output = await sessionOf({ credentials }).client(DynamoDBClient).send(scan);
    expect(output).toMatchObject(left);
    expect(Object.keys(output).sort()).toEqual(["$metadata", ...Object.keys(left)].sort());
    expect(JSON.stringify(output)).not.toMatch(leaks);
  });

  it("is kept, recorded and replayed without them", async () => {
    const answers = keepAnswers(isPassing);
    await sessionOf({ credentials, answers }).client(DynamoDBClient).send(scan);
    const recording = printRecording({
      toolVersion: "0",
      accountId,
      region,
      recordedAt: new Date(0),
      calls: answers.recorded(),
    });
    expect(recording).not.toMatch(leaks);
    expect(parseRecording(recording, "a.json").calls[0]?.answers).toEqual([{ output: left }]);
  });

  it("that says nothing more is the end of its segment, and is cut down only once", () => {
    const end = redactScan({ $metadata: {}, Items: [], ScannedCount: 0 });
    expect(end).toEqual({ $metadata: {}, Items: [], ScannedCount: 0, HasMore: false });
    expect(redactScan(end)).toEqual(end);
    const more = redactScan({ $metadata: {}, LastEvaluatedKey: { pk: { S: key } } });
    expect(more).toEqual({ $metadata: {}, HasMore: true });
    expect(redactScan(more)).toEqual(more);
  });

  it.each(Object.entries(broken))("%s leaves no trace in the error, nor in what is kept", async (_name, failing) => {
    scanned = failing;
    const answers = keepAnswers(isPassing);
    const client = sessionOf({ credentials, answers }).client(DynamoDBClient);
    const said = await client.send(scan).then(whole, whole);
    expect(`${said} ${JSON.stringify(answers.recorded())}`).not.toMatch(leaks);
  });
});

describe("a run of the function", () => {
  it.each([["that is whole", { status: 200, body: answer }] as const, ...Object.entries(broken)])(
    "over an answer %s logs and reports no key and no value",
    async (_name, answered) => {
      scanned = answered;
      const config = await startFakeConfig();
      lambdaEnvironment(config.url, { POWERTOOLS_LOG_LEVEL: "DEBUG", POWERTOOLS_METRICS_DISABLED: "false" });
      vi.stubEnv("AWS_ENDPOINT_URL", url);
      const written: string[] = [];
      for (const stream of [process.stdout, process.stderr]) {
        vi.spyOn(stream, "write").mockImplementation((chunk) => {
          written.push(String(chunk));
          return true;
        });
      }
      try {
        // A 5xx is asked again after a pause; the run's time ends before.
        const context = lambdaContext(() => 1_500);
        const failed = await configRule(clientSideEncryption)(invokingEventOf("scheduled"), context).then(
          () => "",
          whole,
        );
        expect(written.join("")).toContain('"dynamodb:Scan":1');
        const reported = JSON.stringify([...config.stored]);
        expect(`${failed}${reported}`).toContain("Customers");
        expect(`${written.join("")} ${failed} ${reported}`).not.toMatch(leaks);
      } finally {
        vi.restoreAllMocks();
        await config.stop();
      }
    },
  );
});
