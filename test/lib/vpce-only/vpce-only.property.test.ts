/** The laws of dynamodb-vpce-only-access on random accounts, against plain evaluation of every request of a grid. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PrincipalFacts } from "../../../lib/account/iam-facts.ts";
import type { VpceOnlyFacts } from "../../../lib/account/vpce-only-facts.ts";
import { isAllowed, type PolicySet } from "../../../lib/iam/evaluate.ts";
import { generous } from "../../../lib/iam/generous.ts";
import type { Request } from "../../../lib/iam/request.ts";
import { parseParameters } from "../../../lib/parameters.ts";
import { holdingOf, policySetOf } from "../../../lib/permissions/holding.ts";
import { vpceOnlyAccess } from "../../../lib/rules/dynamodb-vpce-only-access.ts";
import { doorsOf, policyOf } from "../../../lib/vpce-only/table.ts";
import { accountId, inline, role, tableArn, user, type Written } from "../../fakes/iam-facts.ts";

const orders = tableArn("Orders");
const index = `${orders}/index/ByDate`;
const [allowedId, otherId, strangeId] = ["vpce-0aaaaaaa", "vpce-0bbbbbbb", "vpce-0ccccccc"];
const foreign = "arn:aws:iam::999999999999:role/partner";

const values: Readonly<Record<string, readonly string[]>> = {
  "aws:SourceVpce": [allowedId, otherId, strangeId, "vpce-*"],
  "aws:SourceVpc": ["vpc-0aaaaaaa", "vpc-0ccccccc"],
  "aws:PrincipalArn": [`arn:aws:iam::${accountId}:role/app`, `arn:aws:iam::${accountId}:role/*`, foreign],
  "aws:ResourceTag/env": ["dev", "prod"],
  "aws:ViaAWSService": ["false"],
  "aws:PrincipalAccount": [accountId],
};
const oneKey = fc
  .constantFrom(...Object.keys(values))
  .chain((key) =>
    fc
      .tuple(
        fc.constantFrom("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists"),
        fc.subarray([...(values[key] ?? [])], { minLength: 1 }),
      )
      .map(([operator, chosen]) => ({ [operator]: { [key]: chosen } })),
  );
const address = fc.constantFrom(
  { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
  { Null: { "aws:SourceVpce": "true" } },
);
const condition = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 5, arbitrary: oneKey.map((Condition) => ({ Condition })) },
  { weight: 1, arbitrary: address.map((Condition) => ({ Condition })) },
);
const action = fc.constantFrom<unknown>("*", "dynamodb:*", ["dynamodb:GetItem", "dynamodb:Query"], "dynamodb:Query");
const resource = fc.constantFrom<unknown>(
  "*",
  orders,
  [orders, `${orders}/index/*`],
  tableArn("*"),
  tableArn("Ord*"),
  index,
  tableArn("Others"),
);
const effect = fc.constantFrom("Allow", "Allow", "Deny");
const statement = fc
  .tuple(effect, action, resource, condition)
  .map(([Effect, Action, Resource, when]): Written => ({ Effect, Action, Resource, ...when }));
const held = fc.array(statement, { minLength: 1, maxLength: 2 }).map((some) => [inline("p", some)]);
const boundary = fc.option(fc.array(statement, { minLength: 1, maxLength: 2 }), { freq: 4, nil: null });

const principals = fc
  .tuple(held, held, boundary)
  .map(([own, others, cut]) => [
    role("app", own, cut === null ? {} : { boundary: inline("cut", cut) }),
    user("ann", others),
  ]) as fc.Arbitrary<unknown> as fc.Arbitrary<readonly PrincipalFacts[]>;

const who = fc.constantFrom<unknown>(
  "*",
  "*",
  { AWS: accountId },
  { AWS: `arn:aws:iam::${accountId}:role/app` },
  { AWS: [`arn:aws:iam::${accountId}:user/ann`, foreign] },
);
const spoken = fc
  .tuple(fc.constantFrom("Deny", "Deny", "Allow"), who, fc.integer({ min: 0, max: 7 }), action, resource, condition)
  .map(([Effect, named, chance, Action, Resource, when]) => ({
    Effect,
    [chance === 0 ? "NotPrincipal" : "Principal"]: named,
    Action,
    Resource,
    ...when,
  }));
const resourcePolicy = fc.option(
  fc.array(spoken, { minLength: 1, maxLength: 3 }).map((Statement) => ({
    policy: JSON.stringify({ Version: "2012-10-17", Statement }),
    revisionId: null,
  })),
  { freq: 3, nil: null },
);

function endpoint(vpcEndpointId: string, vpcId: string) {
  const serviceName = "com.amazonaws.us-east-1.dynamodb";
  return {
    vpcEndpointId,
    vpcId,
    vpcEndpointType: "Gateway",
    serviceName,
    state: "available",
    routeTableIds: [],
    subnetIds: [],
  };
}
const vpcEndpoints = { value: [endpoint(allowedId, "vpc-0aaaaaaa"), endpoint(otherId, "vpc-0bbbbbbb")] };
const now = Date.parse("2026-01-04T14:02:00Z");

const accounts = fc.tuple(principals, resourcePolicy).map(
  ([some, policy]): VpceOnlyFacts => ({
    tableName: "Orders",
    tableArn: orders,
    tableStatus: "ACTIVE",
    indexNames: ["ByDate"],
    resourcePolicy: { value: policy },
    stream: null,
    surroundings: {
      accountId,
      region: "us-east-1",
      now,
      vpcEndpoints,
      principals: some,
      principalsUnread: null,
      tags: { value: new Map([["Orders", { env: "prod" }]]) },
    },
  }),
);

/** The ways into the table, as a request's keys tell them. */
const ways: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  allowed: { "aws:sourcevpce": allowedId, "aws:sourcevpc": "vpc-0aaaaaaa", "aws:vpceaccount": accountId },
  nowhere: { "aws:sourceip": "198.51.100.9" },
  office: { "aws:sourceip": "203.0.113.9" },
  other: { "aws:sourcevpce": otherId, "aws:sourcevpc": "vpc-0bbbbbbb", "aws:vpceaccount": accountId },
  strange: { "aws:sourcevpce": strangeId, "aws:sourcevpc": "vpc-0ccccccc", "aws:vpceaccount": "999999999999" },
};
const callers = [
  `arn:aws:iam::${accountId}:role/app`,
  `arn:aws:iam::${accountId}:user/ann`,
  `arn:aws:iam::${accountId}:role/somebody`,
  foreign,
];

function* requests(): Generator<{ readonly way: string; readonly request: Request }> {
  for (const principal of callers)
    for (const [name, on] of [
      ["GetItem", orders],
      ["Query", orders],
      ["Query", index],
      ["Scan", index],
    ] as const)
      for (const [way, keys] of Object.entries(ways)) {
        const context = new Map(
          Object.entries({ ...keys, "aws:resourcetag/env": "prod" }).map(([key, text]) => [key, [text]]),
        );
        context.set("aws:principalarn", [principal]).set("aws:principalaccount", [principal.split(":")[4] ?? ""]);
        context.set("aws:viaawsservice", ["false"]);
        yield { way, request: { principal, action: `dynamodb:${name}`, resource: on, context } };
      }
}
const grid = [...requests()];

function isAllowedIn(facts: VpceOnlyFacts, request: Request): boolean {
  const [door] = doorsOf(facts);
  const read = door === undefined ? null : policyOf(door);
  const attached = read !== null && "value" in read && read.value !== null ? { resource: read.value } : {};
  if (request.principal === foreign) {
    return "resource" in attached && isAllowed(request, generous(attached, request)).allowed;
  }
  const principal = facts.surroundings.principals.find(({ arn }) => arn === request.principal);
  const nothing: PolicySet = { identity: [], boundary: null };
  const own = principal === undefined ? nothing : policySetOf(holdingOf(principal));
  return isAllowed(request, { ...own, ...attached }).allowed;
}

describe("a table that is to be reached through its endpoint only", { timeout: 120_000 }, () => {
  const parameters = parseParameters(vpceOnlyAccess.parameters, { judge: "all", endpointIds: allowedId }, "parameters");

  it("complies only where no request of the grid gets past it, is mended by a Deny that takes nothing else away, and each witness is allowed", () => {
    const seen = { COMPLIANT: 0, NON_COMPLIANT: 0, unread: 0, policy: 0 };
    void fc.assert(
      fc.property(accounts, (facts) => {
        const verdict = vpceOnlyAccess.evaluate(facts, parameters);
        const past = grid.filter(({ way, request }) => way !== "allowed" && isAllowedIn(facts, request));
        if ("unread" in verdict) {
          seen.unread++;
          return;
        }
        if (verdict.complianceType !== "NON_COMPLIANT") {
          seen.COMPLIANT++;
          expect(past).toEqual([]);
          return;
        }
        seen.NON_COMPLIANT++;
        const { witness } = verdict;
        if (witness === null) throw new Error("a finding without a witness");
        const context = new Map<string, readonly string[]>([
          ["aws:principalarn", [witness.principal ?? ""]],
          ["aws:principalaccount", [witness.principal?.split(":")[4] ?? ""]],
          ["aws:viaawsservice", ["false"]],
        ]);
        for (const [key, value] of Object.entries(witness.context))
          if (value !== null) context.set(key.toLowerCase(), typeof value === "string" ? [value] : value);
        expect(context.get("aws:sourcevpce")).not.toEqual([allowedId]);
        const { principal, action: name, resource: on } = witness;
        const isKnown = principal !== null && callers.includes(principal);
        if (isKnown) expect(isAllowedIn(facts, { principal, action: name, resource: on, context })).toBe(true);

        const mend = vpceOnlyAccess.mend(facts, parameters);
        if (!("after" in mend)) throw new Error(mend.choice);
        seen.policy++;
        const after = vpceOnlyAccess.evaluate(mend.after, parameters);
        expect(after).toMatchObject({ complianceType: "COMPLIANT" });
        const allowedNow = grid.filter(({ request }) => isAllowedIn(mend.after, request));
        const allowedBefore = grid.filter(({ way, request }) => way === "allowed" && isAllowedIn(facts, request));
        expect(allowedNow).toEqual(allowedBefore);
      }),
      { numRuns: 250 },
    );
    expect(Math.min(seen.COMPLIANT, seen.NON_COMPLIANT)).toBeGreaterThan(20);
    expect(seen.unread).toBeLessThan(40);
  });
});
