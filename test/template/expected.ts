/** What the metadata of a rule asks of the template: every entry that belongs to it, but its memory and time-out. */
import type { PublishedMetadata } from "../../lib/metadata.ts";
import { functionId, logicalName, parameterId } from "../../scripts/logical-id.ts";
import { type Allowed, arnOf, type Fields, inOrder, ref, sub, type Value } from "./stack.ts";

export const schedules = ["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"];
export const hoursOf: Readonly<Record<string, number>> = {
  One_Hour: 1,
  Three_Hours: 3,
  Six_Hours: 6,
  Twelve_Hours: 12,
  TwentyFour_Hours: 24,
};

export function scheduleId({ name }: PublishedMetadata): string {
  return `${logicalName(name)}Schedule`;
}

/** The parameter by which a rule is left out, and the condition on all that belongs to it. */
export function enabledId({ name }: PublishedMetadata): string {
  return `${logicalName(name)}Enabled`;
}

export function isOn(name: string): string {
  return `Is${logicalName(name)}On`;
}

/** The value where the rule is deployed, and nothing where it is not. */
export function whereOn(name: string, value: Value): Value {
  return { "Fn::If": [isOn(name), value, ref("AWS::NoValue")] };
}

/** Whether a rule would judge the same in every region: all that it judges is IAM's, the account itself aside. */
export function isGlobal({ judges }: { readonly judges: readonly string[] }): boolean {
  return judges.some(isOfIam) && judges.every((type) => isOfIam(type) || type === "AWS::::Account");
}

/** Of which AWS Config holds one for all regions. */
export function isOfIam(type: string): boolean {
  return type.startsWith("AWS::IAM::");
}

/** The function that may run in subnets, with the permissions that Lambda then needs (Lambda guide, VPC access). */
const inVpc = "dynamodb-client-side-encryption";
const vpcActions = [
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

/** Parameters of the template that are no parameters of the rule. */
export function deploymentParametersOf({ name }: PublishedMetadata): readonly string[] {
  const own = name === inVpc ? ["KeyAttributes", "SubnetIds", "SecurityGroupIds"] : [];
  return own.map((parameter) => `${logicalName(name)}${parameter}`);
}

/** The parameters of a rule, as the template declares them; MaxLength of free text is its own choice. */
export function parametersOf(rule: PublishedMetadata): Readonly<Record<string, Fields>> {
  const entries = Object.entries(rule.parameters).map(
    ([parameter, { description, default: byDefault, allowedValues }]) => [
      parameterId(rule.name, parameter),
      {
        Type: "String",
        Description: description,
        Default: byDefault ?? "",
        ...(allowedValues === null ? {} : { AllowedValues: allowedValues }),
      },
    ],
  );
  return Object.fromEntries(entries);
}

/** Whether the rule is deployed; and of each free text whether it is given, since AWS Config refuses a blank one. */
export function conditionsOf(rule: PublishedMetadata): Readonly<Record<string, Value>> {
  const free = Object.entries(rule.parameters).filter(([, { allowedValues }]) => allowedValues === null);
  const given = free.map(([parameter]): [string, Value] => {
    const id = parameterId(rule.name, parameter);
    return [`Has${id}`, { "Fn::Not": [{ "Fn::Equals": [ref(id), ""] }] }];
  });
  const enabled = { "Fn::Equals": [ref(enabledId(rule)), "true"] };
  // In a second region it would send every result again, and AWS bills each.
  const on = isGlobal(rule) ? { "Fn::And": [enabled, { Condition: "IsHomeRegion" }] } : enabled;
  return Object.fromEntries([[isOn(rule.name), on], ...given]);
}

function inputParametersOf(rule: PublishedMetadata): Fields {
  const entries = Object.entries(rule.parameters).map(([parameter, { allowedValues }]): [string, Value] => {
    const id = parameterId(rule.name, parameter);
    return [parameter, allowedValues === null ? { "Fn::If": [`Has${id}`, ref(id), ref("AWS::NoValue")] } : ref(id)];
  });
  return Object.fromEntries(entries);
}

export function configRuleOf(rule: PublishedMetadata): Fields {
  const { name, description, watches } = rule;
  const changes = ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"];
  const change = (MessageType: string): Fields => ({ EventSource: "aws.config", MessageType });
  const inputParameters = inputParametersOf(rule);
  return {
    Type: "AWS::Config::ConfigRule",
    Condition: isOn(name),
    DependsOn: `${logicalName(name)}Permission`,
    Properties: {
      ConfigRuleName: sub(`\${RuleNamePrefix}${name}`),
      Description: description,
      ...(Object.keys(inputParameters).length === 0 ? {} : { InputParameters: inputParameters }),
      // AWS Config refuses a scope on a rule that runs on a schedule only.
      ...(watches.length === 0 ? {} : { Scope: { ComplianceResourceTypes: watches } }),
      Source: {
        Owner: "CUSTOM_LAMBDA",
        SourceIdentifier: arnOf(functionId(name)),
        SourceDetails: [
          ...(watches.length === 0 ? [] : changes.map(change)),
          { ...change("ScheduledNotification"), MaximumExecutionFrequency: ref(scheduleId(rule)) },
        ],
      },
    },
  };
}

export function permissionOf({ name }: PublishedMetadata): Fields {
  return {
    Type: "AWS::Lambda::Permission",
    Condition: isOn(name),
    Properties: {
      Action: "lambda:InvokeFunction",
      FunctionName: arnOf(functionId(name)),
      Principal: "config.amazonaws.com",
      SourceAccount: ref("AWS::AccountId"),
    },
  };
}

/** A rule's function, whose memory and time-out are its own choice. */
export function functionOf({ name }: PublishedMetadata, memorySize: unknown, timeout: unknown) {
  return {
    Type: "AWS::Serverless::Function",
    Condition: isOn(name),
    Metadata: { SkipBuild: true },
    Properties: {
      CodeUri: `dist/${functionId(name)}`,
      Description: `AWS Config rule ${name}`,
      MemorySize: memorySize,
      Timeout: timeout,
      Role: arnOf(`${logicalName(name)}Role`),
      ...(name === inVpc
        ? {
            VpcConfig: ifInVpc({
              SubnetIds: ref(`${logicalName(name)}SubnetIds`),
              SecurityGroupIds: ref(`${logicalName(name)}SecurityGroupIds`),
            }),
          }
        : {}),
      LoggingConfig: { LogGroup: ref(`${logicalName(name)}LogGroup`) },
      Environment: { Variables: { POWERTOOLS_SERVICE_NAME: name, REFRESH_DAYS: ref("RefreshDays") } },
      EventInvokeConfig: {
        MaximumRetryAttempts: 1,
        MaximumEventAgeInSeconds: 3000,
        DestinationConfig: { OnFailure: { Type: "SQS", Destination: arnOf("FailedRunQueue") } },
      },
    },
  };
}

function ifInVpc(value: Value): Fields {
  return { "Fn::If": [`Is${logicalName(inVpc)}InVpc`, value, ref("AWS::NoValue")] };
}

export function logGroupOf({ name }: PublishedMetadata): Fields {
  return {
    Type: "AWS::Logs::LogGroup",
    Condition: isOn(name),
    Properties: { RetentionInDays: ref("LogRetentionDays") },
  };
}

export const trustPolicy: Fields = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": ref("AWS::AccountId") } },
    },
  ],
};

export function ownLog(name: string): readonly Allowed[] {
  const resource = arnOf(`${logicalName(name)}LogGroup`);
  return ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => ({ action, resource }));
}

/** What a rule's role allows: the rule's declared permissions and the base set, nothing else. */
export function allowedTo({ name, permissions }: PublishedMetadata): readonly Allowed[] {
  const declared = permissions.flatMap(({ action, resources, conditions }) =>
    resources.map((resource) => ({
      action,
      resource: substituted(resource),
      ...(conditions === undefined ? {} : { condition: substituted(conditions) }),
    })),
  );
  const rulesHere = sub("arn:${AWS::Partition}:config:${AWS::Region}:${AWS::AccountId}:config-rule/*");
  return inOrder([
    ...declared,
    { action: "config:PutEvaluations", resource: "*" },
    { action: "config:GetComplianceDetailsByConfigRule", resource: rulesHere },
    { action: "sqs:SendMessage", resource: arnOf("FailedRunQueue") },
    ...ownLog(name),
    ...(name === inVpc ? vpcActions : []).map((action) => ({ action, resource: "*" })),
  ]);
}

/** The role as a newcomer may write it; only what it allows is held to the metadata, not how its statements are cut. */
export function roleOf(rule: PublishedMetadata): Fields {
  const statements = allowedTo(rule).map(
    ({ action, resource, condition }): Fields => ({
      Effect: "Allow",
      Action: action,
      Resource: resource,
      ...(condition === undefined ? {} : { Condition: condition }),
    }),
  );
  const PolicyDocument = { Version: "2012-10-17", Statement: statements };
  const Description = `Reads what ${rule.name} judges, and reports to AWS Config`;
  const Properties = {
    Description,
    AssumeRolePolicyDocument: trustPolicy,
    Policies: [{ PolicyName: "read", PolicyDocument }],
  };
  return { Type: "AWS::IAM::Role", Condition: isOn(rule.name), Properties };
}

/** Texts with pseudo parameters, `${AWS::AccountId}`, are for CloudFormation to fill. */
function substituted(value: Value): Value {
  if (typeof value === "string") return value.includes("${") ? sub(value) : value;
  // A parameter that is itself a list of names makes the whole list a text to split.
  if (Array.isArray(value) && value.some((one) => /\$\{(?!AWS::)/.test(String(one)))) {
    return { "Fn::Split": [",", sub(value.join(","))] };
  }
  if (Array.isArray(value)) return value.map(substituted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, substituted(inner)]));
}

export function errorsAlarmOf(functionName: string, description: unknown) {
  return {
    Type: "AWS::CloudWatch::Alarm",
    ...(functionName.startsWith("dynamodb-") ? { Condition: isOn(functionName) } : {}),
    Properties: {
      AlarmDescription: description,
      Namespace: "AWS/Lambda",
      MetricName: "Errors",
      Dimensions: [{ Name: "FunctionName", Value: ref(functionId(functionName)) }],
      Statistic: "Sum",
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "notBreaching",
    },
  };
}

export function heartbeatAlarmOf({ name }: PublishedMetadata, description: unknown) {
  return {
    Type: "AWS::CloudWatch::Alarm",
    Condition: isOn(name),
    DependsOn: `${logicalName(name)}Rule`,
    Properties: {
      AlarmDescription: description,
      Namespace: "AWS/Lambda",
      MetricName: "Invocations",
      Dimensions: [{ Name: "FunctionName", Value: ref(functionId(name)) }],
      Statistic: "Sum",
      Period: 86_400,
      EvaluationPeriods: 2,
      Threshold: 1,
      ComparisonOperator: "LessThanThreshold",
      TreatMissingData: "breaching",
      AlarmActions: [ref("AlertTopic")],
    },
  };
}
