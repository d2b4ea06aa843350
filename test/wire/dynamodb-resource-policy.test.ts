import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutResourcePolicyCommand,
  TagResourceCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import type { ResourcePolicyFacts } from "../../lib/account/resource-policies.ts";
import { openSession, type Session } from "../../lib/account/session.ts";
import { isEvaluation } from "../../lib/judge.ts";
import { parseParameters } from "../../lib/parameters.ts";
import type { Evaluation, Outcome, Scope } from "../../lib/rule.ts";
import { resourcePolicy } from "../../lib/rules/dynamodb-resource-policy.ts";
import { awsCli, clientConfiguration } from "../../scripts/emulator/emulator.ts";
import {
  allow,
  documentOf,
  orders,
  otherAccount,
  ownAccount,
  partnerAccount,
  type Written,
} from "../fakes/resource-policy-facts.ts";
import { outcomesOf, verdictsOf, wholeAccount } from "../outcomes.ts";
import { wire } from "./wire.ts";

const region = "us-east-1";
const dead = "AROAJQABLZS4A3QDU576Q";
const ofOrg = { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-theirs0000" } } };

function session(): Session {
  return openSession({ accountId: ownAccount, region, now: new Date() });
}

function scan(raw: object = {}, scope: Scope = wholeAccount, opened = session()): Promise<readonly Outcome[]> {
  return outcomesOf(resourcePolicy, opened, raw, scope);
}

wire("dynamodb-resource-policy against the emulator", ({ url }) => {
  const dynamodb = new DynamoDBClient(clientConfiguration(url, region));

  async function createTable(TableName: string, isStreaming = false): Promise<void> {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } as const;
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        ...(isStreaming ? { StreamSpecification } : {}),
      }),
    );
  }

  async function put(statements: readonly Written[], resourceArn = orders): Promise<void> {
    const Policy = documentOf(statements);
    await dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: resourceArn, Policy }));
  }

  async function streamOf(TableName: string): Promise<string> {
    return (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table?.LatestStreamArn ?? "";
  }

  /** Runs the commands of a finding's mend by the AWS command line, its files where they name them. */
  async function mend({ mend: offered }: Evaluation): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "mend-"));
    try {
      for (const step of offered?.steps ?? []) {
        if ("file" in step) await writeFile(join(folder, step.file), step.content);
        if (!("command" in step)) continue;
        const inFolder = step.command.map((word) => word.replace(/^file:\/\//, `file://${folder}/`));
        await awsCli(url, inFolder.slice(1));
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  async function violations(raw: object = {}): Promise<readonly Evaluation[]> {
    return (await scan(raw)).filter(isEvaluation).filter(({ reasons }) => reasons.length > 0);
  }

  it("tells no policy, an own one, a trusted one and a foreign one apart", async () => {
    for (const name of ["None", "Own", "Partner", "Foreign"]) await createTable(name);
    const arnOf = (name: string) => orders.replace("Orders", name);
    await put([allow({ AWS: ownAccount }, { Resource: arnOf("Own") })], arnOf("Own"));
    await put([allow({ AWS: partnerAccount }, { Resource: arnOf("Partner") })], arnOf("Partner"));
    await put([allow({ AWS: otherAccount }, { Resource: arnOf("Foreign") })], arnOf("Foreign"));
    expect(verdictsOf(await scan({ trustedAccounts: partnerAccount }))).toEqual({
      None: "COMPLIANT",
      Own: "COMPLIANT",
      Partner: "COMPLIANT",
      Foreign: "NON_COMPLIANT",
    });
  });

  it("judges one table of a change, and finds a deleted one gone", async () => {
    await createTable("Orders");
    await createTable("Gone");
    await put([allow({ AWS: otherAccount })]);
    await dynamodb.send(new DeleteTableCommand({ TableName: "Gone" }));
    const resources = ["Orders", "Gone"].map((id) => ({ type: "AWS::DynamoDB::Table", id }) as const);
    const opened = session();
    expect(verdictsOf(await scan({}, { kind: "resources", resources }, opened))).toEqual({
      Orders: "NON_COMPLIANT",
      Gone: "NOT_APPLICABLE",
    });
    expect(Object.fromEntries(opened.calls)).toEqual({ "dynamodb:DescribeTable": 2, "dynamodb:GetResourcePolicy": 1 });
  });

  it("asks once a table and once a stream", async () => {
    for (let index = 0; index < 20; index++) await createTable(`Table-${index}`, index % 2 === 0);
    const opened = session();
    expect(await scan({}, wholeAccount, opened)).toHaveLength(20);
    expect(Object.fromEntries(opened.calls)).toEqual({
      "dynamodb:ListTables": 1,
      "dynamodb:DescribeTable": 20,
      "dynamodb:GetResourcePolicy": 30,
    });
  });

  describe("after its mend", () => {
    const faults: Record<string, readonly Written[]> = {
      "another organization": [allow("*", ofOrg)],
      "a foreign account beside the own": [allow({ AWS: [ownAccount, otherAccount] })],
      "a foreign account alone": [allow({ AWS: otherAccount })],
      "all but one": [{ ...allow(undefined), NotPrincipal: { AWS: otherAccount } }],
      "services for whoever asks": [allow({ Service: ["redshift.amazonaws.com", "glue.amazonaws.com"] })],
      "a deleted role": [allow({ AWS: [dead, ownAccount] })],
      "all of it": [
        allow({ AWS: [dead, ownAccount, otherAccount], Service: "redshift.amazonaws.com" }),
        allow("*", { Sid: "Org", ...ofOrg }),
        allow("*", { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      ],
    };

    it.each(Object.entries(faults))("%s complies, and is as the mend promised", async (_name, statements) => {
      await createTable("Orders");
      await put(statements);
      const promised = resourcePolicy.mend(await factsOf(), parseParameters(resourcePolicy.parameters, {}, ""));
      const [violation] = await violations();
      if (violation === undefined) throw new Error("no violation");
      await mend(violation);
      expect(verdictsOf(await scan())).toEqual({ Orders: "COMPLIANT" });
      if ("after" in promised) expect(asEvaluated(await factsOf())).toEqual(asEvaluated(promised.after));
    });

    it("table and stream both comply", async () => {
      await createTable("Orders", true);
      const stream = await streamOf("Orders");
      await put([allow({ AWS: otherAccount })]);
      await put(
        [allow({ AWS: [ownAccount, otherAccount] }, { Action: "dynamodb:GetRecords", Resource: stream })],
        stream,
      );
      const [violation] = await violations();
      if (violation === undefined) throw new Error("no violation");
      expect(violation.reasons.map(({ source }) => source?.arn ?? null)).toEqual([null, stream]);
      await mend(violation);
      expect(verdictsOf(await scan())).toEqual({ Orders: "COMPLIANT" });
    });

    it("is refused where the policy has changed since", async () => {
      await createTable("Orders");
      await put([allow({ AWS: otherAccount })]);
      const [violation] = await violations();
      if (violation === undefined) throw new Error("no violation");
      await new Promise((resolve) => setTimeout(resolve, 5));
      await put([allow({ AWS: [otherAccount, partnerAccount] })]);
      await expect(mend(violation)).rejects.toThrow("PolicyNotFoundException");
    });

    async function factsOf(): Promise<ResourcePolicyFacts> {
      const parameters = parseParameters(resourcePolicy.parameters, {}, "parameters");
      for await (const reading of resourcePolicy.collect(session(), wholeAccount, parameters))
        if (reading.resource.id === "Orders" && "facts" in reading) return reading.facts;
      throw new Error("no facts of Orders");
    }

    /** Without the time, the revision that AWS gives it, and white space. */
    function asEvaluated({ documents, tableStatus }: ResourcePolicyFacts): unknown {
      const text = JSON.stringify({ documents, tableStatus }, (name, value: unknown) =>
        name === "revisionId" ? "any" : name === "policy" ? JSON.parse(String(value)) : value,
      );
      return JSON.parse(text);
    }
  });

  it("sets apart the tables that carry the exempting tag", async () => {
    await createTable("Orders");
    await put([allow({ AWS: otherAccount })]);
    const Tags = [{ Key: "stage", Value: "sandbox" }];
    await dynamodb.send(new TagResourceCommand({ ResourceArn: orders, Tags }));
    const opened = session();
    expect(verdictsOf(await scan({ exemptResourceTag: "stage=sandbox" }, wholeAccount, opened))).toEqual({
      Orders: "NOT_APPLICABLE",
    });
    expect(opened.calls.has("dynamodb:GetResourcePolicy")).toBe(false);
  });

  it("makes the calls that its permissions declare, and no others", async () => {
    await createTable("Orders");
    const opened = session();
    await scan({ exemptResourceTag: "stage=sandbox" }, wholeAccount, opened);
    expect([...opened.calls.keys()].sort()).toEqual(resourcePolicy.permissions.map(({ action }) => action).sort());
  });
});
