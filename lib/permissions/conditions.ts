/** Which of somebody's requests for items nothing restrains (docs, definitions 1 to 9). Pure. */
import type { IamFacts } from "../account/iam-facts.ts";
import { actionsNamed, actionsOf, dataActions, noActions, setOfActions } from "../iam/actions.ts";
import { findAllowedRequest } from "../iam/allowed-request.ts";
import { allPolicies, compiledStatements } from "../iam/evaluate.ts";
import { findFreeRequest } from "../iam/free-request.ts";
import { keyInfo, keyName } from "../iam/keys.ts";
import { parsePolicy } from "../iam/parse.ts";
import { findRetag, type Retag } from "../iam/retag.ts";
import { isIdentityVariable } from "../iam/variables.ts";
import { matchesWildcard } from "../iam/wildcard.ts";
import type { Witness } from "../iam/witness.ts";
import type { ReasonKind } from "../rule.ts";
import { type Assessment, assessed, type Told } from "./assessment.ts";
import { actionSet, itemActions, splitActions, type Written } from "./edit.ts";
import { type Holding, holdingOf, policySetOf, statementAt } from "./holding.ts";
import type { Mending } from "./mend.ts";
import { restrainedWays } from "./narrow-conditions.ts";
import type { Stated } from "./narrow-privilege.ts";
import { everyOffence, type Offence, placesAllowing } from "./offences.ts";
import { requestOf, statementsOf } from "./wording.ts";

export interface ConditionDemands {
  /** Keys that count as binding, `aws:PrincipalTag/*` for all of a kind; none: all that the definition names. */
  readonly requiredConditionKeys: readonly string[];
  readonly judge: "all" | "conditioned";
}

export const conditionReasons = {
  conditionRestrainsNothing: {
    severity: "HIGH",
    says: "its condition restrains nothing",
    why: "The policy looks restricted and is not: this request is allowed whoever makes it, wherever it comes from.",
  },
  tagsItself: {
    severity: "HIGH",
    says: "may set that tag itself",
    why: "A tag restrains nobody who may set it: whoever holds the policy tags the table, and then reads it.",
  },
  otherKey: {
    severity: "MEDIUM",
    says: "bound by none of the required keys",
    why: "The parameter requiredConditionKeys demands other conditions than those that restrain this request.",
  },
  noCondition: {
    severity: "LOW",
    says: "a condition is wanted",
    why: "Stolen credentials work from everywhere and for every item; a condition would restrain them.",
  },
  unattached: {
    severity: "LOW",
    says: "attached to nobody",
    why: "It grants nothing yet; whoever attaches it grants requests that nothing restrains.",
  },
} as const satisfies Readonly<Record<string, ReasonKind>>;

export function assessConditions(facts: IamFacts, demands: ConditionDemands): Assessment {
  const holding = holdingOf(facts);
  if (demands.judge === "conditioned" && holding.unread === null && conditionKeys(holding).length === 0) {
    const notApplicable = "carries no condition on DynamoDB (judge is conditioned)";
    return { findings: [], unread: null, notApplicable, complies: "" };
  }
  return assessed(facts, holding, {
    ...findingsOf(facts, holding, demands),
    unattached: { code: "unattached", wanted: `restrict it: ${conditionReasons.unattached.says}` },
    judged: { actions: dataActions, words: "allows no request for items" },
    complies: () => complianceOf(holding, demands),
  });
}

/** Whether a key counts, by `keyName`. */
function counts({ requiredConditionKeys: required }: ConditionDemands, key: string): boolean {
  return (
    keyInfo(key)?.binding != null &&
    (required.length === 0 || required.some((one) => matchesWildcard(keyName(one), key)))
  );
}

function findingsOf(
  facts: IamFacts,
  holding: Holding,
  demands: ConditionDemands,
): { readonly findings: readonly Told[]; readonly undecided: boolean } {
  const { caller, now } = holding;
  const asked = { actions: dataActions, caller, now, bindingKeys: (key: string) => counts(demands, key) };
  const policies = policySetOf(holding);
  const free = everyOffence<Witness>(
    policies,
    (rest) => findFreeRequest(rest, asked),
    (witness) => witness,
  );
  if (free.offences.length > 0) {
    const isBoundOtherwise =
      demands.requiredConditionKeys.length > 0 && findFreeRequest(policies, { ...asked, bindingKeys: null }) === "none";
    const findings = free.offences.map((offence) => freeFound(facts, holding, offence, demands, isBoundOtherwise));
    return { findings: worstFirst(findings), undecided: free.undecided };
  }
  const speaksOfTags = conditionKeys(holding).some((key) => keyName(key).startsWith("aws:resourcetag/"));
  if (!speaksOfTags) return { findings: [], undecided: free.undecided };
  const tags = everyOffence<Retag>(
    policies,
    (rest) => findRetag(rest, asked),
    ({ request }) => request,
  );
  return {
    findings: tags.offences.map((offence) => tagsFound(facts, holding, offence)),
    undecided: free.undecided || tags.undecided,
  };
}

function freeFound(
  facts: IamFacts,
  holding: Holding,
  { found: witness, places }: Offence<Witness>,
  demands: ConditionDemands,
  isBoundOtherwise: boolean,
): Told {
  const found = `${statementsOf(facts, holding, places)} allows ${requestOf(witness)}`;
  if (isBoundOtherwise) {
    const { says } = conditionReasons.otherKey;
    return { code: "otherKey", found, wanted: `${says} (requiredConditionKeys)`, witness, places };
  }
  const keys = places.map((place) => statementAt(holding, place)?.conditions.map(({ key }) => key) ?? []);
  if (keys.some(({ length }) => length === 0)) {
    return { code: "noCondition", found, wanted: conditionReasons.noCondition.says, witness, places };
  }
  const wanted = conditionReasons.conditionRestrainsNothing.says;
  return {
    code: "conditionRestrainsNothing",
    found: `${found}${contextInWords(witness, keys.flat(), demands)}`,
    wanted,
    witness,
    places,
  };
}

function tagsFound(facts: IamFacts, holding: Holding, { found: { request, tagging }, places }: Offence<Retag>): Told {
  const tag = Object.keys(request.context).find((key) => keyName(key).startsWith("aws:resourcetag/")) ?? "a tag";
  return {
    code: "tagsItself",
    found: `${statementsOf(facts, holding, places)} allows ${requestOf(request)} by ${tag}`,
    wanted: `${conditionReasons.tagsItself.says} (${tagging.action})`,
    witness: request,
    places,
    changes: placesAllowing(policySetOf(holding), tagging),
  };
}

/** What of the request shows that the condition lets it pass: `with no dynamodb:LeadingKeys`. */
function contextInWords({ context }: Witness, keys: readonly string[], demands: ConditionDemands): string {
  const telling = keys.filter((key) => counts(demands, keyName(key)) && key in context);
  const absent = telling.find((key) => context[key] === null);
  if (absent !== undefined) return ` with no ${absent}`;
  const [first = keys.find((key) => key in context)] = telling;
  const value = first === undefined ? null : (context[first] ?? null);
  if (first === undefined) return "";
  if (value === null) return ` with no ${first}`;
  return ` with ${first} ${typeof value === "string" ? value : value.join(", ")}`;
}

/** The keys of all conditions on requests for items. */
function conditionKeys(holding: Holding): readonly string[] {
  return allPolicies(policySetOf(holding)).flatMap(({ policy }) =>
    policy.statements
      .filter(({ action }) => (actionsNamed(action) & itemActions) !== noActions)
      .flatMap(({ conditions }) => conditions.map(({ key }) => key)),
  );
}

function complianceOf(holding: Holding, demands: ConditionDemands): string {
  const keys = [...new Set(conditionKeys(holding))].filter((key) => counts(demands, keyName(key)));
  const variables = holding.held
    .flatMap(({ named }) => compiledStatements(named.policy))
    .filter(({ named }) => (named & itemActions) !== noActions)
    .some(({ resource }) => resource.tokens.some((tokens) => tokens.some(isIdentityVariable)));
  const [first, second, ...others] = variables ? [...keys, "a policy variable"] : keys;
  const more = others.length === 0 ? "" : ` (+${others.length} more)`;
  return `every request for items is bound by ${[first, second].filter((key) => key !== undefined).join(", ")}${more}`;
}

function worstFirst(findings: readonly Told[]): readonly Told[] {
  const rankOf = ({ code }: Told): number => Object.keys(conditionReasons).indexOf(code);
  return findings.toSorted((one, other) => rankOf(one) - rankOf(other));
}

export function conditionMending(demands: ConditionDemands): Mending {
  return {
    assess: (facts) => assessConditions(facts, demands),
    instead(stated, { kind }, holding, holds) {
      if (kind === "tagsItself") return withoutTagging(stated);
      const [restrained, ...others] = restrainedWays(stated, demands.requiredConditionKeys).find(holds) ?? [];
      return restrained === undefined ? null : [withoutNeverAllowed(restrained, holding), ...others];
    },
    summaries: {
      conditionRestrainsNothing: "Require the key, or remove the action",
      tagsItself: "Take dynamodb:TagResource away",
      otherKey: "Require such a key too",
      noCondition: "Require aws:SourceVpce, or dynamodb:LeadingKeys",
    },
    takesAway: "Requests that do not meet the condition are refused.",
  };
}

/** Without the actions that its conditions never let pass: to list them would say what is not so. */
function withoutNeverAllowed(written: Written, { caller, now }: Holding): Written {
  const parsed = parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: [written] }), "identity");
  const [statement] = "policy" in parsed ? parsed.policy.statements : [];
  if (statement === undefined || !("policy" in parsed)) return written;
  const alone = { identity: [{ name: "", policy: parsed.policy }], boundary: null };
  const never = actionsOf(actionsNamed(statement.action) & itemActions).filter(
    ({ name }) => findAllowedRequest(alone, { actions: [name], caller, now }) === "none",
  );
  const { others } = splitActions(written, statement, setOfActions(never));
  if (never.length === 0 || others === null) return written;
  return "Sid" in written ? { Sid: written["Sid"], ...others } : others;
}

const tagging = actionSet(["dynamodb:TagResource"]);

function withoutTagging({ written, statement }: Stated): readonly Written[] {
  const { others } = splitActions(written, statement, tagging);
  return others === null ? [] : [others];
}
