import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { replayAnswers } from "../../../lib/account/answers.ts";
import { parseRecording } from "../../../lib/account/recording.ts";
import { openSession } from "../../../lib/account/session.ts";
import { isEvaluation } from "../../../lib/judge.ts";
import type { Outcome, Rule } from "../../../lib/rule.ts";
import { catalogue } from "../../../lib/rules/index.ts";
import { outcomesOf } from "../../outcomes.ts";

const fileName = "events/sample-account.json";
const recording = parseRecording(readFileSync(new URL(`../../../${fileName}`, import.meta.url), "utf8"), fileName);

async function replay(rule: Rule): Promise<readonly Outcome[]> {
  const { accountId, region, recordedAt: now, calls } = recording;
  const session = openSession({ accountId, region, now, answers: replayAnswers(calls) });
  return outcomesOf(rule, session);
}

describe("the recorded sample account", () => {
  it.each(catalogue)("shows every verdict of $name, and leaves nothing unread", async (rule) => {
    const outcomes = await replay(rule);
    expect(outcomes.filter((outcome) => !isEvaluation(outcome))).toEqual([]);
    const verdicts = new Set(outcomes.filter(isEvaluation).map(({ complianceType }) => complianceType));
    expect([...verdicts].sort()).toEqual(["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]);
  });

  it("holds no secret: no access key, no session token", () => {
    expect(readFileSync(new URL(`../../../${fileName}`, import.meta.url), "utf8")).not.toMatch(
      /(AKIA|ASIA)[A-Z0-9]{16}|SecretAccessKey|SessionToken/,
    );
  });
});
