/** Lines for a terminal: wrapped to its width, emphasised where it can, and harmless whatever AWS answered. */
import { styleText } from "node:util";
import { printable } from "../parameters.ts";
import { shellWord } from "./shell.ts";

export interface TextOptions {
  /** In columns. */
  readonly width: number;
  /** Colour only repeats what a word says. */
  readonly colour: boolean;
}

export type Emphasis = Parameters<typeof styleText>[0];

/** Foreign text as lines of at most `width`; a longer word stands alone. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of printable(text).split(/ +/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A command as lines that a shell joins again: cut before its options only, so that each stands beside its value. */
export function wrapCommand(command: readonly string[], width: number): readonly string[] {
  const parts: string[] = [];
  for (const argument of command) {
    const word = printable(shellWord(argument));
    if (parts.length === 0 || argument.startsWith("--")) parts.push(word);
    else parts[parts.length - 1] += ` ${word}`;
  }
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    // Two columns for the backslash.
    if (last !== undefined && last.length + part.length + 3 <= width) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(last === undefined ? part : `  ${part}`);
  }
  return lines.map((line, at) => (at < lines.length - 1 ? `${line} \\` : line));
}

export function emphasise(text: string, emphasis: Emphasis, { colour }: TextOptions): string {
  return colour ? styleText(emphasis, text, { validateStream: false }) : text;
}

/** Two texts at the two ends of a line, or on two lines where they do not fit. */
export function ends(left: string, right: string, width: number): readonly string[] {
  const gap = width - left.length - right.length;
  return gap >= 2 ? [`${left}${" ".repeat(gap)}${right}`] : [left, right];
}
