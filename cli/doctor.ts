/** `doctor`: what would hinder a scan or a deployment, before either is tried. Reads, and nothing else. */
import { type Caller, CallerError, findCaller } from "../lib/account/caller.ts";
import { openSession } from "../lib/account/session.ts";
import { readRecorder } from "../lib/aws-config/recorder.ts";
import { callerChecks, lackingChecks } from "../lib/doctor/caller.ts";
import { callChecks } from "../lib/doctor/calls.ts";
import { type Check, hindersScan } from "../lib/doctor/check.ts";
import { homeRegionCheck } from "../lib/doctor/home-region.ts";
import { recorderChecks } from "../lib/doctor/recorder.ts";
import { probeCalls } from "../lib/probes/all.ts";
import { publishedCatalogue } from "../lib/published.ts";
import { doctorJson, doctorText } from "../lib/report/doctor.ts";
import packageJson from "../package.json" with { type: "json" };
import { defineCommand, formatOption, regionOption } from "./command.ts";
import { exitStatus } from "./errors.ts";
import { print, terminalText } from "./output.ts";

interface DoctorOptions {
  readonly format: "table" | "json";
  readonly region?: string;
}

/** Where no way leads to a service, the SDK gives up after five attempts of five seconds each; a silent one would take
 * minutes. */
const patienceSeconds = 45;

export const doctor = defineCommand<DoctorOptions>({
  name: "doctor",
  summary: "tell what would hinder a scan or a deployment: credentials, calls refused, AWS Config",
  options: [formatOption(), regionOption()],

  async run({ format, region }) {
    const checkedAt = new Date();
    const caller = await findCaller(region).catch((error: unknown) => {
      if (error instanceof CallerError) return error;
      throw error;
    });
    const checks =
      caller instanceof CallerError
        ? lackingChecks(caller.lacking, caller.message, region ?? null)
        : await examine(caller, checkedAt);
    const { accountId, region: inForce } =
      caller instanceof CallerError ? { accountId: null, region: region ?? null } : caller;
    const examination = { toolVersion: packageJson.version, accountId, region: inForce, checkedAt, checks };
    await print(format === "json" ? doctorJson(examination) : doctorText(examination, terminalText()));
    return hindersScan(checks) ? exitStatus.unread : exitStatus.whole;
  },
});

async function examine(caller: Caller, now: Date): Promise<readonly Check[]> {
  const session = openSession({ ...caller, now, signal: AbortSignal.timeout(patienceSeconds * 1_000) });
  const { expiration = null } = await caller.credentials();
  const [probes, recorder] = await Promise.all([probeCalls(session), readRecorder(session)]);
  return [
    ...callerChecks({ ...caller, expiration }),
    ...callChecks(probes, publishedCatalogue),
    ...recorderChecks(recorder, publishedCatalogue),
    homeRegionCheck(session.region),
  ];
}
