"""Urgent requests that are open to every location of the desk."""

from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.timezone import localtime

from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferState,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
    RequestState,
    RequestSwitches,
)
from kribbe.enrolment.selectors.waiting import Waiting, as_if_waiting
from kribbe.places.models import Location
from kribbe.region.models import Desk, DeskPolicy
from kribbe.region.selectors import policy_on
from kribbe.rules.halfdays import WeekPattern


def urgent_list(location: Location, *, now: datetime) -> list[Waiting]:
    """Urgent families that didn't choose the location and let all see them, in the location's published order."""
    policy = policy_on(location.desk, localtime(now).date())
    wishes = Preference.objects.filter(request=OuterRef("pk"), location=location).exclude(
        state=PreferenceState.WITHDRAWN
    )
    rows = open_urgent(location.desk, policy, today=localtime(now).date()).filter(~Exists(wishes))
    asking = [(request.pk, still_asked(request), request.registered_at) for request in rows]
    return as_if_waiting(location.pk, asking, now=now) if asking else []


def still_asked(request: CareRequest) -> WeekPattern:
    """The most that a wish of the request still asks; the wishes that wait are prefetched as `waiting`."""
    wishes: list[Preference] = request.waiting  # type: ignore[attr-defined]  # prefetched
    return WeekPattern(max((wish.open_pattern for wish in wishes), key=int.bit_count))


def open_urgent(desk: Desk, policy: DeskPolicy, *, today: date) -> QuerySet[CareRequest]:
    """Requests of the desk that turned urgent without an offer, whose household lets every location see them."""
    waiting = Preference.objects.filter(state=PreferenceState.WAITING, open_pattern__gt=0)
    answered = Offer.objects.filter(preference__request=OuterRef("pk"), state=OfferState.OPEN)
    placed = Placement.objects.filter(offer__preference__request=OuterRef("pk"), state=PlacementState.TO_SIGN)
    agreed = Q(switches__open_when_urgent=True)
    if policy.open_urgent:
        agreed |= Q(switches__open_when_urgent=None)
    return (
        CareRequest.objects.filter(
            agreed,
            Exists(waiting.filter(request=OuterRef("pk"))),
            ~Exists(answered),
            ~Exists(placed),
            desk=desk,
            state=RequestState.OPEN,
            wanted_start__lte=today + timedelta(days=policy.urgent_days),
        )
        .prefetch_related(Prefetch("preferences", waiting, to_attr="waiting"))
        .order_by("pk")
    )


def switches_of(request: CareRequest, policy: DeskPolicy) -> tuple[bool, bool]:
    """Whether the weekly list comes, and whether all locations see the request once it is urgent."""
    chosen = RequestSwitches.objects.filter(request=request).first()
    weekly = chosen.weekly_list if chosen else None
    urgent = chosen.open_when_urgent if chosen else None
    return (
        policy.tell_vacancies if weekly is None else weekly,
        policy.open_urgent if urgent is None else urgent,
    )
