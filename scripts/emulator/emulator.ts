/** Starts the emulator, moto's server with our corrections, and runs the AWS CLI against it. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { pythonEnvironment } from "../python.ts";

const startSeconds = 30;

export interface Emulator {
  readonly url: string;
  /** Forgets everything: all accounts, all regions. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** How long a deleted table is still there as DELETING; 0, the default, is not at all. */
  readonly deletingSeconds?: number;
}

/** Ends with this process, however that ends: the server lives only as long as its standard input is open.
 * @throws Error, one sentence, where Python or the emulator cannot be had or does not start */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const bin = await pythonEnvironment("emulator");
  const server = spawn(join(bin, "python"), [join(import.meta.dirname, "emulator.py"), "0"], {
    env: { ...cleanEnvironment(), EMULATOR_DELETING_SECONDS: String(options.deletingSeconds ?? 0) },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stop = async (): Promise<void> => {
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill();
    await ended;
  };
  try {
    const url = `http://127.0.0.1:${await listeningPort(server)}`;
    return { url, reset: () => resetEmulator(url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Forgets everything in the emulator at this address. */
export async function resetEmulator(url: string): Promise<void> {
  const response = await fetch(`${url}/moto-api/reset`, { method: "POST" });
  if (!response.ok) throw new Error(`the emulator at ${url} refused to be reset: ${response.status}`);
}

export interface ClientConfiguration {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What an SDK client needs to talk to the emulator; credentials that it does not know are account 123456789012. */
export function clientConfiguration(url: string, region = "us-east-1"): ClientConfiguration {
  return { endpoint: url, region, credentials: { accessKeyId: "testing", secretAccessKey: "testing" } };
}

/** Runs an AWS CLI command (without the leading `aws`) against the emulator, with credentials that mean nothing.
 * @returns the parsed answer; null where the command prints nothing
 * @throws Error with what the CLI printed on standard error */
export async function awsCli(url: string, args: readonly string[]): Promise<unknown> {
  const bin = await pythonEnvironment("emulator");
  try {
    const { stdout } = await promisify(execFile)(join(bin, "aws"), args, {
      env: {
        ...cleanEnvironment(),
        AWS_ENDPOINT_URL: url,
        AWS_ACCESS_KEY_ID: "testing",
        AWS_SECRET_ACCESS_KEY: "testing",
        AWS_DEFAULT_OUTPUT: "json",
        AWS_PAGER: "",
      },
    });
    return stdout.trim() === "" ? null : JSON.parse(stdout);
  } catch (error) {
    const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    throw new Error(`aws ${args.join(" ")}: ${stderr || String(error)}`, { cause: error });
  }
}

/** Nothing of the caller's AWS set-up: moto, too, fails on a profile that it does not find. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
}

/** The port, from the one line that the server prints once it listens; its standard error goes into the error. */
async function listeningPort(server: ChildProcess): Promise<number> {
  const { stdout, stderr } = server;
  if (stdout === null || stderr === null) throw new Error("the emulator was started without pipes");
  let complaint = "";
  stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4_000);
  });
  const failed = (how: string): Error => new Error(`the emulator ${how}: ${complaint.trim() || "it said nothing"}`);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const timer = setTimeout(() => reject(failed(`did not listen within ${startSeconds} s`)), startSeconds * 1_000);
  server.once("error", reject);
  server.once("close", () => reject(failed("ended at its start")));
  createInterface(stdout).once("line", (line) => {
    try {
      resolve((JSON.parse(line) as { port: number }).port);
    } catch {
      reject(failed(`printed \`${line}\` instead of its port`));
    }
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
