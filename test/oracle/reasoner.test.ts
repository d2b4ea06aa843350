/** The reasoner against the simulator: plain evaluation request by request, and every witness that a search gives. */
import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { dataActions } from "../../lib/iam/actions.ts";
import { isAllowed, type NamedPolicy, type PolicySet } from "../../lib/iam/evaluate.ts";
import { findFreeRequest } from "../../lib/iam/free-request.ts";
import { parsePolicy } from "../../lib/iam/parse.ts";
import type { Request } from "../../lib/iam/request.ts";
import { callerOf } from "../../lib/iam/variables.ts";
import type { Witness } from "../../lib/iam/witness.ts";
import { described, differ } from "./differential.ts";
import { gapOf } from "./gaps.ts";
import { policySets } from "./generate.ts";
import { type PolicySet as Documents, simulate } from "./simulate.ts";

const oracle = inject("oracle");
const missing = "missing" in oracle ? oracle.missing : null;
/** Policy sets a run; far more at night. */
const runs = Number(process.env["ORACLE_RUNS"] ?? 800);
const now = Date.parse("2026-01-04T14:02:00Z");

function parsed({ identityPolicies, boundary }: Documents): PolicySet {
  const named = (text: string, name: string): NamedPolicy => {
    const result = parsePolicy(text, "identity");
    if ("faults" in result) throw new Error(`${text}: ${JSON.stringify(result.faults)}`);
    return { name, policy: result.policy };
  };
  return {
    identity: identityPolicies.map((text, index) => named(text, `policy-${index}`)),
    boundary: boundary === undefined ? null : named(boundary, "boundary"),
  };
}

/** A witness as a request; keys that must be absent are. The simulator wants both names of what has two. */
function requestOf({ principal, action, resource, context }: Witness): Request {
  const present = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(context)) {
    if (value !== null) present.set(key.toLowerCase(), typeof value === "string" ? [value] : value);
  }
  const leading = present.get("dynamodb:leadingkeys") ?? present.get("dynamodb:firstpartitionkeyvalues");
  if (leading !== undefined)
    present.set("dynamodb:leadingkeys", leading).set("dynamodb:firstpartitionkeyvalues", leading);
  const [epoch] = present.get("aws:epochtime") ?? [];
  const time =
    present.get("aws:currenttime")?.[0] ??
    (epoch === undefined ? undefined : new Date(Number(epoch) * 1000).toISOString());
  if (time !== undefined) {
    present.set("aws:currenttime", [time]).set("aws:epochtime", [String(Math.floor(Date.parse(time) / 1000))]);
  }
  return { principal, action, resource, context: present };
}

describe.skipIf(missing !== null)(`the reasoner${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  it("evaluates every request as the simulator does", async () => {
    const difference = await differ((set, request) => isAllowed(request, parsed(set)).allowed, runs);
    console.log(
      `${difference.requests} requests to ${difference.distinctPolicies} distinct policies, ${difference.allowed} allowed`,
    );
    expect(difference.disagreements.map(described)).toEqual([]);
    expect(difference.distinctPolicies).toBeGreaterThan(runs * 0.9);
    expect(difference.allowed).toBeGreaterThan(difference.requests / 20);
  });

  it("finds no witness that the simulator refuses", async () => {
    const answers: Record<string, number> = {};
    const refused: unknown[] = [];
    await fc.assert(
      fc.asyncProperty(policySets(), async (documents) => {
        const found = findFreeRequest(parsed(documents), {
          actions: dataActions,
          caller: callerOf(null, "123456789012"),
          bindingKeys: null,
          now,
        });
        const answer = typeof found === "string" ? found : "witness";
        answers[answer] = (answers[answer] ?? 0) + 1;
        if (typeof found === "string") return;
        const request = requestOf(found);
        if (gapOf(documents, request) !== null) {
          answers["in a gap"] = (answers["in a gap"] ?? 0) + 1;
          return;
        }
        const simulated = await simulate({ ...documents, request });
        if (simulated !== "Allowed") refused.push({ documents, witness: found, simulated });
      }),
      { numRuns: runs, seed: 7 },
    );
    console.log(`free requests: ${JSON.stringify(answers)}`);
    expect(refused.slice(0, 3)).toEqual([]);
    expect(answers["witness"]).toBeGreaterThan(runs / 20);
  });
});
