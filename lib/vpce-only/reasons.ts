/** What can be wrong with a table that is to be reached through endpoints only. */
import type { ReasonKind } from "../rule.ts";

export const vpceOnlyReasons = {
  foreignerOutside: {
    severity: "HIGH",
    says: "another account too",
    why: "The table's policy lets in another account, and does not hold it to the endpoints.",
  },
  wayLeft: {
    severity: "HIGH",
    says: "its policy leaves this",
    why: "The policy looks as if it closed every other way, and leaves this one: whoever has the permission, or its stolen credentials, needs no endpoint.",
  },
  outsideAllowed: {
    severity: "MEDIUM",
    says: "nothing denies it",
    why: "Whoever has the permission, or its stolen credentials, reaches the table's data from anywhere.",
  },
} as const satisfies Record<string, ReasonKind>;
export type VpceOnlyReason = keyof typeof vpceOnlyReasons;

/** What is wanted instead, beginning with the words that tell the reason: they are the last to be cut.
 * @param only the endpoints in words */
export function wantedInWords(code: VpceOnlyReason, only: string): string {
  if (code === "foreignerOutside") return `another account too may come through ${only} alone`;
  return `${vpceOnlyReasons[code].says}, but it may be reached through ${only} alone`;
}
