/** Is there a request by this caller that a policy about other people's doings lets through: a resource's, an endpoint's? */
import { oneOfEachKind } from "./alike.ts";
import { findAllowedRequest } from "./allowed-request.ts";
import type { Calling } from "./callers.ts";
import type { NamedPolicy } from "./evaluate.ts";
import { freeOnly } from "./free-request.ts";
import { keyInfo, keyName } from "./keys.ts";
import { domainOf, fixedText, type PartyKeys } from "./party-keys.ts";
import { codesOf } from "./pattern.ts";
import type { Policy, Statement } from "./policy.ts";
import { addressedTo, type Door, letsInUnknown } from "./principals.ts";
import { remembered } from "./remember.ts";
import type { Request } from "./request.ts";
import type { Place } from "./resources.ts";
import { resourcePatterns } from "./search.ts";
import { type Fill, tokensOf } from "./tokens.ts";
import type { Caller } from "./variables.ts";
import type { Witness } from "./witness.ts";

/** A request, and who makes it. */
export interface ForeignWitness extends Witness {
  readonly caller: "nobody" | "service" | "principal";
  /** The account of a principal; null for the others. */
  readonly accountId: string | null;
  /** Whether anybody in any account could make it, since the policy does not name the account. */
  readonly isAnyAccount: boolean;
}

export interface AskedOf {
  readonly policy: NamedPolicy;
  readonly door: Door;
  readonly calling: Calling;
  /** What the resource and the way to it say. */
  readonly surroundings: PartyKeys;
  readonly actions: readonly string[];
  readonly places: (action: string) => readonly Place[];
  readonly partition: string;
  readonly now: number;
  /** Keys that restrain a caller who is not meant; null: none does. */
  readonly bindingKeys: ((key: string) => boolean) | null;
  /** Whether plain evaluation allows it too, whatever the caller's own account says. */
  readonly isAllowed: (request: Request) => boolean;
}

export type Found = ForeignWitness | "none" | "undecided";

/** The first request that is found by any of the callers asked about.
 * @param areAll whether they stand for all who are meant */
export function findRequest(policy: Policy, asks: Iterable<AskedOf>, areAll: boolean): Found {
  let undecided = letsInUnknown(policy);
  for (const asked of asks) {
    const addressed = addressedTo(policy, asked.calling.principal, asked.door);
    if (!addressed.statements.some(({ effect }) => effect === "Allow")) continue;
    const found = findRequestBy(asked, addressed);
    if (typeof found === "object") return found;
    // Whom the callers leave out is spoken to as those are whom nothing names.
    undecided ||= found === "undecided" || !areAll;
  }
  return undecided ? "undecided" : "none";
}

function findRequestBy(asked: AskedOf, addressed: Policy): Found {
  const { policy, calling, surroundings } = asked;
  const keys: PartyKeys = new Map([...surroundings, ...calling.keys]);
  const found = search(asked, { ...policy, policy: addressed }, keys);
  if (found !== "none") return found === "undecided" ? found : confirmed(asked, keys, found);
  // What a caller may choose to be, as a tag of its own, a search takes for a value like no other.
  const relaxed = withoutChoices(addressed, keys);
  return relaxed === addressed || search(asked, { ...policy, policy: relaxed }, keys) === "none" ? "none" : "undecided";
}

function search(
  { calling, partition, now, actions, places, bindingKeys }: AskedOf,
  policy: NamedPolicy,
  keys: PartyKeys,
): Witness | "none" | "undecided" {
  const { principal, party } = calling;
  const kind = principal.kind === "user" || principal.kind === "anonymous" ? "user" : "role";
  const caller: Caller = {
    arn: principal.sessionArn ?? calling.name,
    kind: principal.kind === "root" || principal.kind === "service" ? "either" : kind,
    accountId: party?.accountId ?? null,
    partition,
    known: new Map(
      [...keys.keys()].flatMap((key) => {
        const text = fixedText(keys, key);
        return text == null ? [] : [[key, text] as const];
      }),
    ),
  };
  const known =
    (otherwise: Fill): Fill =>
    (key, fallback) => {
      const text = fixedText(keys, key);
      if (text === undefined) return fallback === null ? null : codesOf(fallback);
      return text === null ? otherwise(key, fallback) : codesOf(text);
    };
  const policies = { identity: [policy], boundary: null };
  return findAllowedRequest(
    policies,
    { actions: oneOfEachKind(policy.policy, actions), places, caller, now },
    (draft) => {
      const demanded = { resource: known(draft.demanded.resource), condition: known(draft.demanded.condition) };
      const own = {
        ...draft,
        demanded,
        domainOf: remembered((key: string) => domainOf(keys, key, draft.domainOf(key))),
      };
      const narrower = bindingKeys === null ? {} : freeOnly(own, bindingKeys);
      return {
        ...narrower,
        resources: (statement) => resourcePatterns(statement, demanded.resource),
        domainOf: own.domainOf,
        fill: known(draft.reading.fill),
        demanded,
      };
    },
  );
}

/** The witness with its caller's own ARN, where plain evaluation of the whole policy allows it. */
function confirmed({ calling, isAllowed }: AskedOf, keys: PartyKeys, witness: Witness): ForeignWitness | "undecided" {
  const context = new Map<string, readonly string[]>();
  for (const key of keys.keys()) {
    const text = fixedText(keys, key);
    if (text != null) context.set(key, [text]);
  }
  for (const [key, value] of Object.entries(witness.context)) {
    if (value === null) context.delete(keyName(key));
    else context.set(keyName(key), typeof value === "string" ? [value] : value);
  }
  const principal = callerIn(calling, context);
  if (principal === "incoherent" || !isCoherentSource(context)) return "undecided";
  if (calling.party !== null && !context.has("aws:principalarn")) {
    context.set("aws:principalarn", [calling.principal.sessionArn === null ? (principal ?? "") : (calling.name ?? "")]);
  }
  const { action, resource } = witness;
  if (!isAllowed({ principal, action, resource, context })) return "undecided";
  return {
    ...witness,
    principal,
    caller: calling.party !== null ? "principal" : calling.name === null ? "nobody" : "service",
    accountId: calling.party?.accountId ?? null,
    isAnyAccount: calling.party?.isAny ?? false,
  };
}

/** The caller's ARN as the request says it; a user's name is the end of it (IAM user guide, aws:username). */
function callerIn({ principal, name }: Calling, context: Request["context"]): string | null {
  const [arn] = context.get("aws:principalarn") ?? [];
  const [username] = context.get("aws:username") ?? [];
  const found = principal.sessionArn ?? arn ?? name;
  if (principal.kind !== "user" || username === undefined || found === null) return found;
  if (found.split("/").at(-1) === username) return found;
  return arn === undefined && /^[\w+=,.@-]+$/.test(username) ? found.replace(/[^/]*$/, username) : "incoherent";
}

/** What a service says of whom it acts for is of one account. */
function isCoherentSource(context: Request["context"]): boolean {
  const account = context.get("aws:sourcearn")?.[0]?.split(":")[4] ?? "";
  const said = context.get("aws:sourceaccount")?.[0] ?? account;
  return account === "" || account === said;
}

/** The policy with all allowed, and nothing denied, that hangs on a variable which the caller may choose: whom this lets in
 * nowhere, the policy does not. */
function withoutChoices(policy: Policy, keys: PartyKeys): Policy {
  if (policy.version !== "2012-10-17") return policy;
  const isOpen = (text: string): boolean =>
    tokensOf(text, true).some((token) => token.kind === "variable" && isChosen(token.key, keys));
  const anyText = (text: string): string => text.replace(/\$\{[^}]*\}/g, (one) => (isOpen(one) ? "*" : one));
  const hangs = ({ resource, conditions }: Statement): boolean =>
    [...(resource?.patterns ?? []), ...conditions.flatMap(({ values }) => values)].some(isOpen);
  if (!policy.statements.some(hangs)) return policy;
  const statements = policy.statements.flatMap((statement): readonly Statement[] => {
    const { effect, resource, conditions } = statement;
    if (!hangs(statement)) return [statement];
    if (effect === "Deny") return [];
    const patterns = resource?.not ? resource.patterns.filter((one) => !isOpen(one)) : resource?.patterns.map(anyText);
    return [
      {
        ...statement,
        resource: resource === null ? null : { ...resource, patterns: patterns ?? [] },
        conditions: conditions.filter(({ values }) => !values.some(isOpen)),
      },
    ];
  });
  return { ...policy, statements };
}

/** Whether a variable has a value that the caller can be given, or give. */
function isChosen(key: string, keys: PartyKeys): boolean {
  return keyInfo(key) !== null && fixedText(keys, key) === null;
}
