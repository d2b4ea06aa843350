/** Grouping by cause: what one change would put right is one block, however many resources it touches. */

import type { Evaluation, Reason, Resource, Severity, Unread } from "../rule.ts";
import { severities } from "../rule.ts";
import { isViolation, type Report, severityOf } from "./report.ts";
import { nounOf } from "./words.ts";

/** Violations with the same rule and the same causes; the first stands for all. */
export interface ViolationGroup {
  readonly severity: Severity;
  readonly evaluations: readonly [Evaluation, ...Evaluation[]];
}

/** Resources that one failure kept from a verdict. */
export interface NotReadGroup {
  readonly unread: Unread;
  readonly rules: readonly string[];
  /** Distinct; none where only a listing broke off. */
  readonly resources: readonly Resource[];
  /** The rules whose listing broke off, so that nobody knows what they did not reach. */
  readonly brokenOff: readonly string[];
}

/** Worst first; among equals in the order of the catalogue. */
export function groupViolations({ rules }: Pick<Report, "rules">): readonly ViolationGroup[] {
  const violations = rules.flatMap(({ evaluations }) => evaluations.filter(isViolation));
  const groups = groupBy(violations, ({ rule, reasons }) => JSON.stringify([rule, ...reasons.map(causeOf)])).map(
    (evaluations): ViolationGroup => ({ severity: severityOf(evaluations[0]), evaluations }),
  );
  const rank = ({ severity }: ViolationGroup): number => severities.indexOf(severity);
  return groups.sort((one, other) => rank(other) - rank(one));
}

/** In the order in which they were met. */
export function groupNotRead({ rules }: Pick<Report, "rules">): readonly NotReadGroup[] {
  const rows = rules.flatMap(({ rule, notRead }) =>
    notRead.map(({ resource, unread }) => ({ rule, resource, unread, kind: kindOf(unread, resource) })),
  );
  return groupBy(rows, ({ kind }) => JSON.stringify(kind)).map((group) => {
    const resources = groupBy(
      group.flatMap(({ resource }) => (resource === null ? [] : [resource])),
      ({ type, id }) => JSON.stringify([type, id]),
    ).map(([resource]) => resource);
    return {
      unread: resources.length > 1 ? group[0].kind : group[0].unread,
      rules: [...new Set(group.map(({ rule }) => rule))],
      resources,
      brokenOff: group.filter(({ resource }) => resource === null).map(({ rule }) => rule),
    };
  });
}

// Without a source the reason is the resource's own: alike only where the same was found.
function causeOf({ code, found, source }: Reason): unknown {
  return source === null ? [code, found] : [code, source.type, source.arn ?? source.id];
}

/** A failure without the name of the resource that it met: what kept ten thousand tables unread is told once. */
function kindOf(unread: Unread, resource: Resource | null): Unread {
  if (resource === null) return unread;
  const noun = nounOf(resource.type);
  // The rules on IAM name the principal first: `role/app: `.
  const isNamed = unread.message.startsWith(`${noun}/`) && unread.message.includes(`${resource.name}: `);
  const message = isNamed ? unread.message.slice(unread.message.indexOf(": ") + 2) : unread.message;
  return { ...unread, message: message.replace(`on ${noun} ${resource.name} `, `on each ${noun} `) };
}

/** In the order in which each key was met first. */
export function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return [...groups.values()];
}
