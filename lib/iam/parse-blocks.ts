/** The two blocks of a statement that have a grammar of their own: whom it is about, and on what condition. */
import { type Faults, quoted } from "./faults.ts";
import { type Member, membersOf, objectMembers, scalarsOf, textsOf } from "./parse-values.ts";
import { type Condition, type Operator, operators, type PrincipalElement } from "./policy.ts";

const principalTypes = ["AWS", "Service", "Federated", "CanonicalUser"] as const;

/** `*`, or a map of types; a wildcard only as the whole of a value (IAM user guide, Principal). */
export function parsePrincipals({ value, path }: Member, faults: Faults): PrincipalElement["principals"] {
  if (value.type === "string") {
    if (value.value === "*") return [{ type: "AWS", value: "*" }];
    faults.add(path, value.at, `is ${quoted(value.value)}; use \`*\`, or an object such as {"AWS": "..."}`);
    return [];
  }
  const members = membersOf(value, path, principalTypes, "a principal", faults);
  return principalTypes.flatMap((type) => {
    const member = members?.get(type);
    if (member === undefined) return [];
    return textsOf(member.value, member.path, faults).map(({ text, path: place, at }) => {
      if (text !== "*" && /[*?]/.test(text)) {
        faults.add(
          place,
          at,
          `is ${quoted(text)}; a wildcard cannot be a part of a principal: use \`*\` alone or whole ARNs`,
        );
      }
      return { type, value: text };
    });
  });
}

/** Conditions in the order of the text. An empty block, or an empty one under an operator, restrains nothing. */
export function parseConditions({ value, path }: Member, faults: Faults): readonly Condition[] {
  const blocks = objectMembers(value, path, "conditions by operator", faults);
  return [...(blocks?.values() ?? [])].flatMap((block) => {
    const parsed = parseOperator(block.name);
    if (typeof parsed === "string") faults.add(block.path, block.nameAt, parsed);
    const keys = objectMembers(block.value, block.path, "values by condition key", faults);
    const seen = new Set<string>();
    return [...(keys?.values() ?? [])].flatMap(({ name: key, nameAt, path: place, value: given }) => {
      // Keys are compared without letter case: two spellings of one are the same name twice.
      const lower = key.toLowerCase();
      if (seen.has(lower)) faults.add(place, nameAt, "stands twice under one operator, letter case aside; keep one");
      seen.add(lower);
      const values = scalarsOf(given, place, faults);
      return typeof parsed === "string" ? [] : { ...parsed, key, values };
    });
  });
}

const operatorOf = new Map(operators.map((operator) => [operator.toLowerCase(), operator] as const));
const setOf = new Map<string, NonNullable<Condition["set"]>>([
  ["forallvalues", "ForAllValues"],
  ["foranyvalue", "ForAnyValue"],
]);

/** An operator with its set and `IfExists`, or what is wrong with it. Letter case counts: nothing documents that AWS takes
 * another, and an operator that AWS does not know cannot be given a meaning. */
function parseOperator(written: string): Pick<Condition, "operator" | "set" | "ifExists"> | string {
  const [, setWord, base = "", suffix] = /^(?:([^:]*):)?(.*?)(ifexists)?$/is.exec(written) ?? [];
  const operator: Operator | undefined = operatorOf.get(base.toLowerCase());
  const set = setWord === undefined ? null : setOf.get(setWord.toLowerCase());
  if (operator === undefined || set === undefined) return "is no condition operator; use one of the IAM user guide's";
  const canonical = `${set === null ? "" : `${set}:`}${operator}${suffix === undefined ? "" : "IfExists"}`;
  if (canonical !== written) return `is no condition operator; write ${canonical}`;
  const ifExists = suffix !== undefined;
  // Access Analyzer, null with if exists.
  if (operator === "Null" && ifExists) return "cannot have IfExists, since Null asks just that; leave IfExists out";
  return { operator, set, ifExists };
}
