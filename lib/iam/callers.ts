/** Who could call, one of each kind that a policy can tell from all others: principals of accounts, services, nobody. */
import { classesOf, isOneOf } from "./classes.ts";
import type { ValueDomain } from "./domains.ts";
import { exampleOf, isIn } from "./language.ts";
import { keysIn, type Party, patternsOn } from "./parties.ts";
import {
  keysOfNobody,
  keysOfPrincipal,
  keysOfService,
  type PartyKeys,
  partyKeys,
  singledSources,
} from "./party-keys.ts";
import {
  codesOf,
  isLiteral,
  matches,
  nameOne,
  nameRun,
  type Pattern,
  pattern,
  segmentOne,
  segmentRun,
} from "./pattern.ts";
import type { Policy } from "./policy.ts";
import { type NamedPrincipal, namedIn, type Principal, roleOfSession } from "./principals.ts";

/** One who stands for all alike. */
export interface Calling {
  readonly principal: Principal;
  /** An example of its `aws:PrincipalArn`, or a service's name; null for nobody. */
  readonly name: string | null;
  /** Null for a service, and for nobody. */
  readonly party: Party | null;
  readonly keys: PartyKeys;
}

/** Keys by which kinds of principals differ; where a policy speaks of none, a role is as good as any. */
const telling =
  /^aws:(principalarn|principaltype|userid|username|tokenissuetime|multifactorauth.*|sourceidentity|assumedroot|federatedprovider)$/;

type Kind = "role" | "user" | "root" | "federatedUser";

/** The principals of an account that the policy does not name: of each kind that it can tell from others.
 * @param trusted patterns of ARNs that are not meant */
export function principalsOf(
  policy: Policy,
  party: Party,
  partition: string,
  trusted: readonly Pattern[],
): readonly Calling[] {
  const tellsKinds = [...keysIn(policy)].some((key) => telling.test(key));
  // An account is its root user where the policy is a gateway endpoint's.
  const isNamed = namedIn(policy).some((one) => one.kind === "account" && one.accountId === party.accountId);
  const kinds: readonly Kind[] = tellsKinds ? ["role", "user", "root", "federatedUser"] : ["role"];
  const arn = (path: string, service = "iam"): string => `arn:${partition}:${service}::${party.accountId}:${path}`;
  const beginnings = {
    role: arn("role/"),
    user: arn("user/"),
    root: arn("root"),
    federatedUser: arn("federated-user/", "sts"),
  };
  const named = namedIn(policy).flatMap((one) => ("arn" in one ? literal(one.arn) : []));
  return [...kinds, ...(isNamed && !tellsKinds ? (["root"] as const) : [])].flatMap((kind) => {
    const beginning = codesOf(beginnings[kind]);
    const shape = pattern(kind === "root" ? beginning : [...beginning, segmentOne, segmentRun]);
    const domain: ValueDomain = { kind: "text", within: [[shape]], without: [...trusted, ...named] };
    return signed(party, kind, domain, `${beginnings[kind]}any-${kind.replace("federatedUser", "user")}`, {});
  });
}

/** Those of an account whom a policy names: a user, a role's sessions, one session, a federated user. */
export function namedPrincipals(policy: Policy, party: Party, trusted: readonly Pattern[]): readonly Calling[] {
  return unique(namedIn(policy)).flatMap((one) => {
    if (!("arn" in one) || one.accountId !== party.accountId || isOneOf(one.arn, trusted)) return [];
    if (one.kind !== "session")
      return signed(party, one.kind, { ...noTexts, within: [[literal(one.arn)]] }, one.arn, {});
    const role = roleOfSession(one.arn);
    // A session's ARN leaves out the path of its role, whose name is the only one in its account all the same.
    const [beginning = "", name = ""] = role.split(/(?<=:role\/)/);
    const withPath = pattern([...codesOf(beginning), segmentOne, segmentRun, ...codesOf(`/${name}`)]);
    const isTrusted = trusted.some((arn) => isLiteral(arn) && matches(withPath, arn.symbols)) || isOneOf(role, trusted);
    const domain = { ...noTexts, within: [[literal(role), withPath]], without: trusted };
    return isTrusted ? [] : signed(party, "role", domain, role, { sessionArn: one.arn });
  });
}

const noTexts = { kind: "text", within: [], without: [] } as const;

/** Sessions of an account that come from an identity provider that the policy names; of its own only, where it has one. */
export function providerSessions(
  policy: Policy,
  party: Party,
  partition: string,
  trusted: readonly Pattern[],
): readonly Calling[] {
  const providers = namedIn(policy).flatMap((one) => {
    if (one.kind === "everyProvider") return anyProvider;
    return one.kind === "provider" && (one.accountId ?? party.accountId) === party.accountId ? one.provider : [];
  });
  const beginning = `arn:${partition}:iam::${party.accountId}:role/`;
  const shape = pattern([...codesOf(beginning), segmentOne, segmentRun]);
  const arn = { kind: "text", within: [[shape]], without: trusted } as const;
  return [...new Set(providers)].flatMap((provider) =>
    signed(party, "role", arn, `${beginning}any-role`, { provider }),
  );
}

/** Where all are let in, one of them stands for the others, but for what a policy says of each. */
const anyProvider = "accounts.google.com";

interface Origin {
  readonly sessionArn?: string;
  readonly provider?: string;
}

function signed(
  party: Party,
  kind: Kind,
  arn: ValueDomain & { readonly kind: "text" },
  readable: string,
  { sessionArn, provider }: Origin,
): readonly Calling[] {
  const example = isIn(arn, codesOf(readable)) ? { text: codesOf(readable) } : exampleOf(arn);
  if (typeof example === "string") return [];
  const name = String.fromCharCode(...example.text);
  const principal: Principal = {
    kind,
    name,
    accountId: party.accountId,
    sessionArn: sessionArn ?? null,
    provider: provider ?? null,
  };
  const keys = partyKeys(keysOfPrincipal(party, kind, arn, provider ?? null));
  return [{ principal, name, party, keys }];
}

const anyService = "any-service.amazonaws.com";
const serviceShape = pattern([nameOne, nameRun, ...codesOf(".amazonaws.com")]);

/** AWS services that the policy names or tells apart, and one that it does not know, each acting for whoever is not meant
 * by `without`. */
export function servicesFor(
  policy: Policy,
  without: { readonly accounts: readonly string[]; readonly orgs: readonly string[] },
): { readonly callings: readonly Calling[]; readonly areAll: boolean } {
  const named = namedIn(policy).flatMap((one) => (one.kind === "service" ? one.service : []));
  const demanded = ["aws:principalservicename", "aws:principalservicenameslist"].flatMap((key) =>
    patternsOn(policy, key),
  );
  const { members, areAll } = classesOf(demanded, { shape: serviceShape, without: named, examples: [anyService] });
  const singled = singledSources(patternsOn(policy, "aws:sourcearn"));
  const names = new Set([...named, ...members.map(({ text }) => text)]);
  const callings = [...names].map(
    (name): Calling => ({
      principal: { kind: "service", name, accountId: null, sessionArn: null, provider: null },
      name,
      party: null,
      keys: partyKeys(keysOfService(name, without, singled)),
    }),
  );
  return { callings, areAll };
}

export const nobody: Calling = {
  principal: { kind: "anonymous", name: null, accountId: null, sessionArn: null, provider: null },
  name: null,
  party: null,
  keys: partyKeys(keysOfNobody()),
};

function literal(text: string): Pattern {
  return pattern(codesOf(text));
}

function unique(named: readonly NamedPrincipal[]): readonly NamedPrincipal[] {
  return [...new Map(named.map((one) => [JSON.stringify(one), one])).values()];
}
