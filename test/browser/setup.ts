/** Starts the one browser of a run. Where there is none, every test in it is skipped, or in CI the run fails. */
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { browserPath } from "../../scripts/browser.ts";

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
