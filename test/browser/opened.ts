/** A report as somebody opens it: from disk, in a browser that tells what it did besides. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { inject, it } from "vitest";

const given = inject("browser");
let browser: Browser | null = null;

/** What the page said or asked for besides the file itself. */
export interface Opened {
  readonly page: Page;
  readonly address: string;
  readonly said: readonly string[];
  readonly asked: readonly string[];
}

/** A test that needs the browser. */
export const itInBrowser = it.skipIf("missing" in given);

/** Opens the report, hands it on, and closes it.
 * @param hash what the address ends with */
export async function opening(
  html: string,
  look: (opened: Opened) => Promise<void>,
  { hash = "", ...options }: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<void> {
  if ("missing" in given) throw new Error(given.missing);
  browser ??= await chromium.connect(given.endpoint);
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  const path = join(folder, "report.html");
  writeFileSync(path, html);
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const address = pathToFileURL(path).href;
    const said: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => said.push(`error: ${error.message}`));
    page.on("dialog", async (dialog) => {
      said.push(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url() !== `${address}${hash}` && request.url() !== address) asked.push(request.url());
    });
    await page.goto(`${address}${hash}`);
    await look({ page, address, said, asked });
  } finally {
    await context.close();
    rmSync(folder, { recursive: true });
  }
}
