/** Cases of a rule as a table of sentences, each held to the laws that every rule obeys. */
import { describe, expect, it } from "vitest";
import { openSession } from "../lib/account/session.ts";
import { reasonIn } from "../lib/alert/rule.ts";
import { annotationLimit } from "../lib/annotation.ts";
import { isEvaluation } from "../lib/judge.ts";
import { parseParameters } from "../lib/parameters.ts";
import type { ComplianceType, Outcome, Reading, Rule } from "../lib/rule.ts";
import { outcomesOf } from "./outcomes.ts";

export interface Case<F> {
  readonly facts: F;
  /** As AWS Config would hand them on; the rule's defaults where left out. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** The verdict and its whole annotation; or "unread" and its message, with whether it lasts. */
  readonly expect:
    | readonly [ComplianceType, annotation: string]
    | readonly ["unread", message: string, lasting: boolean];
  /** The codes of all reasons, worst first. */
  readonly reasons?: readonly string[];
  /** The commands of the mend. */
  readonly commands?: readonly string[];
}

/** Tests each case, and that the cases show every verdict and every reason that the rule has. */
export function ruleTable<F, P>(rule: Rule<F, P>, cases: Readonly<Record<string, Case<F>>>): void {
  const shown = { verdicts: new Set<string>(), reasons: new Set<string>() };

  describe(`${rule.name} judges`, () => {
    for (const [sentence, tested] of Object.entries(cases)) {
      it(sentence, async () => {
        const outcome = await outcomeOf(rule, tested);
        expect(await outcomeOf(rule, tested)).toEqual(outcome);
        shown.verdicts.add(isEvaluation(outcome) ? outcome.complianceType : "unread");
        if (!isEvaluation(outcome)) {
          expect(["unread", `${outcome.unread.call} ${outcome.unread.message}`, outcome.unread.lasting]).toEqual(
            tested.expect,
          );
          return;
        }
        expect([outcome.complianceType, outcome.annotation]).toEqual(tested.expect);
        expect(outcome.annotation).toMatch(new RegExp(`^[\\x20-\\x7e]{1,${annotationLimit}}$`));
        const codes = outcome.reasons.map(({ code }) => code);
        for (const code of codes) shown.reasons.add(code);
        if (tested.reasons !== undefined) expect(codes).toEqual(tested.reasons);
        if (outcome.complianceType === "NON_COMPLIANT") {
          holdToMendLaw(rule, tested);
          const told = Object.entries(rule.reasons).filter(([, { says }]) => outcome.annotation.includes(says));
          expect(told.map(([code]) => code)).toEqual([codes[0]]);
          expect(reasonIn(rule, outcome.annotation)?.severity).toBe(outcome.severity);
        }
        const commands = (outcome.mend?.steps ?? []).flatMap((step) =>
          "command" in step ? [step.command.join(" ")] : [],
        );
        if (tested.commands !== undefined) expect(commands).toEqual(tested.commands);
      });
    }

    it("every verdict, and every reason of its metadata, in some case above", () => {
      expect([...shown.verdicts].sort()).toEqual(["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "unread"]);
      expect([...shown.reasons].sort()).toEqual(Object.keys(rule.reasons).sort());
    });
  });
}

/** What the mend promises must comply, or a person must choose. */
function holdToMendLaw<F, P>(rule: Rule<F, P>, { facts, parameters = {} }: Case<F>): void {
  const parsed = parseParameters(rule.parameters, parameters, "parameters");
  const mend = rule.mend(facts, parsed);
  expect(mend.summary).not.toBe("");
  expect(mend.steps).not.toEqual([]);
  if ("choice" in mend) expect(mend.choice).not.toBe("");
  else expect(rule.evaluate(mend.after, parsed)).toMatchObject({ complianceType: "COMPLIANT" });
}

async function outcomeOf<F, P>(rule: Rule<F, P>, { facts, parameters = {} }: Case<F>): Promise<Outcome> {
  const session = openSession({
    accountId: "123456789012",
    region: "us-east-1",
    now: new Date("2026-01-04T14:02:00Z"),
  });
  const resource = { type: rule.judges[0], id: "Orders", name: "Orders", arn: null };
  const told: Rule<F, P> = {
    ...rule,
    async *collect() {
      yield { resource, facts: frozen(structuredClone(facts)) } as Reading<F>;
    },
  };
  const outcomes = await outcomesOf(told, session, parameters);
  const [outcome, ...others] = outcomes;
  if (outcome === undefined || others.length > 0) throw new Error(`${outcomes.length} outcomes of one reading`);
  return outcome;
}

// A decision that changes its facts fails here.
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}
