import { expect, test } from "vitest";
import { groupNotRead, groupViolations } from "../../../lib/report/group.ts";
import { report, resource, ruleReport, unread, violation } from "./sample.ts";

const names = (violations: Parameters<typeof ruleReport>[0]): readonly (readonly string[])[] =>
  groupViolations(report([ruleReport(violations)])).map(({ evaluations }) =>
    evaluations.map(({ resource: { name } }) => name),
  );
const reason = (code: string, found: string, source: string | null) => ({
  code,
  found,
  wanted: "better",
  source: source === null ? null : resource(source, "AWS::IAM::Policy"),
});

test("one source is one group, whatever was found of each resource", () => {
  expect(
    names([
      violation(resource("A"), { reasons: [reason("free", "role/A may", "p")] }),
      violation(resource("B"), { reasons: [reason("free", "role/B may", "p")] }),
      violation(resource("C"), { reasons: [reason("free", "role/C may", "q")] }),
      violation(resource("D"), { reasons: [reason("any", "role/D may", "p")] }),
    ]),
  ).toEqual([["A", "B"], ["C"], ["D"]]);
});

test("without a source only the same finding is one group", () => {
  expect(
    names([
      violation(resource("A"), { reasons: [reason("weak", "AWS owned key", null)] }),
      violation(resource("B"), { reasons: [reason("weak", "AWS managed key ...1", null)] }),
      violation(resource("C"), { reasons: [reason("weak", "AWS owned key", null)] }),
    ]),
  ).toEqual([["A", "C"], ["B"]]);
});

test("a further reason sets a resource apart: no reason is hidden behind another resource's", () => {
  const shared = reason("free", "may", "p");
  expect(
    names([
      violation(resource("A"), { reasons: [shared] }),
      violation(resource("B"), { reasons: [shared, reason("free", "may", "q")] }),
    ]),
  ).toEqual([["A"], ["B"]]);
});

test("the same finding of two rules is two groups", () => {
  const groups = groupViolations(
    report([
      ruleReport([violation(resource("A"))]),
      ruleReport([violation(resource("A"), { rule: "dynamodb-backup-encryption" })]),
    ]),
  );

  expect(groups.map(({ evaluations: [{ rule }] }) => rule)).toEqual([
    "dynamodb-table-encryption",
    "dynamodb-backup-encryption",
  ]);
});

test("groups come worst first", () => {
  const severities = (["LOW", "CRITICAL", "MEDIUM", "HIGH"] as const).map((severity) =>
    violation(resource(severity), { severity, reasons: [reason(severity, severity, null)] }),
  );

  expect(names(severities)).toEqual([["CRITICAL"], ["HIGH"], ["MEDIUM"], ["LOW"]]);
});

test("a failure that met each of many resources is told once, with each resource counted once", () => {
  const throttled = (name: string) =>
    unread(resource(name), {
      call: "dynamodb:DescribeTable",
      message: `on table ${name} was throttled`,
      lasting: false,
    });
  const groups = groupNotRead(
    report([
      ruleReport([], [throttled("A"), throttled("B")]),
      ruleReport([], [throttled("A"), unread(null)], { rule: "dynamodb-backup-encryption" }),
    ]),
  );

  expect(groups).toEqual([
    {
      unread: { call: "dynamodb:DescribeTable", message: "on each table was throttled", lasting: false },
      rules: ["dynamodb-table-encryption", "dynamodb-backup-encryption"],
      resources: [resource("A"), resource("B")],
      brokenOff: [],
    },
    {
      unread: unread(null).unread,
      rules: ["dynamodb-backup-encryption"],
      resources: [],
      brokenOff: ["dynamodb-backup-encryption"],
    },
  ]);
});

test("a failure that met one resource keeps its name", () => {
  const [group] = groupNotRead(report([ruleReport([], [unread(resource("A"), { message: "on table A was denied" })])]));

  expect(group?.unread.message).toBe("on table A was denied");
});
