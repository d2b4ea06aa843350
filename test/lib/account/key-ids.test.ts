import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { GetAccessKeyLastUsedCommand, IAMClient, ListAccessKeysCommand } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { accessKeyLastUse, listAccessKeys } from "../../../lib/account/access-keys.ts";
import { keepAnswers, replayAnswers } from "../../../lib/account/answers.ts";
import { isPassing } from "../../../lib/account/fact.ts";
import { keepKeyIds } from "../../../lib/account/key-ids.ts";
import { accountId, awsError, sessionOf } from "../../fakes/account.ts";

const first = "AKIAIOSFODNN7EXAMPLE";
const second = "AKIAI44QH8DHBEXAMPLE";
const namespace = "https://iam.amazonaws.com/doc/2010-05-08/";
const member = (id: string) =>
  `<member><UserName>ann</UserName><AccessKeyId>${id}</AccessKeyId><Status>Active</Status><CreateDate>2025-09-01T00:00:00Z</CreateDate></member>`;
const listing = `<ListAccessKeysResponse xmlns="${namespace}"><ListAccessKeysResult><AccessKeyMetadata>${member(first)}${member(second)}</AccessKeyMetadata><IsTruncated>false</IsTruncated></ListAccessKeysResult></ListAccessKeysResponse>`;
const lastUsed = `<GetAccessKeyLastUsedResponse xmlns="${namespace}"><GetAccessKeyLastUsedResult><UserName>ann</UserName><AccessKeyLastUsed><LastUsedDate>2026-01-01T00:00:00Z</LastUsedDate><ServiceName>s3</ServiceName><Region>us-east-1</Region></AccessKeyLastUsed></GetAccessKeyLastUsedResult></GetAccessKeyLastUsedResponse>`;
const errorWith = (message: string) =>
  `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>${message}</Message></Error></ErrorResponse>`;

let server: Server;
let heard: URLSearchParams[];
let ofLastUsed: { status: number; body: string };
beforeEach(async () => {
  heard = [];
  ofLastUsed = { status: 200, body: lastUsed };
  server = createServer(async (request, response) => {
    const asked = new URLSearchParams(await text(request));
    heard.push(asked);
    const answer = asked.get("Action") === "ListAccessKeys" ? { status: 200, body: listing } : ofLastUsed;
    response.writeHead(answer.status, { "content-type": "text/xml" }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const credentials = async () => ({ accessKeyId: "AKIAFAKEFAKEFAKEFAKE", secretAccessKey: "fake" });
const whole = (thing: unknown): string => inspect(thing, { depth: null, showHidden: true });
const leaks = new RegExp(`${first}|${second}`);

describe("the id of an access key", () => {
  it("reaches a reader by its last four characters, and IAM whole", async () => {
    const session = sessionOf({ credentials });
    const listed = await listAccessKeys(session, "ann");
    const createDate = new Date("2025-09-01T00:00:00Z");
    const keys = [
      { id: "ann/...MPLE", isActive: true, createDate },
      // The other key of the user ends alike.
      { id: "ann/2/...MPLE", isActive: true, createDate },
    ];
    expect(listed).toEqual({ value: keys });
    for (const key of keys) {
      expect(await accessKeyLastUse(session, "ann", key)).toMatchObject({ value: { service: "s3" } });
    }
    expect(heard.flatMap((asked) => asked.get("AccessKeyId") ?? [])).toEqual([first, second]);
  });

  it("is in no recording, which replays without it", async () => {
    const answers = keepAnswers(isPassing);
    const live = sessionOf({ credentials, answers });
    const ask = async (session: typeof live): Promise<unknown[]> => {
      const listed = await listAccessKeys(session, "ann");
      const keys = "value" in listed ? (listed.value ?? []) : [];
      return [listed, ...(await Promise.all(keys.map((key) => accessKeyLastUse(session, "ann", key))))];
    };
    const said = await ask(live);
    const calls = answers.recorded();
    expect(whole(calls)).not.toMatch(leaks);
    expect(calls).toHaveLength(3);
    const asked = heard.length;
    expect(await ask(sessionOf({ answers: replayAnswers(calls) }))).toEqual(said);
    expect(heard).toHaveLength(asked);
  });

  const failures: Record<string, [status: number, body: string]> = {
    "of a message that names it": [404, errorWith(`The Access Key with id ${second} cannot be found`)],
    "of a message that names another": [403, errorWith(`ASIAIOSFODNN7EXAMPLE may not ask about ${first}`)],
    "of an answer that breaks off": [200, `<GetAccessKeyLastUsedResponse><AccessKeyId>${second}</Acc`],
    "of an answer that is no XML": [500, `{"key": "${second}"}`],
  };
  it.each(Object.entries(failures))("is not in the error %s", async (_name, [status, body]) => {
    ofLastUsed = { status, body };
    const answers = keepAnswers(isPassing);
    const client = sessionOf({ credentials, answers }).client(IAMClient);
    await client.send(new ListAccessKeysCommand({ UserName: "ann" }));
    // Of a broken answer the SDK makes what it can; of a server's failure five attempts.
    const said = await client
      .send(new GetAccessKeyLastUsedCommand({ AccessKeyId: "ann/2/...MPLE" }))
      .then(whole, whole);
    expect(`${said} ${whole(answers.recorded())}`).not.toMatch(leaks);
    expect(said).not.toMatch(/ASIA/);
  });

  it("is struck from other calls' errors too, which are else as they were", async () => {
    const ids = keepKeyIds();
    const named = awsError("AccessDenied", `key ${first} of account ${accountId} may not`, 403);
    await expect(ids.struck("iam:GetUser", Promise.reject(named))).rejects.toMatchObject({
      name: "AccessDenied",
      message: `key ...MPLE of account ${accountId} may not`,
      $metadata: { httpStatusCode: 403 },
    });
    const other = awsError("AccessDenied", "role AROAIOSFODNN7EXAMPLE may not", 403);
    await expect(ids.struck("iam:GetUser", Promise.reject(other))).rejects.toBe(other);
  });
});
