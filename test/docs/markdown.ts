/** Documents as their readers meet them: links, headings, code. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

export interface Document {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const elsewhere = new Set(["node_modules", "dist"]);

function markdownIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith(".") || elsewhere.has(entry.name) ? [] : markdownIn(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

/** All of the repository. */
export const documents: readonly Document[] = markdownIn("")
  .toSorted()
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

/** @throws Error where there is none */
export function documentAt(path: string): Document {
  const document = documents.find((one) => one.path === path);
  if (document === undefined) throw new Error(`${path} is no document`);
  return document;
}

export interface Block {
  /** What stands behind the opening fence: `sh`, `sh aws`, `text`. */
  readonly info: string;
  readonly text: string;
}

const fenced = /^```([^\n]*)\n([\s\S]*?)^```$/gm;

export function blocksOf({ text }: Document): readonly Block[] {
  return [...text.matchAll(fenced)].map(([, info = "", inside = ""]) => ({ info, text: inside }));
}

function proseOf({ text }: Document): string {
  return text.replace(fenced, "").replace(/<!--[\s\S]*?-->/g, "");
}

/** The code within sentences, a line break in it as a space. */
export function inlineCodeOf(document: Document): readonly string[] {
  return [...proseOf(document).matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replace(/\s+/g, " "));
}

/** Where its links and pictures lead. */
export function linksOf(document: Document): readonly string[] {
  const prose = proseOf(document).replace(/`[^`]+`/g, "code");
  const inText = [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = ""]) => target);
  const bare = [...prose.matchAll(/<(https?:[^>\s]+)>/g)].map(([, target = ""]) => target);
  const pictures = [...prose.matchAll(/ (?:src|srcset)="([^"]+)"/g)].map(([, target = ""]) => target);
  return [...inText, ...bare, ...pictures];
}

/** The anchors of its headings, as GitHub makes them. */
export function anchorsOf(document: Document): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of proseOf(document).matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}
