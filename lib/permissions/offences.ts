/** Every statement by which something is granted that should not be, one after another. Pure. */
import { applying, type PolicySet } from "../iam/evaluate.ts";
import type { Witness } from "../iam/witness.ts";
import type { Place } from "./holding.ts";

export interface Offence<T> {
  readonly found: T;
  /** The Allow statements that grant the request, never empty. */
  readonly places: readonly Place[];
}

export interface Offences<T> {
  readonly offences: readonly Offence<T>[];
  readonly undecided: boolean;
  /** The set without the statements of the offences. */
  readonly rest: PolicySet;
}

/** More than anybody reads: a policy of a hundred such statements has been told by a dozen of them. */
const most = 12;

/** Asks again and again, each time without the statements that granted the last request.
 * @param witnessOf the request that a finding rests on */
export function everyOffence<T extends object>(
  policies: PolicySet,
  find: (rest: PolicySet) => T | string,
  witnessOf: (found: T) => Witness,
): Offences<T> {
  const offences: Offence<T>[] = [];
  let rest = policies;
  while (offences.length < most) {
    const found = find(rest);
    if (typeof found === "string") return { offences, undecided: found === "undecided", rest };
    const places = placesAllowing(rest, witnessOf(found));
    if (places.length === 0) return { offences, undecided: true, rest };
    offences.push({ found, places });
    rest = withoutStatements(rest, places);
  }
  return { offences, undecided: false, rest };
}

/** The Allow statements of the identity's policies that grant a request. */
export function placesAllowing({ identity }: PolicySet, { principal, action, resource, context }: Witness): Place[] {
  const values = new Map(
    Object.entries(context).flatMap(([key, value]) =>
      value === null ? [] : [[key, typeof value === "string" ? [value] : value] as const],
    ),
  );
  return identity.flatMap((named, policy) =>
    applying({ principal, action, resource, context: values }, "Allow", [named]).map(({ statement }) => ({
      policy,
      statement: statement.index,
    })),
  );
}

function withoutStatements({ identity, boundary }: PolicySet, places: readonly Place[]): PolicySet {
  const rest = identity.map((named, policy) => {
    const left = named.policy.statements.filter(
      ({ index }) => !places.some((place) => place.policy === policy && place.statement === index),
    );
    return left.length === named.policy.statements.length
      ? named
      : { ...named, policy: { ...named.policy, statements: left } };
  });
  return { identity: rest, boundary };
}
