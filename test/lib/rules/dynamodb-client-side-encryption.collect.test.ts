import { DescribeTableCommand, DynamoDBClient, ListTablesCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isEvaluation, judge } from "../../../lib/judge.ts";
import { parseParameters } from "../../../lib/parameters.ts";
import { clientSideEncryption } from "../../../lib/rules/dynamodb-client-side-encryption.ts";
import { all, awsError, denied, sessionOf } from "../../fakes/account.ts";

const mocks = () => ({ dynamodb: mockClient(DynamoDBClient), tagging: mockClient(ResourceGroupsTaggingAPIClient) });
let aws: ReturnType<typeof mocks>;
beforeEach(() => {
  aws = mocks();
  aws.dynamodb.on(ListTablesCommand).resolves({ TableNames: ["Customers", "Orders"] });
  aws.tagging.on(GetResourcesCommand).resolves({
    ResourceTagMappingList: [{ ResourceARN: arn("Customers"), Tags: [{ Key: "DataClassification", Value: "pii" }] }],
  });
  describedAs("ACTIVE");
  aws.dynamodb.on(ScanCommand).resolves({ ScannedCount: 1, Items: [{}] });
});
afterEach(() => {
  aws.dynamodb.restore();
  aws.tagging.restore();
});

const arn = (tableName: string): string => `arn:aws:dynamodb:us-east-1:123456789012:table/${tableName}`;

function describedAs(TableStatus: "ACTIVE" | "CREATING" | "DELETING"): void {
  aws.dynamodb.on(DescribeTableCommand).resolves({ Table: { TableArn: arn("Customers"), TableStatus, ItemCount: 1 } });
}

/** Verdict or reason of each table, and where the listing broke off. */
async function outcomes(raw: object = {}): Promise<readonly (readonly [string | undefined, string])[]> {
  const parameters = parseParameters(clientSideEncryption.parameters, raw, "parameters");
  const scope = { kind: "account", lastJudged: () => 0 } as const;
  const judged = await all(judge(clientSideEncryption, sessionOf(), scope, parameters));
  return judged.map((outcome) => [
    outcome.resource?.id,
    isEvaluation(outcome) ? outcome.complianceType : `${outcome.unread.call} ${outcome.unread.message}`,
  ]);
}

const noPolicy = "because no identity-based policy allows it";

describe("a run", () => {
  it("describes and scans sensitive tables only", async () => {
    expect(await outcomes()).toEqual([
      ["Customers", "NON_COMPLIANT"],
      ["Orders", "NOT_APPLICABLE"],
    ]);
    const asked = [DescribeTableCommand, ScanCommand].map((command) => aws.dynamodb.commandCalls(command).length);
    expect(asked).toEqual([1, 1]);
  });

  it("knows nothing of any table where the tags are refused, and looks at no item", async () => {
    aws.tagging.on(GetResourcesCommand).rejects(denied("tag:GetResources", "*", noPolicy));
    const unread = "tag:GetResources on tables was denied. Allow it to role/dynamodb-table-encryption";
    for (const raw of [{}, { requireClassification: true }]) {
      expect(await outcomes(raw)).toEqual([
        ["Customers", unread],
        ["Orders", unread],
      ]);
    }
    expect(aws.dynamodb.commandCalls(ScanCommand)).toEqual([]);
  });

  it("looks at no item of a table whose description is refused", async () => {
    aws.dynamodb.on(DescribeTableCommand).rejects(denied("dynamodb:DescribeTable", arn("Customers"), noPolicy));
    expect(await outcomes()).toContainEqual([
      "Customers",
      "dynamodb:DescribeTable on table Customers was denied. Allow it to role/dynamodb-table-encryption",
    ]);
    expect(aws.dynamodb.commandCalls(ScanCommand)).toEqual([]);
  });

  it("finds a table gone that was listed", async () => {
    aws.dynamodb.on(DescribeTableCommand).rejects(awsError("ResourceNotFoundException"));
    expect(await outcomes()).toContainEqual(["Customers", "NOT_APPLICABLE"]);
  });

  it.each(["CREATING", "DELETING"] as const)("leaves a table alone that is %s", async (status) => {
    describedAs(status);
    expect(await outcomes()).toContainEqual(["Customers", "NOT_APPLICABLE"]);
    expect(aws.dynamodb.commandCalls(ScanCommand)).toEqual([]);
  });

  it("does not take a table for empty that it may not scan", async () => {
    aws.dynamodb.on(ScanCommand).rejects(denied("dynamodb:Scan", arn("Customers"), noPolicy));
    expect(await outcomes()).toContainEqual([
      "Customers",
      "dynamodb:Scan on table Customers was denied. Allow it to role/dynamodb-table-encryption",
    ]);
  });

  it("judges what was listed before the listing broke off", async () => {
    aws.dynamodb
      .on(ListTablesCommand)
      .resolvesOnce({ TableNames: ["Customers"], LastEvaluatedTableName: "Customers" })
      .rejects(awsError("ThrottlingException"));
    expect(await outcomes()).toEqual([
      ["Customers", "NON_COMPLIANT"],
      [undefined, "dynamodb:ListTables on region us-east-1 was throttled past the retries"],
    ]);
  });
});
