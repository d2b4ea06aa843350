/** Where results go: standard output, or a file that is known to be writable before anything is read. */
import { constants } from "node:fs";
import { access, readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { styleText } from "node:util";
import type { TextOptions } from "../lib/report/text.ts";
import { CliError, exitStatus, fileError } from "./errors.ts";

const defaultWidth = 100;
const narrowest = 40;

/** Resolves when all is written, or when the reader has gone. */
export function print(text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  process.stdout.write(text, (error) => {
    const code = error && "code" in error ? error.code : null;
    if (!error || code === "EPIPE") resolve();
    else reject(new CliError(exitStatus.unread, `standard output cannot be written - ${error.message}`, error));
  });
  return promise;
}

/** A line beside the results. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** How standard output takes text: as wide as the terminal, in colour where it and NO_COLOR, FORCE_COLOR allow. */
export function terminalText(): TextOptions {
  const colour = styleText("bold", "", { stream: process.stdout }) !== "";
  // Some terminals do not know their width and say 0.
  return { width: Math.max(process.stdout.columns || defaultWidth, narrowest), colour };
}

export const fileText: TextOptions = { width: defaultWidth, colour: false };

/** @throws CliError where the file surely cannot be written: better now than after a long scan */
export async function mustBeWritable(option: string, path: string): Promise<void> {
  const existing = await stat(path).catch(() => null);
  try {
    if (existing?.isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
    await access(existing === null ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw fileError(`${option} ${path} cannot be written`, error, "name a file in a folder that exists and is yours");
  }
}

/** @throws CliError */
export async function readInput(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw fileError(`${option} ${path} cannot be read`, error, "name a file that exists");
  }
}

/** @throws CliError */
export async function writeOutput(what: string, path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new CliError(exitStatus.unread, `${what} cannot be written to ${path} - ${(error as Error).message}`, error);
  }
  note(`${what} written to ${path}`);
}
