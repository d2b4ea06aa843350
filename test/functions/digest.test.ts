import {
  ConfigServiceClient,
  DescribeConfigRuleEvaluationStatusCommand,
  GetComplianceDetailsByConfigRuleCommand,
} from "@aws-sdk/client-config-service";
import { ListSubscriptionsByTopicCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { digest } from "../../lib/digest/digest.ts";
import { awsError } from "../fakes/account.ts";
import { lambdaContext } from "../fakes/lambda.ts";
import { bodyOf, pendingDeletion } from "../lib/alert/compliance-change.ts";

const topicArn = "arn:aws:sns:us-east-1:123456789012:alerts";
const mocks = () => [mockClient(ConfigServiceClient), mockClient(SNSClient), mockClient(SQSClient)] as const;
let [config, sns, sqs] = mocks();

beforeEach(() => {
  for (const [name, value] of Object.entries({
    ALERT_TOPIC_ARN: topicArn,
    CONFIG_RULE_NAMES: "dynamodb-table-encryption,dynamodb-static-keys",
    DIGEST_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/123456789012/digest",
    REFRESH_DAYS: "7",
    POWERTOOLS_LOG_LEVEL: "SILENT",
  })) {
    vi.stubEnv(name, value);
  }
  [config, sns, sqs] = mocks();
  config.on(GetComplianceDetailsByConfigRuleCommand).resolves({});
  config.on(DescribeConfigRuleEvaluationStatusCommand).resolves({});
  held("dynamodb-table-encryption", "Ledger");
  sns.on(ListSubscriptionsByTopicCommand).resolves({ Subscriptions: [{ SubscriptionArn: `${topicArn}:1` }] });
  sns.on(PublishCommand).resolves({ MessageId: "m-1" });
  sqs.on(ReceiveMessageCommand).resolves({});
  sqs.on(DeleteMessageBatchCommand).resolves({});
  sqs.on(ChangeMessageVisibilityBatchCommand).resolves({});
});
afterEach(() => {
  for (const mock of [config, sns, sqs]) mock.restore();
});

function held(ConfigRuleName: string, ResourceId: string): void {
  const ResourceType = "AWS::DynamoDB::Table";
  const recorded = new Date();
  config.on(GetComplianceDetailsByConfigRuleCommand, { ConfigRuleName }).resolves({
    EvaluationResults: [
      {
        EvaluationResultIdentifier: {
          EvaluationResultQualifier: { ConfigRuleName, ResourceType, ResourceId },
          OrderingTimestamp: recorded,
        },
        ComplianceType: "NON_COMPLIANT",
        ResultRecordedTime: recorded,
        Annotation: pendingDeletion,
      },
    ],
  });
}

/** Changes that wait, by their receipt handle. */
function waiting(bodies: Readonly<Record<string, string>>): void {
  const Messages = Object.entries(bodies).map(([ReceiptHandle, Body]) => ({ ReceiptHandle, Body }));
  sqs.on(ReceiveMessageCommand).resolvesOnce({ Messages }).resolves({});
}

const published = () => sns.commandCalls(PublishCommand).map(({ args }) => args[0].input);
const deleted = () =>
  sqs.commandCalls(DeleteMessageBatchCommand).flatMap(({ args }) => args[0].input.Entries?.map(handle) ?? []);
const returned = () =>
  sqs.commandCalls(ChangeMessageVisibilityBatchCommand).flatMap(({ args }) => args[0].input.Entries?.map(handle) ?? []);
const handle = ({ ReceiptHandle }: { readonly ReceiptHandle?: string | undefined }) => ReceiptHandle;

test("one message tells what is held and what is new; what it told is deleted from the queue", async () => {
  waiting({ new: bodyOf(), mended: bodyOf({ id: "Users", now: "COMPLIANT", before: "NON_COMPLIANT" }) });
  const subject = "DynamoDB digest: 1 violation, 1 new (123456789012 us-east-1)";
  expect(await digest()({}, lambdaContext())).toEqual({ sent: true, subject, snsMessageId: "m-1" });
  expect(published()).toEqual([{ TopicArn: topicArn, Subject: subject, Message: expect.any(String) }]);
  const { Message: text = "" } = published()[0] ?? {};
  expect(text).toContain("\n\nNO RESULT  dynamodb-static-keys\n");
  expect(text).toContain("\n\nCRITICAL  table Ledger, dynamodb-table-encryption\n");
  expect(text).toContain("\n\nCOMPLIANT  table Users, dynamodb-table-encryption: compliant again\n");
  expect({ deleted: deleted(), returned: returned() }).toEqual({ deleted: ["new", "mended"], returned: [] });
});

test("exactly the rules of the stack are asked about", async () => {
  await digest()({}, lambdaContext());
  const asked = config.commandCalls(GetComplianceDetailsByConfigRuleCommand).map(({ args }) => args[0].input);
  expect(asked.map(({ ConfigRuleName }) => ConfigRuleName)).toEqual([
    "dynamodb-table-encryption",
    "dynamodb-static-keys",
  ]);
});

test("a rule that cannot be read is told, and its changes wait for a digest that can", async () => {
  config
    .on(GetComplianceDetailsByConfigRuleCommand, { ConfigRuleName: "dynamodb-table-encryption" })
    .rejects(awsError("AccessDeniedException"));
  waiting({ kept: bodyOf(), told: bodyOf({ rule: "dynamodb-static-keys", id: "AIDAX" }) });
  expect(await digest()({}, lambdaContext())).toMatchObject({
    subject: "DynamoDB digest: 1 rule not known, no violation known (123456789012 us-east-1)",
  });
  expect({ deleted: deleted(), returned: returned() }).toEqual({ deleted: ["told"], returned: ["kept"] });
});

test("a change of a rule that is not in the stack is dropped untold, and so is what is no change", async () => {
  const mended = { now: "COMPLIANT", before: "NON_COMPLIANT" };
  waiting({ foreign: bodyOf({ rule: "dynamodb-vpc-endpoint", ...mended }), malformed: "{" });
  await digest()({}, lambdaContext());
  const { Message: text = "" } = published()[0] ?? {};
  expect(text).not.toContain("compliant again");
  expect(text).toContain("\n\n1 change could not be understood; what is new may lack as many.\n\n");
  expect({ deleted: deleted(), returned: returned() }).toEqual({ deleted: ["foreign", "malformed"], returned: [] });
});

test.each([
  [
    "until somebody has confirmed a subscription",
    ["PendingConfirmation", "Deleted"],
    `nobody has confirmed a subscription to ${topicArn}; confirm the one in the mail of AWS, then invoke this function again: what is new waits for it`,
  ],
  [
    "while nobody has subscribed",
    [],
    `nobody has subscribed to ${topicArn}; subscribe, then invoke this function again: what is new waits for it`,
  ],
])("%s nothing is sent, and what is new waits", async (_, arns, because) => {
  const Subscriptions = arns.map((SubscriptionArn) => ({ SubscriptionArn }));
  sns.on(ListSubscriptionsByTopicCommand).resolves({ Subscriptions });
  expect(await digest()({}, lambdaContext())).toEqual({ sent: false, because });
  expect([published(), sqs.calls()]).toEqual([[], []]);
});

test("a confirmed subscription on a later page counts", async () => {
  const pages = [
    { Subscriptions: [{ SubscriptionArn: "PendingConfirmation" }], NextToken: "2" },
    { Subscriptions: [{ SubscriptionArn: `${topicArn}:1` }] },
  ];
  // As each was at its time: the SDK writes the next token into the same input.
  const inputs: object[] = [];
  sns.on(ListSubscriptionsByTopicCommand).callsFake((input) => pages[inputs.push({ ...input }) - 1]);
  expect(await digest()({}, lambdaContext())).toMatchObject({ sent: true });
  expect(inputs).toEqual([{ TopicArn: topicArn }, { TopicArn: topicArn, NextToken: "2" }]);
});

test("where SNS does not tell who has confirmed, the digest is sent", async () => {
  sns.on(ListSubscriptionsByTopicCommand).rejects(awsError("AuthorizationErrorException"));
  expect(await digest()({}, lambdaContext())).toMatchObject({ sent: true });
});

test("where SNS does not take the message the run fails, and all changes return to the queue", async () => {
  sns.on(PublishCommand).rejects(Object.assign(new Error("not allowed"), { name: "AuthorizationErrorException" }));
  waiting({ new: bodyOf() });
  await expect(digest()({}, lambdaContext())).rejects.toThrow(
    `sns:Publish to ${topicArn} failed (AuthorizationErrorException: not allowed); what is new waits for the next digest`,
  );
  expect({ deleted: deleted(), returned: returned() }).toEqual({ deleted: [], returned: ["new"] });
});

test("a queue that fails after the message was sent is logged: a second message would be worse", async () => {
  // Powertools then writes to the console of this process.
  vi.stubEnv("POWERTOOLS_DEV", "true");
  vi.stubEnv("POWERTOOLS_LOG_LEVEL", "ERROR");
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  sqs.on(DeleteMessageBatchCommand).rejects(awsError("AccessDenied", "no"));
  waiting({ new: bodyOf() });
  expect(await digest()({}, lambdaContext())).toMatchObject({ sent: true });
  expect(log.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
    expect.objectContaining({ message: "changes stay in the queue: the next digest may tell them again" }),
  ]);
});

test("when the time is up what was read is sent, and what was not is told", async () => {
  config.restore();
  const inTime = lambdaContext(() => 0);
  expect(await digest()({}, inTime)).toMatchObject({
    subject: "DynamoDB digest: 2 rules not known, no violation known (123456789012 us-east-1)",
  });
  expect(published()[0]?.Message?.replaceAll(/\s+/g, " ")).toContain("was not asked: the run's time is up");
});

test.each([
  [
    "CONFIG_RULE_NAMES",
    "",
    "CONFIG_RULE_NAMES is missing; set it to the names of the AWS Config rules, separated by commas",
  ],
  ["ALERT_TOPIC_ARN", "", "ALERT_TOPIC_ARN is missing; set it to the ARN of the SNS topic for alerts"],
  [
    "DIGEST_QUEUE_URL",
    "",
    "DIGEST_QUEUE_URL is missing; set it to the URL of the queue in which compliance changes wait",
  ],
  ["REFRESH_DAYS", "", "REFRESH_DAYS is missing; set it to the rules' own REFRESH_DAYS"],
  ["REFRESH_DAYS", "week", "REFRESH_DAYS is `week`; use a whole number of days"],
])("%s of `%s` stops the function before it reads anything", (name, value, message) => {
  vi.stubEnv(name, value);
  expect(() => digest()).toThrow(message);
});

test("the deployed handler is this one", async () => {
  const { handler } = await import("../../functions/digest.ts");
  expect(await handler({}, lambdaContext())).toMatchObject({ sent: true });
});
