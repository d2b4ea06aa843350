/** `check-policy` as its users and their pipelines meet it. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { validLog } from "../lib/report/sarif-schema.ts";
import { newFolder, removeFolders, run } from "./child.ts";

afterAll(removeFolders);

const orders = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";
const ownItems = {
  "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${aws:PrincipalTag/tenant}"] },
  Null: { "dynamodb:LeadingKeys": "false" },
};
const fine = documentOf({ Action: ["dynamodb:GetItem"], Resource: orders, Condition: ownItems });
const open = documentOf({ Sid: "All", Action: "dynamodb:*", Resource: "*" });

function documentOf(statement: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}

function fileOf(name: string, text: string): string {
  const file = join(newFolder(), name);
  writeFileSync(file, text);
  return file;
}

describe("a policy in a file", { timeout: 30_000 }, () => {
  test("that complies is told with what it grants, and ends with 0", async () => {
    const file = fileOf("fine.json", fine);
    const { status, stdout, stderr } = await run(["check-policy", "--fail-on-non-compliant", file]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toBe(`\
${file}   dynamodb-least-privilege     COMPLIANT
  policy: names table/Orders, 1 action, no administration beside data
${file}   dynamodb-policy-conditions   COMPLIANT
  policy: every request for items is bound by dynamodb:LeadingKeys
`);
  });

  test("that does not comply is told with the request, the mend, and how to ask AWS", async () => {
    const { status, stdout } = await run([
      "check-policy",
      "--rules",
      "dynamodb-least-privilege",
      fileOf("open.json", open),
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain("NON_COMPLIANT");
    expect(stdout).toContain("AWS would allow  dynamodb:PutResourcePolicy on");
    expect(stdout).toContain("TABLE_NAME");
    expect(stdout).toContain("aws iam simulate-custom-policy");
  });

  test("that does not comply fails a pipeline that asks so", async () => {
    const { status } = await run(["check-policy", "--fail-on-non-compliant", fileOf("open.json", open)]);
    expect(status).toBe(1);
  });

  test("is one element of JSON for each rule, in order", async () => {
    const file = fileOf("open.json", open);
    const { status, stdout } = await run(["check-policy", "--format", "json", file]);
    expect(status).toBe(0);
    const rows = JSON.parse(stdout);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({
      file,
      policy: null,
      rule: "dynamodb-least-privilege",
      complianceType: "NON_COMPLIANT",
      severity: "HIGH",
      annotation:
        "policy: All grants all actions on any table, so dynamodb:PutResourcePolicy on table/any-table; list the actions and name the tables. List the actions that are used. Name the tables in Resource",
      reasons: [
        "policy: All grants all actions on any table, so dynamodb:PutResourcePolicy on table/any-table; list the actions and name the tables",
      ],
      witness: {
        principal: null,
        action: "dynamodb:PutResourcePolicy",
        resource: "arn:aws:dynamodb:us-east-1:123456789012:table/any-table",
        context: {},
        allowedBy: ["All"],
      },
      mend: expect.objectContaining({ choice: "Choose the tables that are used (TABLE_NAME)." }),
      exemption: null,
    });
    expect(rows[1]).toMatchObject({
      rule: "dynamodb-policy-conditions",
      complianceType: "NON_COMPLIANT",
      severity: "LOW",
    });
  });

  test("that does not parse has no verdict: an error, and 3 even where another is a violation", async () => {
    const broken = fileOf("broken.json", fine.replace("Effect", "Efect"));
    const words = ["check-policy", "--format", "json", "--fail-on-non-compliant", broken, fileOf("open.json", open)];
    const { status, stdout, stderr } = await run(words);
    expect(status).toBe(3);
    expect(stderr).toContain(`${broken}: `);
    expect(stderr).toContain("Statement[0] has no Effect; use Allow or Deny (line 1, column 38)");
    expect(JSON.parse(stdout).map(({ complianceType }: { complianceType: unknown }) => complianceType)).toEqual([
      null,
      null,
      "NON_COMPLIANT",
      "NON_COMPLIANT",
    ]);
  });

  test("without a policy in it is an error", async () => {
    const { status, stderr } = await run(["check-policy", fileOf("empty.yaml", "Resources: {}\n")]);
    expect(status).toBe(3);
    expect(stderr).toContain("no IAM policy found in it");
  });

  test("may come on standard input", () => {
    const { status, stdout } = spawnSync(process.execPath, ["cli/main.ts", "check-policy", "--format", "json", "-"], {
      input: fine,
      encoding: "utf8",
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)[0]).toMatchObject({ file: "-", policy: null, complianceType: "COMPLIANT" });
  });

  test("may be a template, whose policies are told by their logical ids", async () => {
    const template = fileOf(
      "template.yaml",
      `Resources:
  Orders: { Type: AWS::DynamoDB::Table }
  OrdersAccess:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement: { Effect: Allow, Action: dynamodb:GetItem, Resource: !GetAtt Orders.Arn }
`,
    );
    const { status, stdout } = await run(["check-policy", "--format", "json", template]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { policy: "OrdersAccess", complianceType: "COMPLIANT" },
      {
        policy: "OrdersAccess",
        complianceType: "NON_COMPLIANT",
        witness: { resource: orders, allowedBy: ["OrdersAccess/#0"] },
        mend: { choice: expect.stringContaining("change the file itself") },
      },
    ]);
  });

  test("whose template does not tell all has no verdict", async () => {
    const template = fileOf(
      "template.json",
      JSON.stringify({
        Parameters: { Table: { Type: "String" } },
        Resources: {
          P: {
            Type: "AWS::IAM::ManagedPolicy",
            Properties: {
              PolicyDocument: {
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Action: "dynamodb:GetItem", Resource: { Ref: "Table" } }],
              },
            },
          },
        },
      }),
    );
    const { status, stdout, stderr } = await run(["check-policy", "--format", "json", template]);
    expect(status).toBe(3);
    expect(stderr).toContain("Table");
    expect(JSON.parse(stdout)[0]).toMatchObject({ policy: "P", complianceType: null });
  });
});

describe("a pipeline", { timeout: 30_000 }, () => {
  const template = `\uFEFFResources:
  Fine:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: ${fine}
  Open:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - { Effect: Allow, Action: "s3:*", Resource: "*" }
          - Effect: Allow
            Action: dynamodb:*
            Resource: "*"
`;
  const words = ["check-policy", "--rules", "dynamodb-least-privilege"];
  const placesIn = (sarif: string): readonly unknown[] =>
    validLog(sarif).results.map(({ locations }) => locations[0]?.physicalLocation.region);

  test("gets the line and column of the statement at fault, and the comment to write", async () => {
    const comment = join(newFolder(), "comment.md");
    const file = fileOf("template.yaml", template);
    const outputs = ["--format", "markdown", "--output", comment, "--format", "sarif", "--output", "-"];

    const { status, stdout } = await run([...words, ...outputs, "--fail-on-non-compliant", file]);

    expect(status).toBe(1);
    expect(placesIn(stdout)).toEqual([{ startLine: 13, startColumn: 13 }]);
    expect(readFileSync(comment, "utf8")).toContain("**1 violation** and **0 unread**; 1 of 2 verdicts COMPLIANT.");
  });

  test("finds a violation again by its fingerprint, also after other lines moved it", async () => {
    const file = fileOf("open.json", open);
    const printed = async (): Promise<string> => (await run([...words, "--format", "sarif", file])).stdout;
    const before = await printed();
    writeFileSync(file, `\n\n${open}`);
    const after = await printed();

    expect([placesIn(before), placesIn(after)]).toMatchObject([[{ startLine: 1 }], [{ startLine: 3 }]]);
    const fingerprints = [before, after].map((text) => validLog(text).results[0]?.partialFingerprints);
    expect(fingerprints[0]).toEqual(fingerprints[1]);
  });

  test("tells policies of the same name in two files apart", async () => {
    const files = ["a.yaml", "b.yaml"].map((name) => fileOf(name, template));
    const { stdout } = await run([...words, "--format", "sarif", ...files]);
    const found = validLog(stdout).results.map(({ partialFingerprints }) => partialFingerprints["evaluation/v1"]);
    expect(new Set(found).size).toBe(2);
  });

  test("is told that a file was not read: by status and by the log", async () => {
    const { status, stdout } = await run([...words, "--format", "sarif", fileOf("empty.yaml", "Resources: {}\n")]);
    expect(status).toBe(3);
    expect(validLog(stdout).invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ message: { text: expect.stringContaining("no IAM policy found in it") } }],
    });
  });
});

describe("exemptions in the parameters", { timeout: 30_000 }, () => {
  const rule = "dynamodb-least-privilege";
  const checked = (file: string, exemptions: string, ...options: readonly string[]) => {
    const parameters = fileOf("parameters.json", JSON.stringify({ [rule]: { exemptions } }));
    return run(["check-policy", "--rules", rule, "--parameters", parameters, ...options, file]);
  };

  test("exempt a policy by its file's name, which fails nothing and is never compliant", async () => {
    const file = fileOf("open.json", open);
    const exemptions = "*open.json until 2999-12-31 because TICKET-123";
    const [table, json] = await Promise.all([
      checked(file, exemptions, "--fail-on-non-compliant"),
      checked(file, exemptions, "--format", "json"),
    ]);
    expect(table).toMatchObject({ status: 0, stderr: "" });
    expect(table.stdout.replace(/\s+/g, " ")).toContain(
      `${file} dynamodb-least-privilege NON_COMPLIANT, exempted Exempt: TICKET-123 (until 2999-12-31): policy: All grants all actions`,
    );
    expect(JSON.parse(json.stdout)).toMatchObject([
      { complianceType: "NON_COMPLIANT", severity: "HIGH", exemption: "TICKET-123 (until 2999-12-31)" },
    ]);
  });

  test.each<[string, string, string, number]>([
    ["that ended exempt nothing", open, "* until 2020-01-01 because x", 1],
    ["of another file exempt nothing", open, "*closed.json until 2999-12-31 because x", 1],
    ["do not exempt what is no policy", "{", "* until 2999-12-31 because x", 3],
  ])("%s", async (_, text, exemptions, status) => {
    expect(await checked(fileOf("open.json", text), exemptions, "--fail-on-non-compliant")).toMatchObject({ status });
  });
});

describe("bad usage", { timeout: 30_000 }, () => {
  test.each<[string, readonly string[], string]>([
    ["no file", [], "missing required argument 'file'"],
    ["a file that is not there", ["/no/policy.json"], "the policy file /no/policy.json cannot be read"],
    [
      "a rule that judges no policy",
      ["--rules", "dynamodb-table-encryption", "x"],
      "judges no policy; use dynamodb-least-privilege, dynamodb-policy-conditions",
    ],
    ["an unknown rule", ["--rules", "dynamodb-x", "x"], "`dynamodb-x` is no rule"],
  ])("%s is told in one line, and ends with 2", async (_, words, text) => {
    const { status, stderr } = await run(["check-policy", ...words]);
    expect(status).toBe(2);
    expect(stderr).toContain(text);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("parameters are those of a scan", async () => {
    const parameters = fileOf(
      "parameters.json",
      JSON.stringify({
        "dynamodb-policy-conditions": { requiredConditionKeys: "aws:SourceVpce" },
        "dynamodb-table-encryption": { minimumKeyType: "AWS_OWNED_KEY" },
      }),
    );
    const words = ["check-policy", "--format", "json", "--parameters", parameters, fileOf("fine.json", fine)];
    const { status, stdout } = await run(words);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)[1]).toMatchObject({ complianceType: "NON_COMPLIANT", severity: "MEDIUM" });
  });
});
