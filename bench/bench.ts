/**
 * Ratios, each measured side by side in one run: what the rules cost over the AWS SDK that they stand on, and before that
 * what the policy reasoner costs (reasoner.ts), and how the widest of the rules grows (vpce-only.ts).
 * `npm run bench [tables]`; needs the emulator.
 */
import { DescribeTableCommand, DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import { CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import pMap from "p-map";
import { openSession } from "../lib/account/session.ts";
import { isEvaluation, judge } from "../lib/judge.ts";
import { parseParameters } from "../lib/parameters.ts";
import type { Rule } from "../lib/rule.ts";
import { tableEncryption } from "../lib/rules/dynamodb-table-encryption.ts";
import { vpcEndpoint } from "../lib/rules/dynamodb-vpc-endpoint.ts";
import { catalogue } from "../lib/rules/index.ts";
import { clientConfiguration, startEmulator } from "../scripts/emulator/emulator.ts";
import { loadTimes } from "./load.ts";
import { median, ratio } from "./ratio.ts";
import { benchReasoner } from "./reasoner.ts";
import { keysOfTables, seedTables } from "./tables.ts";
import { benchVpceOnly } from "./vpce-only.ts";

const tables = Number(process.argv[2] ?? 1000);
const vpcs = 50;
/** DescribeVpcs, -Subnets, -RouteTables, -VpcEndpoints and -NetworkInterfaces, a page each. */
const listingsOfNetwork = 5;
const rounds = 5;
const concurrency = 16;
const region = "us-east-1";

for (const { name } of catalogue) {
  const load = await loadTimes(name);
  console.log(ratio(`load of ${name} over its bare SDK clients`, load.bundle, load.bare, "ms", 1.2));
}

await benchReasoner();
benchVpceOnly();

const emulator = await startEmulator();
try {
  process.env["AWS_ENDPOINT_URL"] = emulator.url;
  process.env["AWS_ACCESS_KEY_ID"] = "testing";
  process.env["AWS_SECRET_ACCESS_KEY"] = "testing";
  await seedTables(emulator.url, tables);

  const ours: number[] = [];
  const bare: number[] = [];
  let calls = await callsOf(tableEncryption, tables);
  await bareScan();
  for (let round = 0; round < rounds; round++) {
    bare.push(await timed(bareScan));
    ours.push(
      await timed(async () => {
        calls = await callsOf(tableEncryption, tables);
      }),
    );
  }
  const same = `scan of ${tables} tables over the bare SDK making the same calls`;
  console.log(ratio(same, median(ours), median(bare), "ms", 1.1));
  const fewest = Math.ceil(tables / 100) + tables + keysOfTables;
  console.log(ratio(`API calls for ${tables} tables over the fewest possible`, calls, fewest, "calls", 1.05));

  const ec2 = new EC2Client(clientConfiguration(emulator.url, region));
  for (let index = 0; index < vpcs; index++) await ec2.send(new CreateVpcCommand({ CidrBlock: `10.${index}.0.0/16` }));
  // The region's default VPC is one more.
  const callsForVpcs = await callsOf(vpcEndpoint, vpcs + 1);
  console.log(ratio(`API calls for ${vpcs} VPCs over one a listing`, callsForVpcs, listingsOfNetwork, "calls", 1.05));
} finally {
  await emulator.stop();
}

/** Judges by the one way through; returns how many calls that took. */
async function callsOf(rule: Rule, resources: number): Promise<number> {
  const session = openSession({ accountId: "123456789012", region, now: new Date(), concurrency });
  const parameters = parseParameters(rule.parameters, {}, "parameters");
  let judged = 0;
  for await (const outcome of judge(rule, session, { kind: "account", lastJudged: () => 0 }, parameters)) {
    if (isEvaluation(outcome)) judged++;
  }
  if (judged !== resources) throw new Error(`${judged} of ${resources} resources were judged`);
  return [...session.calls.values()].reduce((sum, count) => sum + count, 0);
}

/** The calls of a scan of the tables with nothing around them. */
async function bareScan(): Promise<void> {
  const dynamodb = new DynamoDBClient(clientConfiguration(emulator.url, region));
  const kms = new KMSClient(clientConfiguration(emulator.url, region));
  const names: string[] = [];
  for await (const page of paginateListTables({ client: dynamodb, pageSize: 100 }, {})) {
    names.push(...(page.TableNames ?? []));
  }
  const described = await pMap(names, (TableName) => dynamodb.send(new DescribeTableCommand({ TableName })), {
    concurrency,
  });
  const keys = new Set(described.flatMap(({ Table }) => Table?.SSEDescription?.KMSMasterKeyArn ?? []));
  await pMap(keys, (KeyId) => kms.send(new DescribeKeyCommand({ KeyId })), { concurrency });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
