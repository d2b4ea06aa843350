import { describe, expect, it } from "vitest";
import { type Header, parseHeader, whyNotFooter } from "../../../lib/client-side-encryption/database-encryption-sdk.ts";
import { derOf, footerOf, type HeaderParts, headerOf, joined, otherKeyArn, wrappingKeyArn } from "./headers.ts";
import { sdkVectors } from "./vectors.ts";

describe("a header that AWS's own library wrote", () => {
  it.each(sdkVectors.map((vector, at) => [at, vector.legend, vector] as const))(
    "(%i) has the legend %s, one data key of a branch key, and the footer beside it",
    (_at, legend, { aws_dbe_head, aws_dbe_foot }) => {
      const header = parseHeader(aws_dbe_head) as Header;
      const dataKeys = [{ ofKms: false, keyArn: null }];
      expect(header).toEqual({ signed: aws_dbe_foot.length > 48, legend, dataKeys });
      expect(whyNotFooter(aws_dbe_foot, header)).toBeNull();
    },
  );

  it("comes with and without a signature, and in both format versions", () => {
    expect(new Set(sdkVectors.map(({ aws_dbe_foot: { length } }) => length))).toEqual(new Set([151, 48]));
    expect(new Set(sdkVectors.map(({ aws_dbe_head: [version] }) => version))).toEqual(new Set([1, 2]));
  });
});

describe("a header", () => {
  const dataKey = ["raw", "key-1", "x"] as const;
  const read: Record<string, [changes: Partial<HeaderParts>, header: Partial<Header>]> = {
    "names a KMS wrapping key by its ARN": [{}, { dataKeys: [{ ofKms: true, keyArn: wrappingKeyArn }] }],
    "names that of a multi-Region key": [
      { dataKeys: [["aws-kms", otherKeyArn, "x"]] },
      { dataKeys: [{ ofKms: true, keyArn: otherKeyArn }] },
    ],
    "names none where aws-kms tells no key ARN": [
      { dataKeys: [["aws-kms", "alias/orders", "x"]] },
      { dataKeys: [{ ofKms: true, keyArn: null }] },
    ],
    "names none of another provider, whatever it tells": [
      { dataKeys: [["aws-kms-rsa", wrappingKeyArn, "x"]] },
      { dataKeys: [{ ofKms: false, keyArn: null }] },
    ],
    "holds up to 255 data keys": [
      { dataKeys: Array.from({ length: 255 }, () => dataKey) },
      { dataKeys: Array.from({ length: 255 }, () => ({ ofKms: false, keyArn: null })) },
    ],
    "may have an encryption context whose keys ascend by bytes": [
      {
        context: [
          ["", "x"],
          ["A", ""],
          ["a", "x"],
          ["\u00e9", "x"],
          ["\u{1f511}", "x"],
        ],
      },
      { legend: "es" },
    ],
    "of version 2 has an attribute in the encryption context": [{ version: 2, legend: "csc" }, { legend: "csc" }],
    "of flavor 1 is signed": [{ flavor: 1 }, { signed: true }],
  };
  for (const [sentence, [changes, header]] of Object.entries(read)) {
    it(sentence, () => expect(parseHeader(headerOf(changes))).toMatchObject(header));
  }

  const bad = Uint8Array.from([0xff]);
  const malformed: Record<string, [bytes: Uint8Array, why: string]> = {
    "no bytes": [new Uint8Array(), "it ends within the format version"],
    "a version alone": [Uint8Array.from([1]), "it ends within the format flavor"],
    "an unknown flavor": [headerOf({ flavor: 2 }), "its format flavor is neither 0 nor 1"],
    "an empty legend": [headerOf({ legend: "" }), "its encrypt legend is empty"],
    "an unknown letter": [headerOf({ legend: "eE" }), "its encrypt legend holds another letter than e, s and c"],
    "a line break in the legend": [
      headerOf({ legend: "e\n" }),
      "its encrypt legend holds another letter than e, s and c",
    ],
    "an attribute in the context in version 1": [
      headerOf({ legend: "ec" }),
      "its format version does not go with its encrypt legend",
    ],
    "none in version 2": [headerOf({ version: 2 }), "its format version does not go with its encrypt legend"],
    "context keys that descend": [
      headerOf({
        context: [
          ["b", ""],
          ["a", ""],
        ],
      }),
      "the keys of its encryption context do not ascend",
    ],
    "a context key twice": [
      headerOf({
        context: [
          ["a", "1"],
          ["a", "2"],
        ],
      }),
      "the keys of its encryption context do not ascend",
    ],
    "a context key that is no UTF-8": [
      headerOf({ context: [[bad, ""]] }),
      "a key of the encryption context is no UTF-8",
    ],
    "a context value that is no UTF-8": [
      headerOf({ context: [["a", bad]] }),
      "a value of the encryption context is no UTF-8",
    ],
    "no data key": [headerOf({ dataKeys: [] }), "it has no data key"],
    "an empty data key": [headerOf({ dataKeys: [["aws-kms", wrappingKeyArn, ""]] }), "an encrypted data key is empty"],
    "a commitment too short": [headerOf({ commitment: new Uint8Array(31) }), "it ends within the header commitment"],
    "bytes after the commitment": [headerOf({ commitment: new Uint8Array(33) }), "bytes follow its end"],
    "a legend longer than the header": [
      joined([1, 0], new Uint8Array(32), [0xff, 0xff, 0x65]),
      "it ends within the encrypt legend",
    ],
  };
  for (const [sentence, [bytes, why]] of Object.entries(malformed)) {
    it(`with ${sentence} is malformed`, () => expect(parseHeader(bytes)).toEqual({ malformed: why }));
  }

  it.each([0, 3, 0x65, 255])("of version %i cannot be told", (version) => {
    expect(parseHeader(headerOf({ version }))).toEqual({ unknownVersion: version });
    expect(parseHeader(Uint8Array.from([version]))).toEqual({ unknownVersion: version });
  });
});

describe("a footer", () => {
  const plain = parseHeader(headerOf()) as Header;
  const signed: Header = { ...plain, signed: true };
  const two: Header = { ...plain, dataKeys: [...plain.dataKeys, ...plain.dataKeys] };
  const high = [0, 0xff, ...Array.from({ length: 47 }, () => 1)];
  const low = Array.from({ length: 48 }, () => 1);

  const fine: Record<string, [bytes: Uint8Array, header: Header]> = {
    "one tag for one data key": [footerOf(1), plain],
    "a tag for each data key": [footerOf(2), two],
    "the longest signature": [footerOf(1, derOf(high, high)), signed],
    "a signature as the SDK makes them": [footerOf(1, derOf(high, low)), signed],
    "the shortest signature": [footerOf(1, derOf([1], [0x7f])), signed],
  };
  for (const [sentence, [bytes, header]] of Object.entries(fine)) {
    it(`takes ${sentence}`, () => expect(whyNotFooter(bytes, header)).toBeNull());
  }

  const wrong: Record<string, [bytes: Uint8Array, header: Header, why: string]> = {
    nothing: [footerOf(0), plain, "it ends within the tags, one a data key"],
    "a tag too few": [footerOf(1), two, "it ends within the tags, one a data key"],
    "a tag too many": [footerOf(2), plain, "bytes follow its end"],
    "no signature where the header says there is one": [footerOf(1), signed, "it ends within the signature"],
    "a signature where the header says there is none": [footerOf(1, derOf(low, low)), plain, "bytes follow its end"],
    "the 96 bytes of the specification": [footerOf(1, new Uint8Array(96)), signed, "its signature is no DER"],
    "bytes after the signature": [
      footerOf(1, joined(derOf(low, low), [0])),
      signed,
      "its signature has another length",
    ],
    "one number": [footerOf(1, Uint8Array.from([0x30, 3, 2, 1, 1])), signed, "it ends within the signature"],
    "no number": [footerOf(1, Uint8Array.from([0x30, 2, 4, 0])), signed, "its signature is no DER"],
    "a third number": [
      footerOf(1, Uint8Array.from([0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1])),
      signed,
      "bytes follow its end",
    ],
    zero: [footerOf(1, derOf([0], [1])), signed, "its signature's r is out of range"],
    "a number without a byte": [footerOf(1, derOf([1], [])), signed, "its signature's s is out of range"],
    "a negative number": [footerOf(1, derOf([0x80], [1])), signed, "its signature's r is out of range"],
    "a needless zero": [footerOf(1, derOf([1], [0, 1])), signed, "its signature's s is out of range"],
    "a number of 385 bits": [footerOf(1, derOf([1, ...low], [1])), signed, "its signature's r is out of range"],
  };
  for (const [sentence, [bytes, header, why]] of Object.entries(wrong)) {
    it(`does not take ${sentence}`, () => expect(whyNotFooter(bytes, header)).toBe(why));
  }
});
