/** Requests that try to get past the policies although nothing restrains them: what an answer "none" must withstand. */
import type { Request } from "../../lib/iam/request.ts";
import { conditionsOf, statementsOf } from "./documents.ts";
import { isBinding, isChosen, restraintOf, valuesLike } from "./fresh.ts";
import { impossibility, isShaped, now, type Presence, presenceOf } from "./possible.ts";
import { candidateResources, giveTwins, keysOf, namesAction, valuesOf } from "./requests.ts";
import type { PolicySet } from "./simulate.ts";
import { account, actions, isMultiValued } from "./vocabulary.ts";

/** A request for an action without its service that could be, free or not; null where this choice makes none.
 * @param choice a whole number: the same makes the same request */
export function possibleRequest(set: PolicySet, action: string, choice: number, isFree: boolean): Request | null {
  const next = chooser(choice);
  const statements = statementsOf(set);
  const relevant = statements.filter((statement) => namesAction(statement, `dynamodb:${action}`));
  const conditions = statements.flatMap(conditionsOf);
  const world = worldOf(action, next);
  const context = new Map<string, readonly string[]>();
  const worldFirst = [...keysOf(set)].sort((a, b) => Number(a === "aws:username") - Number(b === "aws:username"));
  for (const key of worldFirst) {
    const presence = world.presence(key) ?? presenceOf(action, key);
    if (presence === "never" || (presence === "sometimes" && next(2) === 0)) continue;
    const candidates = [...valuesOf(conditions, key, context, true), ...valuesLike(key), ...(others[key] ?? [])].filter(
      (value) => isShaped(key, value),
    );
    const fixed = world.value(key, context);
    const values = fixed === undefined ? candidates : [fixed];
    const pickable =
      isFree && isBinding(key)
        ? values.filter((value) => !isChosen(set, relevant, key, [value], `dynamodb:${action}`, context))
        : values;
    const first = pickable[next(pickable.length)];
    if (first === undefined) return null;
    const several = isMultiValued(key) && (!/(leadingkeys|keyvalues)$/.test(key) || /^(Batch|PartiQL)/.test(action));
    const rest = several ? [next(candidates.length), next(candidates.length)].slice(0, next(3)) : [];
    context.set(key, [...new Set([first, ...rest.map((at) => candidates[at] ?? first)])]);
  }
  giveTwins(set, context);
  const region = context.get("aws:requestedregion")?.[0];
  const resources = [...candidateResources(statements, action, context), ...unnamed(action)];
  const there = region === undefined ? resources : resources.filter((arn) => arn.split(":")[3] === region);
  const resource = there[next(there.length)];
  if (resource === undefined) return null;
  const request: Request = { principal: null, action: `dynamodb:${action}`, resource, context };
  if (impossibility(set, request) !== null) return null;
  return isFree && restraintOf(set, request) !== null ? null : request;
}

/** Values that the types of the vocabulary do not say. */
const others: Readonly<Record<string, readonly string[]>> = {
  "aws:viaawsservice": ["false"],
  "aws:currenttime": [new Date(now).toISOString().replace(".000", ""), "2031-01-01T00:00:00Z"],
  "aws:epochtime": [String(now / 1000), "1924992000"],
  "aws:tokenissuetime": [new Date(now - 60_000).toISOString().replace(".000", "")],
  "dynamodb:select": ["ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "COUNT"],
  "dynamodb:returnvalues": ["NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"],
  "dynamodb:enclosingoperation": ["TransactGetItems", "TransactWriteItems", "ExecuteTransaction"],
  "dynamodb:returnconsumedcapacity": ["NONE", "TOTAL", "INDEXES"],
};

/** A table that no policy of the vocabulary names, elsewhere too. */
function unnamed(action: string): readonly string[] {
  const tables = ["us-east-1", "eu-west-1"].map((region) => `arn:aws:dynamodb:${region}:${account}:table/Fresh-1`);
  return (actions[action]?.on ?? []).flatMap((kind) =>
    kind === "index" ? tables.map((table) => `${table}/index/Fresh-2`) : kind === "table" ? tables : [],
  );
}

type Next = (count: number) => number;

/** A generator of fc's own would take longer to choose than the simulator to answer (Mulberry32). */
function chooser(choice: number): Next {
  let state = choice;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(count, 1);
  };
}

/** Keys that come together: what these choices make of them. */
interface World {
  presence(key: string): Presence | undefined;
  value(key: string, context: ReadonlyMap<string, readonly string[]>): string | undefined;
}

function worldOf(action: string, next: Next): World {
  const through = next(2) === 0;
  const isUser = next(2) === 0;
  const isSession = !isUser || next(2) === 0;
  const isScan = next(2) === 0;
  const given = (is: boolean): Presence => (is ? "always" : "never");
  const name = ["fresh", "zed", "ann"][next(3)] ?? "fresh";
  const select = others["dynamodb:select"]?.[next(4)];
  return {
    presence(key) {
      if (/^aws:(sourcevpce?|vpcsourceip|vpceaccount)$/.test(key)) return given(through);
      if (key === "aws:sourceip") return given(!through);
      if (/^aws:(tokenissuetime|multifactorauthpresent)$/.test(key)) return given(isSession);
      if (key === "aws:multifactorauthage") return "never";
      if (key === "aws:username") return given(isUser);
      if (action === "PartiQLSelect" && /(leadingkeys|firstpartitionkeyvalues)$/.test(key)) return given(!isScan);
      const isNamed = select === "SPECIFIC_ATTRIBUTES" && presenceOf(action, key) !== "never";
      return key === "dynamodb:attributes" && isNamed ? "always" : undefined;
    },
    value(key, context) {
      if (key === "aws:principalarn") return `arn:aws:iam::${account}:${isUser ? "user" : "role"}/${name}`;
      if (key === "aws:username") return context.has("aws:principalarn") ? name : undefined;
      if (/^aws:(resource|principal)account$/.test(key)) return account;
      if (key === "aws:multifactorauthpresent") return "false";
      if (key === "dynamodb:fulltablescan") return String(isScan);
      return key === "dynamodb:select" ? select : undefined;
    },
  };
}
