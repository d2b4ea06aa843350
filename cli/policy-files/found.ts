/** What a search for policies in a file comes to. */

export interface FoundPolicy {
  /** A logical id, a Terraform address, with the policy's own name behind it where one resource holds several; null for
   * a bare document. */
  readonly policy: string | null;
  /** The document as JSON. Of a bare document it is the file's own text, so that line and column hold. */
  readonly text: string;
  /** What the file does not tell, a sentence each. The text has null in its place, which no parser of policies takes: by
   * no oversight can such a document be judged. */
  readonly unresolved: readonly string[];
}

export interface PoliciesFound {
  readonly policies: readonly FoundPolicy[];
  /** Why a policy may have been missed, one line each, the file's name first. */
  readonly problems: readonly string[];
}

/** The text where there is no document to show. */
export const noDocument = "null";
