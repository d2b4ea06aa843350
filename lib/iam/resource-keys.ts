/**
 * Keys whose value the ARN of the request's table says: its region and its account (IAM user guide, aws:RequestedRegion and
 * aws:ResourceAccount; DynamoDB serves a table in its own region alone). A condition on one is a demand on the ARN.
 */
import { type CompiledCondition, patternsOf } from "./conditions.ts";
import { anyOne, anyRun, type Code, codesOf, type Pattern, pattern, segmentOne, segmentRun } from "./pattern.ts";
import type { Fill } from "./tokens.ts";

const colon = 58;
/** The field of the ARN, counted from 0. */
const fields: Readonly<Record<string, number>> = { "aws:requestedregion": 3, "aws:resourceaccount": 4 };

/** The ARNs of which a condition's patterns match the key's value; null where the condition is about something else.
 * @param mustMatch whether they are to be matched: then an ARN that leaves the field empty may have any value */
export function arnsWhere(condition: CompiledCondition, fill: Fill, mustMatch: boolean): readonly Pattern[] | null {
  const field = condition.family === "string" ? fields[condition.key] : undefined;
  if (field === undefined) return null;
  const arns = patternsOf(condition, fill).map(({ symbols, ignoreCase }) =>
    arn(field, symbols.map(inField), ignoreCase),
  );
  return mustMatch ? [...arns, arn(field, [], false)] : arns;
}

function arn(field: number, symbols: readonly number[], ignoreCase: boolean): Pattern {
  const parts = [codesOf("arn"), ...[1, 2, 3, 4].map((at) => (at === field ? symbols : [segmentRun])), [anyRun]];
  return pattern(
    parts.flatMap((part, at) => (at === 0 ? part : [colon, ...part])),
    ignoreCase,
  );
}

function inField(symbol: number): number {
  return symbol === anyRun ? segmentRun : symbol === anyOne ? segmentOne : symbol;
}

/** What the ARN says of the key; null where it says nothing. */
export function valueInArn(resource: readonly Code[], key: string): readonly Code[] | null {
  const field = fields[key];
  const value = field === undefined ? undefined : fieldsOf(resource)[field];
  return value === undefined || value.length === 0 ? null : value;
}

/** The ARN in another region; one of no region as it is. */
export function withRegion(resource: readonly Code[], region: readonly Code[]): readonly Code[] {
  const parts = fieldsOf(resource).map((part, at) => (at === 3 && part.length > 0 ? region : part));
  return parts.flatMap((part, at) => (at === 0 ? part : [colon, ...part]));
}

function fieldsOf(resource: readonly Code[]): readonly (readonly Code[])[] {
  const parts: Code[][] = [[]];
  for (const code of resource) {
    if (code === colon) parts.push([]);
    else parts.at(-1)?.push(code);
  }
  return parts;
}
