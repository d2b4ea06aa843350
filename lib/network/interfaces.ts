/** Whose network interfaces are a workload's: code that may call DynamoDB, as against what only passes traffic on. Pure. */
import type { NetworkInterface } from "../account/network.ts";

/**
 * Interface types behind which nothing runs that could call DynamoDB, without EC2's `_` and capitals (its answers say
 * `nat_gateway`, its API model `natGateway`). Any other type, also one that is not known yet, is a workload's.
 */
const carriers = new Set([
  "natgateway",
  "transitgateway",
  "vpcendpoint",
  "loadbalancer",
  "networkloadbalancer",
  "gatewayloadbalancer",
  "gatewayloadbalancerendpoint",
  "apigatewaymanaged",
  "globalacceleratormanaged",
  "ec2instanceconnectendpoint",
  "efs",
]);

/** What makes the interface no workload's, in a word; null where it is one's. */
export function whyNoWorkload({ interfaceType, requesterId, status }: NetworkInterface): string | null {
  if (interfaceType !== null && carriers.has(interfaceType.toLowerCase().replaceAll("_", ""))) return interfaceType;
  // Application and Classic Load Balancers have interfaces of the plain type, told by who requested them.
  if (requesterId === "amazon-elb") return "load_balancer";
  // EC2's word for an interface that is attached to nothing.
  return status?.toLowerCase() === "available" ? "unattached" : null;
}

/** The interfaces that are no workload's, counted: `2 nat_gateway, 1 vpc_endpoint`; empty where there is none. */
export function countCarriers(interfaces: readonly NetworkInterface[]): string {
  const kinds = interfaces.flatMap((one) => whyNoWorkload(one) ?? []).sort();
  const counted = Map.groupBy(kinds, (kind) => kind);
  return [...counted].map(([kind, found]) => `${found.length} ${kind}`).join(", ");
}
