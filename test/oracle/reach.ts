/** Where in a set of policies something is said that a request meets: the vocabulary of gaps.ts. */
import type { Request } from "../../lib/iam/request.ts";
import { type ConditionRead, conditionsOf, listOf, resourcesOf, statementsOf, variablesOf } from "./documents.ts";
import type { PolicySet } from "./simulate.ts";

export type Reach = (set: PolicySet, request: Request) => boolean;
type Present = readonly string[] | undefined;

export const inCondition =
  (holds: (condition: ConditionRead, present: Present, request: Request) => boolean): Reach =>
  (set, request) =>
    statementsOf(set)
      .flatMap(conditionsOf)
      .some((condition) => holds(condition, request.context.get(condition.key), request));

export const inResource =
  (holds: (pattern: string) => boolean): Reach =>
  (set) =>
    statementsOf(set).flatMap(resourcesOf).some(holds);

export const inText =
  (holds: (text: string, request: Request) => boolean): Reach =>
  (set, request) =>
    statementsOf(set)
      .flatMap((statement) => [
        ...resourcesOf(statement),
        ...conditionsOf(statement)
          .filter(({ operator }) => /^(String|Arn|Bool)/.test(operator))
          .flatMap(({ values }) => values),
      ])
      .some((text) => holds(text, request));

export const inNotResource =
  (holds: (pattern: string, request: Request) => boolean): Reach =>
  (set, request) =>
    statementsOf(set).some(({ NotResource }) => listOf(NotResource).some((pattern) => holds(pattern, request)));

export const isNegated = ({ operator }: ConditionRead): boolean => operator.includes("Not");
export const isUnresolvable = (text: string, { context }: Request): boolean =>
  variablesOf(text).some(({ key, default: fallback }) => context.get(key)?.length !== 1 && fallback === null);
