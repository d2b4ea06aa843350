import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { metadataOf } from "../../../lib/metadata.ts";
import { catalogue } from "../../../lib/rules/index.ts";
import rules from "../../../lib/rules/rules.json" with { type: "json" };
import { type Repository, whatIsMissing } from "../../what-is-missing.ts";

const root = new URL("../../../", import.meta.url);
const repository: Repository = {
  exists: (path) => existsSync(new URL(path, root)),
  read: (path) => readFileSync(new URL(path, root), "utf8"),
  catalogue: catalogue.map(({ name }) => name),
};
const files = readdirSync(new URL("lib/rules/", root)).filter((file) => file.startsWith("dynamodb-"));

describe("the catalogue", () => {
  it.each(catalogue)("has everything that belongs to $name", (rule) => {
    expect(whatIsMissing(rule, repository)).toEqual([]);
  });

  it("lists every rule file", () => {
    const inFiles = files.map((file) => ({ name: file.replace(/\.ts$/, ""), watches: [] }));
    expect(inFiles.flatMap((rule) => whatIsMissing(rule, repository))).toEqual([]);
  });

  it("is in the order of the AWS page", () => {
    const practices = [
      "Encryption at rest",
      "IAM roles to authenticate",
      "IAM policies for authorization",
      "Conditions for fine-grained access",
      "VPC endpoint and policies",
      "Client-side encryption",
    ];
    const places = catalogue.map(({ practice }) => practices.indexOf(practice));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  it("is what rules.json says; else run npm run generate", () => {
    expect(rules).toEqual(JSON.parse(JSON.stringify(catalogue.map(metadataOf))));
  });

  it.each(catalogue)("describes $name whole, within AWS Config's limits", (rule) => {
    expect(rule.name.length).toBeLessThanOrEqual(31);
    expect(rule.description.length).toBeLessThanOrEqual(256);
    for (const sentence of [rule.description, ...Object.values(rule.reasons).map(({ why }) => why)])
      expect(sentence).toMatch(/^[A-Z].*\.$/);
    for (const link of rule.links) expect(link).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
    for (const [name, { description }] of Object.entries(rule.parameters.byName as object))
      expect(`${name}: ${description}`).toMatch(/\.$/);
    const actions = rule.permissions.map(({ action }) => action);
    expect(new Set(actions).size).toBe(actions.length);
  });
});

describe("a page of a rule", () => {
  it("is not written by its heading alone", () => {
    const page = "docs/rules/dynamodb-static-keys.md";
    const withoutHand: Repository = {
      ...repository,
      read: (path) =>
        path === page
          ? repository.read(path).replace(/(## Why, and how it decides\n)[\s\S]*/, "$1")
          : repository.read(path),
    };
    const [first, ...others] = whatIsMissing({ name: "dynamodb-static-keys", watches: [] }, withoutHand);
    expect(first).toMatch(new RegExp(`^${page} says nothing under`));
    expect(others).toEqual([]);
  });

  it("is there for each rule, and for no other", () => {
    const pages = readdirSync(new URL("docs/rules/", root)).filter((file) => file !== "README.md");
    expect(pages.sort()).toEqual(catalogue.map(({ name }) => `${name}.md`).sort());
  });
});

describe("a rule of which nothing was written but its name", () => {
  it("is told what to write, file by file", () => {
    const rule = { name: "dynamodb-invented-rule", watches: ["AWS::DynamoDB::Table"] };
    expect(whatIsMissing(rule, { exists: () => false, read: () => "", catalogue: [] })).toEqual([
      'lib/rules/dynamodb-invented-rule.ts is missing; it declares the rule: export const inventedRule = defineRule({ name: "dynamodb-invented-rule", ... })',
      "lib/rules/index.ts lacks inventedRule; add it to the catalogue in the order of the AWS page",
      'functions/dynamodb-invented-rule.ts is missing; it holds:\nimport { configRule } from "../lib/handler.ts";\nimport { inventedRule } from "../lib/rules/dynamodb-invented-rule.ts";\n\nexport const handler = configRule(inventedRule);\n',
      "test/lib/rules/dynamodb-invented-rule.test.ts is missing; it calls ruleTable(inventedRule, { ... }) with a case for every verdict and reason",
      "test/wire/dynamodb-invented-rule.test.ts is missing; it runs the rule against the emulator, and holds its permissions to the calls it made",
      "events/dynamodb-invented-rule.scheduled.json is missing; copy an event of another rule of the kind scheduled and name this one",
      "events/dynamodb-invented-rule.change.json is missing; copy an event of another rule of the kind change and name this one",
      "events/dynamodb-invented-rule.deleted.json is missing; copy an event of another rule of the kind deleted and name this one",
      "events/dynamodb-invented-rule.oversized.json is missing; copy an event of another rule of the kind oversized and name this one",
      'docs/rules/dynamodb-invented-rule.md says nothing under "Why, and how it decides"; npm run generate makes the page, and you write there why the practice matters and whose word that is, what is read, how it is decided, what is left apart, the limits, what it costs, and an example out of the sample account',
      "template.yaml lacks InventedRuleFunction; copy the entries of another rule (role, log group, function, permission, rule, alarms)",
    ]);
  });
});
