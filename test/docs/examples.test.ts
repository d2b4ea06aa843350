import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "../../lib/rules/index.ts";
import { newFolder, removeFolders } from "../cli/child.ts";
import { blocksOf, documentAt, root } from "./markdown.ts";
import { runProgramIn, tenantItemsScan } from "./program.ts";

afterAll(removeFolders);

const sample = join(root, "events/sample-account.json");

/** The lines of an example that the output lacks, in its order; `...` stands for what was left out. */
function notIn(output: string, example: string): readonly string[] {
  // How long it took is another matter each time.
  const lines = (text: string): readonly string[] =>
    text.split("\n").map((line) => line.replace(/\s+(\d+ resources, \d+ calls), [\d.]+ s$/, " $1").trimEnd());
  const printed = lines(output);
  let at = 0;
  return lines(example).filter((line) => {
    if (line === "" || line.trim() === "...") return false;
    const found = printed.indexOf(line, at);
    if (found === -1) return true;
    at = found + 1;
    return false;
  });
}

function exampleIn(path: string): string {
  const [example, ...others] = blocksOf(documentAt(path)).filter(({ info }) => info === "text");
  if (example === undefined || others.length > 0)
    throw new Error(`${path} shall have one example, as a block of \`text\``);
  return example.text;
}

describe("what a page shows is what the program prints", () => {
  let scanned = "";
  beforeAll(async () => {
    // All rules at once: the violations of one are printed in the same order as by --rules.
    scanned = (await runProgramIn(root, ["scan", "--replay", sample])).stdout;
  }, 30_000);

  it.each(["README.md", ...catalogue.map(({ name }) => `docs/rules/${name}.md`)])("%s", (path) => {
    expect(notIn(scanned, exampleIn(path))).toEqual([]);
  });

  it("docs/command-line.md", { timeout: 30_000 }, async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "tenant-items-scan.json"), JSON.stringify(tenantItemsScan));
    const { stdout } = await runProgramIn(folder, ["check-policy", "tenant-items-scan.json"]);
    expect(notIn(stdout, exampleIn("docs/command-line.md"))).toEqual([]);
  });

  it("and a line that is not printed, or not in that order, is told", () => {
    expect(notIn("a\nb\n  c  1 resources, 2 calls, 0.3 s\n", "b\n...\n  c   1 resources, 2 calls, 9.9 s\n")).toEqual(
      [],
    );
    expect(notIn("a\nb\n", "b\na\n")).toEqual(["a"]);
    expect(notIn("a\n", "x\n")).toEqual(["x"]);
  });
});
