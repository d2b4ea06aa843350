/** The README's pictures: the recorded account as a page and in a terminal, taken by Chromium. `npm run screenshots` */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { AnsiUp } from "ansi_up";
import { chromium, type Page } from "playwright-core";
import { browserPath } from "./browser.ts";

const root = join(import.meta.dirname, "..");
const images = join(root, "docs/images");
/** Lines of the terminal's report: its table, and the first violations. */
const terminalLines = 44;

const folder = await mkdtemp(join(tmpdir(), "screenshots-"));
const browser = await chromium.launch({ executablePath: await browserPath() });
try {
  await mkdir(images, { recursive: true });
  const report = join(folder, "report.html");
  await scan(["--format", "html", "--output", report]);
  const address = pathToFileURL(report).href;
  for (const colorScheme of ["light", "dark"] as const) {
    await picture(`report-${colorScheme}`, { colorScheme, of: "html" }, (page) => page.goto(address));
  }
  await picture("finding", { colorScheme: "light", of: ".findings > li:first-child" }, async (page) => {
    await page.goto(`${address}#text=tenant-items-scan&rule=dynamodb-policy-conditions`);
    await page.locator(".findings summary").first().click();
  });
  const printed = (await scan([])).split("\n").slice(0, terminalLines).join("\n");
  await picture("terminal", { colorScheme: "dark", of: "pre" }, async (page) => {
    await page.setContent(
      `<style>body { margin: 0; background: #14171c } pre { display: inline-block; margin: 0; padding: 1.25rem;
       color: #e7e9ee; font: 14px/1.4 "DejaVu Sans Mono", monospace }</style><pre>${new AnsiUp().ansi_to_html(printed)}</pre>`,
    );
  });
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}

async function scan(words: readonly string[]): Promise<string> {
  const command = ["cli/main.ts", "scan", "--sample", ...words];
  const env = { ...process.env, FORCE_COLOR: "1" };
  return (await promisify(execFile)(process.execPath, command, { cwd: root, env, maxBuffer: 2 ** 24 })).stdout;
}

interface View {
  readonly colorScheme: "light" | "dark";
  /** Of the whole page what fits into a window; of a part all, in a window that need not be scrolled. */
  readonly of: string;
}

async function picture(name: string, { colorScheme, of }: View, show: (page: Page) => Promise<unknown>): Promise<void> {
  const height = of === "html" ? 1_040 : 3_000;
  const page = await browser.newPage({ colorScheme, viewport: { width: 1_200, height } });
  await show(page);
  const path = join(images, `${name}.png`);
  if (of === "html") await page.screenshot({ path });
  else await page.locator(of).screenshot({ path });
  await page.close();
  console.log(path);
}
