/**
 * Where the simulator is known to differ from AWS's documentation, or the documentation does not decide: pairs of
 * policies and request that prove nothing by disagreeing. test/oracle/gaps.test.ts holds an example of each, so that
 * a gap which a later version closes is noticed.
 */
import { isIPv4, isIPv6 } from "node:net";
import type { Request } from "../../lib/iam/request.ts";
import { documentsOf, variablesOf } from "./documents.ts";
import { inCondition, inNotResource, inResource, inText, isNegated, isUnresolvable, type Reach } from "./reach.ts";
import type { PolicySet } from "./simulate.ts";
import { isArn, isEpoch, isMalformed, isMalformedValue } from "./values.ts";
import { isMultiValued } from "./vocabulary.ts";

export interface Gap {
  readonly name: string;
  /** `simulator`: it contradicts the documentation; `undecided`: the documentation names no rule or contradicts itself. */
  readonly kind: "simulator" | "undecided";
  readonly why: string;
  readonly applies: Reach;
}

/** The first gap that these fall into, or null: then both must agree. */
export function gapOf(set: PolicySet, request: Request): Gap | null {
  return gaps.find(({ applies }) => applies(set, request)) ?? null;
}

export const gaps: readonly Gap[] = [
  {
    name: "variables in a document of 2008",
    kind: "simulator",
    why: "variables are literal text without Version 2012-10-17 (IAM User Guide, policy variables); it substitutes all the same",
    applies: (set) =>
      documentsOf(set).some((document) => document.Version !== "2012-10-17" && JSON.stringify(document).includes("${")),
  },
  {
    name: "negated operator on an unresolvable variable",
    kind: "simulator",
    why: "a negated condition with a variable that has no value matches (policy variables, variables without value); it does not",
    applies: inCondition(
      (condition, present, request) =>
        isNegated(condition) &&
        present !== undefined &&
        condition.values.some((value) => isUnresolvable(value, request)),
    ),
  },
  {
    name: "NotResource with an unresolvable variable",
    kind: "simulator",
    why: "such a pattern matches no resource, so NotResource matches every one; its statement applies to none",
    applies: inNotResource(isUnresolvable),
  },
  {
    name: "escapes under StringEquals",
    kind: "simulator",
    why: "`${*}`, `${?}` and `${$}` are the characters wherever variables work; in operators without wildcards it leaves them as written",
    applies: inCondition(
      ({ operator, values }) => operator.includes("Equals") && values.some((value) => /\$\{[*?$]\}/.test(value)),
    ),
  },
  {
    name: "empty value or empty default of a variable",
    kind: "simulator",
    why: "an empty text is a value; it takes it for none",
    applies: inText((text, { context }) =>
      variablesOf(text).some(({ key, default: fallback }) => fallback === "" || context.get(key)?.[0] === ""),
    ),
  },
  {
    name: "default with a comma",
    kind: "simulator",
    why: "it cuts a variable at every comma and space and then finds no default",
    applies: inText((text) => variablesOf(text).some(({ default: fallback }) => fallback?.includes(", ") === true)),
  },
  {
    name: "multi-valued key as a variable",
    kind: "undecided",
    why: "such keys cannot be variables; whether the default then stands in is not said",
    applies: inText((text) => variablesOf(text).some(({ key }) => isMultiValued(key))),
  },
  {
    name: "variable before the resource",
    kind: "undecided",
    why: "variables are allowed in the last field of an ARN only; what one means before it is not said",
    applies: inText((text) => text.startsWith("arn:") && text.split(":").slice(0, 5).join(":").includes("${")),
  },
  {
    name: "variable under Bool",
    kind: "undecided",
    why: "the page of operators says that variables work there, the page of variables that they do not",
    applies: inCondition(({ operator, values }) => operator === "Bool" && values.some((value) => value.includes("${"))),
  },
  {
    name: "epoch against ISO date",
    kind: "simulator",
    why: "both are dates (condition operators, date); it compares seconds with milliseconds",
    applies: inCondition(
      ({ operator, values }, present = []) =>
        operator.startsWith("Date") &&
        present.length > 0 &&
        [...values, ...present].some(isEpoch) &&
        [...values, ...present].some((text) => !isEpoch(text)),
    ),
  },
  {
    name: "time as text",
    kind: "undecided",
    why: "how AWS writes the time (fraction, zone) under a String operator is not said; it compares what the request holds",
    applies: inCondition(
      ({ operator, key }, present) =>
        operator.startsWith("String") &&
        present !== undefined &&
        /^aws:(currenttime|epochtime|tokenissuetime)$/.test(key),
    ),
  },
  {
    name: "text that JavaScript takes for a date",
    kind: "simulator",
    why: "only ISO 8601 and epoch seconds are dates; its parser reads a year out of `vpce-1`",
    applies: inCondition(
      ({ operator, values }, present = []) =>
        operator.startsWith("Date") &&
        [...values, ...present].some((text) => isMalformed(operator, text) && !Number.isNaN(Date.parse(text))),
    ),
  },
  {
    name: "text that begins with a number",
    kind: "simulator",
    why: "`12abc` is no number and never matches; it reads 12",
    applies: inCondition(
      ({ operator, values }, present = []) =>
        operator.startsWith("Numeric") &&
        [...values, ...present].some((text) => isMalformed(operator, text) && !Number.isNaN(Number.parseFloat(text))),
    ),
  },
  {
    name: "negated operator on a value of another type",
    kind: "undecided",
    why: "a value that is no number, date, address or ARN equals none, so the negation should hold; it does not there",
    applies: inCondition(
      (condition, present) =>
        isNegated(condition) &&
        present !== undefined &&
        (condition.values.some((text) => isMalformed(condition.operator, text)) ||
          present.some((text) => isMalformedValue(condition.operator, text))),
    ),
  },
  {
    name: "IPv4 range of every address",
    kind: "simulator",
    why: "`0.0.0.0/0` holds every IPv4 address; its shift by 32 bits makes it the one address",
    applies: inCondition(
      ({ operator, values }) => operator.endsWith("IpAddress") && values.some((value) => /^[\d.]+\/0+$/.test(value)),
    ),
  },
  {
    name: "single address against the other family",
    kind: "simulator",
    why: "an IPv6 address is outside every IPv4 range; for an address without prefix length it says neither inside nor outside",
    applies: inCondition(
      ({ operator, values }, present = []) =>
        operator === "NotIpAddress" &&
        values.some((value) => !value.includes("/") && present.some((text) => isIPv4(value) !== isIPv4(text))),
    ),
  },
  {
    name: "spellings of a single IPv6 address",
    kind: "simulator",
    why: "it compares addresses without prefix length as text",
    applies: inCondition(
      ({ operator, values }, present = []) =>
        operator.endsWith("IpAddress") &&
        values.some(isIPv6) &&
        [...values, ...present].some((text) => isIPv6(text) && new URL(`http://[${text}]`).hostname !== `[${text}]`),
    ),
  },
  {
    name: "wildcard or variable in the resource type",
    kind: "undecided",
    why: "the guide calls it incorrect usage (`ta*e/T`, `*/T`); it takes what stands before the first slash literally",
    applies: inResource((pattern) => {
      const last = pattern.split(":").slice(5).join(":");
      const end = last.search(/[/:]/);
      return /[*?$]/.test(end < 0 ? "" : last.slice(0, end));
    }),
  },
  {
    name: "incomplete ARN in NotResource",
    kind: "simulator",
    why: "missing fields are `*`; where such a pattern does not match, it does not let NotResource match either",
    applies: inNotResource((pattern) => pattern !== "*" && pattern.split(":").length < 6),
  },
  {
    name: "resource that is no ARN",
    kind: "undecided",
    why: "AWS stores no such policy; it fills `*Orders` up with wildcards and never compares the first field",
    applies: inResource((pattern) => !/^\*+$/.test(pattern) && !pattern.startsWith("arn:")),
  },
  {
    name: "letter case of partition, service and region",
    kind: "undecided",
    why: "the guide does not say; it ignores case there",
    applies: inResource((pattern) => /[A-Z]/.test(pattern.split(":").slice(0, 5).join(":"))),
  },
  {
    name: "plain operator on a multi-valued key",
    kind: "undecided",
    why: "the guide requires a set operator; it lets the condition fail, negated or not",
    applies: inCondition(
      ({ set, key, operator }, present) => !set && operator !== "Null" && present !== undefined && isMultiValued(key),
    ),
  },
  {
    name: "ForAnyValue with IfExists",
    kind: "undecided",
    why: "IfExists says true of an absent key, ForAnyValue false; it says false",
    applies: inCondition(({ set, ifExists }, present) => set === "ForAnyValue" && ifExists && !present?.length),
  },
  {
    name: "Null on an empty set",
    kind: "simulator",
    why: "Null counts an empty set as absent (condition operators, set operators); it counts it as present",
    applies: inCondition(({ operator }, present) => operator === "Null" && present?.length === 0),
  },
  {
    name: "empty text as an empty set",
    kind: "simulator",
    why: "set operators and Null take an empty text for no value; it takes it for one",
    applies: inCondition(
      ({ set, operator }, present = []) =>
        (set !== null || operator === "Null") && present.length > 0 && present.every((text) => text === ""),
    ),
  },
  {
    name: "Null with a modifier",
    kind: "undecided",
    why: "IfExists is not allowed on Null and a set operator means nothing there; it ignores both",
    applies: inCondition(({ operator, set, ifExists }) => operator === "Null" && (set !== null || ifExists)),
  },
  {
    name: "condition without values",
    kind: "undecided",
    why: "undocumented; it reads none as an OR or NOR of none",
    applies: inCondition(({ values }) => values.length === 0),
  },
  {
    name: "ARN condition with fewer than six fields",
    kind: "undecided",
    why: "not said for conditions; it matches nothing",
    applies: inCondition(({ operator, values }) => operator.startsWith("Arn") && !values.every(isArn)),
  },
  {
    name: "first field of an ARN condition",
    kind: "undecided",
    why: "it never compares the first field, so `foo:aws:…` in a request equals `arn:aws:…`",
    applies: inCondition(
      ({ operator }, present = []) =>
        operator.startsWith("Arn") && present.some((text) => !text.startsWith("arn:") && text.split(":").length >= 6),
    ),
  },
  {
    name: "line break under a wildcard",
    kind: "simulator",
    why: "`*` is any run of characters; its regular expressions stop at a line break",
    applies: inCondition(
      ({ operator }, present = []) =>
        /Like$|^Arn/.test(operator) && present.some((text) => /[\n\r\u2028\u2029]/.test(text)),
    ),
  },
];
