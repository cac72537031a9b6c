"""A second parent, invited by mail: a link for one person, once, until a day; and taken back."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kribbe.contact import outbox
from kribbe.contact.addressing import message_id
from kribbe.contact.writing import allowed_language, compose
from kribbe.people.models import Household, RoleGrant, User
from kribbe.people.services import link_user, make_account, take_out
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal, Role, Scope
from kribbe.trust.tokens import make_token
from kribbe.upkeep.models import Invitation
from kribbe.upkeep.tokens import INVITATION

GOOD_FOR = timedelta(days=14)


def invite(*, principal: Principal, household_id: int, email: str, now: datetime) -> Invitation:
    """Mail an invitation to act for the household. An earlier one to the same address ends.

    RefusedError on a wrong address, or where its account has the household already.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise RefusedError(_("This is no mail address."), field="email") from error
    with transaction.atomic():
        lock_rows((Household, household_id))
        household = Household.objects.select_related("desk").get(pk=household_id)
        if _held(household_id).filter(user__email=address).exists():
            raise RefusedError(_("This account has access already."), field="email", code="known")
        Invitation.objects.filter(household=household, email=address, ended_at=None).update(ended_at=now)
        made = Invitation.objects.create(
            household=household,
            email=address,
            made_at=now,
            made_by=principal.user_id,
            good_until=now + GOOD_FOR,
        )
        _record(principal, "household.invite", made, now)
        _mail(made, principal.name, now)
    return made


def account_of(*, invitation_id: int, name: str, language: str, now: datetime) -> User:
    """The account with the invited address, made where there is none; a code mailed there proves whose it is.

    RefusedError where the invitation was used, taken back or ran out.
    """
    with transaction.atomic():
        lock_rows((Invitation, invitation_id))
        found = Invitation.objects.get(pk=invitation_id)
        if not is_good(found, now):
            raise _over()
        return make_account(email=found.email, name=name, language=language)


def accept(*, principal: Principal, invitation_id: int, now: datetime) -> Household:
    """Whoever holds the link, and is logged in with the invited address, acts for the household from now on.

    RefusedError where it was used, taken back or ran out, or the account has another address.
    """
    with transaction.atomic():
        lock_rows((Invitation, invitation_id))
        found = Invitation.objects.select_related("household").get(pk=invitation_id)
        user = User.objects.get(pk=principal.user_id or 0)
        if not is_good(found, now):
            raise _over()
        if user.email != found.email:
            raise RefusedError(
                _("This invitation is for another mail address. Log in with that one."), code="other_address"
            )
        found.accepted_at, found.accepted_by, found.ended_at = now, user.pk, now
        found.save(update_fields=["accepted_at", "accepted_by", "ended_at"])
        link_user(household=found.household, user=user, principal=principal, now=now, role=Role.CO_PARENT)
        _record(principal, "household.joined", found, now)
    return found.household


def take_back(*, principal: Principal, invitation_id: int, now: datetime) -> None:
    """End an invitation that wasn't used, or the access that it gave."""
    with transaction.atomic():
        lock_rows((Invitation, invitation_id))
        found = Invitation.objects.select_related("household__desk").get(pk=invitation_id)
        if found.ended_at is None:
            found.ended_at = now
        elif found.accepted_by is not None and found.revoked_at is None:
            grant = _held(found.household_id).filter(user=found.accepted_by, role=Role.CO_PARENT).first()
            if grant is not None:
                take_out(grant=grant, principal=principal, now=now)
            found.revoked_at = now
        else:
            raise _over()
        found.save(update_fields=["ended_at", "revoked_at"])
        _record(principal, "household.invitation_ended", found, now)


def is_good(found: Invitation, now: datetime) -> bool:
    """Whether the link can still be used."""
    return found.ended_at is None and found.good_until > now


def _over() -> RefusedError:
    return RefusedError(_("This invitation is no longer good. Ask for a new one."), code="over")


def _held(household_id: int) -> "QuerySet[RoleGrant]":
    return RoleGrant.objects.filter(scope=Scope.HOUSEHOLD, scope_id=household_id)


def _record(principal: Principal, action: str, found: Invitation, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=found,
        now=now,
        household_id=found.household_id,
        desk_id=found.household.desk_id,
    )


def _mail(found: Invitation, inviter: str, now: datetime) -> None:
    desk = found.household.desk
    text = compose(
        "upkeep/invited",
        {"inviter": inviter, "until": found.good_until},
        desk=desk,
        language=allowed_language(desk, found.household.language),
        names="",
        link=reverse("upkeep:invitation", args=[make_token(INVITATION, found.pk)]),
        reader=found.household.language,
    )
    outbox.put(
        address=found.email,
        subject=text.subject,
        body=text.body,
        message_id=message_id(f"invitation-{found.pk}", found.email),
        now=now,
        is_secret=True,
    )
