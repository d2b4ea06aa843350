/**
 * Is there a request that the policies allow, within these domains? A model of it, or the proof that there is none.
 * An Allow narrows the domains by all its parts. A Deny must fail in one of its parts: the search takes a model, finds a
 * Deny that still catches it, and tries each way to escape. Every branch escapes one more Deny, so it ends.
 */
import { ByResource } from "./by-resource.ts";
import type { CompiledCondition } from "./conditions.ts";
import { holds } from "./conditions.ts";
import { isPossible, type KeyDomain, narrowKey, onlyAbsent, pick, tellsAll } from "./domains.ts";
import {
  allPolicies,
  type CompiledStatement,
  compiledStatements,
  isStar,
  type NamedPolicy,
  type PolicySet,
  speaksOf,
} from "./evaluate.ts";
import { type Example, exampleOf, isEmpty, isIn, type Language, narrowed } from "./language.ts";
import { type Code, codesOf, isLiteral, matches, type Pattern } from "./pattern.ts";
import { rememberedBy } from "./remember.ts";
import { arnsWhere, valueInArn } from "./resource-keys.ts";
import { inRegions, namedExamples } from "./resources.ts";
import { agreeing } from "./shapes.ts";
import { type Fill, patternOf } from "./tokens.ts";
import { opaqueFor, variablesOf } from "./variables.ts";

/** What stands for variables in a Resource, and in a condition. */
export interface Demanded {
  readonly resource: Fill;
  readonly condition: Fill;
}

/** Where a search starts; it knows nothing else of the question. */
export interface Question {
  readonly action: string;
  readonly resource: Language;
  /** Resources to try before the shortest one is searched for: what people would name. */
  readonly examples?: readonly (readonly Code[])[];
  readonly domainOf: (key: string) => KeyDomain;
  /** What stands for variables in what a request need not match. */
  readonly fill: Fill;
  /** What stands for them in what it must match; as `fill` where it is left out. */
  readonly demanded?: Demanded;
  /** How the conditions of this Allow are read: a plain operator on a set of values, for one, is undocumented. */
  readonly read?: (condition: CompiledCondition, effect: "Allow" | "Deny") => CompiledCondition | "holds" | "fails";
  /** Which resource patterns of a statement a request may match to be allowed; all of them where it is left out. */
  readonly resources?: (statement: CompiledStatement) => readonly Pattern[];
  /** The domains for one Allow, and the boundary's where there is one, if they depend on what these say. */
  readonly within?: (allows: readonly CompiledStatement[]) => (key: string) => KeyDomain;
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
  /** Denies that the narrowing of resource and keys has escaped. */
  readonly escaped: readonly CompiledStatement[];
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
  /** The resources that the Allows name: also to be tried. */
  private named: readonly (readonly Code[])[] = [];
  private readonly question: Question;
  private readonly demanded: Demanded;
  /** Whether the request is about a resource: what names none is authorised on the text `*`. */
  private readonly hasArn: boolean;
  private readonly denies: ByResource;
  /** All keys that a model gives a value, or leaves out: those of other Allows too, so that a witness is whole. */
  private readonly keys: ReadonlySet<string>;
  /** The keys that stand in the statements as variables. */
  private readonly variables: ReadonlySet<string>;

  constructor(question: Question, denies: readonly CompiledStatement[], allows: readonly CompiledStatement[]) {
    this.question = question;
    this.demanded = question.demanded ?? { resource: question.fill, condition: question.fill };
    this.hasArn = !isIn(question.resource, codesOf("*"));
    this.denies = new ByResource(denies, (deny) => resourcePatterns(deny, question.fill));
    this.variables = new Set([...allows, ...denies].flatMap((one) => variablesOf(one).map(({ key }) => key)));
    this.keys = new Set([...allows, ...denies].flatMap(({ conditions }) => conditions.map(({ key }) => key)));
  }

  answer(allows: readonly CompiledStatement[]): Answer {
    this.steps = 0;
    this.incomplete = false;
    const found = this.search(allows);
    return found === "none" && this.incomplete ? "undecided" : found;
  }

  private search(allows: readonly CompiledStatement[]): Answer {
    // Most Allows of a large policy are on other resources.
    if (allows.some((allow) => !allow.resource.not && this.matching(allow).length === 0)) return "none";
    const domainOf = this.question.within?.(allows) ?? this.question.domainOf;
    const keys = new Map([...this.keys].map((key) => [key, domainOf(key)]));
    if ([...keys.values()].some(({ absent, present }) => !absent && present === null)) return "none";
    let state: State | null = { resource: this.question.resource, keys, escaped: [] };
    // Conditions first: they fail at once, where resources may need a search.
    for (const condition of allows.flatMap(({ conditions }) => conditions)) {
      state = state && this.narrowCondition(state, condition, "Allow", true);
    }
    this.named = allows.flatMap(({ resource }) => namedExamples(resource));
    for (const allow of allows) state = state && this.narrowResource(state, allow, true);
    return state === null ? "none" : this.escape(state);
  }

  private escape(state: State): Answer {
    if (++this.steps > stepBudget) return "undecided";
    const model = modelOf(state, this.exampleIn(state), this.variables);
    if (typeof model === "string") return model;
    const deny = this.denyOf(state, model);
    if (deny === undefined) return this.elsewhere(state, model);
    let undecided = false;
    for (const otherwise of this.escapes(state, deny)) {
      const answer = this.escape({ ...otherwise, escaped: [...state.escaped, deny] });
      if (typeof answer === "object") return answer;
      undecided ||= answer === "undecided";
    }
    return undecided ? "undecided" : "none";
  }

  /** One that people would name, if there is one. */
  private exampleIn({ resource }: State): Example {
    // Where it is one text, there is nothing to choose.
    if (resource.within.some(([one, ...others]) => one !== undefined && others.length === 0 && isLiteral(one))) {
      return exampleOf(resource);
    }
    const isThere = (text: readonly Code[]): boolean => isIn(resource, text);
    const readable = this.question.examples?.find(isThere) ?? this.named.find(isThere);
    return readable === undefined ? exampleOf(resource) : { text: readable };
  }

  private denyOf(state: State, model: Model): CompiledStatement | undefined {
    return this.denies.first(model.resource, (one) => this.catches(one, model) && !state.escaped.includes(one));
  }

  /** The model, in a region that people would name where one will do. */
  private elsewhere(state: State, model: Model): Model {
    const examples = [...(this.question.examples ?? []), ...this.named];
    if (!this.hasArn || examples.some((text) => isIn(state.resource, text))) return model;
    for (const text of inRegions(examples, model.resource)) {
      const another = isIn(state.resource, text) ? modelOf(state, { text }, this.variables) : "none";
      if (typeof another === "object" && this.denyOf(state, another) === undefined) return another;
    }
    return model;
  }

  /** The states in which one part of the Deny fails. */
  private *escapes(state: State, deny: CompiledStatement): Generator<State> {
    const elsewhere = this.narrowResource(state, deny, false);
    if (elsewhere !== null) yield elsewhere;
    for (const condition of deny.conditions) {
      const otherwise = this.narrowCondition(state, condition, "Deny", false);
      if (otherwise !== null) yield otherwise;
    }
  }

  private catches(deny: CompiledStatement, { resource, values }: Model): boolean {
    const { fill, read } = this.question;
    const patterns = deny.resource.not ? this.matching(deny) : resourcePatterns(deny, fill);
    if (patterns.some((one) => matches(one, resource)) === deny.resource.not) return false;
    return deny.conditions.every((condition) => {
      const meant = read?.(condition, "Deny") ?? condition;
      return typeof meant === "string" ? meant === "holds" : holds(meant, values.get(meant.key), fill);
    });
  }

  /** The patterns that a request may match to be allowed: an Allow's Resource, a Deny's NotResource. */
  private matching(statement: CompiledStatement): readonly Pattern[] {
    return this.question.resources?.(statement) ?? resourcePatterns(statement, this.demanded.resource);
  }

  private narrowResource(state: State, statement: CompiledStatement, truth: boolean): State | null {
    const mustMatch = truth !== statement.resource.not;
    const patterns = mustMatch ? this.matching(statement) : resourcePatterns(statement, this.question.fill);
    return this.leftOf(state, patterns, mustMatch);
  }

  /** What is left where the resource matches one of the patterns, or none; null where nothing is. */
  private leftOf(state: State, patterns: readonly Pattern[], mustMatch: boolean): State | null {
    const resource = narrowed(state.resource, patterns, mustMatch);
    // What the Allows name is there more often than not, which spares a search.
    const isLeft = this.named.some((text) => isIn(resource, text)) || !isEmpty(resource);
    return isLeft ? { ...state, resource } : null;
  }

  private narrowCondition(
    state: State,
    condition: CompiledCondition,
    effect: "Allow" | "Deny",
    truth: boolean,
  ): State | null {
    const meant = this.question.read?.(condition, effect) ?? condition;
    if (typeof meant === "string") return (meant === "holds") === truth ? state : null;
    const mustMatch = truth !== meant.negated;
    const arns = this.hasArn
      ? arnsWhere(meant, mustMatch ? this.demanded.condition : this.question.fill, mustMatch)
      : null;
    if (arns !== null) return this.leftOf(state, arns, mustMatch);
    const domain = state.keys.get(meant.key) ?? this.question.domainOf(meant.key);
    const left = narrowKey(domain, meant, truth, { matching: this.demanded.condition, other: this.question.fill });
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

/** @param variables keys whose value is best unlike all that is named, since a policy's variables have it too */
function modelOf({ keys }: State, example: Example, variables: ReadonlySet<string>): Model | "none" | "undecided" {
  if (typeof example === "string") return example === "empty" ? "none" : "undecided";
  const values: Values = new Map();
  for (const [key, { absent, present }] of keys) {
    const said = valueInArn(example.text, key);
    if (said !== null) {
      values.set(key, [said]);
      continue;
    }
    if (absent || present === null) {
      values.set(key, undefined);
      continue;
    }
    const unlike = variables.has(key) ? opaqueFor(key) : null;
    if (unlike !== null && isPossible({ absent, present }, unlike)) {
      values.set(key, [unlike]);
      continue;
    }
    const parts = present.kind !== "set" ? [present] : present.some.length > 0 ? present.some : [present.every];
    const picked = parts.map(pick);
    if (picked.includes(null)) return "none";
    if (picked.includes("undecided")) return "undecided";
    values.set(key, picked as readonly (readonly Code[])[]);
  }
  return namedAlike(keys, values) ? { resource: example.text, values } : "undecided";
}

type Values = Map<string, readonly (readonly Code[])[] | undefined>;

/** Makes the user's name that of its ARN, where a request has both; false where these values cannot be. */
function namedAlike(keys: State["keys"], values: Map<string, readonly (readonly Code[])[] | undefined>): boolean {
  const of = (key: string): readonly Code[] | undefined => values.get(key)?.[0];
  const [arn, name] = [of("aws:principalarn"), of("aws:username")];
  if (arn === undefined || name === undefined) return true;
  const may =
    (key: string) =>
    (value: readonly Code[]): boolean =>
      isPossible(keys.get(key) ?? onlyAbsent, value);
  const both = agreeing(arn, name, { arn: may("aws:principalarn"), name: may("aws:username") });
  if (both === null) return false;
  values.set("aws:principalarn", [both.arn]).set("aws:username", [both.name]);
  return true;
}
