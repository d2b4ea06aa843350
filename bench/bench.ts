/**
 * Ratios, each measured side by side in one run: what the rule costs over the AWS SDK that it stands on.
 * `npm run bench [tables]`; needs the emulator.
 */
import { DescribeTableCommand, DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import pMap from "p-map";
import { openSession } from "../lib/account/session.ts";
import { isEvaluation, judge } from "../lib/judge.ts";
import { parseParameters } from "../lib/parameters.ts";
import { tableEncryption } from "../lib/rules/dynamodb-table-encryption.ts";
import { clientConfiguration, startEmulator } from "../scripts/emulator/emulator.ts";
import { loadTimes } from "./load.ts";
import { median, ratio } from "./ratio.ts";
import { keysOfTables, seedTables } from "./tables.ts";

const tables = Number(process.argv[2] ?? 1000);
const rounds = 5;
const concurrency = 16;
const region = "us-east-1";

const load = await loadTimes(tableEncryption.name);
console.log(ratio("load of the bundle over its bare SDK clients", load.bundle, load.bare, "ms", 1.2));

const emulator = await startEmulator();
try {
  process.env["AWS_ENDPOINT_URL"] = emulator.url;
  process.env["AWS_ACCESS_KEY_ID"] = "testing";
  process.env["AWS_SECRET_ACCESS_KEY"] = "testing";
  await seedTables(emulator.url, tables);

  const ours: number[] = [];
  const bare: number[] = [];
  let calls = 0;
  await scan();
  await bareScan();
  for (let round = 0; round < rounds; round++) {
    bare.push(await timed(bareScan));
    ours.push(
      await timed(async () => {
        calls = await scan();
      }),
    );
  }
  console.log(
    ratio(`scan of ${tables} tables over the bare SDK making the same calls`, median(ours), median(bare), "ms", 1.1),
  );
  console.log(
    ratio("API calls over the fewest possible", calls, Math.ceil(tables / 100) + tables + keysOfTables, "calls", 1.05),
  );
} finally {
  await emulator.stop();
}

/** The rule by the one way through; returns how many calls it made. */
async function scan(): Promise<number> {
  const session = openSession({ accountId: "123456789012", region, now: new Date(), concurrency });
  const parameters = parseParameters(tableEncryption.parameters, {}, "parameters");
  let judged = 0;
  for await (const outcome of judge(tableEncryption, session, { kind: "account", lastJudged: () => 0 }, parameters)) {
    if (isEvaluation(outcome)) judged++;
  }
  if (judged !== tables) throw new Error(`${judged} of ${tables} tables were judged`);
  return [...session.calls.values()].reduce((sum, count) => sum + count, 0);
}

/** The same calls with nothing around them. */
async function bareScan(): Promise<void> {
  const dynamodb = new DynamoDBClient(clientConfiguration(emulator.url, region));
  const kms = new KMSClient(clientConfiguration(emulator.url, region));
  const names: string[] = [];
  for await (const page of paginateListTables({ client: dynamodb, pageSize: 100 }, {}))
    names.push(...(page.TableNames ?? []));
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
