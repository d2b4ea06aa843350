/** Reads of VPCs and of what is in them, in bulk: every listing is of the whole region, or of the VPCs given. */
import {
  type DescribeNetworkInterfacesCommandOutput,
  type DescribeRouteTablesCommandOutput,
  type DescribeSubnetsCommandOutput,
  type DescribeVpcEndpointsCommandOutput,
  type DescribeVpcsCommandOutput,
  EC2Client,
  type Filter,
  paginateDescribeNetworkInterfaces,
  paginateDescribeRouteTables,
  paginateDescribeSubnets,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcs,
  type Tag,
  type VpcEndpoint as VpcEndpointOutput,
} from "@aws-sdk/client-ec2";
import type { Fact, Unread } from "../rule.ts";
import { malformed, unreadFrom } from "./fact.ts";
import type { Session } from "./session.ts";

export interface Vpc {
  readonly vpcId: string;
  /** Another account's where the VPC's subnets are shared with this one. */
  readonly ownerId: string;
  readonly tags: ReadonlyMap<string, string>;
}

export interface Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
}

export interface RouteTable {
  readonly routeTableId: string;
  readonly vpcId: string;
  readonly associations: readonly RouteTableAssociation[];
}

export interface RouteTableAssociation {
  /** The main table serves the subnets that have no association of their own. */
  readonly main: boolean;
  readonly subnetId: string | null;
  readonly state: string | null;
}

/** A VPC endpoint in EC2's own words; letter case differs between its answers and its documentation. */
export interface VpcEndpoint {
  readonly vpcEndpointId: string;
  readonly vpcId: string;
  readonly vpcEndpointType: string | null;
  readonly serviceName: string;
  readonly state: string;
  readonly routeTableIds: readonly string[];
  readonly subnetIds: readonly string[];
}

export interface VpcEndpointDetails extends VpcEndpoint {
  /** Another account's where the endpoint is in a VPC that is shared with this one. */
  readonly ownerId: string;
  readonly tags: ReadonlyMap<string, string>;
  /** The text of its policy; null where the answer has none. */
  readonly policyDocument: string | null;
}

export interface NetworkInterface {
  readonly vpcId: string;
  readonly subnetId: string | null;
  readonly interfaceType: string | null;
  /** Who made it, where that was an AWS service: `amazon-elb`. Nobody else can set it. */
  readonly requesterId: string | null;
  readonly status: string | null;
}

export interface Listing<T> {
  readonly items: readonly T[];
  /** Why the list is not whole; null where it is. */
  readonly brokenOff: Unread | null;
}

/** The VPCs of the session's region; those of `vpcIds` that there are, or all where it is null. */
export function listVpcs(session: Session, vpcIds: readonly string[] | null): Promise<Listing<Vpc>> {
  const pages = paginateDescribeVpcs(paging(session, 1000), filters(ofVpcs(vpcIds)));
  return list(session, "ec2:DescribeVpcs", "Vpcs", pages, ({ Vpcs }: DescribeVpcsCommandOutput) =>
    Vpcs?.map(({ VpcId, OwnerId, Tags }): Vpc | Missing => {
      if (VpcId === undefined) return { missing: "a VpcId" };
      if (OwnerId === undefined) return { missing: `the OwnerId of ${VpcId}` };
      return { vpcId: VpcId, ownerId: OwnerId, tags: tagsOf(Tags) };
    }),
  );
}

export async function listSubnets(
  session: Session,
  vpcIds: readonly string[] | null,
): Promise<Fact<readonly Subnet[]>> {
  const pages = paginateDescribeSubnets(paging(session, 1000), filters(ofVpcs(vpcIds)));
  return whole(
    await list(session, "ec2:DescribeSubnets", "Subnets", pages, ({ Subnets }: DescribeSubnetsCommandOutput) =>
      Subnets?.map(({ SubnetId, VpcId }): Subnet | Missing => {
        if (SubnetId === undefined) return { missing: "a SubnetId" };
        if (VpcId === undefined) return { missing: `the VpcId of ${SubnetId}` };
        return { subnetId: SubnetId, vpcId: VpcId };
      }),
    ),
  );
}

export async function listRouteTables(
  session: Session,
  vpcIds: readonly string[] | null,
): Promise<Fact<readonly RouteTable[]>> {
  const pages = paginateDescribeRouteTables(paging(session, 100), filters(ofVpcs(vpcIds)));
  return whole(
    await list(session, "ec2:DescribeRouteTables", "RouteTables", pages, (page: DescribeRouteTablesCommandOutput) =>
      page.RouteTables?.map(({ RouteTableId, VpcId, Associations }): RouteTable | Missing => {
        if (RouteTableId === undefined) return { missing: "a RouteTableId" };
        if (VpcId === undefined) return { missing: `the VpcId of ${RouteTableId}` };
        const associations = (Associations ?? []).map(({ Main, SubnetId, AssociationState }) => ({
          main: Main === true,
          subnetId: SubnetId ?? null,
          state: AssociationState?.State ?? null,
        }));
        return { routeTableId: RouteTableId, vpcId: VpcId, associations };
      }),
    ),
  );
}

/** The endpoints of these services, whatever their type and state. */
export async function listVpcEndpoints(
  session: Session,
  vpcIds: readonly string[] | null,
  services: readonly string[],
): Promise<Fact<readonly VpcEndpoint[]>> {
  const input = filters([...ofVpcs(vpcIds), { Name: "service-name", Values: [...services] }]);
  const pages = paginateDescribeVpcEndpoints(paging(session, 1000), input);
  return whole(
    await list(session, "ec2:DescribeVpcEndpoints", "VpcEndpoints", pages, (page: DescribeVpcEndpointsCommandOutput) =>
      page.VpcEndpoints?.map(endpointOf),
    ),
  );
}

/** The endpoints of the session's region, whatever their service; those of `vpcEndpointIds` that there are, or all where it
 * is null. */
export function listVpcEndpointDetails(
  session: Session,
  vpcEndpointIds: readonly string[] | null,
): Promise<Listing<VpcEndpointDetails>> {
  const asked = vpcEndpointIds === null ? [] : [{ Name: "vpc-endpoint-id", Values: [...vpcEndpointIds] }];
  const pages = paginateDescribeVpcEndpoints(paging(session, 1000), filters(asked));
  return list(session, "ec2:DescribeVpcEndpoints", "VpcEndpoints", pages, (page: DescribeVpcEndpointsCommandOutput) =>
    page.VpcEndpoints?.map((described): VpcEndpointDetails | Missing => {
      const endpoint = endpointOf(described);
      if ("missing" in endpoint) return endpoint;
      const { OwnerId, Tags, PolicyDocument } = described;
      if (OwnerId === undefined) return { missing: `the OwnerId of ${endpoint.vpcEndpointId}` };
      return { ...endpoint, ownerId: OwnerId, tags: tagsOf(Tags), policyDocument: PolicyDocument || null };
    }),
  );
}

function endpointOf(endpoint: VpcEndpointOutput): VpcEndpoint | Missing {
  const { VpcEndpointId, VpcId, VpcEndpointType, ServiceName, State, RouteTableIds, SubnetIds } = endpoint;
  if (VpcEndpointId === undefined) return { missing: "a VpcEndpointId" };
  if (VpcId === undefined) return { missing: `the VpcId of ${VpcEndpointId}` };
  if (ServiceName === undefined) return { missing: `the ServiceName of ${VpcEndpointId}` };
  if (State === undefined) return { missing: `the State of ${VpcEndpointId}` };
  return {
    vpcEndpointId: VpcEndpointId,
    vpcId: VpcId,
    vpcEndpointType: VpcEndpointType ?? null,
    serviceName: ServiceName,
    state: State,
    routeTableIds: RouteTableIds ?? [],
    subnetIds: SubnetIds ?? [],
  };
}

export async function listNetworkInterfaces(
  session: Session,
  vpcIds: readonly string[] | null,
): Promise<Fact<readonly NetworkInterface[]>> {
  const call = "ec2:DescribeNetworkInterfaces";
  const pages = paginateDescribeNetworkInterfaces(paging(session, 1000), filters(ofVpcs(vpcIds)));
  return whole(
    await list(session, call, "NetworkInterfaces", pages, (page: DescribeNetworkInterfacesCommandOutput) =>
      page.NetworkInterfaces?.map((found): NetworkInterface | Missing => {
        const { NetworkInterfaceId, VpcId, SubnetId, InterfaceType, RequesterId, Status } = found;
        if (VpcId === undefined) return { missing: `the VpcId of ${NetworkInterfaceId ?? "an interface"}` };
        return {
          vpcId: VpcId,
          subnetId: SubnetId ?? null,
          interfaceType: InterfaceType ?? null,
          requesterId: RequesterId ?? null,
          status: Status ?? null,
        };
      }),
    ),
  );
}

interface Missing {
  readonly missing: string;
}

function tagsOf(tags: readonly Tag[] | undefined): ReadonlyMap<string, string> {
  return new Map((tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
}

function paging(session: Session, pageSize: number): { readonly client: EC2Client; readonly pageSize: number } {
  return { client: session.client(EC2Client), pageSize };
}

// Filters, not ids: an id that does not exist fails the whole call (InvalidVpcID.NotFound), a filter finds nothing.
function ofVpcs(vpcIds: readonly string[] | null): readonly Filter[] {
  return vpcIds === null ? [] : [{ Name: "vpc-id", Values: [...vpcIds] }];
}

function filters(given: readonly Filter[]): { Filters?: Filter[] } {
  return given.length === 0 ? {} : { Filters: [...given] };
}

/** All pages, up to the first that failed or lacks what EC2 always tells.
 * @param itemsOf the page's items in our words, or what one of them lacks; undefined for a page without the list */
async function list<Page, T extends object>(
  { region }: Session,
  call: string,
  field: string,
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly (T | Missing)[] | undefined,
): Promise<Listing<T>> {
  const items: T[] = [];
  const subject = `region ${region}`;
  try {
    for await (const page of pages) {
      const found = itemsOf(page);
      if (found === undefined) return { items, brokenOff: malformed(call, subject, field) };
      for (const item of found) {
        if ("missing" in item) return { items, brokenOff: malformed(call, subject, item.missing) };
        items.push(item);
      }
    }
    return { items, brokenOff: null };
  } catch (error) {
    return { items, brokenOff: unreadFrom(error, call, subject) };
  }
}

/** A list that is not whole is no fact. */
function whole<T>({ items, brokenOff }: Listing<T>): Fact<readonly T[]> {
  return brokenOff === null ? { value: items } : { unread: brokenOff };
}
