import { describe, expect, it } from "vitest";
import { type AttachedPolicy, isAllowed, type PolicySet } from "../../../lib/iam/evaluate.ts";
import type { Request } from "../../../lib/iam/request.ts";
import { document } from "./policies.ts";

const own = "123456789012";
const other = "999999999999";
const table = `arn:aws:dynamodb:us-east-1:${own}:table/Orders`;
const user = `arn:aws:iam::${own}:user/ann`;
const role = `arn:aws:iam::${own}:role/app`;
const session = `arn:aws:sts::${own}:assumed-role/app/one`;
const everything = { Effect: "Allow", Action: "*", Resource: "*" };
const otherService = { ...everything, Action: "s3:*" };

function attached(statements: unknown, attachedTo = table): AttachedPolicy {
  return { ...document(statements, undefined, "resource"), name: "resource", attachedTo };
}

function allow(principal: unknown, parts: object = {}): object {
  return { Effect: "Allow", Principal: principal, Action: "dynamodb:*", Resource: "*", ...parts };
}

function ask(principal: string | null, set: PolicySet, parts: Partial<Request> = {}): boolean {
  return isAllowed({ principal, action: "dynamodb:GetItem", resource: table, context: new Map(), ...parts }, set)
    .allowed;
}

describe("a request to a table that has a policy", () => {
  const rows: readonly (readonly [
    sentence: string,
    caller: string | null,
    principal: unknown,
    parts: { readonly identity?: object; readonly boundary?: object },
    allowed: boolean,
  ])[] = [
    ["nobody is named: the identity's policies decide", user, { AWS: other }, { identity: everything }, true],
    [
      "nobody is named: and its boundary",
      user,
      { AWS: other },
      { identity: everything, boundary: otherService },
      false,
    ],
    ["an account adds nothing to its users", user, { AWS: own }, {}, false],
    ["an account takes nothing from its users", user, { AWS: own }, { identity: everything }, true],
    ["an account's root user needs no more", `arn:aws:iam::${own}:root`, { AWS: own }, {}, true],
    ["a user's ARN is enough", user, { AWS: user }, {}, true],
    ["a user's ARN is not cut by a boundary", user, { AWS: user }, { boundary: otherService }, true],
    ["a role's ARN is enough for a session", session, { AWS: role }, {}, true],
    ["a role's ARN is cut by the boundary", session, { AWS: role }, { boundary: otherService }, false],
    ["a role's ARN within the boundary is enough", session, { AWS: role }, { boundary: everything }, true],
    ["a session's ARN is not cut by a boundary", session, { AWS: session }, { boundary: otherService }, true],
    ["everyone is not cut by a boundary", session, "*", { boundary: otherService }, true],
    [
      "everyone is everyone of another account that allows it",
      `arn:aws:iam::${other}:user/eve`,
      "*",
      { identity: everything },
      true,
    ],
    ["another account must allow it, too", `arn:aws:iam::${other}:user/eve`, "*", {}, false],
    ["even to a user by name", `arn:aws:iam::${other}:user/eve`, { AWS: `arn:aws:iam::${other}:user/eve` }, {}, false],
    [
      "an account passes on to its users",
      `arn:aws:iam::${other}:user/eve`,
      { AWS: other },
      { identity: everything },
      true,
    ],
    [
      "another account's own policy is not enough",
      `arn:aws:iam::${other}:user/eve`,
      { AWS: own },
      { identity: everything },
      false,
    ],
    [
      "another account's boundary cuts",
      `arn:aws:iam::${other}:user/eve`,
      { AWS: other },
      { identity: everything, boundary: otherService },
      false,
    ],
    ["a service needs nothing else", "redshift.amazonaws.com", { Service: "redshift.amazonaws.com" }, {}, true],
    [
      "a service that is not named has nothing",
      "s3.amazonaws.com",
      { Service: "redshift.amazonaws.com" },
      { identity: everything },
      false,
    ],
    ["who has not signed is everyone", null, "*", {}, true],
    ["who has not signed is no account's", null, { AWS: own }, { identity: everything }, false],
  ];
  it.each(rows)("%s", (_, caller, principal, { identity, boundary }, allowed) => {
    const set: PolicySet = {
      identity: identity === undefined ? [] : [document(identity)],
      boundary: boundary === undefined ? null : document(boundary),
      resource: attached(allow(principal)),
    };
    expect(ask(caller, set)).toBe(allowed);
  });

  it("is ended by a Deny of the table's policy, and by one of the caller's that the table's policy allows", () => {
    const denied = attached([allow("*"), allow({ AWS: user }, { Effect: "Deny" })]);
    expect(ask(user, { identity: [document(everything)], boundary: null, resource: denied })).toBe(false);
    expect(ask(session, { identity: [document(everything)], boundary: null, resource: denied })).toBe(true);
    const own = document({ ...everything, Effect: "Deny" });
    expect(ask(user, { identity: [own], boundary: null, resource: attached(allow({ AWS: user })) })).toBe(false);
  });

  it("names whoever is of the owner's account by the whole account in a Deny", () => {
    const resource = attached(allow({ AWS: own }, { Effect: "Deny" }));
    expect(ask(user, { identity: [document(everything)], boundary: null, resource })).toBe(false);
  });

  it.each([
    [`${table}/index/ByDate`, table, true],
    [`${table}2`, table, false],
    [`${table}/stream/2026-01-01T00:00:00.000`, table, false],
    [`${table}/stream/2026-01-01T00:00:00.000`, `${table}/stream/2026-01-01T00:00:00.000`, true],
    [table, `${table}/stream/2026-01-01T00:00:00.000`, false],
  ])("on %s by a policy on %s: %s", (resource, attachedTo, allowed) => {
    const set = { identity: [], boundary: null, resource: attached(allow({ AWS: user }), attachedTo) };
    expect(ask(user, set, { resource })).toBe(allowed);
  });

  it("says by which statements, those of both accounts between accounts", () => {
    const resource = attached([allow({ AWS: other }, { Sid: "Partner" }), allow({ AWS: own }, { Sid: "Own" })]);
    const set: PolicySet = { identity: [{ ...document(everything), name: "id" }], boundary: null, resource };
    const by = (principal: string) =>
      isAllowed({ principal, action: "dynamodb:GetItem", resource: table, context: new Map() }, set).allowedBy;
    expect(by(`arn:aws:iam::${other}:role/app`)).toEqual(["id/#0", "resource/Partner"]);
    expect(by(user)).toEqual(["id/#0"]);
  });
});

describe("a request through an endpoint", () => {
  const through = (principal: unknown, type: "Gateway" | "Interface", parts: object = {}) => ({
    ...document(allow(principal, parts), undefined, "endpoint"),
    name: "endpoint",
    type,
  });

  it.each<[sentence: string, principal: unknown, type: "Gateway" | "Interface", parts: object, allowed: boolean]>([
    ["passes where the endpoint allows it", "*", "Gateway", {}, true],
    ["does not where it does not", "*", "Gateway", { Action: "dynamodb:PutItem" }, false],
    ["does not where it denies it", "*", "Interface", { Effect: "Deny" }, false],
    ["by a user of an account that an interface endpoint names passes", { AWS: own }, "Interface", {}, true],
    ["by a user of an account that a gateway endpoint names does not", { AWS: own }, "Gateway", {}, false],
    ["on another table than the endpoint allows does not", "*", "Gateway", { Resource: `${table}2` }, false],
  ])("%s", (_, principal, type, parts, allowed) => {
    const set: PolicySet = {
      identity: [document(everything)],
      boundary: null,
      endpoint: through(principal, type, parts),
    };
    expect(ask(user, set)).toBe(allowed);
  });

  it("needs a grant all the same: an endpoint's policy gives none", () => {
    expect(ask(user, { identity: [], boundary: null, endpoint: through("*", "Gateway") })).toBe(false);
  });

  it("and a policy of the table: both are asked", () => {
    const set = { identity: [], boundary: null, resource: attached(allow({ AWS: user })) };
    expect(ask(user, { ...set, endpoint: through("*", "Gateway") })).toBe(true);
    expect(ask(user, { ...set, endpoint: through({ AWS: other }, "Interface") })).toBe(false);
  });
});
