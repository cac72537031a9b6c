"""A certain place is given up before it begins, with all that was agreed after it; for a day it can be taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import CareRequest, Placement, PlacementState, RequestState
from kribbe.enrolment.selectors.given_up import given_up, last_back
from kribbe.enrolment.selectors.stays import stay_of
from kribbe.enrolment.services import telling
from kribbe.enrolment.services.pieces import check_final, close, lock_all, lock_stay, reopen
from kribbe.rules.counting import RequestEnd
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Principal
from kribbe.trust.watching import household_changes, stay_ends, stay_restored


def give_up(*, principal: Principal, placement_id: int, now: datetime, lost: bool = False) -> Placement:
    """The child won't come: its place and what follows it never come to be, and their half-days are free.

    Gives the place with which the stay would have begun. `lost` tells that the pregnancy was lost: the request ends
    so, and the family gets no message. Raises RefusedError on a place that isn't certain, or has begun.
    """
    with transaction.atomic():
        asked = Placement.objects.get(pk=placement_id)
        first = next(iter(stay_of(asked)), asked)
        _lock_request(first)
        stay = lock_stay(first.pk)
        first = stay[0]
        check_final(first)
        if first.during.lower <= localtime(now).date():
            raise RefusedError(
                _("The first day is over. Note in the register on which day the child leaves."), code="begun"
            )
        _close_all(stay, now)
        before = _end_as(first, RequestEnd.LAPSED_MISCARRIAGE) if lost else ""
        closed = [each.pk for each in stay]
        ended = {"end": before} if before else {}
        act = _record(principal, "placement.give_up", first, now, closed=closed, **ended)
        if not lost:
            telling.about_placement(first, "place_not_taken", now=now, until=last_back(act))
        telling.location_about_placement(first, "place_not_taken_location", now=now)
    return first


def take_back(*, principal: Principal, placement_id: int, now: datetime) -> Placement:
    """The child comes after all. Raises RefusedError after the next day, or where somebody else has its half-days."""
    with transaction.atomic():
        first = Placement.objects.select_related("offer__preference").get(pk=placement_id)
        _lock_request(first)
        act = given_up(placement_id)
        if act is None:
            raise RefusedError(_("This was undone already."), code="undone")
        if localtime(now).date() > last_back(act):
            raise RefusedError(_("This can no longer be taken back. Call the location."), code="late")
        stay = lock_all(act.data["closed"])
        with household_changes(stay[0].child.household_id, now):
            for each in stay:
                reopen(each, now)
        stay_restored(stay[0].pk, act.at, now)
        if "end" in act.data:
            _end_as(stay[0], RequestEnd(act.data["end"]))
        _record(principal, "placement.give_up_undone", stay[0], now)
        telling.about_placement(stay[0], "place_taken_again", now=now)
        telling.location_about_placement(stay[0], "place_taken_again_location", now=now)
    return stay[0]


def _close_all(stay: Sequence[Placement], now: datetime) -> None:
    with household_changes(stay[0].child.household_id, now):
        for each in stay:
            close(each, now)
    stay_ends(stay[0].pk, now)


def _end_as(placement: Placement, end: RequestEnd) -> str:
    """Have the request of the place end so, once it has ended; gives how it had ended, "" where it goes on."""
    request = placement.offer.preference.request if placement.offer else None
    others = Placement.objects.filter(offer__preference__request=request, state=PlacementState.FINAL)
    if request is None or request.state != RequestState.ENDED or others.exclude(pk=placement.pk).exists():
        return ""
    before: str = request.end
    request.end = end
    request.save(update_fields=["end"])
    return before


def _lock_request(placement: Placement) -> None:
    if placement.offer is not None:
        lock_rows((CareRequest, placement.offer.preference.request_id))


def _record(
    principal: Principal, action: str, placement: Placement, now: datetime, **data: Any
) -> AuditEntry:
    return record(
        principal=principal,
        action=action,
        subject=placement,
        now=now,
        household_id=placement.child.household_id,
        desk_id=placement.group.location.desk_id,
        **data,
    )
