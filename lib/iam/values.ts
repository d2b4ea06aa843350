/** Values of conditions that are no text: numbers, dates, addresses. */

/** Null where the text is no number: it then never matches. */
export function numberOf(text: string): number | null {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text.trim()) ? Number(text) : null;
}

/** Milliseconds since 1970, of an ISO 8601 date or of epoch seconds; null where the text is neither. */
export function timeOf(text: string): number | null {
  const seconds = numberOf(text);
  if (seconds !== null && !/^\d{4}$/.test(text.trim())) return seconds * 1000;
  if (!/^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/.test(text.trim())) return null;
  const time = Date.parse(text.trim());
  return Number.isNaN(time) ? null : time;
}

const [leastTime, greatestTime] = [Date.parse("0001-01-01T00:00:00Z"), Date.parse("9999-12-31T23:59:59Z")];

/** A time as text that `timeOf` reads again; of one that ISO 8601 has no four digits for, the nearest that it has.
 * @param time milliseconds since 1970 */
export function timeText(time: number): string {
  return new Date(Math.min(Math.max(time, leastTime), greatestTime)).toISOString();
}

export interface AddressRange {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** The range of a CIDR block or of one address; null where the text is neither. */
export function addressRangeOf(text: string): AddressRange | null {
  const [address = "", length, ...others] = text.trim().split("/");
  if (others.length > 0) return null;
  const version = address.includes(":") ? 6 : 4;
  const value = version === 4 ? version4(address) : version6(address);
  const bits = version === 4 ? 32 : 128;
  if (value === null || (length !== undefined && !/^\d{1,3}$/.test(length))) return null;
  const prefix = length === undefined ? bits : Number(length);
  if (prefix > bits) return null;
  const host = (1n << BigInt(bits - prefix)) - 1n;
  return { version, first: value & ~host, last: value | host };
}

/** An address as text, for witnesses. */
export function addressText(version: 4 | 6, value: bigint): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
  return Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - 16 * at)) & 65535n).toString(16)).join(":");
}

function version4(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function version6(text: string): bigint | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const [head = [], tail = []] = groups;
  const gap = halves.length === 2 ? 8 - head.length - tail.length : 0;
  const all = [...head, ...Array.from({ length: Math.max(0, gap) }, () => "0"), ...tail];
  if (all.length !== 8 || gap < 0 || !all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
