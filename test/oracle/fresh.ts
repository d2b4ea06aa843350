/**
 * Whether nothing restrains a request: every binding key is absent, or holds a value that the policies do not single out
 * (docs, definitions 2 to 8). Read here on its own; where a definition leaves room, the request counts as restrained.
 */
import { BlockList, isIPv4, isIPv6 } from "node:net";
import type { Request } from "../../lib/iam/request.ts";
import {
  type ConditionRead,
  conditionsOf,
  documentsOf,
  listOf,
  type StatementJson,
  statementsOf,
  variablesOf,
} from "./documents.ts";
import { reads } from "./possible.ts";
import { namesAction } from "./requests.ts";
import type { PolicySet } from "./simulate.ts";
import { isMultiValued } from "./vocabulary.ts";

const binding =
  /^(aws:(sourcevpce|sourcevpc|ec2instancesourcevpc|sourceip|vpceaccount|vpceorgid|vpceorgpaths|principaltag\/.+|principalarn|username|userid|sourceidentity|federatedprovider|multifactorauth(present|age)|resourcetag\/.+)|dynamodb:(leadingkeys|attributes|(first|second|third|fourth)partitionkeyvalues)|saml:.+|(cognito-identity\.amazonaws\.com|www\.amazon\.com|graph\.facebook\.com|accounts\.google\.com):.+)$/;

export function isBinding(key: string): boolean {
  return binding.test(key);
}

/** What fills a variable is who the caller is, or a tag; all others are the caller's own, or the same for everyone. */
const ofIdentity =
  /^(aws:((principal|resource)tag\/.+|principalarn|username|userid|sourceidentity|federatedprovider)|saml:.+|.+\.(amazonaws|amazon|facebook|google)\.com:.+)$/;

type Context = Request["context"];

/** Values as a key may have them, unlike each other: where something matches them all, it singles out none. */
export function valuesLike(key: string): readonly string[] {
  const listed = examples[key];
  if (listed !== undefined) return listed;
  return key.startsWith("cognito-identity") ? ["eu-west-9:fresh", "us-east-1:other"] : plain;
}

const plain = ["fresh", "Zz-9", "0", "777", "_", "of/another=kind"];
const addresses = [
  "198.51.100.9",
  "8.8.8.8",
  "150.7.7.7",
  "223.255.0.1",
  "64.0.0.1",
  "2001:db8:ffff::9",
  "2a00::1",
  "fe80::1",
];
const examples: Readonly<Record<string, readonly string[]>> = {
  "aws:sourcevpce": ["vpce-f0e1d2c3", "vpce-00000000", "vpce-9a8b7c6d5e4f30211"],
  "aws:sourcevpc": ["vpc-f0e1d2c3", "vpc-00000000", "vpc-9a8b7c6d5e4f30211"],
  "aws:vpceaccount": ["000000000001", "210987654321", "555555555555"],
  "aws:sourceip": addresses,
  "aws:vpcsourceip": ["192.168.7.7", "172.31.0.1", "10.200.0.9"],
  "aws:multifactorauthpresent": ["false"],
  "aws:principalarn": ["user/fresh", "user/div/zed", "role/fresh", "role/service/zed"].map(
    (name) => `arn:aws:iam::123456789012:${name}`,
  ),
};

/** What binds a request: a key that holds nothing but what the policies single out, or fills a table's name; or null.
 * @param statements those that count; all of the set's where they are left out */
export function restraintOf(
  set: PolicySet,
  { action, resource, context }: Request,
  statements: readonly StatementJson[] = statementsOf(set),
): string | null {
  const relevant = statements.filter((statement) => namesAction(statement, action));
  for (const [key, values] of context) if (isChosen(set, relevant, key, values, action, context)) return key;
  return resourceRestraint(relevant, resource, context);
}

/** Whether the statements single out all that the request says of a binding key. */
export function isChosen(
  set: PolicySet,
  statements: readonly StatementJson[],
  key: string,
  values: readonly string[],
  action: string,
  context: Context,
): boolean {
  if (!isBinding(key) || isIdle(key, action, context)) return false;
  const on = (some: readonly StatementJson[]): readonly ConditionRead[] =>
    some.flatMap(conditionsOf).filter((condition) => condition.key === key);
  const limits = new Set(limitsOf(set));
  const allows = (some: readonly StatementJson[], isLimit: boolean): readonly StatementJson[] =>
    some.filter((one) => one.Effect === "Allow" && limits.has(one) === isLimit);
  const all = statementsOf(set).filter((statement) => namesAction(statement, action));
  const denies = statements.filter(({ Effect }) => Effect === "Deny");
  if (key === "aws:multifactorauthpresent") return on(statements).length > 0 && values.includes("true");
  // Allows open what they list together, the boundary's by themselves; every Deny holds by itself. A list of what is refused
  // opens nothing.
  const groups = [
    ...[false, true].map((isLimit) => ({
      own: on(allows(statements, isLimit)),
      opening: on(allows(all, isLimit)).filter(({ operator }) => !operator.includes("Not")),
    })),
    ...denies.map((deny) => ({
      own: on([deny]),
      opening: on([deny]).filter(({ operator }) => operator.includes("Not")),
    })),
  ];
  const chosen = (value: string): boolean =>
    groups.some(({ own, opening }) => isSingledOut(own, opening, value, context));
  // Of several values one that is fresh is enough.
  return isMultiValued(key) ? values.every(chosen) : values.some(chosen);
}

/** The statements of the boundary. */
function limitsOf(set: PolicySet): readonly StatementJson[] {
  const boundary = set.boundary === undefined ? undefined : documentsOf(set)[set.identityPolicies.length];
  return boundary === undefined ? [] : listOf(boundary.Statement);
}

/** A read that does not ask for certain attributes gets them all, whatever it names. */
function isIdle(key: string, action: string, context: Context): boolean {
  const isRead = reads.includes(action.replace("dynamodb:", ""));
  return key === "dynamodb:attributes" && isRead && context.get("dynamodb:select")?.[0] !== "SPECIFIC_ATTRIBUTES";
}

/** A table that is named by who the caller is, where Allows name it or Denies spare it. */
function resourceRestraint(statements: readonly StatementJson[], resource: string, context: Context): string | null {
  for (const { Effect, Resource, NotResource } of statements) {
    for (const text of listOf(Effect === "Allow" ? Resource : NotResource)) {
      const own = variablesOf(text).find(({ key }) => ofIdentity.test(key) && context.has(key));
      if (own !== undefined && expression(text, true, context)?.test(resource)) return own.key;
    }
  }
  return null;
}

/** @param own conditions on one key
 * @param opening those of all statements that open the same */
function isSingledOut(
  own: readonly ConditionRead[],
  opening: readonly ConditionRead[],
  value: string,
  context: Context,
): boolean {
  const isListed = (conditions: readonly ConditionRead[], one: string): boolean =>
    conditions.some(
      (condition) =>
        condition.operator !== "Null" && condition.values.some((text) => singles(condition, text, one, context)),
    );
  if (!isListed(own, value)) return false;
  const alike = valuesLike(own[0]?.key ?? "").filter((one) => !isAddress(one) || isIPv4(one) === isIPv4(value));
  // One condition whose patterns every value matches singles out none either.
  const isAll = (conditions: readonly ConditionRead[]): boolean => alike.every((one) => isListed(conditions, one));
  return !isAll(opening) && !own.filter((one) => isListed([one], value)).every((one) => isAll([one]));
}

function singles({ operator, key }: ConditionRead, text: string, value: string, context: Context): boolean {
  const positive = operator.replace("Not", "");
  if (variablesOf(text).some((variable) => !ofIdentity.test(variable.key))) return false;
  if (positive === "IpAddress") return isWithin(text, value);
  // The older the second factor, the less it is worth: only an upper bound restrains.
  if (key === "aws:multifactorauthage" && /Greater|^Date/.test(positive)) return false;
  if (/^(Numeric|Date)/.test(positive)) return compares(positive, text, value);
  if (positive === "Bool") return text.toLowerCase() === value.toLowerCase();
  if (positive === "BinaryEquals") return text === value;
  if (positive.startsWith("Arn")) {
    const fields = splitArn(text).map((field) => expression(field, true, context));
    return fields.every((field, at) => field?.test(splitArn(value)[at] ?? "") === true);
  }
  if (positive === "StringLike") return hasLiteral(text) && expression(text, true, context)?.test(value) === true;
  const ignoreCase = positive.endsWith("IgnoreCase");
  return expression(text, false, context, ignoreCase)?.test(value) === true;
}

function hasLiteral(text: string): boolean {
  return text.replace(/\$\{([*?$])\}/g, "$1.").replace(/[*?]/g, "") !== "";
}

function splitArn(text: string): readonly string[] {
  const fields = text.split(":");
  return [...fields.slice(0, 5), fields.slice(5).join(":")];
}

/** Null where a variable has no value: then it matches nothing. */
function expression(text: string, wild: boolean, context: Context, ignoreCase = false): RegExp | null {
  const literal = (one: string): string => one.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  let source = "";
  for (const [part] of text.matchAll(/\$\{[^}]*\}|[\s\S]/g)) {
    const escaped = /^\$\{([*?$])\}$/.exec(part)?.[1];
    const [variable] = part.length > 1 ? variablesOf(part) : [];
    if (escaped !== undefined) source += literal(escaped);
    else if (variable !== undefined) {
      const filled = context.get(variable.key)?.[0] ?? variable.default;
      if (filled === null) return null;
      source += literal(filled);
    } else source += wild && part === "*" ? "[^]*" : wild && part === "?" ? "[^]" : literal(part);
  }
  return new RegExp(`^${source}$`, ignoreCase ? "i" : "");
}

function compares(operator: string, text: string, value: string): boolean {
  const number = (one: string): number =>
    operator.startsWith("Numeric") || /^-?\d+$/.test(one) ? Number(one) : Date.parse(one) / 1000;
  const [wanted, found] = [number(text), number(value)];
  if (operator.includes("LessThan")) return found < wanted || (operator.endsWith("Equals") && found === wanted);
  if (operator.includes("GreaterThan")) return found > wanted || (operator.endsWith("Equals") && found === wanted);
  return found === wanted;
}

function isAddress(text: string): boolean {
  return isIPv4(text) || isIPv6(text);
}

function isWithin(range: string, value: string): boolean {
  const [address = "", length] = range.split("/");
  if (!isAddress(address) || !isAddress(value) || isIPv4(address) !== isIPv4(value)) return false;
  const type = isIPv4(address) ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, Number(length ?? (type === "ipv4" ? 32 : 128)), type);
  return list.check(value, type);
}
