import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { depthLimit } from "../../../lib/iam/json.ts";
import { decodePolicyDocument, parsePolicy } from "../../../lib/iam/parse.ts";
import {
  type Condition,
  type Element,
  operators,
  type Policy,
  type PolicyKind,
  type PrincipalElement,
  type Statement,
} from "../../../lib/iam/policy.ts";

const kinds = fc.constantFrom<PolicyKind>("identity", "resource", "endpoint");
/** Both units of a pair, halves of one, quotes, control characters: whatever a string can hold. */
const anyText = fc.string({ unit: "binary", maxLength: 12 });

describe("the parser", () => {
  const words = fc.constantFrom(
    ...'{ } [ ] : , " \\ \\u 1 -0.5e+3 true null Version Id Statement Effect Allow Action Resource Condition'.split(
      " ",
    ),
    '"Statement"',
    '"2012-10-17"',
    "\ud800",
    "__proto__",
  );

  it("throws at no text and answers each with a policy or at least one fault", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.array(words).map((some) => some.join("")),
          fc.json(),
        ),
        kinds,
        (text, kind) => {
          const result = parsePolicy(text, kind);
          if ("faults" in result) expect(result.faults.length).toBeGreaterThan(0);
          else expect(() => JSON.parse(text)).not.toThrow();
          expect(typeof decodePolicyDocument(text)).toBe("string");
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("throws at no JSON in the place of any element", () => {
    const names =
      "Version Id Statement Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition";
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 7, depthSize: "large" },
        fc.constantFrom<unknown>("Allow", "*", "dynamodb:*", "2012-10-17", null, 1, true, ""),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(...names.split(" "), "AWS", "StringLike", "aws:SourceIp", "__proto__"),
          tie("tree"),
        ),
      ),
    }));
    fc.assert(
      fc.property(tree, kinds, (value, kind) => {
        const result = parsePolicy(JSON.stringify(value), kind);
        if ("faults" in result) {
          for (const { path, line, column } of result.faults) {
            expect(path).not.toBe("");
            expect(Math.min(line, column)).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes time in proportion to the text for the worst that 128 kB can hold", () => {
    const size = 128 * 1024;
    const hostile = [
      "[".repeat(size),
      '{"a":'.repeat(size / 5),
      `"${"\\u0041".repeat(size / 6 - 1)}"`,
      `"${"\\".repeat(size - 2)}"`,
      `{"Statement":[${"{},".repeat(40_000)}{}]}`,
      `{${Array.from({ length: 15_000 }, () => '"a":1').join(",")}}`,
      `${"[".repeat(depthLimit)}${"1,".repeat(60_000)}1${"]".repeat(depthLimit)}`,
      `{"Statement":{"Condition":{"${"ifexists".repeat(16_000)}":{}}}}`,
      " ".repeat(size),
      "-".repeat(size),
      "1".repeat(size),
    ];
    const start = performance.now();
    for (const text of hostile) expect(parsePolicy(text, "identity")).toHaveProperty("faults");
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

const sid = fc.option(fc.stringMatching(/^[A-Za-z0-9]{1,12}$/));
const actionPattern = fc.oneof(fc.constant("*"), fc.stringMatching(/^[a-z*?-]{1,9}:[A-Za-z*?]{0,9}$/));
const elementOf = (pattern: fc.Arbitrary<string>): fc.Arbitrary<Element> =>
  fc.record({ not: fc.boolean(), patterns: fc.array(pattern, { maxLength: 3 }) });
const principal: fc.Arbitrary<PrincipalElement> = fc.record({
  not: fc.boolean(),
  principals: fc
    .array(
      fc.record({
        type: fc.constantFrom("AWS", "Service", "Federated", "CanonicalUser"),
        value: fc.oneof(fc.constant("*"), fc.stringMatching(/^[a-z0-9:/.]{1,20}$/)),
      }),
      { maxLength: 4 },
    )
    // The parser gives them by type.
    .map((all) =>
      (["AWS", "Service", "Federated", "CanonicalUser"] as const).flatMap((type) =>
        all.filter((one) => one.type === type),
      ),
    ),
});
const condition: fc.Arbitrary<Condition> = fc
  .record({
    operator: fc.constantFrom(...operators),
    set: fc.constantFrom(null, "ForAllValues", "ForAnyValue"),
    ifExists: fc.boolean(),
    key: fc.oneof(anyText, fc.constantFrom("aws:SourceVpce", "dynamodb:LeadingKeys", "constructor")),
    values: fc.array(fc.oneof(anyText, fc.constantFrom("true", "false", "7", "-0.5")), { maxLength: 3 }),
  })
  .map((made) => (made.operator === "Null" ? { ...made, ifExists: false } : made));

const operatorText = ({ set, operator, ifExists }: Condition) =>
  `${set === null ? "" : `${set}:`}${operator}${ifExists ? "IfExists" : ""}`;
/** In the order that printing gives: all keys of an operator together, and no key twice. */
function grouped(conditions: readonly Condition[]): readonly Condition[] {
  const byOperator = Map.groupBy(conditions, operatorText);
  return [...byOperator.values()].flatMap((same) => [
    ...new Map(same.toReversed().map((each) => [each.key.toLowerCase(), each])).values(),
  ]);
}

function policyOf(kind: PolicyKind): fc.Arbitrary<Policy> {
  const statements = fc.uniqueArray(
    fc.record({
      index: fc.constant(0),
      sid,
      effect: fc.constantFrom("Allow" as const, "Deny" as const),
      action: elementOf(actionPattern),
      resource: kind === "resource" ? fc.option(elementOf(anyText)) : elementOf(anyText),
      principal: kind === "identity" ? fc.constant(null) : principal,
      conditions: fc.array(condition, { maxLength: 4 }).map(grouped),
    }),
    { maxLength: 4, selector: (made) => made.sid ?? made },
  );
  return fc.record({
    version: fc.constantFrom("2012-10-17", "2008-10-17"),
    statements: statements.map((all) => all.map((made, index) => ({ ...made, index }))),
  });
}

/** Choices that a printer may make without a change of meaning. */
interface Spelling {
  readonly unwraps: boolean;
  readonly types: boolean;
  readonly reverses: boolean;
  readonly namesVersion: boolean;
  readonly space: string;
}
const spelling: fc.Arbitrary<Spelling> = fc.record({
  unwraps: fc.boolean(),
  types: fc.boolean(),
  reverses: fc.boolean(),
  namesVersion: fc.boolean(),
  space: fc.constantFrom("", " ", "\n\t"),
});

/** An object as text, from its members: nothing of a JavaScript object's own order or names is in the way. */
const objectText = (members: readonly (readonly [string, string])[], { space }: Spelling): string =>
  `{${members.map(([name, value]) => `${space}${JSON.stringify(name)}${space}:${value}`).join(`,${space}`)}}`;
const listText = (items: readonly string[], { unwraps, space }: Spelling): string =>
  unwraps && items.length === 1 ? (items[0] ?? "") : `[${space}${items.join(`${space},`)}]`;

function print(policy: Policy, how: Spelling): string {
  const text = (value: string) => JSON.stringify(value);
  const value = (given: string) => (how.types && /^(?:true|false|7|-0\.5)$/.test(given) ? given : text(given));
  const named = (name: string, { not }: { readonly not: boolean }) => `${not ? "Not" : ""}${name}`;
  const element = (name: string, given: Element) =>
    [named(name, given), listText(given.patterns.map(text), how)] as const;
  const statementText = ({ effect, action, resource, principal: whom, conditions, sid: id }: Statement): string => {
    const byType = [...Map.groupBy(whom?.principals ?? [], ({ type }) => type)];
    const isEveryone =
      how.unwraps && byType.length === 1 && whom?.principals.length === 1 && whom.principals[0]?.type === "AWS";
    const principals =
      isEveryone && whom.principals[0]?.value === "*"
        ? '"*"'
        : objectText(
            byType.map(([type, all]) => [
              type,
              listText(
                all.map((one) => text(one.value)),
                how,
              ),
            ]),
            how,
          );
    const blocks = [...Map.groupBy(conditions, operatorText)].map(
      ([operator, all]) =>
        [
          operator,
          objectText(
            all.map(({ key, values }) => [key, listText(values.map(value), how)]),
            how,
          ),
        ] as const,
    );
    const members = [
      ...(id === null ? [] : [["Sid", text(id)] as const]),
      ["Effect", text(effect)] as const,
      ...(whom === null ? [] : [[named("Principal", whom), principals] as const]),
      element("Action", action),
      ...(resource === null ? [] : [element("Resource", resource)]),
      ...(blocks.length === 0 && how.unwraps ? [] : [["Condition", objectText(blocks, how)] as const]),
    ];
    return objectText(how.reverses ? members.toReversed() : members, how);
  };
  const isNamed = how.namesVersion || policy.version !== "2008-10-17";
  const members = [
    ...(isNamed ? [["Version", text(policy.version)] as const] : []),
    ["Statement", listText(policy.statements.map(statementText), how)] as const,
  ];
  return `${how.space}${objectText(how.reverses ? members.toReversed() : members, how)}${how.space}`;
}

const printed = kinds.chain((kind) => fc.record({ kind: fc.constant(kind), policy: policyOf(kind), how: spelling }));

describe("a policy printed in any spelling", () => {
  it("is that policy again, encoded or not", () => {
    fc.assert(
      fc.property(printed, ({ kind, policy, how }) => {
        const text = print(policy, how);
        // Not strictly: what fast-check makes has no prototype.
        expect(parsePolicy(text, kind)).toEqual({ policy });
        if (text.isWellFormed()) expect(decodePolicyDocument(encodeURIComponent(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it("is refused with any of its names twice in one object", () => {
    fc.assert(
      fc.property(printed, fc.nat(), ({ kind, policy, how }, choice) => {
        const text = print(policy, { ...how, space: "" });
        // After each opening brace of an object, and not of a string, stands a name: put it there a second time.
        const names = [...text.matchAll(/"(?:[^"\\]|\\.)*"(:?)|\{/g)].flatMap((found, at, all) => {
          const next = all[at + 1];
          return found[0] === "{" && next?.[1] === ":" ? [{ at: next.index, name: next[0] }] : [];
        });
        const twice = names[choice % names.length];
        if (twice === undefined) throw new Error("each document has a Statement");
        const changed = `${text.slice(0, twice.at)}${twice.name}0,${text.slice(twice.at)}`;
        const result = parsePolicy(changed, kind);
        const faults = "faults" in result ? result.faults : [];
        expect(faults.map(({ message }) => message)).toContain("stands twice in the same object; keep one");
      }),
      { numRuns: 500 },
    );
  });
});
