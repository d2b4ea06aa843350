/** Items as AWS's own libraries wrote them, from their test vectors. */
import type { MarkerAttributes } from "../../../lib/client-side-encryption/markers.ts";
import file from "../../fixtures/client-side-encryption-vectors.json" with { type: "json" };

export interface SdkVector {
  readonly aws_dbe_head: Uint8Array;
  readonly aws_dbe_foot: Uint8Array;
  readonly legend: string;
}

export interface LegacyVector {
  readonly "*amzn-ddb-map-desc*": Uint8Array;
  readonly "*amzn-ddb-map-sig*": Uint8Array;
}

export const sdkVectors: readonly SdkVector[] = file.databaseEncryptionSdk.map((vector) => ({
  aws_dbe_head: bytes(vector.aws_dbe_head),
  aws_dbe_foot: bytes(vector.aws_dbe_foot),
  legend: vector.encryptLegend,
}));

export const legacyVectors: readonly LegacyVector[] = file.legacyEncryptionClient.map((vector) => ({
  "*amzn-ddb-map-desc*": bytes(vector["*amzn-ddb-map-desc*"].B),
  "*amzn-ddb-map-sig*": bytes(vector["*amzn-ddb-map-sig*"].B),
}));

/** A vector's markers, as a Scan gives them. */
export function attributesOf({ aws_dbe_head, aws_dbe_foot }: SdkVector): MarkerAttributes {
  return { aws_dbe_head, aws_dbe_foot };
}

/** The vector with this legend. */
export function sdkVector(legend: string): SdkVector {
  const found = sdkVectors.find((vector) => vector.legend === legend);
  if (found === undefined) throw new Error(`no vector has the legend ${legend}`);
  return found;
}

function bytes(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, "base64"));
}
