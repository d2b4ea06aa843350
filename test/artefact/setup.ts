/** Bundles what is deployed, and installs Lambda's runtime client to run it with. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { bundleCommandLine, bundleFunction, functionNames } from "../../scripts/bundle.ts";

declare module "vitest" {
  interface ProvidedContext {
    runtime: { readonly path: string } | { readonly missing: string };
  }
}

export async function setup(project: TestProject): Promise<void> {
  const dist = join(import.meta.dirname, "../../dist");
  for (const name of await functionNames()) await bundleFunction(name, dist);
  await bundleCommandLine(dist);
  project.provide("runtime", await installRuntime());
}

async function installRuntime(): Promise<{ path: string } | { missing: string }> {
  const folder = join(import.meta.dirname, "runtime");
  try {
    // Its install scripts compile the native transport, which native-transport.cjs replaces.
    await promisify(execFile)("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
    await writeFile(join(folder, "node_modules/aws-lambda-ric/rapid-client.node"), "");
    return { path: folder };
  } catch (error) {
    const missing = `Lambda's runtime client could not be installed: ${(error as Error).message.split("\n")[0]}`;
    if (process.env["CI"] === "true") throw new Error(missing);
    console.warn(`artefact tests are skipped: ${missing}`);
    return { missing };
  }
}
