/** A message on its way to SNS. */
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Message } from "./message.ts";

/** The message's id at SNS.
 * @param otherwise what becomes of it where SNS does not take it
 * @throws Error with SNS's own words, and what becomes of it */
export async function publish(
  sns: SNSClient,
  topicArn: string,
  { subject, text }: Message,
  otherwise: string,
): Promise<string> {
  try {
    const answer = await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
    return answer.MessageId ?? "";
  } catch (cause) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new Error(`sns:Publish to ${topicArn} failed (${why}); ${otherwise}`, { cause });
  }
}
