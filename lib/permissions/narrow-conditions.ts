/** Statements that a condition restrains in the place of those that none does. Pure. */
import { keyInfo, keyName } from "../iam/keys.ts";
import { itemActions, splitActions, type Written } from "./edit.ts";
import type { Stated } from "./narrow-privilege.ts";
import { placeholders } from "./placeholders.ts";

type Block = Readonly<Record<string, unknown>>;
type Conditions = Readonly<Record<string, Block>>;

/** Ways to restrain the statement's requests for items, the one that changes least first. The caller asks the reasoner
 * which of them does. What the statement grants besides keeps its conditions.
 * @param required keys of which one must be demanded; none: any that binds */
export function restrainedWays(
  { written, statement }: Stated,
  required: readonly string[],
): readonly (readonly Written[])[] {
  const { kept, others } = splitActions(written, statement, itemActions);
  if (kept === null) return [];
  const rest = others === null ? [] : [others];
  const given = (kept["Condition"] ?? {}) as Conditions;
  const present = demandingPresence(given) ?? given;
  const every = demandingEveryValue(present) ?? present;
  const columns = demandingNamedColumns(every) ?? every;
  const demanded = required.length === 0 ? ["aws:SourceVpce"] : required;
  const ways = [
    ...[present, every, columns].filter((one) => JSON.stringify(one) !== JSON.stringify(given)),
    ...demanded.map((key) => demandingKey(given, key)),
  ].filter((one) => one !== null);
  return ways.map((conditions) => [{ ...kept, Condition: conditions }, ...rest]);
}

const modifier = /^(?:(ForAllValues|ForAnyValue):)?(.+?)(IfExists)?$/;

interface Entry {
  readonly operator: string;
  readonly key: string;
  readonly values: unknown;
}

function entriesOf(conditions: Conditions): readonly Entry[] {
  return Object.entries(conditions).flatMap(([operator, block]) =>
    Object.entries(block).map(([key, values]) => ({ operator, key, values })),
  );
}

/** Null where two demands on one key would become one: that could allow more. */
function conditionsOf(entries: readonly Entry[]): Conditions | null {
  const conditions: Record<string, Record<string, unknown>> = {};
  for (const { operator, key, values } of entries) {
    conditions[operator] ??= {};
    const block = conditions[operator];
    const twin = Object.keys(block).find((one) => keyName(one) === keyName(key));
    if (twin !== undefined && JSON.stringify(block[twin]) !== JSON.stringify(values)) return null;
    block[twin ?? key] = values;
  }
  return conditions;
}

function isBinding(key: string): boolean {
  return keyInfo(keyName(key))?.binding != null;
}

/** A key that may be left out must be there: `IfExists` goes, and "for all" gets a `Null`. */
function demandingPresence(conditions: Conditions): Conditions | null {
  const entries = entriesOf(conditions).flatMap(({ operator, key, values }) => {
    const [, set, base = operator, ifExists] = modifier.exec(operator) ?? [];
    if (!isBinding(key) || (set !== "ForAllValues" && ifExists === undefined)) return [{ operator, key, values }];
    const name = `${set === undefined ? "" : `${set}:`}${base}`;
    return [{ operator: name, key, values }, ...(set === "ForAllValues" ? [presenceOf(key)] : [])];
  });
  return conditionsOf(entries);
}

function presenceOf(key: string): Entry {
  return { operator: "Null", key, values: "false" };
}

/** Of a set of values every one must be the policy's, not any. */
function demandingEveryValue(conditions: Conditions): Conditions | null {
  const entries = entriesOf(conditions).flatMap(({ operator, key, values }) => {
    const [, set, base = operator] = modifier.exec(operator) ?? [];
    const isAnyOfSet = base !== "Null" && set !== "ForAllValues" && keyInfo(keyName(key))?.isSet === true;
    if (!isAnyOfSet || !isBinding(key) || /Not/.test(base)) return [{ operator, key, values }];
    return [{ operator: `ForAllValues:${base}`, key, values }, presenceOf(key)];
  });
  return conditionsOf(entries);
}

/** A list of attributes restrains a read only where the whole item may not be asked for. */
function demandingNamedColumns(conditions: Conditions): Conditions | null {
  const entries = entriesOf(conditions);
  if (!entries.some(({ key }) => keyName(key) === "dynamodb:attributes")) return conditions;
  const select = { operator: "StringEqualsIfExists", key: "dynamodb:Select", values: "SPECIFIC_ATTRIBUTES" };
  return conditionsOf([...entries, select]);
}

/** One more demand; a person must say of which value. */
function demandingKey(conditions: Conditions, required: string): Conditions | null {
  const key = required.replace(/\*$/, "REQUIRED_TAG");
  const info = keyInfo(keyName(key));
  const value = standInFor(key);
  const operator = {
    text: "StringEquals",
    choice: "Bool",
    number: "NumericLessThan",
    date: "DateLessThan",
    address: "IpAddress",
  }[info?.values.kind ?? "text"];
  const added = info?.isSet
    ? [{ operator: `ForAllValues:${operator}`, key, values: [value] }, presenceOf(key)]
    : [{ operator, key, values: value }];
  return conditionsOf([...entriesOf(conditions), ...added]);
}

function standInFor(key: string): string {
  switch (keyName(key)) {
    case "aws:sourcevpce":
      return placeholders.endpoint.standIn;
    case "aws:sourcevpc":
    case "aws:ec2instancesourcevpc":
      return placeholders.vpc.standIn;
    case "aws:sourceip":
      return placeholders.addresses.standIn;
    case "aws:multifactorauthpresent":
      return "true";
    case "aws:multifactorauthage":
      return "3600";
    default:
      return placeholders.value.standIn;
  }
}
