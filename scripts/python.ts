/**
 * The Python side: the emulator and the AWS CLI, or the AWS SAM CLI, each in a virtual environment of its own at the
 * repository root, made from a fully pinned list. `node scripts/python.ts emulator` makes one and prints its bin folder.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
const folders = { emulator: ".venv", sam: ".venv-sam" } as const;

export type PythonEnvironmentName = keyof typeof folders;

/** The bin folder of an environment, made first where it is missing or its requirements changed.
 * @throws Error, one sentence, where Python 3.11 is not to be had or the install fails */
export async function pythonEnvironment(name: PythonEnvironmentName): Promise<string> {
  const requirements = join(root, "requirements", `${name}.txt`);
  const folder = join(root, folders[name]);
  const bin = join(folder, "bin");
  const stamp = join(folder, "requirements.sha256");
  const wanted = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  if (await isWhole(stamp, wanted, join(bin, "python"))) return bin;

  await requirePython();
  process.stderr.write(`making ${folders[name]} from requirements/${name}.txt, about half a minute\n`);
  await rm(folder, { recursive: true, force: true });
  try {
    await run("python3", ["-m", "venv", folder]);
    await run(join(bin, "python"), ["-m", "pip", "install", "--quiet", "--no-input", "--requirement", requirements]);
  } catch (error) {
    throw new Error(`requirements/${name}.txt could not be installed into ${folders[name]}: ${lastLine(error)}`, {
      cause: error,
    });
  }
  // Last, so that an interrupted install is made again.
  await writeFile(stamp, wanted);
  return bin;
}

async function isWhole(stamp: string, wanted: string, python: string): Promise<boolean> {
  try {
    await access(python);
    return (await readFile(stamp, "utf8")) === wanted;
  } catch {
    return false;
  }
}

async function requirePython(): Promise<void> {
  try {
    await run("python3", ["-c", "import ensurepip, sys, venv; assert sys.version_info >= (3, 11)"]);
  } catch (error) {
    throw new Error("Python 3.11 or later, with its venv module, is not on the PATH as python3", { cause: error });
  }
}

function lastLine(error: unknown): string {
  const stderr = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  return (stderr.trim() || String(error)).split("\n").at(-1) ?? "";
}

if (import.meta.main) {
  const name = process.argv[2];
  if (name !== "emulator" && name !== "sam") {
    process.stderr.write("usage: node scripts/python.ts emulator|sam\n");
    process.exit(2);
  }
  try {
    process.stdout.write(`${await pythonEnvironment(name)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(3);
  }
}
