/** Whether a pattern of a Resource element names tables, or reaches any: told by the text of its name segment. */
import type { Token } from "./tokens.ts";

const beforeName = "table/";

/** Whether the pattern has literal text, or a variable, where the table's name stands; also where it reaches no table at
 * all. `Prod*` and `*-audit` name tables, though `*` crosses `/`; `*`, `???*` and what ends before the name do not. */
export function namesTable(tokens: readonly Token[]): boolean {
  const path = pathOf(tokens);
  // All places in the pattern that the text before a table's name can lead to.
  return ![...placesAfter(path, beforeName)].some((at) => isAnyName(path, at));
}

/** What follows the fifth colon. A run before it cannot stand for a colon, unless it is the whole pattern. */
function pathOf(tokens: readonly Token[]): readonly Token[] {
  let colons = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.kind === "text" && token.text === ":" && ++colons === 5) return tokens.slice(at + 1);
  }
  return colons === 0 && tokens.length === 1 ? tokens : [];
}

function placesAfter(tokens: readonly Token[], text: string): ReadonlySet<number> {
  let places = withEmptyRuns(tokens, [0]);
  for (const character of text) {
    const next: number[] = [];
    for (const at of places) {
      const token = tokens[at];
      if (token?.kind === "run") next.push(at);
      else if (token?.kind === "one" || (token?.kind === "text" && token.text === character)) next.push(at + 1);
    }
    places = withEmptyRuns(tokens, next);
  }
  return places;
}

function withEmptyRuns(tokens: readonly Token[], places: Iterable<number>): ReadonlySet<number> {
  const reached = new Set(places);
  // A set visits what is added while it is walked.
  for (const at of reached) if (tokens[at]?.kind === "run") reached.add(at + 1);
  return reached;
}

/** Whether from here to the next `/` there are wildcards, and nothing else. */
function isAnyName(tokens: readonly Token[], from: number): boolean {
  const end = tokens.findIndex((token, at) => at >= from && token.kind === "text" && token.text === "/");
  const name = tokens.slice(from, end === -1 ? tokens.length : end);
  return name.length > 0 && name.every(({ kind }) => kind === "run" || kind === "one");
}
