"""Corrections of moto's VPC endpoints and of the network interfaces that services make."""

import json
from typing import Any

from correction import Function, corrected
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.vpcs import VPCEndPoint


class RouteAlreadyExists(EC2ClientError):
    def __init__(self, table: str, service: str):
        message = f"route table {table} already has a route to {service} by another endpoint"
        super().__init__("RouteAlreadyExists", message)


class InvalidPolicyDocument(EC2ClientError):
    def __init__(self, why: str):
        super().__init__("InvalidPolicyDocument", f"The Policy Document is not valid. {why}")


LONGEST_POLICY = 20_480


@corrected(EC2Backend, "create_vpc_endpoint")
def create_vpc_endpoint(original: Function, ec2: EC2Backend, **given: Any) -> VPCEndPoint:
    """AWS: Gateway is the default type; a route table that does not take it leaves no endpoint."""
    refuse_policy(given["policy_document"])
    given["endpoint_type"] = given.get("endpoint_type") or "Gateway"
    refuse_tables(ec2, given["service_name"], given["route_table_ids"])
    endpoint: VPCEndPoint = original(ec2, **given)
    for interface in endpoint.network_interface_ids:
        made_by_service(ec2.get_network_interface(interface), "vpc_endpoint")
    return endpoint


@corrected(VPCEndPoint, "modify")
def modify(original: Function, endpoint: VPCEndPoint, *args: Any) -> None:
    """AWS: an endpoint has a route in each of its route tables, also in those it gets later."""
    ec2 = endpoint.ec2_backend
    before = list(endpoint.route_table_ids)
    added = args[3] or []
    refuse_policy(args[0])
    refuse_tables(ec2, endpoint.service_name, [table for table in added if table not in before])
    original(endpoint, *args)
    prefixes = endpoint.destination_prefix_list_id
    if prefixes is None:
        return
    for table in set(endpoint.route_table_ids) - set(before):
        ec2.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefixes)
    for table in set(before) - set(endpoint.route_table_ids):
        ec2.delete_route(table, prefixes)


@corrected(VPCEndPoint, "get_filter_value")
def get_filter_value(original: Function, endpoint: VPCEndPoint, name: str, *args: Any) -> Any:
    """AWS: endpoints are also filtered by their ids, and one that is not there is no error then."""
    return endpoint.id if name == "vpc-endpoint-id" else original(endpoint, name, *args)


@corrected(EC2Backend, "delete_vpc_endpoints")
def delete_vpc_endpoints(original: Function, ec2: EC2Backend, vpce_ids: list[str]) -> None:
    """AWS: what is deleted is soon not described any more."""
    original(ec2, vpce_ids)
    for endpoint in vpce_ids:
        ec2.vpc_end_points.pop(endpoint, None)


@corrected(NatGateway, "__init__")
def make_nat_gateway(original: Function, gateway: NatGateway, *args: Any, **kwargs: Any) -> None:
    """AWS: the interface of a NAT gateway says whose it is."""
    original(gateway, *args, **kwargs)
    made_by_service(gateway._eni, "nat_gateway")


def refuse_tables(ec2: EC2Backend, service: str, tables: list[str]) -> None:
    """AWS: a route table is there, and has one endpoint a service."""
    for table in tables:
        ec2.get_route_table(table)
        for endpoint in ec2.vpc_end_points.values():
            if endpoint.service_name == service and table in endpoint.route_table_ids:
                raise RouteAlreadyExists(table, service)


def refuse_policy(document: str | None) -> None:
    """AWS: an endpoint's policy is JSON, of no more characters, white space counted."""
    if not document:
        return
    if len(document) > LONGEST_POLICY:
        raise InvalidPolicyDocument(f"It has {len(document)} characters")
    try:
        json.loads(document)
    except ValueError as error:
        raise InvalidPolicyDocument(f"Syntax error: {error}")


def made_by_service(interface: Any, interface_type: str) -> None:
    """AWS: an interface that a service made for itself is in use, of its own type."""
    interface.interface_type = interface_type
    interface.requester_managed = True
    interface.status = "in-use"
