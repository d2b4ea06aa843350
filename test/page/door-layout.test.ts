import fc from "fast-check";
import { expect, test } from "vitest";
import type { DoorPath, Doors } from "../../lib/report/html/doors.ts";
import { layoutOf } from "../../page/door-layout.ts";

const size = fc.integer({ min: 1, max: 12 });
const pictures = fc.tuple(size, size, size).chain(([principals, doors, tables]) =>
  fc
    .uniqueArray(
      fc.record({
        principal: fc.nat(principals - 1),
        door: fc.nat(doors - 1),
        table: fc.nat(tables - 1),
        requests: fc.integer({ min: 1, max: 10_000 }),
      }),
      { minLength: 1, maxLength: 60, selector: ({ principal, door, table }) => `${principal} ${door} ${table}` },
    )
    .map(
      (paths): Doors => ({
        principals: nodes(principals, "principal", paths),
        doors: nodes(doors, "door", paths),
        tables: nodes(tables, "table", paths),
        paths,
      }),
    ),
);

function nodes(count: number, column: "principal" | "door" | "table", paths: readonly DoorPath[]) {
  return Array.from({ length: count }, (_, at) => ({
    label: `${column} ${at}`,
    requests: paths.filter((path) => path[column] === at).reduce((sum, { requests }) => sum + requests, 0),
    search: null,
  }));
}

test("no box lies on another one, and none outside of the drawing", () => {
  fc.assert(
    fc.property(pictures, (doors) => {
      const { boxes, width, height } = layoutOf(doors);
      for (const box of boxes) {
        expect(box.x + box.width).toBeLessThanOrEqual(width);
        expect(box.y).toBeGreaterThanOrEqual(-1e-6);
        expect(box.y + box.height).toBeLessThanOrEqual(height + 1e-6);
        const below = boxes.find(({ column, y }) => column === box.column && y > box.y);
        if (below !== undefined) expect(box.y + box.height).toBeLessThan(below.y);
      }
    }),
  );
});

test("each ribbon begins, passes and ends within its boxes, and is the wider the more requests it has", () => {
  fc.assert(
    fc.property(pictures, (doors) => {
      const { boxes, ribbons } = layoutOf(doors);
      const boxOf = (column: "principal" | "door" | "table", at: number) =>
        boxes.filter((box) => box.column === column)[at] ?? expect.fail("a ribbon without a box");
      for (const { path, curves, width } of ribbons) {
        const [first, second] = curves.map(endsOf);
        const stops = [
          [first?.from, boxOf("principal", path.principal)],
          [first?.to, boxOf("door", path.door)],
          [second?.from, boxOf("door", path.door)],
          [second?.to, boxOf("table", path.table)],
        ] as const;
        for (const [y = Number.NaN, box] of stops) {
          expect(y - width / 2).toBeGreaterThanOrEqual(box.y - 0.1);
          expect(y + width / 2).toBeLessThanOrEqual(box.y + box.height + 0.1);
        }
        for (const other of ribbons) {
          if (other.path.requests > path.requests) expect(other.width).toBeGreaterThanOrEqual(width);
        }
      }
    }),
  );
});

/** The heights at which a curve begins and ends. */
function endsOf(curve: string) {
  const numbers = [...curve.matchAll(/-?[\d.]+/g)].map(([number]) => Number(number));
  return { from: numbers[1], to: numbers.at(-1) };
}
