"""Corrections of moto's IAM: what its bulk listing tells, and in which pages.

A user's permissions boundary is kept on the user, so that moto's reset clears it.
"""

import json
from typing import Any

from correction import Function, corrected
from moto.core.responses import ActionResult, EmptyResult
from moto.core.serialize import url_encode
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import ValidationError
from moto.iam.models import AWSManagedPolicy, Group, IAMBackend, ManagedPolicy, Policy, User
from moto.iam.responses import IamResponse

# moto can load all 1,485 of them, which costs most of a second after each reset.
LOADED = (
    "AdministratorAccess",
    "AmazonDynamoDBFullAccess",
    "AmazonDynamoDBReadOnlyAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
)
AWS_MANAGED = {
    name: data for name, data in json.loads(aws_managed_policies_data).items() if name in LOADED
}


@corrected(IAMBackend, "_init_aws_policies")
def init_aws_policies(_original: Function, iam: IAMBackend) -> list[ManagedPolicy]:
    """AWS: its managed policies are there in every account."""
    return [
        AWSManagedPolicy.from_data(name, iam.account_id, iam.region_name, data)
        for name, data in AWS_MANAGED.items()
    ]


def with_id(owner: type, prefix: str) -> None:
    """AWS: a unique id tells by its first letters what it is the id of."""

    @corrected(owner, "__init__")
    def init(original: Function, made: Any, *args: Any, **kwargs: Any) -> None:
        original(made, *args, **kwargs)
        made.id = prefix + made.id[-17:].upper()


with_id(Policy, "ANPA")
with_id(Group, "AGPA")
with_id(User, "AIDA")


@corrected(ManagedPolicy, "attach_to")
def attach_to(original: Function, policy: ManagedPolicy, principal: Any) -> None:
    """AWS: what is attached twice is attached once, and is counted once."""
    if policy.arn not in principal.managed_policies:
        original(policy, principal)


def usage_as_boundary(policy: ManagedPolicy) -> int:
    principals = [*policy.backend.roles.values(), *policy.backend.users.values()]
    return sum(boundary_arn(principal) == policy.arn for principal in principals)


def boundary_arn(principal: Any) -> str | None:
    return getattr(principal, "permissions_boundary_arn", None)


def boundary_of(user: User) -> dict[str, str] | None:
    arn = boundary_arn(user)
    if arn is None:
        return None
    return {
        "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
        "PermissionsBoundaryArn": arn,
    }


# AWS: ManagedPolicyDetail and UserDetail tell these, too; of a user without inline policies there
# is no list of them.
Policy.policy_name = property(lambda policy: policy.name)  # type: ignore[attr-defined]
Policy.policy_id = property(lambda policy: policy.id)  # type: ignore[attr-defined]
Policy.permissions_boundary_usage_count = property(usage_as_boundary)  # type: ignore[attr-defined]
User.permissions_boundary = property(boundary_of)  # type: ignore[attr-defined]
USER_POLICY_LIST = User.user_policy_list
User.user_policy_list = property(  # type: ignore[method-assign,assignment]
    lambda user: USER_POLICY_LIST.__get__(user) or None
)


@corrected(IamResponse, "create_user")
def create_user(original: Function, response: IamResponse) -> ActionResult:
    """AWS: a user can be made with a permissions boundary."""
    result: ActionResult = original(response)
    arn = response._get_param("PermissionsBoundary")
    if arn:
        response.backend.get_user(response._get_param("UserName")).permissions_boundary_arn = arn
    return result


def put_user_permissions_boundary(response: IamResponse) -> EmptyResult:
    """AWS: a user can get a permissions boundary, as a role can."""
    user = response.backend.get_user(response._get_param("UserName"))
    user.permissions_boundary_arn = response._get_param("PermissionsBoundary")
    return EmptyResult()


def delete_user_permissions_boundary(response: IamResponse) -> EmptyResult:
    """AWS: and can lose it."""
    response.backend.get_user(response._get_param("UserName")).permissions_boundary_arn = None
    return EmptyResult()


def get_account_authorization_details(response: IamResponse) -> ActionResult:
    """AWS: all four kinds count together towards a page; of AWS's own policies, those attached."""
    iam = response.backend
    wanted = response._get_param("Filter", [])
    policies = iam.managed_policies.values()
    kinds = [
        ("UserDetailList", "User", iam.users.values()),
        ("GroupDetailList", "Group", iam.groups.values()),
        ("RoleDetailList", "Role", iam.roles.values()),
        ("Policies", "LocalManagedPolicy", [one for one in policies if not is_aws(one)]),
        ("Policies", "AWSManagedPolicy", [one for one in policies if is_attached(one)]),
    ]
    listed = [
        (name, one)
        for name, kind, all_of in kinds
        if not wanted or kind in wanted
        for one in all_of
    ]
    marker = response._get_param("Marker") or "0"
    size = response._get_int_param("MaxItems", 100)
    if not marker.isdecimal():
        raise ValidationError("Invalid Marker")
    if not 1 <= size <= 1000:
        raise ValidationError("MaxItems must have a value between 1 and 1000")
    first, last = int(marker), int(marker) + size
    page: dict[str, Any] = {name: [] for name, _kind, _all_of in kinds}
    for name, one in listed[first:last]:
        page[name].append(one)
    page["IsTruncated"] = last < len(listed)
    if page["IsTruncated"]:
        page["Marker"] = str(last)
    return ActionResult(page)


def is_aws(policy: ManagedPolicy) -> bool:
    return isinstance(policy, AWSManagedPolicy)


def is_attached(policy: ManagedPolicy) -> bool:
    return is_aws(policy) and policy.attachment_count > 0


# AWS: policy documents are URL-encoded wherever IAM tells them.
for path in (
    "GetPolicyVersionResponse.PolicyVersion.Document",
    "ListRolesResponse.Roles.Role.AssumeRolePolicyDocument",
    "RoleDetail.AssumeRolePolicyDocument",
):
    IamResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER[path] = url_encode
for action in (
    put_user_permissions_boundary,
    delete_user_permissions_boundary,
    get_account_authorization_details,
):
    setattr(IamResponse, action.__name__, action)
