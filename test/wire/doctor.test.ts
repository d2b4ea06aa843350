import {
  ConfigServiceClient,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  StartConfigurationRecorderCommand,
} from "@aws-sdk/client-config-service";
import { GetCredentialReportCommand, IAMClient } from "@aws-sdk/client-iam";
import { KMSClient, ListKeysCommand } from "@aws-sdk/client-kms";
import { expect, it } from "vitest";
import { openSession } from "../../lib/account/session.ts";
import { readRecorder } from "../../lib/aws-config/recorder.ts";
import { callChecks } from "../../lib/doctor/calls.ts";
import { hindersScan } from "../../lib/doctor/check.ts";
import { recorderChecks } from "../../lib/doctor/recorder.ts";
import { probeCalls } from "../../lib/probes/all.ts";
import { catalogue } from "../../lib/rules/index.ts";
import { clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { seedSampleAccount } from "../../scripts/emulator/sample-account.ts";
import { wire } from "./wire.ts";

const region = "us-east-1";
const session = () => openSession({ accountId: "123456789012", region, now: new Date() });

wire("doctor against the emulator", ({ url }) => {
  const statuses = async () => {
    const checks = callChecks(await probeCalls(session()), catalogue);
    return { checks, unknown: checks.filter(({ status }) => status !== "OK").map(({ name }) => name) };
  };

  it("finds every call of the rules answered in the sample account, but for those that it withholds", async () => {
    await seedSampleAccount(url);

    const { checks, unknown } = await statuses();

    expect(unknown).toEqual([
      "dynamodb:Scan",
      "iam:GenerateCredentialReport",
      "iam:GenerateServiceLastAccessedDetails",
      "kms:Decrypt",
    ]);
    expect(hindersScan(checks)).toBe(false);
  });

  it("makes nothing: no report, no key", async () => {
    await statuses();

    const report = new IAMClient(clientConfiguration(url)).send(new GetCredentialReportCommand({}));
    await expect(report).rejects.toMatchObject({ name: "CredentialReportNotPresentException" });
    expect(await new KMSClient(clientConfiguration(url)).send(new ListKeysCommand({}))).toMatchObject({ Keys: [] });
  });

  it("reads what AWS Config's recorder records", async () => {
    const config = new ConfigServiceClient(clientConfiguration(url, region));
    const found = async () => {
      const checks = recorderChecks(await readRecorder(session()), catalogue);
      return checks.map(({ name, status }) => `${name}: ${status}`);
    };
    expect(await found()).toEqual(["recorder: PROBLEM", "delivery channel: PROBLEM"]);

    const roleARN = "arn:aws:iam::123456789012:role/config";
    await config.send(
      new PutConfigurationRecorderCommand({
        ConfigurationRecorder: {
          name: "main",
          roleARN,
          recordingGroup: { allSupported: false, resourceTypes: ["AWS::DynamoDB::Table"] },
        },
      }),
    );
    await config.send(
      new PutDeliveryChannelCommand({ DeliveryChannel: { name: "bucket", s3BucketName: "config-bucket" } }),
    );
    expect(await found()).toEqual([
      "recorder: OK",
      "recording: PROBLEM",
      "types that rules watch: PROBLEM",
      "types that rules judge: OK",
      "delivery channel: OK",
    ]);

    await config.send(
      new PutConfigurationRecorderCommand({
        ConfigurationRecorder: {
          name: "main",
          roleARN,
          recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
        },
      }),
    );
    await config.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: "main" }));
    expect(await found()).toEqual([
      "recorder: OK",
      "recording: OK",
      "types that rules watch: OK",
      "types that rules judge: OK",
      "delivery channel: OK",
    ]);
  });
});
