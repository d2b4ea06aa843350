import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findForeignCaller, findForeignTable } from "../../../lib/iam/endpoint-request.ts";
import { isAllowed } from "../../../lib/iam/evaluate.ts";
import { findForeignRequest } from "../../../lib/iam/foreign-request.ts";
import { generous } from "../../../lib/iam/generous.ts";
import type { Request } from "../../../lib/iam/request.ts";
import type { ForeignWitness } from "../../../lib/iam/request-by.ts";
import { document } from "./policies.ts";

const now = Date.parse("2026-01-04T14:02:00Z");
const [own, named, fresh, partner] = ["123456789012", "999999999999", "555555555555", "444455556666"] as const;
const trust = {
  trustedAccounts: [partner],
  trustedOrgIds: ["o-mine"],
  trustedPrincipalArns: [`arn:aws:iam::${named}:role/trusted`],
};
const table = `arn:aws:dynamodb:us-east-1:${own}:table/Orders`;
const actions = ["dynamodb:GetItem", "dynamodb:DescribeTable"];

const values: Readonly<Record<string, readonly string[]>> = {
  "aws:PrincipalOrgID": ["o-mine", "o-theirs", "o-*", "${aws:ResourceOrgID}"],
  "aws:PrincipalAccount": [own, named, partner, "9*", "*", "${aws:ResourceAccount}"],
  "aws:PrincipalArn": [
    `arn:aws:iam::${own}:role/*`,
    `arn:aws:iam::${named}:role/app`,
    "arn:aws:iam::*:role/a*",
    "arn:aws:iam::99*",
    "*:user/eve",
    `arn:aws:iam::${named}:root`,
  ],
  "aws:PrincipalType": ["User", "AssumedRole", "A*"],
  "aws:username": ["eve", "e*"],
  "aws:PrincipalTag/team": ["red", "*"],
  "aws:SourceVpce": ["vpce-11111111", "vpce-*"],
  "aws:SourceAccount": [own, named, "*"],
  "aws:ResourceAccount": [own, named, "${aws:PrincipalAccount}"],
  "aws:ResourceOrgID": ["o-mine", "o-theirs", "${aws:PrincipalOrgID}"],
  "aws:PrincipalIsAWSService": ["true", "false"],
};
const oneKey = fc.constantFrom(...Object.keys(values)).chain((key) =>
  fc
    .record({
      operator: fc.constantFrom("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"),
      ifExists: fc.boolean(),
      chosen: fc.subarray([...(values[key] ?? [])], { minLength: 1, maxLength: 2 }),
    })
    .map(({ operator, ifExists, chosen }) => ({ [`${operator}${ifExists ? "IfExists" : ""}`]: { [key]: chosen } })),
);
const presence = fc
  .record({ key: fc.constantFrom(...Object.keys(values)), absent: fc.constantFrom("true", "false") })
  .map(({ key, absent }) => ({ Null: { [key]: absent } }));

const someone = fc.constantFrom<unknown>(
  "*",
  { AWS: named },
  { AWS: own },
  { AWS: [partner, `arn:aws:iam::${named}:role/app`] },
  { AWS: [named, `arn:aws:iam::${named}:role/app`, own] },
  { AWS: `arn:aws:iam::${named}:user/eve` },
  { AWS: "AROAJQABLZS4A3QDU576Q" },
  { Service: "redshift.amazonaws.com" },
);

function statement(effect: "Allow" | "Deny") {
  return fc
    .record({
      who: fc.oneof({ weight: 2, arbitrary: fc.constant<unknown>("*") }, { weight: 3, arbitrary: someone }),
      not: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
      action: fc.constantFrom("dynamodb:*", "*", ...actions),
      resource: fc.constantFrom("*", table, `arn:aws:dynamodb:*:${own}:table/*`, "arn:aws:dynamodb:*:*:table/Ord*"),
      blocks: fc.array(fc.oneof({ weight: 4, arbitrary: oneKey }, { weight: 1, arbitrary: presence }), {
        maxLength: 2,
      }),
    })
    .map(({ who, not, action, resource, blocks }) => ({
      Effect: effect,
      [not ? "NotPrincipal" : "Principal"]: who,
      Action: action,
      Resource: resource,
      Condition: merged(blocks),
    }));
}
const policy = fc
  .tuple(fc.array(statement("Allow"), { minLength: 1, maxLength: 2 }), fc.array(statement("Deny"), { maxLength: 2 }))
  .map(([allows, denies]) => [...allows, ...denies]);

function merged(blocks: readonly object[]): object {
  const all: Record<string, Record<string, unknown>> = {};
  for (const block of blocks)
    for (const [operator, keys] of Object.entries(block)) all[operator] = { ...all[operator], ...(keys as object) };
  return all;
}

interface Who {
  readonly principal: string;
  readonly context: Readonly<Record<string, string | null>>;
}

function people(
  account: string,
  orgs: readonly (string | null)[],
  teams: readonly (string | null)[] = [null],
): readonly Who[] {
  const kinds = ["role/app", "role/zed", "user/eve", "user/zed", "root"] as const;
  return kinds.flatMap((path) =>
    orgs.flatMap((org) =>
      teams.map((team) => {
        const principal = `arn:aws:iam::${account}:${path}`;
        const [kind, name = ""] = path.split("/");
        return {
          principal,
          context: {
            "aws:principalarn": principal,
            "aws:principalaccount": account,
            "aws:principalorgid": org,
            "aws:principaltype": kind === "user" ? "User" : kind === "role" ? "AssumedRole" : "Account",
            "aws:username": kind === "user" ? name : null,
            "aws:principaltag/team": team,
            "aws:principalisawsservice": "false",
          },
        };
      }),
    ),
  );
}
const foreigners = [named, fresh].flatMap((account) => people(account, [null, "o-theirs", "o-fresh"], [null, "red"]));
const services = ["redshift.amazonaws.com", "zed.amazonaws.com"].flatMap((principal) =>
  [null, named, fresh].map((source): Who => {
    return { principal, context: { "aws:sourceaccount": source, "aws:principalisawsservice": "true" } };
  }),
);

function requestsOf({ principal, context }: Who, resource: string, others: Who["context"]): readonly Request[] {
  const entries = Object.entries({ ...context, ...others }).flatMap(([key, value]) =>
    value === null ? [] : [[key, [value]] as const],
  );
  return actions.map((action) => ({ principal, action, resource, context: new Map(entries) }));
}

/** Requests by the foreign from wherever: a binding key is absent, or has a value that no policy of this test names. */
const foreignRequests = [null, "o-mine", "o-own"].flatMap((ownOrg) =>
  [...foreigners, ...services].flatMap((who) =>
    [null, "vpce-99999999"].flatMap((vpce) =>
      vpce !== null && !who.principal.startsWith("arn:")
        ? []
        : requestsOf(who, table, {
            "aws:sourcevpce": vpce,
            "aws:resourceaccount": own,
            "aws:resourceorgid": ownOrg,
          }),
    ),
  ),
);

// Every request is evaluated against every policy: seconds on a busy machine.
const timeLimit = 30_000;

type Found = ForeignWitness | "none" | "undecided";

function requestOf({ principal, action, resource, context }: ForeignWitness): Request {
  const present = Object.entries(context).flatMap(([key, value]) =>
    value === null ? [] : [[key.toLowerCase(), typeof value === "string" ? [value] : value] as const],
  );
  return { principal, action, resource, context: new Map(present) };
}

describe("the search for a foreign request", { timeout: timeLimit }, () => {
  const attached = (statements: unknown) => ({ ...document(statements, undefined, "resource"), attachedTo: table });
  const ask = (statements: unknown): Found => findForeignRequest({ policy: attached(statements), trust, now });

  it("finds one wherever plain evaluation does, and what it finds is foreign and allowed", () => {
    const answers = { witness: 0, none: 0, undecided: 0 };
    void fc.assert(
      fc.property(policy, (statements) => {
        const found = ask(statements);
        answers[typeof found === "object" ? "witness" : found]++;
        const resource = attached(statements);
        const allowed = (request: Request): boolean => isAllowed(request, generous({ resource }, request)).allowed;
        if (found === "none") expect(foreignRequests.find(allowed)).toBeUndefined();
        if (typeof found === "object") {
          expect(allowed(requestOf(found))).toBe(true);
          expect([own, partner]).not.toContain(found.accountId);
          expect(trust.trustedPrincipalArns).not.toContain(found.principal);
          expect(Object.values(found.context)).not.toContain("vpce-11111111");
        }
      }),
      { numRuns: 200 },
    );
    // A user's name that is demanded beside its ARN.
    expect(answers.undecided).toBeLessThan(10);
    expect(Math.min(answers.witness, answers.none)).toBeGreaterThan(30);
  });

  it("an Allow never proves that there is none, a Deny never gives one, and to trust more people neither", () => {
    void fc.assert(
      fc.property(policy, statement("Allow"), statement("Deny"), (statements, allow, deny) => {
        const found = ask(statements);
        // What was found may be decided no more, where a name is demanded beside its ARN.
        if (typeof found === "object") expect(ask([...statements, allow])).not.toBe("none");
        if (found === "none") {
          expect(typeof ask([...statements, deny])).toBe("string");
          const more = { ...trust, trustedAccounts: [partner, named], trustedOrgIds: ["o-mine", "o-theirs"] };
          expect(typeof findForeignRequest({ policy: attached(statements), trust: more, now })).toBe("string");
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("the search for what an endpoint lets through", { timeout: timeLimit }, () => {
  const endpoint = {
    id: "vpce-11111111",
    vpcId: "vpc-11111111",
    accountId: own,
    region: "us-east-1",
    partition: "aws",
    service: "dynamodb",
  } as const;
  const tableOf = (account: string): string => table.replace(own, account);
  const through = (who: Who, account: string, org: string | null): readonly Request[] =>
    requestsOf(who, tableOf(account), {
      "aws:sourcevpce": "vpce-11111111",
      "aws:resourceaccount": account,
      "aws:resourceorgid": org,
    });
  const orgOf = (who: Who): string | null => who.context["aws:principalorgid"] ?? null;
  const byForeigners = foreigners.flatMap((who) =>
    [own, named, fresh].flatMap((account) => {
      if (who.principal.includes(account)) return through(who, account, orgOf(who));
      const orgs = [null, "o-mine", "o-theirs", "o-zed"].filter((org) => org !== orgOf(who) || account !== own);
      return orgs.flatMap((org) => through(who, account, org));
    }),
  );
  const trustedPeople = [own, partner]
    .flatMap((account) => people(account, [null, "o-mine", "o-theirs", "o-zed"]))
    .concat([named, fresh].flatMap((account) => people(account, ["o-mine"])));
  const onForeignTables = trustedPeople.flatMap((who) =>
    [named, fresh].flatMap((account) =>
      // An account is in one organization.
      (who.principal.includes(account) ? [] : [null, "o-theirs", "o-zed"])
        .filter((org) => org === null || org !== orgOf(who) || who.principal.includes(partner))
        .flatMap((org) => through(who, account, org)),
    ),
  );

  it.each(["Gateway", "Interface"] as const)("of type %s finds one wherever plain evaluation does", (type) => {
    const answers = { witness: 0, none: 0, undecided: 0 };
    void fc.assert(
      fc.property(policy, (statements) => {
        const asked = { policy: { ...document(statements, undefined, "endpoint"), type }, endpoint, trust, now };
        const allowed = (request: Request): boolean =>
          isAllowed(request, generous({ endpoint: asked.policy }, request)).allowed;
        const questions: readonly (readonly [Found, readonly Request[]])[] = [
          [findForeignCaller(asked), byForeigners],
          [findForeignTable(asked), onForeignTables],
        ];
        for (const [found, requests] of questions) {
          answers[typeof found === "object" ? "witness" : found]++;
          if (found === "none") expect(requests.find(allowed)).toBeUndefined();
          if (typeof found === "object") expect(allowed(requestOf(found))).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
    expect(answers.undecided).toBeLessThan(10);
    expect(Math.min(answers.witness, answers.none)).toBeGreaterThan(15);
  });
});
