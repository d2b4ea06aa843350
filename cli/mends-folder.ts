/** `--mends`: the folder that a scan's mends are written to. */
import { constants } from "node:fs";
import { access, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mendFiles, scriptName } from "../lib/report/mends-script.ts";
import type { Report } from "../lib/report/report.ts";
import { CliError, exitStatus, fileError } from "./errors.ts";
import { note } from "./output.ts";

/** @throws CliError where the folder holds something or surely cannot be written: better now than after a long scan */
export async function mustBeEmptyFolder(option: string, folder: string): Promise<void> {
  const existing = await stat(folder).catch(() => null);
  const todo = "name a folder that is empty or does not exist yet, in a folder that exists and is yours";
  let names: readonly string[];
  try {
    await access(existing === null ? dirname(folder) : folder, constants.W_OK);
    names = existing === null ? [] : await readdir(folder);
  } catch (error) {
    throw fileError(`${option} ${folder} cannot be written`, error, todo);
  }
  if (names.length > 0) {
    throw new CliError(exitStatus.usage, `${option} ${folder} is not empty: ${todo}`);
  }
}

/** The script and its policy files; nothing that is there is overwritten.
 * @throws CliError where one cannot be written */
export async function writeMends(folder: string, report: Report): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [path, text] of mendFiles(report)) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text, { flag: "wx", mode: path === scriptName ? 0o755 : 0o644 });
    }
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new CliError(exitStatus.unread, `mends cannot be written to ${folder} - ${because}`, error);
  }
  note(`mends written to ${join(folder, scriptName)}`);
}
