/** Text of a policy with its wildcards and variables told apart (IAM user guide, policy variables). */
import { keyName } from "./keys.ts";
import { anyOne, anyRun, codesOf, type Pattern, pattern, segmentOne, segmentRun } from "./pattern.ts";

export type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "run" }
  | { readonly kind: "one" }
  /** `${key}` or `${key, 'default'}`; the key in lower case. */
  | { readonly kind: "variable"; readonly key: string; readonly fallback: string | null };

/** How text is compared: `*` and `?` as themselves, as wildcards, or as wildcards that stay within a segment of an ARN. */
export type Comparison = "equals" | "like" | "arn";

/** What stands for a variable: codes; or null where it has no value. */
export type Fill = (key: string, fallback: string | null) => readonly number[] | null;

/** @param variables false for a document of 2008, where `${` is text */
export function tokensOf(source: string, variables: boolean): readonly Token[] {
  const tokens: Token[] = [];
  const variable = /\$\{(?:([*?$])|([^,}]+?)(?:\s*,\s*'([^']*)')?)\}/y;
  for (let at = 0; at < source.length; ) {
    variable.lastIndex = at;
    const found = variables ? variable.exec(source) : null;
    if (found !== null) {
      const [whole, escaped, key, fallback] = found;
      if (escaped !== undefined) tokens.push({ kind: "text", text: escaped });
      else tokens.push({ kind: "variable", key: keyName((key ?? "").trim()), fallback: fallback ?? null });
      at += whole.length;
      continue;
    }
    const character = source[at] ?? "";
    if (character === "*") tokens.push({ kind: "run" });
    else if (character === "?") tokens.push({ kind: "one" });
    else tokens.push({ kind: "text", text: character });
    at++;
  }
  return tokens;
}

/** The pattern of these tokens; null where a variable has no value, so that nothing can be compared. */
export function patternOf(
  tokens: readonly Token[],
  comparison: Comparison,
  ignoreCase: boolean,
  fill: Fill,
): Pattern | null {
  const symbols: number[] = [];
  let segment = 0;
  for (const token of tokens) {
    const within = comparison === "arn" && segment < 5;
    if (token.kind === "run") symbols.push(comparison === "equals" ? 42 : within ? segmentRun : anyRun);
    else if (token.kind === "one") symbols.push(comparison === "equals" ? 63 : within ? segmentOne : anyOne);
    else if (token.kind === "text") {
      symbols.push(...codesOf(token.text));
      segment += token.text.split(":").length - 1;
    } else {
      const value = fill(token.key, token.fallback);
      if (value === null) return null;
      symbols.push(...value);
    }
  }
  return pattern(symbols, ignoreCase);
}

/** Tokens of a Resource element: `*` is everything, and missing fields of an ARN are `*` (IAM user guide). */
export function resourceTokens(source: string, variables: boolean): readonly Token[] {
  if (source === "*") return [{ kind: "run" }];
  const tokens = tokensOf(source, variables);
  const colons = tokens.reduce((sum, token) => sum + (token.kind === "text" ? token.text.split(":").length - 1 : 0), 0);
  const isArn = source.startsWith("arn:") || source === "arn";
  if (!isArn || colons >= 5) return tokens;
  const padding = Array.from({ length: 5 - colons }, () => [
    { kind: "text", text: ":" } as const,
    { kind: "run" } as const,
  ]);
  return [...tokens, ...padding.flat()];
}
