/** Compares an evaluator with the simulator on random policies and requests aimed at them; minimises what differs. */
import fc from "fast-check";
import type { Request } from "../../lib/iam/request.ts";
import { gapOf } from "./gaps.ts";
import { policySets } from "./generate.ts";
import { minimise } from "./minimise.ts";
import { type Aim, aimedRequest, aims, isCoherent } from "./requests.ts";
import { type Answer, type PolicySet, simulate } from "./simulate.ts";

export type Evaluate = (set: PolicySet, request: Request) => boolean | Promise<boolean>;

export interface Disagreement {
  readonly set: PolicySet;
  readonly request: Request;
  /** The evaluator's answer, or what it threw. */
  readonly evaluated: boolean | Error;
  readonly simulated: Answer;
}

export interface Difference {
  readonly policies: number;
  /** Equal sets count once. */
  readonly distinctPolicies: number;
  /** Compared; those that fell into a gap are not counted. */
  readonly requests: number;
  /** How many of them the simulator allowed: a comparison of denials alone proves little. */
  readonly allowed: number;
  /** How many requests fell into each of the known gaps, by name. */
  readonly gaps: ReadonlyMap<string, number>;
  /** Minimised, different from each other. */
  readonly disagreements: readonly Disagreement[];
}

export interface Options {
  readonly seed?: number;
  readonly requestsPerPolicy?: number;
  readonly sets?: fc.Arbitrary<PolicySet>;
  /** The request at which an aim points. */
  readonly requestFor?: (set: PolicySet, aim: Aim) => Request;
  /** Where to stop looking for more. */
  readonly mostDisagreements?: number;
}

/** `runs` policy sets; the same seed gives the same sets and requests. */
export async function differ(
  evaluate: Evaluate,
  runs: number,
  {
    seed = 1,
    requestsPerPolicy = 8,
    sets = policySets(),
    requestFor = aimedRequest,
    mostDisagreements = 5,
  }: Options = {},
): Promise<Difference> {
  const distinct = new Set<string>();
  const gaps = new Map<string, number>();
  const disagreements = new Map<string, Disagreement>();
  let [policies, requests, allowed] = [0, 0, 0];
  const aimed = fc.array(aims(), { minLength: requestsPerPolicy, maxLength: requestsPerPolicy, size: "max" });

  const property = fc.asyncProperty(sets, aimed, async (set, each) => {
    policies++;
    distinct.add(JSON.stringify(set));
    for (const aim of each) {
      const request = requestFor(set, aim);
      const gap = gapOf(set, request);
      if (gap !== null) {
        gaps.set(gap.name, (gaps.get(gap.name) ?? 0) + 1);
        continue;
      }
      const found = await compared(evaluate, set, request);
      requests++;
      if (found.simulated === "Allowed") allowed++;
      if (!differs(found)) continue;
      const least = await smallest(evaluate, found);
      disagreements.set(JSON.stringify(described(least)), least);
      // The others of this set are as a rule the same.
      return disagreements.size < mostDisagreements;
    }
    return true;
  });
  const outcome = await fc.check(property, { seed, numRuns: runs, endOnFailure: true });
  // What ended it early must be a disagreement, not an error of this harness.
  if (outcome.failed && disagreements.size < mostDisagreements) throw outcome.errorInstance;
  const all = [...disagreements.values()];
  return { policies, distinctPolicies: distinct.size, requests, allowed, gaps, disagreements: all };
}

/** A disagreement as JSON that a new test, or another simulator, can be given. */
export function described({ set, request, evaluated, simulated }: Disagreement): object {
  return {
    identityPolicies: set.identityPolicies.map((text) => JSON.parse(text)),
    ...(set.boundary === undefined ? {} : { boundary: JSON.parse(set.boundary) }),
    ...(set.resourcePolicy === undefined ? {} : { resourcePolicy: JSON.parse(set.resourcePolicy) }),
    ...(set.endpointPolicy === undefined ? {} : { endpointPolicy: JSON.parse(set.endpointPolicy) }),
    request: { ...request, context: Object.fromEntries(request.context) },
    evaluated: evaluated instanceof Error ? `threw ${evaluated.message}` : evaluated,
    simulated,
  };
}

async function compared(evaluate: Evaluate, set: PolicySet, request: Request): Promise<Disagreement> {
  const simulated = await simulate({ ...set, request });
  try {
    return { set, request, evaluated: await evaluate(set, request), simulated };
  } catch (error) {
    return { set, request, evaluated: error instanceof Error ? error : new Error(String(error)), simulated };
  }
}

/** A question that the simulator refuses is a fault of the generator's, and shown as well. */
function differs({ evaluated, simulated }: Disagreement): boolean {
  return typeof simulated === "object" || evaluated !== (simulated === "Allowed");
}

/** The smallest of the same kind: both answer as before, in no gap. */
async function smallest(evaluate: Evaluate, found: Disagreement): Promise<Disagreement> {
  const kind = (one: Disagreement): string =>
    `${one.evaluated} ${typeof one.simulated === "object" ? "invalid" : one.simulated === "Allowed"}`;
  const { set, request } = await minimise(found, async (asked) => {
    if (gapOf(asked.set, asked.request) !== null || !isCoherent(asked.set, asked.request)) return false;
    const now = await compared(evaluate, asked.set, asked.request);
    return differs(now) && kind(now) === kind(found);
  });
  return compared(evaluate, set, request);
}
