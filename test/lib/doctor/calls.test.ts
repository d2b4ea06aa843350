import { expect, it } from "vitest";
import type { FailureKind } from "../../../lib/account/fact.ts";
import { callChecks } from "../../../lib/doctor/calls.ts";
import { hindersScan } from "../../../lib/doctor/check.ts";
import type { Probe } from "../../../lib/probes/probe.ts";

const action = "kms:DescribeKey";
const rules = ["dynamodb-a", "dynamodb-b"].map(
  (name) => ({ name, permissions: [{ action, resources: ["*"] }] }) as const,
);

const failed = (failure: FailureKind): Probe => ({
  action,
  failure,
  unread: { call: action, message: "on key ...90ab did not answer", lasting: true },
});

it.each<[string, readonly Probe[], object]>([
  ["answered", [{ action, answered: "key ...90ab" }], { status: "OK", found: "answered on key ...90ab", todo: null }],
  [
    "not asked",
    [{ action, notAsked: "there is no table to ask about" }],
    { status: "NOT_KNOWN", found: "not asked: there is no table to ask about", todo: null, hinders: null },
  ],
  [
    "withheld",
    [{ action, withheld: "it reads items" }],
    { status: "NOT_KNOWN", found: "not asked: it reads items", todo: "make sure that it is allowed", hinders: null },
  ],
  [
    "denied",
    [failed("denied")],
    {
      status: "PROBLEM",
      found: "on key ...90ab did not answer",
      todo: "needed by dynamodb-a, dynamodb-b",
      hinders: "scan",
    },
  ],
  [
    "unreachable",
    [failed("unreachable")],
    {
      status: "PROBLEM",
      todo: "check the network, the region and AWS_ENDPOINT_URL, and in a VPC the endpoint of the service; needed by dynamodb-a, dynamodb-b",
      hinders: "scan",
    },
  ],
  [
    "throttled",
    [failed("throttled")],
    {
      status: "NOT_KNOWN",
      todo: "ask again when fewer others do; needed by dynamodb-a, dynamodb-b",
      hinders: "scan",
    },
  ],
  ["failed", [failed("failed")], { status: "NOT_KNOWN", todo: "needed by dynamodb-a, dynamodb-b", hinders: "scan" }],
  ["without a probe", [], { status: "NOT_KNOWN", found: "not asked: this version does not ask it", hinders: null }],
])("a call that is %s is one check, with the rules that need it", (_, probes, told) => {
  const checks = callChecks(probes, rules);

  expect(checks).toMatchObject([
    { area: "Calls of the rules", name: action, rules: ["dynamodb-a", "dynamodb-b"], ...told },
  ]);
  expect(checks).toHaveLength(1);
  expect(hindersScan(checks)).toBe("hinders" in told && told.hinders === "scan");
});

it("calls stand in alphabetical order, and what no rule needs is left out", () => {
  const needing = [
    {
      name: "dynamodb-a",
      permissions: [
        { action: "tag:GetResources", resources: ["*"] },
        { action: "ec2:DescribeVpcs", resources: ["*"] },
      ],
    },
  ] as const;

  expect(callChecks([{ action, answered: "key" }], needing).map(({ name }) => name)).toEqual([
    "ec2:DescribeVpcs",
    "tag:GetResources",
  ]);
});
