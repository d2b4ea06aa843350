/**
 * Where the search is known to break a law of laws.ts: each waits for a change in lib/iam, and goes with it.
 * test/oracle/laws.test.ts holds an example of each, so that a change which mends one is noticed.
 */
import type { Request } from "../../lib/iam/request.ts";
import { type ConditionRead, conditionsOf, listOf, resourcesOf, statementsOf, variablesOf } from "./documents.ts";
import { isBinding } from "./fresh.ts";
import type { Law } from "./laws.ts";
import type { PolicySet } from "./simulate.ts";
import { keys } from "./vocabulary.ts";

export interface Known {
  readonly law: Law;
  readonly about: string;
  readonly applies: (set: PolicySet, request: Request, why: string) => boolean;
}

const onText = new Set(keys.filter(({ type }) => type === "String").map(({ name }) => name.toLowerCase()));

function conditionsOn(set: PolicySet, key: string): readonly ConditionRead[] {
  return statementsOf(set)
    .flatMap(conditionsOf)
    .filter((condition) => condition.key === key);
}

function hasVariableOf(set: PolicySet, key: RegExp): boolean {
  return statementsOf(set)
    .flatMap((statement) => [...resourcesOf(statement), ...conditionsOf(statement).flatMap(({ values }) => values)])
    .flatMap(variablesOf)
    .some((variable) => key.test(variable.key));
}

export const known: readonly Known[] = [
  {
    law: "none",
    about: "the default of a variable that a request need not carry is as good as a name",
    applies: (set) => JSON.stringify(statementsOf(set)).includes(", '"),
  },
  {
    law: "none",
    about: "patterns that every principal of the caller's account matches choose nobody",
    applies: (set) =>
      conditionsOn(set, "aws:principalarn").some(({ values }) => values.some((text) => /[*?]/.test(text))),
  },
  {
    law: "none",
    about: "what the caller writes into a variable may be a name that another policy allows",
    applies: (set) => hasVariableOf(set, /^aws:useragent$/),
  },
  {
    law: "nothing",
    about: "a variable may have any value that the policies name elsewhere",
    applies: (set) => hasVariableOf(set, /./),
  },
  {
    law: "free",
    about: "that one Allow takes every address makes no other range a choice of nobody",
    applies: (set) => conditionsOn(set, "aws:sourceip").length > 1,
  },
  {
    law: "free",
    about: "a Deny of all but the caller's own table binds as an Allow of it does",
    applies: (set) =>
      statementsOf(set).some(
        ({ Effect, NotResource }) => Effect === "Deny" && listOf(NotResource).flatMap(variablesOf).length > 0,
      ),
  },
  {
    law: "free",
    about: "a tag, a name or a key that is demanded as a number or date is demanded",
    applies: (set) =>
      statementsOf(set)
        .flatMap(conditionsOf)
        .some(({ key, operator }) => isBinding(key) && onText.has(key) && /^(Numeric|Date)/.test(operator)),
  },
  {
    law: "possible",
    about: "the caller's ARN is of its own account, and has a name",
    applies: (_set, _request, why) => why.includes("principalarn"),
  },
  {
    law: "possible",
    about: "a direct request is called via nobody",
    applies: (_set, _request, why) => why.includes("calledvia"),
  },
  {
    law: "possible",
    about: "long-term keys are a user's, who has a name",
    applies: (_set, _request, why) => why.includes("long-term"),
  },
  {
    law: "possible",
    about: "the region is that of the table",
    applies: (_set, _request, why) => why.includes("region is"),
  },
  {
    law: "possible",
    about: "the account is that of the table",
    applies: (_set, _request, why) => why.includes("account is"),
  },
];
