/** Who calls, and what stands for the policies' variables in a search. */
import { keyInfo } from "./keys.ts";
import { codesOf, opaqueBase } from "./pattern.ts";
import { rememberedFor } from "./remember.ts";
import type { Fill, Token } from "./tokens.ts";

export interface Caller {
  /** Null for a bare document: whoever will hold it. */
  readonly arn: string | null;
  readonly kind: "user" | "role" | "either";
  /** Null where it is not known: any account. */
  readonly accountId: string | null;
  /** `aws`, `aws-cn` and so on; null where it is not known. */
  readonly partition: string | null;
  /** Values of keys that are known of this caller, by `keyName`. */
  readonly known: ReadonlyMap<string, string>;
}

/** What is known of a caller by its ARN; the account and partition of one that is not known may be. */
export function callerOf(arn: string | null, accountId: string | null, partition: string | null = null): Caller {
  const [, ownPartition, , , account, path = ""] = arn?.split(":") ?? [];
  const kind = path.startsWith("user/") ? "user" : path.startsWith("role/") ? "role" : "either";
  const known = new Map<string, string>();
  const owner = account ?? accountId;
  if (owner !== null && owner !== undefined) known.set("aws:principalaccount", owner);
  if (arn !== null && kind !== "either") known.set("aws:principalarn", arn);
  if (kind === "user") known.set("aws:username", path.split("/").at(-1) ?? "");
  return { arn, kind, accountId: owner ?? null, partition: ownPartition ?? partition, known };
}

const codes = new Map<string, number>();

/** The opaque literal of a variable: the same for the same key. */
export function opaqueOf(key: string): number {
  const code = codes.get(key) ?? opaqueBase + codes.size;
  codes.set(key, code);
  return code;
}

/** The key whose opaque literal this is; null for a character. */
export function keyOfOpaque(code: number): string | null {
  return code < opaqueBase ? null : ([...codes].find(([, one]) => one === code)?.[0] ?? null);
}

/** An opaque literal is three symbols: a table's name has three characters at least. */
const opaqueLength = 3;

/** A value that the account has fixed is itself, one that is not known an opaque literal, one that cannot be has none. */
export const fillFor = rememberedFor(({ known, kind }: Caller): Fill => {
  return (key, fallback) => {
    const info = keyInfo(key);
    // A role's session has no user's name (IAM user guide, aws:username).
    const isNever = info === null || info.isSet || (kind === "role" && key === "aws:username");
    if (isNever) return fallback === null ? null : codesOf(fallback);
    const value = info.fills === "constant" ? known.get(key) : undefined;
    return value === undefined ? Array.from({ length: opaqueLength }, () => opaqueOf(key)) : codesOf(value);
  };
});

/** A variable that IAM, a tag or an identity provider fills. */
export function isIdentityVariable(token: Token): boolean {
  return token.kind === "variable" && keyInfo(token.key)?.fills === "identity";
}

/** A variable that the caller fills, or that is the same for everyone in the account: it chooses nothing. */
export function isOfCaller(token: Token): boolean {
  if (token.kind !== "variable") return false;
  const fills = keyInfo(token.key)?.fills;
  return fills === "caller" || fills === "constant";
}
