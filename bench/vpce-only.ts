/**
 * How the work of `dynamodb-vpce-only-access` grows with an account of so many tables and as many principals: CPU seconds
 * of all verdicts, and the exponent. `node bench/vpce-only.ts`
 */
import { type PrincipalFacts, roleType } from "../lib/account/iam-facts.ts";
import type { Surroundings, VpceOnlyFacts } from "../lib/account/vpce-only-facts.ts";
import { parseParameters } from "../lib/parameters.ts";
import { vpceOnlyAccess } from "../lib/rules/dynamodb-vpce-only-access.ts";
import { exponentOf } from "./ratio.ts";

const [accountId, region] = ["123456789012", "us-east-1"];
const sizes = [30, 100, 300, 1000, 3000];
const now = Date.parse("2026-01-01T00:00:00.000Z");
const endpointId = "vpce-0a1b2c3d";
const parameters = parseParameters(vpceOnlyAccess.parameters, { judge: "all" }, "parameters");

function arnOf(table: string): string {
  return `arn:aws:dynamodb:${region}:${accountId}:table/${table}`;
}

/** A role that works on three tables through the endpoint, by a policy of its own; one in ten denies all other ways besides. */
function principal(serial: number, tables: number): PrincipalFacts {
  const name = `role-${serial}`;
  const own = [0, 1, 2].map((at) => arnOf(`table-${(serial * 3 + at) % tables}`));
  const through = { StringEquals: { "aws:SourceVpce": endpointId } };
  const denied = {
    Effect: "Deny",
    Action: "dynamodb:*",
    Resource: "*",
    Condition: { StringNotEquals: { "aws:SourceVpce": endpointId } },
  };
  const statements = [
    {
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"],
      Resource: own,
      Condition: through,
    },
    ...(serial % 10 === 0 ? [denied] : []),
  ];
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return {
    kind: "principal",
    accountId,
    now,
    type: roleType,
    path: "/",
    name,
    arn: `arn:aws:iam::${accountId}:role/${name}`,
    policies: [{ name: "inline", kept: { in: "principal" }, group: null, document: { value: text } }],
    incomplete: null,
    boundary: null,
  };
}

/** @param closes the policy of each table; null: none */
function account(size: number, closes: boolean): readonly VpceOnlyFacts[] {
  const serviceName = `com.amazonaws.${region}.dynamodb`;
  const endpoint = { vpcEndpointId: endpointId, vpcId: "vpc-0a1b2c3d", vpcEndpointType: "Gateway", serviceName };
  const surroundings: Surroundings = {
    accountId,
    region,
    now,
    vpcEndpoints: { value: [{ ...endpoint, state: "available", routeTableIds: [], subnetIds: [] }] },
    principals: Array.from({ length: size }, (_, serial) => principal(serial, size)),
    principalsUnread: null,
    tags: { value: new Map() },
  };
  return Array.from({ length: size }, (_, serial): VpceOnlyFacts => {
    const tableName = `table-${serial}`;
    const tableArn = arnOf(tableName);
    const deny = {
      Effect: "Deny",
      Principal: "*",
      Action: "dynamodb:*",
      Resource: [tableArn, `${tableArn}/index/*`],
      Condition: { StringNotEquals: { "aws:SourceVpce": endpointId } },
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [deny] });
    return {
      tableName,
      tableArn,
      tableStatus: "ACTIVE",
      indexNames: ["by-date"],
      resourcePolicy: { value: closes ? { policy, revisionId: null } : null },
      stream: null,
      surroundings,
    };
  });
}

export function benchVpceOnly(): void {
  for (const closes of [false, true]) {
    console.log(
      `tables and principals: each table closed by ${closes ? "its own policy" : "what the principals hold"}`,
    );
    const points = sizes.map((size) => {
      const tables = account(size, closes);
      const before = process.cpuUsage();
      const compliant = tables.filter((facts) => {
        const verdict = vpceOnlyAccess.evaluate(facts, parameters);
        return "complianceType" in verdict && verdict.complianceType === "COMPLIANT";
      }).length;
      const { user, system } = process.cpuUsage(before);
      if (compliant !== size) throw new Error(`${size - compliant} of ${size} tables do not comply`);
      const ms = (user + system) / 1000;
      console.log(`${String(size).padStart(8)}  ${ms.toFixed(0).padStart(7)} ms`);
      return { size, ms };
    });
    const [all, last] = [points, points.slice(-3)].map((some) => exponentOf(some).toFixed(2));
    console.log(`exponent ${all} over all sizes, ${last} over the last three; the product of both would be 2`);
  }
}

if (import.meta.main) benchVpceOnly();
