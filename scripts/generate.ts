/** Writes what is derived: from the rules' metadata, and the HTML report's page; with `--check`, only says what is no longer current. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { metadataOf } from "../lib/metadata.ts";
import { catalogue } from "../lib/rules/index.ts";
import { pageShell } from "./page.ts";
import { byHand, pageOf, permissionTable, ruleSection, rulesIndex, ruleTable } from "./rule-docs.ts";

const root = join(import.meta.dirname, "..");
const rules = catalogue.map(metadataOf);

/** Pages of which a part is generated, and those parts by name. */
const pages: readonly (readonly [path: string, parts: Readonly<Record<string, string>>])[] = [
  ["README.md", { rules: ruleTable(rules) }],
  ["SECURITY.md", { permissions: permissionTable(rules) }],
  ["docs/rules/README.md", { index: rulesIndex(rules) }],
  ...rules.map((rule) => [pageOf(rule.name), { rule: ruleSection(rule) }] as const),
];

// A test says what is to be written under the heading.
const newRulePage = `<!-- generated: rule -->\n<!-- /generated -->\n\n${byHand}\n`;
const files = new Map([
  ["lib/rules/rules.json", `${JSON.stringify(rules, null, 2)}\n`],
  ["lib/report/html/shell.json", `${JSON.stringify(await pageShell(), null, 2)}\n`],
]);
for (const [path, parts] of pages) files.set(path, filled(path, (await contentOf(path)) ?? newRulePage, parts));

const outdated: string[] = [];
for (const [path, content] of files) {
  if ((await contentOf(path)) === content) continue;
  outdated.push(path);
  if (!process.argv.includes("--check")) await writeFile(join(root, path), content);
}
if (outdated.length === 0) console.log(`current: ${files.size} files`);
else if (process.argv.includes("--check")) {
  console.error(`no longer current: ${outdated.join(", ")}; run npm run generate`);
  process.exitCode = 1;
} else console.log(`written: ${outdated.join(", ")}`);

/** Null: there is no such file yet. */
async function contentOf(path: string): Promise<string | null> {
  return readFile(join(root, path), "utf8").catch(() => null);
}

/** The text with each part between its two marks replaced. Throws where a mark is missing. */
function filled(path: string, text: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((filledSoFar, [name, part]) => {
    const marks = new RegExp(`(<!-- generated: ${name} -->\n)[^]*?(<!-- /generated -->)`);
    if (!marks.test(filledSoFar)) throw new Error(`${path} has no marks for the generated part \`${name}\``);
    return filledSoFar.replace(marks, (_whole, start: string, end: string) => `${start}${part}\n${end}`);
  }, text);
}
