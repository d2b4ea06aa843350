/** The calls on networks. */
import {
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import type { Session } from "../account/session.ts";
import { ask, type Probe } from "./probe.ts";

/** The fewest that EC2 takes: below five it refuses the request (EC2 API reference, MaxResults). */
const page = { MaxResults: 5 };

export async function probeEc2(session: Session): Promise<readonly Probe[]> {
  const client = session.client(EC2Client);
  const asked = await Promise.all([
    ask("ec2:DescribeVpcs", "the region", () => client.send(new DescribeVpcsCommand(page))),
    ask("ec2:DescribeSubnets", "the region", () => client.send(new DescribeSubnetsCommand(page))),
    ask("ec2:DescribeRouteTables", "the region", () => client.send(new DescribeRouteTablesCommand(page))),
    ask("ec2:DescribeVpcEndpoints", "the region", () => client.send(new DescribeVpcEndpointsCommand(page))),
    ask("ec2:DescribeNetworkInterfaces", "the region", () => client.send(new DescribeNetworkInterfacesCommand(page))),
  ]);
  return asked.map(({ probe }) => probe);
}
