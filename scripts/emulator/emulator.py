"""moto's server, with corrections where moto differs from AWS.

Listens on 127.0.0.1, on the port given as the only argument (0: a free one), prints
`{"port": N}` once it listens, and lives as long as its standard input stays open.
EMULATOR_DELETING_SECONDS (0) is how long a deleted table is DELETING. What a correction keeps, it
keeps on moto's own tables and keys, so that moto's reset clears it.
"""

import copy
import json
import logging
import os
import sys
from collections.abc import Callable
from threading import Lock, Thread, Timer
from typing import Any

import access_keys  # noqa: F401
import backups  # noqa: F401
import iam  # noqa: F401
import network  # noqa: F401
import resource_policies  # noqa: F401
from correction import Function, corrected
from moto.dynamodb.exceptions import MockValidationException, ResourceInUseException
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler, DynamoResult
from moto.kms.models import Alias, KmsBackend, kms_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

AWS_MANAGED_KEY = "alias/aws/dynamodb"
# moto makes the managed key when it is first asked for: two requests at once would make two.
MANAGED_KEY_LOCK = Lock()
DELETING_SECONDS = float(os.environ.get("EMULATOR_DELETING_SECONDS", "0"))

Specification = dict[str, Any]


@corrected(KmsBackend, "create_alias")
def create_alias(original: Function, kms: KmsBackend, target: str, name: str) -> Alias:
    """AWS: the keys behind alias/aws/... are AWS managed, and only AWS can make such an alias."""
    alias = original(kms, target, name)
    if name.startswith("alias/aws/"):
        kms.describe_key(target).key_manager = "AWS"
    return alias


def by_any_id(original: Function, kms: KmsBackend, key_id: str, *args: Any) -> Any:
    """AWS: the calls that change a key's state take its ARN as well as its id."""
    return original(kms, kms.get_key_id(key_id), *args)


for change in ("enable_key", "disable_key", "schedule_key_deletion", "cancel_key_deletion"):
    corrected(KmsBackend, change)(by_any_id)


def key_arn(key_id: str, account: str, region: str) -> str:
    """AWS: a key may be given by id, alias, alias ARN or ARN; DescribeTable shows its ARN."""
    if ":key/" in key_id:
        return key_id
    try:
        with MANAGED_KEY_LOCK:
            return str(kms_backends[account][region].describe_key(key_id).arn)
    except (AttributeError, KeyError):
        raise MockValidationException(f"Invalid parameter: KMS key {key_id} is not found")


def resolved(
    specification: Specification | None, account: str, region: str
) -> Specification | None:
    """AWS: not enabled is the AWS owned key, undescribed; enabled without a key, the managed."""
    if not specification or specification.get("Enabled") is not True:
        return None
    key = key_arn(specification.get("KMSMasterKeyId") or AWS_MANAGED_KEY, account, region)
    return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}


@corrected(DynamoDBBackend, "create_table")
def create_table(
    original: Function, dynamodb: DynamoDBBackend, *args: Any, **kwargs: Any
) -> Table:
    """AWS: CreateTable resolves the key as UpdateTable does."""
    account, region = dynamodb.account_id, dynamodb.region_name
    kwargs["sse_specification"] = resolved(kwargs.get("sse_specification"), account, region)
    return original(dynamodb, *args, **kwargs)


@corrected(DynamoHandler, "update_table")
def update_table(original: Function, handler: DynamoHandler) -> Any:
    """AWS: UpdateTable also takes SSESpecification and ReplicaUpdates."""
    table = handler.dynamodb_backend.get_table(handler.body["TableName"])
    refuse_deleting(table)
    original(handler)
    if "SSESpecification" in handler.body:
        update_encryption(table, handler.body["SSESpecification"])
    for update in handler.body.get("ReplicaUpdates", []):
        [(kind, replica)] = update.items()
        replica_updates[kind](table, replica)
    return DynamoResult(table.describe())


def update_encryption(table: Table, specification: Specification) -> None:
    """AWS: global tables synchronise the type of encryption; the key is each replica's own."""
    table.sse_specification = resolved(specification, table.account_id, table.region_name)
    for region, member in members(table).items():
        if bool(member.sse_specification) != bool(table.sse_specification):
            specification = without_key(table.sse_specification)
            member.sse_specification = resolved(specification, table.account_id, region)


def without_key(specification: Specification | None) -> Specification:
    return {"Enabled": specification is not None}


def members(table: Table) -> dict[str, Table]:
    """The tables of a global table by region, in one dict that all share; empty for others."""
    if not hasattr(table, "members"):
        table.members = {}
    return table.members


def create_replica(table: Table, replica: dict[str, Any]) -> None:
    """AWS: a replica is a table of the same name, keys and indexes; tags do not follow."""
    region = replica["RegionName"]
    specification = without_key(table.sse_specification)
    if "KMSMasterKeyId" in replica:
        specification["KMSMasterKeyId"] = replica["KMSMasterKeyId"]
    created = dynamodb_backends[table.account_id][region].create_table(
        table.name,
        schema=copy.deepcopy(table.schema),
        throughput=copy.deepcopy(table.throughput),
        attr=copy.deepcopy(table.attr),
        global_indexes=[],
        indexes=[],
        streams=copy.deepcopy(table.stream_specification),
        billing_mode=table.billing_mode,
        sse_specification=specification,
        tags=[],
        deletion_protection_enabled=False,
        warm_throughput=None,
    )
    created.global_indexes = copy.deepcopy(table.global_indexes)
    created.indexes = copy.deepcopy(table.indexes)
    group = members(table)
    group.update({table.region_name: table, region: created})
    created.members = group


def update_replica(table: Table, replica: dict[str, Any]) -> None:
    """AWS: a replica's key is changed from any member, by ReplicaUpdates."""
    member = member_in(table, replica["RegionName"])
    if "KMSMasterKeyId" in replica:
        specification = {"Enabled": True, "KMSMasterKeyId": replica["KMSMasterKeyId"]}
        member.sse_specification = resolved(specification, table.account_id, member.region_name)


def delete_replica(table: Table, replica: dict[str, Any]) -> None:
    """AWS: deleting a replica deletes its table."""
    member = member_in(table, replica["RegionName"])
    dynamodb_backends[table.account_id][member.region_name].delete_table(member.name)


replica_updates: dict[str, Callable[[Table, dict[str, Any]], None]] = {
    "Create": create_replica,
    "Update": update_replica,
    "Delete": delete_replica,
}


def member_in(table: Table, region: str) -> Table:
    if region not in members(table):
        raise MockValidationException(f"Replica not found: {table.name} has none in {region}")
    return members(table)[region]


@corrected(DynamoDBBackend, "delete_table")
def delete_table(original: Function, dynamodb: DynamoDBBackend, name: str) -> Table:
    """AWS: a deleted table is DELETING for a while, still listed; it leaves its global table."""
    table = dynamodb.get_table(name)
    refuse_deleting(table)
    original(dynamodb, name)
    leave_group(table)
    table.deleting = True
    if DELETING_SECONDS > 0:
        dynamodb.tables[table.name] = table
        timer = Timer(DELETING_SECONDS, forget, (dynamodb, table))
        timer.daemon = True
        timer.start()
    return table


def is_deleting(table: Table) -> bool:
    return getattr(table, "deleting", False)


def refuse_deleting(table: Table) -> None:
    """AWS: a table that is DELETING can be neither changed nor deleted."""
    if is_deleting(table):
        raise ResourceInUseException(f"Table is being deleted: {table.name}")


def leave_group(table: Table) -> None:
    group = members(table)
    group.pop(table.region_name, None)
    if len(group) == 1:
        group.clear()
    table.members = {}


def forget(dynamodb: DynamoDBBackend, table: Table) -> None:
    """By identity: after a reset, the name may be another table's."""
    if dynamodb.tables.get(table.name) is table:
        del dynamodb.tables[table.name]


@corrected(Table, "describe")
def describe(
    original: Function, table: Table, base_key: str = "TableDescription"
) -> dict[str, Any]:
    """AWS: DescribeTable tells DELETING, and the replicas in the other regions."""
    result: dict[str, Any] = original(table, base_key)
    if is_deleting(table):
        result[base_key]["TableStatus"] = "DELETING"
    replicas = [member for member in members(table).values() if member is not table]
    if replicas:
        result[base_key]["Replicas"] = [describe_replica(member) for member in replicas]
    return result


def describe_replica(member: Table) -> dict[str, Any]:
    """AWS: KMSMasterKeyId is told where it is not the default key."""
    described = {"RegionName": member.region_name, "ReplicaStatus": "ACTIVE"}
    key = (member.sse_specification or {}).get("KMSMasterKeyId")
    if key and key != key_arn(AWS_MANAGED_KEY, member.account_id, member.region_name):
        described["KMSMasterKeyId"] = key
    return described


def end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", int(sys.argv[1]), application, threaded=True)
    print(json.dumps({"port": server.server_port}), flush=True)
    Thread(target=end_with_input, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
