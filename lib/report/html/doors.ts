/** The picture of how an account's tables are reached: who, through which door, to which table. Of violations alone, since
 * each carries a request that AWS would allow. */
import { printable } from "../../parameters.ts";
import type { Evaluation, WitnessRequest } from "../../rule.ts";
import { nounOf } from "../words.ts";

export interface Doors {
  readonly principals: readonly DoorNode[];
  readonly doors: readonly DoorNode[];
  readonly tables: readonly DoorNode[];
  /** The widest first. */
  readonly paths: readonly DoorPath[];
}

export interface DoorNode {
  readonly label: string;
  /** How many requests go through it. */
  readonly requests: number;
  /** What a search for it would look for; null where the node stands for several. */
  readonly search: string | null;
}

/** Places in the three columns, and how many requests take this way. */
export interface DoorPath {
  readonly principal: number;
  readonly door: number;
  readonly table: number;
  readonly requests: number;
}

/** Nodes of one column: more would be a tangle. */
const nodesShown = 12;

type Column = "principal" | "door" | "table";
type Stop = Pick<DoorNode, "label" | "search">;
type Way = Readonly<Record<Column, Stop>>;

/** The ways of all requests; null where no violation has one.
 * @param accountId whose tables they are; null where policies in files were judged */
export function doorsOf(violations: readonly Evaluation[], accountId: string | null): Doors | null {
  const ways = violations.flatMap((violation) =>
    violation.witness === null ? [] : [wayOf(violation, violation.witness, accountId)],
  );
  if (ways.length === 0) return null;
  const columns = {
    principal: columnOf(ways, "principal", "principals"),
    door: columnOf(ways, "door", "doors"),
    table: columnOf(ways, "table", "tables"),
  };
  const paths = new Map<string, DoorPath>();
  for (const way of ways) {
    const principal = columns.principal.placeOf(way.principal);
    const door = columns.door.placeOf(way.door);
    const table = columns.table.placeOf(way.table);
    const key = `${principal} ${door} ${table}`;
    paths.set(key, { principal, door, table, requests: (paths.get(key)?.requests ?? 0) + 1 });
  }
  return {
    principals: columns.principal.nodes,
    doors: columns.door.nodes,
    tables: columns.table.nodes,
    paths: [...paths.values()].sort((one, other) => other.requests - one.requests),
  };
}

/** The busiest stops, each a node; all others are one together. */
function columnOf(ways: readonly Way[], column: Column, noun: string) {
  const requests = new Map<string, number>();
  const stops = new Map<string, Stop>();
  for (const { [column]: stop } of ways) {
    stops.set(stop.label, stop);
    requests.set(stop.label, (requests.get(stop.label) ?? 0) + 1);
  }
  const byRequests = [...requests].sort(([, one], [, other]) => other - one);
  const shown = byRequests.length > nodesShown ? nodesShown - 1 : byRequests.length;
  const nodes = byRequests
    .slice(0, shown)
    .map(([label, count]): DoorNode => ({ label, requests: count, search: stops.get(label)?.search ?? null }));
  const others = byRequests.slice(shown);
  if (others.length > 0) {
    nodes.push({
      label: `${others.length.toLocaleString("en-US")} other ${noun}`,
      requests: others.reduce((sum, [, count]) => sum + count, 0),
      search: null,
    });
  }
  const places = new Map(byRequests.map(([label], at) => [label, Math.min(at, shown)]));
  return { nodes, placeOf: ({ label }: Stop): number => places.get(label) ?? shown };
}

function wayOf({ resource }: Evaluation, witness: WitnessRequest, accountId: string | null): Way {
  const shown = ({ label, search }: Stop): Stop => {
    return { label: printable(label), search: search === null ? null : printable(search) };
  };
  return {
    principal: shown(
      resource.type.startsWith("AWS::IAM::")
        ? { label: `${nounOf(resource.type)} ${resource.name}`, search: resource.name }
        : principalOf(witness.principal, accountId),
    ),
    door: shown(
      resource.type === "AWS::EC2::VPCEndpoint"
        ? { label: `endpoint ${resource.name}`, search: resource.name }
        : doorOf(witness, accountId),
    ),
    table: shown(tableOf(witness.resource, accountId)),
  };
}

function principalOf(principal: string | null, accountId: string | null): Stop {
  if (principal === null) return { label: "anyone, unsigned", search: null };
  const [arn, , service, , account = "", name = ""] = principal.split(":");
  if (arn !== "arn" || (service !== "iam" && service !== "sts")) return { label: principal, search: principal };
  const [kind = "", ...path] = name.split("/");
  const label = `${kind} ${path.at(-1) ?? ""}`.trim();
  return { label: account === accountId ? label : `${label} of ${account}`, search: principal };
}

/** By what the request must carry; one that nothing ties to a network can come from the internet. */
function doorOf({ principal, context }: WitnessRequest, accountId: string | null): Stop {
  const contextOf = (wanted: string): string | null => {
    const found = Object.entries(context).find(([key]) => key.toLowerCase() === wanted)?.[1] ?? null;
    return typeof found === "string" ? found : (found?.join(", ") ?? null);
  };
  const [endpoint, vpc, address] = [contextOf("aws:sourcevpce"), contextOf("aws:sourcevpc"), contextOf("aws:sourceip")];
  if (endpoint !== null) return { label: `endpoint ${endpoint}`, search: endpoint };
  if (vpc !== null) return { label: `VPC ${vpc}`, search: vpc };
  if (address !== null) return { label: `address ${address}`, search: address };
  if (principal?.endsWith(".amazonaws.com")) return { label: "an AWS service", search: principal };
  const account = principal?.startsWith("arn:") ? principal.split(":")[4] : undefined;
  if (account && accountId !== null && account !== accountId) return { label: "another account", search: null };
  return { label: "the internet", search: null };
}

function tableOf(arn: string, accountId: string | null): Stop {
  if (arn === "*") return { label: "the account itself", search: null };
  const [, , , , account = "", resource = ""] = arn.split(":");
  const name = resource.split("/")[1] ?? arn;
  if (account !== "" && accountId !== null && account !== accountId) {
    return { label: `${name} of ${account}`, search: arn };
  }
  return { label: name, search: name };
}
