/** CloudFormation's functions in the place of a value. */
import { describe, expect, it } from "vitest";
import { arn, documentsByName, type Json, managedPolicy, noValue, resolved, unresolved } from "./templates.ts";

const template = {
  Parameters: {
    Stage: { Type: "String", Default: "dev" },
    List: { Type: "CommaDelimitedList", Default: "a,b,c" },
    Open: { Type: "String" },
  },
  Mappings: { Stages: { dev: { name: "orders-dev", list: ["a", "b"] } }, Regions: { "us-east-1": { zone: 1 } } },
  Resources: { Orders: { Type: "AWS::DynamoDB::Table" } },
};
const open = unresolved(
  "depends on the parameter `Open`, which has no default; check a copy of the template with a default for it",
);

function refused(name: string): Json {
  return unresolved(`has arguments of ${name} that CloudFormation refuses; correct them`);
}

type Case = [what: string, argument: unknown, value: unknown];

function table(name: string, cases: readonly Case[]): void {
  describe(name, () => {
    it.each(cases)("%s", (_, argument, value) => {
      expect(resolved({ [name]: argument }, template)).toEqual(value);
    });
  });
}

table("Fn::Sub", [
  ["puts names in", "arn:${AWS::Partition}:dynamodb:*:*:table/${Stage}", "arn:aws:dynamodb:*:*:table/dev"],
  ["puts attributes in", "${Orders.Arn}/index/*", `${arn}/Orders/index/*`],
  [
    "puts its own values in, before those of the template",
    ["${Stage}/${X}", { Stage: "own", X: { Ref: "Stage" } }],
    "own/dev",
  ],
  ["takes a list without values", ["${Stage}"], "dev"],
  ["leaves a text without names as it is", "a$b{c}$", "a$b{c}$"],
  ["leaves what has no end as it is", "${Stage", "${Stage"],
  ["takes no sign before a name for its own", "$${Stage}", "$dev"],
  [
    "makes a literal of what has an exclamation mark",
    "${!aws:username}/${!Stage}/${Stage}",
    "${aws:username}/${Stage}/dev",
  ],
  ["does not read what it has put in", ["${X}", { X: "${Stage}" }], "${Stage}"],
  [
    "tells IAM's variables how to be written",
    "${aws:username}",
    unresolved("names `aws:username`, which the template does not define; for IAM's variable write `${!aws:username}`"),
  ],
  [
    "takes no space in a name",
    "${ Stage }",
    unresolved("names ` Stage `, which the template does not define; define it, or correct the name"),
  ],
  ["is not told where a name is not", "${Stage}-${Open}", open],
  ["is not told where its own value is not", ["${X}", { X: { Ref: "Open" } }], open],
  ["takes no list in a text", "${List}", refused("Fn::Sub")],
  ["takes no number", 1, refused("Fn::Sub")],
  ["takes no function for its text", { Ref: "Stage" }, refused("Fn::Sub")],
  ["takes no empty list", [], refused("Fn::Sub")],
]);

describe("IAM's variables outside Fn::Sub are IAM's", () => {
  it.each<[string, unknown]>([
    ["in a text", "arn:aws:dynamodb:*:*:table/${aws:username}"],
    ["in a text that is joined", { "Fn::Join": ["/", ["arn:aws:dynamodb:*:*:table", "${aws:username}"]] }],
  ])("%s", (_, value) => {
    expect(resolved(value)).toBe("arn:aws:dynamodb:*:*:table/${aws:username}");
  });
});

table("Fn::Join", [
  ["joins", ["/", ["a", { Ref: "Stage" }, { "Fn::GetAtt": "Orders.Arn" }]], `a/dev/${arn}/Orders`],
  ["joins a parameter's list", ["-", { Ref: "List" }], "a-b-c"],
  ["joins numbers and Booleans", ["", [1, true, "x"]], "1truex"],
  ["joins nothing", ["-", []], ""],
  ["leaves out what is left out", ["-", ["a", noValue, "b"]], "a-b"],
  ["joins what was split", ["-", { "Fn::Split": [",", "a,b"] }], "a-b"],
  ["is not told where an item is not", ["-", ["a", { Ref: "Open" }]], open],
  ["is not told where the list is not", ["-", { Ref: "Open" }], open],
  ["takes no list in a list", ["-", [["a"]]], refused("Fn::Join")],
  ["takes no text for a list", ["-", "a"], refused("Fn::Join")],
  ["takes no function for what stands between", [{ Ref: "Stage" }, ["a"]], refused("Fn::Join")],
  ["takes no object", { a: 1 }, refused("Fn::Join")],
]);

table("Fn::Select", [
  ["takes an item", [1, ["a", "b"]], "b"],
  ["takes its place as text", ["0", { Ref: "List" }], "a"],
  ["takes an object", [0, [["x", "y"]]], ["x", "y"]],
  ["takes its place from a map", [{ "Fn::FindInMap": ["Regions", { Ref: "AWS::Region" }, "zone"] }, ["a", "b"]], "b"],
  ["is told where another item is not", [0, ["a", { Ref: "Open" }]], "a"],
  ["is not told where its item is not", [1, ["a", { Ref: "Open" }]], open],
  ["is not told where the list is not", [0, { Ref: "Open" }], open],
  ["is not told where the place is not", [{ Ref: "Open" }, ["a"]], open],
  ["takes no place beyond the end", [2, ["a", "b"]], refused("Fn::Select")],
  ["takes no place before the beginning", [-1, ["a"]], refused("Fn::Select")],
  ["takes no place that is empty", ["", ["a"]], refused("Fn::Select")],
  ["takes no word for a place", ["length", ["a"]], refused("Fn::Select")],
  ["takes no text for a list", [0, "abc"], refused("Fn::Select")],
]);

table("Fn::Split", [
  ["splits", ["-", "a-b--c"], ["a", "b", "", "c"]],
  ["splits by more than a sign", ["::", "a::b"], ["a", "b"]],
  ["splits what is made", ["-", { "Fn::Sub": "${Stage}-x" }], ["dev", "x"]],
  ["is not told where its text is not", ["-", { Ref: "Open" }], open],
  ["takes no empty text to split by", ["", "abc"], refused("Fn::Split")],
  ["takes no list", ["-", ["a"]], refused("Fn::Split")],
]);

table("Fn::FindInMap", [
  ["finds", ["Stages", "dev", "name"], "orders-dev"],
  ["finds by what a name stands for", ["Stages", { Ref: "Stage" }, "name"], "orders-dev"],
  ["finds a list", ["Stages", "dev", "list"], ["a", "b"]],
  ["takes a default", ["Stages", "prod", "name", { DefaultValue: { Ref: "Stage" } }], "dev"],
  ["is not told where a key is not", ["Stages", { Ref: "Open" }, "name"], open],
  ["is not told where the default is not", ["Stages", "prod", "name", { DefaultValue: { Ref: "Open" } }], open],
  [
    "tells what is not there",
    ["Stages", "prod", "name"],
    unresolved("depends on `Stages.prod.name`, which Mappings does not hold; add it"),
  ],
  [
    "finds no member of all objects",
    ["constructor", "name", "length"],
    unresolved("depends on `constructor.name.length`, which Mappings does not hold; add it"),
  ],
]);

const imported = (what: string): Json =>
  unresolved(`depends on ${what}, exported by another stack (Fn::ImportValue); write the value there`);
table("Fn::ImportValue", [
  ["is never told", "orders-arn", imported("`orders-arn`")],
  ["is told by what its name is made of", { "Fn::Sub": "${Stage}-arn" }, imported("`dev-arn`")],
  ["may have a name that is not told", { Ref: "Open" }, imported("a value")],
]);

table("Fn::GetAtt", [
  ["is put together from what stands for names", ["Orders", { "Fn::Sub": "Arn" }], `${arn}/Orders`],
  ["is not told where a part is not", ["Orders", { Ref: "Open" }], open],
  ["takes no name without an attribute", "Orders", refused("Fn::GetAtt")],
  ["takes no object", { Orders: "Arn" }, refused("Fn::GetAtt")],
]);

describe("what is read at deployment is not told", () => {
  it.each<[string, unknown, string]>([
    ["a parameter", "{{resolve:ssm:/orders/arn}}", "{{resolve:ssm:/orders/arn}}"],
    [
      "a secret within a text",
      "arn:{{resolve:secretsmanager:s:SecretString:k}}/*",
      "{{resolve:secretsmanager:s:SecretString:k}}",
    ],
    ["one that is made", { "Fn::Sub": "{{resolve:ssm:/${Stage}/arn}}" }, "{{resolve:ssm:/dev/arn}}"],
    ["one that is joined", { "Fn::Join": ["", ["{{resolve:", "ssm:/arn}}"]] }, "{{resolve:ssm:/arn}}"],
  ])("%s", (_, value, reference) => {
    expect(resolved(value, template)).toEqual(
      unresolved(`depends on \`${reference}\`, which is read at deployment; write the value there`),
    );
  });
});

describe("what is no function that can be read is not told", () => {
  it.each<[string, unknown, string]>([
    [
      "another function",
      { "Fn::Base64": "x" },
      "depends on `Fn::Base64`, which is not read here; write the value there",
    ],
    [
      "an included part",
      { "Fn::Transform": {} },
      "depends on `Fn::Transform`, which is not read here; write the value there",
    ],
    [
      "a function that is none",
      { "Fn::toString": "x" },
      "depends on `Fn::toString`, which is not read here; write the value there",
    ],
    [
      "a function beside others",
      { "Fn::Sub": "x", "Fn::Join": [] },
      "holds a function of CloudFormation beside other members; check the processed template",
    ],
    ["a reference to no name", { Ref: ["Stage"] }, "has arguments of Ref that CloudFormation refuses; correct them"],
  ])("%s", (_, value, sentence) => {
    expect(resolved(value)).toEqual(unresolved(sentence));
  });
});

describe("functions in functions", () => {
  it("are read from the inside out", () => {
    const value = {
      "Fn::Join": [
        "/",
        [
          { "Fn::Select": [0, { "Fn::Split": ["/", { "Fn::GetAtt": ["Orders", "Arn"] }] }] },
          { "Fn::Sub": ["${A}", { A: { Ref: "Stage" } }] },
        ],
      ],
    };
    expect(resolved(value, template)).toBe("arn:aws:dynamodb:us-east-1:123456789012:table/dev");
  });

  it("stand in any place of a document", () => {
    const document = {
      Version: { "Fn::Sub": "2012-10-17" },
      Statement: { "Fn::Select": [0, [[{ Effect: { "Fn::Join": ["", ["Al", "low"]] }, Action: { Ref: "List" } }]]] },
    };
    expect(documentsByName({ ...template, Resources: { P: managedPolicy(document) } })).toEqual({
      P: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["a", "b", "c"] }] },
    });
  });

  it("that unfold without end are not told", () => {
    const Parameters = { Long: { Type: "String", Default: "x".repeat(100_000) } };
    expect(resolved({ "Fn::Sub": "${Long}".repeat(1_000) }, { Parameters })).toEqual(
      unresolved("unfolds, with all else in the template, to more than can be read; check its parts"),
    );
  });
});
