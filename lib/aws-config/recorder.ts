/** Reads of AWS Config's recorder in a region: without one, or of types that it leaves out, no change triggers a rule. */
import {
  ConfigServiceClient,
  type ConfigurationRecorder,
  type ConfigurationRecorderStatus,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
} from "@aws-sdk/client-config-service";
import { malformed, read } from "../account/fact.ts";
import type { Session } from "../account/session.ts";
import type { Fact } from "../rule.ts";

export interface RecorderFacts {
  /** The account's own recorder, of which a region has one at most; those that services make are not listed. */
  readonly recorder: Fact<Recorder | null>;
  readonly status: Fact<RecorderStatus | null>;
  /** The name of the delivery channel. */
  readonly deliveryChannel: Fact<string | null>;
}

export interface Recorder {
  readonly name: string;
  readonly strategy: "ALL_SUPPORTED_RESOURCE_TYPES" | "EXCLUSION_BY_RESOURCE_TYPES" | "INCLUSION_BY_RESOURCE_TYPES";
  /** What the strategy excludes or includes. */
  readonly resourceTypes: readonly string[];
  /** Whether recording all types includes IAM's users, groups, roles and policies. */
  readonly includeGlobalResourceTypes: boolean;
  readonly recordingFrequency: "CONTINUOUS" | "DAILY";
  /** Types that are recorded at another frequency. */
  readonly frequencyOverrides: Readonly<Record<string, "CONTINUOUS" | "DAILY">>;
}

export interface RecorderStatus {
  readonly recording: boolean;
  /** `Success`, `Failure`, `Pending` or `NotApplicable`, which the API reference spells in capitals; null: never started. */
  readonly lastStatus: string | null;
  readonly lastError: string | null;
}

/** Three calls, at the same time. */
export async function readRecorder(session: Session): Promise<RecorderFacts> {
  const client = session.client(ConfigServiceClient);
  const [recorders, statuses, channels] = await Promise.all([
    read(recordersCall, subject, () => client.send(new DescribeConfigurationRecordersCommand({}))),
    read(statusCall, subject, () => client.send(new DescribeConfigurationRecorderStatusCommand({}))),
    read("config:DescribeDeliveryChannels", subject, () => client.send(new DescribeDeliveryChannelsCommand({}))),
  ]);
  return {
    recorder: "unread" in recorders ? recorders : recorderOf(recorders.value.ConfigurationRecorders?.[0]),
    status: "unread" in statuses ? statuses : statusOf(statuses.value.ConfigurationRecordersStatus?.[0]),
    deliveryChannel: "unread" in channels ? channels : { value: channels.value.DeliveryChannels?.[0]?.name ?? null },
  };
}

const subject = "the region";
const recordersCall = "config:DescribeConfigurationRecorders";
const statusCall = "config:DescribeConfigurationRecorderStatus";

// A recorder that was made before there were strategies tells none: allSupported then decides (API reference,
// RecordingGroup).
function recorderOf(recorder: ConfigurationRecorder | undefined): Fact<Recorder | null> {
  if (recorder === undefined) return { value: null };
  const { name = "default", recordingGroup, recordingMode } = recorder;
  if (recordingGroup === undefined) return { unread: malformed(recordersCall, subject, "recordingGroup") };
  const { allSupported, resourceTypes, exclusionByResourceTypes, recordingStrategy } = recordingGroup;
  const untold = allSupported ? "ALL_SUPPORTED_RESOURCE_TYPES" : "INCLUSION_BY_RESOURCE_TYPES";
  const strategy = recordingStrategy?.useOnly ?? untold;
  const isExcluding = strategy === "EXCLUSION_BY_RESOURCE_TYPES";
  const overrides = (recordingMode?.recordingModeOverrides ?? []).flatMap(({ resourceTypes: types, ...override }) =>
    (types ?? []).map((type) => [type, frequencyOf(override.recordingFrequency)] as const),
  );
  return {
    value: {
      name,
      strategy,
      resourceTypes: (isExcluding ? exclusionByResourceTypes?.resourceTypes : resourceTypes) ?? [],
      includeGlobalResourceTypes: recordingGroup.includeGlobalResourceTypes ?? false,
      recordingFrequency: frequencyOf(recordingMode?.recordingFrequency),
      frequencyOverrides: Object.fromEntries(overrides),
    },
  };
}

function frequencyOf(told: string | undefined): "CONTINUOUS" | "DAILY" {
  return told === "DAILY" ? "DAILY" : "CONTINUOUS";
}

function statusOf(status: ConfigurationRecorderStatus | undefined): Fact<RecorderStatus | null> {
  if (status === undefined) return { value: null };
  const { recording, lastStatus, lastErrorCode, lastErrorMessage } = status;
  if (recording === undefined) return { unread: malformed(statusCall, subject, "recording") };
  const error = [lastErrorCode, lastErrorMessage].filter(Boolean).join(": ");
  return { value: { recording, lastStatus: lastStatus ?? null, lastError: error || null } };
}
