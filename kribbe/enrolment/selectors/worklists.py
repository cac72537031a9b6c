"""What waits for a clerk, list by list: a page shows some of the rows, the first page how many there are."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localtime

from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferState,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
    RequestDraft,
    RequestState,
)
from kribbe.region.selectors import policy_on

RUNNING_OUT = timedelta(days=3)
RAN_OUT = timedelta(days=30)
"""For how long an offer that ran out is worth a call."""


def _unanswered(desk_id: int) -> "QuerySet[CareRequest]":
    """Open requests that wait somewhere and have no open offer."""
    waiting = Preference.objects.filter(request=OuterRef("pk"), state=PreferenceState.WAITING)
    offered = Offer.objects.filter(preference__request=OuterRef("pk"), state=OfferState.OPEN)
    return CareRequest.objects.filter(
        Exists(waiting), ~Exists(offered), desk=desk_id, state=RequestState.OPEN
    ).select_related("child", "household")


def urgent(desk_id: int, now: datetime) -> "QuerySet[CareRequest]":
    """Requests without an offer that start within the desk's term, or should have started."""
    today = localtime(now).date()
    last = today + timedelta(days=policy_on(desk_id, today).urgent_days)
    return _unanswered(desk_id).filter(wanted_start__lte=last)


def running_out(desk_id: int, now: datetime) -> "QuerySet[Offer]":
    """Open offers to the desk's families whose term ends within three days."""
    return _offers(desk_id).filter(state=OfferState.OPEN, deadline__lte=now + RUNNING_OUT)


def ran_out(desk_id: int, now: datetime) -> "QuerySet[Offer]":
    """Offers that nobody answered in the last thirty days, to families that still ask."""
    return _offers(desk_id).filter(
        state=OfferState.LAPSED,
        answered_at__gt=now - RAN_OUT,
        preference__request__state=RequestState.OPEN,
    )


def _offers(desk_id: int) -> "QuerySet[Offer]":
    return Offer.objects.filter(preference__request__desk=desk_id).select_related(
        "preference__request__child", "preference__request__household", "preference__location"
    )


def to_sign(desk_id: int, now: datetime) -> "QuerySet[Placement]":
    """Reserved places that the family has yet to sign for."""
    return Placement.objects.filter(
        child__household__desk=desk_id, state=PlacementState.TO_SIGN
    ).select_related("child__household", "group__location")


def drafts(desk_id: int, now: datetime) -> "QuerySet[RequestDraft]":
    """Requests begun for a parent and not sent."""
    return RequestDraft.objects.filter(desk=desk_id, on_behalf=True, request=None).select_related(
        "user", "household"
    )
