import { DescribeBackupCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { BuildHandler, BuildMiddleware, MiddlewareStack } from "@smithy/types";
import { describe, expect, it } from "vitest";
import { keepAnswers } from "../../../lib/account/answers.ts";
import { type Pause, paced } from "../../../lib/account/pace.ts";
import type { SessionOptions } from "../../../lib/account/session.ts";
import { sessionOf } from "../../fakes/account.ts";

/** Calls at a pace, by a clock that only pauses move; notes when each was sent. */
function setUp(signal = new AbortController().signal) {
  let now = 0;
  const pauses: { readonly due: number; readonly end: () => void }[] = [];
  const pause: Pause = (milliseconds) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    pauses.push({ due: now + milliseconds, end: resolve });
    return promise;
  };
  const inTurn = paced(10, signal, pause);
  const sentAt: number[] = [];
  const handler: BuildHandler<object, object> = async () => ({ output: {}, response: sentAt.push(now) });
  return {
    sentAt,
    async send() {
      const added: BuildMiddleware<object, object>[] = [];
      // What a command's stack is asked for, no more.
      const add = (middleware: BuildMiddleware<object, object>) => added.push(middleware);
      inTurn({ middlewareStack: { add } as unknown as MiddlewareStack<object, object> });
      await added[0]?.(handler, {})({ input: {}, request: {} });
    },
    async pass(milliseconds: number) {
      const end = now + milliseconds;
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        const [next] = pauses;
        if (next === undefined || next.due > end) break;
        pauses.shift();
        now = next.due;
        next.end();
      }
      now = end;
    },
  };
}

describe("a pace of ten a second", () => {
  it("lets the first go at once, and the others a tenth of a second apart", async () => {
    const { send, sentAt, pass } = setUp();
    const all = [send(), send(), send(), send()];
    await pass(250);
    expect(sentAt).toEqual([0, 100, 200]);
    await pass(100);
    await Promise.all(all);
    expect(sentAt).toEqual([0, 100, 200, 300]);
  });

  it("does not hold back what comes after a while", async () => {
    const { send, sentAt, pass } = setUp();
    await send();
    await pass(5_000);
    await send();
    expect(sentAt).toEqual([0, 5_000]);
  });

  it("takes 8,000 calls 800 seconds: what fits into one run of Lambda", async () => {
    const { send, sentAt, pass } = setUp();
    const all = Array.from({ length: 8_000 }, send);
    await pass(800_000);
    await Promise.all(all);
    expect([sentAt.length, sentAt.at(-1)]).toEqual([8_000, 799_900]);
  });

  it("never sends what still waits when the signal aborts", async () => {
    const deadline = new AbortController();
    const { send, sentAt, pass } = setUp(deadline.signal);
    const all = Promise.allSettled([send(), send(), send()]);
    await pass(150);
    deadline.abort();
    await pass(1_000);
    expect((await all).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(sentAt).toEqual([0, 100]);
  });
});

describe("a pace within the SDK, by the real clock", () => {
  /** A client whose service answers at once, and calls of it, one an hour. */
  function oneAnHour(options: Partial<SessionOptions>) {
    const credentials = async () => ({ accessKeyId: "testing", secretAccessKey: "testing" });
    const session = sessionOf({ credentials, ...options });
    const client = session.client(DynamoDBClient);
    client.middlewareStack.add(() => async () => ({ output: { $metadata: {} }, response: null }), {
      step: "build",
      priority: "low",
    });
    const inTurn = paced(1 / 3_600, session.signal);
    return (BackupArn: string) => client.send(inTurn(new DescribeBackupCommand({ BackupArn })));
  }

  it("does not hold back what is answered without a call", async () => {
    const send = oneAnHour({ answers: keepAnswers(() => false) });
    await send("a");
    for (const _again of [1, 2, 3]) await send("a");
  });

  it("ends with the run, and fails as passing", async () => {
    const run = new AbortController();
    const send = oneAnHour({ signal: run.signal });
    await send("a");
    const waiting = expect(send("b")).rejects.toMatchObject({ name: "DeadlineExceeded" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    run.abort();
    await waiting;
  });
});
