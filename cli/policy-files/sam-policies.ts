/**
 * SAM's policy templates, after aws-sam-translator 1.115.0, samtranslator/policy_templates_data/policy_templates.json:
 * what those for DynamoDB allow, and the names of the others, none of which allows an action of DynamoDB.
 */
import type { JsonNode } from "../../lib/iam/json.ts";
import { listNode, memberOf, objectNode, textNode } from "./nodes.ts";

interface Grant {
  readonly actions: string;
  /** What follows the table's name; the names in braces are the template's parameters, or end in them. */
  readonly on: readonly string[];
}

const itself = [""];
const withIndexes = ["", "/index/*"];

const ofDynamoDb: Readonly<Record<string, readonly Grant[]>> = {
  DynamoDBBackupFullAccessPolicy: [
    { actions: "CreateBackup DescribeContinuousBackups", on: itself },
    { actions: "DeleteBackup DescribeBackup ListBackups", on: ["/backup/*"] },
  ],
  DynamoDBCrudPolicy: [
    {
      actions:
        "GetItem DeleteItem PutItem Scan Query UpdateItem BatchWriteItem BatchGetItem DescribeTable ConditionCheckItem",
      on: withIndexes,
    },
  ],
  DynamoDBReadPolicy: [{ actions: "GetItem Scan Query BatchGetItem DescribeTable", on: withIndexes }],
  DynamoDBReconfigurePolicy: [{ actions: "UpdateTable", on: itself }],
  DynamoDBRestoreFromBackupPolicy: [
    { actions: "RestoreTableFromBackup", on: ["/backup/*"] },
    { actions: "PutItem UpdateItem DeleteItem GetItem Query Scan BatchWriteItem", on: itself },
  ],
  DynamoDBStreamReadPolicy: [
    { actions: "DescribeStream GetRecords GetShardIterator", on: ["/stream/${StreamName}"] },
    { actions: "ListStreams", on: ["/stream/*"] },
  ],
  DynamoDBWritePolicy: [{ actions: "PutItem UpdateItem BatchWriteItem", on: withIndexes }],
};

const ofOthers = new Set(
  `AMIDescribe AWSSecretsManagerGetSecretValue AWSSecretsManagerRotation AcmGetCertificate AthenaQuery
  CloudFormationDescribeStacks CloudWatchDashboard CloudWatchDescribeAlarmHistory CloudWatchPutMetric CodeCommitCrud
  CodeCommitRead CodePipelineLambdaExecution CodePipelineReadOnly ComprehendBasicAccess CostExplorerReadOnly
  EC2CopyImage EC2Describe EFSWriteAccess EKSDescribe EcsRunTask ElasticMapReduceAddJobFlowSteps
  ElasticMapReduceCancelSteps ElasticMapReduceModifyInstanceFleet ElasticMapReduceModifyInstanceGroups
  ElasticMapReduceSetTerminationProtection ElasticMapReduceTerminateJobFlows ElasticsearchHttpPost EventBridgePutEvents
  FilterLogEvents FirehoseCrud FirehoseWrite KMSDecrypt KMSEncrypt KMSEncryptPolicy_v2 KinesisCrud KinesisStreamRead
  LambdaInvoke MobileAnalyticsWriteOnlyAccess OrganizationsListAccounts PinpointEndpointAccess PollyFullAccess
  RekognitionDetectOnly RekognitionFacesManagement RekognitionFaces RekognitionLabels RekognitionNoDataAccess
  RekognitionRead RekognitionWriteOnlyAccess Route53ChangeResourceRecordSets S3Crud S3FullAccess S3Read S3Write
  SESBulkTemplatedCrud SESBulkTemplatedCrudPolicy_v2 SESCrud SESEmailTemplateCrud SESSendBounce SNSCrud
  SNSPublishMessage SQSPoller SQSSendMessage SSMParameterRead SSMParameterWithSlashPrefixRead
  SageMakerCreateEndpointConfig SageMakerCreateEndpoint ServerlessRepoReadWriteAccess StepFunctionsCallback
  StepFunctionsExecution StepFunctionsExecutionPolicy_v2 TextractDetectAnalyze TextractGetResult Textract VPCAccess`
    .split(/\s+/)
    .map((name) => (name.includes("Policy") ? name : `${name}Policy`)),
);

/** Whether it is a policy template that has nothing to do with DynamoDB. */
export function isOfAnotherService(name: string): boolean {
  return ofOthers.has(name);
}

/** The document that SAM makes of a policy template, its parameters still as given; null where there is none of that
 * name for DynamoDB. SAM gives it no Version.
 * @returns the name of a parameter where it is needed and not given */
export function samDocument(name: string, given: JsonNode): JsonNode | { readonly missing: string } | null {
  const grants = Object.hasOwn(ofDynamoDb, name) ? ofDynamoDb[name] : undefined;
  if (grants === undefined) return null;
  const needed = name === "DynamoDBStreamReadPolicy" ? ["TableName", "StreamName"] : ["TableName"];
  const own: Record<string, JsonNode> = {};
  for (const parameter of needed) {
    const value = memberOf(given, parameter);
    if (value === undefined) return { missing: parameter };
    own[parameter] = value;
  }
  const statements = grants.map(({ actions, on }) =>
    objectNode({
      Effect: textNode("Allow"),
      Action: listNode(actions.split(" ").map((action) => textNode(`dynamodb:${action}`))),
      Resource: listNode(
        on.map((rest) => {
          const arn = `arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/\${TableName}${rest}`;
          return objectNode({ "Fn::Sub": listNode([textNode(arn), objectNode(own)]) });
        }),
      ),
    }),
  );
  return objectNode({ Statement: listNode(statements) });
}
