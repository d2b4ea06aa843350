/** A line of the bench: both figures, their ratio, and the goal. */
export function ratio(what: string, ours: number, base: number, unit: string, goal: number): string {
  const figures = `${ours.toFixed(unit === "ms" ? 1 : 0)} / ${base.toFixed(unit === "ms" ? 1 : 0)} ${unit}`;
  return `${what.padEnd(66)} ${(ours / base).toFixed(3)}  (${figures}; goal ${goal})`;
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
