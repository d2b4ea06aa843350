/**
 * Exemptions: violations that somebody took upon himself, with a reason, to the end of a day. What a file of them and the
 * rule parameter have in common, and the parameter itself. Pure.
 */
import * as z from "zod/mini";
import { matchesWildcard } from "./iam/wildcard.ts";
import { type Parameter, readText } from "./parameters.ts";
import type { Resource } from "./rule.ts";

export interface Exemption {
  /** A pattern for ids, names and ARNs, with `*` and `?`. */
  readonly resource: string;
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
}

export function covers({ resource: pattern }: Exemption, { id, name, arn }: Resource): boolean {
  return [id, name, arn].some((spelling) => spelling !== null && matchesWildcard(pattern, spelling));
}

/** Those that cover a resource, in their order: the ones that hold, and the ones whose last day is over. */
export function exemptionsOf<E extends Exemption>(
  resource: Resource,
  exemptions: readonly E[],
  now: Date,
): { readonly inForce: readonly E[]; readonly ended: readonly E[] } {
  const today = now.toISOString().slice(0, 10);
  const all = exemptions.filter((exemption) => covers(exemption, resource));
  return {
    inForce: all.filter(({ expires }) => expires >= today),
    ended: all.filter(({ expires }) => expires < today),
  };
}

export function exemptionInWords({ reason, expires }: Exemption): string {
  return `${reason} (until ${expires})`;
}

/** Whether it is a day as `2027-06-30`. */
export function isDay(given: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(given) ? Date.parse(`${given}T00:00:00.000Z`) : Number.NaN;
  // February has no 30th day: a date that rolls on is another one.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(given);
}

/** In characters: an annotation then has room for the reason whole, the day, and what is exempt. */
export const longestReason = 160;

/** The rule parameter `exemptions`, which every rule has. */
export const exemptionsParameter: Parameter<readonly Exemption[]> = {
  description:
    "Violations that do not count, each for a reason and to the end of a day (UTC). They are judged all the same, are NOT_APPLICABLE meanwhile, and what could not be read is not exempt.",
  accepts:
    "`RESOURCE until YYYY-MM-DD because REASON`, several separated by commas, where RESOURCE is an id, a name or an ARN with the wildcards * and ?",
  default: null,
  allowedValues: null,
  schema: z.pipe(
    z.union([
      // Entries of any type pass here, so that the one that is no text is named, and not the whole list.
      z.array(z.unknown()),
      z.pipe(
        z.string(),
        z.transform((given: string) => (given.trim() === "" ? [] : given.split(","))),
      ),
    ]) as z.ZodMiniType<string[]>,
    z.array(readText(entryIn)),
  ) as z.ZodMiniType<readonly Exemption[]>,
  print: (exemptions) => (exemptions.length === 0 ? null : exemptions.map(printExemption).join(", ")),
};

/** An entry of the parameter. */
export function printExemption({ resource, reason, expires }: Exemption): string {
  return `${resource} until ${expires} because ${reason}`;
}

const separator = / until (\S+) because /;

function entryIn(given: string): { readonly value: Exemption } | { readonly fault: string } {
  if (given === "") return { fault: "an entry cannot be blank" };
  if (given.includes(",")) return { fault: "an entry cannot hold a comma" };
  const [resource = "", expires, reason = "", another] = given.replace(/\s+/g, " ").split(separator);
  if (expires === undefined) return { fault: missingIn(given) };
  if (!isDay(expires)) return { fault: `${expires} is no day` };
  if (another !== undefined) return { fault: "it holds two exemptions without a comma between" };
  if (reason.length > longestReason) return { fault: `its reason is longer than ${longestReason} characters` };
  return { value: { resource, reason, expires } };
}

function missingIn(given: string): string {
  const words = given.split(/\s+/);
  if (words[0] === "until") return "it names no resource";
  if (!words.includes("until")) return "it does not say until which day";
  return words.includes("because") && words.at(-1) !== "because" ? "it names no day" : "it gives no reason";
}
