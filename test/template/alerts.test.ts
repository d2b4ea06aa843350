/** From AWS Config to an e-mail: the rest of the stack, which no rule's metadata tells. */
import { describe, expect, test } from "vitest";
import { minimumSeverityIn } from "../../lib/alert/threshold.ts";
import { severities } from "../../lib/rule.ts";
import { logicalName } from "../../scripts/logical-id.ts";
import { complianceChange } from "../lib/alert/compliance-change.ts";
import { ownLog, trustPolicy, whereOn } from "./expected.ts";
import {
  allowedBy,
  arnOf,
  type Fields,
  inOrder,
  propertiesOf,
  ref,
  resourcesOf,
  rules,
  sub,
  template,
} from "./stack.ts";

const queues = resourcesOf("AWS::SQS::Queue").map(([id]) => id);

describe("the EventBridge rule", () => {
  const { EventPattern: pattern, Targets: targets } = propertiesOf("AlertRule");

  test("matches this stack's own Config rules, all of them, and sends to the queues of notify and of the digest; what it cannot, to the dead letters", () => {
    const names = (((pattern as Fields)["detail"] as Fields)["configRuleName"] ?? []) as readonly unknown[];
    expect(names, "AlertRule must list every rule: configRuleName").toEqual(
      rules.map(({ name }) => whereOn(name, ref(`${logicalName(name)}Rule`))),
    );
    const DeadLetterConfig = { Arn: arnOf("AlertDeadLetterQueue") };
    expect(targets).toEqual(["AlertQueue", "DigestQueue"].map((Id) => ({ Id, Arn: arnOf(Id), DeadLetterConfig })));
  });

  test.each([
    ["a violation", {}, true],
    ["a violation as the first result", { before: null }, true],
    ["a return to compliance", { now: "COMPLIANT", before: "NON_COMPLIANT" }, true],
    ["a deletion after a violation", { now: "NOT_APPLICABLE", before: "NON_COMPLIANT" }, true],
    ["a withdrawn violation", { now: null, before: "NON_COMPLIANT" }, true],
    ["a first compliance", { now: "COMPLIANT", before: null }, false],
    ["a deletion after compliance", { now: "NOT_APPLICABLE", before: "COMPLIANT" }, false],
    ["a rule of another stack", { rule: "other-dynamodb-table-encryption" }, false],
  ])("%s: %s", (_, changes, matched) => {
    expect(matches(resolved(pattern), complianceChange(changes))).toBe(matched);
  });

  test("its pattern fits EventBridge's 4,096 characters with room for the longest names", () => {
    expect(JSON.stringify(resolved(pattern)).length + rules.length * 6).toBeLessThanOrEqual(4096);
  });
});

/** EventBridge's matching, as far as the pattern uses it: every field, any of its values, `$or`. */
function matches(pattern: unknown, event: unknown): boolean {
  return Object.entries(pattern as Record<string, unknown>).every(([key, wanted]) => {
    if (key === "$or") return (wanted as readonly unknown[]).some((branch) => matches(branch, event));
    const value: unknown = Reflect.get(Object(event), key);
    return Array.isArray(wanted) ? wanted.includes(value) : value !== undefined && matches(wanted, value);
  });
}

/** The pattern as it is deployed with every rule on and no prefix: a reference to a Config rule is its name. */
function resolved(pattern: unknown): unknown {
  return JSON.parse(JSON.stringify(pattern), (_, value) => {
    if (Array.isArray(value?.["Fn::If"])) return value["Fn::If"][1];
    const rule = rules.find(({ name }) => `${logicalName(name)}Rule` === value?.Ref);
    return rule === undefined ? value : rule.name;
  });
}

describe("the queues", () => {
  test.each(queues)("%s is encrypted, keeps its messages for fourteen days, and is reached by TLS only", (id) => {
    expect(propertiesOf(id)).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
    expect(propertiesOf(`${id}Policy`)["Queues"]).toEqual([ref(id)]);
    expect(statementsOf(`${id}Policy`)).toContainEqual({
      Sid: "OnlyByTls",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: arnOf(id),
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
  });

  test.each(queues)("%s takes messages of another service from its EventBridge rule alone", (id) => {
    const isOfRuns = id === "FailedRunQueue";
    const source = isOfRuns ? "DigestScheduleRule" : "AlertRule";
    const statement = {
      Sid: source,
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: arnOf(id),
      Condition: { ArnEquals: { "aws:SourceArn": arnOf(source) } },
    };
    const others = statementsOf(`${id}Policy`).filter(({ Effect }) => Effect !== "Deny");
    expect(others).toEqual([
      isOfRuns ? { "Fn::If": ["HasDigestSchedule", statement, ref("AWS::NoValue")] } : statement,
    ]);
  });

  test("a message is hidden six times as long as notify may take, and the batching window", () => {
    const { Timeout: timeout, Events: events } = propertiesOf("NotifyFunction");
    const { MaximumBatchingWindowInSeconds: window } = ((events as Fields)["Queue"] as Fields)["Properties"] as Fields;
    const { VisibilityTimeout: hidden, RedrivePolicy: redrive } = propertiesOf("AlertQueue");
    expect(hidden).toBeGreaterThanOrEqual(6 * Number(timeout) + Number(window));
    expect(redrive).toEqual({ deadLetterTargetArn: arnOf("AlertDeadLetterQueue"), maxReceiveCount: 15 });
  });
});

describe("notify", () => {
  test("takes few large batches, and reports what failed of one", () => {
    expect(propertiesOf("NotifyFunction")["Events"]).toEqual({
      Queue: {
        Type: "SQS",
        Properties: {
          Queue: arnOf("AlertQueue"),
          BatchSize: 500,
          MaximumBatchingWindowInSeconds: 60,
          FunctionResponseTypes: ["ReportBatchItemFailures"],
          ScalingConfig: { MaximumConcurrency: 2 },
        },
      },
    });
  });

  test("may read its queue and publish to its topic, no more", () => {
    const queue = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
    const key = ["kms:Decrypt", "kms:GenerateDataKey"];
    expect(allowedBy("NotifyRole")).toEqual(
      inOrder([
        ...queue.map((action) => ({ action, resource: arnOf("AlertQueue") })),
        ...key.map((action) => ({ action, resource: arnOf("AlertKey") })),
        { action: "sns:Publish", resource: ref("AlertTopic") },
        ...ownLog("notify"),
      ]),
    );
    const { AssumeRolePolicyDocument: trust, Policies, Description, ...others } = propertiesOf("NotifyRole");
    expect({ trust, others }).toEqual({ trust: trustPolicy, others: {} });
  });

  test("knows its topic, and from which severity on it alerts", () => {
    expect(propertiesOf("NotifyFunction")["Environment"]).toEqual({
      Variables: {
        POWERTOOLS_SERVICE_NAME: "notify",
        ALERT_TOPIC_ARN: ref("AlertTopic"),
        ALERT_MINIMUM_SEVERITY: ref("AlertMinimumSeverity"),
      },
    });
  });

  test("alerts of every violation by default, and takes every severity that it would accept", () => {
    const { Description, ...others } = template.Parameters["AlertMinimumSeverity"] ?? {};
    expect(others).toEqual({ Type: "String", Default: severities[0], AllowedValues: severities });
    for (const severity of severities) {
      expect(minimumSeverityIn({ ALERT_MINIMUM_SEVERITY: severity })).toBe(severity);
    }
  });
});

describe("the topic", () => {
  const thisAccount = { "aws:SourceAccount": ref("AWS::AccountId") };

  test("is encrypted with a key of its own that rotates and that CloudWatch may use", () => {
    expect(propertiesOf("AlertTopic")["KmsMasterKeyId"]).toEqual(arnOf("AlertKey"));
    const { EnableKeyRotation: rotates, KeyPolicy: policy } = propertiesOf("AlertKey");
    expect({ rotates, policy }).toEqual({
      rotates: true,
      policy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Account",
            Effect: "Allow",
            Principal: { AWS: sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root") },
            Action: "kms:*",
            Resource: "*",
          },
          {
            Sid: "Alarms",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
            Resource: "*",
            Condition: { StringEquals: thisAccount },
          },
        ],
      },
    });
  });

  test("takes messages of this account's alarms and by TLS only; notify and digest have roles of their own", () => {
    expect(statementsOf("AlertTopicPolicy")).toEqual([
      {
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: ref("AlertTopic"),
        Condition: {
          ArnLike: {
            "aws:SourceArn": sub("arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*"),
          },
          StringEquals: thisAccount,
        },
      },
      {
        Sid: "OnlyByTls",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: ref("AlertTopic"),
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  test("has an e-mail subscription if an address is given", () => {
    expect(template.Resources["AlertEmailSubscription"]).toEqual({
      Type: "AWS::SNS::Subscription",
      Condition: "HasAlertEmail",
      Properties: { TopicArn: ref("AlertTopic"), Protocol: "email", Endpoint: ref("AlertEmail") },
    });
    expect(template.Conditions["HasAlertEmail"]).toEqual({ "Fn::Not": [{ "Fn::Equals": [ref("AlertEmail"), ""] }] });
  });
});

describe("the alarms", () => {
  const alarms = resourcesOf("AWS::CloudWatch::Alarm");
  const watching = (metric: string) =>
    alarms
      .filter(([, { Properties }]) => Properties["MetricName"] === metric)
      .map(([, { Properties }]) => Object.values((Properties["Dimensions"] as readonly Fields[])[0] ?? {})[1]);

  test("one for errors of every function", () => {
    const functions = resourcesOf("AWS::Serverless::Function").map(([id]) => ref(id));
    expect(new Set(watching("Errors"))).toEqual(new Set(functions));
  });

  test("one for every queue in which only failures lie", () => {
    expect(watching("ApproximateNumberOfMessagesVisible")).toEqual([
      { "Fn::GetAtt": ["FailedRunQueue", "QueueName"] },
      { "Fn::GetAtt": ["AlertDeadLetterQueue", "QueueName"] },
    ]);
    expect(queues).toEqual(["FailedRunQueue", "AlertQueue", "AlertDeadLetterQueue", "DigestQueue"]);
  });

  test("all of them make up the composite alarm, which rings the topic, and says when all is well again", () => {
    const { AlarmRule: rule, AlarmDescription, ...others } = propertiesOf("HealthAlarm");
    const alarm = (id: string): string => `ALARM("\${${id}}")`;
    const ofRules = rules.map(({ name }) => {
      const prefix = logicalName(name);
      return whereOn(name, sub(`${alarm(`${prefix}ErrorsAlarm`)} OR ${alarm(`${prefix}HeartbeatAlarm`)}`));
    });
    const ofStack = ["FailedRunAlarm", "NotifyErrorsAlarm", "AlertDeadLettersAlarm", "DigestErrorsAlarm"].map((id) =>
      sub(alarm(id)),
    );
    expect(rule, "HealthAlarm must name every alarm of the stack").toEqual({
      "Fn::Join": [" OR ", [...ofRules, ...ofStack]],
    });
    const named = JSON.stringify(rule);
    expect(alarms.filter(([id]) => !named.includes(alarm(id).replaceAll('"', '\\"')))).toEqual([]);
    expect(others).toEqual({ AlarmActions: [ref("AlertTopic")], OKActions: [ref("AlertTopic")] });
  });
});

test("the outputs: where to subscribe, what to invoke, where to look, where the rules on IAM run, where failures lie", () => {
  const values = Object.entries(template.Outputs).map(([id, { Value: value }]) => [id, value]);
  const govCloud = { "Fn::If": ["IsGovCloud", "console.amazonaws-us-gov.com", "console.aws.amazon.com"] };
  expect(Object.fromEntries(values)).toEqual({
    AlertTopicArn: ref("AlertTopic"),
    DigestFunctionName: ref("DigestFunction"),
    DashboardUrl: {
      "Fn::Sub": [
        "https://${Host}/config/home?region=${AWS::Region}#/rules",
        { Host: { "Fn::If": ["IsChina", "console.amazonaws.cn", govCloud] } },
      ],
    },
    RulesOnIam: { "Fn::If": ["IsHomeRegion", "in this stack", sub(expect.stringContaining("${HomeRegion}"))] },
    FailedRunQueueUrl: ref("FailedRunQueue"),
    AlertDeadLetterQueueUrl: ref("AlertDeadLetterQueue"),
  });
});

test("nothing in the stack uses a managed policy, a named role or an inline wildcard action", () => {
  for (const [id, { Properties }] of resourcesOf("AWS::IAM::Role")) {
    expect(Object.keys(Properties).sort(), id).toEqual(["AssumeRolePolicyDocument", "Description", "Policies"]);
    expect(allowedBy(id).filter(({ action }) => action.includes("*"))).toEqual([]);
  }
});

function statementsOf(policyId: string): readonly Fields[] {
  return ((propertiesOf(policyId)["PolicyDocument"] ?? {}) as { Statement?: readonly Fields[] }).Statement ?? [];
}
