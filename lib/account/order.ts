/** In what order a scheduled run reads: one that is cut short at Lambda's limit then starves nobody. */
import type { ResourceKey, Scope } from "../rule.ts";

type LastJudged = (Scope & { kind: "account" })["lastJudged"];

/** Those never or longest not judged first; those alike stay as they were. */
export function longestNotJudgedFirst<T>(
  things: readonly T[],
  keyOf: (thing: T) => ResourceKey,
  lastJudged: LastJudged,
): readonly T[] {
  return things
    .map((thing) => ({ thing, judgedAt: lastJudged(keyOf(thing)) }))
    .sort((one, other) => one.judgedAt - other.judgedAt)
    .map(({ thing }) => thing);
}
