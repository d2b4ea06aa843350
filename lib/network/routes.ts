/** Which route table serves which subnet. Pure. */
import type { RouteTable } from "../account/network.ts";

export interface RoutedSubnets {
  readonly routeTableId: string;
  readonly subnetIds: readonly string[];
}

export interface Routing {
  /** By id, so that two runs say the same. */
  readonly tables: readonly RoutedSubnets[];
  /** The subnets for which no route table is named, not even a main one. */
  readonly unrouted: readonly string[];
  /** Null where none is named. */
  readonly mainRouteTableId: string | null;
}

/** A subnet's own route table serves it, else the VPC's main one. */
export function routeSubnets(subnetIds: readonly string[], routeTables: readonly RouteTable[]): Routing {
  const inForce = routeTables.flatMap(({ routeTableId, associations }) =>
    associations
      .filter(({ state }) => !outOfForce.has(state?.toLowerCase() ?? ""))
      .map(({ main, subnetId }) => ({ routeTableId, main, subnetId })),
  );
  const mainRouteTableId = inForce.find(({ main }) => main)?.routeTableId ?? null;
  const own = new Map(inForce.map(({ subnetId, routeTableId }) => [subnetId, routeTableId]));
  const byTable = Map.groupBy(subnetIds.toSorted(), (subnetId) => own.get(subnetId) ?? mainRouteTableId);
  const tables = [...byTable].flatMap(([routeTableId, served]) =>
    routeTableId === null ? [] : [{ routeTableId, subnetIds: served }],
  );
  return {
    tables: tables.sort((one, other) => (one.routeTableId < other.routeTableId ? -1 : 1)),
    unrouted: byTable.get(null) ?? [],
    mainRouteTableId,
  };
}

const outOfForce = new Set(["disassociated", "failed"]);

/** `rtb-3 (subnets subnet-5, subnet-6), rtb-4 (subnet-7)`, cut to the first few. */
export function tablesInWords(tables: readonly RoutedSubnets[]): string {
  return firstFew(
    tables.map(({ routeTableId, subnetIds }) => {
      const subnets = subnetIds.length === 1 ? "" : "subnets ";
      return `${routeTableId} (${subnets}${firstFew(subnetIds)})`;
    }),
  );
}

const named = 5;

function firstFew(words: readonly string[]): string {
  const more = words.length > named ? ` and ${words.length - named} more` : "";
  return `${words.slice(0, named).join(", ")}${more}`;
}
