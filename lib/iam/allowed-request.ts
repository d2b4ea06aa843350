/** Is there a request, by this caller and of these kinds, that the policies allow? Asked world by world of `worlds.ts`. */
import type { CompiledCondition } from "./conditions.ts";
import { type KeyDomain, onlyAbsent, type ValueDomain } from "./domains.ts";
import { allPolicies, type CompiledStatement, compiledStatements, type PolicySet, speaksOf } from "./evaluate.ts";
import { type KeyInfo, keyInfo } from "./keys.ts";
import { pattern } from "./pattern.ts";
import { remembered } from "./remember.ts";
import { finiteValues } from "./representatives.ts";
import { type Place, placesOf } from "./resources.ts";
import { findModel, type Question } from "./search.ts";
import { type Caller, fillFor } from "./variables.ts";
import { type Witness, witnessOf } from "./witness.ts";
import { presenceIn, type World, worldsOf } from "./worlds.ts";

export interface Asked {
  /** In the order in which they are tried. */
  readonly actions: readonly string[];
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where the request may be; left out: on any table or index. */
  readonly places?: (action: string, relevant: readonly CompiledStatement[]) => readonly Place[];
}

/** Who asks, and when. */
export type Asking = Pick<Asked, "caller" | "now">;

/** A question while it is put together. */
export interface Draft {
  readonly action: string;
  readonly world: World;
  readonly caller: Caller;
  readonly now: number;
  /** The statements that name the action. */
  readonly relevant: readonly CompiledStatement[];
  /** All that a key can be on a request for the action, in this world. */
  readonly domainOf: (key: string) => KeyDomain;
}

/** A request that plain evaluation allows too, or the proof that there is none.
 * @param refine what makes the question narrower */
export function findAllowedRequest(
  policies: PolicySet,
  asked: Asked,
  refine: (draft: Draft) => Partial<Question> = () => ({}),
): Witness | "none" | "undecided" {
  const { caller, now, places = (action, relevant) => placesOf(action, caller, relevant) } = asked;
  const statements = allPolicies(policies).flatMap(({ policy }) => compiledStatements(policy));
  const fill = fillFor(caller);
  let undecided = false;
  for (const action of asked.actions) {
    const relevant = statements.filter((statement) => speaksOf(statement, action));
    if (!relevant.some(({ effect }) => effect === "Allow")) continue;
    const conditions = Map.groupBy(
      relevant.flatMap((statement) => statement.conditions),
      ({ key }) => key,
    );
    for (const world of worldsOf(action, new Set(conditions.keys()), caller.kind)) {
      const domainOf = remembered((key: string) =>
        startingDomain({ action, world, caller, now }, key, conditions.get(key) ?? []),
      );
      const draft: Draft = { action, world, caller, now, relevant, domainOf };
      const refined = refine(draft);
      for (const { resource, examples } of places(action, relevant)) {
        for (const read of readings(relevant)) {
          const model = findModel(policies, { action, resource, examples, fill, domainOf, read, ...refined });
          if (model === "undecided") undecided = true;
          if (typeof model === "string") continue;
          const witness = witnessOf(policies, action, model, caller);
          if (witness !== null) return witness;
          // A model that plain evaluation refuses is no finding, and no proof either.
          undecided = true;
        }
      }
    }
  }
  return undecided ? "undecided" : "none";
}

const emptyText = pattern([]);

type Start = Pick<Draft, "action" | "world" | "caller" | "now">;

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
  if (info.values.kind === "text") {
    // DynamoDB refuses an empty key (developer guide, naming rules); an empty tag or name may be.
    return { kind: "text", within: [info.values.shape], without: info.isSet ? [emptyText] : [] };
  }
  return finiteValues(info.values.kind, conditions, now);
}

/** A set of keys has several values on batch and PartiQL actions, exactly one on the others; other sets may have any. */
function holdsSeveral({ isSet }: KeyInfo, key: string, action: string): boolean {
  const isOfKeys = key === "dynamodb:leadingkeys" || key.endsWith("partitionkeyvalues");
  return isSet && (!isOfKeys || /:(Batch|PartiQL)/.test(action));
}

type Read = NonNullable<Question["read"]>;

/** What AWS leaves undocumented, a plain operator on a set of values, is read as allowing more. A Deny of that kind is
 * first read as plain evaluation does: a request that escapes it so is beyond doubt. */
function readings(relevant: readonly CompiledStatement[]): readonly Read[] {
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
