/**
 * The reasoner's price: a verdict, which speaks of all requests, beside an independent simulator's answer about one
 * request and about the requests that a verdict by simulation would need; then how the price grows with the policies.
 * `node bench/reasoner.ts`; the simulator is installed in its own package first, or left out aloud.
 */
import { Worker } from "node:worker_threads";
import { actionsNamed, dataActions } from "../lib/iam/actions.ts";
import { keyInfo, keyName } from "../lib/iam/keys.ts";
import { presenceOf } from "../lib/iam/presence.ts";
import type { Request } from "../lib/iam/request.ts";
import { resourceTypesOf } from "../lib/iam/resources.ts";
import { installOracle } from "../test/oracle/setup.ts";
import { type Answer, simulate } from "../test/oracle/simulate.ts";
import { exponentOf, median, ratio } from "./ratio.ts";
import type { Point } from "./reasoner-growth.ts";
import { type Curve, curves, type Statements, subjects } from "./reasoner-policies.ts";
import { documentsOf, principalOf, timed, verdict } from "./reasoner-verdict.ts";

const rounds = 15;
const warmups = 40;
/** Of a large grid so many requests are asked a round, spread over it, and their mean stands for the others. */
const askedOfGrid = 40;
const simulatedRequests = 10;
const fasterThanGrid = 15;
const longest = 20_000;
const steepest = 1.15;

export async function benchReasoner(): Promise<void> {
  const oracle = await installOracle();
  if ("missing" in oracle) console.log(`not beside the simulator: ${oracle.missing}`);
  else for (const subject of subjects) await compare(subject);
  for (const [index, curve] of curves.entries()) await grow(curve, index);
}

let serial = 0x1000;

async function compare({ name, make, isFree }: (typeof subjects)[number]): Promise<void> {
  const ours: number[] = [];
  const single: number[] = [];
  const ofGrid: number[] = [];
  let requests = 0;
  let bytes = 0;
  for (let round = -warmups; round < rounds; round++) {
    const judged = serial++;
    const statements = make(judged);
    const documents = documentsOf(statements);
    bytes = Buffer.byteLength(documents.join());
    const { value, ms } = await timed(() => verdict(documents, judged));
    if ((typeof value === "object") !== isFree || value === "undecided" || value === "nothing") {
      throw new Error(`${name}: ${typeof value === "object" ? "a witness" : value} is not what the bench expects`);
    }
    // The simulator is warm sooner, and dear where the policy is large.
    if (round < -5) continue;
    const grid = gridOf(statements, principalOf(judged));
    requests = grid.length;
    const ask = (request: Request | undefined): Promise<Answer> => {
      if (request === undefined) throw new Error(`${name}: an empty grid`);
      return simulate({ identityPolicies: documents, request });
    };
    const one = await timed(() => ask(grid[(round + rounds + warmups) % grid.length]));
    // A free request ends the grid where it is found; to prove that there is none takes all of it.
    const stride = Math.max(1, Math.floor(grid.length / askedOfGrid));
    const asked = isFree ? [] : grid.filter((_, index) => index % stride === (round + warmups) % stride);
    const answers: Answer[] = [];
    const sample = await timed(async () => {
      for (const request of asked) answers.push(await ask(request));
    });
    const wrong = answers.find((answer) => answer !== "ImplicitlyDenied" && answer !== "ExplicitlyDenied");
    if (wrong !== undefined) throw new Error(`${name}: the simulator says ${JSON.stringify(wrong)} where all is bound`);
    if (round < 0) continue;
    ours.push(ms);
    single.push(one.ms);
    ofGrid.push((sample.ms / asked.length) * grid.length);
  }
  const size = bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(0)} kB`;
  const what = `${isFree ? "witness" : "proof"}, ${name} (${size})`;
  console.log(microseconds(`${what}, over one simulated request`, ours, single, simulatedRequests));
  if (isFree) return;
  console.log(microseconds(`${what}, over ${requests} of them`, ours, ofGrid, Number((1 / fasterThanGrid).toFixed(3))));
}

function microseconds(what: string, ours: readonly number[], base: readonly number[], goal: number): string {
  return ratio(what, median(ours) * 1000, median(base) * 1000, "us", goal);
}

/**
 * The requests that a verdict by simulation would ask about, by what it can read off the policy without reasoning: every
 * action of the data plane that an Allow names, on an example of each resource pattern and of a resource that no pattern
 * names, as far as they are of the action's types; in a context for every choice of what each key can be that a
 * condition or variable speaks of: absent where the action permits it, one fresh value, and of a key that binds nobody
 * each constant too. A constant of a binding key is left out: no such request is free. Patterns and constants that
 * interact would need more, so this is the least.
 */
function gridOf(statements: Statements, principal: string): readonly Request[] {
  const allowed = statements
    .filter(({ Effect }) => Effect === "Allow")
    .reduce((set, { Action }) => set | actionsNamed({ not: false, patterns: listOf(Action) }), 0n);
  const patterns = statements.flatMap(({ Resource }) => listOf(Resource)).filter((text) => /dynamodb/.test(text));
  const fresh = "arn:aws:dynamodb:us-east-1:123456789012:table/any-table";
  const resources = new Set([...patterns.map(exampleOf), fresh, `${fresh}/index/any-index`]);
  const values = valuesOf(statements);
  return dataActions
    .filter((action) => (actionsNamed({ not: false, patterns: [action] }) & allowed) !== 0n)
    .flatMap((action) => {
      const types = resourceTypesOf(action);
      const contexts = contextsOf(action, values);
      return [...resources]
        .filter((arn) => types.includes(arn.includes("/index/") ? "index" : "table"))
        .flatMap((resource) => contexts.map((context) => ({ principal, action, resource, context })));
    });
}

/** What each key can be, as far as the policy tells values apart. */
function valuesOf(statements: Statements): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  const add = (written: string, constants: readonly string[]): void => {
    const key = keyName(written);
    const info = keyInfo(key);
    if (info === null) return;
    const others = info.values.kind === "choice" ? info.values.choices : [freshOf(key)];
    const told = info.binding === null ? constants : [];
    values.set(key, [...new Set([...(values.get(key) ?? []), ...told, ...others])]);
  };
  for (const { Condition = {}, Resource } of statements) {
    for (const block of Object.values(Condition)) {
      for (const [key, constants] of Object.entries(block)) add(key, listOf(constants));
    }
    for (const [, key = ""] of JSON.stringify([Condition, Resource]).matchAll(/\$\{([\w.:/-]+)\}/g)) add(key, []);
  }
  return values;
}

function contextsOf(action: string, values: ReadonlyMap<string, readonly string[]>): readonly Request["context"][] {
  let contexts: readonly Request["context"][] = [new Map()];
  for (const [key, present] of values) {
    const presence = presenceOf(action, key);
    if (presence === "never") continue;
    const choices = presence === "always" ? present : [undefined, ...present];
    contexts = contexts.flatMap((context) =>
      choices.map((value) => (value === undefined ? context : new Map([...context, [key, [value]]]))),
    );
  }
  return contexts;
}

function freshOf(key: string): string {
  return key === "aws:sourcevpce" ? "vpce-ffffffffffffffffff" : "any-value";
}

function exampleOf(pattern: string): string {
  return pattern.replace("dynamodb:*:*:", "dynamodb:us-east-1:123456789012:").replaceAll("*", "any");
}

function listOf(values: string | readonly string[]): readonly string[] {
  return typeof values === "string" ? [values] : values;
}

/** Follows one curve in a thread that can be ended, and prints each size and the exponents of growth. */
async function grow(curve: Curve, index: number): Promise<void> {
  console.log(`${curve.unit}: ${curve.name}${curve.isFree ? " (a witness is left)" : ""}`);
  const points: Point[] = [];
  const worker = new Worker(new URL("./reasoner-growth.ts", import.meta.url), { workerData: index });
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      const at = curve.sizes[points.length];
      console.log(`${String(at).padStart(8)}  cut off after ${longest / 1000} s, and so are the larger ones`);
      worker.terminate().then(() => resolve(), reject);
    };
    let timer = setTimeout(stop, longest);
    worker.on("message", (point: Point | "warm") => {
      clearTimeout(timer);
      timer = setTimeout(stop, longest);
      if (point === "warm") return;
      points.push(point);
      const undecided = point.answer === "undecided" ? "  undecided" : "";
      console.log(`${String(point.size).padStart(8)}  ${point.ms.toFixed(2).padStart(9)} ms${undecided}`);
    });
    worker.on("error", reject);
    worker.on("exit", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  // A budget that ran out says nothing of what an answer costs.
  const answered = points.filter(({ answer }) => answer !== "undecided");
  const fits = [answered, answered.slice(-3)].map((some) => exponentOf(some).toFixed(2));
  const goal = curve.unit === "statements" ? `; goal ${steepest}` : "";
  console.log(`exponent ${fits[0]} over all sizes, ${fits[1]} over the last three${goal}`);
}

if (import.meta.main) await benchReasoner();
