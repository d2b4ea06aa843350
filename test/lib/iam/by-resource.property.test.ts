import * as fc from "fast-check";
import { expect, it } from "vitest";
import { ByResource } from "../../../lib/iam/by-resource.ts";
import { type CompiledStatement, compiledStatements } from "../../../lib/iam/evaluate.ts";
import { codesOf, matches } from "../../../lib/iam/pattern.ts";
import type { Statement } from "../../../lib/iam/policy.ts";
import { resourcePatterns } from "../../../lib/iam/search.ts";
import { callerOf, fillFor } from "../../../lib/iam/variables.ts";

const fill = fillFor(callerOf(null, "123456789012"));
const name = fc.constantFrom("A", "B", "AB", "A*", "*", "?", "${aws:username}", "${s3:prefix}");
const resource = fc.record({
  not: fc.boolean(),
  patterns: fc.array(
    name.map((one) => `arn:aws:dynamodb:us-east-1:123456789012:table/${one}`),
    { minLength: 1, maxLength: 3 },
  ),
});

function compiled(resources: readonly { readonly not: boolean; readonly patterns: readonly string[] }[]) {
  const statements = resources.map(
    (one, index): Statement => ({
      index,
      sid: null,
      effect: "Deny",
      action: { not: false, patterns: ["*"] },
      resource: one,
      principal: null,
      conditions: [],
    }),
  );
  return compiledStatements({ version: "2012-10-17", statements });
}

it("the first statement that applies to a resource is the one that is found by trying each", () => {
  const text = fc
    .constantFrom("A", "B", "AB", "BA")
    .map((one) => `arn:aws:dynamodb:us-east-1:123456789012:table/${one}`);
  void fc.assert(
    fc.property(
      fc.array(resource, { maxLength: 8 }),
      text.map(codesOf),
      fc.integer({ min: 0, max: 8 }),
      (all, asked, from) => {
        const statements = compiled(all);
        const applies = (statement: CompiledStatement): boolean =>
          statement.index >= from &&
          resourcePatterns(statement, fill).some((one) => matches(one, asked)) !== statement.resource.not;
        const found = new ByResource(statements, (one) => resourcePatterns(one, fill)).first(asked, applies);
        expect(found).toBe(statements.find(applies));
      },
    ),
  );
});
