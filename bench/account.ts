/**
 * What every rule asks of an account of 1,000 tables, 300 users, 500 policies and 50 VPCs, and how long it takes: API calls
 * and seconds on the emulator, by rule. `node bench/account.ts [tables]`
 */
import { CreateVpcCommand, CreateVpcEndpointCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import pMap from "p-map";
import { openSession } from "../lib/account/session.ts";
import { isEvaluation, judge } from "../lib/judge.ts";
import { parseParameters } from "../lib/parameters.ts";
import type { Rule } from "../lib/rule.ts";
import { catalogue } from "../lib/rules/index.ts";
import { clientConfiguration, startEmulator } from "../scripts/emulator/emulator.ts";
import { seedTables } from "./tables.ts";

const [accountId, region] = ["123456789012", "us-east-1"];
const counts = { tables: 1000, users: 300, policies: 500, vpcs: 50 };
const atOnce = { concurrency: 8 };
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

async function seedIam(url: string, { users, policies, tables }: typeof counts): Promise<void> {
  const iam = new IAMClient(clientConfiguration(url, region));
  const arns = await pMap(
    numbers(policies),
    async (at) => {
      const statement = {
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"],
        Resource: `arn:aws:dynamodb:${region}:${accountId}:table/Table-${at % tables}`,
        ...(at % 2 === 0 ? { Condition: { StringEquals: { "aws:PrincipalTag/team": `team-${at}` } } } : {}),
      };
      const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: `policy-${at}`, PolicyDocument }));
      return Policy?.Arn ?? "";
    },
    atOnce,
  );
  await pMap(
    numbers(users),
    async (at) => {
      const UserName = `user-${at}`;
      await iam.send(new CreateUserCommand({ UserName }));
      await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: arns[at % arns.length] }));
      if (at % 3 === 0) await iam.send(new CreateAccessKeyCommand({ UserName }));
    },
    atOnce,
  );
}

async function seedVpcs(url: string, vpcs: number): Promise<void> {
  const ec2 = new EC2Client(clientConfiguration(url, region));
  for (const at of numbers(vpcs)) {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: `10.${at}.0.0/16` }));
    const ServiceName = `com.amazonaws.${region}.dynamodb`;
    if (at % 2 === 0) await ec2.send(new CreateVpcEndpointCommand({ VpcId: Vpc?.VpcId, ServiceName }));
  }
}

/** One line: outcomes, calls and seconds of a rule, and the calls that there are most of. */
async function measured(rule: Rule, parameters: object): Promise<string> {
  const session = openSession({ accountId, region, now: new Date(), concurrency: 16 });
  const started = performance.now();
  const seen: Record<string, number> = {};
  const parsed = parseParameters(rule.parameters, parameters, "parameters");
  for await (const outcome of judge(rule, session, { kind: "account", lastJudged: () => 0 }, parsed)) {
    const kind = isEvaluation(outcome) ? outcome.complianceType : "unread";
    seen[kind] = (seen[kind] ?? 0) + 1;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const calls = [...session.calls].sort(([, one], [, other]) => other - one);
  const all = calls.reduce((sum, [, count]) => sum + count, 0);
  const most = calls.slice(0, 4).map(([call, count]) => `${call} ${count}`);
  const outcomes = Object.entries(seen).map(([kind, count]) => `${count} ${kind}`);
  const words = [
    `${String(all).padStart(6)} calls`,
    `${seconds.padStart(6)} s`,
    outcomes.join(", "),
    `(${most.join(", ")})`,
  ];
  return `${rule.name.padEnd(34)} ${words.join("  ")}`;
}

const sizes = { ...counts, tables: Number(process.argv[2] ?? counts.tables) };
const emulator = await startEmulator();
try {
  process.env["AWS_ENDPOINT_URL"] = emulator.url;
  process.env["AWS_ACCESS_KEY_ID"] = "testing";
  process.env["AWS_SECRET_ACCESS_KEY"] = "testing";
  await seedTables(emulator.url, sizes.tables);
  await seedIam(emulator.url, sizes);
  await seedVpcs(emulator.url, sizes.vpcs);
  console.log(
    Object.entries(sizes)
      .map(([what, count]) => `${count} ${what}`)
      .join(", "),
  );
  for (const rule of catalogue) {
    // By default it judges the tables alone of which something says so.
    console.log(await measured(rule, rule.name === "dynamodb-vpce-only-access" ? { judge: "all" } : {}));
  }
} finally {
  await emulator.stop();
}
