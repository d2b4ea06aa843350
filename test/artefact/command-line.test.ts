import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "command-line-"));
afterAll(() => rmSync(folder, { recursive: true }));
const statement = { Effect: "Allow", Action: "dynamodb:*", Resource: "*" };
const policy = join(folder, "policy.json");
writeFileSync(policy, JSON.stringify({ Version: "2012-10-17", Statement: [statement] }));
const template = join(folder, "template.yaml");
writeFileSync(
  template,
  `Resources:
  Everything:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: ${JSON.stringify({ Version: "2012-10-17", Statement: [statement] })}
`,
);

it("tells an older Node that it is too old", async () => {
  const pretence = 'data:text/javascript,Object.defineProperty(process.versions, "node", { value: "20.20.2" })';
  const ended = await new Promise((resolve) => {
    execFile(process.execPath, ["--import", pretence, join(root, "dist/cli/main.js"), "rules"], (error, _, stderr) =>
      resolve({ status: error?.code, stderr }),
    );
  });
  expect(ended).toEqual({
    status: 2,
    stderr: "dynamodb-compliance needs Node.js 22.12 or later, and this is 20.20.2\n",
  });
});

/** The bundled command line, as it is installed. */
function run(...words: readonly string[]): Promise<{ readonly status: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, "dist/cli/main.js"), ...words], { cwd: folder }, (error, stdout, stderr) => {
      const status = error === null ? 0 : Number(error.code);
      resolve({ status, output: `${stdout}${stderr}` });
    });
  });
}

it.each([
  ["--version", 0, "."],
  ["rules", 0, "dynamodb-table-encryption"],
  ["rules dynamodb-static-keys", 0, "evidence"],
  ["scan --sample", 0, "dynamodb-vpce-only-access"],
  [`scan --replay ${root}/events/sample-account.json --format sarif --fail-on HIGH`, 1, '"version": "2.1.0"'],
  [`check-policy ${policy}`, 0, "NON_COMPLIANT"],
  [`check-policy --fail-on-non-compliant ${template}`, 1, "Everything"],
  ["doctor --format nothing", 2, "--format"],
])("runs %s", { timeout: 30_000 }, async (words, status, said) => {
  const ended = await run(...words.split(" "));
  expect(ended.output).toContain(said);
  expect(ended.status).toBe(status);
});
