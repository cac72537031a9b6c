"""Accounts and the roles that they hold."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Household, RoleGrant, User
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.permissions import TABLE
from kribbe.trust.principal import Principal, Role, Scope


@transaction.atomic
def make_account(
    *, email: str, name: str, language: str = "nl", password: str | None = None, verified: bool = False
) -> User:
    """The account with this address, made if there is none.

    `verified` says that the address is known to be the holder's; otherwise their first code proves it. Without
    a password they log in with a code or a passkey. An account that exists keeps what it has.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = User.objects.create_user(email, password, name=name, language=language)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    return user


@transaction.atomic
def link_user(
    *, household: Household, user: User, principal: Principal, now: datetime, role: Role = Role.PARENT
) -> RoleGrant:
    """The account acts for the household from now on, as the adult with its address if there is one."""
    household.adults.filter(email=user.email, user=None).update(user=user)
    return grant_role(
        user=user,
        role=role,
        scope=Scope.HOUSEHOLD,
        scope_id=household.pk,
        principal=principal,
        now=now,
    )


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: Role,
    scope: Scope,
    scope_id: int,
    principal: Principal,
    now: datetime,
    desk_id: int | None = None,
) -> RoleGrant:
    """Let the account hold the role; twice is once. Raises RefusedError for a role that has no such scope."""
    if not any(rule.role is role and scope in rule.scopes for rule in TABLE):
        raise RefusedError(_("This role can't be given here."), field="role")
    grant, is_new = RoleGrant.objects.get_or_create(
        user=user, role=role, scope=scope, scope_id=scope_id, defaults={"granted_at": now}
    )
    if is_new:
        _record(grant, "role.granted", principal, now, desk_id)
    return grant


@transaction.atomic
def revoke_role(*, grant: RoleGrant, principal: Principal, now: datetime, desk_id: int | None = None) -> None:
    """Take the role away. Raises RefusedError for one's own: so a desk keeps its last administrator."""
    if grant.user_id == principal.user_id:
        raise RefusedError(_("You can't take away your own role. Ask a colleague."), code="own-role")
    if grant.role == Role.ADMINISTRATOR and principal.user_id is not None:
        _check_still_administrator(grant, principal.user_id)
    _record(grant, "role.revoked", principal, now, desk_id)
    grant.delete()


def _check_still_administrator(grant: RoleGrant, user_id: int) -> None:
    """Of two administrators who take each other's role at once, one stays."""
    administrators = RoleGrant.objects.filter(role=Role.ADMINISTRATOR)
    keys = administrators.filter(
        models.Q(user=user_id) | models.Q(scope=grant.scope, scope_id=grant.scope_id)
    ).values_list("pk", flat=True)
    lock_rows(*((RoleGrant, key) for key in keys))
    if not administrators.filter(user=user_id).exists():
        raise RefusedError(_("You are no administrator any more. Ask a colleague."), code="own-role-gone")


def _record(grant: RoleGrant, action: str, principal: Principal, now: datetime, desk_id: int | None) -> None:
    audit.record(
        principal=principal,
        action=action,
        subject=grant,
        now=now,
        household_id=grant.scope_id if grant.scope == Scope.HOUSEHOLD else None,
        desk_id=desk_id,
        role=grant.role,
        scope=grant.scope,
        scope_id=grant.scope_id,
        user=grant.user_id,
    )
