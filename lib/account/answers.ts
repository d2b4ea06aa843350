/**
 * What AWS answered, by call, region and canonical input. Within a scan a repeated read is answered from here, so that
 * ten rules share one listing; written to a file it is a recording, and read back it replays through the same readers.
 */
import { isNotDoneYet } from "./poll.ts";

export interface Call {
  /** The IAM action, for example `dynamodb:DescribeTable`. */
  readonly call: string;
  readonly region: string;
  readonly input: unknown;
}

/** The SDK's output without its metadata, or its error reduced to what readers look at. */
export type Answer = { readonly output: object } | { readonly error: AnsweredError };

export interface AnsweredError {
  readonly name: string;
  readonly message: string;
  /** HTTP status, and the system's code of a network error; null where there was none. */
  readonly status: number | null;
  readonly code: string | null;
}

export interface RecordedCall extends Call {
  /** In the order given; a call that is made more often gets the last one again. */
  readonly answers: readonly Answer[];
}

export interface Answers {
  /** What was answered before, else what `ask` gives. Throws what AWS threw. */
  answer(call: Call, ask: () => Promise<object>): Promise<object>;
}

export interface KeptAnswers extends Answers {
  recorded(): readonly RecordedCall[];
}

/** Answers that start empty and keep all they hear; a call is made again whose failure was a passing one, or that was
 * answered with "not done yet". */
export function keepAnswers(isPassing: (error: unknown) => boolean): KeptAnswers {
  const kept = new Map<string, { readonly call: Call; readonly answers: Answer[]; latest: Promise<object> | null }>();
  return {
    answer(call, ask) {
      const key = keyOf(call);
      // A copy: the SDK's paginators write the next page's token into the same object.
      const asked = (): Call => ({ ...call, input: structuredClone(call.input) });
      const entry = kept.get(key) ?? { call: asked(), answers: [], latest: null };
      kept.set(key, entry);
      entry.latest ??= ask().then(
        (output) => {
          entry.answers.push({ output: withoutMetadata(output) });
          if (isNotDoneYet(call.call, output)) entry.latest = null;
          return output;
        },
        (error: unknown) => {
          entry.answers.push({ error: answeredError(error) });
          if (isPassing(error)) entry.latest = null;
          throw error;
        },
      );
      return entry.latest;
    },
    recorded: () =>
      [...kept]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([, { call, answers }]) => ({ ...call, answers }))
        .filter(({ answers }) => answers.length > 0),
  };
}

/** Answers from a recording; a call that is not in it fails with an error named NotRecorded. */
export function replayAnswers(calls: readonly RecordedCall[]): Answers {
  const left = new Map(calls.map((recorded) => [keyOf(recorded), [...recorded.answers]]));
  return {
    async answer(call) {
      const answers = left.get(keyOf(call)) ?? [];
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === undefined) throw named("NotRecorded", `${call.call} in ${call.region} is not in the recording`);
      if ("error" in answer) throw rebuilt(answer.error);
      return { ...answer.output, $metadata: {} };
    },
  };
}

/** JSON with sorted keys: two inputs that mean the same are the same text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

function keyOf({ call, region, input }: Call): string {
  return canonical([call, region, input]);
}

function withoutMetadata(output: object): object {
  return Object.fromEntries(Object.entries(output).filter(([name]) => name !== "$metadata"));
}

/** What readers look at of an error. Of its message the first line: AWS puts signed headers, the session token among
 * them, into those below. */
export function answeredError(error: unknown): AnsweredError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), status: null, code: null };
  const metadata = "$metadata" in error ? (error.$metadata as { httpStatusCode?: number } | undefined) : undefined;
  const response = "$response" in error ? (error.$response as { statusCode?: number } | undefined) : undefined;
  return {
    name: error.name,
    message: error.message.split("\n", 1)[0] ?? "",
    status: metadata?.httpStatusCode ?? response?.statusCode ?? null,
    code: "code" in error && typeof error.code === "string" ? error.code : null,
  };
}

/** An error with nothing but what readers look at. */
export function rebuilt({ name, message, status, code }: AnsweredError): Error {
  return Object.assign(named(name, message), {
    $metadata: status === null ? {} : { httpStatusCode: status },
    ...(code === null ? {} : { code }),
  });
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
