import { expect, test } from "vitest";
import { CliError } from "../../cli/errors.ts";
import { chooseRules } from "../../cli/inputs.ts";
import { defineRule } from "../../lib/define-rule.ts";
import { choice, flag } from "../../lib/parameters.ts";
import type { Rule } from "../../lib/rule.ts";
import { dictatedRule } from "../fakes/rule.ts";

const strict = dictatedRule({});
const byName = {
  colour: choice({ description: "Which.", values: ["RED", "BLUE"], default: "RED" }),
  loud: flag({ description: "Whether.", default: false }),
};
const other: Rule = defineRule<unknown, object>({
  ...strict,
  name: "dynamodb-other",
  parameters: { byName, contradictions: () => [] },
});
const contradictory: Rule = {
  ...strict,
  name: "dynamodb-contradictory",
  parameters: {
    ...other.parameters,
    contradictions: (given) => ((given as unknown as { loud: boolean }).loud ? ["loud contradicts itself"] : []),
  },
};
const catalogue = [strict, other, contradictory];
const accepted = "dynamodb-table-encryption, dynamodb-other, dynamodb-contradictory";

function faults(names: string | undefined, parameters: string | undefined): readonly string[] {
  try {
    chooseRules(catalogue, names, parameters);
  } catch (error) {
    if (error instanceof CliError && error.status === 2) return error.lines;
    throw error;
  }
  return [];
}

test("without names every rule is chosen, each with its defaults", () => {
  expect(chooseRules(catalogue, undefined, undefined)).toEqual([
    { rule: strict, parameters: { strict: false, exemptions: [] } },
    { rule: other, parameters: { colour: "RED", loud: false, exemptions: [] } },
    { rule: contradictory, parameters: { colour: "RED", loud: false, exemptions: [] } },
  ]);
});

test("named rules come in the catalogue's order, once, with the parameters given", () => {
  const given = '{"dynamodb-other": {"colour": "BLUE", "loud": "true"}}';

  expect(chooseRules(catalogue, "dynamodb-other, dynamodb-table-encryption,dynamodb-other", given)).toEqual([
    { rule: strict, parameters: { strict: false, exemptions: [] } },
    { rule: other, parameters: { colour: "BLUE", loud: true, exemptions: [] } },
  ]);
});

test.each<[string, string | undefined, string | undefined, readonly string[]]>([
  ["an unknown rule", "dynamodb-other,nonsense", undefined, [`--rules: \`nonsense\` is no rule; use ${accepted}`]],
  ["no rule", "", undefined, [`--rules: \`\` is no rule; use ${accepted}`]],
  ["parameters of an unknown rule", undefined, '{"x": {}}', [`parameters: x is no rule; use ${accepted}`]],
  [
    "an unknown parameter",
    undefined,
    '{"dynamodb-other": {"size": 1}}',
    ["parameters: dynamodb-other.size is not a parameter; use colour, loud, exemptions"],
  ],
  [
    "a value of the wrong type, of a rule that is not chosen",
    "dynamodb-table-encryption",
    '{"dynamodb-other": {"loud": 3}}',
    ["parameters: dynamodb-other.loud is `3`; use true or false"],
  ],
  [
    "values that contradict each other",
    undefined,
    '{"dynamodb-contradictory": {"loud": true}}',
    ["parameters: dynamodb-contradictory: loud contradicts itself"],
  ],
  [
    "parameters that are no object",
    undefined,
    '{"dynamodb-other": "RED"}',
    ["parameters: dynamodb-other is `RED`; use a JSON object of parameter names and values"],
  ],
  [
    "a file that is no object",
    undefined,
    "[1]",
    ["parameters: `[1]` is no object; use a JSON object from rule names to parameters"],
  ],
  [
    "faults of several kinds, all told",
    "nonsense",
    '{"x": {}, "dynamodb-other": {"size": 1, "loud": 3}}',
    [
      `--rules: \`nonsense\` is no rule; use ${accepted}`,
      `parameters: x is no rule; use ${accepted}`,
      "parameters: dynamodb-other.size is not a parameter; use colour, loud, exemptions",
      "parameters: dynamodb-other.loud is `3`; use true or false",
    ],
  ],
])("%s is refused", (_, names, parameters, lines) => {
  expect(faults(names, parameters)).toEqual(lines);
});

test("a file that is no JSON is refused with the parser's reason", () => {
  expect(faults(undefined, "{oops")).toEqual([
    expect.stringMatching(/^parameters: the file is no JSON; use a JSON object from rule names to parameters - .+/),
  ]);
});
