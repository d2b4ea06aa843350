/** The Chromium of the system, which the browser tests, the pictures and the bench of the page take. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** @throws Error where no Chromium is on the PATH */
export async function browserPath(): Promise<string> {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    const found = await promisify(execFile)("which", [name]).catch(() => null);
    if (found !== null) return found.stdout.trim();
  }
  throw new Error("no Chromium is on the PATH: install the package chromium");
}
