/**
 * What the keys of a request hold that say who calls, whose the table is, and by which way the request came: for one
 * caller, fixed or free (IAM user guide, global condition keys). All other keys are as in any request to DynamoDB.
 */
import { type KeyDomain, onlyAbsent, type ValueDomain } from "./domains.ts";
import { narrowed } from "./language.ts";
import { accountShape, orgPathShape, orgShape, type Party, pathsIn } from "./parties.ts";
import { anyOne, anyRun, codesOf, isLoop, type Pattern, pattern, segmentOne, segmentRun } from "./pattern.ts";

/** By `keyName`: what the key is, given what it is in a request of the action by anybody. */
export type PartyKeys = ReadonlyMap<string, (base: KeyDomain) => KeyDomain>;

type Entry = readonly [key: string, domain: (base: KeyDomain) => KeyDomain];

/** The key is this, whatever it is in others' requests. */
export const is = (key: string, domain: KeyDomain): Entry => [key, () => domain];
/** Keys ending with `/` stand for all that begin so and are not told by themselves. */
export const isNever = (...keys: readonly string[]): readonly Entry[] => keys.map((key) => is(key, onlyAbsent));
export const value = (text: string): KeyDomain => ({ absent: false, present: listed(text) });
const listed = (...candidates: readonly string[]): ValueDomain => ({ kind: "finite", candidates, complete: true });
const texts = (shapes: readonly Pattern[], without: readonly Pattern[]): ValueDomain => ({
  kind: "text",
  within: [shapes],
  without,
});
const literals = (all: readonly string[]): readonly Pattern[] => all.map((text) => pattern(codesOf(text)));

/** What only a service principal's request carries. */
const ofServices = [
  "aws:principalservicename",
  "aws:principalservicenameslist",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "aws:sourceowner",
];
/** What only a signed request of an account's principal carries. */
const ofSigned = [
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:userid",
  "aws:username",
  "aws:sourceidentity",
  "aws:federatedprovider",
  "aws:tokenissuetime",
  "aws:multifactorauthpresent",
  "aws:multifactorauthage",
  "aws:assumedroot",
  "aws:ec2instancesourcevpc",
  "aws:ec2instancesourceprivateipv4",
  "aws:principaltag/",
];

/** A user's name has none of the characters of paths and patterns (IAM user guide, names). */
const userName: KeyDomain = {
  absent: false,
  present: texts(
    [pattern([segmentOne, segmentRun])],
    [..."/*?$"].map((one) => pattern([anyRun, ...codesOf(one), anyRun])),
  ),
};

const principalTypes = { root: "Account", user: "User", role: "AssumedRole", federatedUser: "FederatedUser" } as const;

function organizationOf(whose: "principal" | "resource", { orgId }: Party): readonly Entry[] {
  const [id, paths] = [`aws:${whose}orgid`, `aws:${whose}orgpaths`];
  if (orgId === null) return isNever(id, paths);
  return [
    is(id, value(orgId)),
    is(paths, { absent: false, present: { kind: "set", every: texts([pathsIn(orgId)], []), some: [] } }),
  ];
}

/** A principal of an account.
 * @param arn what `aws:PrincipalArn` may be
 * @param provider of a session that comes from one */
export function keysOfPrincipal(
  party: Party,
  kind: keyof typeof principalTypes,
  arn: ValueDomain,
  provider: string | null,
): readonly Entry[] {
  return [
    is("aws:principalaccount", value(party.accountId)),
    is("aws:principalarn", { absent: false, present: arn }),
    is("aws:principaltype", value(principalTypes[kind])),
    is("aws:principalisawsservice", value("false")),
    ...organizationOf("principal", party),
    ...isNever(...ofServices),
    ...(kind === "user" ? [is("aws:username", userName)] : isNever("aws:username")),
    ...(provider === null ? [] : [is("aws:federatedprovider", value(provider))]),
  ];
}

/** Somebody who has not signed the request. */
export function keysOfNobody(): readonly Entry[] {
  return [
    ...isNever(...ofServices, ...ofSigned),
    is("aws:principaltype", { absent: true, present: listed("Anonymous") }),
    is("aws:principalisawsservice", { absent: true, present: listed("false") }),
  ];
}

/** An AWS service that acts for others, whoever they are: what it says of them is theirs, or it says nothing. A source in an
 * account is whose the account is; one without (a bucket's ARN) is somebody's by its name.
 * @param without accounts and organizations for which it may act
 * @param singled names of sources that the policy demands */
export function keysOfService(
  name: string,
  without: { readonly accounts: readonly string[]; readonly orgs: readonly string[] },
  singled: readonly Pattern[],
): readonly Entry[] {
  const names: KeyDomain["present"] = { kind: "set", every: listed(name), some: [listed(name)] };
  const excluded = literals(without.accounts);
  const sources = [accountShape.symbols, []].map(sourceArn);
  const trusted = without.accounts.map((account) => sourceArn(codesOf(account)));
  const orgPaths = texts([orgPathShape], without.orgs.map(pathsIn));
  return [
    ...isNever(...ofSigned, "aws:sourcevpc", "aws:sourcevpce", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths"),
    ...isNever("aws:vpcsourceip"),
    is("aws:principaltype", { absent: true, present: texts([pattern([anyRun])], []) }),
    is("aws:principalisawsservice", value("true")),
    is("aws:viaawsservice", value("false")),
    is("aws:principalservicename", value(name)),
    is("aws:principalservicenameslist", { absent: false, present: names }),
    is("aws:sourceaccount", { absent: true, present: texts([accountShape], excluded) }),
    is("aws:sourceowner", { absent: true, present: texts([accountShape], excluded) }),
    is("aws:sourcearn", { absent: true, present: texts(sources, [...trusted, ...singled]) }),
    is("aws:sourceorgid", { absent: true, present: texts([orgShape], literals(without.orgs)) }),
    is("aws:sourceorgpaths", { absent: true, present: { kind: "set", every: orgPaths, some: [] } }),
    // Where a service calls from is not said.
    ["aws:sourceip", ({ present }) => ({ absent: true, present })],
  ];
}

function sourceArn(account: readonly number[]): Pattern {
  const segment = [segmentOne, segmentRun];
  const place = [...codesOf("arn:"), ...segment, ...codesOf(":"), ...segment, ...codesOf(":"), segmentRun];
  return pattern([...place, ...codesOf(":"), ...account, ...codesOf(":"), anyOne, anyRun]);
}

const colon = 58;

/** What patterns of `aws:SourceArn` say of sources whose ARN has no account: those that name one, after the fifth colon. */
export function singledSources(patterns: readonly Pattern[]): readonly Pattern[] {
  return patterns.flatMap(({ symbols }) => {
    const colons = symbols.flatMap((symbol, at) => (symbol === colon ? [at] : []));
    const [fourth, fifth] = [colons[3], colons[4]];
    if (fourth === undefined || fifth === undefined) return [];
    const [account, name] = [symbols.slice(fourth + 1, fifth), symbols.slice(fifth + 1)];
    if (!account.every(isLoop) || !name.some((symbol) => symbol >= 0)) return [];
    return pattern([...symbols.slice(0, fourth + 1), ...symbols.slice(fifth)]);
  });
}

/** A table's account, organization and region. */
export function keysOfOwner(party: Party, region: string): readonly Entry[] {
  return [
    is("aws:resourceaccount", value(party.accountId)),
    is("aws:requestedregion", value(region)),
    ...organizationOf("resource", party),
  ];
}

/** A request from wherever the caller likes, but through no endpoint of these accounts and organizations. */
export function keysFromElsewhere(accounts: readonly string[], orgs: readonly string[]): readonly Entry[] {
  const except =
    (shape: Pattern, without: readonly Pattern[]) =>
    ({ absent, present }: KeyDomain): KeyDomain => {
      if (present === null) return { absent, present };
      const values = texts([shape], without);
      return { absent, present: present.kind === "set" ? { kind: "set", every: values, some: [] } : values };
    };
  return [
    // A service that calls for a foreign principal is no less foreign.
    is("aws:viaawsservice", { absent: false, present: listed("false", "true") }),
    ["aws:vpceaccount", except(accountShape, literals(accounts))],
    ["aws:vpceorgid", except(orgShape, literals(orgs))],
    ["aws:vpceorgpaths", except(orgPathShape, orgs.map(pathsIn))],
  ];
}

/** A request through one endpoint: it carries the endpoint's ids, and no public address. */
export function keysThroughEndpoint(endpointId: string, vpcId: string, accountId: string): readonly Entry[] {
  const always = ({ present }: KeyDomain): KeyDomain => ({ absent: false, present });
  return [
    is("aws:sourcevpce", value(endpointId)),
    is("aws:sourcevpc", value(vpcId)),
    is("aws:vpceaccount", value(accountId)),
    // Where the search is in a world without endpoints, there is no address, and so no request.
    ["aws:vpcsourceip", always],
    ...isNever("aws:sourceip"),
  ];
}

/** The endpoints of an account, and those of which a request may come through. */
export interface Endpoints {
  readonly accountId: string;
  readonly known: readonly Endpoint[];
  /** Of whatever account. */
  readonly allowedIds: readonly string[];
  readonly allowedVpcIds: readonly string[];
}

export interface Endpoint {
  readonly id: string;
  readonly vpcId: string;
}

export function isAllowedEndpoint({ id, vpcId }: Endpoint, { allowedIds, allowedVpcIds }: Endpoints): boolean {
  return allowedIds.includes(id) || allowedVpcIds.includes(vpcId);
}

/** The ways by which a request comes through none of the allowed endpoints: through no endpoint, through another of the
 * account's, and through one that the account does not know, in a VPC that it does not know. */
export function otherWays(endpoints: Endpoints): readonly (readonly Entry[])[] {
  const { accountId, known, allowedIds, allowedVpcIds } = endpoints;
  const others = known.filter((endpoint) => !isAllowedEndpoint(endpoint, endpoints));
  const except =
    (texts: readonly string[]) =>
    ({ present }: KeyDomain): KeyDomain =>
      present?.kind === "text"
        ? { absent: false, present: { kind: "text", ...narrowed(present, literals(texts), false) } }
        : none;
  return [
    throughNone,
    ...others.map(({ id, vpcId }) => keysThroughEndpoint(id, vpcId, accountId)),
    [
      ["aws:sourcevpce", except([...known.map(({ id }) => id), ...allowedIds])],
      ["aws:sourcevpc", except([...known.map(({ vpcId }) => vpcId), ...allowedVpcIds])],
      ["aws:vpceaccount", except([accountId])],
      ...isNever("aws:sourceip"),
    ],
  ];
}

/** A value that the key cannot have where it must be there: no request. */
const none: KeyDomain = { absent: false, present: null };

const throughNone: readonly Entry[] = [
  ...isNever(
    "aws:sourcevpce",
    "aws:sourcevpc",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:vpcsourceip",
  ),
  ["aws:sourceip", ({ present }) => ({ absent: false, present })],
];

export function partyKeys(...entries: readonly (readonly Entry[])[]): PartyKeys {
  return new Map(entries.flat());
}

/** What the key can be for this caller, given what it is for anybody. */
export function domainOf(keys: PartyKeys, key: string, base: KeyDomain): KeyDomain {
  return (keys.get(key) ?? keys.get(key.replace(/\/.*/, "/")))?.(base) ?? base;
}

/** The text that the key always is; undefined where it is absent, null where the caller may choose. */
export function fixedText(keys: PartyKeys, key: string): string | null | undefined {
  const { absent, present } = domainOf(keys, key, { absent: true, present: listed() });
  if (present === null) return undefined;
  const [only, ...others] = present.kind === "finite" ? present.candidates : [];
  return !absent && only !== undefined && others.length === 0 ? only : null;
}
