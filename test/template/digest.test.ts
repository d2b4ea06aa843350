/** The digest's part of the stack: its function, what that may do, and when it runs. */
import { describe, expect, test } from "vitest";
import { logicalName } from "../../scripts/logical-id.ts";
import { errorsAlarmOf, ownLog, trustPolicy, whereOn } from "./expected.ts";
import { allowedBy, arnOf, type Fields, inOrder, propertiesOf, ref, rules, template, type Value } from "./stack.ts";

function policyOn(PolicyName: string, Resource: Value): Fields {
  const Statement = [{ Effect: "Allow", Action: "config:GetComplianceDetailsByConfigRule", Resource }];
  return { PolicyName, PolicyDocument: { Version: "2012-10-17", Statement } };
}

describe("the digest", () => {
  test("may read what AWS Config holds of this stack's rules, take from its queue and publish to its topic, no more", () => {
    const queue = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"];
    const key = ["kms:Decrypt", "kms:GenerateDataKey"];
    const details = "config:GetComplianceDetailsByConfigRule";
    expect(allowedBy("DigestRole"), "DigestRole must have a policy for every rule").toEqual(
      inOrder([
        ...rules.map(({ name }) => ({ action: details, resource: arnOf(`${logicalName(name)}Rule`) })),
        { action: "config:DescribeConfigRuleEvaluationStatus", resource: "*" },
        ...queue.map((action) => ({ action, resource: arnOf("DigestQueue") })),
        ...key.map((action) => ({ action, resource: arnOf("AlertKey") })),
        ...["sns:ListSubscriptionsByTopic", "sns:Publish"].map((action) => ({ action, resource: ref("AlertTopic") })),
        { action: "sqs:SendMessage", resource: arnOf("FailedRunQueue") },
        ...ownLog("digest"),
      ]),
    );
    const { AssumeRolePolicyDocument: trust, Policies: policies, Description, ...others } = propertiesOf("DigestRole");
    expect({ trust, others }).toEqual({ trust: trustPolicy, others: {} });
    const ofRules = (policies as readonly Fields[]).filter((policy) => "Fn::If" in policy);
    expect(ofRules).toEqual(
      rules.map(({ name }) =>
        whereOn(name, policyOn(name.replace("dynamodb-", ""), arnOf(`${logicalName(name)}Rule`))),
      ),
    );
  });

  test("knows its topic, its queue, and exactly the rules that are deployed", () => {
    const names = rules.map(({ name }) => whereOn(name, ref(`${logicalName(name)}Rule`)));
    expect(propertiesOf("DigestFunction")["Environment"], "CONFIG_RULE_NAMES must list every rule").toEqual({
      Variables: {
        POWERTOOLS_SERVICE_NAME: "digest",
        ALERT_TOPIC_ARN: ref("AlertTopic"),
        DIGEST_QUEUE_URL: ref("DigestQueue"),
        REFRESH_DAYS: ref("RefreshDays"),
        CONFIG_RULE_NAMES: { "Fn::Join": [",", names] },
      },
    });
  });

  test("has memory and time for the largest account, one more try, and a queue for what failed twice", () => {
    const { MemorySize: memory, Timeout: timeout, EventInvokeConfig: invoked } = propertiesOf("DigestFunction");
    expect(memory).toBeLessThanOrEqual(512);
    expect(timeout).toBeLessThanOrEqual(900);
    expect(invoked).toEqual({
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Type: "SQS", Destination: arnOf("FailedRunQueue") } },
    });
  });

  test("is sent weekly, or by another schedule of EventBridge, or by hand only", () => {
    const { Description, ConstraintDescription, ...parameter } = template.Parameters["DigestSchedule"] ?? {};
    expect(parameter).toEqual({
      Type: "String",
      Default: "cron(0 8 ? * MON *)",
      AllowedPattern: expect.stringMatching(/^\^.*\$$/),
    });
    const accepted = new RegExp(String(parameter["AllowedPattern"]));
    for (const given of ["", "rate(7 days)", parameter["Default"]]) expect(String(given)).toMatch(accepted);
    for (const given of ["weekly", "cron()", " "]) expect(given).not.toMatch(accepted);
    expect(template.Conditions["HasDigestSchedule"]).toEqual({
      "Fn::Not": [{ "Fn::Equals": [ref("DigestSchedule"), ""] }],
    });
    expect(template.Resources["DigestScheduleRule"]).toEqual({
      Type: "AWS::Events::Rule",
      Condition: "HasDigestSchedule",
      Properties: {
        Description: expect.any(String),
        ScheduleExpression: ref("DigestSchedule"),
        Targets: [
          {
            Id: "DigestFunction",
            Arn: arnOf("DigestFunction"),
            DeadLetterConfig: { Arn: arnOf("FailedRunQueue") },
          },
        ],
      },
    });
    expect(template.Resources["DigestPermission"]).toEqual({
      Type: "AWS::Lambda::Permission",
      Condition: "HasDigestSchedule",
      Properties: {
        Action: "lambda:InvokeFunction",
        FunctionName: arnOf("DigestFunction"),
        Principal: "events.amazonaws.com",
        SourceArn: arnOf("DigestScheduleRule"),
      },
    });
  });

  test.each(["notify", "digest"])("the alarm of %s has the form of the rules' alarms", (name) => {
    expect(template.Resources[`${logicalName(name)}ErrorsAlarm`]).toEqual(
      errorsAlarmOf(name, expect.stringMatching(/\S/)),
    );
  });
});
