/** A policy document of a template, once for each case of the conditions that decide in it. */
import type { JsonNode } from "../../lib/iam/json.ts";
import { quoted } from "../../lib/parameters.ts";
import type { Assumed } from "./conditions.ts";
import { documentText } from "./document-text.ts";
import { type FoundPolicy, noDocument, placesIn } from "./found.ts";
import { Resolver, type Template } from "./resolver.ts";

/** A case of the conditions. */
export interface Case {
  readonly assumed: Assumed;
  /** Those that tell this case from the others of the same policy, as `IsProduction=true`. */
  readonly told: readonly string[];
}

export interface PlacedDocument {
  readonly policy: string;
  readonly document: JsonNode;
  /** Where it stands in the file; the document itself may be made. */
  readonly at: number;
  readonly case: Case;
}

const caseLimit = 8;

/** The cases that a condition splits a case into: two, or one where the others leave no choice, or none. */
export function split({ assumed, told }: Case, condition: string, { conditions }: Template): readonly Case[] {
  const known = assumed.get(condition);
  const cases = [true, false]
    .filter((value) => known === undefined || known === value)
    .map((value) => ({ value, assumed: new Map(assumed).set(condition, value) }))
    .filter((one) => conditions.isPossible(one.assumed));
  const isChoice = cases.length > 1;
  return cases.map((one) => ({ assumed: one.assumed, told: isChoice ? [...told, `${condition}=${one.value}`] : told }));
}

/** In the order in which the document asks for its conditions, the case that one holds first. */
export function foundIn(
  { policy, document, at, case: first }: PlacedDocument,
  template: Template,
): readonly FoundPolicy[] {
  const open = [first];
  const found: FoundPolicy[] = [];
  const asked = new Set<string>();
  for (let one = open.shift(); one !== undefined; one = open.shift()) {
    const resolver = new Resolver(template, one.assumed);
    const resolved = resolver.resolve(document);
    if (resolver.undecided !== null) {
      asked.add(resolver.undecided);
      open.unshift(...split(one, resolver.undecided, template));
    } else if (resolved !== null) {
      found.push({ policy: nameIn(one, policy), ...documentText(resolved, resolver), places: placesIn(resolved, at) });
    }
    if (open.length + found.length > caseLimit) {
      return [{ policy, text: noDocument, unresolved: [tooMany(asked)], places: { document: at, statements: [] } }];
    }
  }
  return found;
}

function nameIn({ told }: Case, policy: string): string {
  return told.length === 0 ? policy : `${policy} (${told.join(", ")})`;
}

function tooMany(asked: ReadonlySet<string>): string {
  const names = [...asked].map((name) => quoted(name)).join(", ");
  return `document differs in more than ${caseLimit} cases by the conditions ${names}; check a copy of the template without them`;
}
