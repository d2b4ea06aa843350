import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataActions } from "../../../lib/iam/actions.ts";
import { isAllowed, type PolicySet } from "../../../lib/iam/evaluate.ts";
import { type Found, findFreeRequest } from "../../../lib/iam/free-request.ts";
import type { Request } from "../../../lib/iam/request.ts";
import { callerOf } from "../../../lib/iam/variables.ts";
import { setOf } from "./policies.ts";

const actions = ["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:BatchGetItem", "dynamodb:PutItem"];
const tables = ["Orders", "Carts"].map((name) => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`);
const now = Date.parse("2026-01-04T14:02:00Z");

const values: Readonly<Record<string, readonly string[]>> = {
  "aws:SourceVpce": ["vpce-11111111", "vpce-22222222", "vpce-1*", "*"],
  "aws:PrincipalTag/team": ["a", "b", "a*", "*"],
  "aws:UserAgent": ["x", "y*"],
  "aws:username": ["ann", "a*"],
};
const single = fc.constantFrom(...Object.keys(values)).chain((key) =>
  fc
    .record({
      operator: fc.constantFrom("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"),
      ifExists: fc.boolean(),
      chosen: fc.subarray([...(values[key] ?? [])], { minLength: 1, maxLength: 2 }),
    })
    .map(({ operator, ifExists, chosen }) => ({ [`${operator}${ifExists ? "IfExists" : ""}`]: { [key]: chosen } })),
);
const several = fc
  .record({
    set: fc.constantFrom("ForAllValues", "ForAnyValue"),
    operator: fc.constantFrom("StringEquals", "StringNotEquals", "StringLike"),
    chosen: fc.subarray(["k1", "k2", "k*"], { minLength: 1, maxLength: 2 }),
  })
  .map(({ set, operator, chosen }) => ({ [`${set}:${operator}`]: { "dynamodb:LeadingKeys": chosen } }));
const presence = fc
  .record({
    key: fc.constantFrom(...Object.keys(values), "dynamodb:LeadingKeys"),
    absent: fc.constantFrom("true", "false"),
  })
  .map(({ key, absent }) => ({ Null: { [key]: absent } }));

const statement = (effect: "Allow" | "Deny") =>
  fc.record({
    Effect: fc.constant(effect),
    Action: fc.oneof(fc.constant("dynamodb:*"), fc.subarray(actions, { minLength: 1 })),
    Resource: fc.oneof(fc.constant("*"), fc.constantFrom(...tables), fc.constant("arn:aws:dynamodb:*:*:table/Ord*")),
    Condition: fc.array(fc.oneof(single, single, several, presence), { maxLength: 2 }).map((blocks) => merged(blocks)),
  });
const policy = fc
  .tuple(fc.array(statement("Allow"), { minLength: 1, maxLength: 2 }), fc.array(statement("Deny"), { maxLength: 2 }))
  .map(([allows, denies]) => [...allows, ...denies]);

function merged(blocks: readonly object[]): object {
  const all: Record<string, Record<string, unknown>> = {};
  for (const block of blocks)
    for (const [operator, keys] of Object.entries(block)) all[operator] = { ...all[operator], ...(keys as object) };
  return all;
}

function ask(set: PolicySet, asked: readonly string[] = actions): Found {
  return findFreeRequest(set, { actions: asked, caller: callerOf(null, "123456789012"), bindingKeys: null, now });
}

/** Requests in which every binding key is absent or holds a value that no policy of this test names. */
function* freeRequests(): Generator<Request> {
  const keysOf: Readonly<Record<string, readonly (readonly string[] | null)[]>> = {
    "dynamodb:GetItem": [["fresh"]],
    "dynamodb:PutItem": [["fresh"]],
    "dynamodb:BatchGetItem": [["fresh"], ["fresh", "k1"], ["fresh", "k2"], ["fresh", "k1", "k2"]],
    "dynamodb:Scan": [null],
  };
  for (const action of actions)
    for (const resource of [...tables, "arn:aws:dynamodb:us-east-1:123456789012:table/zzz"])
      for (const leading of keysOf[action] ?? [])
        for (const endpoint of [null, "vpce-99999999"])
          for (const team of [null, "zz"])
            for (const name of [null, "zz"])
              for (const agent of ["x", "yy", "zz"]) {
                const context = new Map<string, readonly string[]>();
                if (leading !== null) context.set("dynamodb:leadingkeys", leading);
                if (endpoint !== null) context.set("aws:sourcevpce", [endpoint]);
                if (team !== null) context.set("aws:principaltag/team", [team]);
                if (name !== null) context.set("aws:username", [name]);
                context.set("aws:useragent", [agent]);
                yield { principal: null, action, resource, context };
              }
}
const allFree = [...freeRequests()];

// Every request is evaluated against every policy: seconds on a busy machine.
const timeLimit = 30_000;

describe("the search for a free request", { timeout: timeLimit }, () => {
  it("agrees with plain evaluation of all free requests, and decides every policy", () => {
    const answers = { witness: 0, none: 0, nothing: 0 };
    const distinct = new Set<string>();
    void fc.assert(
      fc.property(policy, (statements) => {
        distinct.add(JSON.stringify(statements));
        const set = setOf(statements);
        const found = ask(set);
        if (found === "undecided") throw new Error("undecided");
        const allowed = allFree.filter((request) => isAllowed(request, set).allowed);
        if (typeof found === "object") answers.witness++;
        else {
          answers[found]++;
          expect(allowed).toEqual([]);
        }
      }),
      { numRuns: 250 },
    );
    expect(distinct.size).toBeGreaterThan(200);
    expect(Math.min(answers.witness, answers.none, answers.nothing)).toBeGreaterThan(3);
  });

  it("finds one wherever plain evaluation does", () => {
    void fc.assert(
      fc.property(policy, (statements) => {
        const set = setOf(statements);
        const isFree = allFree.some((request) => isAllowed(request, set).allowed);
        if (isFree) expect(typeof ask(set)).toBe("object");
      }),
      { numRuns: 120 },
    );
  });
});

describe("several actions at once", { timeout: timeLimit }, () => {
  it("have the answer of the first that has a witness by itself, whatever was proven of those before", () => {
    void fc.assert(
      fc.property(policy, (statements) => {
        const alone = dataActions.map((action) => ask(setOf(statements), [action]));
        const none = alone.every((found) => found === "nothing") ? "nothing" : "none";
        expect(ask(setOf(statements), dataActions)).toEqual(alone.find((found) => typeof found === "object") ?? none);
      }),
      { numRuns: 150 },
    );
  });
});

describe("laws of what is added", { timeout: timeLimit }, () => {
  const isOpen = (statements: readonly unknown[]): boolean => typeof ask(setOf(statements)) === "object";

  it("an Allow never takes a witness away, a Deny never gives one", () => {
    void fc.assert(
      fc.property(policy, statement("Allow"), statement("Deny"), (statements, allow, deny) => {
        const open = isOpen(statements);
        if (open) expect(isOpen([...statements, allow])).toBe(true);
        else expect(isOpen([...statements, deny])).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it("the order of statements, and the letter case of actions and keys, change nothing", () => {
    const shouted = (statements: readonly unknown[]): unknown[] =>
      (
        JSON.parse(
          JSON.stringify(statements)
            .replaceAll("dynamodb:Get", "DYNAMODB:get")
            .replaceAll("aws:username", "AWS:UserName"),
        ) as unknown[]
      ).reverse();
    void fc.assert(
      fc.property(policy, (statements) => {
        expect(isOpen(shouted(statements))).toBe(isOpen(statements));
      }),
      { numRuns: 200 },
    );
  });
});
