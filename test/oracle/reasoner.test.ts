/** The reasoner against the simulator: plain evaluation, request by request. What it finds is in laws.test.ts. */
import { describe, expect, inject, it } from "vitest";
import { isAllowed } from "../../lib/iam/evaluate.ts";
import { described, differ } from "./differential.ts";
import { parsed } from "./laws.ts";

const oracle = inject("oracle");
const missing = "missing" in oracle ? oracle.missing : null;
/** Policy sets a run; `oracle:nightly` asks about far more. */
const runs = Number(process.env["ORACLE_RUNS"] ?? 800);

describe.skipIf(missing !== null)(`plain evaluation${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  it("answers every request as the simulator does", { timeout: 600_000 }, async () => {
    const difference = await differ((set, request) => isAllowed(request, parsed(set)).allowed, runs);
    console.info(
      `${difference.requests} requests to ${difference.distinctPolicies} distinct policies, ${difference.allowed} allowed`,
    );
    expect(difference.disagreements.map(described)).toEqual([]);
    expect(difference.distinctPolicies).toBeGreaterThan(runs * 0.9);
    expect(difference.allowed).toBeGreaterThan(difference.requests / 20);
  });
});
