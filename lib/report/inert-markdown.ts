/** Foreign text in Markdown: shown as it is, never read as Markdown, HTML, a link or a mention. */
import { printable } from "../parameters.ts";

/** Inside a line of Markdown, and of a table. */
export function codeSpan(text: string): string {
  // A table splits its rows at every bar, also in code.
  const inert = printable(text).replaceAll("|", "¦").trim() || "-";
  const fence = "`".repeat(longestRun(inert) + 1);
  // One space on both sides is dropped, so that the text itself may begin or end with a backtick.
  return `${fence} ${inert} ${fence}`;
}

/** Inside HTML, where Markdown is not read; code, since a mention or an address would be found anywhere else. */
export function htmlCode(text: string): string {
  const inert = printable(text).replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<code>${inert}</code>`;
}

/** Lines as they are. */
export function codeBlock(lines: readonly string[]): readonly string[] {
  const fence = "`".repeat(Math.max(2, ...lines.map(longestRun)) + 1);
  return [`${fence}text`, ...lines.map(printable), fence];
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
