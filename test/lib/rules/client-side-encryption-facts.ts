/** Facts of a table for the tests of the rule dynamodb-client-side-encryption. */
import { type ItemMarkers, markersOf } from "../../../lib/client-side-encryption/item.ts";
import type { MarkerAttributes } from "../../../lib/client-side-encryption/markers.ts";
import type { Unread } from "../../../lib/rule.ts";
import type { ClientSideEncryptionFacts } from "../../../lib/rules/dynamodb-client-side-encryption.ts";
import { footerOf, headerOf, otherKeyArn } from "../client-side-encryption/headers.ts";
import { attributesOf, legacyVectors, sdkVector } from "../client-side-encryption/vectors.ts";

type Store = NonNullable<ClientSideEncryptionFacts["store"]>;
type Sample = NonNullable<Store["sample"]>;

export const throttled: Unread = {
  call: "dynamodb:Scan",
  message: "on table Customers was throttled past the retries",
  lasting: false,
};
export const shutOut: Unread = {
  call: "dynamodb:Scan",
  message:
    "on table Customers was denied. The table's policy shuts the scanner out. If it lets in an endpoint only, run the function in that VPC (its SubnetIds and SecurityGroupIds)",
  lasting: true,
};
export const noTags: Unread = {
  call: "tag:GetResources",
  message: "on tables was denied. Allow it to role/scanner",
  lasting: true,
};

export const made = (changes: Parameters<typeof headerOf>[0] = {}): MarkerAttributes => ({
  aws_dbe_head: headerOf(changes),
  aws_dbe_foot: footerOf(changes.dataKeys?.length ?? 1),
});
const [legacyVector = {}] = legacyVectors;
export const plain = markersOf({});
export const encrypted = markersOf(attributesOf(sdkVector("ees")));
export const signed = markersOf(attributesOf(sdkVector("sss")));
export const legacy = markersOf(legacyVector);
export const broken = markersOf({ aws_dbe_head: headerOf() });
export const unknown = markersOf(made({ version: 3 }));
export const underKey = markersOf(made());
export const underOther = markersOf(made({ dataKeys: [["aws-kms", otherKeyArn, "x"]] }));
export const underNone = markersOf(made({ dataKeys: [["aws-kms", "alias/orders", "x"]] }));

export function items(...counted: readonly (readonly [count: number, item: ItemMarkers])[]): readonly ItemMarkers[] {
  return counted.flatMap(([count, item]) => Array.from({ length: count }, () => item));
}

export function facts(
  sampled: readonly ItemMarkers[],
  changes: {
    readonly sample?: Partial<Sample>;
    readonly store?: Partial<Store>;
    readonly tags?: ClientSideEncryptionFacts["tags"];
  } = {},
): ClientSideEncryptionFacts {
  const sample = { items: sampled, whole: false, costly: false, brokenOff: null, ...changes.sample };
  return {
    tableName: "Customers",
    tags: changes.tags ?? { value: { DataClassification: "restricted", team: "shop" } },
    store: { tableStatus: "ACTIVE", itemCount: 1_234, sample, ...changes.store },
  };
}

/** A table whose items were left alone. */
export function notLookedAt(tags: Readonly<Record<string, string>>): ClientSideEncryptionFacts {
  return { tableName: "Customers", tags: { value: tags }, store: null };
}
