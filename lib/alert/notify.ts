/** The function between the alert queue and SNS: one message for all that a batch of the queue holds. */
import { Logger } from "@aws-lambda-powertools/logger";
import { SNSClient } from "@aws-sdk/client-sns";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type Alert, alertIn } from "./alert.ts";
import { listOf } from "./list.ts";
import { messageOf } from "./message.ts";
import { publish } from "./publish.ts";
import { isSent, minimumSeverityIn } from "./threshold.ts";

export type NotifyHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** The handler of a queue of "Config Rules Compliance Change" events. A record that is none fails alone; where SNS does
 * not take the message the handler throws, and the queue delivers the whole batch again.
 * @throws Error where ALERT_MINIMUM_SEVERITY is not accepted: before any record is taken, so that none is lost */
export function notify(): NotifyHandler {
  const logger = new Logger();
  const sns = new SNSClient({});
  const minimum = minimumSeverityIn(process.env);

  return async ({ Records: records }, context) => {
    logger.addContext(context);
    const alerts = new Map<string, Alert>();
    const malformed: string[] = [];
    for (const { messageId, body } of records) {
      try {
        const alert = alertIn(body);
        if (alert !== null) alerts.set(alert.key, alert);
      } catch (error) {
        if (!(error instanceof Error && error.name === "AlertError")) throw error;
        logger.error("not an alert: the message returns to the queue", { messageId, fault: error.message });
        malformed.push(messageId);
      }
    }
    const sent = [...alerts.values()].filter((alert) => isSent(alert, minimum));
    const tooMild = alerts.size - sent.length;
    const counts = { records: records.length, alerts: sent.length, tooMild, malformed: malformed.length };
    const snsMessageId = await publishAll(sns, sent);
    logger.info(snsMessageId === null ? "nothing to alert of" : "alerted", { ...counts, snsMessageId });
    return { batchItemFailures: malformed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

async function publishAll(sns: SNSClient, alerts: readonly Alert[]): Promise<string | null> {
  const [first, second] = alerts;
  if (first === undefined) return null;
  const topicArn = process.env["ALERT_TOPIC_ARN"];
  if (!topicArn) throw new Error("ALERT_TOPIC_ARN is missing; set it to the ARN of the SNS topic for alerts");
  const message = second === undefined ? messageOf(first) : listOf(alerts);
  return publish(sns, topicArn, message, "all of the batch returns to the queue");
}
