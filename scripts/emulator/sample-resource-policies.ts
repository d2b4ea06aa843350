/** The sample account's resource-based policies, of tables and of a stream. */
import { DescribeTableCommand, DynamoDBClient, PutResourcePolicyCommand } from "@aws-sdk/client-dynamodb";
import { clientConfiguration } from "./emulator.ts";
import { documentOf, type Statement } from "./sample-iam.ts";

const tables = "arn:aws:dynamodb:us-east-1:123456789012:table";
/** By their names, so that no read of the scanner is among them; with PartiQL's, and the export of all items at once. */
const items = [
  ...["GetItem", "BatchGetItem", "Query", "Scan", "SearchVectors", "PartiQLSelect", "ConditionCheckItem"],
  ...["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"],
  "ExportTableToPointInTime",
];

/** @param endpointId the VPC endpoint of shop, by which its applications come */
export async function seedResourcePolicies(url: string, endpointId: string): Promise<void> {
  const dynamodb = new DynamoDBClient(clientConfiguration(url));
  const put = (ResourceArn: string, statements: readonly Statement[]): Promise<unknown> =>
    dynamodb.send(new PutResourcePolicyCommand({ ResourceArn, Policy: documentOf(statements) }));
  const endpointOnly = (Resource: string | readonly string[]): Statement => ({
    Sid: "EndpointOnly",
    Effect: "Deny",
    Principal: "*",
    Action: items.map((item) => `dynamodb:${item}`),
    Resource,
    Condition: { StringNotEquals: { "aws:SourceVpce": endpointId }, Bool: { "aws:ViaAWSService": "false" } },
  });

  // The model: items through the shop's endpoint only, of the table and of all its indexes.
  await put(`${tables}/Orders`, [endpointOnly([`${tables}/Orders`, `${tables}/Orders/index/*`])]);

  // The same, but it forgets the index by-day.
  await put(`${tables}/Audit`, [endpointOnly(`${tables}/Audit`)]);

  // A stream has a policy of its own. The role that read it was deleted: its unique id is left, and is nobody.
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: "Audit" }));
  const stream = Table?.LatestStreamArn ?? "";
  const readStream = ["DescribeStream", "GetShardIterator", "GetRecords"].map((action) => `dynamodb:${action}`);
  const deleted = { AWS: "AROAEXAMPLE5DELETED7Q" };
  await put(stream, [{ Sid: "Archive", Principal: deleted, Action: readStream, Resource: stream }]);

  // A partner reads the catalogue: who of the partner's people does, the partner decides.
  await put(`${tables}/Catalog`, [
    {
      Sid: "PartnerRead",
      Principal: { AWS: ["123456789012", "444455556666"] },
      Action: ["dynamodb:GetItem", "dynamodb:Query"],
      Resource: `${tables}/Catalog`,
    },
  ]);

  // A zero-ETL integration: Redshift may export the table, for whichever of its customers names it.
  await put(`${tables}/Payments`, [
    {
      Sid: "ZeroEtl",
      Principal: { Service: "redshift.amazonaws.com" },
      Action: ["dynamodb:ExportTableToPointInTime", "dynamodb:DescribeTable"],
      Resource: `${tables}/Payments`,
    },
  ]);
}
