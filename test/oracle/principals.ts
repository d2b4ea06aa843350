/** Random policies of resources and endpoints, and who asks: few names, so that they meet. */
import fc from "fast-check";
import type { PolicySet as Parsed } from "../../lib/iam/evaluate.ts";
import { parsePolicy } from "../../lib/iam/parse.ts";
import type { Policy, PolicyKind } from "../../lib/iam/policy.ts";
import type { Request } from "../../lib/iam/request.ts";
import { listOf, type StatementJson } from "./documents.ts";
import { document, wide } from "./generate.ts";
import { parsed } from "./laws.ts";
import { type Aim, aimedRequest } from "./requests.ts";
import type { PolicySet } from "./simulate.ts";
import { account } from "./vocabulary.ts";

const other = "999999999999";
const user = `arn:aws:iam::${account}:user/ann`;
const role = `arn:aws:iam::${account}:role/app`;
const session = `arn:aws:sts::${account}:assumed-role/app/one`;

/** Callers, with what `aws:PrincipalArn` is of each. A role is asked about by its sessions: it never calls itself. */
const callers: readonly (readonly [caller: string, arn: string])[] = [
  [user, user],
  [session, role],
  [session.replace("one", "two"), role],
  [`arn:aws:iam::${other}:user/eve`, `arn:aws:iam::${other}:user/eve`],
  [`arn:aws:sts::${other}:assumed-role/app/one`, `arn:aws:iam::${other}:role/app`],
  ["redshift.amazonaws.com", ""],
];

const named: readonly unknown[] = [
  "*",
  { AWS: "*" },
  { AWS: account },
  { AWS: `arn:aws:iam::${other}:root` },
  { AWS: user },
  { AWS: role },
  { AWS: session },
  { AWS: [user, role, other] },
  { AWS: [`arn:aws:iam::${other}:user/eve`, account] },
  { AWS: `arn:aws:iam::${other}:role/app`, Service: "redshift.amazonaws.com" },
  { Service: ["redshift.amazonaws.com", "lambda.amazonaws.com"] },
];

/** The simulator takes nobody else in an endpoint's policy. */
const everyone: readonly unknown[] = ["*"];

/** Of a Deny only Principal: whom its NotPrincipal spares, the simulator has not been told ("need to test this"). */
function withPrincipals(text: fc.Arbitrary<string>, named: readonly unknown[]): fc.Arbitrary<string> {
  const someone = fc.record({
    who: fc.constantFrom(...named),
    not: fc.nat(9).map((one) => one === 0 && named !== everyone),
  });
  return fc.tuple(text, fc.array(someone, { minLength: 6, maxLength: 6 })).map(([json, all]) => {
    const { Version, Statement } = JSON.parse(json) as { Version?: string; Statement: StatementJson };
    const statements = listOf(Statement).map((statement, at) => {
      const { who, not } = all[at % all.length] ?? { who: "*", not: false };
      return { ...statement, [not && statement.Effect === "Allow" ? "NotPrincipal" : "Principal"]: who };
    });
    return JSON.stringify({ Version, Statement: statements });
  });
}

/** Documents without what the simulator cannot be asked of such policies: it checks these keys against its own data, and in
 * the way round that check it knows no endpoint; an ARN cut short is documented of identities' policies alone. */
function plain(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return text.filter(
    (json) => !/PartitionKeyValues|EnclosingOperation|cognito-identity|"arn:aws:dynamodb"/i.test(json),
  );
}

/** Documents of a resource alone. */
export function resourcePolicies(): fc.Arbitrary<string> {
  return withPrincipals(plain(document()), named);
}

/** An identity's policies, and at times a boundary, a resource's policy and an endpoint's. */
export function resourcePolicySets(): fc.Arbitrary<PolicySet> {
  const either = plain(fc.oneof(document(), wide()));
  const sometimes = (text: fc.Arbitrary<string>) => fc.option(text, { freq: 2, nil: undefined });
  return fc
    .record({
      identityPolicies: fc.array(either, { maxLength: 2 }),
      boundary: sometimes(either),
      resourcePolicy: withPrincipals(either, named),
      endpointPolicy: sometimes(withPrincipals(either, everyone)),
    })
    .map(({ identityPolicies, boundary, resourcePolicy, endpointPolicy }) => ({
      identityPolicies,
      ...(boundary === undefined ? {} : { boundary }),
      resourcePolicy,
      ...(endpointPolicy === undefined ? {} : { endpointPolicy }),
    }));
}

/** A request on a resource, by somebody: what it says of the caller is the caller's. */
export function requestBySomebody(set: PolicySet, aim: Aim): Request {
  // A boundary is an identity's, which a service has none of.
  const possible = set.boundary === undefined ? callers : callers.filter(([, arn]) => arn !== "");
  const [principal, arn] = possible[(aim.values[7] ?? 0) % possible.length] ?? [user, user];
  for (let step = 0; ; step++) {
    const request = aimedRequest(set, { ...aim, action: aim.action + step });
    if (request.resource === "*") continue;
    const context = new Map(request.context);
    const own = { "aws:principalarn": arn, "aws:principalaccount": arn.split(":")[4] ?? "" };
    for (const [key, text] of Object.entries(own)) {
      if (context.has(key) && text !== "") context.set(key, [text]);
      else context.delete(key);
    }
    return { ...request, principal, context };
  }
}

/** The policies as the product reads them; the resource's is that of whatever is asked for. */
export function parsedFor(set: PolicySet, { resource }: Pick<Request, "resource">): Parsed {
  const { resourcePolicy, endpointPolicy } = set;
  return {
    ...parsed(set),
    ...(resourcePolicy === undefined
      ? {}
      : { resource: { name: "resource", policy: read(resourcePolicy, "resource"), attachedTo: resource } }),
    ...(endpointPolicy === undefined
      ? {}
      : { endpoint: { name: "endpoint", policy: read(endpointPolicy, "endpoint"), type: "Interface" } }),
  };
}

export function read(text: string, kind: PolicyKind): Policy {
  const result = parsePolicy(text, kind);
  if ("faults" in result) throw new Error(`${text}: ${JSON.stringify(result.faults)}`);
  return result.policy;
}
