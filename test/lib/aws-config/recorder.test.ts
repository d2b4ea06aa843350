import {
  ConfigServiceClient,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
} from "@aws-sdk/client-config-service";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readRecorder } from "../../../lib/aws-config/recorder.ts";
import { awsError, denied, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(ConfigServiceClient);
let config: ReturnType<typeof mock>;
beforeEach(() => {
  config = mock();
  config.onAnyCommand().resolves({});
});
afterEach(() => config.restore());

const read = () => readRecorder(sessionOf());
const all = { strategy: "ALL_SUPPORTED_RESOURCE_TYPES", resourceTypes: [], includeGlobalResourceTypes: true };
const always = { recordingFrequency: "CONTINUOUS", frequencyOverrides: {} };

it("is nothing where nothing is set up", async () => {
  expect(await read()).toEqual({
    recorder: { value: null },
    status: { value: null },
    deliveryChannel: { value: null },
  });
});

it("is the recorder with its status and its channel", async () => {
  config
    .on(DescribeConfigurationRecordersCommand)
    .resolves({
      ConfigurationRecorders: [
        {
          name: "main",
          recordingGroup: {
            recordingStrategy: { useOnly: "EXCLUSION_BY_RESOURCE_TYPES" },
            exclusionByResourceTypes: { resourceTypes: ["AWS::EC2::RouteTable"] },
            resourceTypes: [],
          },
          recordingMode: {
            recordingFrequency: "DAILY",
            recordingModeOverrides: [{ resourceTypes: ["AWS::DynamoDB::Table"], recordingFrequency: "CONTINUOUS" }],
          },
        },
      ],
    })
    .on(DescribeConfigurationRecorderStatusCommand)
    .resolves({
      ConfigurationRecordersStatus: [
        { recording: true, lastStatus: "Failure", lastErrorCode: "AccessDenied", lastErrorMessage: "no bucket" },
      ],
    })
    .on(DescribeDeliveryChannelsCommand)
    .resolves({ DeliveryChannels: [{ name: "bucket" }] });

  expect(await read()).toEqual({
    recorder: {
      value: {
        name: "main",
        strategy: "EXCLUSION_BY_RESOURCE_TYPES",
        resourceTypes: ["AWS::EC2::RouteTable"],
        includeGlobalResourceTypes: false,
        recordingFrequency: "DAILY",
        frequencyOverrides: { "AWS::DynamoDB::Table": "CONTINUOUS" },
      },
    },
    status: { value: { recording: true, lastStatus: "Failure", lastError: "AccessDenied: no bucket" } },
    deliveryChannel: { value: "bucket" },
  });
});

it.each<[string, object, object]>([
  ["all", { allSupported: true, includeGlobalResourceTypes: true }, all],
  [
    "some",
    { allSupported: false, resourceTypes: ["AWS::EC2::VPC"] },
    { strategy: "INCLUSION_BY_RESOURCE_TYPES", resourceTypes: ["AWS::EC2::VPC"], includeGlobalResourceTypes: false },
  ],
])("without a strategy records %s as its group says", async (_, recordingGroup, told) => {
  config
    .on(DescribeConfigurationRecordersCommand)
    .resolves({ ConfigurationRecorders: [{ name: "main", recordingGroup }] });

  expect((await read()).recorder).toEqual({ value: { name: "main", ...told, ...always } });
});

it("tells each call that was refused or malformed by itself", async () => {
  config
    .on(DescribeConfigurationRecordersCommand)
    .resolves({ ConfigurationRecorders: [{ name: "main" }] })
    .on(DescribeConfigurationRecorderStatusCommand)
    .rejects(denied("config:DescribeConfigurationRecorderStatus", "*", "because no policy allows it"))
    .on(DescribeDeliveryChannelsCommand)
    .rejects(awsError("ThrottlingException"));

  expect(await read()).toEqual({
    recorder: {
      unread: {
        call: "config:DescribeConfigurationRecorders",
        message: "on the region answered without recordingGroup",
        lasting: true,
      },
    },
    status: {
      unread: {
        call: "config:DescribeConfigurationRecorderStatus",
        message: "on the region was denied. Allow it to role/dynamodb-table-encryption",
        lasting: true,
      },
    },
    deliveryChannel: {
      unread: {
        call: "config:DescribeDeliveryChannels",
        message: "on the region was throttled past the retries",
        lasting: false,
      },
    },
  });
});
