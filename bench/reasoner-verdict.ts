/** A verdict as a rule comes to it, from the documents' text on, and the time that it takes. */
import { dataActions } from "../lib/iam/actions.ts";
import type { PolicySet } from "../lib/iam/evaluate.ts";
import { type Found, findFreeRequest } from "../lib/iam/free-request.ts";
import { parsePolicy } from "../lib/iam/parse.ts";
import { callerOf } from "../lib/iam/variables.ts";
import type { Statements } from "./reasoner-policies.ts";

const statementsInDocument = 100;
const now = Date.UTC(2026, 0, 1);

/** As an account has them: no document holds thousands of statements. */
export function documentsOf(statements: Statements): readonly string[] {
  return Array.from({ length: Math.ceil(statements.length / statementsInDocument) }, (_, index) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: statements.slice(index * statementsInDocument, (index + 1) * statementsInDocument),
    }),
  );
}

export function principalOf(serial: number): string {
  return `arn:aws:iam::123456789012:role/Role-${serial}`;
}

/** By a caller that nobody has asked about yet. */
export function verdict(documents: readonly string[], serial: number): Found {
  const policies: PolicySet = {
    identity: documents.map((text, index) => {
      const parsed = parsePolicy(text, "identity");
      if ("faults" in parsed) throw new Error(`the bench's own policy is none: ${parsed.faults[0]?.message}`);
      return { name: `#${index}`, policy: parsed.policy };
    }),
    boundary: null,
  };
  const caller = callerOf(principalOf(serial), null);
  return findFreeRequest(policies, { actions: dataActions, caller, now, bindingKeys: null });
}

/** Milliseconds of this process's CPU: what else the machine does is not in them, what the collector of garbage does is. */
export async function timed<Value>(
  work: () => Value | Promise<Value>,
): Promise<{ readonly value: Value; readonly ms: number }> {
  // A thread's own CPU time is counted in steps of some milliseconds on some kernels.
  const start = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(start);
  return { value, ms: (user + system) / 1000 };
}
