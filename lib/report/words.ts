/** Resources and counts in words, for the formats that people read. */
import type { Resource, ResourceKey } from "../rule.ts";

const nouns: Readonly<Record<ResourceKey["type"], string>> = {
  "AWS::::Account": "account",
  "AWS::EC2::VPC": "VPC",
  "AWS::EC2::VPCEndpoint": "VPC endpoint",
};

/** `AWS::DynamoDB::Table` is a table. */
export function nounOf(type: ResourceKey["type"]): string {
  return nouns[type] ?? type.slice(type.lastIndexOf(":") + 1).toLowerCase();
}

/** `1 table`, `1,240 tables`. */
export function countOf(count: number, noun: string): string {
  const plural = noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${count.toLocaleString("en-US")} ${count === 1 ? noun : plural}`;
}

const namesShown = 5;

/** `table Orders`; `3 tables: A, B, C`; of many the first few, and how many more there are. */
export function resourcesInWords(resources: readonly Resource[]): string {
  const [first, ...others] = resources;
  if (first === undefined) return "";
  const noun = nounOf(first.type);
  if (others.length === 0) return `${noun} ${first.name}`;
  const isOneKind = others.every(({ type }) => type === first.type);
  const names = resources
    .slice(0, namesShown)
    .map(({ type, name }) => (isOneKind ? name : `${nounOf(type)} ${name}`))
    .join(", ");
  const more =
    resources.length > namesShown ? ` and ${(resources.length - namesShown).toLocaleString("en-US")} more` : "";
  return `${countOf(resources.length, isOneKind ? noun : "resource")}: ${names}${more}`;
}
