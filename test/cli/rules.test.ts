import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
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

Client-side encryption
  dynamodb-other
    A rule for tests.
    A rule for tests.
    Judges: AWS::DynamoDB::Table
    Triggered by: a schedule
    Parameters:
      strict = false; accepts true or false
        Whether.

Judge an account: scan; what that may read: rules --policy
`);
});

test("as JSON the catalogue is the rules' own metadata", async () => {
  const { status, stdout, stderr } = await run(["rules", "--format", "json"]);

  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(catalogue.map(metadataOf))));
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
