/** Texts of the types that condition operators know. */
import { isIP, isIPv4, isIPv6 } from "node:net";

const instant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

export function isEpoch(text: string): boolean {
  return /^-?\d+$/.test(text);
}

/** ISO 8601 with its zone, or a date alone. */
export function isInstant(text: string): boolean {
  return instant.test(text) && !Number.isNaN(Date.parse(text));
}

export function isDecimal(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text);
}

/** An address, or a range by its prefix length. */
export function isAddressRange(text: string): boolean {
  const [address = "", length = "0", ...rest] = text.split("/");
  const longest = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return rest.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= longest;
}

export function isArn(text: string): boolean {
  return text.startsWith("arn:") && text.split(":").length >= 6;
}

/** Whether a policy's text is none of an operator's type; every text is a String. */
export function isMalformed(operator: string, text: string): boolean {
  if (operator.startsWith("Numeric")) return !isDecimal(text);
  if (operator.startsWith("Date")) return !isEpoch(text) && !isInstant(text);
  if (operator.endsWith("IpAddress")) return !isAddressRange(text);
  if (operator.startsWith("Arn")) return !isArn(text);
  return false;
}

/** The same of a request's value, which is an address and never a range. */
export function isMalformedValue(operator: string, text: string): boolean {
  return operator.endsWith("IpAddress") ? isIP(text) === 0 : isMalformed(operator, text);
}
