/** What becomes of resources that were asked for by name, and were not in the answer. */
import type { Reading, Resource, Unread } from "../rule.ts";

/** What a whole listing does not hold is gone; what a broken one does not hold, nobody knows.
 * @param listed the ids of those that it holds
 * @param brokenOff why the listing is not whole; null where it is */
export function* notListed(
  asked: readonly Resource[],
  listed: ReadonlySet<string>,
  brokenOff: Unread | null,
): Generator<Reading<never>> {
  for (const resource of asked.filter(({ id }) => !listed.has(id))) {
    yield brokenOff === null ? { resource, gone: true } : { resource, unread: brokenOff };
  }
}
