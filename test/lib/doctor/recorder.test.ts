import { describe, expect, it } from "vitest";
import type { Recorder, RecorderFacts } from "../../../lib/aws-config/recorder.ts";
import { hindersScan } from "../../../lib/doctor/check.ts";
import { recorderChecks, records } from "../../../lib/doctor/recorder.ts";

const rules = [
  { judges: ["AWS::DynamoDB::Table", "AWS::::Account"], watches: ["AWS::DynamoDB::Table"] },
  { judges: ["AWS::EC2::VPC", "AWS::IAM::User"], watches: ["AWS::EC2::RouteTable", "AWS::DynamoDB::Table"] },
] as const;

const recorder: Recorder = {
  name: "main",
  strategy: "ALL_SUPPORTED_RESOURCE_TYPES",
  resourceTypes: [],
  includeGlobalResourceTypes: true,
  recordingFrequency: "CONTINUOUS",
  frequencyOverrides: {},
};
const whole: RecorderFacts = {
  recorder: { value: recorder },
  status: { value: { recording: true, lastStatus: "Success", lastError: null } },
  deliveryChannel: { value: "bucket" },
};
const other = (change: Partial<Recorder>): Partial<RecorderFacts> => ({
  recorder: { value: { ...recorder, ...change } },
});
const unread = { unread: { call: "config:DescribeX", message: "on the region was denied", lasting: true } };

type Told = readonly [name: string, status: string, found: string];
const well: readonly Told[] = [
  ["recorder", "OK", "main is there"],
  ["recording", "OK", "on"],
  ["types that rules watch", "OK", "recorded: AWS::DynamoDB::Table, AWS::EC2::RouteTable"],
  ["types that rules judge", "OK", "all recorded"],
  ["delivery channel", "OK", "bucket is there"],
];

function checks(change: Partial<RecorderFacts>): readonly Told[] {
  return recorderChecks({ ...whole, ...change }, rules).map(({ name, status, found }) => [name, status, found]);
}

describe("AWS Config's recorder", () => {
  it("that records everything hinders nothing", () => {
    expect(checks({})).toEqual(well);
  });

  it.each<[string, Partial<RecorderFacts>, Told]>([
    [
      "that is stopped",
      { status: { value: { recording: false, lastStatus: "Success", lastError: null } } },
      ["recording", "PROBLEM", "stopped: the rules then run on their schedule only"],
    ],
    [
      "that was never started",
      { status: { value: null } },
      ["recording", "PROBLEM", "stopped: the rules then run on their schedule only"],
    ],
    [
      "that fails",
      { status: { value: { recording: true, lastStatus: "Failure", lastError: "NoBucket: gone" } } },
      ["recording", "PROBLEM", "on, but failing - NoBucket: gone"],
    ],
    [
      "whose status was not read",
      { status: unread },
      ["recording", "NOT_KNOWN", "config:DescribeX on the region was denied"],
    ],
    [
      "that leaves out a type",
      other({ strategy: "EXCLUSION_BY_RESOURCE_TYPES", resourceTypes: ["AWS::EC2::RouteTable"] }),
      ["types that rules watch", "PROBLEM", "not recorded: AWS::EC2::RouteTable; no change of them triggers a rule"],
    ],
    [
      "that records daily",
      other({ recordingFrequency: "DAILY", frequencyOverrides: { "AWS::DynamoDB::Table": "CONTINUOUS" } }),
      ["types that rules watch", "OK", "recorded, once a day: AWS::EC2::RouteTable"],
    ],
    [
      "without IAM's types",
      other({ includeGlobalResourceTypes: false }),
      ["types that rules judge", "OK", "judged all the same, though not recorded: AWS::IAM::User"],
    ],
    [
      "without a delivery channel",
      { deliveryChannel: { value: null } },
      ["delivery channel", "PROBLEM", "there is none, and without one no recorder starts"],
    ],
    [
      "with a channel that was not read",
      { deliveryChannel: unread },
      ["delivery channel", "NOT_KNOWN", "config:DescribeX on the region was denied"],
    ],
  ])("%s", (_, change, told) => {
    expect(checks(change)).toEqual(well.map((one) => (one[0] === told[0] ? told : one)));
  });

  it("that is not there leaves its other checks out", () => {
    const none = { recorder: { value: null }, status: { value: null }, deliveryChannel: { value: null } };

    expect(checks(none).map(([name, status]) => [name, status])).toEqual([
      ["recorder", "PROBLEM"],
      ["delivery channel", "PROBLEM"],
    ]);
  });

  it("that was not read leaves its types unknown", () => {
    expect(checks({ recorder: unread })).toEqual([
      ["recorder", "NOT_KNOWN", "config:DescribeX on the region was denied"],
      ["recording", "OK", "on"],
      ["types that rules watch", "NOT_KNOWN", "not known without the recorder"],
      ["types that rules judge", "NOT_KNOWN", "not known without the recorder"],
      ["delivery channel", "OK", "bucket is there"],
    ]);
  });

  it("never hinders a scan, but a deployment", () => {
    const told = recorderChecks({ ...whole, recorder: { value: null } }, rules);

    expect(hindersScan(told)).toBe(false);
    expect(told[0]).toMatchObject({ hinders: "deployment" });
  });
});

it.each<[Partial<Recorder>, string, boolean]>([
  [{ includeGlobalResourceTypes: false }, "AWS::DynamoDB::Table", true],
  [{ includeGlobalResourceTypes: false }, "AWS::IAM::Policy", false],
  [{ includeGlobalResourceTypes: true }, "AWS::IAM::Policy", true],
  // The flag is for the first strategy alone (API reference, RecordingGroup).
  [{ strategy: "EXCLUSION_BY_RESOURCE_TYPES", includeGlobalResourceTypes: false }, "AWS::IAM::Policy", true],
  [{ strategy: "EXCLUSION_BY_RESOURCE_TYPES", resourceTypes: ["AWS::IAM::Policy"] }, "AWS::IAM::Policy", false],
  [{ strategy: "INCLUSION_BY_RESOURCE_TYPES", resourceTypes: ["AWS::IAM::Policy"] }, "AWS::IAM::Policy", true],
  [{ strategy: "INCLUSION_BY_RESOURCE_TYPES", resourceTypes: ["AWS::IAM::Policy"] }, "AWS::DynamoDB::Table", false],
])("a recorder with %o on %s: %s", (change, type, isRecorded) => {
  expect(records({ ...recorder, ...change }, type)).toBe(isRecorded);
});
