import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsOf, documentAt, documents, linksOf, root } from "./markdown.ts";

/** Whose pages are linked to: no test asks the network, so a new one is looked at by whoever adds it here. */
const hosts: ReadonlySet<string> = new Set([
  "aws.amazon.com",
  "docs.aws.amazon.com",
  "docs.oasis-open.org",
  "github.com",
  "raw.githubusercontent.com",
]);

function isExternal(target: string): boolean {
  return /^[a-z]+:/.test(target);
}

/** What is wrong with a link; null where nothing is. */
function whyBroken(from: string, target: string): string | null {
  if (isExternal(target)) {
    const { protocol, host } = new URL(target);
    if (protocol !== "https:") return `${target} is not https`;
    return hosts.has(host) ? null : `${host} is not among the hosts of this test`;
  }
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? from : normalize(join(dirname(from), path));
  if (!existsSync(join(root, file))) return `${target} leads to ${file}, which is not there`;
  if (anchor === undefined) return null;
  return anchorsOf(documentAt(file)).has(anchor) ? null : `${file} has no heading for #${anchor}`;
}

describe.each(documents)("$path", (document) => {
  it("has no link that leads nowhere", () => {
    const broken = linksOf(document).flatMap((target) => whyBroken(document.path, target) ?? []);
    expect(broken).toEqual([]);
  });
});

describe("a broken link", () => {
  it.each([
    ["missing.md", "missing.md leads to docs/missing.md, which is not there"],
    ["reasoner.md#what-it-costs", "docs/reasoner.md has no heading for #what-it-costs"],
    ["http://docs.aws.amazon.com/", "http://docs.aws.amazon.com/ is not https"],
    ["https://example.com/", "example.com is not among the hosts of this test"],
    ["reasoner.md#what-it-assumes", null],
  ])("is told: %s", (target, why) => {
    expect(whyBroken("docs/architecture.md", target)).toBe(why);
  });
});

it("every page below docs/ is found from the README", () => {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const target of linksOf(documentAt(path))) {
      const [file = ""] = target.split("#");
      if (!isExternal(target) && file.endsWith(".md")) visit(normalize(join(dirname(path), file)));
    }
  };
  visit("README.md");
  const pages = documents.map(({ path }) => path).filter((path) => path.startsWith("docs/"));
  expect(pages.filter((path) => !seen.has(path))).toEqual([]);
});
