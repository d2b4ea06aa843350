/** Makes the page of the HTML report out of `page/`: everything but its data, with a policy that lets nothing else in. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");

export interface PageShell {
  readonly beforeData: string;
  readonly afterData: string;
}

/** The same text whenever it is made from the same sources. */
export async function pageShell(): Promise<PageShell> {
  const [script, style, license] = await Promise.all([
    bundled("page/main.tsx"),
    bundled("page/style.css"),
    readFile(join(root, "node_modules/preact/LICENSE"), "utf8"),
  ]);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return {
    beforeData: [
      "<!doctype html>",
      '<html lang="en">',
      "<head>",
      '<meta charset="utf-8">',
      `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
      '<meta name="viewport" content="width=device-width, initial-scale=1">',
      '<meta name="referrer" content="no-referrer">',
      "<title>DynamoDB compliance</title>",
      `<!-- This page holds Preact.\n${license.trim()}\n-->`,
      `<style>${style}</style>`,
      "</head>",
      "<body>",
      '<div id="report"></div>',
      "<noscript>This report is shown by a script of its own, which this browser does not run. The formats table, markdown and csv need none.</noscript>",
      '<script type="application/json" id="data">',
    ].join("\n"),
    afterData: `</script>\n<script>${script}</script>\n</body>\n</html>\n`,
  };
}

async function bundled(path: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    target: ["es2024", "chrome123", "firefox120", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    charset: "ascii",
    legalComments: "none",
    logLevel: "warning",
  });
  const text = outputFiles[0]?.text.trim() ?? "";
  // Neither may end its element before its end.
  if (/<\/|<!--/.test(text)) throw new Error(`${path}: its bundle holds </ or <!--, which HTML would read`);
  return text;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
