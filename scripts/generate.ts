/** Writes what is derived from the rules' metadata; with `--check`, only says what is no longer current. */
import { readFile, writeFile } from "node:fs/promises";
import { metadataOf } from "../lib/metadata.ts";
import { catalogue } from "../lib/rules/index.ts";

const files = new Map([["lib/rules/rules.json", `${JSON.stringify(catalogue.map(metadataOf), null, 2)}\n`]]);

const outdated: string[] = [];
for (const [path, content] of files) {
  const current = await readFile(path, "utf8").catch(() => null);
  if (current === content) continue;
  outdated.push(path);
  if (!process.argv.includes("--check")) await writeFile(path, content);
}
if (outdated.length === 0) console.log(`current: ${[...files.keys()].join(", ")}`);
else if (process.argv.includes("--check")) {
  console.error(`no longer current: ${outdated.join(", ")}; run npm run generate`);
  process.exitCode = 1;
} else console.log(`written: ${outdated.join(", ")}`);
