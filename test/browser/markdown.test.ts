/** The comment for a pull request, rendered as GitHub Flavored Markdown, with its HTML taken as it stands: GitHub would
 * strip more of it than this does. */
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { expect } from "vitest";
import { markdownReport } from "../../lib/report/markdown.ts";
import { report, resource, ruleReport, unread, violation } from "../lib/report/sample.ts";
import { itInBrowser, opening } from "./opened.ts";

function rendered(markdown: string): string {
  const options = { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] };
  return `<!doctype html><meta charset="utf-8"><title>A comment</title>${micromark(markdown, options)}`;
}

const names = [
  "</details><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "[link](https://example.com)",
  "https://example.com",
  "a | b | c",
  "```\n# heading",
  "@somebody",
];
const hostile = report([
  ruleReport(
    names.map((name) =>
      violation(resource(name), {
        reasons: [{ code: "awsOwnedKey", found: `${name} is found`, wanted: "", source: resource(name) }],
      }),
    ),
    [unread(resource(names[0] ?? ""), { message: names.join(" ") })],
  ),
]);

itInBrowser("each finding opens to its block, and the table has its cells", () =>
  opening(rendered(markdownReport(hostile)), async ({ page, said }) => {
    expect(await page.locator("details").count()).toBe(names.length + 1);
    expect(await page.locator("details pre").first().isVisible()).toBe(false);
    await page.locator("summary").first().click();
    expect(await page.locator("details pre").first().isVisible()).toBe(true);
    expect(await page.locator("td").allTextContents()).toEqual(["dynamodb-table-encryption", "0", "7", "0", "1"]);
    expect(said).toEqual([]);
  }),
);

itInBrowser("hostile names are text", () =>
  opening(rendered(markdownReport(hostile)), async ({ page, said, asked }) => {
    for (const name of ["<img src=x onerror=alert(1)>", "[link](https://example.com)", "a | b | c", "@somebody"]) {
      expect(await page.locator("summary", { hasText: name }).count()).toBeGreaterThan(0);
    }
    expect(await page.locator("a, img, script").count()).toBe(0);
    expect(await page.locator("h1").count()).toBe(0);
    // The table alone: no name begins another one.
    expect(await page.locator("table").count()).toBe(1);
    expect(said).toEqual([]);
    expect(asked).toEqual([]);
  }),
);
