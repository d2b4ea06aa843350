/** What is demanded of sensitive tables, as rule parameters, and which tables are sensitive. Pure. */
import { keyParameters } from "../encryption/key.ts";
import { csv, flag, type Parameter, text, wholeNumber } from "../parameters.ts";
import type { ItemDemands } from "./item.ts";

export interface SensitiveTags {
  readonly sensitiveTagKey: string;
  readonly sensitiveTagValues: readonly string[];
}

export interface SampleDemands extends SensitiveTags, ItemDemands {
  readonly requireClassification: boolean;
  readonly sampleSize: number;
}

export const sampleParameters = {
  sensitiveTagKey: {
    ...text({
      description: "The tag that says how sensitive a table's data is. Letter case is ignored.",
      accepts: "a tag key of at most 128 characters",
      check: (given) => (given.length <= 128 ? null : "it is longer than a tag key may be"),
    }),
    default: "DataClassification",
    // Never null: what is not given takes the default.
  } as Parameter<string>,
  sensitiveTagValues: {
    ...csv({
      description: "The values of that tag that make a table sensitive. Letter case is ignored.",
      accepts: "tag values of at most 256 characters, separated by commas",
      check: (given) => (given.length <= 256 ? null : "it is longer than a tag value may be"),
    }),
    default: "confidential,restricted,pii",
  },
  requireClassification: flag({
    description: "Whether a table without that tag is a violation. By default it is not judged.",
    default: false,
  }),
  sampleSize: wholeNumber({
    description: "How many items of a sensitive table are looked at.",
    from: 1,
    to: 500,
    default: 25,
  }),
  requireEncryptedAttribute: flag({
    description: "Whether at least one attribute must be encrypted: by default a signature alone is not enough.",
    default: true,
  }),
  allowedWrappingKeyArns: {
    ...keyParameters.allowedKeyArns,
    description:
      "The only KMS keys that may wrap an item's data keys, by ARN. Only the SDK's KMS keyring (aws-kms) tells its key: items of any other cannot be verified then. None given: any key.",
  },
};

/** Which demands exclude each other. */
export function sampleContradictions({ sensitiveTagValues }: SampleDemands): readonly string[] {
  if (sensitiveTagValues.length > 0) return [];
  return ["sensitiveTagValues is empty, so that no table would be judged; name at least one value"];
}

export type Classification =
  | { readonly kind: "sensitive" | "notSensitive"; readonly tag: string }
  | { readonly kind: "notClassified" };

/** How a table's tags classify it. A blank value says nothing; of several keys that differ in letter case only, one
 * sensitive value is enough. */
export function classificationOf(tags: Readonly<Record<string, string>>, demands: SensitiveTags): Classification {
  const plain = (word: string): string => word.trim().toLowerCase();
  const sensitive = new Set(demands.sensitiveTagValues.map(plain));
  const tagged = Object.entries(tags).filter(
    ([key, value]) => plain(key) === plain(demands.sensitiveTagKey) && plain(value) !== "",
  );
  const [key, value] = tagged.find(([, given]) => sensitive.has(plain(given))) ?? tagged[0] ?? [];
  if (key === undefined || value === undefined) return { kind: "notClassified" };
  return { kind: sensitive.has(plain(value)) ? "sensitive" : "notSensitive", tag: `${key}=${value}` };
}
