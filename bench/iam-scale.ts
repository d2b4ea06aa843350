/**
 * Whether one function can judge an account's whole IAM: CPU seconds and memory of each rule on IAM, on so many policies,
 * roles and users each (1,500 where no number is given), in a process whose heap is limited as in a Lambda of 512 MB.
 * `node bench/iam-scale.ts 150`
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type IamFacts, type PolicyDocument, policyType, roleType, userType } from "../lib/account/iam-facts.ts";
import { openSession } from "../lib/account/session.ts";
import { isEvaluation, judge } from "../lib/judge.ts";
import { parseParameters } from "../lib/parameters.ts";
import type { Reading, Rule } from "../lib/rule.ts";
import { leastPrivilege } from "../lib/rules/dynamodb-least-privilege.ts";
import { policyConditions } from "../lib/rules/dynamodb-policy-conditions.ts";
import { subjects } from "./reasoner-policies.ts";

const heapMegabytes = 400;
const accountId = "123456789012";
const now = new Date("2026-01-01T00:00:00.000Z");

/** IAM's quotas: characters of a managed policy and of a role's or user's inline policies, and policies attached. */
const quotas = { policy: 6_144, role: 10_240, user: 2_048, attached: 10 };

const lengths = ["ordinary", "longest"] as const;
type Length = (typeof lengths)[number];

/** One in ten an administrator's, one in ten denying all but an endpoint; a long text has nine in ten of its statements
 * on another service. */
function textOf(length: Length, serial: number, quota: number): string {
  const [tenant, endpoint, administrator, mixed] = subjects;
  const kinds = [administrator, tenant, mixed, tenant, mixed, endpoint, mixed, tenant, mixed, tenant];
  const own = kinds[serial % kinds.length]?.make(serial) ?? [];
  const text = (statements: readonly unknown[]): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: statements });
  if (length === "ordinary") return text(own);
  const statements: unknown[] = [];
  for (let at = 0; text(statements).length < quota; at++) {
    const bucket = `arn:aws:s3:::reports-${serial}-${at}`;
    const other = { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: [bucket, `${bucket}/*`] };
    statements.push(at % 10 === 0 ? own[(at / 10) % own.length] : other);
  }
  return text(statements.slice(0, -1));
}

function readingsOf(length: Length, count: number): readonly Reading<IamFacts>[] {
  const serials = Array.from({ length: count }, (_, serial) => serial);
  const common = { accountId, now: now.getTime(), path: "/" };
  const managed = serials.map((serial): PolicyDocument => {
    const [name, id] = [`policy-${serial}`, `ANPA${serial}`];
    const arn = `arn:aws:iam::${accountId}:policy/${name}`;
    const document = { value: textOf(length, serial, quotas.policy) };
    return { name, kept: { in: "account", arn, id, versions: [] }, group: null, document };
  });
  const policies = managed.map((policy): Reading<IamFacts> => {
    const { name } = policy;
    const arn = `arn:aws:iam::${accountId}:policy/${name}`;
    const used = { attachmentCount: quotas.attached, permissionsBoundaryUsageCount: 0 };
    return {
      resource: { type: policyType, id: name, name, arn },
      facts: { ...common, kind: "policy", name, arn, policy, ...used },
    };
  });
  const principals = (["role", "user"] as const).flatMap((word) =>
    serials.map((serial): Reading<IamFacts> => {
      const type = word === "role" ? roleType : userType;
      const name = `${word}-${serial}`;
      const arn = `arn:aws:iam::${accountId}:${word}/${name}`;
      const document = { value: textOf(length, 2 * count + serial, quotas[word]) };
      const inline: PolicyDocument = { name: "own", kept: { in: "principal" }, group: null, document };
      const attached = serials.slice(0, length === "longest" ? quotas.attached : 2);
      const documents = [inline, ...attached.map((at) => managed[(serial + at * 2) % count] ?? inline)];
      return {
        resource: { type, id: name, name, arn },
        facts: { ...common, kind: "principal", type, name, arn, policies: documents, incomplete: null, boundary: null },
      };
    }),
  );
  return [...policies, ...principals];
}

async function judgeAll<P>(rule: Rule<IamFacts, P>, length: Length, count: number): Promise<void> {
  const readings = readingsOf(length, count);
  const session = openSession({ accountId, region: "us-east-1", now });
  const started = process.cpuUsage();
  const told = new Map<string, number>();
  async function* collect(): AsyncGenerator<Reading<IamFacts>> {
    yield* readings;
  }
  const scope = { kind: "account", lastJudged: () => 0 } as const;
  const parameters = parseParameters(rule.parameters, {}, "parameters");
  for await (const outcome of judge({ ...rule, collect }, session, scope, parameters)) {
    const verdict = isEvaluation(outcome) ? outcome.complianceType : outcome.unread.message;
    told.set(verdict, (told.get(verdict) ?? 0) + 1);
  }
  const { user, system } = process.cpuUsage(started);
  const cost = `${((user + system) / 1e6).toFixed(1)} s, ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`;
  const verdicts = [...told].map(([verdict, times]) => `${times} ${verdict}`).join(", ");
  console.log(`${rule.name.padEnd(28)} ${length.padEnd(9)} ${cost.padStart(17)}  (${verdicts})`);
}

async function inChild(...parts: readonly string[]): Promise<void> {
  const limit = `--max-old-space-size=${heapMegabytes}`;
  const { stdout } = await promisify(execFile)(process.execPath, [limit, import.meta.filename, ...parts]);
  process.stdout.write(stdout);
}

if (import.meta.main) {
  const [count = "1500", length, name] = process.argv.slice(2);
  for (const each of lengths.filter((one) => length === undefined || one === length)) {
    for (const rule of [policyConditions, leastPrivilege]) {
      if (name === undefined) await inChild(count, each, rule.name);
      else if (name === rule.name) await judgeAll(rule as Rule<IamFacts, never>, each, Number(count));
    }
  }
}
