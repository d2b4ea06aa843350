import { expect, test, vi } from "vitest";
import type { ChosenRule } from "../../cli/inputs.ts";
import { judgeAll } from "../../cli/judge-all.ts";
import type { Rule } from "../../lib/rule.ts";
import { sessionOf } from "../fakes/account.ts";
import { type DictatedRule, dictatedRule, lasting } from "../fakes/rule.ts";

function chosen(rule: DictatedRule, strict = false): ChosenRule {
  const parameters = { strict, exemptions: [] };
  return { rule: rule as Rule, parameters };
}

const quiet = { stream: null, onRuleFailed: () => {} };

test("verdicts and what was not read are told apart, rule by rule", async () => {
  const rule = dictatedRule({ Orders: "fine", Ledger: { unread: lasting } }, { brokenOff: lasting });

  const [report, ...others] = await judgeAll([chosen(rule, true)], sessionOf(), quiet);

  expect(others).toEqual([]);
  expect(report).toMatchObject({
    rule: "dynamodb-table-encryption",
    practice: "Encryption at rest",
    parameters: { strict: "true" },
    evaluations: [{ resource: { id: "Orders" }, complianceType: "COMPLIANT" }],
    notRead: [
      { resource: { id: "Ledger" }, unread: lasting },
      { resource: null, unread: lasting },
    ],
  });
});

test("a rule that fails while it reads leaves something unread, and the others go on", async () => {
  const failing = dictatedRule({ Orders: "fine" }, { whileReading: () => Promise.reject(new TypeError("no table")) });
  const onRuleFailed = vi.fn();
  const both = [chosen(failing), chosen(dictatedRule({ Orders: "fine" }))];

  const [failed, fine] = await judgeAll(both, sessionOf(), { stream: null, onRuleFailed });

  expect(failed).toMatchObject({
    evaluations: [],
    notRead: [
      {
        resource: null,
        unread: { call: null, message: "the rule itself failed (TypeError: no table)", lasting: true },
      },
    ],
  });
  expect(fine).toMatchObject({ evaluations: [{ complianceType: "COMPLIANT" }], notRead: [] });
  expect(onRuleFailed).toHaveBeenCalledExactlyOnceWith(new TypeError("no table"));
});

test("progress counts what is judged while a rule runs, and is gone after it", async () => {
  const written: string[] = [];
  const stream = { columns: 80, write: (text: string) => written.push(text) > 0 };
  const rule = dictatedRule(
    { Orders: "fine", Ledger: "fine" },
    {
      whileReading: async (_session, name) => {
        // Until the line was shown once with the table before it.
        if (name === "Ledger") await vi.waitUntil(() => written.length > 0, { interval: 5 });
        return { value: "fine" };
      },
    },
  );

  await judgeAll([chosen(rule)], sessionOf(), { ...quiet, stream });

  expect(written[0]).toBe("\r\u001b[Kdynamodb-table-encryption  1 table  0 s");
  expect(written.at(-1)).toBe("\r\u001b[K");
});
