/** Where the picture of doors draws its boxes and ribbons. In units of the drawing, its width fixed. */
import type { DoorNode, DoorPath, Doors } from "../lib/report/html/doors.ts";

export interface DoorLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly DoorBox[];
  readonly ribbons: readonly Ribbon[];
}

export interface DoorBox {
  readonly node: DoorNode;
  readonly column: DoorColumn;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Ribbon {
  readonly path: DoorPath;
  /** Two curves: to the door, and from it. */
  readonly curves: readonly [string, string];
  readonly width: number;
}

const columns = [
  { name: "principal", x: 0, width: 290 },
  { name: "door", x: 420, width: 190 },
  { name: "table", x: 740, width: 220 },
] as const;
type Column = (typeof columns)[number];
export type DoorColumn = Column["name"];

const drawingWidth = 960;
const smallestBox = 28;
const gap = 8;
/** All ribbons side by side, where there are many. */
const widestBundle = 260;
const widestRequest = 10;
const thinnest = 1.5;

/** Each box is as high as its ribbons are wide together; each ribbon as wide as its requests are many. */
export function layoutOf({ principals, doors, tables, paths }: Doors): DoorLayout {
  const total = paths.reduce((sum, { requests }) => sum + requests, 0);
  const unit = Math.min(widestRequest, widestBundle / total);
  const widthOf = ({ requests }: DoorPath): number => Math.max(thinnest, requests * unit);
  const nodesOf: Readonly<Record<DoorColumn, readonly DoorNode[]>> = {
    principal: principals,
    door: doors,
    table: tables,
  };
  const heights = columns.map(({ name }) =>
    nodesOf[name].map((_node, at) => {
      const bundle = paths.filter((path) => path[name] === at).reduce((sum, path) => sum + widthOf(path), 0);
      return Math.max(smallestBox, bundle + gap);
    }),
  );
  const columnHeights = heights.map((some) => some.reduce((sum, height) => sum + height + gap, -gap));
  const height = Math.max(...columnHeights);

  const boxes = columns.map(({ name, x, width }, column) => {
    let y = (height - (columnHeights[column] ?? 0)) / 2;
    return nodesOf[name].map((node, at): DoorBox => {
      const box = { node, column: name, x, y, width, height: heights[column]?.[at] ?? smallestBox };
      y += box.height + gap;
      return box;
    });
  });
  const [ofPrincipals = [], ofDoors = [], ofTables = []] = boxes;
  const leaving = slots(ofPrincipals, "principal", ["door", "table"], paths, widthOf);
  const entering = slots(ofDoors, "door", ["principal", "table"], paths, widthOf);
  const passing = slots(ofDoors, "door", ["table", "principal"], paths, widthOf);
  const arriving = slots(ofTables, "table", ["door", "principal"], paths, widthOf);
  const [left, middle, right] = columns;
  return {
    width: drawingWidth,
    height,
    boxes: boxes.flat(),
    ribbons: paths.map((path, at): Ribbon => {
      const [from = 0, into = 0, out = 0, to = 0] = [leaving[at], entering[at], passing[at], arriving[at]];
      return {
        path,
        curves: [curve(left.x + left.width, from, middle.x, into), curve(middle.x + middle.width, out, right.x, to)],
        width: widthOf(path),
      };
    }),
  };
}

/** The middle of each path at its box, one beside the other, in the order of what they lead to: few of them cross. */
function slots(
  boxes: readonly DoorBox[],
  column: DoorColumn,
  [first, second]: readonly [DoorColumn, DoorColumn],
  paths: readonly DoorPath[],
  widthOf: (path: DoorPath) => number,
): readonly number[] {
  const middles: number[] = [];
  for (const [at, box] of boxes.entries()) {
    const through = [...paths.entries()]
      .filter(([, path]) => path[column] === at)
      .sort(([, one], [, other]) => one[first] - other[first] || one[second] - other[second]);
    const bundle = through.reduce((sum, [, path]) => sum + widthOf(path), 0);
    let y = box.y + (box.height - bundle) / 2;
    for (const [place, path] of through) {
      middles[place] = y + widthOf(path) / 2;
      y += widthOf(path);
    }
  }
  return middles;
}

function curve(fromX: number, fromY: number, toX: number, toY: number): string {
  const middle = (fromX + toX) / 2;
  const [one, other] = [fromY.toFixed(1), toY.toFixed(1)];
  return `M${fromX} ${one}C${middle} ${one} ${middle} ${other} ${toX} ${other}`;
}
