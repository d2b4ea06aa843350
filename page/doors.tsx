/** The picture of doors, for those who would rather look than read; the table below it says the same. */
import type { DoorNode, DoorPath, Doors } from "../lib/report/html/doors.ts";
import { type DoorBox, layoutOf } from "./door-layout.ts";
import { noFilters, writeFilters } from "./filters.ts";
import { Table } from "./table.tsx";
import { inDigits } from "./words.ts";

/** Characters that fit into a box of a width of one. */
const charactersPerUnit = 0.133;

export function DoorsPicture({ doors }: { readonly doors: Doors }) {
  const { width, height, boxes, ribbons } = layoutOf(doors);
  const requests = doors.paths.reduce((sum, path) => sum + path.requests, 0);
  return (
    <section aria-labelledby="doors-title">
      <h2 id="doors-title">How the tables are reached</h2>
      <p>
        {requests === 1 ? "One request" : `${inDigits(requests)} requests`} that AWS would allow and a rule forbids,
        from who makes them, through the door that lets them in, to the table.
      </p>
      <div class="drawing">
        <svg viewBox={`-1 -1 ${width + 2} ${height + 2}`}>
          <title>Who reaches which table, through which door</title>
          {ribbons.map(({ path, curves, width: ribbonWidth }) => (
            <g key={curves[0] + curves[1]} class="ribbon" stroke-width={ribbonWidth}>
              <title>{pathInWords(doors, path)}</title>
              <path d={curves[0]} />
              <path d={curves[1]} />
            </g>
          ))}
          {boxes.map((box) => (
            <Box key={`${box.column} ${box.node.label}`} box={box} />
          ))}
        </svg>
      </div>
      <details class="as-table">
        <summary>The same as a table</summary>
        <Table headings={["Who", "Through", "To", "Requests"]}>
          {doors.paths.map((path) => (
            <tr key={`${path.principal} ${path.door} ${path.table}`}>
              <td>{doors.principals[path.principal]?.label}</td>
              <td>{doors.doors[path.door]?.label}</td>
              <td>{doors.tables[path.table]?.label}</td>
              <td class="number">{inDigits(path.requests)}</td>
            </tr>
          ))}
        </Table>
      </details>
    </section>
  );
}

function Box({ box }: { readonly box: DoorBox }) {
  const { node, column, x, y, width, height } = box;
  const shape = (
    <>
      <title>{`${node.label}: ${inDigits(node.requests)}`}</title>
      <rect x={x} y={y} width={width} height={height} rx={5} />
      <text x={x + 10} y={y + height / 2} dominant-baseline="central">
        {shortened(node, width)}
      </text>
    </>
  );
  const { search } = node;
  if (search === null) return <g class={`box ${column}`}>{shape}</g>;
  return (
    <a
      class={`box ${column}`}
      href={writeFilters({ ...noFilters, text: search })}
      aria-label={`Findings that name ${node.label}`}
    >
      {shape}
    </a>
  );
}

function shortened({ label }: DoorNode, width: number): string {
  const room = Math.floor(width * charactersPerUnit) - 2;
  return label.length <= room ? label : `${label.slice(0, room - 1)}…`;
}

function pathInWords({ principals, doors, tables }: Doors, { principal, door, table, requests }: DoorPath): string {
  const stops = [principals[principal], doors[door], tables[table]].map((node) => node?.label ?? "");
  return `${stops.join(" → ")}: ${inDigits(requests)}`;
}
