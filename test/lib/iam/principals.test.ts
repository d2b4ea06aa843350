import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Statement } from "../../../lib/iam/policy.ts";
import { deletedPrincipals, letsInUnknown, principalOf, waysOf } from "../../../lib/iam/principals.ts";
import { document } from "./policies.ts";

const own = "123456789012";
const other = "999999999999";
const iam = (path: string, account = own): string => `arn:aws:iam::${account}:${path}`;
const session = `arn:aws:sts::${own}:assumed-role/app/i-0a1b2c3d`;

function statement(principal: object, effect: "Allow" | "Deny" = "Allow"): Statement {
  const policy = { Effect: effect, Action: "dynamodb:*", Resource: "*", ...principal };
  const [first] = document(policy, undefined, "resource").policy.statements;
  if (first === undefined) throw new Error("no statement");
  return first;
}

function ways(principal: object, caller: string | null, context: object = {}, effect: "Allow" | "Deny" = "Allow") {
  const asked = { action: "dynamodb:GetItem", resource: "*", context: new Map(Object.entries(context)) };
  return waysOf(statement(principal, effect), principalOf({ ...asked, principal: caller }), "resource");
}

describe("a Principal element", () => {
  it.each<[sentence: string, principal: unknown, caller: string | null, ways: readonly string[]]>([
    ["* is everyone", "*", iam("user/ann", other), ["everyone"]],
    ["* is who has not signed, too", "*", null, ["everyone"]],
    ["* is a service, too", "*", "lambda.amazonaws.com", ["everyone"]],
    ['{"AWS": "*"} is the same', { AWS: "*" }, null, ["everyone"]],
    ["an account's number is its users", { AWS: own }, iam("user/ann"), ["account"]],
    ["and its roles' sessions", { AWS: own }, session, ["account"]],
    ["its root is the whole account, too", { AWS: iam("root") }, iam("user/ann"), ["account"]],
    ["in any partition", { AWS: own }, `arn:aws-cn:iam::${own}:user/ann`, ["account"]],
    ["another account is not", { AWS: other }, iam("user/ann"), []],
    ["an account is nobody who has not signed", { AWS: own }, null, []],
    ["an account is no service", { AWS: own }, "lambda.amazonaws.com", []],
    ["a user is that user", { AWS: iam("user/ann") }, iam("user/ann"), ["user"]],
    ["a user is no other of the same name", { AWS: iam("user/ann") }, iam("user/ann", other), []],
    ["letter case counts", { AWS: iam("user/Ann") }, iam("user/ann"), []],
    ["a path counts", { AWS: iam("user/ann") }, iam("user/team/ann"), []],
    ["a role is its sessions", { AWS: iam("role/app") }, session, ["role"]],
    ["a role with a path as well", { AWS: iam("role/team/app") }, session, ["role"]],
    ["a role is not its account", { AWS: iam("role/app") }, iam("user/ann"), []],
    ["a session is that one", { AWS: session }, session, ["session"]],
    ["a session is no other of its role", { AWS: session }, session.replace("i-0a", "i-0b"), []],
    ["a session is not all of its role", { AWS: session }, iam("role/app"), []],
    ["a list is any of them", { AWS: [other, iam("user/ann"), own] }, iam("user/ann"), ["user", "account"]],
    ["a service is that service", { Service: "lambda.amazonaws.com" }, "lambda.amazonaws.com", ["service"]],
    ["a service is no other", { Service: "lambda.amazonaws.com" }, "s3.amazonaws.com", []],
    ["a service is no user", { Service: "lambda.amazonaws.com" }, iam("user/ann"), []],
    ["a group is nobody", { AWS: iam("group/admins") }, iam("user/ann"), []],
    ["a deleted user is nobody", { AWS: "AIDAJQABLZS4A3QDU576Q" }, iam("user/ann"), []],
    ["a deleted role is nobody", { AWS: "AROAJQABLZS4A3QDU576Q" }, session, []],
    ["an account's root user is the account", { AWS: own }, iam("root"), ["account"]],
    ["a federated user is that one", { AWS: `arn:aws:sts::${own}:federated-user/ann` }, iam("user/ann"), []],
  ])("%s", (_, principal, caller, expected) => {
    expect(ways({ Principal: principal }, caller)).toEqual(expected);
  });

  it("of a provider is whoever came from it, by whatever role", () => {
    const cognito = { Principal: { Federated: "cognito-identity.amazonaws.com" } };
    const from = { "aws:FederatedProvider": ["cognito-identity.amazonaws.com"] };
    expect(ways(cognito, iam("role/app", other), from)).toEqual(["provider"]);
    expect(ways(cognito, iam("role/app", other))).toEqual([]);
  });

  it("of a role is the role that aws:PrincipalArn tells, where a session's ARN leaves out its path", () => {
    const context = { "aws:PrincipalArn": [iam("role/team/app")] };
    expect(ways({ Principal: { AWS: iam("role/team/app") } }, session, context)).toEqual(["role"]);
    expect(ways({ Principal: { AWS: iam("role/app") } }, session, context)).toEqual([]);
  });
});

describe("a NotPrincipal element", () => {
  const listed = (...AWS: readonly string[]) => ({ NotPrincipal: { AWS } });

  it.each<[sentence: string, principal: object, caller: string | null, isMeant: boolean]>([
    ["allows everybody else", listed(iam("user/ann")), iam("user/bob"), true],
    ["allows other accounts", listed(own), iam("user/bob", other), true],
    ["allows who has not signed", listed(own), null, true],
    ["allows services", listed(own), "lambda.amazonaws.com", true],
    ["does not allow whom it names", listed(iam("user/ann")), iam("user/ann"), false],
    ["nor the account that it names", listed(own), iam("user/ann"), false],
    ["nor the sessions of a role", listed(iam("role/app")), session, false],
    ["names nobody by a deleted user's id", listed("AIDAJQABLZS4A3QDU576Q"), iam("user/ann"), true],
  ])("of an Allow %s", (_, principal, caller, isMeant) => {
    expect(ways(principal, caller)).toEqual(isMeant ? ["everyone"] : []);
  });

  it.each<[sentence: string, principal: object, caller: string | null, isMeant: boolean]>([
    ["spares whom it names with the account", listed(iam("user/ann"), own), iam("user/ann"), false],
    ["catches whom it names without the account", listed(iam("user/ann")), iam("user/ann"), true],
    ["catches others of the account", listed(iam("user/ann"), own), iam("user/bob"), true],
    ["catches all users of an account alone", listed(own), iam("user/ann"), true],
    ["spares the root user of an account", listed(own), iam("root"), false],
    ["spares a role's sessions", listed(iam("role/app"), own), session, false],
    ["spares a service", { NotPrincipal: { Service: "s3.amazonaws.com" } }, "s3.amazonaws.com", false],
    ["catches other services", { NotPrincipal: { Service: "s3.amazonaws.com" } }, "lambda.amazonaws.com", true],
    ["catches who has not signed", listed(own), null, true],
    ["of everyone spares everyone", { NotPrincipal: "*" }, iam("user/ann"), false],
  ])("of a Deny %s", (_, principal, caller, isMeant) => {
    expect(ways(principal, caller, {}, "Deny")).toEqual(isMeant ? ["everyone"] : []);
  });
});

it("at a gateway endpoint an account is its root user alone", () => {
  const meant = (caller: string): number =>
    waysOf(
      statement({ Principal: { AWS: own } }),
      principalOf({ principal: caller, action: "", resource: "*", context: new Map() }),
      "gateway",
    ).length;
  expect([iam("user/ann"), session, iam("root")].map(meant)).toEqual([0, 0, 1]);
});

it("tells deleted principals by statement, and forms that it does not know", () => {
  const { policy } = document(
    [
      { Effect: "Allow", Principal: { AWS: ["AIDAJQABLZS4A3QDU576Q", own] }, Action: "dynamodb:*" },
      { Effect: "Deny", NotPrincipal: { AWS: "AROAJQABLZS4A3QDU576Q" }, Action: "dynamodb:*" },
    ],
    undefined,
    "resource",
  );
  expect(deletedPrincipals(policy)).toEqual([
    { index: 0, id: "AIDAJQABLZS4A3QDU576Q" },
    { index: 1, id: "AROAJQABLZS4A3QDU576Q" },
  ]);
  expect(letsInUnknown(policy)).toBe(false);
  const unknown = (principal: object, effect: "Allow" | "Deny"): boolean =>
    letsInUnknown({ version: "2012-10-17", statements: [statement(principal, effect)] });
  expect(unknown({ Principal: { CanonicalUser: "79a59df900b949e5" } }, "Allow")).toBe(true);
  expect(unknown({ Principal: { AWS: "somebody" } }, "Deny")).toBe(false);
  expect(unknown({ NotPrincipal: { AWS: "somebody" } }, "Deny")).toBe(true);
});

describe("laws of principals", () => {
  const values = [own, other, iam("root"), iam("user/ann"), iam("role/app"), session, "AIDAJQABLZS4A3QDU576Q"];
  const some = fc.subarray(values, { minLength: 1 });
  const caller = fc.constantFrom(
    iam("user/ann"),
    iam("user/bob", other),
    session,
    iam("root"),
    "s3.amazonaws.com",
    null,
  );

  it("everyone is either named by a Principal or allowed by the same NotPrincipal", () => {
    void fc.assert(
      fc.property(some, caller, (AWS, who) => {
        expect(ways({ Principal: { AWS } }, who).length > 0).toBe(ways({ NotPrincipal: { AWS } }, who).length === 0);
      }),
    );
  });

  it("whom a Deny spares its Principal names, and naming more people spares more", () => {
    void fc.assert(
      fc.property(some, some, caller, (AWS, more, who) => {
        const spares = (list: readonly string[]): boolean =>
          ways({ NotPrincipal: { AWS: list } }, who, {}, "Deny").length === 0;
        if (spares(AWS)) {
          expect(ways({ Principal: { AWS } }, who)).not.toEqual([]);
          expect(spares([...AWS, ...more])).toBe(true);
        }
      }),
    );
  });
});
