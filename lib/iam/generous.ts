/** What others may say whom nobody here can read: as much as they can, so that one policy alone decides. */
import type { NamedPolicy, PolicySet } from "./evaluate.ts";
import type { PrincipalElement, Statement } from "./policy.ts";
import type { Request } from "./request.ts";

/** The caller's own account allows everything, and so does the table's, where that is not what is asked. */
export function generous(asked: Pick<PolicySet, "resource" | "endpoint">, { resource }: Request): PolicySet {
  return { identity: [ofCaller], boundary: null, resource: { ...ofTable, attachedTo: resource }, ...asked };
}

function allowing(principal: PrincipalElement | null): NamedPolicy {
  const everything = { not: false, patterns: ["*"] };
  const statement: Statement = {
    index: 0,
    sid: null,
    effect: "Allow",
    action: everything,
    resource: everything,
    principal,
    conditions: [],
  };
  return { name: "", policy: { version: "2012-10-17", statements: [statement] } };
}

const ofCaller = allowing(null);
const ofTable = allowing({ not: false, principals: [{ type: "AWS", value: "*" }] });
