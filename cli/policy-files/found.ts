/** What a search for policies in a file comes to. */
import type { JsonNode } from "../../lib/iam/json.ts";
import { itemsOf, memberOf } from "./nodes.ts";

export interface FoundPolicy {
  /** A logical id, a Terraform address, with the policy's own name behind it where one resource holds several; null for
   * a bare document. */
  readonly policy: string | null;
  /** The document as JSON. Of a bare document it is the file's own text, so that line and column hold. */
  readonly text: string;
  /** What the file does not tell, a sentence each. The text has null in its place, which no parser of policies takes: by
   * no oversight can such a document be judged. */
  readonly unresolved: readonly string[];
  readonly places: Places;
}

/** Where things stand in the file, in UTF-16 units from 0. */
export interface Places {
  readonly document: number;
  /** In the document's order; none where the document is a text in the file, or not told. */
  readonly statements: readonly number[];
}

/** @param elsewhere where the document stands for whoever reads the file; what was made of it stands there too */
export function placesIn(document: JsonNode, elsewhere: number): Places {
  const statement = memberOf(document, "Statement");
  const statements = statement?.type === "object" ? [statement] : itemsOf(statement);
  return { document: elsewhere, statements: statements.map(({ at }) => (at === 0 ? elsewhere : at)) };
}

export interface PoliciesFound {
  readonly policies: readonly FoundPolicy[];
  /** Why a policy may have been missed, one line each, the file's name first. */
  readonly problems: readonly string[];
}

/** The text where there is no document to show. */
export const noDocument = "null";
