/** A resource-based policy while it is being narrowed: its own JSON, statement by statement, and where each was. Pure. */
import { type AttachedPolicy, statementName } from "../iam/evaluate.ts";
import type { Fault } from "../iam/faults.ts";
import { parsePolicy } from "../iam/parse.ts";
import type { Policy } from "../iam/policy.ts";
import { type Written, writtenPolicy } from "../permissions/edit.ts";

export interface Draft {
  readonly resourceArn: string;
  /** What the document has besides statements. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly statements: readonly Placed[];
}

export interface Placed {
  readonly written: Written;
  /** Its place in the document as it was read. */
  readonly index: number;
}

/** The draft of a document as it stands, or what is wrong with its text. */
export function draftOf(resourceArn: string, text: string): Draft | { readonly faults: readonly Fault[] } {
  const parsed = parsePolicy(text, "resource");
  if ("faults" in parsed) return parsed;
  const { document, statements } = writtenPolicy(text);
  return { resourceArn, document, statements: statements.map((written, index) => ({ written, index })) };
}

/** The policy that the reasoner is asked about. Of several statements with one Sid a witness would not tell which is meant,
 * so they have none, and their index is their place in the draft. */
export function policyOf(draft: Draft): AttachedPolicy {
  const parsed = parsePolicy(compactText(draft), "resource");
  if ("faults" in parsed) throw new Error(`a narrowed policy does not parse: ${parsed.faults[0]?.message}`);
  const { version, statements } = parsed.policy;
  const policy: Policy = { version, statements: statements.map((statement) => ({ ...statement, sid: null })) };
  return { name: "", attachedTo: draft.resourceArn, policy };
}

/** The places in the draft of the statements that a witness names. */
export function placesOf(allowedBy: readonly string[]): readonly number[] {
  return allowedBy.flatMap((name) => /^#(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}

/** As a statement is told: its Sid, or its index in the document as it was read. */
export function nameOf({ written, index }: Placed): string {
  const { Sid: sid } = written;
  return statementName("", { sid: typeof sid === "string" && sid !== "" ? sid : null, index });
}

/** Only these statements, beside all that deny. */
export function besideDenies(draft: Draft, statements: readonly Placed[]): Draft {
  const denies = draft.statements.filter(({ written }) => written["Effect"] === "Deny");
  return { ...draft, statements: [...statements, ...denies] };
}

/** DynamoDB takes 20 KB of a resource-based policy, white space counted (API reference, PutResourcePolicy). */
const mostBytes = 20 * 1024;

/** The document, laid out for people where there is room for it; null where no statement is left. */
export function textOf(draft: Draft): string | null {
  if (draft.statements.length === 0) return null;
  const text = JSON.stringify(documentOf(draft), null, 2);
  return isTooLong(`${text}\n`) ? compactText(draft) : text;
}

/** Whether DynamoDB would refuse the document for its length. */
export function isTooLong(text: string): boolean {
  return Buffer.byteLength(text) > mostBytes;
}

function compactText(draft: Draft): string {
  return JSON.stringify(documentOf(draft));
}

function documentOf({ document, statements }: Draft): object {
  return { ...document, Statement: statements.map(({ written }) => written) };
}
