/** Words for keys and their use: short, since an annotation has 256 characters. Pure. */
import type { AccessKey, StaticKeys } from "../account/static-key-facts.ts";

/** `active key ...W2QX`; without the ending where only the credential report tells of the key. */
export function keysInWords(keys: readonly AccessKey[], between: "and" | "or"): string {
  return `active key${keys.map(({ ending }) => (ending === null ? "" : ` ${ending}`)).join(` ${between}`)}`;
}

/** `, created 2025-09-01`: how old the key is, in words that do not change from day to day. */
export function madeInWords({ createDate }: AccessKey): string {
  return createDate === null ? "" : `, created ${dayOf(createDate)}`;
}

/** `dynamodb on 2026-01-03 (us-east-1)`. */
export function useInWords(service: string | null, date: Date, region: string | null): string {
  return `${service ?? "a service that is not told"} on ${dayOf(date)}${region === null ? "" : ` (${region})`}`;
}

/** How old the report is: IAM makes a new one every four hours at most. */
export function reportInWords(facts: StaticKeys): string {
  const now = facts.kind === "root" ? facts.now : facts.user.now;
  const hours = Math.max(0, Math.round((now - (facts.reportedAt?.getTime() ?? now)) / 3_600_000));
  return `credential report ${hours} h old`;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
