/** The function that sends the digest: weekly by its schedule, and whenever somebody invokes it. */
import { Logger } from "@aws-lambda-powertools/logger";
import { paginateListSubscriptionsByTopic, SNSClient } from "@aws-sdk/client-sns";
import type { Context } from "aws-lambda";
import { openSession, type Session } from "../account/session.ts";
import { digestOf } from "../alert/digest.ts";
import { type HeldRule, isWhole } from "../alert/held.ts";
import { publish } from "../alert/publish.ts";
import { type Change, dropChanges, returnChanges, takeChanges } from "./changes.ts";
import { readHeldRules } from "./held-rules.ts";

/** What whoever invokes it by hand is told. */
export type DigestAnswer =
  | { readonly sent: true; readonly subject: string; readonly snsMessageId: string }
  | { readonly sent: false; readonly because: string };

export type DigestHandler = (event: unknown, context: Context) => Promise<DigestAnswer>;

interface Settings {
  readonly configRuleNames: readonly string[];
  readonly topicArn: string;
  readonly queueUrl: string;
  readonly refreshDays: number;
}

/** The handler of the digest. What it is invoked with makes no difference. It throws where SNS does not take the message:
 * the changes then go back to their queue, so that the next digest tells them.
 * @throws Error naming the variable that is missing or not accepted: before anything is read */
export function digest(): DigestHandler {
  const settings = settingsFrom(process.env);
  const logger = new Logger();

  return async (_event, context) => {
    logger.addContext(context);
    const remaining = (): number => context.getRemainingTimeInMillis();
    const [, partition = "", , region = "", accountId = ""] = context.invokedFunctionArn.split(":");
    const time = new Date();
    // A tenth of the time is kept back from the reads, so that what was read is still sent.
    const signal = AbortSignal.timeout(Math.floor(remaining() * 0.9));
    const reading = openSession({ accountId, region, now: time, signal });
    const sending = openSession({ accountId, region, now: time });

    const unheard = await whyUnheard(reading, settings.topicArn);
    if (unheard !== null) {
      logger.warn("not sent", { because: unheard });
      return { sent: false, because: unheard };
    }
    const rules = await readHeldRules(reading, settings.configRuleNames);
    const taken = await takeChanges(reading, settings.queueUrl, remaining);
    if (taken.faults.length > 0) logger.error("changes that are none", { faults: taken.faults });
    const { told = [], kept = [], others = [] } = divided(taken.changes, rules);
    const changes = {
      alerts: told.flatMap(({ alert }) => alert ?? []),
      malformed: taken.faults.length,
      unread: taken.unread,
    };
    const afterwards = { queueUrl: settings.queueUrl, sending, logger };
    let sent: { readonly subject: string; readonly snsMessageId: string };
    try {
      const message = digestOf({ ...settings, accountId, region, partition, time, rules, changes });
      const otherwise = "what is new waits for the next digest";
      const snsMessageId = await publish(sending.client(SNSClient), settings.topicArn, message, otherwise);
      sent = { subject: message.subject, snsMessageId };
    } catch (error) {
      await settle(returnChanges, taken.changes, afterwards);
      throw error;
    }
    await settle(dropChanges, [...told, ...others], afterwards);
    await settle(returnChanges, kept, afterwards);
    const apiCalls = Object.fromEntries([...reading.calls, ...sending.calls]);
    const counts = { rules: rules.length, changes: told.length, changesKept: kept.length };
    logger.info("sent", { ...sent, ...counts, apiCalls });
    return { sent: true, ...sent };
  };
}

/** Why nobody would get the message; null where somebody does, or SNS does not tell. Only asking tells: SNS sends no event
 * when the subscription in a mail is confirmed, and CloudTrail does not record it (SNS guide, logging with CloudTrail). */
async function whyUnheard(session: Session, topicArn: string): Promise<string | null> {
  const pages = paginateListSubscriptionsByTopic({ client: session.client(SNSClient) }, { TopicArn: topicArn });
  let pending = 0;
  try {
    for await (const { Subscriptions = [] } of pages) {
      for (const { SubscriptionArn: arn } of Subscriptions) {
        if (arn?.startsWith("arn:") === true) return null;
        if (arn === "PendingConfirmation") pending++;
      }
    }
  } catch {
    return null;
  }
  return pending === 0
    ? `nobody has subscribed to ${topicArn}; subscribe, then invoke this function again: what is new waits for it`
    : `nobody has confirmed a subscription to ${topicArn}; confirm the one in the mail of AWS, then invoke this function again: what is new waits for it`;
}

/** Told are changes of rules whose results could be read; those of rules whose results could not wait for a digest that
 * can. The others are nobody's: no alert, or of a rule that is no longer in the stack. */
function divided(
  changes: readonly Change[],
  rules: readonly HeldRule[],
): Partial<Record<"told" | "kept" | "others", readonly Change[]>> {
  const whole = new Map(rules.map((rule) => [rule.configRuleName, isWhole(rule)]));
  return Object.groupBy(changes, ({ alert }) => {
    const isRead = alert === null ? undefined : whole.get(alert.configRuleName);
    if (isRead === undefined) return "others";
    return isRead ? "told" : "kept";
  });
}

/** After the message is sent, or failed: a queue that fails now must not send another one. */
async function settle(
  send: (session: Session, queueUrl: string, changes: readonly Change[]) => Promise<number>,
  changes: readonly Change[],
  { queueUrl, sending, logger }: { readonly queueUrl: string; readonly sending: Session; readonly logger: Logger },
): Promise<void> {
  try {
    const failed = await send(sending, queueUrl, changes);
    if (failed > 0) logger.error("changes stay in the queue: the next digest may tell them again", { failed });
  } catch (error) {
    logger.error("changes stay in the queue: the next digest may tell them again", error as Error);
  }
}

function settingsFrom(environment: NodeJS.ProcessEnv): Settings {
  const required = (name: string, what: string): string => {
    const given = environment[name];
    if (!given) throw new Error(`${name} is missing; set it to ${what}`);
    return given;
  };
  const days = required("REFRESH_DAYS", "the rules' own REFRESH_DAYS");
  if (!/^\d{1,4}$/.test(days)) throw new Error(`REFRESH_DAYS is \`${days}\`; use a whole number of days`);
  return {
    configRuleNames: required("CONFIG_RULE_NAMES", "the names of the AWS Config rules, separated by commas").split(","),
    topicArn: required("ALERT_TOPIC_ARN", "the ARN of the SNS topic for alerts"),
    queueUrl: required("DIGEST_QUEUE_URL", "the URL of the queue in which compliance changes wait"),
    refreshDays: Number(days),
  };
}
