/** Whether AWS Config records what the rules watch: a change of anything else triggers none. Pure.
 * Facts: AWS Config developer guide, "Recording AWS resources", and API reference, RecordingGroup. */
import type { Recorder, RecorderFacts, RecorderStatus } from "../aws-config/recorder.ts";
import type { Fact, ResourceKey, Unread } from "../rule.ts";
import { type Check, ok } from "./check.ts";

const area = "AWS Config";
const globalTypes: ReadonlySet<string> = new Set([
  "AWS::IAM::Group",
  "AWS::IAM::Policy",
  "AWS::IAM::Role",
  "AWS::IAM::User",
]);
/** What becomes of the rules all the same (AWS Config developer guide, trigger types). */
const scheduleOnly = "the rules then run on their schedule only";

interface Recorded {
  readonly judges: readonly ResourceKey["type"][];
  readonly watches: readonly ResourceKey["type"][];
}

/** Recorder, recording, recorded types and delivery channel. None hinders a scan: it does without AWS Config. */
export function recorderChecks(
  { recorder, status, deliveryChannel }: RecorderFacts,
  rules: readonly Recorded[],
): readonly Check[] {
  return [
    existence(recorder),
    ...(isNone(recorder) ? [] : [recording(status), watchedTypes(recorder, rules), judgedTypes(recorder, rules)]),
    channel(deliveryChannel),
  ];
}

function isNone(recorder: Fact<Recorder | null>): boolean {
  return "value" in recorder && recorder.value === null;
}

function existence(recorder: Fact<Recorder | null>): Check {
  const name = "recorder";
  if ("unread" in recorder) return notKnown(name, recorder.unread);
  if (recorder.value !== null) return ok(area, name, `${recorder.value.name} is there`);
  return problem(
    name,
    `there is none in the region: ${scheduleOnly}`,
    "set AWS Config up: aws configservice put-configuration-recorder",
  );
}

function recording(status: Fact<RecorderStatus | null>): Check {
  const name = "recording";
  if ("unread" in status) return notKnown(name, status.unread);
  if (!status.value?.recording) {
    return problem(name, `stopped: ${scheduleOnly}`, "aws configservice start-configuration-recorder");
  }
  const { lastStatus, lastError } = status.value;
  if (lastStatus?.toUpperCase() !== "FAILURE") return ok(area, name, "on");
  return problem(
    name,
    `on, but failing${lastError === null ? "" : ` - ${lastError}`}`,
    "check the recorder's role and its delivery channel",
  );
}

function watchedTypes(recorder: Fact<Recorder | null>, rules: readonly Recorded[]): Check {
  const name = "types that rules watch";
  const types = distinct(rules.flatMap(({ watches }) => watches));
  if ("unread" in recorder || recorder.value === null) return typesNotKnown(name);
  const told = recorder.value;
  const missing = types.filter((type) => !records(told, type));
  if (missing.length > 0) {
    return problem(name, `not recorded: ${missing.join(", ")}; no change of them triggers a rule`, "record them too");
  }
  const daily = types.filter((type) => (told.frequencyOverrides[type] ?? told.recordingFrequency) === "DAILY");
  if (daily.length === 0) return ok(area, name, `recorded: ${types.join(", ")}`);
  return ok(
    area,
    name,
    `recorded, once a day: ${daily.join(", ")}`,
    "record them continuously to hear of a change at once",
  );
}

/** Results on what is not recorded are shown, but without a link to the resource. */
function judgedTypes(recorder: Fact<Recorder | null>, rules: readonly Recorded[]): Check {
  const name = "types that rules judge";
  if ("unread" in recorder || recorder.value === null) return typesNotKnown(name);
  const told = recorder.value;
  // The account itself is no recorded resource.
  const types = distinct(rules.flatMap(({ judges }) => judges)).filter((type) => type !== "AWS::::Account");
  const missing = types.filter((type) => !records(told, type));
  if (missing.length === 0) return ok(area, name, "all recorded");
  const todo = "record them (IAM's in the home region alone) to have a link and a name in the console";
  return ok(area, name, `judged all the same, though not recorded: ${missing.join(", ")}`, todo);
}

function channel(deliveryChannel: RecorderFacts["deliveryChannel"]): Check {
  const name = "delivery channel";
  if ("unread" in deliveryChannel) return notKnown(name, deliveryChannel.unread);
  if (deliveryChannel.value !== null) return ok(area, name, `${deliveryChannel.value} is there`);
  return problem(name, "there is none, and without one no recorder starts", "aws configservice put-delivery-channel");
}

/** Whether a recorder records a type. */
export function records({ strategy, resourceTypes, includeGlobalResourceTypes }: Recorder, type: string): boolean {
  switch (strategy) {
    case "INCLUSION_BY_RESOURCE_TYPES":
      return resourceTypes.includes(type);
    case "EXCLUSION_BY_RESOURCE_TYPES":
      return !resourceTypes.includes(type);
    case "ALL_SUPPORTED_RESOURCE_TYPES":
      return includeGlobalResourceTypes || !globalTypes.has(type);
  }
}

function problem(name: string, found: string, todo: string): Check {
  return { area, name, status: "PROBLEM", found, todo, hinders: "deployment", rules: [] };
}

function notKnown(name: string, { call, message }: Unread): Check {
  return { area, name, status: "NOT_KNOWN", found: `${call} ${message}`, todo: null, hinders: null, rules: [] };
}

function typesNotKnown(name: string): Check {
  return {
    area,
    name,
    status: "NOT_KNOWN",
    found: "not known without the recorder",
    todo: null,
    hinders: null,
    rules: [],
  };
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
