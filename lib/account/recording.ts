/**
 * A recording: the answers of one scan as a file, with the time that a replay takes as "now". It can be sent to a
 * colleague, kept by an auditor, and replayed to repeat a bug. A digest tells a cut or edited one.
 */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { printable } from "../parameters.ts";
import type { RecordedCall } from "./answers.ts";

export const recordingSchemaVersion = 1;

export interface Recording {
  readonly toolVersion: string;
  readonly accountId: string;
  readonly region: string;
  readonly recordedAt: Date;
  readonly calls: readonly RecordedCall[];
}

/** Thrown for a file that is no recording, is damaged, or is of another schema version; the message names which. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

const answeredError = z.strictObject({
  name: z.string(),
  message: z.string(),
  status: z.nullable(z.number()),
  code: z.nullable(z.string()),
});

const recordingFile = z.strictObject({
  schemaVersion: z.literal(recordingSchemaVersion),
  toolVersion: z.string(),
  accountId: z.string().check(z.regex(/^\d{12}$/)),
  region: z.string(),
  recordedAt: z.iso.datetime(),
  sha256: z.string(),
  calls: z.array(
    z.strictObject({
      call: z.string(),
      region: z.string(),
      input: z.unknown(),
      answers: z.array(
        z.union([z.strictObject({ output: z.looseObject({}) }), z.strictObject({ error: answeredError })]),
      ),
    }),
  ),
});

/** The recording as the text of a file, one call a line. */
export function printRecording({ toolVersion, accountId, region, recordedAt, calls }: Recording): string {
  const head = {
    schemaVersion: recordingSchemaVersion,
    toolVersion,
    accountId,
    region,
    recordedAt: recordedAt.toISOString(),
  };
  const lines = calls.map((call) => JSON.stringify(encode(call)));
  const fields = Object.entries({ ...head, sha256: digest(head, lines) }).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`,
  );
  return `{\n${fields.join("")}  "calls": [\n${lines.map((line) => `    ${line}`).join(",\n")}\n  ]\n}\n`;
}

/** The recording in a file's text.
 * @param fileName for the messages
 * @throws RecordingError */
export function parseRecording(text: string, fileName: string): Recording {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // The message quotes the file.
    const why = printable((error as Error).message);
    throw new RecordingError(`recording ${fileName} is cut or no JSON (${why}): record it again`);
  }
  const version = typeof json === "object" && json !== null && "schemaVersion" in json ? json.schemaVersion : undefined;
  if (version !== recordingSchemaVersion) {
    const given =
      version === undefined
        ? "names no schema version"
        : `is of schema ${printable(JSON.stringify(version).slice(0, 40))}`;
    throw new RecordingError(
      `recording ${fileName} ${given}; this version reads ${recordingSchemaVersion}: record it again`,
    );
  }
  const result = recordingFile.safeParse(json);
  if (!result.success) {
    const at = result.error.issues[0]?.path.join(".") ?? "";
    throw new RecordingError(`recording ${fileName} is damaged at ${at}: record it again`);
  }
  const { sha256, recordedAt, ...head } = result.data;
  // As they stand in the file: what a schema hands on has lost a name like `__proto__`.
  const { calls } = json as Pick<typeof result.data, "calls">;
  const lines = calls.map((call) => JSON.stringify(call));
  if (digest({ ...head, recordedAt }, lines) !== sha256) {
    throw new RecordingError(
      `recording ${fileName} was edited after it was made (its digest differs): record it again`,
    );
  }
  return {
    toolVersion: head.toolVersion,
    accountId: head.accountId,
    region: head.region,
    recordedAt: new Date(recordedAt),
    // The schema above is the type's own shape; decoding changes values only.
    calls: calls.map((call) => decode(call) as RecordedCall),
  };
}

function digest(
  head: { toolVersion: string; accountId: string; region: string; recordedAt: string },
  lines: readonly string[],
): string {
  const { toolVersion, accountId, region, recordedAt } = head;
  const text = [toolVersion, accountId, region, recordedAt, ...lines].join("\n");
  return createHash("sha256").update(text).digest("hex");
}

/** JSON for what the SDK answers: dates and bytes are tagged, and a name that begins with `$` gets another one. */
export function encode(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([name, part]) => [name.startsWith("$") ? `$${name}` : name, encode(part)]));
}

/** What `encode` was given. */
export function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null) return value;
  if ("$date" in value) return new Date(String(value.$date));
  if ("$bytes" in value) return new Uint8Array(Buffer.from(String(value.$bytes), "base64"));
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name.startsWith("$$") ? name.slice(1) : name, decode(part)]),
  );
}
