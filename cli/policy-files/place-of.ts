/** Where in a file somebody should look for what was said of one of its policies. */
import { positionOf, readJson } from "../../lib/iam/json.ts";
import type { FilePlace } from "../../lib/report/policy-report.ts";
import type { Outcome } from "../../lib/rule.ts";
import type { FoundPolicy } from "./found.ts";
import { itemsOf, memberOf, textOf } from "./nodes.ts";

/** The first of the statements that allow the request found; the document where no request was found.
 * @param text the file's */
export function placeOf(outcome: Outcome, { policy, text: document, places }: FoundPolicy, text: string): FilePlace {
  const [allowedBy] = ("complianceType" in outcome ? outcome.witness?.allowedBy : undefined) ?? [];
  const statement = allowedBy === undefined ? -1 : statementNames(policy, document).indexOf(allowedBy);
  return positionOf(text, places.statements[statement] ?? places.document);
}

/** As the reasoner names them: by their Sid, or by their place in the document. */
function statementNames(policy: string | null, document: string): readonly string[] {
  const json = readJson(document);
  const statement = "value" in json ? memberOf(json.value, "Statement") : undefined;
  const statements = statement?.type === "object" ? [statement] : itemsOf(statement);
  const before = policy === null ? "" : `${policy}/`;
  return statements.map((one, index) => `${before}${textOf(memberOf(one, "Sid")) ?? `#${index}`}`);
}
