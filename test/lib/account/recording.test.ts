import { describe, expect, it } from "vitest";
import { decode, encode, parseRecording, printRecording, type Recording } from "../../../lib/account/recording.ts";

const recording: Recording = {
  toolVersion: "0.1.0",
  accountId: "123456789012",
  region: "us-east-1",
  recordedAt: new Date("2026-01-01T00:00:00.000Z"),
  calls: [
    {
      call: "dynamodb:ListTables",
      region: "us-east-1",
      input: { Limit: 100 },
      answers: [
        { error: { name: "ThrottlingException", message: "Rate exceeded", status: 400, code: null } },
        { output: { TableNames: ["Orders"] } },
      ],
    },
    {
      call: "kms:DescribeKey",
      region: "us-east-1",
      input: { KeyId: "arn:aws:kms:us-east-1:123456789012:key/a" },
      answers: [
        {
          output: {
            KeyMetadata: { DeletionDate: new Date("2026-01-10T00:00:00.000Z"), Blob: new Uint8Array([0, 255]) },
          },
        },
      ],
    },
  ],
};
const file = `{
  "schemaVersion": 1,
  "toolVersion": "0.1.0",
  "accountId": "123456789012",
  "region": "us-east-1",
  "recordedAt": "2026-01-01T00:00:00.000Z",
  "sha256": "SHA256",
  "calls": [
    {"call":"dynamodb:ListTables","region":"us-east-1","input":{"Limit":100},"answers":[{"error":{"name":"ThrottlingException","message":"Rate exceeded","status":400,"code":null}},{"output":{"TableNames":["Orders"]}}]},
    {"call":"kms:DescribeKey","region":"us-east-1","input":{"KeyId":"arn:aws:kms:us-east-1:123456789012:key/a"},"answers":[{"output":{"KeyMetadata":{"DeletionDate":{"$date":"2026-01-10T00:00:00.000Z"},"Blob":{"$bytes":"AP8="}}}}]}
  ]
}
`;
const printed = printRecording(recording);

describe("a recording", () => {
  it("is JSON, one call a line, in the order given", () => {
    expect(printed.replace(/[0-9a-f]{64}/, "SHA256")).toBe(file);
  });

  it("is read as it was written", () => {
    expect(parseRecording(printed, "a.json")).toEqual(recording);
  });

  it("without a call is read as it was written", () => {
    const empty = { ...recording, calls: [] };
    expect(parseRecording(printRecording(empty), "a.json")).toEqual(empty);
  });
});

describe("a file that is no such recording is refused, and the message names why", () => {
  const edited = "recording a.json was edited after it was made (its digest differs): record it again";
  const noVersion = "recording a.json names no schema version; this version reads 1: record it again";
  const cases: Record<string, [text: string, message: string]> = {
    nothing: ["", "recording a.json is cut or no JSON (Unexpected end of JSON input): record it again"],
    "another file": [
      "name,id\n",
      `recording a.json is cut or no JSON (Unexpected token 'a', "name,id?" is not valid JSON): record it again`,
    ],
    "a file that plays with the terminal": [
      "\u001b[31m",
      `recording a.json is cut or no JSON (Unexpected token '?', "?[31m" is not valid JSON): record it again`,
    ],
    "one cut within a call": [
      printed.slice(0, printed.indexOf("Rate")),
      `recording a.json is cut or no JSON (Unterminated string in JSON at position ${printed.indexOf("Rate")} (line 9 column 139)): record it again`,
    ],
    "one cut before the last brace": [
      printed.slice(0, -3),
      `recording a.json is cut or no JSON (Expected ',' or '}' after property value in JSON at position ${printed.length - 3} (line 11 column 4)): record it again`,
    ],
    "JSON of another kind": ['{"Records": []}', noVersion],
    "a list": ["[]", noVersion],
    null: ["null", noVersion],
    "another schema's": [
      printed.replace('"schemaVersion": 1', '"schemaVersion": 2'),
      "recording a.json is of schema 2; this version reads 1: record it again",
    ],
    "a schema version that is text": [
      printed.replace('"schemaVersion": 1', '"schemaVersion": "1\\u202e"'),
      'recording a.json is of schema "1?"; this version reads 1: record it again',
    ],
    "one with a part missing": [
      printed.replace('  "accountId": "123456789012",\n', ""),
      "recording a.json is damaged at accountId: record it again",
    ],
    "one with a part of another type": [
      printed.replace('"input":{"Limit":100},"answers":[{', '"input":{"Limit":100},"answers":[5,{'),
      "recording a.json is damaged at calls.0.answers.0: record it again",
    ],
    "one with an answer edited": [printed.replace('["Orders"]', '["Ledger"]'), edited],
    "one with a call taken out": [printed.replace(/ {4}\{"call":"dynamodb.*\n/, ""), edited],
    "one with an answer taken out": [printed.replace(/\{"error".*?\}\},/, ""), edited],
    "one with its time edited": [printed.replace("2026-01-01T", "2026-01-02T"), edited],
    "one of another account": [printed.replace('"accountId": "123456789012"', '"accountId": "210987654321"'), edited],
    "one with its tool edited": [printed.replace('"0.1.0"', '"9.9.9"'), edited],
    "one with its digest edited": [printed.replace(/"sha256": ".{6}/, '"sha256": "000000'), edited],
  };
  for (const [sentence, [text, message]] of Object.entries(cases)) {
    it(sentence, () => {
      const read = (): Recording => parseRecording(text, "a.json");
      expect(read).toThrow(expect.objectContaining({ name: "RecordingError", message }));
    });
  }
});

describe("JSON for what the SDK answers", () => {
  const cases: Record<string, [value: unknown, encoded: unknown]> = {
    "a date": [new Date("2026-01-10T09:00:00.000Z"), { $date: "2026-01-10T09:00:00.000Z" }],
    bytes: [new Uint8Array([1, 2, 255]), { $bytes: "AQL/" }],
    "no bytes": [new Uint8Array(), { $bytes: "" }],
    "a name that looks like a tag": [
      { $date: "x", $$bytes: 1 },
      { $$date: "x", $$$bytes: 1 },
    ],
    "what is plain": [{ a: [1, "b", null, true] }, { a: [1, "b", null, true] }],
  };
  for (const [sentence, [value, encoded]] of Object.entries(cases)) {
    it(`${sentence}, and back`, () => {
      expect(encode(value)).toEqual(encoded);
      expect(decode(encoded)).toEqual(value);
    });
  }

  it("leaves out what is undefined", () => {
    expect(encode({ a: undefined, b: { c: undefined } })).toStrictEqual({ b: {} });
  });
});
