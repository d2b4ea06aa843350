/** A resolved policy document as text, and what is in doubt of it: where it matters to DynamoDB, and only there. */
import { faultLimit } from "../../lib/iam/faults.ts";
import type { JsonNode, JsonPath } from "../../lib/iam/json.ts";
import { quoted } from "../../lib/parameters.ts";
import type { FoundPolicy } from "./found.ts";
import { jsonText, memberOf, pathText } from "./nodes.ts";
import type { Resolver } from "./resolver.ts";

type Doubts = Pick<Resolver, "unknown" | "standIns">;

export function documentText(document: JsonNode, doubts: Doubts): Pick<FoundPolicy, "text" | "unresolved"> {
  // A template may hold a document as text; where in it a name stands is then not known.
  if (document.type === "string" && !doubts.standIns.has(document)) return { text: document.value, unresolved: [] };
  const unresolved: string[] = [];
  const written = new Map<JsonNode, string>();

  const visit = (node: JsonNode, path: JsonPath, isForeign: boolean): void => {
    const why = doubts.unknown.get(node) ?? whyStandIn(node, path, doubts);
    const element = path.at(-1);
    if (why !== null) {
      // What another service reads of a statement is of no matter, but its effect has to be one; nor is a name.
      const matters = element === "Effect" || !(isForeign || element === "Sid");
      if (matters && unresolved.length < faultLimit) unresolved.push(`${pathText(path, "document")} ${why}`);
      written.set(node, matters ? "null" : JSON.stringify(element === "Sid" ? "" : "unknown"));
    } else if (node.type === "array") {
      for (const [index, item] of node.items.entries()) visit(item, [...path, index], isForeign);
    } else if (node.type === "object") {
      const isOfOthers = isForeign || (path[0] === "Statement" && isForeignStatement(node, doubts));
      for (const { name, value } of node.members) visit(value, [...path, name], isOfOthers);
    }
  };
  visit(document, [], false);
  return { text: jsonText(document, (node) => written.get(node)), unresolved };
}

/** Any ARN of another service serves in a Resource: it is none of DynamoDB's. A condition would take it for a value. */
function whyStandIn(node: JsonNode, path: JsonPath, { standIns }: Doubts): string | null {
  const of = path.length === 0 || path.includes("Condition") ? standIns.get(node) : undefined;
  if (of === undefined) return null;
  const verb = path.length === 0 ? "depends on" : "compares with";
  return `${verb} ${quoted(of)}, which is known only after a deployment; write the value there`;
}

/** Whether all its actions are of services other than DynamoDB. */
function isForeignStatement(statement: JsonNode, { unknown }: Doubts): boolean {
  const action = memberOf(statement, "Action");
  if (action === undefined || memberOf(statement, "NotAction") !== undefined) return false;
  return (action.type === "array" ? action.items : [action]).every((pattern) => {
    const service = !unknown.has(pattern) && pattern.type === "string" ? /^([^:*?]+):/.exec(pattern.value)?.[1] : null;
    return typeof service === "string" && service.toLowerCase() !== "dynamodb";
  });
}
