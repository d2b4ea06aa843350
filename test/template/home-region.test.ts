/** Rules on IAM are deployed in one region, and a stack in any other is whole without them. */
import { describe, expect, test } from "vitest";
import { functionId, logicalName } from "../../scripts/logical-id.ts";
import { danglingIn, deployed } from "./deployed.ts";
import { conditionsOf, enabledId, isGlobal, isOfIam } from "./expected.ts";
import { type Fields, ref, rules, template, write } from "./stack.ts";

const home = "us-east-1";
const elsewhere = "eu-central-1";
const onIam = rules.filter(isGlobal);
const regional = rules.filter((rule) => !isGlobal(rule));
const names = (some: typeof rules): readonly string[] => some.map(({ name }) => name);

test("the parameter names a region, of any partition", () => {
  const { Description: description, AllowedPattern: pattern, ...others } = template.Parameters["HomeRegion"] ?? {};
  const ConstraintDescription = expect.stringMatching(/^must be /);
  expect(others).toEqual({ Type: "String", Default: home, ConstraintDescription });
  expect(description).toMatch(/IAM/);
  const form = new RegExp(String(pattern));
  for (const region of [home, "ap-southeast-7", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "eusc-de-east-1"])
    expect(region).toMatch(form);
  for (const other of ["", "global", "us-east", "us-east-1a", "US-EAST-1", "us-east-1,eu-central-1", " us-east-1"])
    expect(other).not.toMatch(form);
});

test("the stack is in its home region where the two are the same", () => {
  expect(template.Conditions["IsHomeRegion"]).toEqual({ "Fn::Equals": [ref("AWS::Region"), ref("HomeRegion")] });
});

describe("which rules are bound to it follows from what they judge", () => {
  test.each([
    [["AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"], true],
    [["AWS::IAM::User", "AWS::::Account"], true],
    [["AWS::DynamoDB::Table"], false],
    [["AWS::DynamoDB::Table", "AWS::::Account"], false],
    [["AWS::::Account"], false],
  ])("%j: %s", (judges, wanted) => {
    expect(isGlobal({ judges })).toBe(wanted);
  });

  test("no rule judges IAM beside what is in a region: it would have to run in one region and in all", () => {
    const mixed = regional.filter(({ judges }) => judges.some(isOfIam));
    expect(names(mixed)).toEqual([]);
  });

  test("who adds a rule on IAM is told what to write", () => {
    const [rule] = rules;
    if (rule === undefined) throw new Error("there is no rule");
    const invented = { ...rule, name: "dynamodb-invented-rule", judges: ["AWS::IAM::User"], parameters: {} } as const;
    expect(write("Conditions", conditionsOf(invented) as Fields)).toBe(
      'template.yaml, under Conditions, must hold:\n\nIsInventedRuleOn: !And [ !Equals [ !Ref InventedRuleEnabled, "true" ], !Condition IsHomeRegion ]\n',
    );
  });
});

describe("deployed", () => {
  const regionalOff = Object.fromEntries(regional.map((rule) => [enabledId(rule), "false"]));

  test.each([
    ["in the home region", home, {}, names(rules)],
    ["in another", elsewhere, {}, names(regional)],
    ["in another that is made the home region", elsewhere, { HomeRegion: elsewhere }, names(rules)],
    ["in the one that then no longer is", home, { HomeRegion: elsewhere }, names(regional)],
    ["with the rules on IAM alone", home, regionalOff, names(onIam)],
    ["with an e-mail address", elsewhere, { AlertEmail: "security@example.com" }, names(regional)],
    ["in subnets", elsewhere, { ClientSideEncryptionSubnetIds: "subnet-1,subnet-2" }, names(regional)],
    ...rules.map(
      (rule) =>
        [
          `without ${rule.name}`,
          home,
          { [enabledId(rule)]: "false" },
          names(rules.filter((one) => one !== rule)),
        ] as const,
    ),
  ] as const)("%s, it is whole: everything that is named is there", (_, region, given, wanted) => {
    const stack = deployed(region, given);
    expect(danglingIn(stack)).toEqual([]);
    const ofRules = rules.filter(({ name }) => functionId(name) in stack.resources);
    expect(names(ofRules)).toEqual(wanted);
  });

  test("nothing that belongs to a rule on IAM is left in another region", () => {
    const { resources, outputs } = deployed(elsewhere);
    const prefixes = onIam.map(({ name }) => logicalName(name));
    expect(Object.keys(resources).filter((id) => prefixes.some((prefix) => id.startsWith(prefix)))).toEqual([]);
    expect(outputs["RulesOnIam"]?.["Value"]).toMatchObject({ "Fn::Sub": expect.stringMatching(/^not in this stack/) });
    expect(deployed(home).outputs["RulesOnIam"]?.["Value"]).toBe("in this stack");
  });

  test("what is named and not there is found", () => {
    const { resources, outputs } = deployed(home);
    const { LeastPrivilegeRule: _, ...others } = resources;
    expect(danglingIn({ resources: others, outputs })).toEqual(["LeastPrivilegeRule"]);
  });
});
