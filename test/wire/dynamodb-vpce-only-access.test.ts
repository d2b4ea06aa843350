import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  TagResourceCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateVpcEndpointCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { expect, it } from "vitest";
import { openSession, type Session } from "../../lib/account/session.ts";
import type { VpceOnlyFacts } from "../../lib/account/vpce-only-facts.ts";
import { isEvaluation } from "../../lib/judge.ts";
import { parseParameters } from "../../lib/parameters.ts";
import type { Evaluation, Outcome, Scope } from "../../lib/rule.ts";
import { vpceOnlyAccess } from "../../lib/rules/dynamodb-vpce-only-access.ts";
import { awsCli, clientConfiguration } from "../../scripts/emulator/emulator.ts";
import { networkOf } from "../../scripts/emulator/sample-network.ts";
import { outcomesOf, wholeAccount } from "../outcomes.ts";
import { wire } from "./wire.ts";

const [region, accountId] = ["us-east-1", "123456789012"];
const orders = `arn:aws:dynamodb:${region}:${accountId}:table/Orders`;
const all = { judge: "all" };

function session(): Session {
  return openSession({ accountId, region, now: new Date() });
}

function scan(raw: object = {}, scope: Scope = wholeAccount, opened = session()): Promise<readonly Outcome[]> {
  return outcomesOf(vpceOnlyAccess, opened, raw, scope);
}

wire("dynamodb-vpce-only-access against the emulator", ({ url }) => {
  const dynamodb = new DynamoDBClient(clientConfiguration(url, region));
  const ec2 = new EC2Client(clientConfiguration(url, region));
  const iam = new IAMClient(clientConfiguration(url, region));

  async function createTable(TableName: string): Promise<void> {
    const KeySchema = [{ AttributeName: "pk", KeyType: "HASH" }] as const;
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "date", AttributeType: "S" },
        ],
        KeySchema: [...KeySchema],
        GlobalSecondaryIndexes: [
          {
            IndexName: "ByDate",
            KeySchema: [{ AttributeName: "date", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          },
        ],
        BillingMode: "PAY_PER_REQUEST",
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
      }),
    );
  }

  async function createEndpoint(): Promise<string> {
    const VpcId = await networkOf(ec2).createVpc("shop", "10.9.0.0/16");
    const ServiceName = `com.amazonaws.${region}.dynamodb`;
    const { VpcEndpoint } = await ec2.send(new CreateVpcEndpointCommand({ VpcId, ServiceName }));
    return VpcEndpoint?.VpcEndpointId ?? "";
  }

  async function createRole(RoleName: string, statement: object): Promise<void> {
    const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
    const documentOf = (one: object): string => JSON.stringify({ Version: "2012-10-17", Statement: [one] });
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: documentOf(trust) }));
    const PolicyDocument = documentOf({ Effect: "Allow", ...statement });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "table", PolicyDocument }));
  }

  /** Runs the commands of a finding's mend by the AWS command line, its files where they name them. */
  async function apply({ mend }: Evaluation): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "mend-"));
    try {
      for (const step of mend?.steps ?? []) {
        if ("file" in step) await writeFile(join(folder, step.file), step.content);
        if (!("command" in step)) continue;
        await awsCli(
          url,
          step.command.slice(1).map((word) => word.replace(/^file:\/\//, `file://${folder}/`)),
        );
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  async function verdictOn(table: string, raw: object = {}): Promise<Evaluation> {
    const found = (await scan(raw)).filter(isEvaluation).find(({ resource }) => resource.name === table);
    if (found === undefined) throw new Error(`${table} was not judged`);
    return found;
  }

  async function factsOf(raw: object): Promise<VpceOnlyFacts> {
    const parameters = parseParameters(vpceOnlyAccess.parameters, raw, "parameters");
    for await (const reading of vpceOnlyAccess.collect(session(), wholeAccount, parameters))
      if ("facts" in reading && reading.resource.name === "Orders") return reading.facts;
    throw new Error("Orders was not read");
  }

  const reads = { Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: [orders, `${orders}/index/*`] };

  it("finds who reaches a table from anywhere, and its mend closes the table to all but the endpoint", async () => {
    const endpointId = await createEndpoint();
    await createTable("Orders");
    await createRole("app", reads);
    expect(await verdictOn("Orders")).toMatchObject({ complianceType: "NOT_APPLICABLE" });
    const violation = await verdictOn("Orders", all);
    expect(violation).toMatchObject({
      complianceType: "NON_COMPLIANT",
      severity: "MEDIUM",
      witness: {
        principal: `arn:aws:iam::${accountId}:role/app`,
        action: "dynamodb:GetItem",
        resource: orders,
        context: { "aws:SourceVpce": null },
      },
    });
    expect(violation.annotation).toContain(`through endpoint ${endpointId} alone`);
    await apply(violation);
    // Its policy speaks of endpoints now: the table is judged by default.
    const after = await verdictOn("Orders");
    expect([after.complianceType, after.annotation]).toEqual([
      "COMPLIANT",
      expect.stringContaining("its policy denies"),
    ]);
  });

  it("finds an index that a Deny forgets; the mend keeps what was there, and is as it was promised", async () => {
    const endpointId = await createEndpoint();
    await createTable("Orders");
    await createRole("app", reads);
    const forgetful = {
      Sid: "Mine",
      Effect: "Deny",
      Principal: "*",
      Action: "dynamodb:*",
      Resource: orders,
      Condition: { StringNotEquals: { "aws:SourceVpce": endpointId } },
    };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [forgetful] });
    await dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: orders, Policy }));
    const violation = await verdictOn("Orders");
    expect(violation).toMatchObject({ severity: "HIGH", witness: { resource: `${orders}/index/ByDate` } });
    const promised = vpceOnlyAccess.mend(
      await factsOf({}),
      parseParameters(vpceOnlyAccess.parameters, {}, "parameters"),
    );
    await apply(violation);
    expect(await verdictOn("Orders")).toMatchObject({ complianceType: "COMPLIANT" });
    const { Policy: now = "" } = await dynamodb.send(new GetResourcePolicyCommand({ ResourceArn: orders }));
    expect(JSON.parse(now).Statement).toMatchObject([forgetful, { Sid: "OnlyThroughEndpoints" }]);
    if (!("after" in promised)) throw new Error("a mend without its facts");
    const { resourcePolicy } = promised.after;
    expect("value" in resourcePolicy && JSON.parse(resourcePolicy.value?.policy ?? "")).toEqual(JSON.parse(now));
  });

  it("closes the stream too, where it is judged", async () => {
    await createEndpoint();
    await createTable("Orders");
    await createRole("consumer", { Action: "dynamodb:GetRecords", Resource: `${orders}/stream/*` });
    const withStreams = { ...all, judgeStreams: true };
    expect(await verdictOn("Orders", all)).toMatchObject({ complianceType: "COMPLIANT" });
    const violation = await verdictOn("Orders", withStreams);
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: "Orders" }));
    expect(violation.witness).toMatchObject({ action: "dynamodb:GetRecords", resource: Table?.LatestStreamArn });
    await apply(violation);
    expect(await verdictOn("Orders", withStreams)).toMatchObject({ complianceType: "COMPLIANT" });
  });

  it("judges the tables that carry the tag, and asks for IAM, endpoints and tags once for all", async () => {
    await createEndpoint();
    for (const name of ["Orders", "Others", "Logs"]) await createTable(name);
    const Tags = [{ Key: "network", Value: "vpc-only" }];
    await dynamodb.send(new TagResourceCommand({ ResourceArn: orders, Tags }));
    await createRole("app", { Action: "dynamodb:*", Resource: "*" });
    const opened = session();
    const outcomes = await scan({ vpcOnlyTag: "network=vpc-only" }, wholeAccount, opened);
    expect(
      Object.fromEntries(
        outcomes.filter(isEvaluation).map(({ resource, complianceType }) => [resource.name, complianceType]),
      ),
    ).toEqual({ Orders: "NON_COMPLIANT", Others: "NOT_APPLICABLE", Logs: "NOT_APPLICABLE" });
    expect(Object.fromEntries(opened.calls)).toMatchObject({
      "iam:GetAccountAuthorizationDetails": 1,
      "ec2:DescribeVpcEndpoints": 1,
      "tag:GetResources": 1,
      "dynamodb:DescribeTable": 3,
      "dynamodb:GetResourcePolicy": 3,
    });
  });

  it("judges nothing where there is no endpoint, and what is gone no more", async () => {
    await createTable("Orders");
    expect(await verdictOn("Orders", all)).toMatchObject({ complianceType: "NOT_APPLICABLE" });
    const gone: Scope = { kind: "resources", resources: [{ type: "AWS::DynamoDB::Table", id: "Gone" }] };
    expect(await scan(all, gone)).toMatchObject([{ complianceType: "NOT_APPLICABLE" }]);
  });
});
