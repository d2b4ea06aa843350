import { describe, expect, it } from "vitest";
import { decodePolicyDocument, parsePolicy } from "../../../lib/iam/parse.ts";
import { operators, type Policy, type PolicyKind } from "../../../lib/iam/policy.ts";

const statement = { Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*" };

function textOf(document: unknown): string {
  return typeof document === "string" ? document : JSON.stringify(document);
}

function parsed(document: unknown, kind: PolicyKind = "identity"): Policy {
  const result = parsePolicy(textOf(document), kind);
  if ("faults" in result) throw new Error(result.faults.map(({ path, message }) => `${path} ${message}`).join("; "));
  return result.policy;
}

function sentences(document: unknown, kind: PolicyKind = "identity"): readonly string[] {
  const result = parsePolicy(textOf(document), kind);
  return "faults" in result ? result.faults.map(({ path, message }) => `${path} ${message}`) : [];
}

const withStatement = (members: object) => ({ Statement: [{ ...statement, ...members }] });
const withCondition = (condition: unknown) => withStatement({ Condition: condition });

describe("a policy document", () => {
  it("is read whole", () => {
    const document = {
      Version: "2012-10-17",
      Id: "tables",
      Statement: [
        {
          Sid: "any sid, with signs",
          Effect: "Deny",
          NotPrincipal: { AWS: ["123456789012", "*"], Service: "dax.amazonaws.com" },
          NotAction: ["dynamodb:Get*", "*:Scan"],
          NotResource: "arn:aws:dynamodb:*:*:table/${aws:username}",
          Condition: {
            "ForAllValues:StringLikeIfExists": { "dynamodb:LeadingKeys": ["a", 1, true] },
            Null: { "aws:SourceVpce": false, "aws:SourceVpc": "false" },
          },
        },
      ],
    };
    expect(parsed(document, "resource")).toStrictEqual({
      version: "2012-10-17",
      statements: [
        {
          index: 0,
          sid: "any sid, with signs",
          effect: "Deny",
          principal: {
            not: true,
            principals: [
              { type: "AWS", value: "123456789012" },
              { type: "AWS", value: "*" },
              { type: "Service", value: "dax.amazonaws.com" },
            ],
          },
          action: { not: true, patterns: ["dynamodb:Get*", "*:Scan"] },
          resource: { not: true, patterns: ["arn:aws:dynamodb:*:*:table/${aws:username}"] },
          conditions: [
            {
              operator: "StringLike",
              set: "ForAllValues",
              ifExists: true,
              key: "dynamodb:LeadingKeys",
              values: ["a", "1", "true"],
            },
            { operator: "Null", set: null, ifExists: false, key: "aws:SourceVpce", values: ["false"] },
            { operator: "Null", set: null, ifExists: false, key: "aws:SourceVpc", values: ["false"] },
          ],
        },
      ],
    });
  });

  it("without a version is of 2008", () => {
    expect(parsed({ Statement: statement }).version).toBe("2008-10-17");
    expect(parsed({ Version: "2008-10-17", Statement: statement }).version).toBe("2008-10-17");
  });

  it("with one statement, or one value, is the same as with a list of one", () => {
    const listed = {
      Statement: [
        { ...statement, Action: ["dynamodb:GetItem"], Resource: ["*"], Condition: { Bool: { "a:b": [true] } } },
      ],
    };
    const single = { Statement: { ...statement, Condition: { Bool: { "a:b": "true" } } } };
    expect(parsed(single)).toStrictEqual(parsed(listed));
  });

  it("of no statements, no values, no conditions grants what it says: nothing there", () => {
    expect(parsed({ Statement: [] }).statements).toStrictEqual([]);
    const [first] = parsed(withStatement({ Action: [], Resource: [], Condition: { StringEquals: {} } })).statements;
    expect(first).toMatchObject({ action: { patterns: [] }, resource: { patterns: [] }, conditions: [] });
    expect(parsed(withCondition({ StringEquals: { "a:b": [] } })).statements[0]?.conditions[0]?.values).toStrictEqual(
      [],
    );
  });

  it("numbers its statements from 0 and takes an empty Sid for none", () => {
    const { statements } = parsed({
      Statement: [
        { ...statement, Sid: "" },
        { ...statement, Sid: "" },
      ],
    });
    expect(statements.map(({ index, sid }) => [index, sid])).toStrictEqual([
      [0, null],
      [1, null],
    ]);
  });

  it("takes * and the AWS account of everyone for one principal", () => {
    for (const Principal of ["*", { AWS: "*" }, { AWS: ["*"] }]) {
      expect(parsed(withStatement({ Principal }), "endpoint").statements[0]?.principal).toStrictEqual({
        not: false,
        principals: [{ type: "AWS", value: "*" }],
      });
    }
  });

  it("may leave the resource out in a resource policy only", () => {
    const document = { Statement: { Effect: "Allow", Principal: "*", Action: "*" } };
    expect(parsed(document, "resource").statements[0]?.resource).toBeNull();
    expect(sentences(document, "endpoint")).toStrictEqual([
      "Statement has no Resource; name the resources or use NotResource",
    ]);
  });

  it("keeps the text of a number as it is written", () => {
    const text = `{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
      "Condition": {"NumericEquals": {"a:b": [1.50, 123456789012345678901]}}}}`;
    expect(parsed(text).statements[0]?.conditions[0]?.values).toStrictEqual(["1.50", "123456789012345678901"]);
  });

  it("keeps names of Object's own and halves of surrogates as any other", () => {
    const { conditions } =
      parsed(withCondition(JSON.parse('{"StringEquals": {"__proto__": "\\ud800"}}'))).statements[0] ?? {};
    expect(conditions).toMatchObject([{ key: "__proto__", values: ["\ud800"] }]);
  });

  it("may have every operator with every set and IfExists, but for Null", () => {
    for (const operator of operators) {
      for (const set of [null, "ForAllValues", "ForAnyValue"]) {
        for (const ifExists of [false, true]) {
          const written = `${set === null ? "" : `${set}:`}${operator}${ifExists ? "IfExists" : ""}`;
          const document = withCondition({ [written]: { "a:b": "c" } });
          if (operator === "Null" && ifExists) expect(sentences(document)).toHaveLength(1);
          else expect(parsed(document).statements[0]?.conditions[0]).toMatchObject({ operator, set, ifExists });
        }
      }
    }
  });
});

describe("a document from IAM's API", () => {
  const text = JSON.stringify({ Statement: [{ ...statement, Resource: "arn:aws:dynamodb:*:*:table/100%25 sure" }] });
  const cases: Record<string, [given: string, expected: string]> = {
    "is decoded where it is URL-encoded": [encodeURIComponent(text), text],
    "stays as it is where once is not enough": ["%257B%257D", "%257B%257D"],
    "is decoded after white space": [`\n ${encodeURIComponent("{}")}`, "\n {}"],
    "is decoded where the white space is encoded too": ["%0A%7B%7D", "\n{}"],
    "is decoded in lower case": ["%7b%7d", "{}"],
    "stays as it is where it is plain": [text, text],
    "stays as it is where it cannot be decoded": ["%7B%", "%7B%"],
    "stays as it is where it is nothing either way": ["100%25", "100%25"],
  };
  for (const [sentence, [given, expected]] of Object.entries(cases)) {
    it(sentence, () => expect(decodePolicyDocument(given)).toBe(expected));
  }
});
