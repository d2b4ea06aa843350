/** Conditions of a template: the cases of a policy, which of them can be, and too many of them. */
import { describe, expect, it } from "vitest";
import { documentOf, documentsByName, type Json, managedPolicy, noValue, search } from "./templates.ts";

const stage = { Ref: "Stage" };
const isProduction = { "Fn::Equals": [stage, "prod"] };
const isTest = { "Fn::Equals": [stage, "test"] };
const Parameters = { Stage: { Type: "String", Default: "dev" }, Size: { Type: "Number", AllowedValues: [1, 2] } };

function choice(condition: string, then: unknown, otherwise: unknown): Json {
  return { "Fn::If": [condition, then, otherwise] };
}

function namesFor(Conditions: Json, Resources: Json): readonly string[] {
  return Object.keys(documentsByName({ Parameters, Conditions, Resources }));
}

describe("a policy that a condition decides in is one for each case", () => {
  const Conditions = { IsProduction: isProduction };
  const [one, other] = [documentOf("One"), documentOf("Other")];
  const both = { "P (IsProduction=true)": one, "P (IsProduction=false)": other };

  it.each<[string, unknown, Json]>([
    ["a whole document", choice("IsProduction", one, other), both],
    [
      "a statement",
      { Version: "2012-10-17", Statement: [choice("IsProduction", one["Statement"], other["Statement"])].flat() },
      {
        "P (IsProduction=true)": { Version: "2012-10-17", Statement: [one["Statement"]] },
        "P (IsProduction=false)": { Version: "2012-10-17", Statement: [other["Statement"]] },
      },
    ],
    [
      "the same in both cases",
      choice("IsProduction", one, one),
      { "P (IsProduction=true)": one, "P (IsProduction=false)": one },
    ],
    ["only in one case", choice("IsProduction", one, noValue), { "P (IsProduction=true)": one }],
    ["only in the other case", choice("IsProduction", noValue, one), { "P (IsProduction=false)": one }],
    ["a choice in a choice of the same", choice("IsProduction", choice("IsProduction", one, "x"), other), both],
  ])("%s", (_, document, documents) => {
    expect(documentsByName({ Parameters, Conditions, Resources: { P: managedPolicy(document) } })).toEqual(documents);
  });

  it("and the same condition decides alike in all its places", () => {
    const document = {
      Statement: [
        { Effect: "Allow", Action: choice("IsProduction", "a:b", "c:d"), Resource: "*" },
        { Effect: choice("IsProduction", "Allow", "Deny"), Action: "*", Resource: "*" },
      ],
    };
    const documents = documentsByName({ Parameters, Conditions, Resources: { P: managedPolicy(document) } });
    expect(Object.values(documents)).toMatchObject([
      { Statement: [{ Action: "a:b" }, { Effect: "Allow" }] },
      { Statement: [{ Action: "c:d" }, { Effect: "Deny" }] },
    ]);
  });

  it("also where it decides a name of a table", () => {
    const Resources = {
      Orders: {
        Type: "AWS::DynamoDB::Table",
        Properties: { TableName: choice("IsProduction", "orders", "orders-test") },
      },
      P: managedPolicy({ Statement: { Effect: "Allow", Action: "*", Resource: { "Fn::GetAtt": ["Orders", "Arn"] } } }),
    };
    expect(documentsByName({ Parameters, Conditions, Resources })).toMatchObject({
      "P (IsProduction=true)": { Statement: { Resource: expect.stringMatching(/\/orders$/) } },
      "P (IsProduction=false)": { Statement: { Resource: expect.stringMatching(/\/orders-test$/) } },
    });
  });

  it("inline policies too, in the branches of a list, each under its own name", () => {
    const inline = (name: string): Json => ({ PolicyName: name, PolicyDocument: documentOf(name) });
    const Policies = [inline("Always"), choice("IsProduction", [inline("One"), inline("Two")], inline("Other"))];
    expect(namesFor(Conditions, { R: { Type: "AWS::IAM::Role", Properties: { Policies } } })).toEqual([
      "R/Always",
      "R/One (IsProduction=true)",
      "R/Two (IsProduction=true)",
      "R/Other (IsProduction=false)",
    ]);
  });

  it("is not told where the template does not define the condition", () => {
    expect(documentsByName({ Resources: { P: managedPolicy(choice("Missing", one, other)) } })).toEqual({
      P: ["document depends on the condition `Missing`, which the template does not define; define it"],
    });
  });

  it.each<[string, unknown]>([
    ["a branch is missing", { "Fn::If": ["IsProduction", one] }],
    ["the condition is no name", { "Fn::If": [isProduction, one, other] }],
    ["there is no list", { "Fn::If": "IsProduction" }],
  ])("is not told where %s", (_, document) => {
    expect(documentsByName({ Parameters, Conditions, Resources: { P: managedPolicy(document) } })).toEqual({
      P: ["document has arguments of Fn::If that CloudFormation refuses; correct them"],
    });
  });
});

describe("a resource with a condition", () => {
  const document = choice("IsProduction", documentOf("One"), documentOf("Other"));

  it("is judged as it is where that holds", () => {
    expect(
      namesFor({ IsProduction: isProduction }, { P: managedPolicy(document, { Condition: "IsProduction" }) }),
    ).toEqual(["P"]);
    const decided = documentsByName({
      Parameters,
      Conditions: { IsProduction: isProduction, IsOther: { "Fn::Not": [{ Condition: "IsProduction" }] } },
      Resources: { P: managedPolicy(document, { Condition: "IsOther" }) },
    });
    expect(decided).toEqual({ P: documentOf("Other") });
  });

  it("is not judged where that never holds", () => {
    const Conditions = { Never: { "Fn::Equals": ["a", "b"] }, Always: { "Fn::Equals": ["a", "a"] } };
    const Resources = {
      P: managedPolicy(documentOf("One"), { Condition: "Never" }),
      Q: managedPolicy(documentOf("One"), { Condition: "Always" }),
    };
    expect(namesFor(Conditions, Resources)).toEqual(["Q"]);
  });

  it("is judged where the template does not define the condition", () => {
    expect(namesFor({}, { P: managedPolicy(documentOf("One"), { Condition: "Missing" }) })).toEqual(["P"]);
  });
});

describe("only cases that can be are judged", () => {
  const document = {
    Statement: { Effect: "Allow", Action: choice("A", "x:a", "x:b"), Resource: choice("B", "c", "d") },
  };
  const all = ["P (A=true, B=true)", "P (A=true, B=false)", "P (A=false, B=true)", "P (A=false, B=false)"];

  it.each<[string, unknown, unknown, readonly string[]]>([
    ["two that are about different things", isProduction, { "Fn::Equals": [{ Ref: "AWS::Region" }, "x"] }, all],
    [
      "two of which one excludes the other",
      isProduction,
      isTest,
      ["P (A=true)", "P (A=false, B=true)", "P (A=false, B=false)"],
    ],
    ["one and its contrary", isProduction, { "Fn::Not": [{ Condition: "A" }] }, ["P (A=true)", "P (A=false)"]],
    [
      "one in an alternative",
      isProduction,
      { "Fn::Or": [{ Condition: "A" }, isTest] },
      ["P (A=true)", "P (A=false, B=true)", "P (A=false, B=false)"],
    ],
    [
      "one in a conjunction",
      { "Fn::And": [{ Condition: "B" }, isProduction] },
      { "Fn::Equals": [{ Ref: "X" }, "y"] },
      ["P (A=true)", "P (A=false, B=true)", "P (A=false, B=false)"],
    ],
    [
      "the same thing compared from both sides",
      isProduction,
      { "Fn::Equals": ["prod", stage] },
      ["P (A=true)", "P (A=false)"],
    ],
    [
      "a parameter that has two values",
      { "Fn::Equals": [{ Ref: "Size" }, 1] },
      { "Fn::Equals": [{ Ref: "Size" }, "2"] },
      ["P (A=true)", "P (A=false)"],
    ],
    [
      "a value that the parameter does not allow",
      { "Fn::Equals": [{ Ref: "Size" }, 3] },
      isProduction,
      ["P (B=true)", "P (B=false)"],
    ],
    ["two things that are compared with each other", { "Fn::Equals": [stage, { Ref: "Size" }] }, isProduction, all],
    ["a function that is none of conditions", { "Fn::Contains": [["a"], stage] }, isProduction, all],
    [
      "conditions that name each other in a circle",
      { "Fn::Not": [{ Condition: "B" }] },
      { "Fn::Not": [{ Condition: "A" }] },
      expect.any(Array),
    ],
  ])("%s", (_, A, B, names) => {
    expect(namesFor({ A, B }, { P: managedPolicy(document) })).toEqual(names);
  });

  it("and one that is too hard to decide is taken as one that can be", () => {
    const parts = Array.from({ length: 20 }, (_, at) => ({ "Fn::Equals": [{ Ref: `P${at}` }, "x"] }));
    const Conditions = { A: { "Fn::And": parts }, B: { "Fn::Not": [{ Condition: "A" }] } };
    expect(namesFor(Conditions, { P: managedPolicy(document) })).toEqual(all);
  });
});

describe("a policy of more than eight cases", () => {
  const names = ["A", "B", "C", "D"];
  const Conditions = Object.fromEntries(names.map((name) => [name, { "Fn::Equals": [{ Ref: name }, "x"] }]));
  const withCases = (conditions: readonly string[]): Json =>
    managedPolicy({
      Statement: { Effect: "Allow", Action: conditions.map((name) => choice(name, "x:y", noValue)), Resource: "*" },
    });

  it("is not told, by the conditions that it asks for", () => {
    expect(search({ Conditions, Resources: { P: withCases(names) } }).policies).toEqual([
      {
        policy: "P",
        text: "null",
        unresolved: [
          "document differs in more than 8 cases by the conditions `A`, `B`, `C`, `D`; check a copy of the template without them",
        ],
        places: expect.anything(),
      },
    ]);
  });

  it("but one of eight is told in all", () => {
    expect(namesFor(Conditions, { P: withCases(names.slice(1)) })).toHaveLength(8);
  });

  it("and one of more that differ in one thing is told in all of its cases", () => {
    const stages = ["a", "b", "c", "d", "e", "f", "g"];
    const byStage = Object.fromEntries(stages.map((name) => [name, { "Fn::Equals": [stage, name] }]));
    expect(namesFor(byStage, { P: withCases(stages) })).toHaveLength(8);
  });
});

it("conditions that stand on each other without end are read", () => {
  const height = 20_000;
  const negations = Array.from({ length: height }, (_, at) => [`C${at + 1}`, { "Fn::Not": [{ Condition: `C${at}` }] }]);
  // Each is asked for after the one below it.
  const Resources = Object.fromEntries(
    negations.map(([Condition], at) => [`R${at}`, { Type: "AWS::X::Y", Condition }]),
  );
  const Conditions = { C0: isProduction, ...Object.fromEntries(negations) };
  const P = managedPolicy(choice(`C${height}`, documentOf("One"), documentOf("Other")));
  expect(namesFor(Conditions, { ...Resources, P })).toEqual([`P (C${height}=true)`, `P (C${height}=false)`]);
});
