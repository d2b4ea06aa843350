"""Corrections of moto's resource-based policies of DynamoDB, a stream's own among them.

moto keeps them by ARN beside its tables, so that its reset clears them.
"""

import json
from typing import Any

from correction import Function, corrected
from moto.dynamodb.exceptions import (
    MockValidationException,
    PolicyNotFoundException,
    ResourceNotFoundException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import ResourcePolicy, Table

MOST_BYTES = 20 * 1024
# The keys that make a policy on everyone one that is not public.
TRUSTED_KEYS = {
    "aws:ec2instancesourcevpc",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
}


def table_with(dynamodb: DynamoDBBackend, arn: str) -> Table:
    """AWS: a policy is a table's, or its stream's; of an index there is none."""
    name, *within = arn.split(":table/", 1)[-1].split("/")
    table = dynamodb.tables.get(name)
    stream = None if table is None else f"{table.table_arn}/stream/{table.latest_stream_label}"
    if table is None or (within and arn != stream):
        raise ResourceNotFoundException(table_name=name)
    return table


def refuse_public(document: dict[str, Any]) -> None:
    """AWS: Block Public Access is always on; it reads keys, and here not their values."""
    statements = document.get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal")
        values = principal.get("AWS") if isinstance(principal, dict) else principal
        keys = {key.lower() for block in statement.get("Condition", {}).values() for key in block}
        is_everyone = values == "*" or (isinstance(values, list) and "*" in values)
        if statement.get("Effect") == "Allow" and is_everyone and not keys & TRUSTED_KEYS:
            raise MockValidationException("Resource-based policy cannot allow public access")


@corrected(DynamoDBBackend, "put_resource_policy")
def put_resource_policy(
    _original: Function,
    dynamodb: DynamoDBBackend,
    resource_arn: str,
    policy_doc: str,
    expected_revision_id: str | None,
) -> ResourcePolicy:
    """AWS: a document is JSON of at most 20 KB; an expected revision must be the one there is."""
    table_with(dynamodb, resource_arn)
    if len(policy_doc.encode()) > MOST_BYTES:
        raise MockValidationException("Policy document must be no longer than 20 KB")
    try:
        refuse_public(json.loads(policy_doc))
    except json.JSONDecodeError:
        raise MockValidationException("Invalid policy document: it is no JSON")
    current = dynamodb.resource_policies.get(resource_arn)
    refuse_other_revision(resource_arn, current, expected_revision_id)
    if current is not None and current.policy_doc == policy_doc:
        return current
    policy = ResourcePolicy(resource_arn=resource_arn, policy_doc=policy_doc)
    dynamodb.resource_policies[resource_arn] = policy
    return policy


def refuse_other_revision(arn: str, current: ResourcePolicy | None, expected: str | None) -> None:
    revision = "NO_POLICY" if current is None else current.revision_id
    if expected is not None and expected != revision:
        raise PolicyNotFoundException(
            f"Resource-based policy not found for the provided ResourceArn: {arn}"
        )


@corrected(DynamoDBBackend, "get_resource_policy")
def get_resource_policy(
    _original: Function, dynamodb: DynamoDBBackend, resource_arn: str
) -> ResourcePolicy:
    """AWS: a stream's policy is read by the stream's ARN."""
    table_with(dynamodb, resource_arn)
    policy = dynamodb.resource_policies.get(resource_arn)
    if policy is None:
        raise PolicyNotFoundException(
            f"Resource-based policy not found for the provided ResourceArn: {resource_arn}"
        )
    return policy


@corrected(DynamoDBBackend, "delete_resource_policy")
def delete_resource_policy(
    _original: Function,
    dynamodb: DynamoDBBackend,
    resource_arn: str,
    expected_revision_id: str | None,
) -> None:
    """AWS: where there is no policy, that is no error, unless a revision is expected."""
    table_with(dynamodb, resource_arn)
    current = dynamodb.resource_policies.get(resource_arn)
    refuse_other_revision(resource_arn, current, expected_revision_id)
    dynamodb.resource_policies.pop(resource_arn, None)


@corrected(DynamoDBBackend, "delete_table")
def delete_table(original: Function, dynamodb: DynamoDBBackend, name: str) -> Table:
    """AWS: its policies go with a table, and are not those of the next table of its name."""
    table: Table = original(dynamodb, name)
    for arn in list(dynamodb.resource_policies):
        if arn == table.table_arn or arn.startswith(f"{table.table_arn}/"):
            del dynamodb.resource_policies[arn]
    return table
