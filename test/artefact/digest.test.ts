/** The bundle of the digest as Lambda runs it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { resetEmulator } from "../../scripts/emulator/emulator.ts";
import { startFakeConfig } from "../fakes/aws-config.ts";
import { digestStack } from "../fakes/digest-stack.ts";
import { bodyOf, pendingDeletion } from "../lib/alert/compliance-change.ts";
import { invoke } from "./lambda.ts";

const dist = join(import.meta.dirname, "../../dist");
const runtime = inject("runtime");
const emulator = inject("emulator");
const missing = "missing" in runtime ? runtime.missing : "missing" in emulator ? emulator.missing : null;

it("holds the SDK clients of AWS Config, SNS and SQS, and no rule's", () => {
  const { inputs } = JSON.parse(readFileSync(join(dist, "DigestFunction.meta.json"), "utf8")) as { inputs: object };
  const bundled = Object.keys(inputs).flatMap((path) => /@aws-sdk\/(client-[\w-]+)\//.exec(path)?.[1] ?? []);
  expect([...new Set(bundled)].sort()).toEqual(["client-config-service", "client-sns", "client-sqs"]);
});

describe.skipIf(missing !== null)(`as Lambda runs it${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  const emulatorUrl = "url" in emulator ? emulator.url : "";

  it("a scheduled event becomes one message of what is held and what is new", async () => {
    await resetEmulator(emulatorUrl);
    const config = await startFakeConfig();
    const stack = await digestStack(emulatorUrl, ["dynamodb-table-encryption"]);
    const now = Date.now() / 1000;
    config.stored.set("AWS::DynamoDB::Table Ledger", {
      complianceType: "NON_COMPLIANT",
      annotation: pendingDeletion,
      orderingTimestamp: now,
      recordedAt: now,
    });
    await stack.change([bodyOf()]);
    await stack.subscribe();
    const event = { source: "aws.events", "detail-type": "Scheduled Event", detail: {} };
    try {
      const { response, error, log } = await invoke(
        "path" in runtime ? runtime.path : "",
        join(dist, "DigestFunction"),
        event,
        {
          AWS_REGION: "us-east-1",
          AWS_ACCESS_KEY_ID: "testing",
          AWS_SECRET_ACCESS_KEY: "testing",
          AWS_ENDPOINT_URL: emulatorUrl,
          AWS_ENDPOINT_URL_CONFIG_SERVICE: config.url,
          POWERTOOLS_SERVICE_NAME: "digest",
          ...stack.environment,
        },
      );
      const subject = "DynamoDB digest: 1 violation, 1 new (123456789012 us-east-1)";
      expect({ response, error }).toEqual({ response: { sent: true, subject, snsMessageId: expect.any(String) } });
      expect((await stack.received()).map(({ Subject }) => Subject)).toEqual([subject]);
      expect(log).toContain('"message":"sent"');
    } finally {
      await config.stop();
    }
  });
});
