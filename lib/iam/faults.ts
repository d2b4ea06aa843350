/** What is wrong with a policy document, gathered while it is read: all of it at once, each with its place. */
import { type JsonFault, type JsonPath, positionOf } from "./json.ts";

export interface Fault {
  /** As `Statement[2].Condition.StringLike`; names of other characters stand as `["aws:SourceIp"]`; the whole is `document`. */
  readonly path: string;
  /** What is wrong and what to do, as the words after the path. */
  readonly message: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

/** Beyond these nobody reads on, and a hostile document could hold thousands. */
export const faultLimit = 50;

export class Faults {
  readonly #found: JsonFault[] = [];

  add(path: JsonPath, at: number, message: string): void {
    this.#found.push({ path, message, at });
  }

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** The first of them in the order of the text. */
  inOrder(text: string): readonly Fault[] {
    return this.#found
      .toSorted((one, other) => one.at - other.at)
      .slice(0, faultLimit)
      .map(({ path, message, at }) => ({ path: pathText(path), message, ...positionOf(text, at) }));
  }
}

function pathText(path: JsonPath): string {
  const text = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[A-Za-z_]\w*$/.test(step) ? `.${shortened(step)}` : `["${shortened(step)}"]`;
  });
  return text.length === 0 ? "document" : text.join("").replace(/^\./, "");
}

/** Foreign text in backticks, one line, cut to length. */
export function quoted(text: string): string {
  return `\`${shortened(text)}\``;
}

const shownLength = 80;

/** Cut before it is made printable: half a pair of surrogates is not printable. */
function shortened(text: string): string {
  const start = text.slice(0, shownLength).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "?");
  return text.length > shownLength ? `${start}...` : start;
}
