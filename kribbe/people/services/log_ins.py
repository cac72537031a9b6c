"""Who logs in for a household: by the mail addresses of its adults, and no longer by one that wasn't theirs.

Who may let others in (the desk, and a parent who may invite) lets in by an address; anybody who changes a household
does so only where nobody logs in for it yet. The desk takes an account out, a parent only one that was never used.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.people.access import may_for
from kribbe.people.models import Adult, Household, RoleGrant, User
from kribbe.people.selectors import grants_over, holds_staff_role, used_addresses, user_by_email
from kribbe.people.services.accounts import link_user, make_account, revoke_role
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal, Role
from kribbe.trust.watching import log_in_ended


@transaction.atomic
def open_log_ins(*, household: Household, principal: Principal, now: datetime) -> None:
    """Every adult with a mail address gets to the household by a mailed code.

    An account of staff is never tied to a household by its address alone: anybody can type that.
    """
    for adult in household.adults.exclude(email="").order_by("-is_applicant", "pk"):
        _let_in(household, adult, Role.PARENT, principal, now)


@transaction.atomic
def let_in(*, adult: Adult, principal: Principal, now: datetime) -> None:
    """The adult logs in with their mail address from now on. Raises RefusedError without one, and for staff."""
    lock_rows((Household, adult.household_id))
    if not adult.email:
        raise RefusedError(_("Give this adult a mail address first."), code="no-address")
    if not _let_in(adult.household, adult, Role.PARENT, principal, now):
        raise RefusedError(
            _(
                "Somebody logs in with this address for their work. Give the adult another one, or let the "
                "other parent invite them."
            ),
            code="staff",
        )


@transaction.atomic
def take_out(*, grant: RoleGrant, principal: Principal, now: datetime) -> None:
    """The account no longer acts for the household, nor reads its calendar. Raises RefusedError for one's own."""
    lock_rows((Household, grant.scope_id))
    revoke_role(grant=grant, principal=principal, now=now)
    Adult.objects.filter(household=grant.scope_id, user=grant.user_id).update(user=None)
    log_in_ended(grant.scope_id, principal, now)


def follow_address(*, adult: Adult, before: str, principal: Principal, now: datetime) -> None:
    """An adult's mail address, first `before`, is another: who logs in by it follows, where the principal may say so.

    Within the transaction that changed it. The new address gets the role of the old one.
    """
    household = adult.household
    is_open = grants_over(household).exists()
    role = Role.PARENT
    shared = household.adults.filter(email=before).exists()
    grant = grants_over(household).filter(user__email=before).first()
    if grant is not None:
        role = Role(grant.role)
        if not shared and _may_take_out(principal, household, grant.user):
            take_out(grant=grant, principal=principal, now=now)
            adult.refresh_from_db(fields=["user"])
    if adult.email and (_may_let_in(principal, household) or not is_open):
        _let_in(household, adult, role, principal, now)


def _may_let_in(principal: Principal, household: Household) -> bool:
    return any(
        may_for(principal, action, household)
        for action in (Action.HOUSEHOLD_LOG_INS, Action.HOUSEHOLD_INVITE)
    )


def _may_take_out(principal: Principal, household: Household, user: User) -> bool:
    if user.pk == principal.user_id:
        return False
    if may_for(principal, Action.HOUSEHOLD_LOG_INS, household):
        return True
    return not used_addresses([user]) and may_for(principal, Action.HOUSEHOLD_INVITE, household)


def _let_in(household: Household, adult: Adult, role: Role, principal: Principal, now: datetime) -> bool:
    """Whether the adult's address opens the household now; it doesn't where it is somebody's of staff."""
    user = user_by_email(adult.email) or make_account(
        email=adult.email, name=f"{adult}", language=household.language
    )
    if holds_staff_role(user):
        return False
    held = grants_over(household).filter(user=user).first()
    role = Role(held.role) if held else role
    link_user(household=household, user=user, role=role, principal=principal, now=now)
    return True
