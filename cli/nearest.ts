/** The names that somebody may have meant who gave one that is none. Pure. */

const mostSuggested = 3;
/** Beyond this share of the longer name a likeness is chance. */
const farthest = 0.4;
/** Whoever misspelt one name did not mean another that is much farther off. */
const slack = 0.1;
const shortestPart = 3;
const shared = /^dynamodb-/;

/** Those of `names` that are near to what was given, the nearest first; none where nothing is near.
 * What all names begin with tells nothing of which was meant and is left out of the comparison. */
export function nearestNames(given: string, names: readonly string[]): readonly string[] {
  const wanted = given
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, "-")
    .replace(shared, "");
  if (wanted === "") return [];
  const near = names
    .map((name) => ({ name, distance: distanceOf(wanted, name.replace(shared, "")) }))
    .filter(({ distance }) => distance <= farthest)
    .sort((one, other) => one.distance - other.distance);
  const limit = (near[0]?.distance ?? 0) + slack;
  return near
    .filter(({ distance }) => distance <= limit)
    .slice(0, mostSuggested)
    .map(({ name }) => name);
}

/** From 0, the same, to 1, nothing in common; a part of a name is nearer than any misspelling of it. */
function distanceOf(wanted: string, name: string): number {
  if (wanted.length >= shortestPart && name.includes(wanted)) return (1 - wanted.length / name.length) / name.length;
  return edits(wanted, name) / Math.max(wanted.length, name.length);
}

/** Letters to put in, take out or exchange (Levenshtein's distance). */
function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [column, opposite] of [...other].entries()) {
      const exchanged = (row[column] ?? 0) + (letter === opposite ? 0 : 1);
      next.push(Math.min(exchanged, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
