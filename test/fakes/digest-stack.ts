/** The parts of the stack around the digest, in the emulator: its queue, the topic, and a queue that reads the topic. */
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { clientConfiguration } from "../../scripts/emulator/emulator.ts";

export interface DigestStack {
  readonly environment: Readonly<Record<string, string>>;
  /** A reader whose subscription needs no mail to be confirmed. */
  subscribe(): Promise<void>;
  /** Compliance changes on their way to the digest. */
  change(bodies: readonly string[]): Promise<void>;
  /** What the topic sent since the last call. */
  received(): Promise<readonly { readonly Subject: string; readonly Message: string }[]>;
  /** How many changes could be taken now. */
  waiting(): Promise<number>;
}

export async function digestStack(url: string, configRuleNames: readonly string[]): Promise<DigestStack> {
  const sqs = new SQSClient(clientConfiguration(url));
  const sns = new SNSClient(clientConfiguration(url));
  const queue = async (QueueName: string): Promise<string> =>
    (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
  const [digestQueue, inbox] = await Promise.all([queue("digest"), queue("inbox")]);
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "alerts" }));
  const take = async (QueueUrl: string, VisibilityTimeout: number) => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout }),
    );
    return Messages.map(({ Body = "" }) => Body);
  };
  return {
    environment: {
      ALERT_TOPIC_ARN: TopicArn,
      DIGEST_QUEUE_URL: digestQueue,
      CONFIG_RULE_NAMES: configRuleNames.join(","),
      REFRESH_DAYS: "7",
    },
    async subscribe() {
      const Endpoint = "arn:aws:sqs:us-east-1:123456789012:inbox";
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
    },
    async change(bodies) {
      const Entries = bodies.map((MessageBody, at) => ({ Id: String(at), MessageBody }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: digestQueue, Entries }));
    },
    received: async () => (await take(inbox, 600)).map((body) => JSON.parse(body)),
    waiting: async () => (await take(digestQueue, 0)).length,
  };
}
