/** What an item's markers say of it, and whether that is enough. Pure. */
import type { Malformed } from "./cursor.ts";
import { type DataKey, parseHeader, whyNotFooter } from "./database-encryption-sdk.ts";
import { parseMaterialDescription, whyNotSignature } from "./legacy-client.ts";
import type { MarkerAttributes, MarkerName } from "./markers.ts";

export type ItemMarkers =
  | { readonly kind: "none" }
  /** `malformed` names the attribute and what is wrong with it, and quotes nothing. */
  | ({ readonly kind: "malformed" } & Malformed)
  | { readonly kind: "unknownVersion" }
  | { readonly kind: "encryptionSdk"; readonly legend: string; readonly dataKeys: readonly DataKey[] }
  /** `encrypts`: a cipher mode was configured. Which attributes were encrypted, if any, is not told. */
  | { readonly kind: "legacyClient"; readonly encrypts: boolean };

/** Reads an item's markers. An item that carries the SDK's is not looked at for the legacy client's. */
export function markersOf(attributes: MarkerAttributes): ItemMarkers {
  if ("aws_dbe_head" in attributes || "aws_dbe_foot" in attributes) return encryptionSdk(attributes);
  if ("*amzn-ddb-map-desc*" in attributes || "*amzn-ddb-map-sig*" in attributes) return legacyClient(attributes);
  return { kind: "none" };
}

function encryptionSdk(attributes: MarkerAttributes): ItemMarkers {
  const bytes = bothOf(attributes, "aws_dbe_head", "aws_dbe_foot");
  if ("malformed" in bytes) return { kind: "malformed", ...bytes };
  const header = parseHeader(bytes.first);
  if ("malformed" in header) return { kind: "malformed", malformed: `aws_dbe_head: ${header.malformed}` };
  if ("unknownVersion" in header) return { kind: "unknownVersion" };
  const why = whyNotFooter(bytes.second, header);
  if (why !== null) return { kind: "malformed", malformed: `aws_dbe_foot: ${why}` };
  return { kind: "encryptionSdk", legend: header.legend, dataKeys: header.dataKeys };
}

function legacyClient(attributes: MarkerAttributes): ItemMarkers {
  const bytes = bothOf(attributes, "*amzn-ddb-map-desc*", "*amzn-ddb-map-sig*");
  if ("malformed" in bytes) return { kind: "malformed", ...bytes };
  const description = parseMaterialDescription(bytes.first);
  if ("malformed" in description)
    return { kind: "malformed", malformed: `*amzn-ddb-map-desc*: ${description.malformed}` };
  if ("unknownVersion" in description) return { kind: "unknownVersion" };
  const why = whyNotSignature(bytes.second, description);
  if (why !== null) return { kind: "malformed", malformed: `*amzn-ddb-map-sig*: ${why}` };
  return { kind: "legacyClient", encrypts: description.cipherMode !== null };
}

/** One without the other is of no use: neither library can read such an item. */
function bothOf(
  attributes: MarkerAttributes,
  first: MarkerName,
  second: MarkerName,
): { readonly first: Uint8Array; readonly second: Uint8Array } | Malformed {
  const whyNot = (name: MarkerName): string => `${name} is ${name in attributes ? "no binary" : "missing"}`;
  const values = { first: attributes[first] ?? null, second: attributes[second] ?? null };
  if (values.first === null) return { malformed: whyNot(first) };
  if (values.second === null) return { malformed: whyNot(second) };
  return { first: values.first, second: values.second };
}

export interface ItemDemands {
  readonly requireEncryptedAttribute: boolean;
  readonly allowedWrappingKeyArns: readonly string[];
}

/** `unknownVersion` and `wrappingKeyNotTold` are neither faults nor fine: it cannot be told. */
export type ItemVerdict =
  | "fine"
  | "plain"
  | "malformed"
  | "signedOnly"
  | "wrappingKeyNotAllowed"
  | "unknownVersion"
  | "wrappingKeyNotTold";

export function itemVerdict(markers: ItemMarkers, demands: ItemDemands): ItemVerdict {
  switch (markers.kind) {
    case "none":
      return "plain";
    case "malformed":
    case "unknownVersion":
      return markers.kind;
    default:
      if (demands.requireEncryptedAttribute && isSignedOnly(markers)) return "signedOnly";
      return demands.allowedWrappingKeyArns.length === 0
        ? "fine"
        : wrappingVerdict(markers, demands.allowedWrappingKeyArns);
  }
}

type Marked = Extract<ItemMarkers, { kind: "encryptionSdk" | "legacyClient" }>;

/** Whether the markers say that nothing of the item was encrypted. */
export function isSignedOnly(markers: Marked): boolean {
  return markers.kind === "encryptionSdk" ? !markers.legend.includes("e") : !markers.encrypts;
}

/** Every data key opens the item by itself, so each must be under an allowed key. */
function wrappingVerdict(markers: Marked, allowed: readonly string[]): ItemVerdict {
  if (markers.kind === "legacyClient") return "wrappingKeyNotTold";
  const ofKms = markers.dataKeys.filter((dataKey) => dataKey.ofKms);
  if (ofKms.some((dataKey) => !isAllowed(dataKey, allowed))) return "wrappingKeyNotAllowed";
  return ofKms.length < markers.dataKeys.length ? "wrappingKeyNotTold" : "fine";
}

export function isAllowed({ keyArn }: DataKey, allowed: readonly string[]): boolean {
  return keyArn !== null && allowed.includes(keyArn);
}
