/** Events of EventBridge as AWS Config emits them, one field or another set otherwise. */
export interface Changes {
  readonly rule?: string;
  readonly ruleArn?: string;
  readonly type?: string;
  readonly id?: string;
  readonly accountId?: string;
  readonly region?: string;
  readonly now?: string | null;
  readonly before?: string | null;
  readonly annotation?: string | null;
  readonly at?: string;
}

export const pendingDeletion =
  "KMS key ...7a41 is PendingDeletion, to be deleted on 2026-01-10: the table becomes unreadable. Cancel it (kms cancel-key-deletion, then enable-key)";
export const awsOwned =
  "AWS owned key; AWS_MANAGED_KEY or stronger required. Indexes and stream share it. Set SSESpecification Enabled=true, SSEType=KMS (update-table)";

export function complianceChange(changes: Changes = {}) {
  const {
    rule = "dynamodb-table-encryption",
    ruleArn = "arn:aws:config:us-east-1:123456789012:config-rule/config-rule-abc123",
    type = "AWS::DynamoDB::Table",
    id = "Ledger",
    accountId = "123456789012",
    region = "us-east-1",
    now = "NON_COMPLIANT",
    before = "COMPLIANT",
    annotation = pendingDeletion,
    at = "2026-01-04T14:02:11.305Z",
  } = changes;
  const result = (complianceType: string, orderingTimestamp: string, words: string | null) => ({
    evaluationResultIdentifier: {
      evaluationResultQualifier: { configRuleName: rule, resourceType: type, resourceId: id },
      orderingTimestamp,
    },
    complianceType,
    resultRecordedTime: "2026-01-04T14:02:40.113Z",
    configRuleInvokedTime: "2026-01-04T14:02:39.871Z",
    ...(words === null ? {} : { annotation: words }),
  });
  return {
    version: "0",
    id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "Config Rules Compliance Change",
    source: "aws.config",
    account: accountId,
    time: "2026-01-04T14:02:41Z",
    region,
    resources: [],
    detail: {
      resourceId: id,
      awsRegion: region,
      awsAccountId: accountId,
      configRuleName: rule,
      configRuleARN: ruleArn,
      recordVersion: "1.0",
      messageType: "ComplianceChangeNotification",
      resourceType: type,
      notificationCreationTime: "2026-01-04T14:02:41.027Z",
      ...(now === null ? {} : { newEvaluationResult: result(now, at, annotation) }),
      ...(before === null ? {} : { oldEvaluationResult: result(before, "2026-01-03T14:02:11.305Z", "earlier words") }),
    },
  };
}

export function bodyOf(changes: Changes = {}): string {
  return JSON.stringify(complianceChange(changes));
}
