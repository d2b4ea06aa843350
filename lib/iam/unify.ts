/** What variables must have been for policies to match a request that is already there. */
import type { CompiledStatement } from "./evaluate.ts";
import { keyName } from "./keys.ts";
import type { Token } from "./tokens.ts";
import { variablesOf } from "./variables.ts";

/** Values that a variable may have, by its key; of none that could not be told.
 * @param context by `keyName` */
export function valuesThatFit(
  statements: readonly CompiledStatement[],
  resource: string,
  context: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const add = (tokens: readonly Token[], text: string, ignoreCase: boolean): void => {
    for (const [key, value] of valuesIn(tokens, text, ignoreCase)) {
      const known = found.get(key) ?? new Set();
      found.set(key, known.add(value));
    }
  };
  for (const statement of statements.filter((one) => variablesOf(one).length > 0)) {
    for (const tokens of statement.resource.tokens) add(tokens, resource, false);
    for (const { key, values, ignoreCase } of statement.conditions) {
      for (const text of context.get(keyName(key)) ?? [])
        for (const { tokens } of values) add(tokens, text, ignoreCase);
    }
  }
  return found;
}

/** More parts than that in one text could take long to fit. */
const mostParts = 4;

function valuesIn(tokens: readonly Token[], text: string, ignoreCase: boolean): readonly (readonly [string, string])[] {
  const keys = tokens.flatMap((token) => (token.kind === "variable" ? [token.key] : []));
  if (keys.length === 0 || tokens.filter(({ kind }) => kind === "run" || kind === "variable").length > mostParts)
    return [];
  const expression = new RegExp(`^${tokens.map(expressionOf).join("")}$`, ignoreCase ? "i" : "");
  const [, ...values] = expression.exec(text) ?? [];
  return values.flatMap((value, at) => {
    const key = keys[at];
    return key === undefined || value === "" ? [] : [[key, value] as const];
  });
}

function expressionOf(token: Token): string {
  if (token.kind === "text") return token.text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  return token.kind === "run" ? "[^]*" : token.kind === "one" ? "[^]" : "([^]*)";
}
