/**
 * Policies as AWS's guides show them, each with what the definition of a free request says of it: who is wrong where the
 * two surprise each other is said in the sentence.
 */
import { describe, expect, it } from "vitest";
import { dataActions } from "../../../lib/iam/actions.ts";
import { type Found, findFreeRequest } from "../../../lib/iam/free-request.ts";
import { keyName } from "../../../lib/iam/keys.ts";
import { callerOf } from "../../../lib/iam/variables.ts";
import { setOf } from "./policies.ts";

export interface Example {
  readonly statements: unknown;
  readonly version?: string;
  readonly principal?: string;
  readonly expect:
    | Free
    /** Each of these keys restrains every request by itself, and without all of them one is free. */
    | { readonly boundBy: readonly string[] }
    /** No request for an item is allowed at all. */
    | "nothing";
}

interface Free {
  /** Without the service. */
  readonly action: string;
  /** Where it begins with this. */
  readonly resource?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

const account = "123456789012";
const now = Date.parse("2026-01-04T14:02:00Z");

/** A table of the guides' account and region, or what is below it. */
export function table(path: string): string {
  return `arn:aws:dynamodb:us-west-2:${account}:table/${path}`;
}

/** @param actions without the service, where they are DynamoDB's */
export function allow(actions: string, resource: string | readonly string[], condition?: object): object {
  return {
    Effect: "Allow",
    Action: actions
      .split(" ")
      .map((action) => (action === "*" || action.includes(":") ? action : `dynamodb:${action}`)),
    Resource: resource,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

export function deny(actions: string, resource: string | readonly string[], condition?: object): object {
  return { ...allow(actions, resource, condition), Effect: "Deny" };
}

export function guideExamples(page: string, examples: Readonly<Record<string, Example>>): void {
  describe(page, () => {
    it.each(Object.entries(examples))("%s", (_sentence, example) => {
      const { expect: wanted } = example;
      if (wanted === "nothing") expect(ask(example)).toBe("nothing");
      else if ("boundBy" in wanted) expectBound(example, wanted.boundBy);
      else expectFree(ask(example), wanted);
    });
  });
}

function ask(
  { statements, version, principal }: Example,
  bindingKeys: ((key: string) => boolean) | null = null,
): Found {
  const set = setOf(statements, version === undefined ? {} : { version });
  return findFreeRequest(set, {
    actions: dataActions,
    caller: callerOf(principal ?? null, account),
    bindingKeys,
    now,
  });
}

function expectBound(example: Example, keys: readonly string[]): void {
  expect(ask(example)).toBe("none");
  const names = keys.map(keyName);
  for (const name of names) expect(`${name}: ${String(ask(example, (key) => key === name))}`).toBe(`${name}: none`);
  expect(typeof ask(example, (key) => !names.includes(key))).toBe("object");
}

function expectFree(found: Found, { action, resource, context }: Free): void {
  if (typeof found === "string") throw new Error(`a free ${action} was expected, and the answer is ${found}`);
  expect(found.action).toBe(`dynamodb:${action}`);
  if (resource !== undefined) expect(found.resource.startsWith(resource), found.resource).toBe(true);
  if (context !== undefined) expect(found.context).toMatchObject(context);
}
