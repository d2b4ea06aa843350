import { afterAll, expect, test } from "vitest";
import { tell } from "../../cli/errors.ts";
import { runProgram } from "../../cli/program.ts";
import { removeFolders } from "./child.ts";
import { fileOf, recordingOf } from "./recordings.ts";

afterAll(removeFolders);

/** How a command that never gets to read anything ends. */
async function refusal(words: readonly string[]): Promise<{ readonly status: number; readonly text: string }> {
  const error = await runProgram(words).then(
    () => expect.fail("it ran"),
    (thrown: unknown) => thrown,
  );
  return tell(error, false);
}

test.each<[string, readonly string[], string]>([
  ["an unknown option", ["scan", "--formt", "json"], "unknown option '--formt' (Did you mean --format?)\n"],
  ["an unknown command", ["scann"], "`scann` is no command: use scan, rules, check-policy, doctor, or --help\n"],
  ["no command", [], "no command: use scan, rules, check-policy, doctor, or --help\n"],
  [
    "a misspelt rule",
    ["rules", "dynamodb-table-encription"],
    "`dynamodb-table-encription` is no rule; did you mean dynamodb-table-encryption?\n",
  ],
  ["two rules", ["rules", "a", "b"], "too many arguments for 'rules'. Expected 1 argument but got 2: a, b.\n"],
  [
    "a recording to make and to read",
    ["scan", "--record", "a", "--replay", "b"],
    "option '--record <file>' cannot be used with option '--replay <file>'\n",
  ],
  [
    "the sample account and a recording",
    ["scan", "--sample", "--replay", "b"],
    "option '--sample' cannot be used with option '--replay <file>'\n",
  ],
  [
    "a region for the sample account",
    ["scan", "--sample", "--region", "eu-west-1"],
    "option '--region <region>' cannot be used with option '--sample'\n",
  ],
  [
    "a region for a recording",
    ["scan", "--region", "us-east-1", "--replay", "b"],
    "option '--region <region>' cannot be used with option '--replay <file>'\n",
  ],
  [
    "a missing recording",
    ["scan", "--replay", "/no/b"],
    "--replay /no/b cannot be read: name a file that exists - ENOENT\n",
  ],
  [
    "a report that cannot be written",
    ["scan", "--output", "/no/report"],
    "--output /no/report cannot be written: name a file in a folder that exists and is yours - ENOENT\n",
  ],
  [
    "two severities that fail",
    ["scan", "--fail-on", "HIGH", "--fail-on-non-compliant"],
    "option '--fail-on-non-compliant' cannot be used with option '--fail-on <level>'\n",
  ],
  [
    "a severity that is none",
    ["scan", "--fail-on", "high"],
    "option '--fail-on <level>' argument 'high' is invalid. Allowed choices are LOW, MEDIUM, HIGH, CRITICAL.\n",
  ],
  [
    "a severity to show that is none",
    ["scan", "--min-severity", "WORST"],
    "option '--min-severity <level>' argument 'WORST' is invalid. Allowed choices are LOW, MEDIUM, HIGH, CRITICAL.\n",
  ],
  [
    "only new violations, without saying since when",
    ["scan", "--fail-on-new"],
    "--fail-on-new needs to know what is old: add --baseline FILE\n",
  ],
  [
    "an unknown format",
    ["scan", "--format", "pdf"],
    "option '--format <format>' argument 'pdf' is invalid. Allowed choices are table, json, csv, markdown, html, sarif, ocsf.\n",
  ],
  [
    "findings of an account for policies in files",
    ["check-policy", "--format", "ocsf", "policy.json"],
    "option '--format <format>' argument 'ocsf' is invalid. Allowed choices are table, json, csv, markdown, html, sarif.\n",
  ],
  [
    "several formats and one output",
    ["scan", "--format", "table", "--format", "sarif", "--output", "a"],
    "2 formats and 1 --output: give each --format an --output, in the same order; - is standard output\n",
  ],
  [
    "several outputs and no format",
    ["check-policy", "--output", "a", "--output", "b", "x"],
    "1 format and 2 --outputs: give each --format an --output, in the same order; - is standard output\n",
  ],
  [
    "two reports in one file",
    ["scan", "--format", "csv", "--output", "a", "--format", "json", "--output", "./a"],
    "--output ./a is given twice: give each report a file of its own\n",
  ],
  [
    "two reports on standard output",
    ["check-policy", "--format", "csv", "--output", "-", "--format", "json", "--output", "-", "x"],
    "--output - is given twice: standard output takes one report\n",
  ],
])("%s is bad usage, in one line", async (_, words, text) => {
  expect(await refusal(words)).toEqual({ status: 2, text });
});

test.each<[string, (recording: string) => string, string]>([
  ["cut", (recording) => recording.slice(0, -20), "is cut or no JSON ("],
  [
    "edited",
    (recording) => recording.replaceAll("Table-none", "Table-fine"),
    "was edited after it was made (its digest differs): record it again\n",
  ],
  [
    "of another schema",
    (recording) => recording.replace('"schemaVersion": 1', '"schemaVersion": 3'),
    "is of schema 3; this version reads 1: record it again\n",
  ],
])("a recording that is %s is bad usage", async (_, damage, message) => {
  const path = fileOf(damage(recordingOf({ "Table-none": "none" })));

  const { status, text } = await refusal(["scan", "--replay", path]);

  expect(status).toBe(2);
  expect(text).toContain(`recording ${path} ${message}`);
  expect(text.trimEnd().split("\n")).toHaveLength(1);
});
