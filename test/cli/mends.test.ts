import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { newFolder, removeFolders, run } from "./child.ts";

afterAll(removeFolders);

// Each test waits for processes of its own: seconds each on a busy machine.
describe.concurrent("scan --mends", { timeout: 60_000 }, () => {
  const sample = ["scan", "--replay", "events/sample-account.json"];

  test("the sample account's mends are a script that lists its functions and calls nothing", async () => {
    const [folder, bin] = [join(newFolder(), "mends"), newFolder()];
    writeFileSync(join(bin, "aws"), `#!/bin/sh\ntouch ${bin}/called\n`, { mode: 0o755 });
    const script = join(folder, "mends.sh");

    const ended = await run([...sample, "--mends", folder]);

    expect(ended).toMatchObject({ status: 0, stderr: `mends written to ${script}\n` });
    execFileSync("bash", ["-n", script]);
    const env = { PATH: `${bin}:${process.env["PATH"]}` };
    const { status, stdout, stderr } = spawnSync("bash", [script], { env, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const text = readFileSync(script, "utf8");
    const functions = [...text.matchAll(/^(mend_\w+)\(\) \{$/gm)].map(([, name]) => name);
    expect(functions.length).toBeGreaterThan(30);
    expect(stdout.split("\n").map((line) => line.split(" ")[0])).toEqual([...functions, ""]);
    expect(existsSync(join(bin, "called"))).toBe(false);

    const files = [...text.matchAll(/file:\/\/([\w./-]+)/g)].map(([, path = ""]) => path);
    expect(files.length).toBeGreaterThan(10);
    for (const path of files) expect(JSON.parse(readFileSync(join(folder, path), "utf8"))).toHaveProperty("Statement");
    expect(statSync(script).mode & 0o111).toBe(0o111);
  });

  test("an empty folder will do", async () => {
    const folder = newFolder();

    expect(await run([...sample, "--rules", "dynamodb-table-encryption", "--mends", folder])).toMatchObject({
      status: 0,
    });
    expect(readdirSync(folder)).toEqual(["mends.sh"]);
  });

  test.each<[string, (folder: string) => void, string]>([
    ["a folder that holds something", (folder) => mkdirSync(join(folder, "x"), { recursive: true }), " is not empty: "],
    ["a file", (folder) => writeFileSync(folder, ""), " cannot be written: "],
  ])("%s is bad usage, before anything is read, and stays as it is", async (_, make, why) => {
    const folder = join(newFolder(), "mends");
    make(folder);

    const ended = await run([...sample, "--mends", folder]);

    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toContain(`--mends ${folder}${why}name a folder that is empty or does not exist yet`);
    expect(existsSync(join(folder, "mends.sh"))).toBe(false);
  });

  test("a folder in no folder is bad usage", async () => {
    const folder = join(newFolder(), "none", "mends");

    const ended = await run([...sample, "--mends", folder]);

    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^--mends .* cannot be written: .* - ENOENT\n$/);
  });
});
