/**
 * The vocabulary: what a rule is, what it may say, and what becomes of it. Names are AWS Config's own.
 * Types, and the order of severities.
 */
import type { Session } from "./account/session.ts";
import type { Exemption } from "./exemptions.ts";
import type { ParameterSet } from "./parameters.ts";

/** What PutEvaluations takes; INSUFFICIENT_DATA is in its enumeration and refused by the service. */
export type ComplianceType = "COMPLIANT" | "NON_COMPLIANT" | "NOT_APPLICABLE";

/** From a legal default that could be better (LOW) to data about to be lost or open to strangers (CRITICAL). */
export const severities = ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as const;
export type Severity = (typeof severities)[number];

export function isAtLeast(severity: Severity, limit: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(limit);
}

/** The headings of the AWS page "DynamoDB preventative security best practices", in its order. */
export type Practice =
  | "Encryption at rest"
  | "IAM roles to authenticate"
  | "IAM policies for authorization"
  | "Conditions for fine-grained access"
  | "VPC endpoint and policies"
  | "Client-side encryption";

/** A resource by the spelling that AWS Config stores: it does not normalise, so both triggers must agree. */
export interface ResourceKey {
  readonly type: `AWS::${string}`;
  readonly id: string;
}

export interface Resource extends ResourceKey {
  readonly name: string;
  readonly arn: string | null;
}

/** Why something is not known. `lasting`: asking again will not help until somebody changes something. */
export interface Unread {
  readonly call: string | null;
  readonly message: string;
  readonly lasting: boolean;
}

/** A fact, or the reason why there is none: a failed read cannot be mistaken for a fact. */
export type Fact<T> = { readonly value: T } | { readonly unread: Unread };

/** What a rule's reader found of one resource. `exempt` names the exemption, tested before anything else is read. */
export type Reading<F> = { readonly resource: Resource } & (
  | { readonly facts: F }
  | { readonly gone: true }
  | { readonly exempt: string }
  | { readonly unread: Unread }
);

/** One fault: what was found, what is wanted instead (empty where that goes without saying), and the resource that causes it where that is another one. */
export interface Reason {
  readonly code: string;
  readonly found: string;
  readonly wanted: string;
  readonly source: Resource | null;
}

/** A concrete request that AWS would allow. A context key that must be absent is null. */
export interface WitnessRequest {
  readonly principal: string | null;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[] | null>>;
  readonly allowedBy: readonly string[];
}

export type Verdict =
  | { readonly complianceType: "COMPLIANT" | "NOT_APPLICABLE"; readonly because: string }
  | {
      readonly complianceType: "NON_COMPLIANT";
      readonly reasons: readonly [Reason, ...Reason[]];
      readonly witness: WitnessRequest | null;
    }
  | { readonly unread: Unread };

export type Step =
  | { readonly command: readonly ["aws", ...string[]] }
  | { readonly file: string; readonly content: string }
  | { readonly words: string };

/** How to put a violation right: the facts as they would be `after` the steps, or the `choice` a person must make. */
export type Mend<F> = {
  readonly summary: string;
  readonly steps: readonly Step[];
  readonly mayBreak: string;
} & ({ readonly after: F } | { readonly choice: string });

/** A mend without the facts that it promises. */
export interface OfferedMend {
  readonly summary: string;
  readonly steps: readonly Step[];
  readonly mayBreak: string;
  readonly choice: string | null;
}

export interface Evaluation {
  readonly rule: string;
  readonly accountId: string;
  readonly region: string;
  readonly resource: Resource;
  readonly complianceType: ComplianceType;
  /** The worst of its reasons'; null where nothing is wrong. */
  readonly severity: Severity | null;
  readonly annotation: string;
  readonly reasons: readonly Reason[];
  readonly witness: WitnessRequest | null;
  readonly mend: OfferedMend | null;
  readonly exemption: string | null;
  readonly fingerprint: string;
}

/** What a run has to say of one resource; with `resource` null, of the listing that broke off. */
export type Outcome = Evaluation | NotRead;

export interface NotRead {
  readonly resource: Resource | null;
  readonly unread: Unread;
}

/** The whole account, those never or longest not judged first; or only the resources that a change touched. */
export type Scope =
  | { readonly kind: "account"; readonly lastJudged: (resource: ResourceKey) => number }
  | { readonly kind: "resources"; readonly resources: readonly ResourceKey[] };

/** A changed resource, as far as a configuration item or its summary tells. */
export interface Change extends ResourceKey {
  readonly deleted: boolean;
  /** The item's configuration; null for deleted and oversized items. */
  readonly configuration: Readonly<Record<string, unknown>> | null;
}

/** An IAM action that a rule's function needs. ARNs hold CloudFormation's pseudo parameters (`${AWS::AccountId}`). */
export interface Permission {
  readonly action: `${string}:${string}`;
  readonly resources: readonly [string, ...string[]];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface ReasonKind {
  readonly severity: Severity;
  /** Words of its `found` or `wanted` that no other reason of the rule has: an alert tells the reason by them, since AWS
   * Config hands on the annotation alone. */
  readonly says: string;
  /** Why it matters, in a sentence: the alert's "Why". */
  readonly why: string;
}

export interface RuleMetadata {
  readonly name: `dynamodb-${string}`;
  readonly practice: Practice;
  readonly title: string;
  readonly description: string;
  readonly links: readonly [string, ...string[]];
  readonly reasons: Readonly<Record<string, ReasonKind>>;
  /** Types that get a verdict. */
  readonly judges: readonly [ResourceKey["type"], ...ResourceKey["type"][]];
  /** Types whose change triggers the rule; none: on a schedule only. */
  readonly watches: readonly ResourceKey["type"][];
  readonly permissions: readonly [Permission, ...Permission[]];
}

/** Parameters that every rule has, besides its own. */
export interface CommonParameters {
  readonly exemptions: readonly Exemption[];
}

/** A rule as its file declares it: `P` are its own parameters. */
// Methods, not arrow properties: their parameters compare both ways, so that Rule<F, P> fits the catalogue's Rule.
export interface RuleDefinition<F, P> extends RuleMetadata {
  readonly parameters: ParameterSet<P>;
  /** The judged resources that a change of a watched one touches; without it, the changed one itself. */
  affected?(change: Change): readonly ResourceKey[] | "account";
  /** One reading a resource. Throws an UnreadError where the listing breaks off, after all that was listed. */
  collect(session: Session, scope: Scope, parameters: P): AsyncIterable<Reading<F>>;
  /** Pure and total: the verdict on one resource's facts. */
  evaluate(facts: F, parameters: P): Verdict;
  /** Pure: how to put a violation right. */
  mend(facts: F, parameters: P): Mend<F>;
}

export interface Rule<F = unknown, P = unknown> extends RuleDefinition<F, P> {
  readonly parameters: ParameterSet<P & CommonParameters>;
}
