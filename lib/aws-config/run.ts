/** What the middlewares know of one invocation, and hand on from one to the next. */
import type { ConfigServiceClient } from "@aws-sdk/client-config-service";
import type { MiddlewareObj } from "@middy/core";
import type { Change, CommonParameters, ComplianceType, NotRead, Outcome, ResourceKey, Unread } from "../rule.ts";

/** An invoking event, parsed. */
export interface Invocation {
  /** As it is in the account that owns the rule: decorated by prefixes, packs and organizations. */
  readonly configRuleName: string;
  readonly accountId: string;
  /** The region of the rule; null where the event gives no rule ARN. */
  readonly region: string | null;
  readonly resultToken: string;
  readonly ruleParameters: unknown;
  readonly trigger: Trigger;
}

export type Trigger =
  | { readonly kind: "schedule"; readonly time: Date }
  | {
      readonly kind: "change";
      readonly time: Date;
      readonly change: Change;
      /** Why the resource needs no read: it is deleted, not recorded, or out of the rule's scope now. */
      readonly notApplicable: string | null;
    };

/** What AWS Config holds of one resource. */
export interface StoredEvaluation extends ResourceKey {
  readonly complianceType: string;
  readonly annotation: string | null;
  readonly recordedAt: Date;
}

/** What AWS Config is told of one resource. */
export interface ReportedEvaluation extends ResourceKey {
  readonly complianceType: ComplianceType;
  readonly annotation: string;
}

/** A resource that a whole listing no longer holds, or that a change took out of the rule's sight. */
export interface Settled {
  readonly settled: ResourceKey;
  readonly because: string;
}

/** The run in numbers, for its summary line, its metrics and its end. */
export interface Tally {
  /** Verdicts that the rule reached, whether AWS Config was told or knew already. */
  readonly judged: Record<ComplianceType, number>;
  readonly sent: Record<ComplianceType, number>;
  unchanged: number;
  closed: number;
  /** Violations that are exempt, which count as NOT_APPLICABLE. */
  exempted: number;
  /** Of each exemption that is over, the violations that count again. */
  readonly endedExemptions: Record<string, number>;
  /** Those that no violation matches; known after a whole scheduled run only. */
  readonly unusedExemptions: string[];
  notVerified: number;
  /** Not read for a passing reason. */
  readonly withheld: NotRead[];
  /** Evaluations that AWS Config did not take. */
  readonly refused: string[];
}

export interface Run {
  readonly invocation: Invocation;
  readonly tally: Tally;
  /** What is judged is judged as of then. */
  readonly now: Date;
  /** As the rule's own schema made them. */
  parameters: CommonParameters;
  /** The client for AWS Config; it outlives the deadline of the reads, so that what was found is still sent. */
  config: ConfigServiceClient | null;
  /** By `keyOf`; null where it was not read: on a change, in test mode, or where AWS Config refused. */
  stored: ReadonlyMap<string, StoredEvaluation> | null;
  /** Why it could not be read. */
  storedUnread: Unread | null;
}

export type RunMiddleware<Input, Output> = MiddlewareObj<Run, AsyncIterable<Input> & AsyncIterable<Output>>;

/** What flows from the rule to AWS Config, stage by stage. */
export type Found = Outcome | Settled;
export type Reported = ReportedEvaluation | NotRead;

export function newRun(invocation: Invocation): Run {
  const tally: Tally = {
    judged: { COMPLIANT: 0, NON_COMPLIANT: 0, NOT_APPLICABLE: 0 },
    sent: { COMPLIANT: 0, NON_COMPLIANT: 0, NOT_APPLICABLE: 0 },
    unchanged: 0,
    closed: 0,
    exempted: 0,
    endedExemptions: {},
    unusedExemptions: [],
    notVerified: 0,
    withheld: [],
    refused: [],
  };
  const parameters = { exemptions: [] };
  return { invocation, tally, now: new Date(), parameters, config: null, stored: null, storedUnread: null };
}

/** AWS Config keeps one result for a type and id together; ids alone collide. */
export function keyOf({ type, id }: ResourceKey): string {
  return `${type} ${id}`;
}

/** A token that rdk and rdklib send for a dry run: PutEvaluations then records nothing. */
export function isTestMode({ resultToken }: Invocation): boolean {
  return resultToken === "TESTMODE";
}

export function isNotRead(outcome: Found | Reported): outcome is NotRead {
  return "unread" in outcome;
}

export function configOf(run: Run): ConfigServiceClient {
  if (run.config === null) throw new Error("the middleware that opens the AWS Config client must come first");
  return run.config;
}

/** Replaces the stream that a middleware finds as the response by its own. */
export function stage<Input, Output>(transform: (stream: AsyncIterable<Input>, run: Run) => AsyncIterable<Output>) {
  return (request: { readonly event: Run; response: unknown }): void => {
    request.response = transform(request.response as AsyncIterable<Input>, request.event);
  };
}
