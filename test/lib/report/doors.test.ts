import { expect, test } from "vitest";
import { type Doors, doorsOf } from "../../../lib/report/html/doors.ts";
import type { Evaluation, ResourceKey, WitnessRequest } from "../../../lib/rule.ts";
import { resource, violation } from "./sample.ts";

const own = "123456789012";
const orders = `arn:aws:dynamodb:us-east-1:${own}:table/Orders`;

function by(name: string, parts: Partial<WitnessRequest> = {}, type: ResourceKey["type"] = "AWS::IAM::Role") {
  const witness = { principal: null, action: "dynamodb:GetItem", resource: orders, context: {}, allowedBy: ["p/#0"] };
  return violation(resource(name, type), { witness: { ...witness, ...parts } });
}

function labelsOf(violations: readonly Evaluation[], accountId: string | null = own): readonly string[] {
  const doors = doorsOf(violations, accountId);
  return (doors?.paths ?? []).map((path) => inWords(doors as Doors, path));
}

function inWords({ principals, doors, tables }: Doors, path: Doors["paths"][number]): string {
  const stops = [principals[path.principal], doors[path.door], tables[path.table]];
  return `${stops.map((stop) => stop?.label).join(" > ")}: ${path.requests}`;
}

test.each<readonly [what: string, violation: Evaluation, way: string]>([
  ["a role that no network binds comes from the internet", by("app"), "role app > the internet > Orders: 1"],
  [
    "a policy stands for whoever holds it",
    by("read", {}, "AWS::IAM::Policy"),
    "policy read > the internet > Orders: 1",
  ],
  [
    "a request that must carry an endpoint comes through it, whatever the key's letter case",
    by("app", { context: { "aws:sourceVpce": "vpce-1" } }),
    "role app > endpoint vpce-1 > Orders: 1",
  ],
  [
    "an endpoint that must be absent is no door",
    by("app", { context: { "aws:SourceVpce": null } }),
    "role app > the internet > Orders: 1",
  ],
  [
    "a VPC or an address that it must carry is the door",
    by("app", { context: { "aws:SourceVpc": "vpc-1" } }),
    "role app > VPC vpc-1 > Orders: 1",
  ],
  [
    "several addresses are one door",
    by("app", { context: { "aws:SourceIp": ["192.0.2.1", "192.0.2.2"] } }),
    "role app > address 192.0.2.1, 192.0.2.2 > Orders: 1",
  ],
  [
    "an endpoint's own finding comes through it",
    by(
      "shop",
      { principal: "arn:aws:iam::999999999999:role/any-role", resource: orders.replace("Orders", "any-table") },
      "AWS::EC2::VPCEndpoint",
    ),
    "role any-role of 999999999999 > endpoint shop > any-table: 1",
  ],
  [
    "a foreign principal comes from another account",
    by("Orders", { principal: "arn:aws:iam::444455556666:role/partner" }, "AWS::DynamoDB::Table"),
    "role partner of 444455556666 > another account > Orders: 1",
  ],
  [
    "a session is named by its last part",
    by("Orders", { principal: `arn:aws:sts::${own}:assumed-role/app/i-1` }, "AWS::DynamoDB::Table"),
    "assumed-role i-1 > the internet > Orders: 1",
  ],
  [
    "a service is a door of its own",
    by("Orders", { principal: "redshift.amazonaws.com" }, "AWS::DynamoDB::Table"),
    "redshift.amazonaws.com > an AWS service > Orders: 1",
  ],
  [
    "who does not sign is anyone",
    by("Orders", {}, "AWS::DynamoDB::Table"),
    "anyone, unsigned > the internet > Orders: 1",
  ],
  [
    "an index belongs to its table",
    by("app", { resource: `${orders}/index/by-day` }),
    "role app > the internet > Orders: 1",
  ],
  [
    "another account's table says whose",
    by("app", { resource: orders.replace(own, "666666666666") }),
    "role app > the internet > Orders of 666666666666: 1",
  ],
  [
    "a request to no table is one to the account",
    by("app", { resource: "*" }),
    "role app > the internet > the account itself: 1",
  ],
])("%s", (_what, one, way) => {
  expect(labelsOf([one])).toEqual([way]);
});

test("requests that take the same way are counted, the widest way first", () => {
  expect(labelsOf([by("app"), by("batch"), by("batch"), violation(resource("Orders"))])).toEqual([
    "role batch > the internet > Orders: 2",
    "role app > the internet > Orders: 1",
  ]);
});

test("without a request there is no picture", () => {
  expect(doorsOf([violation(resource("Orders"))], own)).toBeNull();
});

test("of policies in files nobody knows the account: nothing is foreign", () => {
  expect(labelsOf([by("read.json", {}, "AWS::IAM::Policy")], null)).toEqual([
    "policy read.json > the internet > Orders: 1",
  ]);
});

test("the busiest of many principals are drawn, all others as one, and no request is lost", () => {
  const many = Array.from({ length: 40 }, (_, at) => by(`role-${at}`));
  const doors = doorsOf([...many, by("role-39")], own);
  expect(doors?.principals).toHaveLength(12);
  expect(doors?.principals[0]).toEqual({ label: "role role-39", requests: 2, search: "role-39" });
  expect(doors?.principals[11]).toEqual({ label: "29 other principals", requests: 29, search: null });
  expect(doors?.paths.reduce((sum, { requests }) => sum + requests, 0)).toBe(41);
});
