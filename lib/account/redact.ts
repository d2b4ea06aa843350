/**
 * What a Scan answered, without what it must not tell: it is cut down before a reader, a recording or a log sees it.
 * LastEvaluatedKey holds key values in plain text, and an attribute that was not asked for would be an item's value.
 */
import type { AttributeValue, ScanCommandOutput } from "@aws-sdk/client-dynamodb";
import { markerNames } from "../client-side-encryption/markers.ts";
import { answeredError, rebuilt } from "./answers.ts";

/** What is left of the answer. */
export interface ScanAnswer
  extends Pick<ScanCommandOutput, "$metadata" | "Count" | "ScannedCount" | "ConsumedCapacity"> {
  readonly Items?: Record<string, AttributeValue>[];
  /** Whether the segment goes on: all that may be known of LastEvaluatedKey. */
  readonly HasMore: boolean;
}

/** The result of a call as it may go on; also an error's, since a parser's message quotes the answer. */
export async function redacted<R extends { readonly output: object }>(call: string, result: Promise<R>): Promise<R> {
  if (call !== "dynamodb:Scan") return result;
  try {
    const answered = await result;
    return { ...answered, output: redactScan(answered.output as ScanCommandOutput) };
  } catch (error) {
    throw redactError(error);
  }
}

/** A Scan's answer with nothing but the markers of its items; the same again for one that was cut down before. */
export function redactScan(output: ScanCommandOutput | ScanAnswer): ScanAnswer {
  const { $metadata, Count, ScannedCount, ConsumedCapacity, Items } = output;
  const before = { HasMore: false, LastEvaluatedKey: undefined, ...output };
  return {
    $metadata,
    ...(Count === undefined ? {} : { Count }),
    ...(ScannedCount === undefined ? {} : { ScannedCount }),
    ...(ConsumedCapacity === undefined ? {} : { ConsumedCapacity }),
    ...(Items === undefined ? {} : { Items: Items.map(markersOnly) }),
    HasMore: before.HasMore || before.LastEvaluatedKey !== undefined,
  };
}

/** The markers; of one that is no binary, whatever wrote it, no more than that. */
function markersOnly(item: Record<string, AttributeValue>): Record<string, AttributeValue> {
  const markers: Record<string, AttributeValue> = {};
  for (const name of markerNames) {
    const value = item[name];
    if (value !== undefined) markers[name] = value.B === undefined ? { NULL: true } : { B: value.B };
  }
  return markers;
}

function redactError(error: unknown): Error {
  const answered = answeredError(error);
  // AWS's own refusals quote no item; what fails on reading an answer does.
  const quotesAnswer = answered.name === "SyntaxError" || (answered.status !== null && answered.status < 400);
  return rebuilt({ ...answered, message: quotesAnswer ? "the answer could not be read" : answered.message });
}
