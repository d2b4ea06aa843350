/** Is there a request, by this caller and of these kinds, that the policies allow? Asked world by world of `worlds.ts`. */
import type { CompiledCondition } from "./conditions.ts";
import { type KeyDomain, onlyAbsent, type TextDomain, type ValueDomain } from "./domains.ts";
import { type CompiledStatement, compiledStatements, type NamedPolicy, type PolicySet, speaksOf } from "./evaluate.ts";
import { type KeyInfo, keyInfo } from "./keys.ts";
import { idOf, type Language } from "./language.ts";
import { pattern } from "./pattern.ts";
import { readingsIn, type WorldRead } from "./readings.ts";
import { remembered } from "./remember.ts";
import { finiteTexts, finiteValues } from "./representatives.ts";
import { type Place, placesOf } from "./resources.ts";
import { type Demanded, findModel, type Question } from "./search.ts";
import { shapesOf } from "./shapes.ts";
import type { Fill } from "./tokens.ts";
import { type Caller, fillBy, isUnknown, type Reading, readingOf, type Variable, variablesOf } from "./variables.ts";
import { type Carried, type Witness, witnessOf } from "./witness.ts";
import { presenceIn, type World, worldsOf } from "./worlds.ts";

export interface Asked {
  /** In the order in which they are tried. */
  readonly actions: readonly string[];
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where the request may be; left out: on any table or index. */
  readonly places?: (action: string, relevant: readonly CompiledStatement[]) => readonly Place[];
  /** Which variables of unknown value may have the one that the request needs; left out: all. */
  readonly mayTake?: (variable: Pick<Variable, "key" | "where">) => boolean;
}

/** Who asks, and when. */
export type Asking = Pick<Asked, "caller" | "now">;

/** A question while it is put together. */
export interface Draft {
  readonly world: World;
  /** The statements that name the action: the identity's Allows, the boundary's, and all Denies. */
  readonly grants: readonly CompiledStatement[];
  readonly limits: readonly CompiledStatement[];
  readonly denies: readonly CompiledStatement[];
  readonly reading: Reading;
  readonly demanded: Demanded;
  /** All that a key can be on a request for the action, in this world. */
  readonly domainOf: (key: string) => KeyDomain;
}

type Refine = (draft: Draft) => Partial<Question>;
type Answer = Witness | "none" | "undecided";

/** A request that plain evaluation allows too, or the proof that there is none.
 * @param refine what makes the question narrower */
export function findAllowedRequest(policies: PolicySet, asked: Asked, refine: Refine = () => ({})): Answer {
  const found = searched(policies, asked, refine, false);
  // A value that nobody knows is first unlike any other. What stands only if it is like another is searched for then.
  if (typeof found === "object") return found;
  const wider = searched(policies, asked, refine, true);
  return wider === "none" ? found : wider;
}

/** @param wide whether variables may be any text where they must match: more than can be, so that nothing is missed */
function searched(policies: PolicySet, asked: Asked, refine: Refine, wide: boolean): Answer {
  let undecided = false;
  const proven = new Set<string>();
  for (const put of questionsOf(policies, asked, refine, wide)) {
    if (put !== "undecided" && proven.size > 0 && proven.has(put.name())) continue;
    const found = put === "undecided" ? put : answered(policies, put, asked.caller);
    if (typeof found === "object") return found;
    if (found === "none" && put !== "undecided") proven.add(put.name());
    undecided ||= found === "undecided";
  }
  return undecided ? "undecided" : "none";
}

interface Put {
  readonly question: Question;
  readonly carried: Carried;
  /** The same for actions of which the policies say the same: what is proven of one holds for all of them. */
  readonly name: () => string;
}

/** "undecided" where there are too many to put. */
function* questionsOf(policies: PolicySet, asked: Asked, refine: Refine, wide: boolean): Generator<Put | "undecided"> {
  const { caller, now, places = (action, relevant) => placesOf(action, caller, relevant) } = asked;
  let statements = 0;
  const numberOf = remembered((_: CompiledStatement) => statements++);
  for (const action of asked.actions) {
    const spoken = statementsOn(policies, action);
    const relevant = [...spoken.grants, ...spoken.limits, ...spoken.denies];
    const variables = relevant.flatMap(variablesOf);
    const taken = wide ? variables.filter((variable) => isTaken(variable, asked)).map(({ key }) => key) : [];
    if (spoken.grants.length === 0 || (wide && taken.length === 0)) continue;
    const conditions = Map.groupBy(
      relevant.flatMap((statement) => statement.conditions),
      ({ key }) => key,
    );
    const worlds = worldsOf(action, new Set(conditions.keys()), caller.kind);
    const reads = worlds.flatMap(
      (world): readonly (WorldRead | "undecided")[] => readingsIn(world, action, variables, caller) ?? ["undecided"],
    );
    for (const read of reads) {
      if (read === "undecided") {
        yield read;
        continue;
      }
      const { world, reading } = read;
      const { fill } = reading;
      const demanded = wide ? wideFills(reading, asked) : { resource: fill, condition: fill };
      const start: Start = { action, world, caller, now };
      const domainOf = remembered((key: string) => startingDomain(start, key, conditions.get(key) ?? []));
      const refined = refine({ ...spoken, world, reading, demanded, domainOf });
      const keys = [...taken, ...read.carried].filter((key) => !reading.absent.has(key));
      let alike: string | null = null;
      const nameOf = (resource: Language, meaning: number): string => {
        const domains = (): unknown => [...conditions.keys()].map((key) => [key, domainOf(key)]);
        alike ??= JSON.stringify([relevant.map(numberOf), world, [...reading.absent], domains()]);
        return `${alike} ${idOf(resource)} ${meaning}`;
      };
      for (const place of places(action, relevant)) {
        for (const [at, meaning] of meanings(relevant).entries()) {
          const question = { action, ...place, fill, demanded, domainOf, read: meaning, ...refined };
          yield { question, carried: { keys, fit: wide }, name: () => nameOf(place.resource, at) };
        }
      }
    }
  }
}

function answered(policies: PolicySet, { question, carried }: Put, caller: Caller): Answer {
  const model = findModel(policies, question);
  // A model that plain evaluation refuses is no finding, and no proof either.
  return typeof model === "string"
    ? model
    : (witnessOf(policies, question.action, model, caller, carried) ?? "undecided");
}

function statementsOn({ identity, boundary }: PolicySet, action: string): Pick<Draft, "grants" | "limits" | "denies"> {
  const of = (policies: readonly NamedPolicy[]): readonly CompiledStatement[] =>
    policies.flatMap(({ policy }) => compiledStatements(policy)).filter((statement) => speaksOf(statement, action));
  const [own, limiting] = [of(identity), of(boundary === null ? [] : [boundary])];
  return {
    grants: own.filter(({ effect }) => effect === "Allow"),
    limits: limiting.filter(({ effect }) => effect === "Allow"),
    denies: [...own, ...limiting].filter(({ effect }) => effect === "Deny"),
  };
}

function isTaken(variable: Variable, { caller, mayTake }: Asked): boolean {
  return isUnknown(variable.key, readingOf(caller)) && (mayTake?.(variable) ?? true);
}

function wideFills(reading: Reading, { mayTake }: Asked): Demanded {
  const of = (where: Variable["where"]): Fill => fillBy(reading, (key) => mayTake?.({ key, where }) ?? true);
  return { resource: of("resource"), condition: of("condition") };
}

const emptyText = pattern([]);

interface Start extends Asking {
  readonly action: string;
  readonly world: World;
}

function startingDomain(start: Start, key: string, conditions: readonly CompiledCondition[]): KeyDomain {
  const { action, world } = start;
  const info = keyInfo(key);
  const presence = presenceIn(world, action, key);
  if (info === null || presence === "never") return onlyAbsent;
  const value = valuesOf(info, key, start, conditions);
  const present = holdsSeveral(info, key, action) ? ({ kind: "set", every: value, some: [] } as const) : value;
  return { absent: presence === "sometimes", present };
}

function valuesOf(
  info: KeyInfo,
  key: string,
  { world, caller, now }: Start,
  conditions: readonly CompiledCondition[],
): ValueDomain {
  const known = caller.known.get(key);
  if (known !== undefined) return { kind: "finite", candidates: [known], complete: true };
  if (info.values.kind === "choice") {
    const left = world.choices[key];
    return {
      kind: "finite",
      candidates: info.values.choices.filter((one) => left?.includes(one) ?? true),
      complete: true,
    };
  }
  if (info.values.kind !== "text") return finiteValues(info.values.kind, conditions, now);
  // DynamoDB refuses an empty key (developer guide, naming rules), and IAM an empty name; an empty tag may be.
  const text: TextDomain = {
    kind: "text",
    within: [shapesOf(key, caller, world.kind)],
    without: info.isSet || key === "aws:username" ? [emptyText] : [],
  };
  return finiteTexts(text, conditions) ?? text;
}

/** A set of keys has several values on batch and PartiQL actions, exactly one on the others; other sets may have any. */
function holdsSeveral({ isSet }: KeyInfo, key: string, action: string): boolean {
  const isOfKeys = key === "dynamodb:leadingkeys" || key.endsWith("partitionkeyvalues");
  return isSet && (!isOfKeys || /:(Batch|PartiQL)/.test(action));
}

type Read = NonNullable<Question["read"]>;

/** What AWS leaves undocumented, a plain operator on a set of values, is read as allowing more. A Deny of that kind is
 * first read as plain evaluation does: a request that escapes it so is beyond doubt. */
function meanings(relevant: readonly CompiledStatement[]): readonly Read[] {
  const isInDoubt = relevant.some(({ effect, conditions }) => effect === "Deny" && conditions.some(isPlainOnSet));
  return isInDoubt ? [readAsEvaluated, read] : [read];
}

function readAsEvaluated(condition: CompiledCondition, effect: "Allow" | "Deny"): ReturnType<Read> {
  return effect === "Deny" ? condition : read(condition, effect);
}

/** As allowing more, and as denying less (docs, definition (e)). */
function read(condition: CompiledCondition, effect: "Allow" | "Deny"): ReturnType<Read> {
  if (condition.set === "ForAnyValue" && condition.ifExists) return effect === "Allow" ? "holds" : condition;
  if (!isPlainOnSet(condition)) return condition;
  if (effect === "Deny") return "fails";
  return { ...condition, set: condition.negated ? "ForAllValues" : "ForAnyValue" };
}

function isPlainOnSet({ set, family, key }: CompiledCondition): boolean {
  return set === null && family !== "null" && keyInfo(key)?.isSet === true;
}
