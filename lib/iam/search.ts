/**
 * Is there a request that the policies allow, within these domains? A model of it, or the proof that there is none.
 * An Allow narrows the domains by all its parts. A Deny must fail in one of its parts: the search takes a model, finds a
 * Deny that still catches it, and tries each way to escape. Every branch escapes one more Deny, so it ends.
 */
import type { CompiledCondition } from "./conditions.ts";
import { holds } from "./conditions.ts";
import { type KeyDomain, narrowKey, pick, tellsAll } from "./domains.ts";
import {
  allPolicies,
  type CompiledStatement,
  compiledStatements,
  isStar,
  type NamedPolicy,
  type PolicySet,
  speaksOf,
} from "./evaluate.ts";
import { exampleOf, isIn, type Language, narrowed } from "./language.ts";
import { type Code, matches, type Pattern } from "./pattern.ts";
import { rememberedBy } from "./remember.ts";
import { namedExamples } from "./resources.ts";
import { type Fill, patternOf } from "./tokens.ts";

/** Where a search starts; it knows nothing else of the question. */
export interface Question {
  readonly action: string;
  readonly resource: Language;
  /** Resources to try before the shortest one is searched for: what people would name. */
  readonly examples?: readonly (readonly Code[])[];
  readonly domainOf: (key: string) => KeyDomain;
  readonly fill: Fill;
  /** How the conditions of this Allow are read: a plain operator on a set of values, for one, is undocumented. */
  readonly read?: (condition: CompiledCondition, effect: "Allow" | "Deny") => CompiledCondition | "holds" | "fails";
  /** Which of an Allow's resource patterns count; all of them where it is left out. */
  readonly resources?: (statement: CompiledStatement) => readonly Pattern[];
  /** The domains for one Allow, where they depend on what it and the Denies say. */
  readonly within?: (
    allows: readonly CompiledStatement[],
    denies: readonly CompiledStatement[],
  ) => ((key: string) => KeyDomain) | null;
}

export interface Model {
  readonly resource: readonly Code[];
  /** By key in lower case; undefined: absent. */
  readonly values: ReadonlyMap<string, readonly (readonly Code[])[] | undefined>;
}

export type Answer = Model | "none" | "undecided";

interface State {
  readonly resource: Language;
  readonly keys: ReadonlyMap<string, KeyDomain>;
}

const stepBudget = 4_000;

export function findModel(set: PolicySet, question: Question): Answer {
  const relevant = (named: NamedPolicy, effect: CompiledStatement["effect"]): readonly CompiledStatement[] =>
    compiledStatements(named.policy).filter(
      (statement) => statement.effect === effect && speaksOf(statement, question.action),
    );
  const denies = allPolicies(set).flatMap((named) => relevant(named, "Deny"));
  const grants = set.identity.flatMap((named) => relevant(named, "Allow"));
  const limits = set.boundary === null ? null : relevant(set.boundary, "Allow");
  const search = new Search(question, denies, [...grants, ...(limits ?? [])]);
  let undecided = false;
  for (const grant of grants) {
    for (const limit of limits ?? [null]) {
      const answer = search.answer(limit === null ? [grant] : [grant, limit]);
      if (typeof answer === "object") return answer;
      undecided ||= answer === "undecided";
    }
  }
  return undecided ? "undecided" : "none";
}

class Search {
  private steps = 0;
  private incomplete = false;
  private examples: readonly (readonly Code[])[] = [];
  private readonly question: Question;
  private readonly denies: readonly CompiledStatement[];
  /** All keys that a model gives a value, or leaves out: those of other Allows too, so that a witness is whole. */
  private readonly keys: ReadonlySet<string>;

  constructor(question: Question, denies: readonly CompiledStatement[], allows: readonly CompiledStatement[]) {
    this.question = question;
    this.denies = denies;
    this.keys = new Set([...allows, ...denies].flatMap(({ conditions }) => conditions.map(({ key }) => key)));
  }

  answer(allows: readonly CompiledStatement[]): Answer {
    this.steps = 0;
    this.incomplete = false;
    const found = this.search(allows);
    return found === "none" && this.incomplete ? "undecided" : found;
  }

  private search(allows: readonly CompiledStatement[]): Answer {
    const named = allows.map((allow) => ({
      allow,
      patterns: this.question.resources?.(allow) ?? resourcePatterns(allow, this.question.fill),
    }));
    // Most Allows of a large policy are on other resources.
    if (named.some(({ allow, patterns }) => patterns.length === 0 && !allow.resource.not)) return "none";
    const domainOf = this.question.within?.(allows, this.denies) ?? this.question.domainOf;
    const keys = new Map([...this.keys].map((key) => [key, domainOf(key)]));
    if ([...keys.values()].some(({ absent, present }) => !absent && present === null)) return "none";
    let state: State | null = { resource: this.question.resource, keys };
    // Conditions first: they fail at once, where resources may need a search.
    for (const condition of allows.flatMap(({ conditions }) => conditions)) {
      state = state && this.narrowCondition(state, condition, "Allow", true);
    }
    for (const { allow, patterns } of named) {
      state = state && this.narrowResource(state, allow.resource.not, patterns, true);
    }
    this.examples = [...(this.question.examples ?? []), ...allows.flatMap(({ resource }) => namedExamples(resource))];
    return state === null ? "none" : this.escape(state);
  }

  private escape(state: State): Answer {
    if (++this.steps > stepBudget) return "undecided";
    const model = modelOf(state, this.examples);
    if (typeof model === "string") return model;
    const deny = this.denies.find((one) => this.catches(one, model));
    if (deny === undefined) return model;
    let undecided = false;
    for (const escaped of this.escapes(state, deny)) {
      const answer = this.escape(escaped);
      if (typeof answer === "object") return answer;
      undecided ||= answer === "undecided";
    }
    return undecided ? "undecided" : "none";
  }

  /** The states in which one part of the Deny fails. */
  private *escapes(state: State, deny: CompiledStatement): Generator<State> {
    const elsewhere = this.narrowResource(state, deny.resource.not, resourcePatterns(deny, this.question.fill), false);
    if (elsewhere !== null) yield elsewhere;
    for (const condition of deny.conditions) {
      const otherwise = this.narrowCondition(state, condition, "Deny", false);
      if (otherwise !== null) yield otherwise;
    }
  }

  private catches(deny: CompiledStatement, { resource, values }: Model): boolean {
    const { fill, read } = this.question;
    if (resourcePatterns(deny, fill).some((one) => matches(one, resource)) === deny.resource.not) return false;
    return deny.conditions.every((condition) => {
      const meant = read?.(condition, "Deny") ?? condition;
      return typeof meant === "string" ? meant === "holds" : holds(meant, values.get(meant.key), fill);
    });
  }

  private narrowResource(state: State, not: boolean, patterns: readonly Pattern[], truth: boolean): State | null {
    const resource = narrowed(state.resource, patterns, truth !== not);
    return exampleOf(resource) === "empty" ? null : { ...state, resource };
  }

  private narrowCondition(
    state: State,
    condition: CompiledCondition,
    effect: "Allow" | "Deny",
    truth: boolean,
  ): State | null {
    const meant = this.question.read?.(condition, effect) ?? condition;
    if (typeof meant === "string") return (meant === "holds") === truth ? state : null;
    const domain = state.keys.get(meant.key) ?? this.question.domainOf(meant.key);
    const left = narrowKey(domain, meant, truth, this.question.fill);
    // Candidates that may have missed one prove nothing.
    if (left === null && !tellsAll(domain, meant)) this.incomplete = true;
    return left === null ? null : { ...state, keys: new Map(state.keys).set(meant.key, left) };
  }
}

/** The patterns of a statement's Resource or NotResource; one whose variable has no value matches nothing. */
export function resourcePatterns({ resource }: Pick<CompiledStatement, "resource">, fill: Fill): readonly Pattern[] {
  return patternsFilled(fill, resource);
}

const patternsFilled = rememberedBy((fill: Fill, { tokens: all }: CompiledStatement["resource"]) =>
  all.flatMap((tokens) => patternOf(tokens, isStar(tokens) ? "like" : "arn", false, fill) ?? []),
);

function modelOf({ resource, keys }: State, examples: readonly (readonly Code[])[]): Model | "none" | "undecided" {
  const readable = examples.find((text) => isIn(resource, text));
  const example = readable === undefined ? exampleOf(resource) : { text: readable };
  if (typeof example === "string") return example === "empty" ? "none" : "undecided";
  const values = new Map<string, readonly (readonly Code[])[] | undefined>();
  for (const [key, { absent, present }] of keys) {
    if (absent || present === null) {
      values.set(key, undefined);
      continue;
    }
    const parts = present.kind !== "set" ? [present] : present.some.length > 0 ? present.some : [present.every];
    const picked = parts.map(pick);
    if (picked.includes(null)) return "none";
    if (picked.includes("undecided")) return "undecided";
    values.set(key, picked as readonly (readonly Code[])[]);
  }
  return { resource: example.text, values };
}
