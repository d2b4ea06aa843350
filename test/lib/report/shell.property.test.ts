import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { shellCommand, shellWord } from "../../../lib/report/shell.ts";
import { wrapCommand } from "../../../lib/report/text.ts";

// A process's arguments hold every character but NUL; half of a surrogate pair is no UTF-8.
const argument = fc.oneof(
  fc.string({ unit: "binary" }).filter((text) => !text.includes("\0")),
  fc.string({ unit: fc.constantFrom(..."'\"\\$`!~#&|;<>(){}[]*? \t\n=-a") }),
);

/** What a shell makes of command lines: each argument ended by NUL, each command by a second one. */
function readBack(lines: readonly string[]): readonly string[] {
  const { stdout, stderr } = spawnSync("sh", {
    input: `set -f\n${lines.join("\nprintf '\\0'\n")}\n`,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout.split("\0");
}

test("a shell reads every argument back as itself", () => {
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1, maxLength: 50 }), (command) => {
      expect(readBack([shellCommand(["printf", "%s\\0", ...command])])).toEqual([...command, ""]);
    }),
    { numRuns: 60 },
  );
});

test("a command wrapped for a terminal is the same command", () => {
  const printed = fc.string({ unit: fc.constantFrom(..."'\"\\$`#;* =-a") });
  fc.assert(
    fc.property(
      fc.array(printed, { minLength: 1, maxLength: 50 }),
      fc.integer({ min: 1, max: 80 }),
      (command, width) => {
        expect(readBack([wrapCommand(["printf", "%s\\0", ...command], width).join("\n")])).toEqual([...command, ""]);
      },
    ),
    { numRuns: 60 },
  );
});

test.each([
  ["update-table", "update-table"],
  ["Enabled=true,SSEType=KMS", "Enabled=true,SSEType=KMS"],
  ["arn:aws:kms:us-east-1:123456789012:key/1a-2b", "arn:aws:kms:us-east-1:123456789012:key/1a-2b"],
  ["", "''"],
  ["it's", "'it'\\''s'"],
  ["$(reboot)", "'$(reboot)'"],
  ["~", "'~'"],
])("%s is written as %s", (given, written) => {
  expect(shellWord(given)).toBe(written);
});
