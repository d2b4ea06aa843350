import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Answer,
  answeredError,
  keepAnswers,
  type RecordedCall,
  replayAnswers,
} from "../../../lib/account/answers.ts";
import { isPassing, unreadFrom } from "../../../lib/account/fact.ts";
import { decode, encode, parseRecording, printRecording, type Recording } from "../../../lib/account/recording.ts";

const anyString = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }));
const names = fc.oneof(
  anyString,
  fc.constantFrom("$date", "$bytes", "$$date", "$", "__proto__", "constructor", "toJSON", "7"),
);
/** What an output of the SDK may hold. */
const answered = fc.letrec((tie) => ({
  part: fc.oneof(
    { depthSize: "small" },
    anyString,
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number || 0),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => new Uint8Array(bytes)),
    tie("list"),
    tie("structure"),
  ),
  list: fc.array(tie("part"), { maxLength: 4 }),
  structure: fc.dictionary(names, tie("part"), { maxKeys: 4, noNullPrototype: true }),
}));
const structure = answered.structure as fc.Arbitrary<object>;
const error = fc.record(
  {
    name: fc.constantFrom("ThrottlingException", "AccessDeniedException", "TimeoutError", "SyntaxError", "Oops"),
    message: anyString,
    status: fc.constantFrom(null, 400, 429, 503),
    code: fc.constantFrom(null, "ECONNRESET", "EOTHER"),
  },
  { noNullPrototype: true },
);
const answer: fc.Arbitrary<Answer> = fc.oneof(
  structure.map((output) => ({ output })),
  error.map((one) => ({ error: one })),
);
const call: fc.Arbitrary<RecordedCall> = fc.record(
  {
    call: fc.constantFrom("dynamodb:ListTables", "kms:DescribeKey"),
    region: fc.constantFrom("us-east-1", "eu-central-1"),
    input: structure,
    answers: fc.array(answer, { minLength: 1, maxLength: 3 }),
  },
  { noNullPrototype: true },
);
const recording: fc.Arbitrary<Recording> = fc.record(
  {
    toolVersion: anyString,
    accountId: fc.stringMatching(/^\d{12}$/),
    region: fc.constantFrom("us-east-1", "eu-central-1"),
    recordedAt: fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }),
    calls: fc.array(call, { maxLength: 3 }),
  },
  { noNullPrototype: true },
);

/** The recording in the text, or null where it is refused; anything else that is thrown fails the test. */
function readOrRefused(text: string): Recording | null {
  try {
    return parseRecording(text, "a.json");
  } catch (caught) {
    if (caught instanceof Error && caught.name === "RecordingError") return null;
    throw caught;
  }
}

describe("a recording", () => {
  it("gives back any value that was encoded, by way of JSON", () => {
    fc.assert(
      fc.property(answered.part, (value) => {
        deepStrictEqual(decode(JSON.parse(JSON.stringify(encode(value)))), value);
      }),
    );
  });

  it("is read as it was written, whatever AWS answered", () => {
    fc.assert(
      fc.property(recording, (written) => {
        deepStrictEqual(parseRecording(printRecording(written), "a.json"), written);
      }),
    );
  });

  it("prints the same text when it was read", () => {
    fc.assert(
      fc.property(recording, (written) => {
        const text = printRecording(written);
        expect(printRecording(parseRecording(text, "a.json"))).toBe(text);
      }),
    );
  });

  it("that was cut anywhere is refused", () => {
    fc.assert(
      fc.property(recording, fc.nat(), (written, at) => {
        const text = printRecording(written).trimEnd();
        expect(readOrRefused(text.slice(0, at % text.length))).toBeNull();
      }),
    );
  });

  it("with one character replaced, put in or taken out is refused, unless only its layout changed", () => {
    const character = fc.oneof(
      fc.constantFrom(...'0123456789{}[]":,\\ \nabcdef$'),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
    );
    const edit = fc.constantFrom("replace", "insert", "delete");
    fc.assert(
      fc.property(recording, fc.nat(), edit, character, (written, anywhere, kind, put) => {
        const text = printRecording(written);
        const at = anywhere % text.length;
        const edited = `${text.slice(0, at)}${kind === "delete" ? "" : put}${text.slice(kind === "insert" ? at : at + 1)}`;
        const read = readOrRefused(edited);
        if (read === null) return;
        deepStrictEqual(JSON.parse(edited), JSON.parse(text));
        deepStrictEqual(read, written);
      }),
      { numRuns: 2_000 },
    );
  });

  it("of any text is refused with a RecordingError, or read", () => {
    const json = fc.oneof(
      anyString,
      fc.json(),
      fc
        .dictionary(fc.constantFrom("schemaVersion", "calls", "sha256"), fc.constantFrom(1, [], "x"))
        .map((part) => JSON.stringify(part)),
    );
    fc.assert(
      fc.property(json, (text) => {
        expect(readOrRefused(text)).toBeNull();
      }),
    );
  });
});

describe("a replay", () => {
  it("gives each call what it was given when recorded, in that order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 4 }), structure, async (answers, input) => {
        const asked = { call: "dynamodb:DescribeTable", region: "us-east-1", input };
        const text = printRecording({
          toolVersion: "0.1.0",
          accountId: "123456789012",
          region: "us-east-1",
          recordedAt: new Date(0),
          calls: [{ ...asked, answers }],
        });
        const replay = replayAnswers(parseRecording(text, "a.json").calls);
        for (const one of answers) {
          const given = await replay.answer(asked, never).then(
            (output) => ({ output }),
            (caught: unknown) => ({ error: answeredError(caught) }),
          );
          deepStrictEqual(given, heard(one));
        }
      }),
    );
  });

  it("finds the same reason for a failure, and the same need to ask again", async () => {
    await fc.assert(
      fc.asyncProperty(error, async ({ status, code, ...named }) => {
        const live = Object.assign(
          new Error(named.message),
          { name: named.name },
          status === null ? {} : { $response: { statusCode: status } },
          code === null ? {} : { code },
        );
        const asked = { call: "kms:DescribeKey", region: "us-east-1", input: {} };
        const kept = keepAnswers(isPassing);
        await kept.answer(asked, () => Promise.reject(live)).catch(() => {});
        const replayed = await replayAnswers(kept.recorded())
          .answer(asked, never)
          .catch((caught: unknown) => caught);
        expect(unreadFrom(replayed, "kms:DescribeKey", "key ...9c02")).toEqual(
          unreadFrom(live, "kms:DescribeKey", "key ...9c02"),
        );
        expect(isPassing(replayed)).toBe(isPassing(live));
      }),
    );
  });
});

function never(): Promise<object> {
  return Promise.reject(new Error("a replay asks nobody"));
}

/** What is left of an answer: no metadata, and of a message the first line. */
function heard(one: Answer): Answer {
  if ("output" in one) return { output: { ...one.output, $metadata: {} } };
  return { error: { ...one.error, message: one.error.message.split("\n", 1)[0] ?? "" } };
}
