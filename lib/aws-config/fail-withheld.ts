/** A run that left something out must fail, so that Lambda tries again and the alarm rings: Config sees no exception. */
import { unreadInWords } from "../annotation.ts";
import type { NotRead } from "../rule.ts";
import type { Run, RunMiddleware } from "./run.ts";

/** Thrown after everything else was sent, with what was left out. */
export class IncompleteRunError extends Error {
  override readonly name = "IncompleteRunError";
}

const namedAtMost = 10;

export function failWithheld(): RunMiddleware<never, never> {
  return {
    name: "failWithheld",
    after({ event: run }) {
      const parts = [
        ...left(run, "withheld", run.tally.withheld.map(inWords)),
        ...left(run, "not taken by AWS Config", run.tally.refused),
      ];
      if (parts.length > 0) throw new IncompleteRunError(parts.join("; "));
    },
  };
}

function left({ tally }: Run, how: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const judged = Object.values(tally.judged).reduce((sum, count) => sum + count);
  const more = names.length > namedAtMost ? ` and ${names.length - namedAtMost} more` : "";
  return [`${names.length} ${how}, ${judged} judged: ${names.slice(0, namedAtMost).join(", ")}${more}`];
}

function inWords({ resource, unread }: NotRead): string {
  const what = resource === null ? "the listing" : resource.name;
  return `${what} (${unreadInWords(unread)})`;
}
