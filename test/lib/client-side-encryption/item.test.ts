import { describe, expect, it } from "vitest";
import {
  type ItemDemands,
  type ItemVerdict,
  itemVerdict,
  markersOf,
} from "../../../lib/client-side-encryption/item.ts";
import type { MarkerAttributes } from "../../../lib/client-side-encryption/markers.ts";
import { descriptionOf, footerOf, type HeaderParts, headerOf, otherKeyArn, wrappingKeyArn } from "./headers.ts";
import { attributesOf, legacyVectors, sdkVector, sdkVectors } from "./vectors.ts";

const byDefault: ItemDemands = { requireEncryptedAttribute: true, allowedWrappingKeyArns: [] };
const onlyOurKey: ItemDemands = { ...byDefault, allowedWrappingKeyArns: [wrappingKeyArn] };
const signatureIsEnough: ItemDemands = { ...byDefault, requireEncryptedAttribute: false };

function made(changes: Partial<HeaderParts> = {}): MarkerAttributes {
  const tags = changes.dataKeys?.length ?? 1;
  return { aws_dbe_head: headerOf(changes), aws_dbe_foot: footerOf(tags) };
}

const ees = attributesOf(sdkVector("ees"));
const [legacy = {}] = legacyVectors;
const signedByLegacy: MarkerAttributes = {
  "*amzn-ddb-map-desc*": descriptionOf([["amzn-ddb-map-signingAlg", "SHA256withRSA"]]),
  "*amzn-ddb-map-sig*": new Uint8Array(256),
};

describe("an item's markers", () => {
  const cases: Record<string, [attributes: MarkerAttributes, verdict: ItemVerdict, demands?: ItemDemands]> = {
    "that are not there leave it plain": [{}, "plain"],
    "of the SDK are fine": [ees, "fine"],
    "of the SDK with one encrypted attribute among three are fine": [attributesOf(sdkVector("cec")), "fine"],
    "of the SDK without an encrypted attribute only sign it": [attributesOf(sdkVector("sss")), "signedOnly"],
    "that only sign it are fine where that is enough": [attributesOf(sdkVector("sss")), "fine", signatureIsEnough],
    "of the legacy client are fine": [legacy, "fine"],
    "of the legacy client without a cipher mode only sign it": [signedByLegacy, "signedOnly"],
    "of the legacy client that only sign it are fine where that is enough": [signedByLegacy, "fine", signatureIsEnough],
    "of an unknown version cannot be told": [made({ version: 3 }), "unknownVersion"],
    "of an unknown version cannot be told even where little is asked": [
      made({ version: 3 }),
      "unknownVersion",
      signatureIsEnough,
    ],
    "of an unknown version of the legacy client cannot be told": [
      { ...legacy, "*amzn-ddb-map-desc*": descriptionOf([], 1) },
      "unknownVersion",
    ],
    "under the allowed wrapping key are fine": [made(), "fine", onlyOurKey],
    "under another wrapping key are not": [
      made({ dataKeys: [["aws-kms", otherKeyArn, "x"]] }),
      "wrappingKeyNotAllowed",
      onlyOurKey,
    ],
    "under a second key that is not allowed are not": [
      made({
        dataKeys: [
          ["aws-kms", wrappingKeyArn, "x"],
          ["aws-kms", otherKeyArn, "x"],
        ],
      }),
      "wrappingKeyNotAllowed",
      onlyOurKey,
    ],
    "of aws-kms without a key ARN are not": [
      made({ dataKeys: [["aws-kms", "", "x"]] }),
      "wrappingKeyNotAllowed",
      onlyOurKey,
    ],
    "under a branch key do not tell the wrapping key": [ees, "wrappingKeyNotTold", onlyOurKey],
    "under a branch key beside the allowed key do not tell it": [
      made({
        dataKeys: [
          ["aws-kms", wrappingKeyArn, "x"],
          ["aws-kms-hierarchy", "branch", "x"],
        ],
      }),
      "wrappingKeyNotTold",
      onlyOurKey,
    ],
    "under a branch key beside another key prove enough": [
      made({
        dataKeys: [
          ["aws-kms-hierarchy", "branch", "x"],
          ["aws-kms", otherKeyArn, "x"],
        ],
      }),
      "wrappingKeyNotAllowed",
      onlyOurKey,
    ],
    "of the legacy client do not tell the wrapping key": [legacy, "wrappingKeyNotTold", onlyOurKey],
    "that only sign it prove enough, whatever the wrapping key": [
      attributesOf(sdkVector("sss")),
      "signedOnly",
      onlyOurKey,
    ],
    "of the SDK count where the legacy client left some too": [
      { ...legacy, ...attributesOf(sdkVector("sss")) },
      "signedOnly",
    ],
  };
  for (const [sentence, [attributes, verdict, demands = byDefault]] of Object.entries(cases)) {
    it(sentence, () => expect(itemVerdict(markersOf(attributes), demands)).toBe(verdict));
  }

  const { aws_dbe_head = null, aws_dbe_foot = null } = ees;
  const malformed: Record<string, [attributes: MarkerAttributes, why: string]> = {
    "a header without a footer": [{ aws_dbe_head }, "aws_dbe_foot is missing"],
    "a footer without a header": [{ aws_dbe_foot }, "aws_dbe_head is missing"],
    "a header that is no binary": [{ aws_dbe_head: null, aws_dbe_foot }, "aws_dbe_head is no binary"],
    "a footer that is no binary": [{ aws_dbe_head, aws_dbe_foot: null }, "aws_dbe_foot is no binary"],
    "a header that is empty": [
      { aws_dbe_head: new Uint8Array(), aws_dbe_foot },
      "aws_dbe_head: it ends within the format version",
    ],
    "a footer that is empty": [
      { aws_dbe_head, aws_dbe_foot: new Uint8Array() },
      "aws_dbe_foot: it ends within the tags, one a data key",
    ],
    "the footer of an item without a signature": [
      { aws_dbe_head, aws_dbe_foot: footerOf(1) },
      "aws_dbe_foot: it ends within the signature",
    ],
    "a header that is broken although the legacy client's are whole": [
      { ...legacy, aws_dbe_head: null },
      "aws_dbe_head is no binary",
    ],
    "a description without a signature": [
      { "*amzn-ddb-map-desc*": descriptionOf([]) },
      "*amzn-ddb-map-sig* is missing",
    ],
    "a signature without a description": [
      { "*amzn-ddb-map-sig*": new Uint8Array(32) },
      "*amzn-ddb-map-desc* is missing",
    ],
    "a description that is empty": [
      { ...legacy, "*amzn-ddb-map-desc*": new Uint8Array() },
      "*amzn-ddb-map-desc*: it ends within the version",
    ],
    "a signature that is too short": [
      { ...legacy, "*amzn-ddb-map-sig*": new Uint8Array(31) },
      "*amzn-ddb-map-sig*: it is shorter than any signature",
    ],
  };
  for (const [sentence, [attributes, why]] of Object.entries(malformed)) {
    it(`with ${sentence} are malformed`, () => {
      expect(markersOf(attributes)).toEqual({ kind: "malformed", malformed: why });
      expect(itemVerdict(markersOf(attributes), signatureIsEnough)).toBe("malformed");
    });
  }

  it("of every vector are read, and only those that encrypt nothing fall short", () => {
    const verdicts = sdkVectors.map((vector) => itemVerdict(markersOf(attributesOf(vector)), byDefault));
    expect(verdicts).toEqual(sdkVectors.map(({ legend }) => (legend.includes("e") ? "fine" : "signedOnly")));
    for (const vector of legacyVectors) expect(itemVerdict(markersOf(vector), byDefault)).toBe("fine");
  });
});
