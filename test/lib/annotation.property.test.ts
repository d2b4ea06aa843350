import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unreadFrom } from "../../lib/account/fact.ts";
import {
  annotate,
  annotateBecause,
  annotateEnded,
  annotateExempted,
  annotateUnread,
  lastFour,
} from "../../lib/annotation.ts";
import { exemptionInWords, longestReason } from "../../lib/exemptions.ts";
import { parseParameters } from "../../lib/parameters.ts";
import type { Reason } from "../../lib/rule.ts";
import { type TableEncryptionFacts, tableEncryption } from "../../lib/rules/dynamodb-table-encryption.ts";
import { denied } from "../fakes/account.ts";

const limit = 256;
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({ unit: "grapheme", maxLength: 400 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 400 }),
);
/** Words, aimed at the lengths where something just fits or just does not. */
const words = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 245, max: 260 })),
    fc.nat(25),
  )
  .map(([length, letter]) => "abcdefghijklmnopqrstuvwxyz"[letter]?.repeat(length) ?? "a");
const reasonOf = (found: string, wanted: string): Reason => ({ code: "wrong", found, wanted, source: null });
const others = fc.nat(3).map((count) => Array.from({ length: count }, () => reasonOf("another", "none")));
const more = (count: number): string => (count === 0 ? "" : ` (+${count} more)`);

describe("an annotation", () => {
  it("is 1 to 256 printable ASCII characters, whatever it is made of", () => {
    const printable = /^[\x20-\x7e]{1,256}$/;
    fc.assert(
      fc.property(anyText, anyText, anyText, others, (found, wanted, mend, rest) => {
        expect(annotate([reasonOf(found, wanted), ...rest], mend)).toMatch(printable);
        expect(annotateBecause(found)).toMatch(printable);
        expect(annotateUnread({ call: wanted, message: found, lasting: true })).toMatch(printable);
        expect(annotateUnread({ call: null, message: found, lasting: true })).toMatch(printable);
        expect(annotateExempted(mend, [reasonOf(found, wanted), ...rest])).toMatch(printable);
        expect(annotateEnded(annotate([reasonOf(found, wanted)], mend), "2027-06-30")).toMatch(printable);
      }),
    );
  });

  it("is whole where it fits", () => {
    fc.assert(
      fc.property(words, words, words, others, (found, wanted, mend, rest) => {
        const whole = `${found}; ${wanted}${more(rest.length)}. ${mend}`;
        fc.pre(whole.length <= limit);
        expect(annotate([reasonOf(found, wanted), ...rest], mend)).toBe(whole);
      }),
    );
  });

  it("keeps the mend whole wherever the mend alone fits", () => {
    fc.assert(
      fc.property(anyText, anyText, words, others, (found, wanted, mend, rest) => {
        fc.pre(mend.length <= limit);
        expect(annotate([reasonOf(found, wanted), ...rest], mend).endsWith(mend)).toBe(true);
      }),
    );
  });

  it("of what is exempt holds the reason and the day whole, and what is exempt as far as there is room", () => {
    fc.assert(
      fc.property(words, words, words, others, (given, found, wanted, rest) => {
        const reason = given.slice(0, longestReason);
        const exemption = exemptionInWords({ resource: "Orders", reason, expires: "2027-06-30" });
        const annotation = annotateExempted(exemption, [reasonOf(found, wanted), ...rest]);
        const whole = `Exempt: ${reason} (until 2027-06-30): ${found}; ${wanted}${more(rest.length)}`;
        if (whole.length <= limit) expect(annotation).toBe(whole);
        else expect(annotation).toBe(`${whole.slice(0, limit - 3).trimEnd()}...`);
        expect(annotation.startsWith(`Exempt: ${exemption}: `)).toBe(true);
      }),
    );
  });

  it("says that an exemption ended where there is just room, and not where a character is lacking", () => {
    const sentence = ". Its exemption ended on 2027-06-30";
    const room = limit - sentence.length;
    expect(annotateEnded("a".repeat(room), "2027-06-30")).toBe(`${"a".repeat(room)}${sentence}`);
    expect(annotateEnded("a".repeat(room + 1), "2027-06-30")).toBe("a".repeat(room + 1));
  });

  it("says that an exemption ended where there is room, and gives nothing up for it", () => {
    fc.assert(
      fc.property(words, words, words, (found, wanted, mend) => {
        const annotation = annotate([reasonOf(found, wanted)], mend);
        const longer = `${annotation}. Its exemption ended on 2027-06-30`;
        expect(annotateEnded(annotation, "2027-06-30")).toBe(longer.length <= limit ? longer : annotation);
      }),
    );
  });

  it("does not take a mend that begins as what is wanted does for it", () => {
    expect(annotate([reasonOf("a", "e".repeat(245))], "e".repeat(252))).toBe("e".repeat(252));
  });

  it("gives up what was found before what is wanted, and each only as far as it must", () => {
    fc.assert(
      fc.property(words, words, words, others, (found, wanted, mend, rest) => {
        fc.pre(`${found}; ${wanted}${more(rest.length)}. ${mend}`.length > limit && mend.length <= limit);
        const annotation = annotate([reasonOf(found, wanted), ...rest], mend);
        const tail = `${wanted}${more(rest.length)}. ${mend}`;
        if (tail.length > limit) {
          // No room for all that is wanted: nothing of what was found is left.
          const room = limit - `. ${mend}`.length;
          expect(annotation).toBe(room < 4 ? mend : `${tail.slice(0, room - 3).trimEnd()}.... ${mend}`);
        } else {
          const room = limit - `; ${tail}`.length;
          expect(annotation).toBe(room < 4 ? tail : `${found.slice(0, room - 3)}...; ${tail}`);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("of one sentence is that sentence, its end cut", () => {
    fc.assert(
      fc.property(words, (because) => {
        expect(annotateBecause(because)).toBe(because.length <= limit ? because : `${because.slice(0, limit - 3)}...`);
      }),
    );
  });

  it("of what could not be read begins NOT VERIFIED, and says all that fits", () => {
    fc.assert(
      fc.property(words, fc.option(words), (message, call) => {
        const whole = `NOT VERIFIED: ${call === null ? "" : `${call} `}${message}`;
        const annotation = annotateUnread({ call, message, lasting: true });
        expect(annotation).toBe(whole.length <= limit ? whole : `${whole.slice(0, limit - 3).trimEnd()}...`);
        expect(annotation.startsWith("NOT VERIFIED: ")).toBe(true);
      }),
    );
  });

  const sentences: Record<string, [made: string, expected: string]> = {
    "an empty mend leaves no separator": [annotate([reasonOf("Found", "wanted")], ""), "Found; wanted"],
    "an empty finding leaves no separator": [annotate([reasonOf("", "wanted")], "Mend"), "wanted. Mend"],
    "nothing at all is a dash": [annotate([reasonOf(" ", "")], "\t".trim()), "-"],
    "an empty sentence is a dash": [annotateBecause("  "), "-"],
    "a mend of 256 stands alone": [annotate([reasonOf("Found", "wanted")], "m".repeat(256)), "m".repeat(256)],
    "a longer mend is cut": [annotate([reasonOf("Found", "wanted")], "m".repeat(257)), `${"m".repeat(253)}...`],
    "what is not ASCII is ?, one a character": [annotateBecause("Tabelle Übersicht 😀\n"), "Tabelle ?bersicht ??"],
    "control characters are ?, the last of them too": [annotateBecause("a\u001bb\u007fc"), "a?b?c"],
    "a key is named by its last four characters": [lastFour("arn:aws:kms:us-east-1:1:key/0a1b7a41"), "...7a41"],
  };
  for (const [sentence, [made, expected]] of Object.entries(sentences)) {
    it(sentence, () => expect(made).toBe(expected));
  }
});

describe("the annotations of dynamodb-table-encryption", () => {
  const parameters = parseParameters(tableEncryption.parameters, {}, "ruleParameters");
  const keyArn = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000007a41";
  const factsOf = (keyState: string | null): TableEncryptionFacts => ({
    tableName: "Orders",
    copies: [
      {
        region: "us-east-1",
        replicaStatus: null,
        table: {
          value: {
            tableArn: "arn:aws:dynamodb:us-east-1:123456789012:table/Orders",
            tableStatus: "ACTIVE",
            archivalDateTime: null,
            sseDescription:
              keyState === null
                ? null
                : { status: "ENABLED", sseType: "KMS", kmsMasterKeyArn: keyArn, inaccessibleEncryptionDateTime: null },
            key:
              keyState === null
                ? null
                : {
                    value: {
                      keyArn,
                      keyManager: "CUSTOMER",
                      keyState,
                      deletionDate: keyState === "PendingDeletion" ? new Date("2026-01-10T09:00:00.000Z") : null,
                      customKeyStoreId: null,
                      primaryKeyArn: null,
                      rotates: null,
                    },
                  },
          },
        },
      },
    ],
  });
  const annotationOf = (facts: TableEncryptionFacts): string => {
    const verdict = tableEncryption.evaluate(facts, parameters);
    if ("unread" in verdict) return annotateUnread(verdict.unread);
    if ("because" in verdict) return annotateBecause(verdict.because);
    return annotate(verdict.reasons, tableEncryption.mend(facts, parameters).summary);
  };

  const sentences: Record<string, [made: string, expected: string]> = {
    "an AWS owned key": [
      annotationOf(factsOf(null)),
      "AWS owned key; AWS_MANAGED_KEY or stronger required. Indexes and stream share it. Set SSESpecification Enabled=true, SSEType=KMS (update-table)",
    ],
    "a key that will be deleted": [
      annotationOf(factsOf("PendingDeletion")),
      "KMS key ...7a41 is PendingDeletion, to be deleted on 2026-01-10: the table becomes unreadable. Cancel it (kms cancel-key-deletion, then enable-key)",
    ],
    "a key that nobody let us see": [
      annotateUnread(
        unreadFrom(
          denied("kms:DescribeKey", keyArn, "because no resource-based policy allows the kms:DescribeKey action"),
          "kms:DescribeKey",
          "key ...9c02",
        ),
      ),
      "NOT VERIFIED: kms:DescribeKey on key ...9c02 was denied. Allow it to role/dynamodb-table-encryption in the key's policy",
    ],
    "a good key": [
      annotationOf(factsOf("Enabled")),
      "Customer managed key ...7a41 (Enabled); AWS_MANAGED_KEY or stronger required. Indexes and stream share it",
    ],
  };
  for (const [sentence, [made, expected]] of Object.entries(sentences)) {
    it(sentence, () => expect(made).toBe(expected));
  }
});
