/** Writes what is derived: from the rules' metadata, and the HTML report's page; with `--check`, only says what is no longer current. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { metadataOf } from "../lib/metadata.ts";
import { catalogue } from "../lib/rules/index.ts";
import { pageShell } from "./page.ts";
import { permissionTable, rulesPage, ruleTable } from "./rule-docs.ts";

const root = join(import.meta.dirname, "..");
const rules = catalogue.map(metadataOf);

const readme = await readFile(join(root, "README.md"), "utf8");
const files = new Map([
  ["lib/rules/rules.json", `${JSON.stringify(rules, null, 2)}\n`],
  ["lib/report/html/shell.json", `${JSON.stringify(await pageShell(), null, 2)}\n`],
  ["docs/rules.md", rulesPage(rules)],
  ["README.md", filled(readme, { rules: ruleTable(rules), permissions: permissionTable(rules) })],
]);

const outdated: string[] = [];
for (const [path, content] of files) {
  const current = await readFile(join(root, path), "utf8").catch(() => null);
  if (current === content) continue;
  outdated.push(path);
  if (!process.argv.includes("--check")) await writeFile(join(root, path), content);
}
if (outdated.length === 0) console.log(`current: ${[...files.keys()].join(", ")}`);
else if (process.argv.includes("--check")) {
  console.error(`no longer current: ${outdated.join(", ")}; run npm run generate`);
  process.exitCode = 1;
} else console.log(`written: ${outdated.join(", ")}`);

/** The text with each part between its two marks replaced. Throws where a mark is missing. */
function filled(text: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((filledSoFar, [name, part]) => {
    const marks = new RegExp(`(<!-- generated: ${name} -->\n)[^]*?(<!-- /generated -->)`);
    if (!marks.test(filledSoFar)) throw new Error(`README.md has no marks for the generated part \`${name}\``);
    return filledSoFar.replace(marks, (_whole, start: string, end: string) => `${start}${part}\n${end}`);
  }, text);
}
