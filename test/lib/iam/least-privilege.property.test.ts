/** Least privilege against plain evaluation of many requests, and the laws that rewriting a policy obeys. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findAdministration } from "../../../lib/iam/administration.ts";
import { findAllActions } from "../../../lib/iam/all-actions.ts";
import { findAnyTableRequest } from "../../../lib/iam/any-table.ts";
import { isAllowed, type PolicySet } from "../../../lib/iam/evaluate.ts";
import { callerOf } from "../../../lib/iam/variables.ts";
import { setOf } from "./policies.ts";

const account = "123456789012";
const arn = (path: string): string => `arn:aws:dynamodb:us-east-1:${account}:table/${path}`;
const asking = { caller: callerOf(null, account, "aws"), now: Date.parse("2026-01-04T14:02:00Z") };

const names = fc.oneof(
  fc.constantFrom<unknown>("*", "dynamodb:*", ["dynamodb:GetItem", "dynamodb:Query"], "dynamodb:Delete*"),
  fc.subarray(
    ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:DeleteTable", "dynamodb:DeleteBackup", "dynamodb:GetRecords"],
    {
      minLength: 1,
    },
  ),
);
const places = fc.oneof(
  fc.record({
    Resource: fc.constantFrom<unknown>(
      "*",
      arn("*"),
      arn("Orders"),
      arn("Ord*"),
      arn("*/index/*"),
      arn("*/backup/*"),
      arn("Carts/*"),
      [arn("Orders"), arn("Carts")],
    ),
  }),
  fc.record({ NotResource: fc.constantFrom(arn("Orders"), arn("*"), arn("Ord*")) }),
);
const conditions = fc.constantFrom<object>(
  {},
  {},
  { Condition: { StringEquals: { "aws:SourceVpce": "vpce-11111111" } } },
  { Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-11111111" } } },
  { Condition: { StringEquals: { "dynamodb:NoSuchKey": "x" } } },
);
const statement = (effect: fc.Arbitrary<string>) =>
  fc
    .tuple(effect, names, places, conditions)
    .map(([Effect, Action, place, condition]) => ({ Effect, Action, ...place, ...condition }));
const policy = fc.array(statement(fc.constantFrom("Allow", "Allow", "Deny")), { minLength: 1, maxLength: 4 });
const limits = fc.option(fc.array(statement(fc.constant("Allow")), { minLength: 1, maxLength: 2 }), { freq: 3 });

/** Whether a request is allowed from some network. */
function isGranted(set: PolicySet, action: string, resource: string): boolean {
  return [null, "vpce-11111111", "vpce-22222222"].some((endpoint) => {
    const context = new Map(endpoint === null ? [] : [["aws:sourcevpce", [endpoint]]]);
    return isAllowed({ principal: null, action, resource, context }, set).allowed;
  });
}

const below = {
  GetItem: [""],
  Query: ["", "/index/i"],
  GetRecords: ["/stream/s"],
  DeleteTable: [""],
  DeleteBackup: ["/backup/b"],
} as const;
const resourcesOf = (action: keyof typeof below, table: string): readonly string[] =>
  below[action].map((tail) => arn(`${table}${tail}`));
const granted = (set: PolicySet, action: keyof typeof below, table: string): boolean =>
  resourcesOf(action, table).some((resource) => isGranted(set, `dynamodb:${action}`, resource));

const tables = ["Orders", "Ordinary", "Carts", "Fresh"];
const timeLimit = 60_000;

describe("least privilege", { timeout: timeLimit }, () => {
  it("finds a request on an unnamed table wherever plain evaluation does, and no other", () => {
    const answers = { found: 0, none: 0, undecided: 0 };
    void fc.assert(
      fc.property(policy, limits, (statements, boundary) => {
        const set = setOf(statements, boundary === null ? {} : { boundary });
        const found = findAnyTableRequest(set, asking);
        const expected = (Object.keys(below) as (keyof typeof below)[]).some((action) => granted(set, action, "Fresh"));
        if (found === "undecided") answers.undecided++;
        if (expected) expect(found).not.toBe("none");
        if (typeof found === "object") {
          answers.found++;
          expect(found.resource).not.toMatch(/table\/(Ord|Carts)/);
        } else if (found === "none") answers.none++;
      }),
      { numRuns: 400 },
    );
    expect(Math.min(answers.found, answers.none)).toBeGreaterThan(40);
    // Conditions that exclude each other table by table are beyond it.
    expect(answers.undecided).toBeLessThan(8);
  });

  it("finds administration beside data wherever plain evaluation does", () => {
    const answers = { found: 0, none: 0, undecided: 0 };
    void fc.assert(
      fc.property(policy, limits, (statements, boundary) => {
        const set = setOf(statements, boundary === null ? {} : { boundary });
        const found = findAdministration(set, asking);
        const expected = tables.some(
          (table) =>
            (granted(set, "DeleteTable", table) || granted(set, "DeleteBackup", table)) &&
            (granted(set, "GetItem", table) || granted(set, "Query", table)),
        );
        if (found === "undecided") answers.undecided++;
        if (expected) expect(found).not.toBe("none");
        if (typeof found === "object") {
          answers.found++;
          const tableOf = (resource: string): string => resource.split("/")[1] ?? "";
          // What is on no table is beside any.
          if (found.administrative.resource !== "*")
            expect(tableOf(found.administrative.resource)).toBe(tableOf(found.data.resource));
        } else if (found === "none") answers.none++;
      }),
      { numRuns: 400 },
    );
    expect(Math.min(answers.found, answers.none)).toBeGreaterThan(40);
    // Conditions that exclude each other table by table are beyond it.
    expect(answers.undecided).toBeLessThan(8);
  });

  it("does not change with the order, the case or the splitting of statements", () => {
    void fc.assert(
      fc.property(policy, (statements) => {
        const kind = (set: PolicySet): readonly string[] =>
          [findAllActions(set, asking), findAnyTableRequest(set, asking), findAdministration(set, asking)].map(
            (found) => (typeof found === "object" ? "found" : found),
          );
        const before = kind(setOf(statements));
        const split = statements.flatMap((one) =>
          Array.isArray(one.Action) ? one.Action.map((Action) => ({ ...one, Action })) : [one],
        );
        const upper = statements.map((one) => ({
          ...one,
          Action: [one.Action].flat().map((name) => String(name).toUpperCase()),
        }));
        expect(kind(setOf(statements.toReversed()))).toEqual(before);
        expect(kind(setOf(split))).toEqual(before);
        expect(kind(setOf(upper))).toEqual(before);
      }),
      { numRuns: 150 },
    );
  });

  it("no Allow takes a finding away, and no Deny adds one", () => {
    void fc.assert(
      fc.property(
        policy,
        statement(fc.constant("Allow")),
        statement(fc.constant("Deny")),
        (statements, allow, deny) => {
          const found = (some: readonly object[]): boolean =>
            typeof findAdministration(setOf(some), asking) === "object";
          const before = found(statements);
          if (before) expect(found([...statements, allow])).toBe(true);
          else expect(found([...statements, deny])).toBe(false);
        },
      ),
      { numRuns: 150 },
    );
  });
});
