/** Policies for tests, from JSON as IAM keeps them. */
import type { NamedPolicy, PolicySet } from "../../../lib/iam/evaluate.ts";
import { parsePolicy } from "../../../lib/iam/parse.ts";
import type { PolicyKind } from "../../../lib/iam/policy.ts";

/** Statements as a whole document of 2012, parsed. */
export function document(statements: unknown, version = "2012-10-17", kind: PolicyKind = "identity"): NamedPolicy {
  const parsed = parsePolicy(JSON.stringify({ Version: version, Statement: statements }), kind);
  if ("faults" in parsed) throw new Error(parsed.faults.map(({ path, message }) => `${path} ${message}`).join("; "));
  return { name: "", policy: parsed.policy };
}

export function setOf(statements: unknown, options: { boundary?: unknown; version?: string } = {}): PolicySet {
  return {
    identity: [document(statements, options.version)],
    boundary: options.boundary === undefined ? null : { ...document(options.boundary), name: "boundary" },
  };
}
