import { describe, expect, it } from "vitest";
import {
  type Answers,
  answeredError,
  type Call,
  canonical,
  keepAnswers,
  type RecordedCall,
  replayAnswers,
} from "../../../lib/account/answers.ts";
import { isPassing } from "../../../lib/account/fact.ts";
import { awsError, networkError } from "../../fakes/account.ts";

const describeOrders: Call = { call: "dynamodb:DescribeTable", region: "us-east-1", input: { TableName: "Orders" } };
const describeAudit: Call = { ...describeOrders, input: { TableName: "Audit" } };
const throttled = awsError("ThrottlingException", "Rate exceeded");
const denied = awsError("AccessDeniedException", "User: nobody is not authorized");

/** An AWS that gives what it is told, one a call, and counts. */
function aws(...given: (object | Error)[]): { ask: () => Promise<object>; asked: () => number } {
  let count = 0;
  return {
    async ask() {
      const next = given[count++];
      if (next === undefined) throw new Error("asked too often");
      if (next instanceof Error) throw next;
      return next;
    },
    asked: () => count,
  };
}

/** What a call gives, an error as its name. */
async function said(answers: Answers, call: Call, ask: () => Promise<object> = aws().ask): Promise<unknown> {
  try {
    return await answers.answer(call, ask);
  } catch (error) {
    return (error as Error).name;
  }
}

describe("kept answers", () => {
  it("ask once for a repeated read, however its input is written", async () => {
    const { ask, asked } = aws({ Table: { TableName: "Orders" } });
    const kept = keepAnswers(isPassing);
    const keys: Call = { ...describeOrders, input: { b: [1, { d: 2, c: 3 }], a: undefined } };
    const sameKeys: Call = { ...describeOrders, input: { b: [1, { c: 3, d: 2 }] } };
    expect(await said(kept, keys, ask)).toEqual({ Table: { TableName: "Orders" } });
    expect(await said(kept, sameKeys, ask)).toEqual({ Table: { TableName: "Orders" } });
    expect(asked()).toBe(1);
  });

  it("ask once for reads in flight at the same time", async () => {
    const { ask, asked } = aws({ TableNames: [] });
    const kept = keepAnswers(isPassing);
    const both = await Promise.all([said(kept, describeOrders, ask), said(kept, describeOrders, ask)]);
    expect(both).toEqual([{ TableNames: [] }, { TableNames: [] }]);
    expect(asked()).toBe(1);
  });

  it("ask apart for another call, region or input", async () => {
    const { ask, asked } = aws({ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 });
    const kept = keepAnswers(isPassing);
    const others = [
      describeAudit,
      { ...describeOrders, region: "eu-central-1" },
      { ...describeOrders, call: "dynamodb:ListTables" },
    ];
    const outputs: unknown[] = [];
    for (const call of [describeOrders, ...others]) outputs.push(await said(kept, call, ask));
    expect(outputs).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
    expect(asked()).toBe(4);
  });

  it("ask again after a failure that passes, for those in flight together once", async () => {
    const { ask, asked } = aws(throttled, { Table: {} });
    const kept = keepAnswers(isPassing);
    const first = await Promise.all([said(kept, describeOrders, ask), said(kept, describeOrders, ask)]);
    expect(first).toEqual(["ThrottlingException", "ThrottlingException"]);
    expect(await said(kept, describeOrders, ask)).toEqual({ Table: {} });
    expect(asked()).toBe(2);
  });

  it("ask again after an answer that says it is not done yet, and replay each in its turn", async () => {
    const generate: Call = { call: "iam:GenerateCredentialReport", region: "us-east-1", input: {} };
    const states = [{ State: "STARTED" }, { State: "INPROGRESS" }, { State: "COMPLETE" }];
    const { ask, asked } = aws(...states);
    const kept = keepAnswers(isPassing);
    const heard: unknown[] = [];
    for (let time = 0; time < 4; time++) heard.push(await said(kept, generate, ask));
    expect(heard).toEqual([...states, { State: "COMPLETE" }]);
    expect(asked()).toBe(3);
    const replay = replayAnswers(kept.recorded());
    const again: unknown[] = [];
    for (let time = 0; time < 4; time++) again.push(await said(replay, generate, ask));
    expect(again).toMatchObject(heard);
  });

  it("keep a failure that lasts", async () => {
    const { ask, asked } = aws(denied);
    const kept = keepAnswers(isPassing);
    expect(await said(kept, describeOrders, ask)).toBe("AccessDeniedException");
    expect(await said(kept, describeOrders, ask)).toBe("AccessDeniedException");
    expect(asked()).toBe(1);
  });

  it("record what was answered in its order, without metadata, calls sorted", async () => {
    const kept = keepAnswers(isPassing);
    const orders = aws(throttled, networkError("ECONNRESET"), {
      $metadata: { requestId: "r-1" },
      Table: { ItemCount: 1 },
    });
    for (let time = 0; time < 4; time++) await said(kept, describeOrders, orders.ask);
    await said(kept, describeAudit, aws(denied).ask);
    expect(kept.recorded()).toEqual([
      {
        ...describeAudit,
        answers: [
          {
            error: {
              name: "AccessDeniedException",
              message: "User: nobody is not authorized",
              status: 400,
              code: null,
            },
          },
        ],
      },
      {
        ...describeOrders,
        answers: [
          { error: { name: "ThrottlingException", message: "Rate exceeded", status: 400, code: null } },
          { error: { name: "Error", message: "connect ECONNRESET 10.0.0.1:443", status: null, code: "ECONNRESET" } },
          { output: { Table: { ItemCount: 1 } } },
        ],
      },
    ]);
  });

  it("record the input as it was asked, though the SDK's paginator writes the next token into it", async () => {
    const kept = keepAnswers(isPassing);
    const input: Record<string, unknown> = { Limit: 1 };
    const listing = { call: "dynamodb:ListTables", region: "us-east-1", input };
    await said(kept, listing, aws({ LastEvaluatedTableName: "Audit" }).ask);
    input["ExclusiveStartTableName"] = "Audit";
    await said(kept, listing, aws({ TableNames: [] }).ask);
    expect(kept.recorded().map((recorded) => recorded.input)).toEqual([
      { Limit: 1, ExclusiveStartTableName: "Audit" },
      { Limit: 1 },
    ]);
  });

  it("record no call that is still in flight", () => {
    const kept = keepAnswers(isPassing);
    void kept.answer(describeOrders, () => new Promise(() => {}));
    expect(kept.recorded()).toEqual([]);
  });
});

describe("replayed answers", () => {
  const recording = (): RecordedCall => ({
    ...describeOrders,
    answers: [
      { error: { name: "ThrottlingException", message: "Rate exceeded", status: 400, code: null } },
      { output: { Table: { ItemCount: 1 } } },
      { output: { Table: { ItemCount: 2 } } },
    ],
  });
  const recorded = recording();

  it("come in their order, the last one for good, and never ask", async () => {
    const replay = replayAnswers([recorded]);
    const given: unknown[] = [];
    for (let time = 0; time < 4; time++) given.push(await said(replay, { ...describeOrders }));
    expect(given).toEqual([
      "ThrottlingException",
      { Table: { ItemCount: 1 }, $metadata: {} },
      { Table: { ItemCount: 2 }, $metadata: {} },
      { Table: { ItemCount: 2 }, $metadata: {} },
    ]);
  });

  it("leave the recording as it was", async () => {
    const given = recording();
    await said(replayAnswers([given]), describeOrders);
    expect(given).toEqual(recording());
  });

  it("fail for a call that was not recorded", async () => {
    const replay = replayAnswers([recorded]);
    await expect(replay.answer(describeAudit, aws().ask)).rejects.toMatchObject({
      name: "NotRecorded",
      message: "dynamodb:DescribeTable in us-east-1 is not in the recording",
    });
    expect(await said(replay, { ...describeOrders, region: "eu-central-1" })).toBe("NotRecorded");
  });

  it("throw an error that has all that was kept of it", async () => {
    const error = { name: "TimeoutError", message: "socket hang up", status: 503, code: "ECONNRESET" };
    const replay = replayAnswers([{ ...describeOrders, answers: [{ error }] }]);
    const thrown = await replay.answer(describeOrders, aws().ask).catch((caught: unknown) => caught);
    expect(thrown).toBeInstanceOf(Error);
    expect(answeredError(thrown)).toEqual(error);
  });
});

describe("what is kept of an error", () => {
  const cases: Record<string, [error: unknown, kept: object]> = {
    "an error of AWS": [
      denied,
      { name: "AccessDeniedException", message: "User: nobody is not authorized", status: 400, code: null },
    ],
    "an error of the network": [
      networkError("ENOTFOUND"),
      { name: "Error", message: "connect ENOTFOUND 10.0.0.1:443", status: null, code: "ENOTFOUND" },
    ],
    "the status of an answer that could not be read": [
      Object.assign(new SyntaxError("Unexpected token <"), { $response: { statusCode: 502 } }),
      { name: "SyntaxError", message: "Unexpected token <", status: 502, code: null },
    ],
    "an error whose metadata is undefined": [
      Object.assign(new Error("odd"), { $metadata: undefined, code: 7 }),
      { name: "Error", message: "odd", status: null, code: null },
    ],
    "no error at all": ["a text", { name: "Error", message: "a text", status: null, code: null }],
    "no signed header, and no session token among them": [
      awsError(
        "InvalidSignatureException",
        "The signature does not match.\n\nThe Canonical String was\n'x-amz-security-token:TOKEN'",
        403,
      ),
      { name: "InvalidSignatureException", message: "The signature does not match.", status: 403, code: null },
    ],
  };
  for (const [sentence, [error, kept]] of Object.entries(cases)) {
    it(sentence, () => expect(answeredError(error)).toEqual(kept));
  }
});

describe("canonical text", () => {
  it("sorts names at every depth and keeps the order of lists", () => {
    expect(canonical({ b: [{ d: 1, c: 2 }, 0], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1},0]}');
  });

  it("holds names of Object's own", () => {
    expect(canonical(JSON.parse('{"b": 1, "__proto__": {"a": 1}}'))).toBe('{"__proto__":{"a":1},"b":1}');
  });
});
