/** What a sample of a table's items proves, and what would put it right. Pure. */
import type { ItemSample } from "../account/items.ts";
import { lastFour } from "../annotation.ts";
import type { Fault } from "../fault.ts";
import type { ReasonKind, Step, Unread } from "../rule.ts";
import { type ItemDemands, type ItemMarkers, type ItemVerdict, isAllowed, isSignedOnly, itemVerdict } from "./item.ts";

export interface SampledTable {
  readonly tableName: string;
  readonly itemCount: number;
  readonly sample: ItemSample<ItemMarkers>;
}

export const sampleReasons = {
  plainItems: {
    severity: "HIGH",
    says: "no encryption header",
    why: "Sensitive data is stored as the client wrote it: whoever may read the table reads the data.",
  },
  malformedMarkers: {
    severity: "HIGH",
    says: "broken encryption markers",
    why: "The items look encrypted on the client, yet neither of AWS's libraries could have written them so or can read them.",
  },
  signedNotEncrypted: {
    severity: "HIGH",
    says: "signed, not encrypted",
    why: "A signature shows changes to an item but hides nothing: whoever may read the table reads the data.",
  },
  wrappingKeyNotAllowed: {
    severity: "MEDIUM",
    says: "a data key under",
    why: "Whoever may use a key that is not among those set apart for the data can decrypt it.",
  },
} as const satisfies Record<string, ReasonKind>;

/** What is wrong with the items seen. */
export function sampleFaults<F>(table: SampledTable, demands: ItemDemands): readonly Fault<F>[] {
  const of = countsIn(table, demands);
  const encrypting = {
    summary: "Encrypt in the client (ENCRYPT_AND_SIGN) before PutItem",
    steps: [useTheSdk(table.tableName), encryptWhatIsThere],
    mayBreak:
      "Readers that do not use the library see cipher text, and DynamoDB cannot filter, index or sort by an encrypted attribute",
    remedy: { choice: "Which attributes to encrypt, which to sign only, and under which wrapping keys." },
  };
  const wanted = "client-side encryption of every item required";
  return [
    ...fault(of("plain"), (count) => ({
      reason: { code: "plainItems", found: `${count("carries", "carry")} no encryption header`, wanted, source: null },
      ...encrypting,
    })),
    ...fault(of("malformed"), (count) => ({
      reason: {
        code: "malformedMarkers",
        found: `${count("has", "have")} broken encryption markers (${whyMalformed(table)})`,
        wanted,
        source: null,
      },
      ...encrypting,
    })),
    ...fault(of("signedOnly"), (count) => ({
      reason: {
        code: "signedNotEncrypted",
        found: `${count("is", "are")} signed, not encrypted`,
        wanted: "at least one encrypted attribute required",
        source: null,
      },
      ...encrypting,
    })),
    ...fault(of("wrappingKeyNotAllowed"), (count) => ({
      reason: {
        code: "wrappingKeyNotAllowed",
        found: `${count("has", "have")} a data key under ${keyNotAllowed(table, demands)}`,
        wanted: "only keys of allowedWrappingKeyArns",
        source: null,
      },
      summary: "Wrap their data keys by an allowed key",
      steps: [
        {
          words: `Make an allowed key the generator key of the keyring that writes ${table.tableName}, and take out the others: ${guide}/use-kms-keyring.html`,
        },
        { words: "Read each old item with the old keyring and put it back with the new one." },
      ],
      mayBreak: "Readers that may not use the new key with KMS cannot decrypt new items",
      remedy: { choice: "Which of allowedWrappingKeyArns wraps the data keys of this table." },
    })),
  ];
}

const guide = "https://docs.aws.amazon.com/database-encryption-sdk/latest/devguide";

function useTheSdk(tableName: string): Step {
  return {
    words: `Add the AWS Database Encryption SDK for DynamoDB to every reader and writer of ${tableName}, and give each attribute an action: ENCRYPT_AND_SIGN to what is sensitive, SIGN_ONLY to the primary key, which cannot be encrypted, DO_NOTHING only to what is worth no protection: ${guide}/concepts.html`,
  };
}

const encryptWhatIsThere: Step = {
  words: `Deploy to all readers first, with the plaintext override FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ; then write with FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ, read and put back each old item, and end with FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ: ${guide}/ddb-java-config-existing-table.html`,
};

/** What is not known of the sample, though compliance needs it; null where all is known. What lasts comes first. */
export function sampleUnread(table: SampledTable, demands: ItemDemands): Unread | null {
  const { tableName, sample } = table;
  const of = countsIn(table, demands);
  const unread = (words: string, lasting: boolean): Unread => ({
    call: "dynamodb:Scan",
    message: `on table ${tableName} ${words}`,
    lasting,
  });
  const unknown = of("unknownVersion");
  const notTold = of("wrappingKeyNotTold");
  const facts: readonly (Unread | null)[] = [
    unknown &&
      unread(
        `finds a format version that this release does not know in ${unknown("", "")}: whether they are encrypted cannot be told`,
        true,
      ),
    notTold &&
      unread(
        `finds data keys in ${notTold("", "")} whose wrapping key cannot be told (only provider aws-kms tells it), yet allowedWrappingKeyArns is set`,
        true,
      ),
    sample.brokenOff,
    sample.items.length === 0 && !sample.whole ? unread("gave no item, though the table holds more", false) : null,
  ];
  return facts.find((fact) => fact?.lasting) ?? facts.find((fact) => fact !== null) ?? null;
}

/** Why a sample without a fault complies, and how much it saw. */
export function whyFine({ sample, ...table }: SampledTable): string {
  const marked = sample.items.flatMap((item) =>
    item.kind === "encryptionSdk" || item.kind === "legacyClient" ? [item] : [],
  );
  const legacy = marked.filter(({ kind }) => kind === "legacyClient").length;
  const signedOnly = marked.filter(isSignedOnly).length;
  return [
    `${countOf(sample.items.length, { sample, ...table })}: encrypted on the client`,
    ...(signedOnly === 0 ? [] : [`${signedOnly} of them only signed`]),
    ...(legacy === 0 ? [] : [`${legacy} by the legacy client: which attributes it encrypted cannot be told`]),
    ...(sample.costly ? ["the sample ended early, to spare the table's read capacity"] : []),
  ].join("; ");
}

type Count = (singular: string, plural: string) => string;

/** For a verdict the number of items that got it, with how many were seen of how many; null where none did. */
function countsIn(table: SampledTable, demands: ItemDemands): (verdict: ItemVerdict) => Count | null {
  const verdicts = table.sample.items.map((item) => itemVerdict(item, demands));
  return (verdict) => {
    const count = verdicts.filter((one) => one === verdict).length;
    if (count === 0) return null;
    return (singular, plural) => `${countOf(count, table)} ${count === 1 ? singular : plural}`.trimEnd();
  };
}

function countOf(count: number, { itemCount, sample }: Pick<SampledTable, "itemCount" | "sample">): string {
  const seen = sample.items.length;
  const items = seen === 1 ? "item" : "items";
  if (sample.whole) return `${count} of all ${seen} ${items}`;
  // DynamoDB counts every six hours; two digits, so that a busy table's finding does not change with each count.
  const about = Number(itemCount.toPrecision(2));
  return `${count} of ${seen} sampled ${items}${about > seen ? ` of about ${about}` : ""}`;
}

function fault<T>(count: Count | null, make: (count: Count) => T): readonly T[] {
  return count === null ? [] : [make(count)];
}

function whyMalformed({ sample }: SampledTable): string {
  const [first] = sample.items.flatMap((item) => (item.kind === "malformed" ? [item.malformed] : []));
  return first ?? "";
}

function keyNotAllowed({ sample }: SampledTable, { allowedWrappingKeyArns }: ItemDemands): string {
  const dataKeys = sample.items.flatMap((item) => (item.kind === "encryptionSdk" ? item.dataKeys : []));
  const found = dataKeys.find((dataKey) => dataKey.ofKms && !isAllowed(dataKey, allowedWrappingKeyArns));
  return found?.keyArn ? `KMS key ${lastFour(found.keyArn)}` : "a KMS key without an ARN";
}
