/**
 * The long comparison with the simulator: `npm run oracle:nightly -- [policy sets] [seed]`. Prints the seed, by which a
 * run is had again, the counts, and what disagrees, minimised; fails where anything does, or where it compared too little.
 */
import { randomInt } from "node:crypto";
import { isAllowed } from "../../lib/iam/evaluate.ts";
import { differ, described as evaluationDescribed } from "./differential.ts";
import { answersOf, checkLaws, described, laws, parsed } from "./laws.ts";
import { installOracle } from "./setup.ts";

const [runs, seed] = [wholeNumber(process.argv[2], 100_000), wholeNumber(process.argv[3], randomInt(2 ** 31 - 1))];
const started = performance.now();

function wholeNumber(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,10}$/.test(text)) throw new Error(`\`${text}\` is no whole number; give policy sets, then a seed`);
  return Number(text);
}

function say(sentence: string): void {
  const minutes = ((performance.now() - started) / 60_000).toFixed(1);
  console.log(`${minutes} min  ${sentence}`);
}

function listed(counts: Readonly<Record<string, number>> | ReadonlyMap<string, number>): string {
  const entries = counts instanceof Map ? [...counts] : Object.entries(counts);
  return entries
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `\n  ${String(count).padStart(8)}  ${name}`)
    .join("");
}

const oracle = await installOracle();
if ("missing" in oracle) throw new Error(oracle.missing);
say(`${runs} policy sets, seed ${seed}`);

const evaluation = await differ((set, request) => isAllowed(request, parsed(set)).allowed, runs, {
  seed,
  mostDisagreements: 20,
});
say(`plain evaluation: ${evaluation.requests} requests to ${evaluation.distinctPolicies} distinct sets`);
say(`${evaluation.allowed} of them allowed, ${evaluation.disagreements.length} disagreements`);
say(`left out as known gaps:${listed(evaluation.gaps)}`);

const search = await checkLaws(answersOf, runs, {
  seed,
  mostOfALaw: 20,
  progress: (sets) => {
    if (sets % 10_000 === 0) say(`the search: ${sets} sets`);
  },
});
say(`the search: ${search.distinctSets} distinct sets, answered${listed(search.answers)}`);
say(`asked of the simulator, ${search.inGaps} more left out as known gaps:`);
for (const [law, sentence] of Object.entries(laws)) {
  const name = law as keyof typeof laws;
  console.log(`  ${String(search.asked[name]).padStart(8)}  ${sentence}; broken ${search.broken[name]} times`);
}
if (Object.keys(search.excused).length > 0) say(`broken as is known (known.ts):${listed(search.excused)}`);

const disagreements = [...evaluation.disagreements.map(evaluationDescribed), ...search.violations.map(described)];
for (const one of disagreements) console.log(JSON.stringify(one, null, 2));
const thin = evaluation.allowed < evaluation.requests / 20 || search.asked.none < search.answers.none;
if (thin) console.log("too little was compared to prove anything: look at the generator");
say(disagreements.length === 0 ? "no disagreements" : `${disagreements.length} different disagreements, seed ${seed}`);
process.exitCode = disagreements.length > 0 || thin ? 1 : 0;
