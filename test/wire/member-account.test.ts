import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { configRule } from "../../lib/handler.ts";
import { tableEncryption } from "../../lib/rules/dynamodb-table-encryption.ts";
import { clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { type FakeConfig, startFakeConfig } from "../fakes/aws-config.ts";
import { invokingEventOf, lambdaContext, lambdaEnvironment } from "../fakes/lambda.ts";
import { wire } from "./wire.ts";

const member = "222222222222";

wire("a function that judges a member account", ({ url }) => {
  let config: FakeConfig;
  beforeAll(async () => {
    config = await startFakeConfig();
  });
  afterAll(() => config.stop());

  async function createTable(
    TableName: string,
    configuration: ConstructorParameters<typeof DynamoDBClient>[0],
  ): Promise<void> {
    await new DynamoDBClient(configuration ?? {}).send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
  }

  it("assumes its own role there, and sees that account's tables and no others", async () => {
    const RoleArn = `arn:aws:iam::${member}:role/dynamodb-compliance-member`;
    const { Credentials } = await new STSClient(clientConfiguration(url)).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: "seed" }),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    await createTable("Ours", clientConfiguration(url));
    await createTable("Theirs", { ...clientConfiguration(url), credentials });

    lambdaEnvironment(config.url, { MEMBER_ROLE_NAME: "dynamodb-compliance-member" });
    const event = JSON.parse(JSON.stringify(invokingEventOf("scheduled")).replaceAll("123456789012", member)) as object;
    await configRule(tableEncryption)(event, lambdaContext());
    expect([...config.stored].map(([key, { complianceType }]) => [key, complianceType])).toEqual([
      ["AWS::DynamoDB::Table Theirs", "NON_COMPLIANT"],
    ]);
  });
});
