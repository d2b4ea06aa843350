/** Installs the simulator that the reasoner is compared with, where it is not there yet. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly oracle: { readonly installed: true } | { readonly missing: string };
  }
}

const folder = join(import.meta.dirname, "simulator");

export async function setup(project: TestProject): Promise<void> {
  project.provide("oracle", await installOracle());
}

/** Whether it is there now; where it cannot be had, why, or in CI an error. */
export async function installOracle(): Promise<{ readonly installed: true } | { readonly missing: string }> {
  if (await isCurrent()) return { installed: true };
  try {
    await promisify(execFile)("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
    return { installed: true };
  } catch (error) {
    const missing = `the IAM simulator could not be installed: ${(error as Error).message.split("\n")[0]}`;
    if (process.env["CI"] === "true") throw new Error(missing);
    console.warn(`oracle tests are skipped: ${missing}`);
    return { missing };
  }
}

/** Npm writes the inner lockfile last, so that equal lockfiles mean a whole installation. */
async function isCurrent(): Promise<boolean> {
  try {
    const [wanted, installed] = await Promise.all(
      ["package-lock.json", "node_modules/.package-lock.json"].map(async (file) =>
        integrities(await readFile(join(folder, file), "utf8")),
      ),
    );
    return wanted === installed;
  } catch {
    return false;
  }
}

function integrities(lockfile: string): string {
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, { integrity?: string }> };
  return Object.entries(packages)
    .filter(([path]) => path !== "")
    .map(([path, { integrity }]) => `${path} ${integrity}`)
    .sort()
    .join("\n");
}
