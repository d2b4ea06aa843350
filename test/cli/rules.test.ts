import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { ruleExplained } from "../../cli/rule-text.ts";
import { listing } from "../../cli/rules.ts";
import { metadataOf } from "../../lib/metadata.ts";
import { catalogue } from "../../lib/rules/index.ts";
import { dictatedRule } from "../fakes/rule.ts";
import { removeFolders, run } from "./child.ts";

afterAll(removeFolders);

test("the listing tells what each rule judges, when, and by which parameters", () => {
  const first = metadataOf(dictatedRule({}));
  const second = {
    ...first,
    name: "dynamodb-other",
    practice: "Client-side encryption",
    watches: [],
  } as const;

  expect(listing([first, second], { width: 80, colour: false })).toBe(`\
Encryption at rest
  dynamodb-table-encryption
    A rule for tests.
    A rule for tests.
    Judges: AWS::DynamoDB::Table
    Triggered by: a schedule, a change of AWS::DynamoDB::Table
    Parameters:
      strict = false; accepts true or false
        Whether.
      exemptions = (not given); accepts \`RESOURCE until YYYY-MM-DD because
      REASON\`, several separated by commas, where RESOURCE is an id, a name or
      an ARN with the wildcards * and ?
        Violations that do not count, each for a reason and to the end of a day
        (UTC). They are judged all the same, are NOT_APPLICABLE meanwhile, and
        what could not be read is not exempt.

Client-side encryption
  dynamodb-other
    A rule for tests.
    A rule for tests.
    Judges: AWS::DynamoDB::Table
    Triggered by: a schedule
    Parameters:
      strict = false; accepts true or false
        Whether.
      exemptions = (not given); accepts \`RESOURCE until YYYY-MM-DD because
      REASON\`, several separated by commas, where RESOURCE is an id, a name or
      an ARN with the wildcards * and ?
        Violations that do not count, each for a reason and to the end of a day
        (UTC). They are judged all the same, are NOT_APPLICABLE meanwhile, and
        what could not be read is not exempt.

Explain one: rules RULE; judge an account: scan; what that may read: rules --policy
`);
});

test("as JSON the catalogue is the rules' own metadata", async () => {
  const { status, stdout, stderr } = await run(["rules", "--format", "json"]);

  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(catalogue.map(metadataOf))));
});

test("one rule is explained with all that its metadata holds", () => {
  const rule = {
    ...metadataOf(dictatedRule({})),
    reasons: {
      worse: { severity: "LOW", says: "could be better", why: "It is a legal default." },
      lost: {
        severity: "CRITICAL",
        says: "is lost",
        why: "Nobody can read what the key protects, and nothing brings it back.",
      },
    },
    permissions: [
      { action: "dynamodb:ListTables", resources: ["*"] },
      {
        action: "kms:Decrypt",
        resources: ["arn:${AWS::Partition}:kms:*:*:key/*", "arn:${AWS::Partition}:kms:*:*:alias/*"],
        conditions: { StringLike: { "kms:ViaService": ["dynamodb.*", "dax.*"] } },
      },
    ],
  } as const;

  expect(ruleExplained(rule, { width: 60, colour: false })).toBe(`\
dynamodb-table-encryption
  A rule for tests.
  A rule for tests.

  Practice      Encryption at rest
  Judges        AWS::DynamoDB::Table
  Triggered by  a schedule, a change of AWS::DynamoDB::Table

Parameters
  strict
    Whether.
    Accepts  true or false
    Default  false
  exemptions
    Violations that do not count, each for a reason and to
    the end of a day (UTC). They are judged all the same,
    are NOT_APPLICABLE meanwhile, and what could not be read
    is not exempt.
    Accepts  \`RESOURCE until YYYY-MM-DD because REASON\`,
             several separated by commas, where RESOURCE is
             an id, a name or an ARN with the wildcards *
             and ?
    Default  not given

Violations, worst first
  CRITICAL  lost
            Says  "is lost"
            Why   Nobody can read what the key protects, and
                  nothing brings it back.
  LOW       worse
            Says  "could be better"
            Why   It is a legal default.

Permissions
  dynamodb:ListTables
    on  *
  kms:Decrypt
    on  arn:\${Partition}:kms:*:*:key/*
        arn:\${Partition}:kms:*:*:alias/*
    if  StringLike kms:ViaService: dynamodb.*, dax.*

Read more
  https://docs.aws.amazon.com/

Judge an account by it: scan --rules
dynamodb-table-encryption; the IAM policy that it needs:
rules dynamodb-table-encryption --policy
`);
});

test.each(catalogue.map((rule) => [rule.name, rule] as const))("%s is explained whole", (name, rule) => {
  const told = ruleExplained(metadataOf(rule), { width: 1_000, colour: false });

  const { parameters, reasons, permissions, links, judges, watches } = metadataOf(rule);
  const facts = [
    name,
    ...Object.entries(parameters).flatMap(([parameter, { description, accepts }]) => [parameter, description, accepts]),
    ...Object.entries(reasons).flatMap(([code, { severity, why }]) => [code, severity, why]),
    ...permissions.map(({ action }) => action),
    ...[...links, ...judges, ...watches],
  ];
  expect(facts.filter((fact) => !told.includes(fact))).toEqual([]);
});

test("one rule as JSON is its own metadata", async () => {
  const { status, stdout } = await run(["rules", "dynamodb-static-keys", "--format", "json"]);

  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    name: "dynamodb-static-keys",
    judges: ["AWS::IAM::User", "AWS::::Account"],
  });
});

test("the policy of one rule holds what that rule reads, and who is asking", async () => {
  const { status, stdout } = await run(["rules", "dynamodb-endpoint-policy", "--policy"]);

  expect(status).toBe(0);
  expect(JSON.parse(stdout).Statement).toEqual([
    { Effect: "Allow", Action: ["ec2:DescribeVpcEndpoints", "sts:GetCallerIdentity"], Resource: ["*"] },
  ]);
});

test("the policy is for the account named", async () => {
  const { status, stdout } = await run(["rules", "--account", "123456789012"]);

  expect(status).toBe(0);
  const { Version, Statement } = JSON.parse(stdout);
  expect(Version).toBe("2012-10-17");
  expect(JSON.stringify(Statement)).toContain(":123456789012:table/");
});

test("no SDK client is behind the command", async () => {
  const { metafile } = await build({
    entryPoints: ["cli/rules.ts"],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    packages: "external",
    metafile: true,
  });
  const packages = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path));

  expect(packages).toContain("commander");
  expect(packages.filter((path) => /^@(aws-sdk|smithy)\//.test(path))).toEqual([]);
});
