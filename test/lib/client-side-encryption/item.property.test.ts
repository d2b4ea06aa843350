import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ItemVerdict, itemVerdict, markersOf } from "../../../lib/client-side-encryption/item.ts";
import { type MarkerAttributes, markerNames } from "../../../lib/client-side-encryption/markers.ts";
import { headerOf, joined } from "./headers.ts";
import { attributesOf, legacyVectors, sdkVectors } from "./vectors.ts";

const vectors: readonly MarkerAttributes[] = [...sdkVectors.map(attributesOf), ...legacyVectors];
const verdictOf = (attributes: MarkerAttributes): ItemVerdict =>
  itemVerdict(markersOf(attributes), { requireEncryptedAttribute: true, allowedWrappingKeyArns: [] });
const violations: readonly ItemVerdict[] = ["plain", "malformed", "signedOnly", "wrappingKeyNotAllowed"];
const verdicts: readonly ItemVerdict[] = [...violations, "fine", "unknownVersion", "wrappingKeyNotTold"];

/** Each marker of each vector, with what the vector becomes when that one has other bytes. */
const markers = vectors.flatMap((vector) =>
  markerNames.flatMap((name) => {
    const bytes = vector[name];
    return bytes ? [{ bytes, replaced: (other: Uint8Array): MarkerAttributes => ({ ...vector, [name]: other }) }] : [];
  }),
);

describe("for any bytes the parsers come to a verdict", () => {
  it("which for every truncation of every vector is a violation", () => {
    let truncations = 0;
    for (const { bytes, replaced } of markers) {
      for (let length = 0; length < bytes.length; length++) {
        const cut = replaced(bytes.slice(0, length));
        // A description may end after any of its names: the legacy client's item then is one that was only signed.
        const allowed = "aws_dbe_head" in cut ? ["malformed"] : ["malformed", "signedOnly"];
        if (!allowed.includes(verdictOf(cut))) expect.unreachable(`${length} of ${bytes.length} bytes pass`);
        truncations++;
      }
    }
    expect(truncations).toBe(8_769);
  });

  it("which for every vector with bytes behind it is a violation", () => {
    for (const { bytes, replaced } of markers) {
      for (const tail of [[0], [0x65], [1, 2, 3, 4], Array.from({ length: 48 }, () => 0)]) {
        expect(violations).toContain(verdictOf(replaced(joined(bytes, tail))));
      }
    }
  });

  it("also where any one byte of a vector is another", () => {
    const seen = new Map<ItemVerdict, number>();
    for (const { bytes, replaced } of markers) {
      for (let at = 0; at < bytes.length; at++) {
        for (const change of [0x01, 0x80, 0xff]) {
          const corrupted = bytes.slice();
          corrupted[at] = (bytes[at] ?? 0) ^ change;
          const verdict = verdictOf(replaced(corrupted));
          seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
        }
      }
    }
    // Most bytes are random or encrypted: only a key could tell that they were changed.
    expect([...seen.keys()].sort()).toEqual(["fine", "malformed", "signedOnly", "unknownVersion"]);
  });

  it("whatever they are", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      // Long enough to come past the fields of fixed length.
      fc.uint8Array({ maxLength: 200 }).map((tail) => joined([1, 1], new Uint8Array(32), tail)),
      fc.uint8Array({ maxLength: 200 }).map((tail) => joined([0, 0, 0, 0], tail)),
      fc.constantFrom(...markers.map((marker) => marker.bytes)),
    );
    const marker = fc.option(fc.oneof(bytes, fc.constant(null)), { nil: undefined });
    void fc.assert(
      fc.property(fc.tuple(marker, marker, marker, marker), (values) => {
        const attributes = Object.fromEntries(
          markerNames.map((name, at) => [name, values[at]]).filter(([, value]) => value !== undefined),
        );
        expect(verdicts).toContain(verdictOf(attributes));
      }),
      { numRuns: 5_000 },
    );
  });

  it("in time that grows with their number only", () => {
    const pairs = (count: number) =>
      Array.from({ length: count }, (_, at) => [`k${String(at).padStart(6, "0")}`, ""] as const);
    const description = (count: number): Uint8Array =>
      Uint8Array.from(
        Buffer.concat([Buffer.alloc(4), ...pairs(count).map(([name]) => Buffer.from(`\0\0\0\x07${name}\0\0\0\0`))]),
      );
    const worst: Record<string, (count: number) => MarkerAttributes> = {
      "an encryption context": (count) => ({
        aws_dbe_head: headerOf({ context: pairs(count) }),
        aws_dbe_foot: new Uint8Array(48),
      }),
      "a material description": (count) => ({
        "*amzn-ddb-map-desc*": description(count),
        "*amzn-ddb-map-sig*": new Uint8Array(32),
      }),
    };
    for (const [name, make] of Object.entries(worst)) {
      const small = make(3_000);
      const large = make(24_000);
      const time = (attributes: MarkerAttributes): number =>
        Math.min(
          ...Array.from({ length: 5 }, () => {
            const startedAt = performance.now();
            markersOf(attributes);
            return performance.now() - startedAt;
          }),
        );
      time(large);
      // Eight times the bytes; quadratic time would be sixty-four.
      expect(time(large), name).toBeLessThan(32 * Math.max(time(small), 0.1));
    }
  });
});
