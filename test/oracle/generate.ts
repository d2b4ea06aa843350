/** Random sets of policies about DynamoDB: every form of the language, few enough words that statements interact. */
import fc from "fast-check";
import { type Operator, operators } from "../../lib/iam/policy.ts";
import type { PolicySet } from "./simulate.ts";
import { account, actions, arns, type Key, keys } from "./vocabulary.ts";

type Scalar = string | number | boolean;

/** One to three documents, and at times a boundary. */
export function policySets(): fc.Arbitrary<PolicySet> {
  return fc
    .record({
      identityPolicies: fc.array(document(), { minLength: 1, maxLength: 3 }),
      boundary: fc.option(fc.oneof(document(), wide()), { freq: 2, nil: undefined }),
    })
    .map(({ identityPolicies, boundary }) => ({ identityPolicies, ...(boundary === undefined ? {} : { boundary }) }));
}

/** Most boundaries allow much and deny some. */
export function wide(): fc.Arbitrary<string> {
  return document().map((text) => {
    const { Version, Statement } = JSON.parse(text) as { Version?: string; Statement: object };
    const all = { Effect: "Allow", Action: ["dynamodb:*", "s3:*"], Resource: "*" };
    return JSON.stringify({ Version, Statement: [all, Statement].flat() });
  });
}

/** A document of an identity, as JSON. */
export function document(): fc.Arbitrary<string> {
  return fc
    .record({
      version: often("2012-10-17", [undefined, "2008-10-17"]),
      statements: fc.array(fc.oneof({ weight: 7, arbitrary: statement() }, { weight: 1, arbitrary: perimeter() }), {
        minLength: 1,
        maxLength: 4,
      }),
      alone: fc.boolean(),
    })
    .map(({ version, statements, alone }) => {
      const Statement = alone && statements.length === 1 ? statements[0] : statements;
      // Variables need the version of 2012 (gaps.ts).
      const hasVariables = JSON.stringify(statements).includes("${");
      return JSON.stringify({ Version: hasVariables ? "2012-10-17" : version, Statement });
    });
}

function statement(): fc.Arbitrary<object> {
  return fc
    .record({
      effect: fc.oneof({ weight: 3, arbitrary: fc.constant("Allow") }, { weight: 1, arbitrary: fc.constant("Deny") }),
      notAction: oneIn(8),
      actions: someOf(actionPattern()),
      notResource: oneIn(8),
      resources: someOf(resourcePattern()),
      incomplete: oneIn(30),
      conditions: fc.oneof(
        { weight: 1, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(condition(), { minLength: 1, maxLength: 3 }) },
      ),
    })
    .map(({ effect, notAction, actions, notResource, resources, incomplete, conditions }) => ({
      Effect: effect,
      [notAction ? "NotAction" : "Action"]: actions,
      // An ARN cut short stands for everything below it, where it is not negated (gaps.ts).
      [notResource ? "NotResource" : "Resource"]: incomplete && !notResource ? "arn:aws:dynamodb" : resources,
      ...conditionBlock(conditions),
    }));
}

/** A Deny of everything that does not carry what is wanted: how accounts fence themselves in. */
function perimeter(): fc.Arbitrary<object> {
  const negated = operators.filter((operator) => operator.includes("Not"));
  return fc
    .record({
      action: fc.constantFrom("*", "dynamodb:*"),
      resource: fc.oneof(
        { weight: 3, arbitrary: fc.constant<string | readonly string[]>("*") },
        { weight: 1, arbitrary: someOf(resourcePattern()) },
      ),
      conditions: fc.array(condition(negated), { minLength: 1, maxLength: 2 }),
    })
    .map(({ action, resource, conditions }) => ({
      Effect: "Deny",
      Action: action,
      Resource: resource,
      ...conditionBlock(conditions),
    }));
}

function actionPattern(): fc.Arbitrary<string> {
  const name = fc.constantFrom(...Object.keys(actions));
  return fc.oneof(
    { weight: 5, arbitrary: fc.tuple(letterCase("dynamodb"), name.chain(letterCase)).map((parts) => parts.join(":")) },
    { weight: 4, arbitrary: fc.tuple(letterCase("dynamodb"), name.chain(holed)).map((parts) => parts.join(":")) },
    { weight: 2, arbitrary: fc.constantFrom("dynamodb:*", "*", "dynamodb:?*") },
    { weight: 1, arbitrary: fc.constantFrom("s3:*", "iam:*", "dax:GetItem", "dynamodb:NoSuchAction") },
  );
}

function resourcePattern(): fc.Arbitrary<string> {
  const known = fc.constantFrom(...Object.values(arns).flat());
  const tail = fc.oneof(
    { weight: 4, arbitrary: known.map((arn) => arn.split("/").slice(1).join("/")).chain(holed) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "${aws:username}",
        "${aws:PrincipalTag/team}*",
        "${aws:userid, 'Orders'}/index/*",
        "Orders${AWS:PrincipalTag/Level, '2'}",
        "Or${?}ers",
        "${aws:UserAgent}",
        "Ord${aws:UserAgent}",
        "*/index/*",
        "*/stream/*:00.000",
      ),
    },
  );
  const wide = fc.tuple(
    fc.constantFrom("aws", "aws", "*", "a?s"),
    fc.constantFrom("us-east-1", "us-east-1", "*", "us-*-1", "us-????-?", "eu-west-1"),
    fc.constantFrom(account, account, "*", "999999999999"),
    tail,
  );
  return fc.oneof(
    { weight: 3, arbitrary: known },
    { weight: 3, arbitrary: fc.constant("*") },
    {
      weight: 6,
      arbitrary: wide.map(([partition, region, id, end]) => `arn:${partition}:dynamodb:${region}:${id}:table/${end}`),
    },
    { weight: 1, arbitrary: fc.constantFrom("arn:aws:s3:::*", "arn:aws:dynamodb:*:*:*", "arn:*:dynamodb:*:*:tab*") },
  );
}

interface Clause {
  readonly operator: string;
  readonly key: string;
  readonly values: Scalar | readonly Scalar[];
}

/** @param among the operators, those on text twice as often */
function condition(among: readonly Operator[] = operators): fc.Arbitrary<Clause> {
  return fc
    .record({ operator: fc.constantFrom(...among, ...among.filter(onText)), foreign: oneIn(16) })
    .chain(({ operator, foreign }) =>
      fc.record({ key: fc.constantFrom(...(foreign ? keys : fitting(operator))), operator: fc.constant(operator) }),
    )
    .chain(({ key, operator }) =>
      fc
        .record({
          // A plain operator decides nothing about a key with several values (gaps.ts).
          set: key.multi
            ? fc.constantFrom("ForAllValues:", "ForAnyValue:")
            : often("", ["ForAllValues:", "ForAnyValue:"]),
          // After ForAnyValue it says the opposite about an absent key (gaps.ts).
          ifExists: oneIn(key.multi ? 16 : 5),
          name: fc.oneof(
            { weight: 3, arbitrary: fc.constant(key.name) },
            { weight: 1, arbitrary: letterCase(key.name) },
          ),
          values: someOf(valueFor(operator, key)),
        })
        .map(({ set, ifExists, name, values }) => ({
          operator: operator === "Null" ? operator : `${set}${operator}${ifExists ? "IfExists" : ""}`,
          key: name,
          values,
        })),
    );
}

/** Keys of the operator's own type; text and presence are asked of any. Those with several values come thrice. */
function fitting(operator: Operator): readonly Key[] {
  const type = family(operator);
  return keys
    .filter(
      (key) =>
        (onText(operator) && key.type !== "Date") ||
        operator === "Null" ||
        key.type === type ||
        key.alsoReadAs === type,
    )
    .flatMap((key) => (key.multi ? [key, key, key] : [key]));
}

function onText(operator: Operator): boolean {
  return family(operator) === "String";
}

function family(operator: Operator): string {
  return /^(?:Not)?(String|Numeric|Date|Bool|Binary|IpAddress|Arn|Null)/.exec(operator)?.[1] ?? operator;
}

function valueFor(operator: Operator, key: Key): fc.Arbitrary<Scalar> {
  const type = family(operator);
  if (type === "Null") return fc.constantFrom<Scalar>("true", "false", true, false);
  if (type === "Binary") return fc.constantFrom("QW5u", "Qm9i", "QW5u");
  const pool =
    type === "String" || type === key.type || type === key.alsoReadAs
      ? key.values
      : keys.filter((one) => one.type === type).flatMap(({ values }) => values);
  return fc.record({ text: fc.constantFrom(...pool), bare: fc.boolean() }).map(({ text, bare }) => {
    // Escapes work in every operator with variables; the simulator knows them under wildcards only (gaps.ts).
    const fit = operator.includes("Equals") ? text.replace(/\$\{([*?$])\}/g, "$1") : text;
    return bare ? bareOf(fit) : fit;
  });
}

/** A number or Boolean as JSON has them, where the text is the same. */
function bareOf(text: string): Scalar {
  if (text === "true" || text === "false") return text === "true";
  return text !== "" && String(Number(text)) === text ? Number(text) : text;
}

/** Keys that differ in letter case only would be one key named twice: the first stands. */
function conditionBlock(clauses: readonly Clause[]): { readonly Condition?: object } {
  const block: Record<string, Record<string, Clause["values"]>> = {};
  for (const { operator, key, values } of clauses) {
    const under = block[operator] ?? {};
    const named = Object.keys(under).some((other) => other.toLowerCase() === key.toLowerCase());
    block[operator] = named ? under : { ...under, [key]: values };
  }
  return clauses.length === 0 ? {} : { Condition: block };
}

/** A text with a wildcard in the place of some of it, which may be none. */
function holed(text: string): fc.Arbitrary<string> {
  return fc
    .record({ at: fc.nat(text.length), length: fc.nat(4), wild: fc.constantFrom("*", "?", "?*", "exact") })
    .map(({ at, length, wild }) => {
      const cut = Math.min(length, text.length - at);
      return text.slice(0, at) + (wild === "exact" ? "?".repeat(cut) : wild) + text.slice(at + cut);
    });
}

function letterCase(text: string): fc.Arbitrary<string> {
  return fc.constantFrom(text, text, text.toLowerCase(), text.toUpperCase());
}

/** One to three, of which one may stand without a list. */
function someOf<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | readonly T[]> {
  return fc.oneof(
    { weight: 2, arbitrary: one },
    { weight: 3, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) },
  );
}

function oneIn(many: number): fc.Arbitrary<boolean> {
  return fc.oneof({ weight: many - 1, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
}

function often<T>(usual: T, others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}
