/** The law of mends on random policies: the narrower document complies, allows nothing that was not allowed before, and
 * takes nothing from the account's own principals. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ResourcePolicyFacts } from "../../../lib/account/resource-policies.ts";
import { isAllowed } from "../../../lib/iam/evaluate.ts";
import { generous } from "../../../lib/iam/generous.ts";
import { parsePolicy } from "../../../lib/iam/parse.ts";
import type { Request } from "../../../lib/iam/request.ts";
import { parseParameters } from "../../../lib/parameters.ts";
import type { Mend } from "../../../lib/rule.ts";
import { resourcePolicy } from "../../../lib/rules/dynamodb-resource-policy.ts";
import {
  documentOf,
  factsOf,
  orders,
  otherAccount,
  ownAccount,
  partnerAccount,
  textIn,
  type Written,
} from "../../fakes/resource-policy-facts.ts";

const dead = "AIDAJQABLZS4A3QDU576Q";
const trustedRole = `arn:aws:iam::${otherAccount}:role/trusted`;
const foreignRole = `arn:aws:iam::${otherAccount}:role/app`;
const values: Readonly<Record<string, readonly string[]>> = {
  "aws:PrincipalOrgID": ["o-mine000000", "o-theirs0000", "o-*"],
  "aws:PrincipalAccount": [ownAccount, otherAccount, partnerAccount, "${aws:ResourceAccount}"],
  "aws:PrincipalArn": [`arn:aws:iam::${ownAccount}:role/*`, foreignRole, "arn:aws:iam::*:role/a*"],
  "aws:SourceVpce": ["vpce-11111111", "vpce-*"],
  "aws:SourceAccount": [ownAccount, otherAccount],
  "aws:PrincipalIsAWSService": ["true", "false"],
};
const demand = fc.constantFrom(...Object.keys(values)).chain((key) =>
  fc
    .tuple(
      fc.constantFrom("StringEquals", "StringNotEquals", "StringLike", "ArnLike"),
      fc.constantFrom("", "", "IfExists"),
      fc.subarray([...(values[key] ?? [])], { minLength: 1, maxLength: 2 }),
    )
    .map(([operator, ifExists, chosen]) => {
      const ofKey = operator === "ArnLike" && key !== "aws:PrincipalArn" ? "StringLike" : operator;
      return { [`${ofKey}${ifExists}`]: { [key]: chosen } };
    }),
);
const someone = fc.constantFrom<unknown>(
  "*",
  "*",
  { AWS: "*", Service: "redshift.amazonaws.com" },
  { AWS: otherAccount },
  { AWS: [ownAccount, foreignRole, trustedRole] },
  { AWS: [partnerAccount, `arn:aws:iam::${otherAccount}:user/eve`, dead] },
  { AWS: dead },
  { AWS: ownAccount, Service: ["redshift.amazonaws.com", "glue.amazonaws.com"] },
  { Federated: ["accounts.google.com", `arn:aws:iam::${otherAccount}:saml-provider/corp`] },
);
const statement = (Effect: "Allow" | "Deny") =>
  fc
    .record({
      who: someone,
      not: fc.integer({ min: 0, max: 6 }).map((one) => one === 0),
      Action: fc.constantFrom<unknown>("dynamodb:*", "dynamodb:GetItem", ["dynamodb:GetItem", "dynamodb:Query"]),
      Resource: fc.constantFrom<unknown>("*", orders, [orders, `${orders}/index/*`], `${orders}/index/*`),
      Condition: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 3, arbitrary: demand }),
      Sid: fc.constantFrom("", "Same"),
    })
    .map(({ who, not, ...rest }): Written => ({ Effect, [not ? "NotPrincipal" : "Principal"]: who, ...rest }));
const statements = fc
  .tuple(fc.array(statement("Allow"), { minLength: 1, maxLength: 3 }), fc.array(statement("Deny"), { maxLength: 1 }))
  .map(([allows, denies]) => [...allows, ...denies]);
const trust = fc.record({
  trustedAccounts: fc.subarray([partnerAccount]),
  trustedOrgIds: fc.subarray(["o-mine000000"]),
  trustedPrincipalArns: fc.subarray([trustedRole]),
});

function* grid(): Generator<Request> {
  const principals = [ownAccount, otherAccount, partnerAccount, "555555555555"].flatMap((account) =>
    ["role/app", "role/trusted", "user/eve"].map((path) => `arn:aws:iam::${account}:${path}`),
  );
  const signed = principals.flatMap((principal) =>
    [null, "o-mine000000", "o-theirs0000"].map((org): [string, Record<string, string | null>] => {
      const account = principal.split(":")[4] ?? "";
      const keys = { "aws:principalarn": principal, "aws:principalaccount": account, "aws:principalorgid": org };
      return [principal, { ...keys, "aws:principalisawsservice": "false" }];
    }),
  );
  const services = ["redshift.amazonaws.com", "zed.amazonaws.com"].flatMap((service) =>
    [null, ownAccount, otherAccount].map((source): [string, Record<string, string | null>] => [
      service,
      { "aws:sourceaccount": source, "aws:principalisawsservice": "true" },
    ]),
  );
  for (const [principal, keys] of [...signed, ...services])
    for (const endpoint of [null, "vpce-11111111", "vpce-99999999"])
      for (const [action, resource] of [
        ["dynamodb:GetItem", orders],
        ["dynamodb:Query", `${orders}/index/by-date`],
      ] as const) {
        const all = { ...keys, "aws:sourcevpce": endpoint, "aws:resourceaccount": ownAccount };
        const entries = Object.entries(all).flatMap(([key, value]) =>
          value === null ? [] : [[key, [value]] as const],
        );
        yield { principal, action, resource, context: new Map(entries) };
      }
}
const requests = [...grid()];

const isOwn = ({ principal }: Request): boolean => principal?.split(":")[4] === ownAccount;

/** What the policy lets in: of the account's own principals by itself, of others if their accounts allow it. */
function allowedBy(text: string | null): ReadonlySet<Request> {
  const parsed = parsePolicy(text ?? documentOf([]), "resource");
  if ("faults" in parsed) throw new Error(JSON.stringify(parsed.faults));
  const resource = { name: "", attachedTo: orders, policy: parsed.policy };
  const setFor = (one: Request) => ({ ...generous({ resource }, one), ...(isOwn(one) ? { identity: [] } : {}) });
  return new Set(requests.filter((one) => isAllowed(one, setFor(one)).allowed));
}

/** The facts with the mend's commands run. */
function applied(before: ResourcePolicyFacts, { steps }: Mend<ResourcePolicyFacts>): ResourcePolicyFacts {
  const text = steps.flatMap((step) => ("file" in step ? [step.content] : []))[0];
  const isDeleted = steps.some((step) => "command" in step && step.command[2] === "delete-resource-policy");
  if (text === undefined && !isDeleted) return before;
  const value = text === undefined ? null : { policy: text, revisionId: null };
  return { ...before, documents: [{ resourceArn: orders, document: { value } }] };
}

describe("a mend of dynamodb-resource-policy", { timeout: 120_000 }, () => {
  it("complies, and allows nothing that was not allowed before", () => {
    const seen = { violations: 0, byHand: 0, narrower: 0, kept: 0 };
    void fc.assert(
      fc.property(statements, trust, (some, raw) => {
        const parameters = parseParameters(resourcePolicy.parameters, raw, "parameters");
        const before = factsOf(some);
        const verdict = resourcePolicy.evaluate(before, parameters);
        if ("unread" in verdict || verdict.complianceType !== "NON_COMPLIANT") return;
        seen.violations++;
        const mend = resourcePolicy.mend(before, parameters);
        const after = applied(before, mend);
        if ("choice" in mend && mend.choice.includes("By hand")) seen.byHand++;
        else expect(resourcePolicy.evaluate(after, parameters)).toMatchObject({ complianceType: "COMPLIANT" });
        if ("after" in mend) {
          const [promised, found] = [textIn(mend.after), textIn(after)].map((text) => text && JSON.parse(text));
          expect(found).toEqual(promised);
        }
        const [old, narrow] = [allowedBy(textIn(before)), allowedBy(textIn(after))];
        expect([...narrow].filter((one) => !old.has(one))).toEqual([]);
        if (narrow.size < old.size) seen.narrower++;
        if (narrow.size > 0) seen.kept++;
        // What the account's own principals have, they keep.
        expect([...old].filter((one) => isOwn(one) && !narrow.has(one))).toEqual([]);
      }),
      { numRuns: 120 },
    );
    expect(seen.violations).toBeGreaterThan(60);
    expect(seen.byHand).toBeLessThan(seen.violations / 20);
    expect(seen.narrower).toBeGreaterThan(seen.violations / 2);
    expect(seen.kept).toBeGreaterThan(seen.violations / 4);
  });
});
