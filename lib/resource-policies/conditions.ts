/** One more demand in a statement's Condition as it is written. Pure. */
import { keyName } from "../iam/keys.ts";
import type { Written } from "../permissions/edit.ts";

type Block = Readonly<Record<string, unknown>>;

/** Operators, each with one that says the same of texts without a wildcard, and of ARNs (IAM user guide, condition
 * operators): under one operator a key has but one list, whose values are an OR. */
const alike = { StringEquals: "StringLike", ArnLike: "ArnEquals" } as const;

/** The statement where the key, besides all else, has one of these values; null where what it demands already leaves none
 * of them. */
export function demanding(
  written: Written,
  operator: keyof typeof alike,
  key: string,
  values: readonly string[],
): Written | null {
  const old = demanded(written, operator, key);
  if (old === null) return withDemand(written, operator, key, values);
  const isOpen = (text: string): boolean => text.includes("${") || (operator === "ArnLike" && /[*?]/.test(text));
  // What a variable or a pattern stands for is not known here.
  if (old.values.some(isOpen)) {
    const other = alike[operator];
    return demanded(written, other, key) === null ? withDemand(written, other, key, values) : written;
  }
  const both = old.values.filter((text) => values.includes(text));
  return both.length === 0 ? null : withDemand(written, operator, old.key, both);
}

function demanded(
  written: Written,
  operator: string,
  key: string,
): { readonly key: string; readonly values: readonly string[] } | null {
  const block = conditionOf(written)[operator] ?? {};
  const known = Object.keys(block).find((one) => keyName(one) === keyName(key));
  return known === undefined ? null : { key: known, values: [block[known]].flat().map(String) };
}

function withDemand(written: Written, operator: string, key: string, values: readonly string[]): Written {
  const condition = conditionOf(written);
  const [first, ...others] = values;
  const block = { ...condition[operator], [key]: others.length === 0 ? first : values };
  return { ...written, Condition: { ...condition, [operator]: block } };
}

function conditionOf({ Condition: condition = {} }: Written): Readonly<Record<string, Block>> {
  return condition as Readonly<Record<string, Block>>;
}
