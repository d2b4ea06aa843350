/** What every answer of the search must withstand, asked of the simulator on random policies; minimises what does not. */
import fc from "fast-check";
import { dataActions as inOrder } from "../../lib/iam/actions.ts";
import { findAllowedRequest } from "../../lib/iam/allowed-request.ts";
import type { NamedPolicy, PolicySet as Parsed } from "../../lib/iam/evaluate.ts";
import { type Found, findFreeRequest } from "../../lib/iam/free-request.ts";
import { parsePolicy } from "../../lib/iam/parse.ts";
import type { Request } from "../../lib/iam/request.ts";
import { callerOf } from "../../lib/iam/variables.ts";
import type { Witness } from "../../lib/iam/witness.ts";
import { documentsOf, listOf, type StatementJson, statementsOf } from "./documents.ts";
import { restraintOf } from "./fresh.ts";
import { gapOf } from "./gaps.ts";
import { policySets } from "./generate.ts";
import { type Known, known } from "./known.ts";
import { minimise } from "./minimise.ts";
import { dataActions, impossibility, now } from "./possible.ts";
import { isCoherent, namesAction } from "./requests.ts";
import { type PolicySet, simulate } from "./simulate.ts";
import { possibleRequest } from "./unrestrained.ts";
import { account } from "./vocabulary.ts";

export const laws = {
  allowed: "a witness is allowed",
  possible: "a witness is a request that could be",
  free: "a witness is restrained by nothing",
  some: "none: some request is allowed all the same",
  none: "none: every free request is denied",
  nothing: "nothing: every request is denied",
} as const;
export type Law = keyof typeof laws;

export interface Answers {
  readonly free: Found;
  /** Free or not; null where the answer is not "none". */
  readonly any: Witness | "none" | "undecided" | null;
}
export type Answer = (set: PolicySet) => Answers;

export interface Violation {
  readonly law: Law;
  readonly set: PolicySet;
  readonly request: Request;
  readonly why: string;
}

export interface Tally {
  readonly sets: number;
  readonly distinctSets: number;
  readonly answers: Readonly<Record<"witness" | Extract<Found, string>, number>>;
  /** Requests that the simulator was asked about, by law. */
  readonly asked: Readonly<Record<Law, number>>;
  readonly inGaps: number;
  /** Broken as is known (known.ts), by what it is about. */
  readonly excused: Readonly<Record<string, number>>;
  /** Broken otherwise, by law: every time. */
  readonly broken: Readonly<Record<Law, number>>;
  /** Minimised, different from each other, at most so many of a law. */
  readonly violations: readonly Violation[];
}

export interface Options {
  readonly seed?: number;
  readonly sets?: fc.Arbitrary<PolicySet>;
  /** Requests for each action of the data plane, where the answer is "none". */
  readonly requestsPerAction?: number;
  readonly mostOfALaw?: number;
  /** Ways to break a law that are known: counted, and not looked into. */
  readonly known?: readonly Known[];
  readonly progress?: (sets: number) => void;
}

/** The policies as the product reads them. */
export function parsed({ identityPolicies, boundary }: PolicySet): Parsed {
  const named = (text: string, name: string): NamedPolicy => {
    const result = parsePolicy(text, "identity");
    if ("faults" in result) throw new Error(`${text}: ${JSON.stringify(result.faults)}`);
    return { name, policy: result.policy };
  };
  return {
    identity: identityPolicies.map((text, index) => named(text, `policy-${index}`)),
    boundary: boundary === undefined ? null : named(boundary, "boundary"),
  };
}

/** The product's own answers, of a caller of whom the account and its partition are known. */
export function answersOf(set: PolicySet, bindingKeys: ((key: string) => boolean) | null = null): Answers {
  const policies = parsed(set);
  const asked = { actions: inOrder, caller: callerOf(null, account, "aws"), now };
  const free = findFreeRequest(policies, { ...asked, bindingKeys });
  return { free, any: free === "none" ? findAllowedRequest(policies, asked) : null };
}

/** A witness as a request; keys that must be absent are. The simulator wants both names of what has two. */
export function requestOf({ principal, action, resource, context }: Witness): Request {
  const present = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(context)) {
    if (value !== null) present.set(key.toLowerCase(), typeof value === "string" ? [value] : value);
  }
  const leading = present.get("dynamodb:leadingkeys") ?? present.get("dynamodb:firstpartitionkeyvalues");
  if (leading !== undefined)
    present.set("dynamodb:leadingkeys", leading).set("dynamodb:firstpartitionkeyvalues", leading);
  const [epoch] = present.get("aws:epochtime") ?? [];
  const time =
    present.get("aws:currenttime")?.[0] ??
    (epoch === undefined ? undefined : new Date(Number(epoch) * 1000).toISOString());
  if (time !== undefined) {
    present.set("aws:currenttime", [time]).set("aws:epochtime", [String(Math.floor(Date.parse(time) / 1000))]);
  }
  return { principal, action, resource, context: present };
}

const perChunk = 500;

export async function checkLaws(
  answer: Answer,
  runs: number,
  {
    seed = 1,
    sets = policySets(),
    requestsPerAction = 4,
    mostOfALaw = 3,
    known: excused = known,
    progress,
  }: Options = {},
): Promise<Tally> {
  const check = new Check(answer, requestsPerAction, mostOfALaw, excused);
  const each = fc.tuple(sets, fc.noBias(fc.nat()));
  for (let done = 0; done < runs; done += perChunk) {
    const numRuns = Math.min(perChunk, runs - done);
    for (const [set, choice] of fc.sample(each, { seed: seed + done, numRuns })) await check.ask(set, choice);
    progress?.(done + numRuns);
  }
  return check.tally();
}

/** A violation as JSON that a new test, or another simulator, can be given. */
export function described({ law, set, request, why }: Violation): object {
  return {
    law: laws[law],
    why,
    identityPolicies: set.identityPolicies.map((text) => JSON.parse(text)),
    ...(set.boundary === undefined ? {} : { boundary: JSON.parse(set.boundary) }),
    request: { ...request, context: Object.fromEntries(request.context) },
  };
}

const lawNames = Object.keys(laws) as readonly Law[];
const zeros = (): Record<Law, number> => Object.fromEntries(lawNames.map((law) => [law, 0])) as Record<Law, number>;

class Check {
  private readonly distinct = new Set<string>();
  private readonly answers = { witness: 0, none: 0, nothing: 0, undecided: 0 };
  private readonly asked = zeros();
  private readonly broken = zeros();
  private readonly violations = new Map<string, Violation>();
  private readonly excusedBy = new Map<string, number>();
  private sets = 0;
  private inGaps = 0;
  private readonly answer: Answer;
  private readonly requestsPerAction: number;
  private readonly mostOfALaw: number;
  private readonly excused: readonly Known[];

  constructor(answer: Answer, requestsPerAction: number, mostOfALaw: number, excused: readonly Known[]) {
    this.answer = answer;
    this.requestsPerAction = requestsPerAction;
    this.mostOfALaw = mostOfALaw;
    this.excused = excused;
  }

  async ask(set: PolicySet, choice: number): Promise<void> {
    this.sets++;
    this.distinct.add(JSON.stringify(set));
    const { free, any } = this.answer(set);
    this.answers[typeof free === "string" ? free : "witness"]++;
    if (typeof free === "object") await this.judgeWitness(set, ["allowed", "possible", "free"], free);
    if (any !== null) await this.judgeWitness(set, ["some"], any);
    if (free === "none" || free === "nothing") await this.attack(set, free, choice);
  }

  tally(): Tally {
    const { sets, distinct, answers, asked, inGaps, broken, violations } = this;
    const all = [...violations.values()];
    return {
      sets,
      distinctSets: distinct.size,
      answers,
      asked,
      inGaps,
      excused: Object.fromEntries(this.excusedBy),
      broken,
      violations: all,
    };
  }

  private async judgeWitness(
    set: PolicySet,
    about: readonly Law[],
    witness: Witness | "none" | "undecided",
  ): Promise<void> {
    for (const law of about) {
      const why = await this.fault(law, set, witness);
      if (why === "gap") this.inGaps++;
      else this.asked[law]++;
      if (why === null || why === "gap") continue;
      const again = (asked: PolicySet): Witness | "none" | "undecided" | null => {
        const { free, any } = this.answer(asked);
        return law === "some" ? any : typeof free === "object" ? free : null;
      };
      await this.record(law, set, isWitness(witness) ? requestOf(witness) : nobody, why, async (smaller) => {
        const found = again(smaller.set);
        const same = found === null ? null : await this.fault(law, smaller.set, found);
        return same === "gap" ? null : same;
      });
    }
  }

  /** Why a witness breaks the law; null: it does not. */
  private async fault(law: Law, set: PolicySet, witness: Witness | "none" | "undecided"): Promise<string | null> {
    if (!isWitness(witness)) return witness === "none" ? "no request is found" : null;
    const request = requestOf(witness);
    if (law === "possible") return impossibility(set, request, "conditions");
    if (law === "free") return restraint(set, request, witness.allowedBy);
    if (gapOf(set, request) !== null) return "gap";
    const simulated = await simulate({ ...set, request });
    return simulated === "Allowed" ? null : `the simulator says ${JSON.stringify(simulated)}`;
  }

  /** Tries to be allowed although the answer says that nobody is. */
  private async attack(set: PolicySet, law: "none" | "nothing", choice: number): Promise<void> {
    let at = 0;
    // That nothing is allowed at all is the plainer claim, and the more frequent.
    const times = law === "nothing" ? 1 : this.requestsPerAction;
    const allows = statementsOf(set).filter(({ Effect }) => Effect === "Allow");
    for (const action of dataActions) {
      if (!allows.some((statement) => namesAction(statement, `dynamodb:${action}`))) continue;
      for (let time = 0; time < times; time++) {
        const request = possibleRequest(set, action, choice + at++, law === "none");
        if (request === null) continue;
        const why = await this.breach(law, set, request);
        if (why === "gap") this.inGaps++;
        else this.asked[law]++;
        if (why === null || why === "gap") continue;
        return await this.record(law, set, request, why, async (smaller) => {
          if (this.answer(smaller.set).free !== law || !isCoherent(smaller.set, smaller.request)) return null;
          if (impossibility(smaller.set, smaller.request) !== null) return null;
          if (law === "none" && restraintOf(smaller.set, smaller.request) !== null) return null;
          const same = await this.breach(law, smaller.set, smaller.request);
          return same === "gap" ? null : same;
        });
      }
    }
  }

  private async breach(law: Law, set: PolicySet, request: Request): Promise<string | null> {
    if (gapOf(set, request) !== null) return "gap";
    const simulated = await simulate({ ...set, request });
    if (typeof simulated === "object") return `the simulator says ${simulated.invalid}`;
    return simulated === "Allowed" ? `allowed all the same, although ${law}` : null;
  }

  private async record(
    law: Law,
    set: PolicySet,
    request: Request,
    why: string,
    holds: (asked: { readonly set: PolicySet; readonly request: Request }) => Promise<string | null>,
  ): Promise<void> {
    const excuse = this.excused.find((one) => one.law === law && one.applies(set, request, why));
    if (excuse !== undefined) {
      this.excusedBy.set(excuse.about, (this.excusedBy.get(excuse.about) ?? 0) + 1);
      return;
    }
    this.broken[law]++;
    if ([...this.violations.values()].filter((one) => one.law === law).length >= this.mostOfALaw) return;
    const stillHolds = async (asked: { readonly set: PolicySet; readonly request: Request }): Promise<boolean> => {
      const same = await holds(asked);
      return (
        same !== null && !this.excused.some((one) => one.law === law && one.applies(asked.set, asked.request, same))
      );
    };
    const least = await minimise({ set, request }, stillHolds);
    const violation: Violation = { law, ...least, why: (await holds(least)) ?? why };
    const about = isAboutWitness(law) ? this.answer(least.set) : null;
    const witness = about === null ? null : law === "some" ? about.any : about.free;
    const shown =
      typeof witness === "object" && witness !== null ? { ...violation, request: requestOf(witness) } : violation;
    this.violations.set(`${law} ${why} ${JSON.stringify(shown.set)}`, shown);
  }
}

const nobody: Request = { principal: null, action: "", resource: "", context: new Map() };

function isWitness(found: Witness | string): found is Witness {
  return typeof found === "object";
}

function isAboutWitness(law: Law): boolean {
  return law !== "none" && law !== "nothing";
}

/** What restrains a request by those statements that decide about it: every Deny, and one of the Allows, a limit beside it. */
function restraint(set: PolicySet, request: Request, allowedBy: readonly string[]): string | null {
  const documents = documentsOf(set);
  const boundaryAt = set.boundary === undefined ? -1 : set.identityPolicies.length;
  const statements = documents.flatMap(({ Statement }, at) =>
    listOf(Statement).map((statement, index) => ({
      statement,
      name: `${at === boundaryAt ? "boundary" : `policy-${at}`}/${statement.Sid ?? `#${index}`}`,
    })),
  );
  const denies = statements.filter(({ statement }) => statement.Effect === "Deny").map(({ statement }) => statement);
  const allowing = (isLimit: boolean): readonly StatementJson[] =>
    statements
      .filter(({ name }) => allowedBy.includes(name) && name.startsWith("boundary/") === isLimit)
      .map(({ statement }) => statement);
  const limits = boundaryAt < 0 ? [null] : allowing(true);
  let found: string | null = "nothing that allows it is named";
  for (const grant of allowing(false)) {
    for (const limit of limits) {
      const restrained = restraintOf(set, request, [...denies, grant, ...(limit === null ? [] : [limit])]);
      if (restrained === null) return null;
      found = `restrained by ${restrained}`;
    }
  }
  return found;
}
