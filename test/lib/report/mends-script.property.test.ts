import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { printable } from "../../../lib/parameters.ts";
import { mendFiles, scriptName } from "../../../lib/report/mends-script.ts";
import type { Evaluation, OfferedMend } from "../../../lib/rule.ts";
import { report, resource, ruleReport, violation } from "./sample.ts";

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mends-"));
  // In the place of the AWS command line: its arguments, each ended by NUL.
  writeFileSync(join(root, "aws"), "#!/bin/sh\nprintf '%s\\0' \"$@\"\n", { mode: 0o755 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(..."'\"\\$`!~#&|;<>(){}[]*? \t\r\n\u2028\u202e=-/._a") }),
  fc.constantFrom(
    "'\n}\ntouch x\n",
    "$(touch x)",
    "*/\ntouch x #",
    "../../x",
    "--help",
    "\\",
    "a\\\ntouch x",
    "KEY_ARN",
  ),
);

function brokenTable(name: string, parts: Partial<OfferedMend> = {}): Evaluation {
  const mend: OfferedMend = {
    summary: `Mend ${name}`,
    steps: [
      { file: `${name}.json`, content: "{}\n" },
      { command: ["aws", "put", "--table-name", name, "--policy", `file://${name}.json`] },
    ],
    mayBreak: name,
    choice: null,
    ...parts,
  };
  const reasons = [{ code: "awsOwnedKey", found: name, wanted: name, source: null }];
  return violation(resource(name), { mend, reasons });
}

/** Writes the files to a new folder, and runs the script. */
function scriptOf(...violations: readonly Evaluation[]) {
  const files = mendFiles(report([ruleReport(violations)]));
  const folder = mkdtempSync(join(root, "dir-"));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const bash = (...words: readonly string[]) => {
    const env = { PATH: `${root}:${process.env["PATH"]}` };
    const { status, stdout, stderr } = spawnSync("bash", words, { env, encoding: "utf8", cwd: root });
    return { status, stdout, stderr };
  };
  return { text: files.get(scriptName) ?? "", paths: [...files.keys()], bash, file: join(folder, scriptName), folder };
}

test("whatever a resource is called, the script is one that bash takes, and its comments stay comments", () => {
  fc.assert(
    fc.property(hostile, (name) => {
      const { text, paths, bash, file, folder } = scriptOf(brokenTable(name, { choice: name }));

      expect(bash("-n", file)).toEqual({ status: 0, stdout: "", stderr: "" });
      expect(printable(text.replaceAll("\n", ""))).toBe(text.replaceAll("\n", ""));
      for (const path of paths) expect(path).toMatch(/^(mends\.sh|mend_1_\w+\/\w[\w.-]*\.json)$/);

      const listed = bash(file);
      expect(listed).toMatchObject({ status: 0, stderr: "" });
      expect(listed.stdout).toMatch(/^mend_1_\w+ {2}LOW {2}.*\(leaves something to you\)\n$/);
      // Without its comments it is the same script.
      const bare = join(folder, "bare.sh");
      writeFileSync(bare, text.replace(/^#.*\n/gm, ""));
      expect(bash(bare)).toEqual(listed);
    }),
    { numRuns: 50 },
  );
});

test("a mend that is ready hands every name on as itself", () => {
  const printed = fc.string({ unit: fc.constantFrom(..."'\"\\$`!~#&|;<>(){}[]*? =-/._a") });
  fc.assert(
    fc.property(printed, (name) => {
      const { paths, bash, file } = scriptOf(brokenTable(name));
      const path = paths.find((one) => one !== scriptName) ?? "";

      expect(bash(file, dirname(path))).toEqual({
        status: 0,
        stdout: ["put", "--table-name", name, "--policy", `file://${path}`, ""].join("\0"),
        stderr: "",
      });
    }),
    { numRuns: 30 },
  );
});

const commands = [{ command: ["aws", "first"] as const }, { command: ["aws", "second"] as const }] as const;

test.each<[string, Partial<OfferedMend>, string, string]>([
  ["a choice", { steps: commands, choice: "Which one." }, "", "Which one.\n"],
  [
    "a placeholder in a command",
    { steps: [...commands, { command: ["aws", "KEY_ARN"] }] },
    "",
    "Replace KEY_ARN in the commands, unless it is a name of yours.\n",
  ],
  [
    "a placeholder in a policy file",
    { steps: [...commands, { file: "p.json", content: '"vpce-ENDPOINT_ID"\n' }] },
    "",
    "Replace ENDPOINT_ID in mend_1_table_encryption_T/p.json, unless it is a name of yours.\n",
  ],
  ["something by hand", { steps: [{ words: "Look." }, ...commands] }, "", "Look.\n"],
  ["several matters", { steps: [{ words: "Look." }, ...commands], choice: "Which one." }, "", "Which one.\nLook.\n"],
  ["something by hand midway", { steps: [commands[0], { words: "Watch." }, commands[1]] }, "first\0", "Watch.\n"],
  ["words alone", { steps: [{ words: "Ask the owner." }] }, "", "Ask the owner.\n"],
])("%s keeps what comes after it from running", (_, parts, stdout, stderr) => {
  const { bash, file } = scriptOf(brokenTable("T", parts));

  expect(bash(file, "mend_1_table_encryption_T")).toEqual({ status: 1, stdout, stderr });
});

test("what was settled in a policy file is asked no more", () => {
  const steps = [{ file: "p.json", content: '"TABLE_NAME"\n' }, commands[0]] as const;
  const { bash, file, folder } = scriptOf(brokenTable("T", { steps }));

  writeFileSync(join(folder, "mend_1_table_encryption_T", "p.json"), '"Orders"\n');

  expect(bash(file, "mend_1_table_encryption_T")).toEqual({ status: 0, stdout: "first\0", stderr: "" });
});

test("it runs nothing but a function of its own", () => {
  const { bash, file } = scriptOf(brokenTable("T"));
  const stderr = "give one function of mends.sh; without an argument it lists them\n";

  for (const words of [["aws"], ["list"], ["mend_1_table_encryption_T", "more"]]) {
    expect(bash(file, ...words)).toEqual({ status: 2, stdout: "", stderr });
  }
});

test("without a mend it says so", () => {
  const { bash, file } = scriptOf();

  expect(bash(file)).toEqual({ status: 0, stdout: "no violation has a mend\n", stderr: "" });
});
