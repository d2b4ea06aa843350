/** What the function's role lets it read, by an evaluation of its own: no more of IAM than the declared conditions use. */
import { DynamoDBClient, ScanCommand, type ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { describe, expect, it } from "vitest";
import { sampleItems } from "../../../lib/account/items.ts";
import { markerNames } from "../../../lib/client-side-encryption/markers.ts";
import { clientSideEncryption } from "../../../lib/rules/dynamodb-client-side-encryption.ts";
import { sessionOf } from "../../fakes/account.ts";

/** As the template has them in account 123456789012: its parameter for key attributes is a list of names. */
const keyAttributes = ["pk", "sk", "PK", "SK", "id"];
const values: Record<string, string> = {
  "AWS::Partition": "aws",
  "AWS::AccountId": "123456789012",
  "AWS::Region": "us-east-1",
};

function substituted(text: string): readonly string[] {
  if (text === "${ClientSideEncryptionKeyAttributes}") return keyAttributes;
  return [text.replace(/\$\{([\w:]+)\}/g, (whole, name: string) => values[name] ?? whole)];
}

interface Request {
  readonly action: string;
  readonly resource: string;
  /** A key that is not there is absent from the request. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

function isAllowed({ action, resource, context }: Request): boolean {
  return clientSideEncryption.permissions.some(
    (permission) =>
      permission.action === action &&
      permission.resources.flatMap(substituted).some((pattern) => matches(pattern, resource)) &&
      Object.entries(permission.conditions ?? {}).every(([operator, keys]) =>
        Object.entries(keys).every(([name, wanted]) => {
          const accepted = [wanted].flat().flatMap(substituted);
          const given = context[name];
          switch (operator) {
            case "ForAllValues:StringEquals":
              return (given ?? []).every((value) => accepted.includes(value));
            case "StringEquals":
              return given?.length === 1 && accepted.includes(given[0] ?? "");
            case "StringLike":
              return given?.length === 1 && accepted.some((pattern) => matches(pattern, given[0] ?? ""));
            default:
              throw new Error(`the operator ${operator} is not known here`);
          }
        }),
      ),
  );
}

function matches(pattern: string, text: string): boolean {
  const literal = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`).test(text);
}

const table = "arn:aws:dynamodb:us-east-1:123456789012:table/Customers";
const key = "arn:aws:kms:us-east-1:123456789012:key/a";

/** The request that IAM sees of a Scan: names count wherever the request has them; without Select it is what the
 * API makes of its absence. */
function requestOf(input: ScanCommandInput): Request {
  const expressions = [input.ProjectionExpression, input.FilterExpression].filter((text) => text !== undefined);
  const named = expressions.flatMap((text) => text.match(/#?[\w-]+/g) ?? []);
  const attributes = named.map((name) => input.ExpressionAttributeNames?.[name] ?? name);
  const select = input.Select ?? (input.ProjectionExpression === undefined ? "ALL_ATTRIBUTES" : "SPECIFIC_ATTRIBUTES");
  return {
    action: "dynamodb:Scan",
    resource: input.IndexName === undefined ? table : `${table}/index/${input.IndexName}`,
    context: {
      "dynamodb:Select": [select],
      "dynamodb:ReturnConsumedCapacity": [input.ReturnConsumedCapacity ?? "NONE"],
      ...(attributes.length === 0 ? {} : { "dynamodb:Attributes": attributes }),
    },
  };
}

async function sampleInput(): Promise<ScanCommandInput> {
  const dynamodb = mockClient(DynamoDBClient);
  try {
    dynamodb.on(ScanCommand).resolves({ ScannedCount: 0, Items: [] });
    await sampleItems(sessionOf(), "Customers", 0, 25);
    return dynamodb.commandCalls(ScanCommand)[0]?.args[0].input ?? { TableName: "" };
  } finally {
    dynamodb.restore();
  }
}

describe("the role of the function", () => {
  it("may take the sample, also where AWS counts the key attributes as asked for", async () => {
    const request = requestOf(await sampleInput());
    expect(request.context["dynamodb:Attributes"]).toEqual(markerNames);
    expect(isAllowed(request)).toBe(true);
    const withKeys = { ...request.context, "dynamodb:Attributes": [...markerNames, "pk", "sk"] };
    expect(isAllowed({ ...request, context: withKeys })).toBe(true);
  });

  const TableName = "Customers";
  const scans: Record<string, (ours: ScanCommandInput) => ScanCommandInput> = {
    "without a projection": () => ({ TableName }),
    "without a projection that says otherwise": () => ({
      TableName,
      Select: "SPECIFIC_ATTRIBUTES",
      ProjectionExpression: "card",
    }),
    "of one attribute more": (ours) => ({ ...ours, ProjectionExpression: `${ours.ProjectionExpression}, card` }),
    "of one attribute more by a placeholder": (ours) => ({
      ...ours,
      ProjectionExpression: `${ours.ProjectionExpression}, #x`,
      ExpressionAttributeNames: { ...ours.ExpressionAttributeNames, "#x": "card" },
    }),
    "that filters by another attribute, to find out its value": (ours) => ({ ...ours, FilterExpression: "card = :x" }),
    "of a key attribute in another letter case": (ours) => ({
      ...ours,
      ProjectionExpression: `${ours.ProjectionExpression}, Pk`,
    }),
    "of an attribute that a pattern of a marker would match": (ours) => ({
      ...ours,
      ProjectionExpression: "#x",
      ExpressionAttributeNames: { "#x": "xamzn-ddb-map-descx" },
    }),
    "that only counts": () => ({ TableName, Select: "COUNT" }),
    "of all attributes of an index": () => ({ TableName, IndexName: "by-day", Select: "ALL_PROJECTED_ATTRIBUTES" }),
  };
  for (const [sentence, change] of Object.entries(scans)) {
    it(`may make no Scan ${sentence}`, async () => {
      expect(isAllowed(requestOf(change(await sampleInput())))).toBe(false);
    });
  }

  it("may read items by no other action, not even the markers", async () => {
    const ours = requestOf(await sampleInput());
    const actions = [
      "GetItem",
      "BatchGetItem",
      "Query",
      "PartiQLSelect",
      "TransactGetItems",
      "GetRecords",
      "ExportTableToPointInTime",
    ];
    for (const action of actions)
      expect([action, isAllowed({ ...ours, action: `dynamodb:${action}` })]).toEqual([action, false]);
  });

  it("may scan no table of another account or region", async () => {
    const ours = requestOf(await sampleInput());
    for (const other of [table.replace("123456789012", "210987654321"), table.replace("us-east-1", "eu-west-1")]) {
      expect(isAllowed({ ...ours, resource: other })).toBe(false);
    }
  });

  it("may use a key through DynamoDB in its region only, and only to decrypt", () => {
    const via = (service: string | null, action = "kms:Decrypt"): Request => ({
      action,
      resource: key,
      context: service === null ? {} : { "kms:ViaService": [service] },
    });
    expect(isAllowed(via("dynamodb.us-east-1.amazonaws.com"))).toBe(true);
    expect(isAllowed(via(null))).toBe(false);
    expect(isAllowed(via("s3.us-east-1.amazonaws.com"))).toBe(false);
    expect(isAllowed(via("dynamodb.eu-west-1.amazonaws.com"))).toBe(false);
    for (const action of ["kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:CreateGrant"]) {
      expect(isAllowed(via("dynamodb.us-east-1.amazonaws.com", action))).toBe(false);
    }
  });
});
