/** Headers, footers and descriptions made byte by byte, for what the vectors do not show. */

export interface HeaderParts {
  readonly version: number;
  readonly flavor: number;
  readonly messageId: Uint8Array;
  readonly legend: string;
  readonly context: readonly (readonly [key: string | Uint8Array, value: string | Uint8Array])[];
  readonly dataKeys: readonly (readonly [providerId: string, information: string, dataKey: string])[];
  readonly commitment: Uint8Array;
}

export const wrappingKeyArn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000007a41";
export const otherKeyArn = "arn:aws:kms:us-east-1:123456789012:key/mrk-00000000000000000000000000009c02";

const plainHeader: HeaderParts = {
  version: 1,
  flavor: 0,
  messageId: new Uint8Array(32),
  legend: "es",
  context: [],
  dataKeys: [["aws-kms", wrappingKeyArn, "data key"]],
  commitment: new Uint8Array(32),
};

export function headerOf(changes: Partial<HeaderParts> = {}): Uint8Array {
  const parts = { ...plainHeader, ...changes };
  return joined(
    [parts.version, parts.flavor],
    parts.messageId,
    sized(2, parts.legend),
    number(2, parts.context.length),
    ...parts.context.flatMap(([key, value]) => [sized(2, key), sized(2, value)]),
    [parts.dataKeys.length],
    ...parts.dataKeys.flatMap((texts) => texts.map((text) => sized(2, text))),
    parts.commitment,
  );
}

/** A footer of so many tags, with or without a signature. */
export function footerOf(tags: number, signature: Uint8Array = new Uint8Array()): Uint8Array {
  return joined(new Uint8Array(48 * tags), signature);
}

/** An ECDSA signature in DER, of these two numbers. */
export function derOf(r: readonly number[], s: readonly number[]): Uint8Array {
  const integers = joined([2, r.length], r, [2, s.length], s);
  return joined([0x30, integers.length], integers);
}

export function descriptionOf(entries: readonly (readonly [string, string])[], version = 0): Uint8Array {
  return joined(number(4, version), ...entries.flatMap(([name, value]) => [sized(4, name), sized(4, value)]));
}

export function joined(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function sized(size: 2 | 4, content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return joined(number(size, bytes.length), bytes);
}

function number(size: 2 | 4, value: number): readonly number[] {
  return Array.from({ length: size }, (_, at) => Math.floor(value / 256 ** (size - 1 - at)) % 256);
}
