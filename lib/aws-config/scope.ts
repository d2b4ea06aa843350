/** From what triggered a run to what it has to look at. */
import type { Rule, Scope } from "../rule.ts";
import { keyOf, type Run, type Settled } from "./run.ts";

export interface Look {
  /** What to judge live: a change tells which resource to look at, never what to think of it. */
  readonly scope: Scope;
  /** What needs no look. */
  readonly settled: readonly Settled[];
}

export function lookOf(rule: Rule, { invocation: { trigger }, stored }: Run): Look {
  if (trigger.kind === "schedule") {
    const lastJudged: (Scope & { kind: "account" })["lastJudged"] = (resource) =>
      stored?.get(keyOf(resource))?.recordedAt.getTime() ?? 0;
    return { scope: { kind: "account", lastJudged }, settled: [] };
  }
  const { change, notApplicable } = trigger;
  const { type, id } = change;
  const affected = rule.affected?.(change) ?? (rule.judges.includes(type) ? [{ type, id }] : []);
  if (affected === "account") return { scope: { kind: "account", lastJudged: () => 0 }, settled: [] };
  if (notApplicable === null) return { scope: { kind: "resources", resources: affected }, settled: [] };
  // Only the changed resource itself is settled by its end: others that it touched are judged anew.
  const others = affected.filter((resource) => keyOf(resource) !== keyOf(change));
  const settled = rule.judges.includes(type) ? [{ settled: { type, id }, because: notApplicable }] : [];
  return { scope: { kind: "resources", resources: others }, settled };
}
