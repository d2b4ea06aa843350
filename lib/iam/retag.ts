/** Does a tag that decides about a table restrain whoever may tag the table? */
import { actionNamed, dataActions } from "./actions.ts";
import { type Asking, findAllowedRequest } from "./allowed-request.ts";
import type { KeyDomain, ValueDomain } from "./domains.ts";
import type { PolicySet } from "./evaluate.ts";
import { type Asked, findFreeRequest } from "./free-request.ts";
import { narrowed } from "./language.ts";
import { codesOf, pattern } from "./pattern.ts";
import { placesOf } from "./resources.ts";
import { resourcePatterns } from "./search.ts";
import { allowsOf } from "./tables-granted.ts";
import { fillFor } from "./variables.ts";
import type { Witness } from "./witness.ts";

/** A request that the tag alone restrains, and the one by which the same caller sets the tag. */
export interface Retag {
  readonly request: Witness;
  readonly tagging: Witness;
}

const resourceTag = "aws:resourcetag/";
const tagResource = "dynamodb:TagResource";

/** Asked where no request is free: is one free but for a tag of the table, which the caller may set himself? */
export function findRetag(policies: PolicySet, asked: Omit<Asked, "actions">): Retag | "none" | "undecided" {
  const { caller, now, bindingKeys } = asked;
  const action = actionNamed(tagResource);
  if (action === null) return "none";
  let undecided = false;
  for (const statement of allowsOf(policies, action, { caller, now })) {
    const request = findFreeRequest(policies, {
      ...asked,
      actions: dataActions,
      bindingKeys: (key) => !key.startsWith(resourceTag) && (bindingKeys?.(key) ?? true),
      places: (name, relevant) =>
        placesOf(name, caller, relevant).map((place) => ({
          ...place,
          resource: narrowed(place.resource, resourcePatterns(statement, fillFor(caller)), !statement.resource.not),
        })),
    });
    undecided ||= request === "undecided";
    if (typeof request === "string") continue;
    const tagging = findTagging(policies, request, asked);
    if (typeof tagging === "object") return { request, tagging };
    undecided ||= tagging === "undecided";
  }
  return undecided ? "undecided" : "none";
}

/** The request that gives the table the tags that the other request met. */
function findTagging(policies: PolicySet, request: Witness, { caller, now }: Asking): Witness | "none" | "undecided" {
  const tags = new Map(
    Object.entries(request.context).flatMap(([key, value]) =>
      key.toLowerCase().startsWith(resourceTag) && typeof value === "string"
        ? [[key.slice(resourceTag.length), value] as const]
        : [],
    ),
  );
  // An index has the tags of its table.
  const table = codesOf(request.resource.replace(/\/index\/.*$/, ""));
  return findAllowedRequest(
    policies,
    {
      actions: [tagResource],
      caller,
      now,
      places: () => [{ resource: { within: [[pattern(table)]], without: [] }, examples: [] }],
    },
    ({ domainOf }) => ({ domainOf: (key) => taggingDomain(key, tags) ?? domainOf(key) }),
  );
}

function taggingDomain(key: string, tags: ReadonlyMap<string, string>): KeyDomain | null {
  const finite = (candidates: readonly string[]): ValueDomain => ({ kind: "finite", candidates, complete: true });
  if (key === "aws:tagkeys") {
    const every = finite([...tags.keys()]);
    return { absent: false, present: { kind: "set", every, some: [...tags.keys()].map((tag) => finite([tag])) } };
  }
  const set = [...tags].find(([tag]) => key === `aws:requesttag/${tag.toLowerCase()}`);
  return set === undefined ? null : { absent: false, present: finite([set[1]]) };
}
