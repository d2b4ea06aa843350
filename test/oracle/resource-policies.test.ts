/** Policies of resources and endpoints, and who calls: plain evaluation, and what the foreign searches find. */
import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { isAllowed } from "../../lib/iam/evaluate.ts";
import { findForeignRequest } from "../../lib/iam/foreign-request.ts";
import { described, differ } from "./differential.ts";
import { gapOf } from "./gaps.ts";
import { requestOf } from "./laws.ts";
import { now } from "./possible.ts";
import { parsedFor, read, requestBySomebody, resourcePolicies, resourcePolicySets } from "./principals.ts";
import { type PolicySet, simulate } from "./simulate.ts";
import { account } from "./vocabulary.ts";

const oracle = inject("oracle");
const missing = "missing" in oracle ? oracle.missing : null;
/** Policy sets a run; `oracle:nightly` asks about far more. */
const runs = Math.ceil(Number(process.env["ORACLE_RUNS"] ?? 800) / 4);

const everything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});
const table = `arn:aws:dynamodb:us-east-1:${account}:table/Orders`;

describe.skipIf(missing !== null)(`policies of resources${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  it("are evaluated as the simulator does, whoever calls, and through an endpoint", { timeout: 600_000 }, async () => {
    const difference = await differ((set, request) => isAllowed(request, parsedFor(set, request)).allowed, runs, {
      sets: resourcePolicySets(),
      requestFor: requestBySomebody,
    });
    console.info(
      `${difference.requests} requests to ${difference.distinctPolicies} sets with resource policies, ${difference.allowed} allowed`,
    );
    expect(difference.disagreements.map(described)).toEqual([]);
    expect(difference.distinctPolicies).toBeGreaterThan(runs * 0.9);
    expect(difference.allowed).toBeGreaterThan(difference.requests / 20);
  });

  it("let in whom the search for a foreign request finds", { timeout: 600_000 }, async () => {
    const trust = { trustedAccounts: [], trustedOrgIds: [], trustedPrincipalArns: [] };
    const answers = { witness: 0, none: 0, undecided: 0, asked: 0 };
    for (const text of fc.sample(resourcePolicies(), { seed: 1, numRuns: runs })) {
      const policy = { name: "", policy: read(text, "resource"), attachedTo: table };
      const found = findForeignRequest({ policy, trust, now });
      answers[typeof found === "string" ? found : "witness"]++;
      if (typeof found === "string" || found.principal === null) continue;
      const asked = requestOf(found);
      // These policies name the one key of the two alone.
      const context = new Map([...asked.context].filter(([key]) => key !== "dynamodb:firstpartitionkeyvalues"));
      const request = { ...asked, context };
      const set: PolicySet = { identityPolicies: [everything], resourcePolicy: text };
      if (gapOf(set, request) !== null) continue;
      answers.asked++;
      expect({ text, request, answer: await simulate({ ...set, request }) }).toMatchObject({ answer: "Allowed" });
    }
    console.info(
      `${answers.asked} of ${answers.witness} foreign witnesses asked, ${answers.none} none, ${answers.undecided} undecided`,
    );
    expect(answers.asked).toBeGreaterThan(runs / 10);
    expect(answers.none).toBeGreaterThan(runs / 20);
  });
});
