/** The Principal and NotPrincipal elements of a statement as it is written. Pure. */
import type { PrincipalElement } from "../iam/policy.ts";
import { namedPrincipal } from "../iam/principals.ts";
import type { Written } from "../permissions/edit.ts";
import type { Draft, Placed } from "./draft.ts";

export type PrincipalValue = PrincipalElement["principals"][number];

/** Whom a statement names; `not` where it is all others who are meant. */
export function principalsOf(written: Written): PrincipalElement {
  const not = written["Principal"] === undefined;
  const element = not ? written["NotPrincipal"] : written["Principal"];
  if (typeof element === "string") return { not, principals: [{ type: "AWS", value: element }] };
  const byType = Object.entries(element as Readonly<Record<PrincipalValue["type"], string | readonly string[]>>);
  const principals = byType.flatMap(([type, values]) =>
    [values].flat().map((value) => ({ type: type as PrincipalValue["type"], value })),
  );
  return { not, principals };
}

/** The statement for these alone. */
export function withPrincipals(written: Written, not: boolean, principals: readonly PrincipalValue[]): Written {
  const byType = Object.entries(Object.groupBy(principals, ({ type }) => type)).map(([type, some]) => {
    const [first, ...others] = some.map(({ value }) => value);
    return [type, others.length === 0 ? first : [first, ...others]] as const;
  });
  const isEveryone = principals.length === 1 && principals[0]?.type === "AWS" && principals[0].value === "*";
  const element = isEveryone ? "*" : Object.fromEntries(byType);
  // In its place: whoever compares the two documents finds one line changed.
  return Object.fromEntries(
    Object.entries(written).map(([name, value]) =>
      name === "Principal" || name === "NotPrincipal" ? [not ? "NotPrincipal" : "Principal", element] : [name, value],
    ),
  );
}

/** The draft without the unique ids of deleted principals, which match nobody; and what is gone of it. */
export function withoutDeleted(draft: Draft): {
  readonly draft: Draft;
  readonly deleted: readonly { readonly placed: Placed; readonly id: string }[];
} {
  const deleted: { placed: Placed; id: string }[] = [];
  const statements = draft.statements.flatMap((placed): readonly Placed[] => {
    const { not, principals } = principalsOf(placed.written);
    const ids = principals.filter((value) => namedPrincipal(value).kind === "deleted");
    if (ids.length === 0) return [placed];
    deleted.push(...ids.map(({ value: id }) => ({ placed, id })));
    const left = principals.filter((value) => !ids.includes(value));
    if (left.length > 0) return [{ ...placed, written: withPrincipals(placed.written, not, left) }];
    // All others than somebody who is nobody are everyone.
    return not ? [{ ...placed, written: withPrincipals(placed.written, false, [everyone]) }] : [];
  });
  return { draft: { ...draft, statements }, deleted };
}

const everyone: PrincipalValue = { type: "AWS", value: "*" };
