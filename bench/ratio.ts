/** A line of the bench: both figures, their ratio, and the goal. */
export function ratio(what: string, ours: number, base: number, unit: string, goal: number): string {
  const figures = `${ours.toFixed(unit === "ms" ? 1 : 0)} / ${base.toFixed(unit === "ms" ? 1 : 0)} ${unit}`;
  return `${what.padEnd(66)} ${(ours / base).toFixed(3)}  (${figures}; goal ${goal})`;
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Of the power of the size by which the time grows: the least-squares line through the logarithms. */
export function exponentOf(points: readonly { readonly size: number; readonly ms: number }[]): number {
  const logs = points.map(({ size, ms }) => ({ x: Math.log(size), y: Math.log(ms) }));
  const mean = (of: (log: { x: number; y: number }) => number): number =>
    logs.reduce((sum, log) => sum + of(log), 0) / logs.length;
  const [x, y] = [mean((log) => log.x), mean((log) => log.y)];
  return mean((log) => (log.x - x) * (log.y - y)) / mean((log) => (log.x - x) ** 2);
}
