/** What the page of the HTML report knows: a report in the words that people read, and nothing that it would have to decide. */
import type { Practice, Severity } from "../../rule.ts";
import type { Counts } from "../report.ts";
import type { Doors } from "./doors.ts";

/** What became of a resource, as the page tells it: what is exempted or was not read is neither compliant nor a violation
 * that counts. */
export type PageVerdict = "NON_COMPLIANT" | "NOT_READ" | "EXEMPTED" | "COMPLIANT" | "NOT_APPLICABLE";

export interface PageData {
  readonly toolVersion: string;
  /** What was judged, and when: `Account 123456789012, us-east-1`. */
  readonly subject: string;
  readonly time: string;
  readonly counts: Counts;
  /** All of the AWS page, in its order; null where no rule of it was asked. */
  readonly practices: readonly { readonly practice: Practice; readonly counts: Counts | null }[];
  readonly rules: readonly PageRule[];
  /** Worst first; what was not read stands among the violations, behind the CRITICAL ones. */
  readonly findings: readonly PageFinding[];
  readonly notRead: readonly PageNotRead[];
  readonly doors: Doors | null;
  /** Sentences that change how the rest is to be read: what is left out, what expired. */
  readonly notes: readonly string[];
  readonly comparison: PageComparison | null;
}

export interface PageRule {
  readonly rule: string;
  readonly practice: Practice;
  readonly title: string;
  readonly description: string;
  readonly links: readonly string[];
  /** As AWS Config would hold them. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly counts: Counts;
  /** Why each kind of violation matters, by code. */
  readonly whys: Readonly<Record<string, string>>;
}

export interface PageFinding {
  readonly rule: string;
  readonly practice: Practice;
  readonly verdict: PageVerdict;
  readonly severity: Severity | null;
  /** null: a listing that broke off. */
  readonly resource: PageResource | null;
  /** One line. */
  readonly summary: string;
  readonly reasons: readonly PageReason[];
  readonly request: PageRequest | null;
  readonly mend: PageMend | null;
  readonly exemption: string | null;
  /** Since the baseline; null without one, and for what is no violation. */
  readonly change: "new" | "unchanged" | null;
  readonly fingerprint: string | null;
}

export interface PageResource {
  /** `table`, `VPC endpoint`. */
  readonly noun: string;
  readonly name: string;
  readonly id: string;
  readonly arn: string | null;
}

export interface PageReason {
  readonly code: string;
  readonly text: string;
  /** The other resource that causes it. */
  readonly cause: string | null;
}

/** The request that AWS would allow. */
export interface PageRequest {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context: readonly (readonly [key: string, value: string])[];
  readonly allowedBy: readonly string[];
  /** The command that asks AWS's simulator; null where it does not know such a request. */
  readonly ask: string | null;
}

export interface PageMend {
  readonly summary: string;
  readonly steps: readonly PageStep[];
  readonly mayBreak: string;
  readonly choice: string | null;
}

export type PageStep =
  /** Exact unless it holds characters that cannot be shown: another one stands for each, so it is no more that command. */
  | { readonly command: string; readonly isExact: boolean }
  | { readonly file: string; readonly content: string }
  | { readonly words: string };

export interface PageNotRead {
  readonly failure: string;
  /** Which resources have no verdict for it; null where only a listing broke off. */
  readonly resources: string | null;
  readonly rules: string;
  /** Rules whose listing broke off; null for none. */
  readonly brokenOff: string | null;
  readonly mayPass: boolean;
}

export interface PageComparison {
  readonly since: string;
  readonly groups: readonly {
    readonly label: string;
    readonly count: number;
    readonly rows: readonly string[];
  }[];
  readonly cautions: readonly string[];
}
