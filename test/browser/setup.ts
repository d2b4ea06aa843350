/** Starts the one browser of a run. Where there is none, every test in it is skipped, or in CI the run fails. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly browser: { readonly endpoint: string } | { readonly missing: string };
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  try {
    const server = await chromium.launchServer({ executablePath: await browserPath() });
    project.provide("browser", { endpoint: server.wsEndpoint() });
    return () => server.close();
  } catch (error) {
    if (process.env["CI"]) throw error;
    const missing = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    process.stderr.write(`\nEVERY BROWSER TEST IS SKIPPED: ${missing}\n\n`);
    project.provide("browser", { missing });
    return undefined;
  }
}

/** @throws Error where no Chromium is on the PATH */
export async function browserPath(): Promise<string> {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    const found = await promisify(execFile)("which", [name]).catch(() => null);
    if (found !== null) return found.stdout.trim();
  }
  throw new Error("no Chromium is on the PATH: install the package chromium");
}
