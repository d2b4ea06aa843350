/** Who calls, and what stands for the policies' variables in a search. */
import type { CompiledStatement } from "./evaluate.ts";
import { keyInfo } from "./keys.ts";
import { anyRun, codesOf, opaqueBase } from "./pattern.ts";
import { remembered, rememberedFor } from "./remember.ts";
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

/** The opaque literal of a variable, the same for the same key: three symbols, since a table's name has three characters
 * at least. */
export function opaqueFor(key: string): readonly number[] {
  const code = codes.get(key) ?? opaqueBase + codes.size;
  codes.set(key, code);
  return [code, code, code];
}

/** The key whose opaque literal this is; null for a character. */
export function keyOfOpaque(code: number): string | null {
  return code < opaqueBase ? null : ([...codes].find(([, one]) => one === code)?.[0] ?? null);
}

/** How the variables of policies are read: of whom, and in requests that carry which keys. */
export interface Reading {
  readonly caller: Caller;
  /** Keys that the request does not carry: a variable of theirs has its default, or no value. */
  readonly absent: ReadonlySet<string>;
  /** A value that is known is itself, one that is not known an opaque literal, one that cannot be has none. */
  readonly fill: Fill;
}

/** One for each caller and absent keys: patterns are remembered by its fill. */
export function readingOf(caller: Caller, absent: readonly string[] = []): Reading {
  return readings(caller)(absent.toSorted().join(" "));
}

const readings = rememberedFor((caller: Caller) =>
  remembered((keys: string): Reading => {
    const absent = new Set(keys === "" ? [] : keys.split(" "));
    return { caller, absent, fill: fillBy({ caller, absent }, () => false) };
  }),
);

/** What stands for variables in requests that may carry any key. */
export function fillFor(caller: Caller): Fill {
  return readingOf(caller).fill;
}

/** @param isAny of which keys a value that is not known may be any text */
export function fillBy({ caller, absent }: Omit<Reading, "fill">, isAny: (key: string) => boolean): Fill {
  return (key, fallback) => {
    if (absent.has(key) || !canHaveValue(key, caller)) return fallback === null ? null : codesOf(fallback);
    const value = caller.known.get(key);
    if (value !== undefined) return codesOf(value);
    return isAny(key) ? [anyRun] : opaqueFor(key);
  };
}

function canHaveValue(key: string, { kind }: Caller): boolean {
  const info = keyInfo(key);
  // A role's session has no user's name (IAM user guide, aws:username).
  return info !== null && !info.isSet && !(kind === "role" && key === "aws:username");
}

/** A variable of a statement, and where it stands. */
export interface Variable {
  readonly key: string;
  readonly fallback: string | null;
  readonly where: "resource" | "condition";
}

/** The variables of a statement. */
export const variablesOf = rememberedFor(
  ({ resource, conditions }: Pick<CompiledStatement, "resource" | "conditions">): readonly Variable[] => [
    ...resource.tokens.flat().flatMap((token) => variableOf(token, "resource")),
    ...conditions
      .flatMap(({ values }) => values.flatMap(({ tokens }) => tokens))
      .flatMap((token) => variableOf(token, "condition")),
  ],
);

function variableOf(token: Token, where: Variable["where"]): readonly Variable[] {
  return token.kind === "variable" ? [{ key: token.key, fallback: token.fallback, where }] : [];
}

/** Whether the variable of this key stands for a value that nobody knows yet. */
export function isUnknown(key: string, { caller, absent }: Omit<Reading, "fill">): boolean {
  return !absent.has(key) && canHaveValue(key, caller) && !caller.known.has(key);
}

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
