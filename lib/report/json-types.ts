/**
 * The types of a scan's JSON report (`schemaVersion` 1), for whoever reads one in TypeScript. They stand alone, without an
 * import: the npm package ships this file as `dynamodb-compliance/report`.
 */

export interface JsonReport {
  readonly schemaVersion: 1;
  readonly toolVersion: string;
  readonly accountId: string;
  readonly region: string;
  /** ISO 8601; of a replay, the time of its recording. */
  readonly evaluatedAt: string;
  readonly rules: readonly JsonRule[];
  readonly evaluations: readonly JsonEvaluation[];
  /** What could not be read: nothing of it counts as compliant. */
  readonly errors: readonly JsonError[];
  /** Null without `--min-severity`. */
  readonly leftOut: JsonLeftOut | null;
  /** Null without `--exemptions` and without the parameter `exemptions`. */
  readonly exemptions: JsonExemptions | null;
  /** Null without `--baseline`. */
  readonly baseline: JsonBaseline | null;
}

export interface JsonRule {
  readonly rule: string;
  readonly practice: string;
  /** As AWS Config would hold them, defaults included. */
  readonly parameters: Readonly<Record<string, string>>;
}

export type JsonSeverity = "LOW" | "MEDIUM" | "HIGH" | "CRITICAL";

/** The verdict on one resource by one rule. */
export interface JsonEvaluation extends JsonVerdict {
  readonly rule: string;
  readonly accountId: string;
  readonly region: string;
  readonly resourceType: string;
  /** As AWS Config has it: of IAM the unique id. */
  readonly resourceId: string;
  readonly resourceName: string;
  readonly resourceArn: string | null;
  /** The same for this rule, resource, reason and cause, whatever the day. */
  readonly fingerprint: string;
}

export interface JsonVerdict {
  readonly complianceType: "COMPLIANT" | "NON_COMPLIANT" | "NOT_APPLICABLE";
  /** Null where nothing is wrong. */
  readonly severity: JsonSeverity | null;
  readonly annotation: string;
  readonly reasons: readonly string[];
  readonly witness: JsonWitness | null;
  readonly mend: JsonMend | null;
  /** Why it is exempt, or does not count until a day; null: it is not, and does. */
  readonly exemption: string | null;
}

/** A request that AWS would allow. A key of the context that must be absent is null. */
export interface JsonWitness {
  readonly principal: string | null;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[] | null>>;
  readonly allowedBy: readonly string[];
}

export interface JsonMend {
  readonly summary: string;
  readonly steps: readonly JsonStep[];
  readonly mayBreak: string;
  /** What a person must choose; not there where nobody need. */
  readonly choice?: string;
}

/** A command for a POSIX shell, a file that a command names, or what is to be done by hand. */
export type JsonStep =
  | { readonly command: string }
  | { readonly file: string; readonly content: string }
  | { readonly words: string };

export interface JsonError {
  readonly rule: string;
  /** Both null: a listing broke off. */
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly call: string | null;
  readonly message: string;
  /** Whether asking again will not help until somebody changes something. */
  readonly lasting: boolean;
}

export interface JsonLeftOut {
  readonly minSeverity: JsonSeverity | null;
  /** How many violations, by severity. */
  readonly violations: Readonly<Record<string, number>>;
}

export interface JsonExemption {
  readonly rule: string;
  readonly resource: string;
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly expires: string;
}

export interface JsonExemptions {
  /** With the fingerprints of the violations that count again. */
  readonly expired: readonly (JsonExemption & { readonly violations: readonly string[] })[];
  readonly unused: readonly JsonExemption[];
}

export interface JsonViolation {
  readonly rule: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName: string;
  readonly resourceArn: string | null;
  readonly severity: JsonSeverity;
  readonly fingerprint: string;
}

export interface JsonFormerViolation extends JsonViolation {
  readonly because: string;
}

export interface JsonBaseline {
  /** Of the earlier report. */
  readonly evaluatedAt: string;
  readonly toolVersion: string;
  readonly new: readonly JsonViolation[];
  readonly unchanged: readonly JsonViolation[];
  readonly mended: readonly JsonFormerViolation[];
  readonly changed: readonly JsonFormerViolation[];
  readonly exempted: readonly JsonFormerViolation[];
  readonly notVerified: readonly JsonFormerViolation[];
  readonly addedRules: readonly string[];
  readonly rulesWithOtherParameters: readonly string[];
}
