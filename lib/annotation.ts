/**
 * The annotation that AWS Config shows beside a verdict: composed and cut here and nowhere else.
 * PutEvaluations takes 1 to 256 characters; ASCII keeps code units, code points and bytes the same count.
 */
import type { Reason, Unread } from "./rule.ts";

export const annotationLimit = 256;
const ellipsis = "...";

/** "found; wanted. mend": where it is too long `found` gives way first, then `wanted`; the mend last of all. */
export function annotate(reasons: readonly [Reason, ...Reason[]], mendSummary: string): string {
  const [first, ...others] = reasons;
  const more = others.length === 0 ? "" : ` (+${others.length} more)`;
  const mend = cut(ascii(mendSummary), annotationLimit);
  if (first.wanted === "") return precede(`${ascii(first.found)}${more}`, ". ", mend) || "-";
  const wanted = `${ascii(first.wanted)}${more}`;
  const demand = precede(wanted, ". ", mend);
  const isWhole = demand === (mend === "" ? wanted : `${wanted}. ${mend}`);
  return (isWhole ? precede(ascii(first.found), "; ", demand) : demand) || "-";
}

/** The annotation of an exempted violation: by what it is exempt, and of what as far as there is room. */
export function annotateExempted(exemption: string, [first, ...others]: readonly Reason[]): string {
  const more = others.length === 0 ? "" : ` (+${others.length} more)`;
  const found = first === undefined ? "" : `: ${ascii(reasonInWords(first))}${more}`;
  return cut(`Exempt: ${ascii(exemption)}${found}`, annotationLimit);
}

/** The annotation of a violation whose exemption is over: it says so where there is room, since nothing else gives way.
 * @param expires the exemption's last day */
export function annotateEnded(annotation: string, expires: string): string {
  const longer = `${annotation}. Its exemption ended on ${expires}`;
  return longer.length <= annotationLimit ? longer : annotation;
}

/** Why something is not known: the call, where there was one, and what befell it. */
export function unreadInWords({ call, message }: Unread): string {
  return call === null ? message : `${call} ${message}`;
}

/** A reason as a report tells it. */
export function reasonInWords({ found, wanted }: Reason): string {
  return wanted === "" ? found : `${found}; ${wanted}`;
}

/** As much of the words as there is room for before the rest. */
function precede(words: string, separator: string, rest: string): string {
  if (rest === "") return cut(words, annotationLimit);
  const kept = cut(words, annotationLimit - separator.length - rest.length);
  return kept === "" ? rest : `${kept}${separator}${rest}`;
}

/** An annotation that is one sentence: why something complies or is not judged. */
export function annotateBecause(because: string): string {
  return cut(ascii(because), annotationLimit) || "-";
}

/** The annotation of what could not be read for a lasting reason: it begins with the words that set it apart. */
export function annotateUnread(unread: Unread): string {
  return cut(ascii(`NOT VERIFIED: ${unreadInWords(unread)}`), annotationLimit);
}

/** The last four characters of an identifier: enough to find it, too little to hand it on. */
export function lastFour(identifier: string): string {
  return `${ellipsis}${identifier.slice(-4)}`;
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return limit <= ellipsis.length ? "" : `${text.slice(0, limit - ellipsis.length).trimEnd()}${ellipsis}`;
}

function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, "?").trim();
}
