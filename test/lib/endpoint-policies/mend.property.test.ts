/** The law of mends on random endpoint policies: the narrower one complies, allows nothing that was not allowed before, and
 * takes nothing away from those who are trusted. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { VpcEndpointFacts } from "../../../lib/account/endpoint-readings.ts";
import { isAllowed } from "../../../lib/iam/evaluate.ts";
import { generous } from "../../../lib/iam/generous.ts";
import { parsePolicy } from "../../../lib/iam/parse.ts";
import type { Request } from "../../../lib/iam/request.ts";
import { parseParameters } from "../../../lib/parameters.ts";
import { endpointPolicy } from "../../../lib/rules/dynamodb-endpoint-policy.ts";
import { vpcEndpointFacts } from "../../fakes/vpc-endpoint-facts.ts";

const [own, partner, named, fresh] = ["123456789012", "444455556666", "888877776666", "555555555555"] as const;
const [mine, theirs] = ["o-a1b2c3d4e5", "o-f6a7b8c9d0"] as const;

const values: Readonly<Record<string, readonly string[]>> = {
  "aws:PrincipalAccount": [own, named, partner, "${aws:ResourceAccount}"],
  "aws:PrincipalOrgID": [mine, theirs, "${aws:ResourceOrgID}"],
  "aws:PrincipalArn": [`arn:aws:iam::${own}:role/*`, `arn:aws:iam::${named}:role/app`, "arn:aws:iam::*:role/a*"],
  "aws:ResourceAccount": [own, named, "*", "${aws:PrincipalAccount}"],
  "aws:ResourceOrgID": [mine, theirs],
  "aws:SourceVpc": ["vpc-1a2b3c4d", "vpc-9a9a9a9a"],
  "aws:PrincipalTag/team": ["red", "blue"],
};
const block = fc.constantFrom(...Object.keys(values)).chain((key) =>
  fc
    .record({
      operator: fc.constantFrom("StringEquals", "StringEquals", "StringNotEquals", "StringLike"),
      ifExists: fc.boolean(),
      chosen: fc.subarray([...(values[key] ?? [])], { minLength: 1, maxLength: 2 }),
    })
    .map(({ operator, ifExists, chosen }) => ({ [`${operator}${ifExists ? "IfExists" : ""}`]: { [key]: chosen } })),
);
const someone = fc.oneof(
  { weight: 4, arbitrary: fc.constant<unknown>("*") },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      { AWS: own },
      { AWS: [named, partner] },
      { AWS: `arn:aws:iam::${named}:role/app` },
    ),
  },
);

function statement(effect: "Allow" | "Deny") {
  return fc
    .record({
      who: someone,
      not: fc.constantFrom(false, false, false, true),
      action: fc.constantFrom<unknown>("*", "dynamodb:*", "dynamodb:GetItem", ["dynamodb:Get*", "dynamodb:ListTables"]),
      resource: fc.constantFrom("*", `arn:aws:dynamodb:*:${own}:table/*`, "arn:aws:dynamodb:us-east-1:*:table/Ord*"),
      blocks: fc.array(block, { maxLength: 2 }),
    })
    .map(({ who, not, action, resource, blocks }) => ({
      Effect: effect,
      [not && who !== "*" ? "NotPrincipal" : "Principal"]: who,
      Action: action,
      Resource: resource,
      ...(blocks.length === 0 ? {} : { Condition: Object.assign({}, ...blocks) as object }),
    }));
}
const facts = fc
  .record({
    allows: fc.array(statement("Allow"), { minLength: 1, maxLength: 3 }),
    denies: fc.array(statement("Deny"), { maxLength: 2 }),
    version: fc.constantFrom("2012-10-17", "2012-10-17", "2008-10-17"),
    type: fc.constantFrom("Gateway", "Interface"),
  })
  .map(({ allows, denies, version, type }) =>
    vpcEndpointFacts({ Version: version, Statement: [...allows, ...denies] }, { vpcEndpointType: type }),
  );
const trust = fc.record({
  trustedAccounts: fc.constantFrom<readonly string[]>([], [], [partner]),
  trustedOrgIds: fc.constantFrom<readonly string[]>([], [], [mine]),
});

interface Party {
  readonly accountId: string;
  readonly orgId: string | null;
}
const parties: readonly Party[] = [own, partner, named, fresh].flatMap((accountId) =>
  [null, mine, theirs].map((orgId) => ({ accountId, orgId })),
);

interface Asked {
  readonly caller: Party;
  readonly owner: Party;
  readonly request: Request;
}
const requests: readonly Asked[] = parties.flatMap((caller) =>
  parties
    // An account is in one organization.
    .filter((owner) => owner.accountId !== caller.accountId || owner.orgId === caller.orgId)
    .flatMap((owner) =>
      ["role/app", "role/zed", "root"].flatMap((path) =>
        [null, "red"].map((team): Asked => {
          const principal = `arn:aws:iam::${caller.accountId}:${path}`;
          const context = Object.entries({
            "aws:principalaccount": caller.accountId,
            "aws:principalarn": principal,
            "aws:principalorgid": caller.orgId,
            "aws:principaltag/team": team,
            "aws:resourceaccount": owner.accountId,
            "aws:resourceorgid": owner.orgId,
            "aws:sourcevpc": "vpc-1a2b3c4d",
            "aws:sourcevpce": "vpce-1a2b3c4d",
          }).flatMap(([key, value]) => (value === null ? [] : [[key, [value]] as const]));
          const resource = `arn:aws:dynamodb:us-east-1:${owner.accountId}:table/Orders`;
          return {
            caller,
            owner,
            request: { principal, action: "dynamodb:GetItem", resource, context: new Map(context) },
          };
        }),
      ),
    ),
);

function passing({ endpoint }: VpcEndpointFacts): ReadonlySet<Asked> {
  const parsed = parsePolicy(endpoint.policyDocument ?? "", "endpoint");
  if (!("policy" in parsed)) throw new Error(JSON.stringify(parsed.faults));
  const type = endpoint.vpcEndpointType === "Gateway" ? "Gateway" : "Interface";
  const policy = { name: "", policy: parsed.policy, type } as const;
  return new Set(requests.filter(({ request }) => isAllowed(request, generous({ endpoint: policy }, request)).allowed));
}

// Every request is evaluated against every policy: seconds on a busy machine.
const timeLimit = 60_000;

describe("a mend of dynamodb-endpoint-policy", { timeout: timeLimit }, () => {
  it("complies, allows nothing new, and lets the trusted through as before", () => {
    const seen = { unread: 0, chosen: 0, fenced: 0, demanding: 0 };
    void fc.assert(
      fc.property(facts, trust, (before, trusted) => {
        const parameters = parseParameters(endpointPolicy.parameters, trusted, "parameters");
        const isTrusted = ({ accountId, orgId }: Party): boolean =>
          [own, ...trusted.trustedAccounts].includes(accountId) ||
          (orgId !== null && trusted.trustedOrgIds.includes(orgId));
        // The account's own organization is not foreign to it, though nobody named it.
        const isMeant = ({ caller, owner }: Asked): boolean => isTrusted(caller) && isTrusted(owner);
        const isBesideOwn = ({ caller, owner }: Asked): boolean =>
          caller.orgId !== null && caller.orgId === owner.orgId && [caller, owner].some((one) => one.accountId === own);

        const verdict = endpointPolicy.evaluate(before, parameters);
        const allowed = passing(before);
        if ("unread" in verdict) {
          seen.unread++;
          return;
        }
        if (verdict.complianceType !== "NON_COMPLIANT") {
          expect([...allowed].filter((one) => !isMeant(one) && !isBesideOwn(one))).toEqual([]);
          return;
        }
        const mend = endpointPolicy.mend(before, parameters);
        if (!("after" in mend)) {
          seen.chosen++;
          return;
        }
        const { after } = mend;
        expect(endpointPolicy.evaluate(after, parameters)).toMatchObject({ complianceType: "COMPLIANT" });
        const [file] = mend.steps.flatMap((step) => ("file" in step ? [step.content] : []));
        expect(file).toBe(`${after.endpoint.policyDocument}\n`);
        if (file?.includes('"NoForeign')) seen.fenced++;
        else seen.demanding++;
        const left = passing(after);
        expect([...left].filter((one) => !allowed.has(one))).toEqual([]);
        expect([...allowed].filter((one) => isMeant(one) && !left.has(one))).toEqual([]);
        expect([...left].filter((one) => !isMeant(one) && !isBesideOwn(one))).toEqual([]);
      }),
      { numRuns: 40 },
    );
    expect(seen.chosen + seen.unread).toBeLessThan(6);
    expect(Math.min(seen.fenced, seen.demanding)).toBeGreaterThan(4);
  });
});
