"""Reading people: principals, households and children."""

from kribbe.people.models import RoleGrant, User
from kribbe.trust.principal import Grant, Principal, Role, Scope


def principal_of(user: User, *, verified: bool) -> Principal:
    """The principal behind an account."""
    grants = tuple(
        Grant(Role(role), Scope(scope), scope_id)
        for role, scope, scope_id in RoleGrant.objects.filter(user=user).values_list("role", "scope", "scope_id")
    )
    return Principal(user_id=user.pk, name=user.name or user.email, grants=grants, verified=verified)
