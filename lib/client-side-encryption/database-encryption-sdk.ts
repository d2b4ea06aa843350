/**
 * The header and footer of the AWS Database Encryption SDK for DynamoDB, as its specification has them
 * (structured-encryption/header.md, footer.md) and its own vectors show them. What only a key could check, the
 * commitment and the tags, is held to its length. Pure; linear in the bytes.
 */
import { type Cursor, type Malformed, MalformedError, parseBytes, utf8 } from "./cursor.ts";

export interface Header {
  /** An ECDSA signature follows the footer's tags (flavor 1). */
  readonly signed: boolean;
  /** One letter an authenticated attribute: `e` encrypted and signed, `s` signed, `c` signed and in the context. */
  readonly legend: string;
  readonly dataKeys: readonly DataKey[];
}

/** What a data key tells of the key that wraps it. No other text of the header is kept: anybody can have written it. */
export interface DataKey {
  /** Whether the provider is `aws-kms`, the only one that tells its key. */
  readonly ofKms: boolean;
  /** Null where no ARN of a KMS key is told. */
  readonly keyArn: string | null;
}

/** The header; or its format version, where that is one this release cannot read; or what is wrong with it. */
export function parseHeader(bytes: Uint8Array): Header | { readonly unknownVersion: number } | Malformed {
  return parseBytes(bytes, (cursor) => {
    const version = cursor.number(1, "the format version");
    if (version !== 1 && version !== 2) return { unknownVersion: version };
    const flavor = cursor.number(1, "the format flavor");
    if (flavor > 1) throw new MalformedError("its format flavor is neither 0 nor 1");
    cursor.take(messageIdLength, "the message id");
    const legend = readLegend(cursor, version);
    readEncryptionContext(cursor);
    const dataKeys = Array.from({ length: dataKeyCount(cursor) }, () => readDataKey(cursor));
    cursor.take(commitmentLength, "the header commitment");
    cursor.end();
    return { signed: flavor === 1, legend, dataKeys };
  });
}

const messageIdLength = 32;
const commitmentLength = 32;

function readLegend(cursor: Cursor, version: 1 | 2): string {
  const legend = Buffer.from(cursor.sized(2, "the encrypt legend")).toString("latin1");
  // The keys of an item are always signed.
  if (legend === "") throw new MalformedError("its encrypt legend is empty");
  if (!/^[esc]+$/.test(legend)) throw new MalformedError("its encrypt legend holds another letter than e, s and c");
  if (legend.includes("c") !== (version === 2)) {
    throw new MalformedError("its format version does not go with its encrypt legend");
  }
  return legend;
}

function readEncryptionContext(cursor: Cursor): void {
  let previous: Uint8Array | null = null;
  for (let left = cursor.number(2, "the encryption context"); left > 0; left--) {
    const key = cursor.sized(2, "a key of the encryption context");
    const value = cursor.sized(2, "a value of the encryption context");
    utf8(key, "a key of the encryption context");
    utf8(value, "a value of the encryption context");
    if (previous !== null && Buffer.compare(previous, key) >= 0) {
      throw new MalformedError("the keys of its encryption context do not ascend");
    }
    previous = key;
  }
}

function dataKeyCount(cursor: Cursor): number {
  const count = cursor.number(1, "the number of data keys");
  if (count === 0) throw new MalformedError("it has no data key");
  return count;
}

function readDataKey(cursor: Cursor): DataKey {
  const providerId = utf8(cursor.sized(2, "a key provider's id"), "a key provider's id");
  const information = cursor.sized(2, "a key provider's information");
  const dataKey = cursor.sized(2, "an encrypted data key");
  if (dataKey.length === 0) throw new MalformedError("an encrypted data key is empty");
  const ofKms = providerId === "aws-kms";
  return { ofKms, keyArn: ofKms ? keyArnIn(information) : null };
}

function keyArnIn(information: Uint8Array): string | null {
  const text = Buffer.from(information).toString("latin1");
  return /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/.test(text) ? text : null;
}

const tagLength = 48;

/** What is wrong with the footer that stands beside this header; null where nothing is. */
export function whyNotFooter(bytes: Uint8Array, { signed, dataKeys }: Header): string | null {
  const parsed = parseBytes(bytes, (cursor) => {
    cursor.take(tagLength * dataKeys.length, "the tags, one a data key");
    if (signed) readSignature(cursor);
    cursor.end();
    return null;
  });
  return parsed === null ? null : parsed.malformed;
}

/** An ECDSA P-384 signature in DER: two positive numbers of at most 384 bits. The specification's 96 bytes, the bare
 * numbers, is not what the SDK writes: it makes DER of 103. */
function readSignature(cursor: Cursor): void {
  if (cursor.number(1, "the signature") !== derSequence) throw new MalformedError("its signature is no DER");
  if (cursor.number(1, "the signature") !== cursor.left) throw new MalformedError("its signature has another length");
  for (const part of ["r", "s"]) {
    if (cursor.number(1, "the signature") !== derInteger) throw new MalformedError("its signature is no DER");
    const [first = 0, second = 0, ...others] = cursor.sized(1, `the signature's ${part}`);
    const isPositive = first > 0 ? first < 0x80 : second >= 0x80;
    const length = others.length + (first === 0 ? 1 : 2);
    if (!isPositive || length > coordinateLength) throw new MalformedError(`its signature's ${part} is out of range`);
  }
}

const derSequence = 0x30;
const derInteger = 0x02;
const coordinateLength = 48;
