"""Corrections of moto's IAM: what it tells of access keys and of their use.

The root user's keys are kept on the backend, the rest on users and keys, so that moto's reset
clears it.
"""

import csv
import io
import json
from typing import Any

from correction import Function, corrected
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.iam.exceptions import NotFoundException
from moto.iam.models import AccessKey, AccessKeyLastUsed, AccountSummary, IAMBackend, User
from moto.iam.responses import IamResponse
from moto.moto_api._internal import mock_random

DATE = "%Y-%m-%dT%H:%M:%S+00:00"
ROOT = "<root_account>"
# Of the services that a wildcard allows, as many as the tests need.
SERVICES = ("dax", "dynamodb", "iam", "kms", "s3", "sts")

Uses = dict[str, AccessKeyLastUsed]


def set_last_used(key: AccessKey, use: AccessKeyLastUsed | None) -> None:
    """AWS: a call of DynamoDB Streams is signed as one of DynamoDB, and told as that."""
    if use is not None and use.service == "dynamodbstreams":
        use.service = "dynamodb"
    key.__dict__["last_used"] = use
    if use is not None:
        key.__dict__.setdefault("uses", {})[use.service] = use


AccessKey.last_used = property(  # type: ignore[assignment]
    lambda key: key.__dict__.get("last_used"), set_last_used
)


def uses_of(holder: Any) -> Uses:
    """The latest use of each service, by namespace."""
    uses: Uses = holder.__dict__.setdefault("uses", {})
    return uses


def merged(uses: Uses, others: Uses) -> Uses:
    latest = dict(uses)
    for service, use in others.items():
        if service not in latest or use.timestamp > latest[service].timestamp:
            latest[service] = use
    return latest


@corrected(User, "delete_access_key")
def delete_access_key_of_user(original: Function, user: User, key_id: str) -> None:
    """AWS: what a user did by a key is not forgotten with the key."""
    key = user.get_access_key_by_id(key_id)
    user.__dict__["uses"] = merged(uses_of(user), uses_of(key))
    original(user, key_id)


def root_keys(iam: IAMBackend) -> list[AccessKey]:
    if not hasattr(iam, "root_keys"):
        iam.root_keys = []  # type: ignore[attr-defined]
    return iam.root_keys  # type: ignore[attr-defined,no-any-return]


def root_key_named(response: IamResponse) -> AccessKey | None:
    """AWS: without a user's name a call is on the caller's own keys, here the root user's."""
    if response._get_param("UserName"):
        return None
    wanted = response._get_param("AccessKeyId")
    return next((key for key in root_keys(response.backend) if key.access_key_id == wanted), None)


@corrected(IamResponse, "create_access_key")
def create_access_key(original: Function, response: IamResponse) -> ActionResult:
    """AWS: the root user can have keys. Credentials that the emulator does not know are his."""
    known = response.backend.access_keys
    if response._get_param("UserName") or response.get_access_key() in known:
        return original(response)  # type: ignore[no-any-return]
    key = AccessKey(ROOT, prefix="AKIA", account_id=response.current_account)
    root_keys(response.backend).append(key)
    return ActionResult({"AccessKey": key})


@corrected(IamResponse, "update_access_key")
def update_access_key(original: Function, response: IamResponse) -> ActionResult:
    """AWS: and can deactivate them."""
    key = root_key_named(response)
    if key is None:
        return original(response)  # type: ignore[no-any-return]
    key.status = response._get_param("Status")
    return EmptyResult()


@corrected(IamResponse, "delete_access_key")
def delete_access_key(original: Function, response: IamResponse) -> ActionResult:
    """AWS: and can delete them."""
    key = root_key_named(response)
    if key is None:
        return original(response)  # type: ignore[no-any-return]
    root_keys(response.backend).remove(key)
    return EmptyResult()


SUMMARY = AccountSummary.summary_map
AccountSummary.summary_map = property(  # type: ignore[method-assign,assignment]
    # AWS: tells whether the root user has keys.
    lambda summary: {
        **SUMMARY.__get__(summary),
        "AccountAccessKeysPresent": int(bool(root_keys(summary._iam_backend))),
    }
)


def date_of(moment: Any) -> str:
    return "N/A" if moment is None else str(moment.strftime(DATE))


def key_fields(key: AccessKey | None) -> list[str]:
    """AWS: region and service are told; N/A is what never was."""
    if key is None:
        return ["false", "N/A", "N/A", "N/A", "N/A"]
    use = key.last_used
    place = ["N/A", "N/A"] if use is None else [use.region, use.service]
    active = "true" if key.status == "Active" else "false"
    used = None if use is None else use.timestamp
    return [active, date_of(key.create_date), date_of(used), *place]


def keys_fields(keys: list[AccessKey]) -> list[str]:
    first, second = [*keys, None, None][:2]
    return [*key_fields(first), *key_fields(second)]


@corrected(IAMBackend, "get_credential_report")
def get_credential_report(original: Function, iam: IAMBackend) -> str:
    """AWS: the root user has a row."""
    header = original(iam).split("\n", 1)[0].split(",")
    report = io.StringIO()
    writer = csv.writer(report, lineterminator="\n")
    writer.writerow(header)
    certificates = ["false", "N/A", "false", "N/A"]
    unsupported = ["not_supported"] * 4
    root = [ROOT, f"arn:aws:iam::{iam.account_id}:root", date_of(utcnow()), *unsupported, "true"]
    writer.writerow([*root, *keys_fields(root_keys(iam)), *certificates])
    for user in iam.users.values():
        made = date_of(user.create_date)
        password = ["false", "N/A", "N/A", "N/A"]
        if user.password is not None:
            password = ["true", date_of(user.password_last_used), made, "N/A"]
        mfa = "true" if user.mfa_devices else "false"
        row = [user.name, user.arn, made, *password, mfa, *keys_fields(user.access_keys)]
        writer.writerow([*row, *certificates])
    return report.getvalue()


@corrected(IamResponse, "get_credential_report")
def get_report(original: Function, response: IamResponse) -> ActionResult:
    """AWS: tells when the report was made."""
    result: ActionResult = original(response)
    result.result["GeneratedTime"] = utcnow()  # type: ignore[index]
    return result


def generate_service_last_accessed_details(response: IamResponse) -> ActionResult:
    """AWS: a job, which is not done when it is first asked about."""
    arn = response._get_param("Arn")
    user = next((one for one in response.backend.users.values() if one.arn == arn), None)
    if user is None:
        raise NotFoundException(f"{arn} cannot be found")
    job = str(mock_random.uuid4())
    user.__dict__.setdefault("jobs", {})[job] = "IN_PROGRESS"
    return ActionResult({"JobId": job})


def get_service_last_accessed_details(response: IamResponse) -> ActionResult:
    """AWS: tells of each service that identity policies allow when it was last used."""
    job = response._get_param("JobId")
    users = response.backend.users.values()
    user = next((one for one in users if job in one.__dict__.get("jobs", {})), None)
    if user is None:
        raise NotFoundException(f"Job {job} cannot be found")
    status = user.__dict__["jobs"][job]
    user.__dict__["jobs"][job] = "COMPLETED"
    details: dict[str, Any] = {"JobStatus": status, "JobCreationDate": utcnow()}
    if status == "IN_PROGRESS":
        return ActionResult(details)
    uses = uses_of(user)
    for key in user.access_keys:
        uses = merged(uses, uses_of(key))
    services = sorted(allowed_services(response.backend, user))
    first = int(response._get_param("Marker") or "0")
    last = first + response._get_int_param("MaxItems", 100)
    details["JobCompletionDate"] = utcnow()
    details["ServicesLastAccessed"] = [
        accessed(service, user, uses.get(service)) for service in services[first:last]
    ]
    details["IsTruncated"] = last < len(services)
    if last < len(services):
        details["Marker"] = str(last)
    return ActionResult(details)


def accessed(service: str, user: User, use: AccessKeyLastUsed | None) -> dict[str, Any]:
    told = {"ServiceName": service, "ServiceNamespace": service}
    if use is None:
        return {**told, "TotalAuthenticatedEntities": 0}
    return {
        **told,
        "LastAuthenticated": use.timestamp,
        "LastAuthenticatedEntity": user.arn,
        "LastAuthenticatedRegion": use.region,
        "TotalAuthenticatedEntities": 1,
    }


def allowed_services(iam: IAMBackend, user: User) -> set[str]:
    holders = [user, *iam.get_groups_for_user(user.name)]
    documents = [text for one in holders for text in one.policies.values()]
    managed = [policy for one in holders for policy in one.managed_policies.values()]
    versions = [version for policy in managed for version in policy.versions]
    documents += [version.document for version in versions if version.is_default]
    services: set[str] = set()
    for statement in [one for text in documents for one in listed(json.loads(text)["Statement"])]:
        for action in listed(statement.get("Action", "*")):
            prefix = action.split(":")[0]
            services.update(SERVICES if prefix == "*" else [prefix])
    return services


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


for action in (generate_service_last_accessed_details, get_service_last_accessed_details):
    setattr(IamResponse, action.__name__, action)
