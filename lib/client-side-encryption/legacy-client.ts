/**
 * The material description and signature of the legacy DynamoDB Encryption Client (Java, Python), as its own vectors
 * show them. The description does not list which attributes were encrypted. Pure; linear in the bytes.
 */
import { type Malformed, MalformedError, parseBytes, utf8 } from "./cursor.ts";

export interface MaterialDescription {
  /** The cipher mode that was configured. Where there is none the client had no key to encrypt with: it only signed. */
  readonly cipherMode: string | null;
  readonly signingAlgorithm: string | null;
}

/** The description; or its version, where that is one this release cannot read; or what is wrong with it. */
export function parseMaterialDescription(
  bytes: Uint8Array,
): MaterialDescription | { readonly unknownVersion: number } | Malformed {
  return parseBytes(bytes, (cursor) => {
    const version = cursor.number(4, "the version");
    if (version !== 0) return { unknownVersion: version };
    const entries = new Map<string, string>();
    while (cursor.left > 0) {
      const name = utf8(cursor.sized(4, "a name of the description"), "a name of the description");
      const value = utf8(cursor.sized(4, "a value of the description"), "a value of the description");
      if (entries.has(name)) throw new MalformedError("it has a name twice");
      entries.set(name, value);
    }
    return {
      cipherMode: entries.get("amzn-ddb-map-sym-mode") ?? null,
      signingAlgorithm: entries.get("amzn-ddb-map-signingAlg") ?? entries.get("amzn-ddb-sig-alg") ?? null,
    };
  });
}

const hmacSha256Length = 32;
/** RSA with a key of 16,384 bits, the largest that Java makes; ECDSA is far below. */
const longestSignature = 2_048;

/** What is wrong with the signature that stands beside this description; null where nothing is. */
export function whyNotSignature({ length }: Uint8Array, { signingAlgorithm }: MaterialDescription): string | null {
  const isHmac = signingAlgorithm !== null && /^HmacSHA256(\/256)?$/i.test(signingAlgorithm);
  if (length < hmacSha256Length) return "it is shorter than any signature";
  return length > (isHmac ? hmacSha256Length : longestSignature) ? "bytes follow its end" : null;
}
