import { describe, expect, it } from "vitest";
import { dataFirst } from "../../../lib/iam/actions.ts";
import { oneOfEachKind } from "../../../lib/iam/alike.ts";
import { document } from "./policies.ts";

const allow = (parts: object) => ({ Effect: "Allow", Principal: "*", Action: "*", Resource: "*", ...parts });
const kindsOf = (statements: unknown, actions = dataFirst): readonly string[] =>
  oneOfEachKind(document(statements, undefined, "endpoint").policy, actions);
const items = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"];

describe("one action of each kind", () => {
  it("is the first of those on the same resources, where a policy allows all", () => {
    expect(kindsOf(allow({}), items)).toEqual(["dynamodb:GetItem", "dynamodb:Query"]);
    expect(kindsOf(allow({})).length).toBeLessThan(15);
  });

  it("is told apart by the statements that speak of it", () => {
    expect(kindsOf([allow({}), allow({ Action: "dynamodb:Put*" })], items)).toEqual([
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
    ]);
  });

  it("is told apart by the keys that its requests carry, in conditions and in variables", () => {
    const tagging = ["dynamodb:TagResource", "dynamodb:ListTagsOfResource"];
    expect(kindsOf(allow({}), tagging)).toEqual(["dynamodb:TagResource"]);
    expect(kindsOf(allow({ Condition: { StringLike: { "aws:RequestTag/team": "red" } } }), tagging)).toEqual(tagging);
    expect(kindsOf(allow({ Resource: "arn:aws:dynamodb:*:*:table/${aws:RequestTag/team}" }), tagging)).toEqual(tagging);
  });

  it("is each action, where a policy speaks of the service's own keys", () => {
    expect(kindsOf(allow({ Condition: { StringEquals: { "dynamodb:Select": "COUNT" } } }), items)).toEqual(items);
  });
});
