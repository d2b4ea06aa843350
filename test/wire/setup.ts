/** Starts the one emulator of a wire run. Where it cannot be had, every wire test is skipped, or in CI the run fails. */
import type { TestProject } from "vitest/node";
import { startEmulator } from "../../scripts/emulator/emulator.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly emulator: { readonly url: string } | { readonly missing: string };
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  try {
    const emulator = await startEmulator();
    project.provide("emulator", { url: emulator.url });
    return emulator.stop;
  } catch (error) {
    if (process.env["CI"]) throw error;
    const missing = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\nEVERY WIRE TEST IS SKIPPED: ${missing}\n\n`);
    project.provide("emulator", { missing });
    return undefined;
  }
}
