import { expect, it } from "vitest";
import { callerChecks, lackingChecks } from "../../../lib/doctor/caller.ts";
import { type Check, hindersScan } from "../../../lib/doctor/check.ts";

const brief = (checks: readonly Check[]) => checks.map(({ name, status, found, todo }) => [name, status, found, todo]);
const arn = "arn:aws:sts::111122223333:assumed-role/Scanner/ann";
const caller = { accountId: "111122223333", arn, region: "eu-west-1", expiration: null };

it.each<[string, object, string, string | null]>([
  ["a role", {}, `of ${arn}`, null],
  [
    "credentials that end",
    { expiration: new Date("2026-01-01T10:00:00Z") },
    `of ${arn}, until 2026-01-01T10:00:00.000Z`,
    null,
  ],
  ["whom STS does not name", { arn: null }, "of account 111122223333", null],
  [
    "the root user",
    { arn: "arn:aws:iam::111122223333:root" },
    "of arn:aws:iam::111122223333:root",
    "use a role: the root user's keys are a violation of their own",
  ],
])("%s is told", (_, change, found, todo) => {
  expect(brief(callerChecks({ ...caller, ...change }))).toEqual([
    ["credentials", "OK", found, todo],
    ["region", "OK", "eu-west-1", null],
  ]);
});

const unasked = [
  ["all calls", "NOT_KNOWN", "not asked without a caller", null],
  ["recorder", "NOT_KNOWN", "not asked without a caller", null],
];

it.each<[string, Parameters<typeof lackingChecks>, readonly unknown[]]>([
  [
    "no credentials",
    ["credentials", "no AWS credentials found: set AWS_PROFILE - expired: 10:00", null],
    [["credentials", "PROBLEM", "no AWS credentials found", "set AWS_PROFILE - expired: 10:00"]],
  ],
  [
    "no region",
    ["region", "no AWS region found: give --region", null],
    [
      ["credentials", "NOT_KNOWN", "found, but whose they are needs a region", null],
      ["region", "PROBLEM", "no AWS region found", "give --region"],
    ],
  ],
  [
    "no answer",
    ["answer", "AWS STS in eu-west-1 cannot be reached: check the network", "eu-west-1"],
    [
      ["credentials", "PROBLEM", "AWS STS in eu-west-1 cannot be reached", "check the network"],
      ["region", "OK", "eu-west-1", null],
    ],
  ],
])("%s leaves the rest unknown and hinders a scan", (_, lacking, told) => {
  const checks = lackingChecks(...lacking);

  expect(brief(checks)).toEqual([...told, ...unasked]);
  expect(hindersScan(checks)).toBe(true);
});
