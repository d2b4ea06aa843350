/**
 * What DynamoDB's actions are about: our own reading of the service authorization reference, since its access levels do
 * not tell an item from a table's settings. A test fails when AWS adds an action that is not here.
 */
export type Plane = keyof typeof planes;

export const planes = {
  /** Items of tables and indexes; the order in which a witness is looked for, the best known first. */
  data: [
    "GetItem",
    "BatchGetItem",
    "Query",
    "Scan",
    "SearchVectors",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "ConditionCheckItem",
    "PartiQLSelect",
    "PartiQLInsert",
    "PartiQLUpdate",
    "PartiQLDelete",
  ],
  /** Items as a stream tells them. */
  stream: ["GetRecords", "GetShardIterator", "DescribeStream"],
  /** Items between the replicas of a global table: permissions without an API of their own. */
  replication: ["ReadDataForReplication", "WriteDataForReplication", "ReplicateSettings"],
  /** Control plane, but they copy items out of a table, into one, or to others. */
  exit: [
    "AssociateTableReplica",
    "CreateBackup",
    "CreateTableReplica",
    "EnableKinesisStreamingDestination",
    "ExportTableToPointInTime",
    "ImportTable",
    "RestoreTableFromAwsBackup",
    "RestoreTableFromBackup",
    "RestoreTableToPointInTime",
    "StartAwsBackupJob",
    "UpdateKinesisStreamingDestination",
    "UpdateTable",
  ],
  /** Who may do what: resource-based policies, and whether tags decide. */
  policy: ["DeleteResourcePolicy", "GetAbacStatus", "GetResourcePolicy", "PutResourcePolicy", "UpdateAbacStatus"],
  destroy: ["DeleteBackup", "DeleteGlobalTableWitness", "DeleteTable", "DeleteTableReplica"],
  settings: [
    "CreateGlobalTableWitness",
    "CreateTable",
    "DisableKinesisStreamingDestination",
    "UpdateContinuousBackups",
    "UpdateContributorInsights",
    "UpdateTableReplicaAutoScaling",
    "UpdateTimeToLive",
  ],
  /** Global tables of 2017. */
  globalTable: [
    "CreateGlobalTable",
    "DescribeGlobalTable",
    "DescribeGlobalTableSettings",
    "UpdateGlobalTable",
    "UpdateGlobalTableSettings",
    "UpdateGlobalTableVersion",
  ],
  tags: ["ListTagsOfResource", "TagResource", "UntagResource"],
  describe: [
    "DescribeBackup",
    "DescribeContinuousBackups",
    "DescribeContributorInsights",
    "DescribeExport",
    "DescribeImport",
    "DescribeKinesisStreamingDestination",
    "DescribeTable",
    "DescribeTableReplicaAutoScaling",
    "DescribeTimeToLive",
  ],
  /** About the account, on no table or on one at choice. */
  account: [
    "DescribeEndpoints",
    "DescribeLimits",
    "DescribeReservedCapacity",
    "DescribeReservedCapacityOfferings",
    "InjectError",
    "ListBackups",
    "ListContributorInsights",
    "ListExports",
    "ListGlobalTables",
    "ListImports",
    "ListStreams",
    "ListTables",
    "PurchaseReservedCapacityOfferings",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Power over a table's access or its end, which nobody who only works with its items needs. */
export const administration: readonly string[] = [
  "PutResourcePolicy",
  "DeleteResourcePolicy",
  "UpdateAbacStatus",
  "DeleteTable",
  "DeleteBackup",
];

/** What is said about resources, never what is in them. */
export function readsMetadata(name: string): boolean {
  return /^(Describe|List)/.test(name) || name === "GetResourcePolicy" || name === "GetAbacStatus";
}
