/** The digest on the real SDK: the queue and the topic in the emulator, and AWS Config, which it lacks, on loopback. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { digest } from "../../lib/digest/digest.ts";
import { type FakeConfig, startFakeConfig } from "../fakes/aws-config.ts";
import { type DigestStack, digestStack } from "../fakes/digest-stack.ts";
import { lambdaContext, lambdaEnvironment } from "../fakes/lambda.ts";
import { awsOwned, bodyOf, pendingDeletion } from "../lib/alert/compliance-change.ts";
import { allowedBy } from "../template/stack.ts";
import { wire } from "./wire.ts";

wire("the digest", ({ url }) => {
  let config: FakeConfig;
  let stack: DigestStack;
  beforeEach(async () => {
    config = await startFakeConfig();
    stack = await digestStack(url, ["dynamodb-table-encryption"]);
    lambdaEnvironment(config.url, stack.environment);
    hold("Ledger", "NON_COMPLIANT", pendingDeletion);
    hold("Orders", "COMPLIANT", "Customer managed key");
  });
  afterEach(() => config.stop());

  function hold(id: string, complianceType: string, annotation: string): void {
    const now = Date.now() / 1000;
    const key = `AWS::DynamoDB::Table ${id}`;
    config.stored.set(key, { complianceType, annotation, orderingTimestamp: now, recordedAt: now });
  }

  const subjects = async () => (await stack.received()).map(({ Subject }) => Subject);
  const send = () => digest()({}, lambdaContext());

  it("waits for a subscription, tells what is new once, and then what is held", async () => {
    await stack.change([bodyOf()]);
    expect(await send()).toMatchObject({ sent: false, because: expect.stringMatching(/^nobody has subscribed/) });
    expect(await stack.waiting()).toBe(1);

    await stack.subscribe();
    await send();
    const [first] = await stack.received();
    expect(first?.Subject).toBe("DynamoDB digest: 1 violation, 1 new (123456789012 us-east-1)");
    expect(first?.Message).toContain("\n\nCRITICAL  table Ledger, dynamodb-table-encryption\n");
    expect(await stack.waiting()).toBe(0);

    await send();
    expect(await subjects()).toEqual(["DynamoDB digest: 1 violation (123456789012 us-east-1)"]);
  });

  it("reads every page of AWS Config, and takes every change", async () => {
    for (let at = 0; at < 250; at++) hold(`t${at}`, "NON_COMPLIANT", awsOwned);
    for (let at = 0; at < 30; at += 10) {
      await stack.change(
        Array.from({ length: 10 }, (_, next) => bodyOf({ id: `t${at + next}`, annotation: awsOwned })),
      );
    }
    await stack.subscribe();
    await send();
    expect(await subjects()).toEqual(["DynamoDB digest: 251 violations, 30 new (123456789012 us-east-1)"]);
    expect(await stack.waiting()).toBe(0);
  });

  it("tells of a rule that AWS Config does not have, and keeps its changes", async () => {
    vi.stubEnv("CONFIG_RULE_NAMES", "dynamodb-table-encryption,dynamodb-vpc-endpoint");
    await stack.change([bodyOf({ rule: "dynamodb-vpc-endpoint", type: "AWS::EC2::VPC", id: "vpc-1" })]);
    await stack.subscribe();
    await send();
    const [message] = await stack.received();
    expect(message?.Subject).toBe("DynamoDB digest: 1 rule not known, 1 violation (123456789012 us-east-1)");
    expect(message?.Message).toContain("\n\nNOT KNOWN  dynamodb-vpc-endpoint\nWhat   Its results could not be read:");
    expect(await stack.waiting()).toBe(1);
  });

  it("makes the calls that its role allows, all of them and no others", async () => {
    vi.stubEnv("CONFIG_RULE_NAMES", "dynamodb-table-encryption,dynamodb-vpc-endpoint");
    vi.stubEnv("POWERTOOLS_DEV", "true");
    vi.stubEnv("POWERTOOLS_LOG_LEVEL", "INFO");
    const log = vi.spyOn(console, "info").mockImplementation(() => undefined);
    await stack.change([bodyOf(), bodyOf({ rule: "dynamodb-vpc-endpoint", type: "AWS::EC2::VPC", id: "vpc-1" })]);
    await stack.subscribe();
    await send();
    const { apiCalls } = JSON.parse(log.mock.calls.at(-1)?.[0]);
    log.mockRestore();
    // A batch needs the permission of its single call.
    const made = Object.keys(apiCalls).map((call) => call.replace(/Batch$/, ""));
    // The topic's key is SNS's to use, the log Lambda's, and the queue of failed runs too.
    const allowed = allowedBy("DigestRole").map(({ action }) => action);
    const own = allowed.filter((action) => !/^(kms|logs):|^sqs:SendMessage$/.test(action));
    expect(made.sort()).toEqual([...new Set(own)].sort());
  });

  it("gives the changes back at once where the message cannot be sent", async () => {
    vi.stubEnv("ALERT_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:gone");
    await stack.change([bodyOf(), bodyOf({ id: "Audit" })]);
    await expect(send()).rejects.toThrow(/^sns:Publish to arn:aws:sns:us-east-1:123456789012:gone failed \(NotFound/);
    expect(await stack.waiting()).toBe(2);
  });
});
