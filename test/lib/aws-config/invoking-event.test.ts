import { readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInvocation } from "../../../lib/aws-config/invoking-event.ts";
import { invokingEventOf } from "../../fakes/lambda.ts";

const folder = new URL("../../../events/", import.meta.url);
const eventFiles = readdirSync(folder).filter((name) => /^dynamodb-[\w-]+\.\w+\.json$/.test(name));

describe("an invoking event", () => {
  it.each(eventFiles)("is parsed from %s", (name) => {
    const event: unknown = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    const { trigger, ...invocation } = parseInvocation(event);
    expect(invocation).toMatchObject({ accountId: "123456789012", region: "us-east-1", resultToken: "TESTMODE" });
    expect(trigger.kind).toBe(name.endsWith(".scheduled.json") ? "schedule" : "change");
  });

  it("of a change tells which resource changed, and when", () => {
    expect(parseInvocation(invokingEventOf("oversized")).trigger).toEqual({
      kind: "change",
      time: new Date("2026-01-04T14:01:30.000Z"),
      change: { type: "AWS::DynamoDB::Table", id: "Sessions", deleted: false, configuration: null },
      notApplicable: null,
    });
  });

  it("needs no more of a change than the documented example has", () => {
    const item = {
      configurationItemCaptureTime: "2026-01-04T14:01:30.000Z",
      configurationItemStatus: "ResourceNotRecorded",
      resourceType: "AWS::DynamoDB::Table",
      resourceId: "Sessions",
      awsAccountId: "123456789012",
    };
    const invokingEvent = JSON.stringify({
      configurationItem: item,
      messageType: "ConfigurationItemChangeNotification",
    });
    const event = { invokingEvent, resultToken: "token", accountId: "123456789012", configRuleName: "rule" };
    expect(parseInvocation(event)).toMatchObject({
      region: null,
      ruleParameters: {},
      trigger: { kind: "change", notApplicable: "AWS Config does not record this resource" },
    });
  });

  it.each([
    { ruleParameters: undefined, gives: {} },
    { ruleParameters: null, gives: {} },
    { ruleParameters: "", gives: {} },
    { ruleParameters: " {} ", gives: {} },
    { ruleParameters: '{"minimumKeyType":"AWS_OWNED_KEY"}', gives: { minimumKeyType: "AWS_OWNED_KEY" } },
  ])("reads ruleParameters $ruleParameters as $gives", ({ ruleParameters, gives }) => {
    expect(parseInvocation(invokingEventOf("scheduled", { ruleParameters })).ruleParameters).toEqual(gives);
  });
});

describe("an event that is not one", () => {
  const scheduled = (changes: object): object =>
    invokingEventOf("scheduled", {
      invokingEvent: JSON.stringify({
        ...JSON.parse(String(invokingEventOf("scheduled")["invokingEvent"])),
        ...changes,
      }),
    });

  it.each([
    { given: null, says: "the event is `null`, which is not accepted" },
    { given: "text", says: "the event is `text`, which is not accepted" },
    {
      given: {},
      says: "invokingEvent is missing; resultToken is missing; accountId is missing; configRuleName is missing",
    },
    { given: invokingEventOf("scheduled", { invokingEvent: undefined }), says: "invokingEvent is missing" },
    {
      given: invokingEventOf("scheduled", { invokingEvent: { messageType: "ScheduledNotification" } }),
      says: 'invokingEvent is `{"messageType":"ScheduledNotification"}`, which is not accepted',
    },
    { given: invokingEventOf("scheduled", { resultToken: "" }), says: "resultToken is ``, which is not accepted" },
    {
      given: invokingEventOf("scheduled", { accountId: "12345" }),
      says: "accountId is `12345`, which is not accepted",
    },
    {
      given: invokingEventOf("scheduled", { configRuleArn: "arn:aws:s3:::bucket" }),
      says: "configRuleArn is `arn:aws:s3:::bucket`, which is not accepted",
    },
    {
      given: scheduled({ messageType: "ConfigurationSnapshotDeliveryCompleted" }),
      says: "invokingEvent.messageType is `ConfigurationSnapshotDeliveryCompleted`; use ScheduledNotification, ConfigurationItemChangeNotification, OversizedConfigurationItemChangeNotification",
    },
    {
      given: scheduled({ messageType: undefined }),
      says: "invokingEvent.messageType is `null`; use ScheduledNotification, ConfigurationItemChangeNotification, OversizedConfigurationItemChangeNotification",
    },
    {
      given: scheduled({ notificationCreationTime: "yesterday" }),
      says: "invokingEvent.notificationCreationTime is `yesterday`, which is not accepted",
    },
    {
      given: scheduled({ awsAccountId: "210987654321" }),
      says: "the event's accounts disagree: accountId 123456789012, configRuleArn 123456789012, invokingEvent 210987654321",
    },
    {
      given: scheduled({ messageType: "ConfigurationItemChangeNotification" }),
      says: "invokingEvent.configurationItem is missing",
    },
    {
      given: scheduled({ messageType: "OversizedConfigurationItemChangeNotification", configurationItemSummary: {} }),
      says: "invokingEvent.configurationItemSummary.resourceType is missing; invokingEvent.configurationItemSummary.resourceId is missing; invokingEvent.configurationItemSummary.configurationItemStatus is missing; invokingEvent.configurationItemSummary.configurationItemCaptureTime is missing; invokingEvent.configurationItemSummary.awsAccountId is missing",
    },
  ])("is refused: $says", ({ given, says }) => {
    expect(() => parseInvocation(given)).toThrow(expect.objectContaining({ name: "EventError", message: says }));
  });

  it("names text that is no JSON", () => {
    expect(() => parseInvocation(invokingEventOf("scheduled", { invokingEvent: "{" }))).toThrow(
      /^invokingEvent is no JSON: /,
    );
    expect(() => parseInvocation(invokingEventOf("scheduled", { ruleParameters: "a=b" }))).toThrow(
      /^ruleParameters is no JSON: /,
    );
  });

  it("names a status of an item that nobody knows", () => {
    const change = JSON.parse(String(invokingEventOf("change")["invokingEvent"])) as { configurationItem: object };
    const invokingEvent = JSON.stringify({
      ...change,
      configurationItem: { ...change.configurationItem, configurationItemStatus: "Paused" },
    });
    expect(() => parseInvocation(invokingEventOf("change", { invokingEvent }))).toThrow(
      "invokingEvent's configurationItemStatus is `Paused`; use OK, ResourceDiscovered, ResourceDeleted, ResourceDeletedNotRecorded, ResourceNotRecorded",
    );
  });

  it("throws an EventError and nothing else, whatever is given", () => {
    const inner = fc.oneof(
      fc.json(),
      fc.string(),
      fc.object().map((value) => JSON.stringify({ messageType: "ScheduledNotification", ...value })),
    );
    const event = fc.oneof(
      fc.anything(),
      fc.record({ invokingEvent: inner, ruleParameters: inner }).map((parts) => invokingEventOf("scheduled", parts)),
    );
    void fc.assert(
      fc.property(event, (given) => {
        try {
          parseInvocation(given);
        } catch (error) {
          expect((error as Error).name).toBe("EventError");
        }
      }),
      { numRuns: 500 },
    );
  });
});
