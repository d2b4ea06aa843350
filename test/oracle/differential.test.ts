/** The harness of comparison itself: does it reach every form of the language, and does it find a planted error? */
import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { operators } from "../../lib/iam/policy.ts";
import type { Request } from "../../lib/iam/request.ts";
import { differ, type Evaluate } from "./differential.ts";
import { actionsOf, conditionsOf, documentsOf, resourcesOf, type StatementJson, statementsOf } from "./documents.ts";
import { gaps } from "./gaps.ts";
import { policySets } from "./generate.ts";
import { type PolicySet, simulate } from "./simulate.ts";

const oracle = inject("oracle");
const missing = "missing" in oracle ? oracle.missing : null;

describe("random policies", () => {
  const sets = fc.sample(policySets(), { seed: 1, numRuns: 8000 });
  const statements = sets.flatMap(statementsOf);
  const conditions = statements.flatMap(conditionsOf);

  it("seldom repeat themselves", () => {
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBeGreaterThan(7900);
  });

  it.each(operators)("use %s with every modifier", (operator) => {
    const used = conditions.filter((condition) => condition.operator === operator);
    const modifiers = new Set(used.map(({ set, ifExists }) => `${set ?? ""}${ifExists ? " IfExists" : ""}`));
    const every = ["", " IfExists", "ForAllValues", "ForAllValues IfExists", "ForAnyValue", "ForAnyValue IfExists"];
    expect([...modifiers].sort()).toEqual(operator === "Null" ? [""] : every);
  });

  it.each<[string, (statement: StatementJson) => boolean]>([
    ["NotAction", ({ NotAction }) => NotAction !== undefined],
    ["NotResource", ({ NotResource }) => NotResource !== undefined],
    ["Deny", ({ Effect }) => Effect === "Deny"],
    ["Deny with a condition", ({ Effect, Condition }) => Effect === "Deny" && Condition !== undefined],
    ["Deny of all that lacks something", isFence],
    ["defaults of what a request may lack", (statement) => /PrincipalTag\/Level, '/.test(JSON.stringify(statement))],
    ["wildcards in actions", (statement) => actionsOf(statement).some((text) => /:.*\w[*?]/.test(text))],
    ["wildcards in resources", (statement) => resourcesOf(statement).some((text) => /\/.*\w[*?]/.test(text))],
    ["variables in resources", (statement) => resourcesOf(statement).some((text) => /\$\{\w/.test(text))],
    ["variables in conditions", (statement) => /\$\{\w/.test(JSON.stringify(statement.Condition ?? ""))],
    ["defaults of variables", (statement) => JSON.stringify(statement).includes(", '")],
    ["escapes", (statement) => JSON.stringify(statement).includes("${*}")],
    ["incomplete ARNs", (statement) => resourcesOf(statement).includes("arn:aws:dynamodb")],
    ["letter case of actions", (statement) => actionsOf(statement).some((text) => /^DYNAMODB:[A-Z]+$/.test(text))],
    ["bare Booleans and numbers", (statement) => /[:,[](true|-?\d)/.test(JSON.stringify(statement.Condition ?? ""))],
  ])("have %s", (_, has) => {
    expect(statements.filter(has).length).toBeGreaterThan(40);
  });

  it("have boundaries, several documents, and documents of 2008 and without version", () => {
    const documents = sets.flatMap(documentsOf);
    for (const count of [
      sets.filter(({ boundary }) => boundary !== undefined).length,
      sets.filter(({ identityPolicies }) => identityPolicies.length > 1).length,
      documents.filter(({ Version }) => Version === "2008-10-17").length,
      documents.filter(({ Version }) => Version === undefined).length,
    ]) {
      expect(count).toBeGreaterThan(100);
    }
  });
});

function isFence(statement: StatementJson): boolean {
  const isOfAll = actionsOf(statement).some((text) => /^(dynamodb:)?\*$/.test(text));
  return (
    statement.Effect === "Deny" && isOfAll && conditionsOf(statement).some(({ operator }) => operator.includes("Not"))
  );
}

/** The simulator with an error planted: it is asked about policies that are not quite those. */
const planted: Readonly<Record<string, (text: string, request: Request) => string>> = {
  "Deny is overlooked where it is conditional": (text) =>
    changed(text, (statement) => (statement.Effect === "Deny" && statement.Condition ? null : statement)),
  "IfExists is overlooked": (text) => text.replace(/IfExists(?=":\{)/g, ""),
  "ForAllValues is read as ForAnyValue": (text) => text.replaceAll("ForAllValues:", "ForAnyValue:"),
  "StringNotEquals is false of an absent key": (text, { context }) =>
    changed(text, (statement) =>
      conditionsOf(statement).some(
        ({ operator, set, key }) => operator === "StringNotEquals" && !set && !context.has(key),
      )
        ? null
        : statement,
    ),
  "a less-than holds for the number itself": (text) => text.replaceAll('NumericLessThan"', 'NumericLessThanEquals"'),
  "a wildcard does not cross a slash": (text, { resource }) =>
    resource.includes("/index/") ? text.replaceAll("table/*", "table/none") : text,
};

describe.skipIf(missing !== null)(`the comparison${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  const itself: Evaluate = async (set, request) => (await simulate({ ...set, request })) === "Allowed";

  it("finds nothing where both are the same, asks only what can be answered, and allows enough", async () => {
    const started = performance.now();
    const found = await differ(itself, 300);
    // Both sides ask the simulator.
    const perSecond = Math.round((2000 * found.requests) / (performance.now() - started));
    console.info(
      `${found.requests} requests about ${found.distinctPolicies} policy sets, ${perSecond} answers a second`,
    );
    expect(found.disagreements).toEqual([]);
    expect(found.distinctPolicies).toBeGreaterThan(290);
    expect(found.requests).toBeGreaterThan(900);
    expect(found.allowed / found.requests).toBeGreaterThan(0.1);
    const skipped = [...found.gaps.values()].reduce((sum, count) => sum + count, 0);
    expect(skipped / (skipped + found.requests)).toBeLessThan(0.2);
    expect(gaps.map(({ name }) => name)).toEqual(expect.arrayContaining([...found.gaps.keys()]));
  });

  it.each(Object.entries(planted))("finds that %s, and minimises it", async (_, wrong) => {
    const found = await differ(
      async (set, request) => {
        const [boundary] = set.boundary === undefined ? [] : [wrong(set.boundary, request)];
        const identityPolicies = set.identityPolicies.map((text) => wrong(text, request));
        return itself({ identityPolicies, ...(boundary === undefined ? {} : { boundary }) }, request);
      },
      20_000,
      { mostDisagreements: 1 },
    );
    const [disagreement] = found.disagreements;
    expect(disagreement).toBeDefined();
    expect(sizeOf(disagreement?.set ?? { identityPolicies: [] })).toBeLessThanOrEqual(3);
  });

  it("fails by its own errors, and does not call them agreement", async () => {
    const sets = fc.constant({ identityPolicies: ["no JSON"] });
    await expect(differ(() => true, 10, { sets })).rejects.toThrow(SyntaxError);
  });

  it("reports what an evaluator throws", async () => {
    const found = await differ(() => {
      throw new Error("planted");
    }, 1);
    expect(found.disagreements[0]?.evaluated).toEqual(new Error("planted"));
  });
});

function sizeOf(set: PolicySet): number {
  return statementsOf(set).length;
}

/** A document without statements allows nothing, but is none: one that names another service stands in. */
function changed(text: string, change: (statement: StatementJson) => StatementJson | null): string {
  const nothing = { Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::none" };
  const { Version, Statement } = JSON.parse(text) as { Version?: string; Statement: StatementJson | StatementJson[] };
  return JSON.stringify({ Version, Statement: [Statement].flat().map((statement) => change(statement) ?? nothing) });
}
