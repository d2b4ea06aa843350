"""Corrections of moto's backups: the key of DynamoDB's own, and AWS Backup's recovery points.

A vault keeps its recovery points on itself, so that moto's reset clears them.
"""

import json
from typing import Any
from urllib.parse import unquote

from correction import Function, corrected
from moto.backup import urls as backup_urls
from moto.backup.exceptions import ResourceNotFoundException
from moto.backup.models import BackupBackend, Vault
from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Backup, Table
from moto.dynamodb.responses import DynamoHandler, DynamoResult
from moto.kms.models import kms_backends
from moto.moto_api._internal import mock_random
from moto.moto_api._internal import urls as moto_api_urls

AWS_MANAGED_KEY = "alias/aws/backup"


def describe_backup(description: property) -> property:
    """AWS: a backup shows the encryption that its table had; none is the AWS owned key."""

    def get(backup: Backup) -> dict[str, Any]:
        described: dict[str, Any] = description.__get__(backup)
        encryption = described["SourceTableDetails"].get("SSEDescription")
        features = {} if encryption is None else {"SSEDescription": encryption}
        return {**described, "SourceTableFeatureDetails": features}

    return property(get)


Backup.description = describe_backup(Backup.description)  # type: ignore[method-assign,type-var]


@corrected(DynamoHandler, "list_backups")
def list_backups(_original: Function, handler: DynamoHandler) -> DynamoResult:
    """AWS: ALL means USER and SYSTEM, and USER is the default; at most a hundred a page."""
    wanted = handler.body.get("BackupType", "USER")
    types = ["USER", "SYSTEM"] if wanted == "ALL" else [wanted]
    summaries = [
        backup.summary
        for backup in handler.dynamodb_backend.list_backups(handler.body.get("TableName"))
        if backup.type in types
    ]
    arns = [summary["BackupArn"] for summary in summaries]
    start = handler.body.get("ExclusiveStartBackupArn")
    first = arns.index(start) + 1 if start in arns else 0
    last = first + min(handler.body.get("Limit", 100), 100)
    page: dict[str, Any] = {"BackupSummaries": summaries[first:last]}
    if last < len(summaries):
        page["LastEvaluatedBackupArn"] = arns[last - 1]
    return DynamoResult(page)


@corrected(DynamoDBBackend, "delete_table")
def delete_table(original: Function, dynamodb: DynamoDBBackend, name: str) -> Table:
    """AWS: a table with point-in-time recovery leaves a system backup when it is deleted."""
    table: Table = original(dynamodb, name)
    recovery = table.continuous_backups["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] == "ENABLED":
        keep(dynamodb, table, f"{table.name}$DeletedTableBackup", "SYSTEM")
    return table


def keep(dynamodb: DynamoDBBackend, table: Table, name: str, backup_type: str) -> Backup:
    account, region = dynamodb.account_id, dynamodb.region_name
    backup = Backup(account, region, name, table, type_=backup_type)
    dynamodb.backups[backup.arn] = backup
    return backup


def recovery_points(vault: Vault) -> dict[str, dict[str, Any]]:
    """A vault's recovery points by ARN."""
    if not hasattr(vault, "recovery_points"):
        vault.recovery_points = {}  # type: ignore[attr-defined]
    return vault.recovery_points  # type: ignore[attr-defined,no-any-return]


def vault_key(backup: BackupBackend, vault: Vault) -> str:
    """AWS: a vault without a key of its own is under the AWS managed one."""
    if vault.encryption_key_arn is None:
        kms = kms_backends[backup.account_id][backup.region_name]
        if kms.get_key_id_from_alias(AWS_MANAGED_KEY) is None:
            key = kms.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "Default key", None)
            kms.create_alias(key.id, AWS_MANAGED_KEY)
        key_id = kms.get_key_id_from_alias(AWS_MANAGED_KEY)
        vault.encryption_key_arn = kms.describe_key(key_id).arn
    return vault.encryption_key_arn


def start_backup_job(response: BackupResponse) -> ActionResult:
    """AWS: with advanced features, the default, a recovery point is under the vault's key;
    without, it is a backup by DynamoDB, under the table's key. Here it is made at once."""
    given = json.loads(response.body)
    backup = response.backup_backend
    vault = backup.describe_backup_vault(given["BackupVaultName"])
    dynamodb = dynamodb_backends[backup.account_id][backup.region_name]
    table = dynamodb.tables.get(given["ResourceArn"].split("/")[1])
    if table is None:
        raise ResourceNotFoundException(given["ResourceArn"])
    job = str(mock_random.uuid4())
    if getattr(backup, "advanced_features", {}).get("DynamoDB", True):
        place = ":".join(vault.backup_vault_arn.split(":")[:5])
        arn = f"{place}:recovery-point:{mock_random.uuid4()}"
        key = {"EncryptionKeyArn": vault_key(backup, vault)}
    else:
        arn = keep(dynamodb, table, f"awsbackup_{job}", "AWS_BACKUP").arn
        table_key = (table.sse_specification or {}).get("KMSMasterKeyId")
        key = {} if table_key is None else {"EncryptionKeyArn": table_key}
    now = utcnow()
    recovery_points(vault)[arn] = {
        "RecoveryPointArn": arn,
        "BackupVaultName": vault.backup_vault_name,
        "BackupVaultArn": vault.backup_vault_arn,
        "ResourceArn": table.table_arn,
        "ResourceType": "DynamoDB",
        "ResourceName": table.name,
        "IamRoleArn": given["IamRoleArn"],
        "Status": "COMPLETED",
        "CreationDate": now,
        "CompletionDate": now,
        "IsEncrypted": bool(key),
        "VaultType": "BACKUP_VAULT",
        **key,
    }
    vault.num_of_recovery_points += 1
    return ActionResult({"BackupJobId": job, "RecoveryPointArn": arn, "CreationDate": now})


def list_recovery_points_by_backup_vault(response: BackupResponse) -> ActionResult:
    """AWS: at most a thousand a page; by resource type, if one is given."""
    vault = response.backup_backend.describe_backup_vault(response.path.split("/")[2])
    query = {name: values[0] for name, values in response.querystring.items()}
    wanted = query.get("resourceType")
    points = [
        point
        for point in recovery_points(vault).values()
        if wanted in (None, point["ResourceType"])
    ]
    first = int(query.get("nextToken", 0))
    last = first + min(int(query.get("maxResults", 1000)), 1000)
    following = {"NextToken": str(last)} if last < len(points) else {}
    return ActionResult({"RecoveryPoints": points[first:last], **following})


def delete_recovery_point(response: BackupResponse) -> EmptyResult:
    """AWS: deletes DynamoDB's backup too, where that is what the recovery point is."""
    name, arn = response.path.split("/recovery-points/")
    vault = response.backup_backend.describe_backup_vault(name.split("/")[2])
    point = recovery_points(vault).pop(unquote(arn), None)
    if point is None:
        raise ResourceNotFoundException(unquote(arn))
    vault.num_of_recovery_points -= 1
    dynamodb = dynamodb_backends[response.current_account][response.region]
    dynamodb.backups.pop(unquote(arn), None)
    return EmptyResult()


def update_region_settings(response: BackupResponse) -> EmptyResult:
    """AWS: says of each type of resource whether it has AWS Backup's advanced features."""
    preference = json.loads(response.body).get("ResourceTypeManagementPreference", {})
    response.backup_backend.advanced_features = preference  # type: ignore[attr-defined]
    return EmptyResult()


def end_deletions(request: Any, _url: str, _headers: Any) -> tuple[int, dict[str, str], str]:
    """No call of AWS: what is DELETING is gone at once, in every account and region."""
    for regions in dynamodb_backends.values():
        for dynamodb in regions.values():
            for name in [name for name, table in dynamodb.tables.items() if is_deleting(table)]:
                del dynamodb.tables[name]
    return 200, {}, "{}"


def is_deleting(table: Table) -> bool:
    return getattr(table, "deleting", False)


for action in (
    start_backup_job,
    list_recovery_points_by_backup_vault,
    delete_recovery_point,
    update_region_settings,
):
    setattr(BackupResponse, action.__name__, action)
for path in (
    "account-settings$",
    "backup-jobs$",
    "backup-vaults/(?P<name>[^/]+)/recovery-points/?$",
    "backup-vaults/(?P<name>[^/]+)/recovery-points/(?P<arn>.+)$",
):
    backup_urls.url_paths["{0}/" + path] = BackupResponse.dispatch
moto_api_urls.url_paths["{0}/moto-api/dynamodb/end-deletions"] = end_deletions
