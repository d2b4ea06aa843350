/**
 * Where the search is known to break a law of laws.ts: each waits for a change in lib/iam, and goes with it.
 * test/oracle/laws.test.ts holds an example of each, so that a change which mends one is noticed.
 */
import type { Request } from "../../lib/iam/request.ts";
import { conditionsOf, statementsOf, variablesOf } from "./documents.ts";
import type { Law } from "./laws.ts";
import type { PolicySet } from "./simulate.ts";

export interface Known {
  readonly law: Law;
  readonly about: string;
  readonly applies: (set: PolicySet, request: Request, why: string) => boolean;
}

export const known: readonly Known[] = [
  {
    law: "free",
    about: "a user's ARN is singled out by the name that it ends with",
    applies: (set) =>
      statementsOf(set)
        .flatMap(conditionsOf)
        .filter(({ key }) => key === "aws:principalarn")
        .some(({ values }) => values.flatMap(variablesOf).some(({ key }) => key === "aws:username")),
  },
];
