import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkPolicy } from "../../cli/check-policy.ts";
import { doctor } from "../../cli/doctor.ts";
import { rules } from "../../cli/rules.ts";
import { scan } from "../../cli/scan.ts";
import { type Ended, newFolder, removeFolders } from "../cli/child.ts";
import { commandsIn, fateOf, programWords, scripts } from "./commands.ts";
import { type Document, documents, inlineCodeOf, root } from "./markdown.ts";
import { runProgramIn, tenantItemsScan } from "./program.ts";

afterAll(removeFolders);

const withCommands = documents.filter((document) => commandsIn(document).length > 0);
const anything = { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "dynamodb:*", Resource: "*" } };
const exemption = {
  rule: "dynamodb-table-encryption",
  resource: "Sessions",
  reason: "Synthetic data only, TICKET-123",
  expires: "2027-06-30",
};

/** A folder with the files that the documents speak of. */
function folderOfReader(): string {
  const folder = newFolder();
  copyFileSync(join(root, "events/sample-account.json"), join(folder, "account.json"));
  const files = {
    "policy.json": anything,
    "tenant-items-scan.json": tenantItemsScan,
    "exemptions.json": [exemption],
    // JSON is YAML too.
    "template.yaml": {
      Resources: { Everything: { Type: "AWS::IAM::ManagedPolicy", Properties: { PolicyDocument: anything } } },
    },
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
  return folder;
}

/** The sample account has violations, and the template of the reader too. */
function expectedStatus(words: readonly string[]): number {
  return words.some((word) => word === "--fail-on" || word === "--fail-on-non-compliant") ? 1 : 0;
}

describe("the commands of the documents", () => {
  const folder = folderOfReader();
  // What several documents say is tried once.
  const ran = new Map<string, Ended>();

  it.each(withCommands)(
    "are all known, and those that can be run do what they say: $path",
    async (document) => {
      // In the order of the document: one makes the file that a later one reads.
      for (const command of commandsIn(document)) {
        const fate = fateOf(command, "account.json");
        if (fate.kind === "unknown") expect.fail(`${command.text}: ${fate.why}`);
        if (fate.kind !== "run") continue;
        const ended = ran.get(command.text) ?? (await runProgramIn(folder, fate.words));
        ran.set(command.text, ended);
        const expected = expectedStatus(fate.words);
        expect([command.text, ended.status, ended.status === expected ? "" : ended.stderr]).toEqual([
          command.text,
          expected,
          "",
        ]);
      }
    },
    120_000,
  );
});

const options = new Set([
  ...[scan, rules, checkPolicy, doctor].flatMap((command) => command.options.map(({ long }) => long ?? "")),
  "--debug",
  "--help",
  "--version",
]);
/** Of other programs, as sentences speak of them. */
const foreign = new Set(["--parameter-overrides", "--config-env", "--expected-revision-id", "--check"]);

function optionsIn(code: string): readonly string[] {
  return code.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [];
}

describe.each(documents)("what $path names", (document: Document) => {
  it("are options that the program has", () => {
    const inCommands = commandsIn(document).flatMap((command) => (programWords(command) ?? []).flatMap(optionsIn));
    const inSentences = inlineCodeOf(document).flatMap(optionsIn);
    expect(inCommands.filter((option) => !options.has(option))).toEqual([]);
    expect(inSentences.filter((option) => !options.has(option) && !foreign.has(option))).toEqual([]);
  });

  it("are scripts of package.json", () => {
    const named = [...document.text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe("a command that nobody knows", () => {
  it.each([
    ["sh", "curl https://example.com", "knows no such command"],
    ["sh", "sam deploy", "needs an AWS account"],
    ["sh aws", "sam deploy --force-upload", "--force-upload is not listed"],
    ["sh", "npm run invented", "knows no such command"],
    ["sh aws", "rm -rf stack", "knows no such command"],
  ])("is told: in `%s`, %s", (info, text, why) => {
    const [command] = commandsIn({ path: "invented.md", text: `\`\`\`${info}\n${text}\n\`\`\`\n` });
    expect(command && fateOf(command, "account.json")).toEqual({ kind: "unknown", why: expect.stringContaining(why) });
  });
});
