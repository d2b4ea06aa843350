import { describe, expect, it } from "vitest";
import type { Fault } from "../../../lib/iam/faults.ts";
import { parsePolicy } from "../../../lib/iam/parse.ts";
import type { PolicyKind } from "../../../lib/iam/policy.ts";

const statement = { Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*" };

function textOf(document: unknown): string {
  return typeof document === "string" ? document : JSON.stringify(document);
}

function faultsOf(document: unknown, kind: PolicyKind = "identity"): readonly Fault[] {
  const result = parsePolicy(textOf(document), kind);
  return "faults" in result ? result.faults : [];
}

function sentences(document: unknown, kind: PolicyKind = "identity"): readonly string[] {
  return faultsOf(document, kind).map(({ path, message }) => `${path} ${message}`);
}

const withStatement = (members: object) => ({ Statement: [{ ...statement, ...members }] });
const withCondition = (condition: unknown) => withStatement({ Condition: condition });

describe("a fault of a policy document", () => {
  const cases: Record<string, [document: unknown, expected: readonly string[], kind?: PolicyKind]> = {
    "is text that is no JSON": ["{", ["document is no JSON: it ends where a name in double quotes is expected"]],
    "is a document that is no object": [[], ["document is a list; use an object for a policy document"]],
    "is no statement at all": [{}, ["document has no Statement; add one, even an empty list"]],
    "is a statement of another type": [{ Statement: "x" }, ["Statement is `x`; use an object for a statement"]],
    "is an unknown version": [
      { Version: "2012-10-18", Statement: [] },
      ["Version is `2012-10-18`; use 2012-10-17 or 2008-10-17"],
    ],
    "is a version that is no text": [
      { Version: 2012, Statement: [] },
      ["Version is `2012`; use 2012-10-17 or 2008-10-17"],
    ],
    "is an unknown element": [
      { Statement: [], Comment: "x" },
      ["Comment is no element of a policy document; use Version, Id, Statement"],
    ],
    "is an element in another letter case": [
      withStatement({ action: "*" }),
      ["Statement[0].action is no element of a statement; write Action"],
    ],
    "is an Id in an identity policy": [
      { Id: "x", Statement: [] },
      ["Id is not allowed in an identity policy; leave it out"],
    ],
    "is an Id that is no text": [{ Id: 1, Statement: [] }, ["Id is no text; use a string"], "resource"],
    "is an effect in another letter case": [
      withStatement({ Effect: "allow" }),
      ["Statement[0].Effect is `allow`; use Allow or Deny"],
    ],
    "is everything that a statement lacks": [
      { Statement: [{}] },
      [
        "Statement[0] has no Effect; use Allow or Deny",
        "Statement[0] has no Action; name the actions or use NotAction",
        "Statement[0] has no Resource; name the resources or use NotResource",
      ],
    ],
    "is both of a pair": [
      withStatement({ NotAction: "*", NotResource: "*" }),
      [
        "Statement[0] has both Action and NotAction; keep one",
        "Statement[0] has both Resource and NotResource; keep one",
      ],
    ],
    "is a principal in an identity policy": [
      withStatement({ Principal: "*" }),
      [
        "Statement[0] has a Principal, which an identity policy cannot have: it is about whoever it is attached to; leave it out",
      ],
    ],
    "is no principal in a resource policy": [
      withStatement({}),
      ["Statement[0] has no Principal, which a resource policy must name; add one"],
      "resource",
    ],
    "is no principal in an endpoint policy": [
      withStatement({}),
      ["Statement[0] has no Principal, which an endpoint policy must name; add one"],
      "endpoint",
    ],
    "is a wildcard within a principal": [
      withStatement({ Principal: { AWS: ["*", "arn:aws:iam::123456789012:role/*"] } }),
      [
        "Statement[0].Principal.AWS[1] is `arn:aws:iam::123456789012:role/*`; a wildcard cannot be a part of a principal: use `*` alone or whole ARNs",
      ],
      "resource",
    ],
    "is a principal that is text": [
      withStatement({ Principal: "123456789012" }),
      ['Statement[0].Principal is `123456789012`; use `*`, or an object such as {"AWS": "..."}'],
      "resource",
    ],
    "is a principal of another type": [
      withStatement({ Principal: { aws: "*" } }),
      ["Statement[0].Principal.aws is no element of a principal; write AWS"],
      "resource",
    ],
    "is an action without a service": [
      withStatement({ Action: ["dynamodb:*", "GetItem"] }),
      ["Statement[0].Action[1] is `GetItem`; use `service:Action`, or `*` alone"],
    ],
    "is an action that is no text": [withStatement({ Action: [1] }), ["Statement[0].Action[0] is `1`; use a string"]],
    "is a resource in a resource": [
      withStatement({ Resource: [["*"]] }),
      ["Statement[0].Resource[0] is a list; use a string"],
    ],
    "is a Sid of other signs in an identity policy": [
      withStatement({ Sid: "a b" }),
      ["Statement[0].Sid is `a b`; use the letters A to Z, a to z and digits only"],
    ],
    "is a Sid that is there twice in an identity policy": [
      {
        Statement: [
          { ...statement, Sid: "A" },
          { ...statement, Sid: "A" },
        ],
      },
      ["Statement[1] has the Sid `A` of statement 0; give each its own"],
    ],
    "is an unknown operator": [
      withCondition({ StringMatches: { "a:b": "c" } }),
      ["Statement[0].Condition.StringMatches is no condition operator; use one of the IAM user guide's"],
    ],
    "is an operator in another letter case": [
      withCondition({ "forallvalues:stringlikeifexists": { "a:b": "c" } }),
      [
        'Statement[0].Condition["forallvalues:stringlikeifexists"] is no condition operator; write ForAllValues:StringLikeIfExists',
      ],
    ],
    "is an unknown set": [
      withCondition({ "ForSomeValue:StringLike": {} }),
      ['Statement[0].Condition["ForSomeValue:StringLike"] is no condition operator; use one of the IAM user guide\'s'],
    ],
    "is Null with IfExists": [
      withCondition({ NullIfExists: { "a:b": true } }),
      ["Statement[0].Condition.NullIfExists cannot have IfExists, since Null asks just that; leave IfExists out"],
    ],
    "is a key in two letter cases": [
      withCondition({ StringEquals: { "aws:SourceVpce": "a", "aws:sourcevpce": "b" } }),
      [
        'Statement[0].Condition.StringEquals["aws:sourcevpce"] stands twice under one operator, letter case aside; keep one',
      ],
    ],
    "is a condition value that is null": [
      withCondition({ StringEquals: { "a:b": ["c", null] } }),
      ['Statement[0].Condition.StringEquals["a:b"][1] is null; use a string, a number or a Boolean'],
    ],
    "is a condition without a key": [
      withCondition({ StringEquals: "c" }),
      ["Statement[0].Condition.StringEquals is `c`; use an object for values by condition key"],
    ],
    "is a list of conditions": [
      withCondition([]),
      ["Statement[0].Condition is a list; use an object for conditions by operator"],
    ],
  };
  for (const [sentence, [document, expected, kind]] of Object.entries(cases)) {
    it(sentence, () => expect(sentences(document, kind)).toStrictEqual(expected));
  }

  it("is a name that stands twice, at any depth, though JSON.parse would drop it", () => {
    const text =
      '{"Statement": {"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {}, "Bool": {}}}}';
    expect(sentences(text)).toStrictEqual([
      "Statement.Effect stands twice in the same object; keep one",
      "Statement.Condition.Bool stands twice in the same object; keep one",
    ]);
  });

  it("says its line and column", () => {
    expect(
      faultsOf('{\n  "Statement": [\n    {"Effect": "allow", "Action": "*", "Resource": "*"}\n  ]\n}'),
    ).toMatchObject([{ line: 3, column: 16 }]);
  });

  it("cuts foreign text and leaves no control character in it", () => {
    const [sentence = ""] = sentences(withStatement({ Action: `\u001b[2J\u202e${"x".repeat(10_000)}` }));
    expect(sentence.length).toBeLessThan(200);
    expect(sentence).toContain("`?[2J?xxx");
  });

  it("is told at most fifty times", () => {
    expect(faultsOf({ Statement: Array.from({ length: 1_000 }, () => ({})) })).toHaveLength(50);
  });

  it("is a document over 128 kB, counted in bytes", () => {
    const padded = (length: number, sign: string) => `${JSON.stringify({ Statement: [] })}${sign.repeat(length)}`;
    expect(faultsOf(padded(128 * 1024 - 16, " "))).toStrictEqual([]);
    expect(sentences(padded(128 * 1024, " "))).toStrictEqual([
      "document is longer than 128 kB; no account can store such a policy",
    ]);
    const wide = JSON.stringify(withStatement({ Resource: "é".repeat(70_000) }));
    expect(wide.length).toBeLessThan(128 * 1024);
    expect(sentences(wide)).toHaveLength(1);
  });
});
