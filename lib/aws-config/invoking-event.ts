/** The event that AWS Config invokes a custom rule's function with: JSON that holds JSON as text. */
import type { MiddlewareObj } from "@middy/core";
import * as z from "zod/mini";
import { quoted } from "../parameters.ts";
import { type Invocation, newRun, type Run, type Trigger } from "./run.ts";

/** Thrown for an event that cannot be acted on; the message names every field at fault, by its place in the event. */
export class EventError extends Error {
  override readonly name = "EventError";
}

const accountId = z.string().check(z.regex(/^\d{12}$/));
const text = z.string().check(z.minLength(1));
const time = z.pipe(
  z.string(),
  z.transform((given: string, context) => {
    const date = new Date(given);
    if (!Number.isNaN(date.getTime())) return date;
    context.issues.push({ code: "custom", message: "", input: given });
    return z.NEVER;
  }),
);

const envelope = z.looseObject({
  invokingEvent: text,
  resultToken: text,
  accountId,
  configRuleName: text,
  configRuleArn: z.optional(z.string().check(z.regex(/^arn:[\w-]+:config:[a-z0-9-]+:\d{12}:config-rule\/.+$/))),
  ruleParameters: z.optional(z.nullable(z.string())),
  eventLeftScope: z.optional(z.boolean()),
});

const scheduled = z.looseObject({ awsAccountId: accountId, notificationCreationTime: time });

const item = {
  resourceType: z.string().check(z.regex(/^AWS::/)),
  resourceId: text,
  configurationItemStatus: text,
  configurationItemCaptureTime: time,
  awsAccountId: accountId,
};
const change = z.looseObject({
  configurationItem: z.looseObject({ ...item, configuration: z.optional(z.nullable(z.looseObject({}))) }),
});
const oversizedChange = z.looseObject({ configurationItemSummary: z.looseObject(item) });

const messageTypes = [
  "ScheduledNotification",
  "ConfigurationItemChangeNotification",
  "OversizedConfigurationItemChangeNotification",
] as const;

/** The event, parsed and checked.
 * @throws EventError */
export function parseInvocation(event: unknown): Invocation {
  const given = checked(envelope, event, "");
  const message = json(given.invokingEvent, "invokingEvent");
  const { trigger, awsAccountId } = triggerOf(message, given.eventLeftScope ?? false);
  const [, , , region, ruleAccount] = given.configRuleArn?.split(":") ?? [];
  const accounts = { accountId: given.accountId, configRuleArn: ruleAccount, invokingEvent: awsAccountId };
  if (new Set(Object.values(accounts).filter((account) => account !== undefined)).size > 1) {
    const named = Object.entries(accounts).map(([place, account]) => `${place} ${account}`);
    throw new EventError(`the event's accounts disagree: ${named.join(", ")}`);
  }
  const parameters = given.ruleParameters ?? "";
  return {
    configRuleName: given.configRuleName,
    accountId: given.accountId,
    region: region ?? null,
    resultToken: given.resultToken,
    ruleParameters: parameters.trim() === "" ? {} : json(parameters, "ruleParameters"),
    trigger,
  };
}

function triggerOf(message: unknown, leftScope: boolean): { trigger: Trigger; awsAccountId: string } {
  const messageType =
    typeof message === "object" && message !== null && "messageType" in message ? message.messageType : undefined;
  if (messageType === "ScheduledNotification") {
    const { notificationCreationTime, awsAccountId } = checked(scheduled, message, "invokingEvent");
    return { trigger: { kind: "schedule", time: notificationCreationTime }, awsAccountId };
  }
  if (messageType === "ConfigurationItemChangeNotification") {
    const { configurationItem } = checked(change, message, "invokingEvent");
    return changeTrigger(configurationItem, configurationItem.configuration ?? null, leftScope);
  }
  if (messageType === "OversizedConfigurationItemChangeNotification") {
    return changeTrigger(checked(oversizedChange, message, "invokingEvent").configurationItemSummary, null, leftScope);
  }
  throw new EventError(`invokingEvent.messageType is ${quoted(messageType ?? null)}; use ${messageTypes.join(", ")}`);
}

function changeTrigger(
  summary: z.output<typeof oversizedChange>["configurationItemSummary"],
  configuration: Readonly<Record<string, unknown>> | null,
  leftScope: boolean,
): { trigger: Trigger; awsAccountId: string } {
  const status = summary.configurationItemStatus;
  const notJudged = {
    ResourceDeleted: "Deleted",
    ResourceDeletedNotRecorded: "Deleted",
    ResourceNotRecorded: "AWS Config does not record this resource",
  };
  if (!Object.hasOwn(notJudged, status) && status !== "OK" && status !== "ResourceDiscovered") {
    const accepted = ["OK", "ResourceDiscovered", ...Object.keys(notJudged)].join(", ");
    throw new EventError(`invokingEvent's configurationItemStatus is ${quoted(status)}; use ${accepted}`);
  }
  const notApplicable =
    notJudged[status as keyof typeof notJudged] ?? (leftScope ? "Out of the rule's scope now" : null);
  return {
    awsAccountId: summary.awsAccountId,
    trigger: {
      kind: "change",
      time: summary.configurationItemCaptureTime,
      change: {
        type: summary.resourceType as `AWS::${string}`,
        id: summary.resourceId,
        deleted: notApplicable === "Deleted",
        configuration,
      },
      notApplicable,
    },
  };
}

function json(given: string, place: string): unknown {
  try {
    return JSON.parse(given);
  } catch (error) {
    throw new EventError(`${place} is no JSON: ${(error as Error).message}`);
  }
}

// Paths are given from the event's root, though part of it is text inside text.
function checked<Schema extends z.ZodMiniType>(schema: Schema, given: unknown, place: string): z.output<Schema> {
  const result = schema.safeParse(given, { reportInput: true });
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const path = [place, ...issue.path.map(String)].filter((part) => part !== "").join(".") || "the event";
    return issue.input === undefined
      ? `${path} is missing`
      : `${path} is ${quoted(issue.input)}, which is not accepted`;
  });
  throw new EventError(faults.join("; "));
}

/** Turns the raw event into a run. */
export function invokingEvent(): MiddlewareObj<Run> {
  return {
    name: "invokingEvent",
    before(request) {
      request.event = newRun(parseInvocation(request.event));
    },
  };
}
