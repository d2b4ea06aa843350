/** Accounts and organizations: who is trusted, and which ones a policy can tell from all others. */
import { type Classes, classesOf, partsOf } from "./classes.ts";
import type { CompiledCondition } from "./conditions.ts";
import { patternsOf } from "./conditions.ts";
import { compiledStatements } from "./evaluate.ts";
import { anyRun, codesOf, digitOne, nameOne, nameRun, type Pattern, pattern } from "./pattern.ts";
import type { Policy } from "./policy.ts";
import { namedIn } from "./principals.ts";
import { rememberedFor } from "./remember.ts";
import { type Fill, patternOf, type Token, tokensOf } from "./tokens.ts";

/** Who may come in although they are not of the account. */
export interface Trust {
  readonly trustedAccounts: readonly string[];
  /** An organization that is not among them is not trusted, though a policy demands it and the account be in it. */
  readonly trustedOrgIds: readonly string[];
  /** With the wildcards of IAM's `ArnLike`; of a role's sessions the role's ARN. */
  readonly trustedPrincipalArns: readonly string[];
}

/** An account, and the organization that it is in. */
export interface Party {
  readonly accountId: string;
  readonly orgId: string | null;
  /** Whether no policy names the account: then it stands for any. */
  readonly isAny: boolean;
}

export const accountShape = pattern(Array.from({ length: 12 }, () => digitOne));
export const orgShape = pattern([...codesOf("o-"), nameOne, nameRun]);
/** From an organization's root down. */
export const orgPathShape = pattern([...orgShape.symbols, ...codesOf("/r-"), anyRun]);

const exampleAccounts = ["999999999999", "888888888888", "777777777777", "666666666666"];
const exampleOrgs = ["o-foreign000", "o-another000", "o-someother0"];

/** The keys of all conditions and variables. */
export const keysIn = rememberedFor(
  (policy: Policy): ReadonlySet<string> =>
    new Set([...conditionsIn(policy).map(({ key }) => key), ...variablesIn(policy)]),
);

function conditionsIn(policy: Policy): readonly CompiledCondition[] {
  return compiledStatements(policy).flatMap(({ conditions }) => conditions);
}

function variablesIn(policy: Policy): readonly string[] {
  return compiledStatements(policy)
    .flatMap(({ resource, conditions }) => [
      ...resource.tokens,
      ...conditions.flatMap(({ values }) => values.map(({ tokens }) => tokens)),
    ])
    .flat()
    .flatMap((token) => (token.kind === "variable" ? [token.key] : []));
}

/** What is known of no caller yet: a pattern with a variable is left to each. */
const nothingKnown: Fill = () => null;

/** What the conditions on a key compare it with. */
export function patternsOn(policy: Policy, key: string): readonly Pattern[] {
  return conditionsIn(policy)
    .filter((condition) => condition.key === key && condition.family === "string")
    .flatMap((condition) => patternsOf(condition, nothingKnown));
}

/** Numbers and the like compare in other ways than patterns do. */
function comparesAsText(policy: Policy, keys: readonly string[]): boolean {
  return conditionsIn(policy).every(
    ({ key, family }) => !keys.includes(key) || family === "string" || family === "null",
  );
}

/** The accounts that a policy tells apart by who calls. */
export function callingAccounts(policy: Policy, partition: string, without: readonly string[]): Classes {
  const named = namedIn(policy).flatMap((one) => ("accountId" in one && one.accountId !== null ? one.accountId : []));
  const ofArns = patternsOn(policy, "aws:principalarn").flatMap((one) =>
    ["iam", "sts"].flatMap((service) => partsOf(one, `arn:${partition}:${service}::`, ":")),
  );
  const patterns = [
    ...named.map((id) => pattern(codesOf(id))),
    ...ofArns,
    ...patternsOn(policy, "aws:principalaccount"),
  ];
  const classes = classesOf(patterns, { shape: accountShape, without, examples: exampleAccounts });
  return { ...classes, areAll: classes.areAll && comparesAsText(policy, ["aws:principalaccount", "aws:principalarn"]) };
}

/** The accounts that a policy tells apart by whose table it is.
 * @param places what comes before the account in the ARNs that are meant */
export function owningAccounts(policy: Policy, places: readonly string[], without: readonly string[]): Classes {
  const ofResources = compiledStatements(policy)
    .flatMap(({ resource }) => resource.tokens)
    .flatMap((tokens) => patternOf(tokens, tokens.length === 1 ? "like" : "arn", false, nothingKnown) ?? []);
  const patterns = [
    ...ofResources.flatMap((one) => places.flatMap((place) => partsOf(one, place, ":"))),
    ...patternsOn(policy, "aws:resourceaccount"),
  ];
  const classes = classesOf(patterns, { shape: accountShape, without, examples: exampleAccounts.toReversed() });
  return { ...classes, areAll: classes.areAll && comparesAsText(policy, ["aws:resourceaccount"]) };
}

/** The organizations that a policy tells apart, and none; one at choice where it does not speak of them.
 * @param whose of the caller's account, or of the table's */
export function organizations(
  policy: Policy,
  whose: "principal" | "resource",
  without: readonly string[],
): { readonly orgIds: readonly (string | null)[]; readonly areAll: boolean } {
  const [id, paths] = [`aws:${whose}orgid`, `aws:${whose}orgpaths`];
  const others = whose === "principal" ? "aws:resourceorgid" : "aws:principalorgid";
  const keys = keysIn(policy);
  if (!keys.has(id) && !keys.has(paths)) return { orgIds: [null], areAll: true };
  // What the two parties are compared with, each may be.
  const patterns = [
    ...[id, others].flatMap((key) => patternsOn(policy, key)),
    ...[paths, others.replace("id", "paths")]
      .flatMap((key) => patternsOn(policy, key))
      .flatMap((one) => partsOf(one, "", "/")),
  ];
  const examples = whose === "principal" ? exampleOrgs : exampleOrgs.toReversed();
  const { members, areAll } = classesOf(patterns, { shape: orgShape, without, examples });
  return { orgIds: [...members.map(({ text }) => text), null], areAll: areAll && comparesAsText(policy, [id, paths]) };
}

/** The trusted principals, as patterns of their ARNs. */
export function trustedArns({ trustedPrincipalArns }: Trust): readonly Pattern[] {
  const tokens: readonly (readonly Token[])[] = trustedPrincipalArns.map((text) => tokensOf(text, false));
  return tokens.flatMap((one) => patternOf(one, "arn", false, nothingKnown) ?? []);
}

/** All paths in an organization, from its root down. */
export function pathsIn(orgId: string): Pattern {
  return pattern([...codesOf(`${orgId}/r-`), anyRun]);
}
