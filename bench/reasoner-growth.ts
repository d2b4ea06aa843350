/** The worker that follows a curve from size to size; who started it ends it where a size takes too long. */
import { parentPort, workerData } from "node:worker_threads";
import { median } from "./ratio.ts";
import { curves } from "./reasoner-policies.ts";
import { documentsOf, timed, verdict } from "./reasoner-verdict.ts";

export interface Point {
  readonly size: number;
  readonly ms: number;
  readonly answer: "witness" | "proof" | "undecided";
}

/** Where a verdict takes longer it is not repeated. */
const worthRepeating = 1000;
const repeats = 7;
const warmups = 60;

const curve = curves[workerData as number];
let serial = 1;

async function measured(size: number): Promise<Point> {
  if (curve === undefined) throw new Error("there is no such curve");
  const documents = documentsOf(curve.make(size, ++serial));
  const { value, ms } = await timed(() => verdict(documents, serial));
  if (value === "nothing") throw new Error(`${curve.name}: nothing is allowed at all`);
  const answer = typeof value === "object" ? "witness" : value === "none" ? "proof" : value;
  const wanted = curve.isFree ? "witness" : "proof";
  if (answer !== "undecided" && answer !== wanted) throw new Error(`${curve.name}: ${answer} instead of a ${wanted}`);
  return { size, ms, answer };
}

const small = curve?.sizes.filter((size) => size <= 10) ?? [];
for (let round = 0; round < warmups; round++) await measured(small[round % small.length] ?? 1);
parentPort?.postMessage("warm");
for (const size of curve?.sizes ?? []) {
  const points = [await measured(size)];
  while ((points[0]?.ms ?? 0) < worthRepeating && points.length < repeats) points.push(await measured(size));
  const { answer } = points[0] ?? { answer: "undecided" };
  parentPort?.postMessage({ size, answer, ms: median(points.map(({ ms }) => ms)) } satisfies Point);
}
