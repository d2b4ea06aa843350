/**
 * What a resource-based policy can grant at all (DynamoDB developer guide, API operations supported by resource-based
 * policies): a grant of anything else has no effect.
 */
import { actions } from "./actions.ts";

const toOtherAccounts = [
  "GetItem",
  "Query",
  "Scan",
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchGetItem",
  "BatchWriteItem",
  // Members of transactions, each by its own permission.
  "ConditionCheckItem",
  // Newer than the guide's list, and a read of items as the others are.
  "SearchVectors",
  "GetRecords",
  "GetShardIterator",
  "DescribeStream",
  "UpdateTable",
  "DeleteTable",
  "TagResource",
  "UntagResource",
  "DescribeTable",
  "ListTagsOfResource",
];

/** What a table's or a stream's policy can give another account, the most telling first. */
export const crossAccountActions: readonly string[] = toOtherAccounts.map((name) => `dynamodb:${name}`);

/** What the guide leaves out, of all that DynamoDB authorises on a table: it makes a table, or is of global tables of 2017. */
const neverGranted: ReadonlySet<string> = new Set([
  "dynamodb:CreateTable",
  "dynamodb:ImportTable",
  "dynamodb:RestoreTableFromBackup",
  "dynamodb:CreateGlobalTable",
  "dynamodb:UpdateGlobalTable",
  "dynamodb:UpdateGlobalTableSettings",
]);
/** A policy is on a table, with its indexes, or on a stream. */
const attachable: ReadonlySet<string> = new Set(["table", "index", "stream"]);

/** All that a policy on a table or stream can give: to the owner's principals, and to AWS services. */
export const resourcePolicyActions: readonly string[] = [
  ...crossAccountActions,
  ...actions
    .filter(({ resourceTypes }) => resourceTypes.some(({ name, required }) => required && attachable.has(name)))
    .map(({ name }) => name)
    .filter((name) => !crossAccountActions.includes(name) && !neverGranted.has(name)),
];
