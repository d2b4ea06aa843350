/** A walk over bytes of unknown origin, each read once. Pure. */
import { isUtf8 } from "node:buffer";

/** What is wrong with the bytes, in words that hold none of them. Caught by `parseBytes`. */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
}

export type Malformed = { readonly malformed: string };

/** What `parse` makes of the bytes, all of them, or why it cannot. Throws on no bytes at all. */
export function parseBytes<T>(bytes: Uint8Array, parse: (cursor: Cursor) => T): T | Malformed {
  try {
    return parse(new Cursor(bytes));
  } catch (error) {
    if (error instanceof MalformedError) return { malformed: error.message };
    throw error;
  }
}

export class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** @throws MalformedError where fewer are left */
  take(count: number, what: string): Uint8Array {
    if (count > this.left) throw new MalformedError(`it ends within ${what}`);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** A whole number, big endian, of one, two or four bytes. */
  number(size: 1 | 2 | 4, what: string): number {
    return this.take(size, what).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** Bytes behind their own length. */
  sized(sizeOfLength: 1 | 2 | 4, what: string): Uint8Array {
    return this.take(this.number(sizeOfLength, `the length of ${what}`), what);
  }

  /** @throws MalformedError where something is left */
  end(): void {
    if (this.left > 0) throw new MalformedError("bytes follow its end");
  }
}

/** The text that these bytes are in UTF-8.
 * @throws MalformedError */
export function utf8(bytes: Uint8Array, what: string): string {
  if (!isUtf8(bytes)) throw new MalformedError(`${what} is no UTF-8`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}
