import { CreateTableCommand, DynamoDBClient, TagResourceCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { describe, expect, it } from "vitest";
import { openSession, type Session } from "../../lib/account/session.ts";
import { isEvaluation } from "../../lib/judge.ts";
import { parseParameters } from "../../lib/parameters.ts";
import type { Evaluation, Outcome, Scope } from "../../lib/rule.ts";
import { type TableEncryptionFacts, tableEncryption } from "../../lib/rules/dynamodb-table-encryption.ts";
import { awsCli, clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { outcomesOf, verdictsOf, wholeAccount } from "../outcomes.ts";
import { wire } from "./wire.ts";

const region = "us-east-1";

function session(): Session {
  return openSession({ accountId: "123456789012", region, now: new Date() });
}

function scan(raw: object = {}, scope: Scope = wholeAccount, opened = session()): Promise<readonly Outcome[]> {
  return outcomesOf(tableEncryption, opened, raw, scope);
}

wire("dynamodb-table-encryption against the emulator", ({ url }) => {
  const dynamodb = (): DynamoDBClient => new DynamoDBClient(clientConfiguration(url, region));
  const kms = (inRegion = region): KMSClient => new KMSClient(clientConfiguration(url, inRegion));

  async function createKey(inRegion = region): Promise<string> {
    const { KeyMetadata } = await kms(inRegion).send(new CreateKeyCommand({}));
    return KeyMetadata?.Arn ?? "";
  }

  async function createTable(
    TableName: string,
    key: "AWS owned" | "AWS managed" | { keyArn: string } = "AWS owned",
  ): Promise<void> {
    const sse = key === "AWS managed" ? {} : key === "AWS owned" ? null : { KMSMasterKeyId: key.keyArn };
    await dynamodb().send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
        ...(sse === null ? {} : { SSESpecification: { Enabled: true, SSEType: "KMS", ...sse } }),
      }),
    );
  }

  /** Runs the commands of a finding's mend by the AWS command line. */
  async function mend({ mend: offered }: Evaluation): Promise<void> {
    for (const step of offered?.steps ?? []) if ("command" in step) await awsCli(url, step.command.slice(1));
  }

  it("judges each kind of key", async () => {
    const keyArn = await createKey();
    await createTable("Owned");
    await createTable("Managed", "AWS managed");
    await createTable("Customer", { keyArn });
    expect(verdictsOf(await scan())).toEqual({ Owned: "NON_COMPLIANT", Managed: "COMPLIANT", Customer: "COMPLIANT" });
    expect(verdictsOf(await scan({ minimumKeyType: "CUSTOMER_MANAGED_KEY" }))).toEqual({
      Owned: "NON_COMPLIANT",
      Managed: "NON_COMPLIANT",
      Customer: "COMPLIANT",
    });
    expect(verdictsOf(await scan({ allowedKeyArns: keyArn }))).toEqual({
      Owned: "NON_COMPLIANT",
      Managed: "NON_COMPLIANT",
      Customer: "COMPLIANT",
    });
  });

  it("judges one table of a change, and finds a deleted one gone", async () => {
    await createTable("Owned");
    const scope: Scope = {
      kind: "resources",
      resources: [
        { type: "AWS::DynamoDB::Table", id: "Owned" },
        { type: "AWS::DynamoDB::Table", id: "Gone" },
      ],
    };
    const opened = session();
    expect(verdictsOf(await scan({}, scope, opened))).toEqual({ Owned: "NON_COMPLIANT", Gone: "NOT_APPLICABLE" });
    expect([...opened.calls]).toEqual([["dynamodb:DescribeTable", 2]]);
  });

  it("reads a page of a hundred tables at a time, and a shared key once", async () => {
    const keyArn = await createKey();
    for (let index = 0; index < 120; index++) await createTable(`Table-${index}`, { keyArn });
    const opened = session();
    expect(await scan({}, wholeAccount, opened)).toHaveLength(120);
    expect(Object.fromEntries(opened.calls)).toEqual({
      "dynamodb:ListTables": 2,
      "dynamodb:DescribeTable": 120,
      "kms:DescribeKey": 1,
    });
  });

  it("sets apart the tables that carry the exempting tag", async () => {
    await createTable("Sandbox");
    await createTable("Orders");
    const ResourceArn = `arn:aws:dynamodb:${region}:123456789012:table/Sandbox`;
    await dynamodb().send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "stage", Value: "sandbox-7" }] }));
    const outcomes = await scan({ exemptResourceTag: "stage=sandbox-*" });
    expect(verdictsOf(outcomes)).toEqual({ Sandbox: "NOT_APPLICABLE", Orders: "NON_COMPLIANT" });
    expect(outcomes.filter(isEvaluation).find(({ resource }) => resource.id === "Sandbox")).toMatchObject({
      annotation: "Exempt: tag stage=sandbox-* (exemptResourceTag)",
      exemption: "tag stage=sandbox-* (exemptResourceTag)",
    });
  });

  describe("after its mend", () => {
    const faults: Record<string, { parameters?: object; make: () => Promise<void> }> = {
      "an AWS owned key": { make: () => createTable("Orders") },
      "a disabled key": {
        make: async () => {
          const keyArn = await createKey();
          await createTable("Orders", { keyArn });
          await kms().send(new DisableKeyCommand({ KeyId: keyArn }));
        },
      },
      "a key pending deletion": {
        make: async () => {
          const keyArn = await createKey();
          await createTable("Orders", { keyArn });
          await kms().send(new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: 7 }));
        },
      },
      "a key that does not rotate": {
        parameters: { requireKeyRotation: true },
        make: async () => createTable("Orders", { keyArn: await createKey() }),
      },
      "a disabled key that does not rotate": {
        parameters: { requireKeyRotation: true },
        make: async () => {
          const keyArn = await createKey();
          await createTable("Orders", { keyArn });
          await kms().send(new DisableKeyCommand({ KeyId: keyArn }));
        },
      },
      "a replica whose key is disabled": {
        make: async () => {
          const irish = await createKey("eu-west-1");
          await createTable("Orders", { keyArn: await createKey() });
          await dynamodb().send(
            new UpdateTableCommand({
              TableName: "Orders",
              ReplicaUpdates: [{ Create: { RegionName: "eu-west-1", KMSMasterKeyId: irish } }],
            }),
          );
          await kms("eu-west-1").send(new DisableKeyCommand({ KeyId: irish }));
        },
      },
      "a global table under AWS owned keys": {
        make: async () => {
          await createTable("Orders");
          await dynamodb().send(
            new UpdateTableCommand({ TableName: "Orders", ReplicaUpdates: [{ Create: { RegionName: "eu-west-1" } }] }),
          );
        },
      },
    };

    it.each(Object.entries(faults))(
      "%s complies, and is as the mend promised",
      async (_name, { parameters: raw = {}, make }) => {
        await make();
        const parameters = parseParameters(tableEncryption.parameters, raw, "parameters");
        const facts = await factsOf("Orders", raw);
        const promised = tableEncryption.mend(facts, parameters);
        const [violation] = (await scan(raw)).filter(isEvaluation);
        if (violation === undefined || !("after" in promised))
          throw new Error("no violation, or one that leaves a choice");
        expect(violation.complianceType).toBe("NON_COMPLIANT");
        await mend(violation);
        expect(verdictsOf(await scan(raw))).toEqual({ Orders: "COMPLIANT" });
        expect(asEvaluated(await factsOf("Orders", raw))).toEqual(asEvaluated(promised.after));
      },
    );

    async function factsOf(tableName: string, raw: object): Promise<TableEncryptionFacts> {
      const parameters = parseParameters(tableEncryption.parameters, raw, "parameters");
      for await (const reading of tableEncryption.collect(session(), wholeAccount, parameters)) {
        if (reading.resource.id === tableName && "facts" in reading) return reading.facts;
      }
      throw new Error(`no facts of ${tableName}`);
    }

    /** The facts without what no mend can know: the ARN of the account's own AWS managed key. */
    function asEvaluated(facts: TableEncryptionFacts): unknown {
      return JSON.parse(
        JSON.stringify(facts, (name, value: unknown) => (/^(kmsMasterKeyArn|keyArn)$/.test(name) ? "an ARN" : value)),
      );
    }
  });

  it("makes the calls that its permissions declare, and no others", async () => {
    const keyArn = await createKey();
    await kms().send(new EnableKeyRotationCommand({ KeyId: keyArn }));
    await createTable("Orders", { keyArn });
    const opened = session();
    await scan({ requireKeyRotation: true, exemptResourceTag: "stage=sandbox" }, wholeAccount, opened);
    expect([...opened.calls.keys()].sort()).toEqual(tableEncryption.permissions.map(({ action }) => action).sort());
  });
});
