/** The account that a scan reads: the live one of the caller, or a recorded one. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { keepAnswers, replayAnswers } from "../lib/account/answers.ts";
import { isPassing } from "../lib/account/fact.ts";
import { parseRecording, type Recording, RecordingError } from "../lib/account/recording.ts";
import { openSession, type Session } from "../lib/account/session.ts";
import packageJson from "../package.json" with { type: "json" };
import { CliError, exitStatus } from "./errors.ts";
import { readInput } from "./output.ts";

export interface OpenedAccount {
  readonly session: Session;
  readonly isRecorded: boolean;
  /** Calls to AWS: made so far, or kept in the recording. */
  calls(): number;
  /** All answers so far, those of failed calls too. */
  recording(): Recording;
}

/** The caller's account by the SDK's own chain: no endpoint is set here, so that AWS_ENDPOINT_URL holds.
 * @throws CliError where there are no credentials, no region or no answer */
export async function openLiveAccount(region: string | undefined, signal: AbortSignal): Promise<OpenedAccount> {
  const { findCaller } = await import("../lib/account/caller.ts");
  const caller = await findCaller(region).catch((error: Error) => {
    if (error.name !== "CallerError") throw error;
    throw new CliError(exitStatus.unread, error.message, error);
  });
  const answers = keepAnswers(isPassing);
  const session = openSession({ ...caller, now: new Date(), signal, answers });
  const { accountId, region: inForce, now: recordedAt } = session;
  return {
    session,
    isRecorded: false,
    calls: () => [...session.calls.values()].reduce((sum, count) => sum + count, 0),
    recording: () => ({
      toolVersion: packageJson.version,
      accountId,
      region: inForce,
      recordedAt,
      calls: answers.recorded(),
    }),
  };
}

/** The account of a recording, at its time; needs no credentials and no network.
 * @throws CliError where the file is none, is damaged, or is of another schema version */
export async function openRecordedAccount(path: string, signal: AbortSignal): Promise<OpenedAccount> {
  const text = await readInput("--replay", path);
  const recording = recordingIn(text, path);
  const { accountId, region, recordedAt: now, calls } = recording;
  return {
    session: openSession({ accountId, region, now, signal, answers: replayAnswers(calls) }),
    isRecorded: true,
    calls: () => calls.reduce((sum, { answers }) => sum + answers.length, 0),
    recording: () => recording,
  };
}

/** The recorded account that comes along: beside the sources, or two folders above the bundle. */
export function openSampleAccount(signal: AbortSignal): Promise<OpenedAccount> {
  const places = ["../events", "../../events"].map((folder) =>
    join(import.meta.dirname, folder, "sample-account.json"),
  );
  return openRecordedAccount(places.find(existsSync) ?? "events/sample-account.json", signal);
}

function recordingIn(text: string, path: string): Recording {
  try {
    return parseRecording(text, path);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    throw new CliError(exitStatus.usage, error.message, error);
  }
}
