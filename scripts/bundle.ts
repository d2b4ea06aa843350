/** How the code is bundled: one definition for what is deployed, tested and measured. */
import { chmod, copyFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { functionId } from "./logical-id.ts";
import { thirdPartyLicences } from "./third-party.ts";

const root = join(import.meta.dirname, "..");

export interface Bundle {
  /** `TableEncryptionFunction`; `cli` for the command line. */
  readonly id: string;
  /** Its code, in the order of esbuild: path from the root, and size. */
  readonly outputs: readonly { readonly path: string; readonly bytes: number }[];
}

export const bundleOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node24",
  // ECMAScript modules first: the SDK's clients are half as large and start in half the time.
  mainFields: ["module", "main"],
  minify: true,
  // Names of classes and functions are shortened with the rest: errors carry theirs as text.
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
} as const satisfies BuildOptions;

/** The names of what is in `functions/`, one Lambda function each. */
export async function functionNames(): Promise<readonly string[]> {
  const files = await readdir(join(root, "functions"));
  return files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

/** Bundles `functions/<name>.ts` into `<outputFolder>/<LogicalId>/`, which is the function's CodeUri: CommonJS, since
 * it starts faster and needs no banner. Esbuild's own report is put beside that folder. */
export async function bundleFunction(name: string, outputFolder: string): Promise<Bundle> {
  const id = functionId(name);
  const folder = join(outputFolder, id);
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    ...bundleOptions,
    entryPoints: [`functions/${name}.ts`],
    format: "cjs",
    outfile: join(folder, "index.js"),
  });
  // Outside Lambda the package.json above says that .js is an ECMAScript module.
  await writeFile(join(folder, "package.json"), '{ "type": "commonjs" }\n');
  await writeFile(join(outputFolder, `${id}.meta.json`), JSON.stringify(metafile));
  return { id, outputs: outputsOf(metafile) };
}

/** Bundles `cli/main.ts` into `<outputFolder>/cli/main.js`, executable; what a command loads when called stays apart. Beside
 * it go the types of the JSON report, and the licences of what is bundled: this folder is the npm package. */
export async function bundleCommandLine(outputFolder: string): Promise<Bundle> {
  const folder = join(outputFolder, "cli");
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    ...bundleOptions,
    entryPoints: ["cli/main.ts"],
    format: "esm",
    splitting: true,
    // What the npm package says that it runs on; Lambda has its own.
    target: "node22.12",
    // Nobody asks Node for them, and they would be more than half of what is installed.
    sourcemap: false,
    // A package in CommonJS asks for Node's own modules by `require`, which a module does not have.
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    outdir: folder,
  });
  await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
  await chmod(join(folder, "main.js"), 0o755);
  await copyFile(join(root, "lib/report/json-types.ts"), join(folder, "report.d.ts"));
  const licences = await thirdPartyLicences(root, Object.keys(metafile.inputs));
  await writeFile(join(folder, "THIRD-PARTY-LICENSES.txt"), licences);
  await writeFile(join(outputFolder, "cli.meta.json"), JSON.stringify(metafile));
  return { id: "cli", outputs: outputsOf(metafile) };
}

function outputsOf(metafile: Metafile): Bundle["outputs"] {
  return Object.entries(metafile.outputs)
    .filter(([path]) => path.endsWith(".js"))
    .map(([path, { bytes }]) => ({ path, bytes }));
}
