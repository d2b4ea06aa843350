/** Text for an e-mail of SNS: plain ASCII, wrapped, and inert whatever the names in it hold. Pure. */

/** Columns of a message. */
const width = 99;

/** Longer than any annotation (256) and than any name of a table or an IAM resource. */
const longest = 260;

/** A foreign text on one line: letters of other scripts, line breaks and control characters become `?`. */
export function plain(text: string): string {
  return cut(text.replace(/[^\x20-\x7e]/gu, "?").trim(), longest);
}

/** The text, its end replaced by dots where it is longer than the limit. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, Math.max(0, limit - 3))}...`;
}

/** The text on lines of at most `width` columns; a longer word is left whole.
 * @param start what stands before the first line
 * @param indent what stands before the others */
export function wrap(text: string, start = "", indent = start): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    const before = lines.length === 0 ? start : indent;
    const longer = line === "" ? `${before}${word}` : `${line} ${word}`;
    if (line !== "" && longer.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line].join("\n");
}

/** A paragraph behind a label, its lines below each other. */
export function labelled(label: string, text: string): string {
  return wrap(text, label.padEnd(labelWidth), " ".repeat(labelWidth));
}

export const labelWidth = "What   ".length;

/** `2 tables`, `1 table`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `14:02 UTC on 2026-01-04`. */
export function inWords(time: Date): string {
  const [date, clock = ""] = time.toISOString().split("T");
  return `${clock.slice(0, 5)} UTC on ${date}`;
}

/** The first letter, capital or not; initialisms such as VPC keep theirs. */
export function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

export function uncapitalized(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}
