"""Handing a household over to another desk, with its consent; the dates of its requests stay."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import CareRequest, HandOver, RequestState
from kribbe.people.models import Household
from kribbe.region.models import Desk
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


@transaction.atomic
def hand_over(
    *,
    household_id: int,
    consent_by: str,
    consented_on: date,
    principal: Principal,
    now: datetime,
    to_desk: Desk | None = None,
    to_name: str = "",
) -> HandOver:
    """Hand a household to a desk of this installation, which takes it over now, or to one that works otherwise.

    A desk inside gets the household and its open requests, with their dates; outside, a document goes along and
    nothing changes here. Raises RefusedError for the household's own desk.
    """
    lock_rows((Household, household_id))
    household = Household.objects.select_related("desk").get(pk=household_id)
    if to_desk is not None and to_desk.pk == household.desk_id:
        raise RefusedError(_("The family is with this desk already."), field="to_desk")
    made = HandOver.objects.create(
        household=household,
        from_desk=household.desk,
        to_desk=to_desk,
        to_name=to_name,
        consent_by=consent_by,
        consented_on=consented_on,
        made_at=now,
        made_by=principal.user_id,
    )
    made.requests.set(CareRequest.objects.filter(household=household, state=RequestState.OPEN))
    if to_desk is not None:
        _move(made, to_desk)
    _record("household.handed_over", made, principal, now)
    return made


@transaction.atomic
def undo_hand_over(*, made: HandOver, principal: Principal, now: datetime) -> None:
    """The family stays with its old desk after all.

    Raises RefusedError where it was undone before, or the family has moved on to a third desk.
    """
    lock_rows((Household, made.household_id))
    standing = HandOver.objects.select_related("household", "from_desk").get(pk=made.pk)
    if standing.undone_at is not None:
        raise RefusedError(_("This was undone already."), code="undone")
    if standing.to_desk_id is not None:
        if standing.household.desk_id != standing.to_desk_id:
            raise RefusedError(_("The family is with another desk by now."), code="moved-on")
        _move(standing, standing.from_desk)
    HandOver.objects.filter(pk=standing.pk).update(undone_at=now)
    _record("household.hand_over_undone", standing, principal, now)


def _move(made: HandOver, desk: Desk) -> None:
    lock_rows(*((CareRequest, key) for key in made.requests.values_list("pk", flat=True)))
    Household.objects.filter(pk=made.household_id).update(desk=desk)
    made.requests.update(desk=desk)


def _record(action: str, made: HandOver, principal: Principal, now: datetime) -> None:
    """On the trail of both desks; on the household's once."""
    desks = [made.from_desk_id, *([made.to_desk_id] if made.to_desk_id else [])]
    for place, desk_id in enumerate(desks):
        record(
            principal=principal,
            action=action,
            subject=made,
            now=now,
            household_id=made.household_id if place == 0 else None,
            desk_id=desk_id,
            consented_on=str(made.consented_on),
        )
