import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markersOf } from "../../../lib/client-side-encryption/item.ts";
import { parseParameters } from "../../../lib/parameters.ts";
import {
  type ClientSideEncryptionFacts,
  clientSideEncryption,
} from "../../../lib/rules/dynamodb-client-side-encryption.ts";
import { footerOf, headerOf, otherKeyArn, wrappingKeyArn } from "../client-side-encryption/headers.ts";
import {
  broken,
  encrypted,
  facts,
  legacy,
  made,
  noTags,
  plain,
  shutOut,
  signed,
  throttled,
  underKey,
  underNone,
  underOther,
  unknown,
} from "./client-side-encryption-facts.ts";

const anyItem = fc.constantFrom(plain, encrypted, signed, legacy, broken, unknown, underKey, underOther, underNone);
const anyUnread = fc.constantFrom(throttled, shutOut);
const anyFacts: fc.Arbitrary<ClientSideEncryptionFacts> = fc.record({
  tableName: fc.constant("Customers"),
  tags: fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .constantFrom({ DataClassification: "pii" }, { DATACLASSIFICATION: "Restricted" })
        .map((value) => ({ value })),
    },
    { weight: 1, arbitrary: fc.constantFrom({}, { DataClassification: "public" }).map((value) => ({ value })) },
    { weight: 1, arbitrary: fc.constant({ unread: noTags }) },
  ),
  store: fc.option(
    fc.record({
      tableStatus: fc.constantFrom("ACTIVE", "ACTIVE", "UPDATING", "CREATING", "ARCHIVED"),
      itemCount: fc.nat(1_000_000_000),
      sample: fc.option(
        fc.record({
          items: fc.oneof(
            fc.array(anyItem, { maxLength: 4 }),
            fc.array(fc.constantFrom(encrypted, underKey, legacy), { maxLength: 500 }),
          ),
          whole: fc.boolean(),
          costly: fc.boolean(),
          brokenOff: fc.option(anyUnread),
        }),
        { freq: 9 },
      ),
    }),
    { freq: 9 },
  ),
});
const anyParameters = fc.record({
  requireEncryptedAttribute: fc.boolean(),
  requireClassification: fc.boolean(),
  allowedWrappingKeyArns: fc.subarray([wrappingKeyArn, otherKeyArn]),
});

describe("for any facts and parameters", () => {
  it("no verdict is COMPLIANT or NOT_APPLICABLE when a fact that it needs is unread, and the mend obeys its law", () => {
    const seen = { COMPLIANT: 0, NOT_APPLICABLE: 0, NON_COMPLIANT: 0, unread: 0 };
    void fc.assert(
      fc.property(anyFacts, anyParameters, (given, raw) => {
        const parameters = parseParameters(clientSideEncryption.parameters, raw, "parameters");
        const verdict = clientSideEncryption.evaluate(given, parameters);
        seen["unread" in verdict ? "unread" : verdict.complianceType]++;
        if ("unread" in verdict) return;
        expect("value" in given.tags).toBe(true);
        const sample = given.store?.sample ?? null;
        if (verdict.complianceType === "COMPLIANT") {
          expect(sample?.brokenOff).toBeNull();
          expect(sample?.items.length).toBeGreaterThan(0);
          const kinds = new Set(sample?.items.map(({ kind }) => kind));
          for (const kind of ["none", "malformed", "unknownVersion"] as const) expect(kinds.has(kind)).toBe(false);
        } else if (verdict.complianceType === "NOT_APPLICABLE") {
          const text = JSON.stringify(given.tags);
          if (/pii|Restricted/.test(text) && given.store?.tableStatus !== "CREATING") {
            expect([sample?.items, sample?.whole, sample?.brokenOff]).toEqual([[], true, null]);
          }
        } else {
          const offered = clientSideEncryption.mend(given, parameters);
          expect("choice" in offered && offered.choice).toBeTruthy();
          expect(offered.steps.every((step) => "words" in step)).toBe(true);
        }
      }),
      { numRuns: 5_000 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
  });

  it("the markers say how often, and quote no byte of an item", () => {
    const secret = "alice@example.com";
    const sampled = [
      markersOf({ aws_dbe_head: headerOf({ version: 3, context: [["a", secret]] }), aws_dbe_foot: footerOf(1) }),
      markersOf(
        made({
          context: [["a", secret]],
          dataKeys: [
            [secret, secret, secret],
            ["aws-kms", secret, secret],
          ],
        }),
      ),
      markersOf({
        aws_dbe_head: Uint8Array.from(Buffer.from(secret)),
        aws_dbe_foot: Uint8Array.from(Buffer.from(`\x01${secret}`)),
      }),
      markersOf({ aws_dbe_head: headerOf({ legend: secret }), aws_dbe_foot: footerOf(1) }),
      markersOf({
        "*amzn-ddb-map-desc*": Uint8Array.from(Buffer.from(`\0\0\0\0\0\0\0\x11${secret}`)),
        "*amzn-ddb-map-sig*": new Uint8Array(32),
      }),
    ];
    for (const raw of [{}, { allowedWrappingKeyArns: wrappingKeyArn }]) {
      const parameters = parseParameters(clientSideEncryption.parameters, raw, "parameters");
      for (const item of [...sampled.map((one) => [one]), sampled]) {
        const given = facts(item);
        const said = [clientSideEncryption.evaluate(given, parameters), clientSideEncryption.mend(given, parameters)];
        expect(JSON.stringify(said)).not.toMatch(/alice|example/);
      }
    }
  });
});

describe("the parameters", () => {
  const refused: Record<string, [raw: object, fault: string]> = {
    "a sample of none": [{ sampleSize: "0" }, "ruleParameters.sampleSize is `0`; use a whole number from 1 to 500"],
    "a sample beyond the most": [
      { sampleSize: 501 },
      "ruleParameters.sampleSize is `501`; use a whole number from 1 to 500",
    ],
    "a part of an item": [
      { sampleSize: "2.5" },
      "ruleParameters.sampleSize is `2.5`; use a whole number from 1 to 500",
    ],
    "an alias as a key": [
      { allowedWrappingKeyArns: "alias/orders" },
      "ruleParameters.allowedWrappingKeyArns is `alias/orders` (an alias can be pointed to another key at any time, so it allows every key); use ARNs of KMS keys, separated by commas",
    ],
    "no sensitive value": [
      { sensitiveTagValues: [] },
      "ruleParameters: sensitiveTagValues is empty, so that no table would be judged; name at least one value",
    ],
    "a tag key that AWS cannot hold": [
      { sensitiveTagKey: "k".repeat(129) },
      `ruleParameters.sensitiveTagKey is \`${"k".repeat(80)}...\` (it is longer than a tag key may be); use a tag key of at most 128 characters`,
    ],
  };
  for (const [sentence, [raw, fault]] of Object.entries(refused)) {
    it(`refuse ${sentence}`, () => {
      expect(() => parseParameters(clientSideEncryption.parameters, raw, "ruleParameters")).toThrow(fault);
    });
  }

  it("have the defaults that the documentation names, also where they are blank", () => {
    const defaults = {
      sensitiveTagKey: "DataClassification",
      sensitiveTagValues: ["confidential", "restricted", "pii"],
      requireClassification: false,
      sampleSize: 25,
      requireEncryptedAttribute: true,
      allowedWrappingKeyArns: [],
      exemptResourceTag: null,
      exemptions: [],
    };
    expect(parseParameters(clientSideEncryption.parameters, {}, "ruleParameters")).toEqual(defaults);
    expect(
      parseParameters(clientSideEncryption.parameters, { sensitiveTagKey: " ", sampleSize: " 25 " }, "ruleParameters"),
    ).toEqual(defaults);
  });
});
