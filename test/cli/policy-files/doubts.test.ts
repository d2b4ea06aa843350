/** What of a document is in doubt: told where it matters to DynamoDB, by its path, and null in the text. */
import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../../lib/iam/parse.ts";
import { documentOf, managedPolicy, search } from "./templates.ts";

const unknown = { "Fn::ImportValue": "x" };
const why = "depends on `x`, exported by another stack (Fn::ImportValue); write the value there";

function found(document: unknown): { readonly text: unknown; readonly unresolved: readonly string[] } {
  const [policy] = search({ Resources: { P: managedPolicy(document) } }).policies;
  return { text: JSON.parse(policy?.text ?? ""), unresolved: policy?.unresolved ?? [] };
}

describe("what is not told is told by its path, and null in the text", () => {
  const statement = { Effect: "Allow", Action: "dynamodb:*", Resource: "*" };
  it.each<[string, unknown, unknown]>([
    ["document", unknown, null],
    ["Version", { Version: unknown, Statement: [] }, { Version: null, Statement: [] }],
    ["Statement", { Statement: unknown }, { Statement: null }],
    ["Statement[1]", { Statement: [statement, unknown] }, { Statement: [statement, null] }],
    [
      "Statement.Effect",
      { Statement: { ...statement, Effect: unknown } },
      { Statement: { ...statement, Effect: null } },
    ],
    [
      "Statement.Action",
      { Statement: { ...statement, Action: unknown } },
      { Statement: { ...statement, Action: null } },
    ],
    [
      "Statement[0].Action[1]",
      { Statement: [{ ...statement, Action: ["s3:*", unknown] }] },
      { Statement: [{ ...statement, Action: ["s3:*", null] }] },
    ],
    [
      "Statement[0].NotResource",
      { Statement: [{ Effect: "Allow", Action: "*", NotResource: unknown }] },
      { Statement: [{ Effect: "Allow", Action: "*", NotResource: null }] },
    ],
    [
      "Statement[0].Condition.StringLike.aws:x[0]",
      { Statement: [{ ...statement, Condition: { StringLike: { "aws:x": [unknown] } } }] },
      { Statement: [{ ...statement, Condition: { StringLike: { "aws:x": [null] } } }] },
    ],
    ["a?b", { "a\nb": unknown }, { "a\nb": null }],
  ])("%s", (path, document, text) => {
    expect(found(document)).toEqual({ text, unresolved: [`${path} ${why}`] });
  });

  it("each of several", () => {
    expect(found({ Statement: [{ ...statement, Action: unknown, Resource: [unknown, "*"] }] }).unresolved).toEqual([
      `Statement[0].Action ${why}`,
      `Statement[0].Resource[0] ${why}`,
    ]);
  });

  it("so that no such document can be judged", () => {
    for (const document of [unknown, { Statement: unknown }, { Statement: [{ ...statement, Resource: unknown }] }]) {
      expect(parsePolicy(JSON.stringify(found(document).text), "identity")).toHaveProperty("faults");
    }
  });
});

describe("of a statement about other services nothing matters but its effect", () => {
  const foreign = { Effect: "Allow", Action: ["s3:GetObject", "SQS:*"], Resource: "*" };

  it("its resources and conditions may be anything", () => {
    const statement = { ...foreign, Resource: [unknown], Condition: { StringLike: { "aws:x": unknown } } };
    const { text, unresolved } = found({ Version: "2012-10-17", Statement: [statement] });
    expect(unresolved).toEqual([]);
    expect(text).toEqual({
      Version: "2012-10-17",
      Statement: [{ ...foreign, Resource: ["unknown"], Condition: { StringLike: { "aws:x": "unknown" } } }],
    });
    expect(parsePolicy(JSON.stringify(text), "identity")).toHaveProperty("policy");
  });

  it("without a list too", () => {
    expect(found({ Statement: { ...foreign, Action: "kms:Decrypt", Resource: unknown } }).unresolved).toEqual([]);
  });

  it("its effect does", () => {
    expect(found({ Statement: [{ ...foreign, Effect: unknown }] })).toEqual({
      text: { Statement: [{ ...foreign, Effect: null }] },
      unresolved: [`Statement[0].Effect ${why}`],
    });
  });

  it.each<[string, unknown]>([
    ["DynamoDB's actions among them", ["s3:*", "dynamodb:GetItem"]],
    ["DynamoDB's in another case", "DynamoDB:GetItem"],
    ["all services", "*"],
    ["a pattern of services", "d*:GetItem"],
    ["a pattern of one sign", "?ynamodb:GetItem"],
    ["a text without a service", "GetItem"],
    ["no text", [1]],
    ["an action that is not told", ["s3:*", unknown]],
  ])("but this is none: %s", (_, Action) => {
    expect(found({ Statement: [{ ...foreign, Action, Resource: unknown }] }).unresolved).toContain(
      `Statement[0].Resource ${why}`,
    );
  });

  it.each<[string, unknown]>([
    ["NotAction", { Effect: "Allow", NotAction: "s3:*", Resource: unknown }],
    ["NotAction beside Action", { ...foreign, NotAction: "s3:*", Resource: unknown }],
    ["no action", { Effect: "Allow", Resource: unknown }],
  ])("nor is one with %s", (_, statement) => {
    expect(found({ Statement: [statement] }).unresolved).toEqual([`Statement[0].Resource ${why}`]);
  });

  it("a document that only looks like a statement is none", () => {
    expect(found({ ...foreign, Resource: unknown }).unresolved).toEqual([`Resource ${why}`]);
  });
});

it("the name of a statement does not matter", () => {
  const { text, unresolved } = found({
    Version: "2012-10-17",
    Statement: [{ Sid: unknown, Effect: "Allow", Action: "*", Resource: "*" }],
  });
  expect(unresolved).toEqual([]);
  expect(text).toMatchObject({ Statement: [{ Sid: "" }] });
  expect(parsePolicy(JSON.stringify(text), "identity")).toHaveProperty("policy");
});

describe("a document as text", () => {
  it("passes as it is", () => {
    const text = JSON.stringify(documentOf("Orders"), null, 3);
    expect(search({ Resources: { P: managedPolicy(text) } }).policies).toEqual([
      { policy: "P", text, unresolved: [], places: expect.anything() },
    ]);
  });

  it("of which something is not told is not told at all", () => {
    const document = { "Fn::Sub": '{"Statement": "${Missing}"}' };
    expect(found(document)).toEqual({
      text: null,
      unresolved: ["document names `Missing`, which the template does not define; define it, or correct the name"],
    });
  });

  it("in which a name of AWS's stands is not told: where it stands is not known", () => {
    const document = { "Fn::Sub": '{"Statement": {"Resource": "${B.Arn}"}}' };
    const Resources = { B: { Type: "AWS::S3::Bucket" }, P: managedPolicy(document) };
    expect(search({ Resources }).policies).toEqual([
      {
        policy: "P",
        text: "null",
        unresolved: ["document depends on `B.Arn`, which is known only after a deployment; write the value there"],
        places: expect.anything(),
      },
    ]);
  });
});
