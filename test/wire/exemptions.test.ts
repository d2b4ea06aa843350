/** Exemptions until a day on the real SDK: a rule on tables of the emulator, and AWS Config, which it lacks, on loopback. */
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, expect, it } from "vitest";
import { configRule } from "../../lib/handler.ts";
import { tableEncryption } from "../../lib/rules/dynamodb-table-encryption.ts";
import { clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { type FakeConfig, startFakeConfig } from "../fakes/aws-config.ts";
import { invokingEventOf, lambdaContext, lambdaEnvironment } from "../fakes/lambda.ts";
import { wire } from "./wire.ts";

wire("exemptions in AWS Config", ({ url }) => {
  let config: FakeConfig;
  beforeEach(async () => {
    config = await startFakeConfig();
    lambdaEnvironment(config.url);
    const client = new DynamoDBClient(clientConfiguration(url, "us-east-1"));
    for (const [TableName, sse] of Object.entries({
      "Sandbox-1": {},
      Orders: {},
      Ledger: { Enabled: true, SSEType: "KMS" } as const,
    })) {
      await client.send(
        new CreateTableCommand({
          TableName,
          AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
          BillingMode: "PAY_PER_REQUEST",
          ...("Enabled" in sse ? { SSESpecification: sse } : {}),
        }),
      );
    }
  });
  afterEach(() => config.stop());

  const run = (exemptions: string) =>
    configRule(tableEncryption)(
      invokingEventOf("scheduled", { ruleParameters: JSON.stringify({ exemptions }) }),
      lambdaContext(),
    );
  const held = () =>
    Object.fromEntries([...config.stored].map(([key, { complianceType }]) => [key.split(" ")[1], complianceType]));

  it("take violations out, by name and by ARN, and let them count again after the last day", async () => {
    await run("");
    const all = { "Sandbox-1": "NON_COMPLIANT", Orders: "NON_COMPLIANT", Ledger: "COMPLIANT" };
    expect(held()).toEqual(all);

    await run(
      "Sandbox-* until 2999-12-31 because TICKET-123, arn:aws:dynamodb:*:table/Orders until 2020-12-31 because x",
    );
    expect(held()).toEqual({ Orders: "NON_COMPLIANT", Ledger: "COMPLIANT" });
    expect(config.notApplicable.get("AWS::DynamoDB::Table Sandbox-1")).toBe(
      "Exempt: TICKET-123 (until 2999-12-31): AWS owned key; AWS_MANAGED_KEY or stronger required. Indexes and stream share it",
    );
    expect(config.stored.get("AWS::DynamoDB::Table Orders")?.annotation).toMatch(/ Its exemption ended on 2020-12-31$/);

    await run("* until 2999-12-31 because all of them");
    expect(held()).toEqual({ Ledger: "COMPLIANT" });

    await run("* until 2020-12-31 because all of them");
    expect(held()).toEqual(all);
  });
});
