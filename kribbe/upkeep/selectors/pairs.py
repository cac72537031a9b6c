"""Pairs as a desk may see them: its own side whole, of another desk's names, births and the desk only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from kribbe.enrolment.models import (
    CareRequest,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
    RequestState,
)
from kribbe.people.besides import Line, besides
from kribbe.people.models import Adult, Child, Household
from kribbe.region.models import Desk
from kribbe.upkeep.access import pairs_of
from kribbe.upkeep.models import Merge, Pair, PairState
from kribbe.upkeep.selectors.asking import asking

UNDECIDED = (PairState.OPEN, PairState.PROPOSED)


@dataclass(frozen=True, slots=True)
class Side:
    """One registration of a pair. Of another desk's all but child, household and registration is empty."""

    child: Child
    household: Household
    is_here: bool
    registered: datetime | None
    adults: Sequence[Adult] = ()
    requests: Sequence[CareRequest] = ()
    placements: Sequence[Placement] = ()
    besides: Sequence[Line] = ()


def to_look_at(desk_id: int, today: date) -> "QuerySet[Pair]":
    """Undecided pairs that concern a desk, one of them still asking."""
    asks = asking(today).values("pk")
    gone = Merge.objects.filter(undone_at=None).values("gone")
    return (
        pairs_of(desk_id)
        .filter(Q(first__in=asks) | Q(second__in=asks), state__in=UNDECIDED)
        .exclude(Q(first__in=gone) | Q(second__in=gone))
    )


def decided(desk: Desk) -> "QuerySet[Pair]":
    """What was decided, the latest first."""
    return pairs_of(desk.pk).exclude(state__in=UNDECIDED).order_by("-decided_at", "-pk")


def sides(pair: Pair, desk: Desk) -> tuple[Side, Side]:
    """Both registrations, the earlier first."""
    children = [pair.first, pair.second]
    requests = list(
        CareRequest.objects.filter(child__in=children)
        .prefetch_related(
            Prefetch(
                "preferences",
                queryset=Preference.objects.exclude(state=PreferenceState.WITHDRAWN)
                .select_related("location")
                .order_by("rank"),
            )
        )
        .order_by("registered_at")
    )
    adults = list(
        Adult.objects.filter(household__in={child.household_id for child in children}).order_by(
            "-is_applicant", "pk"
        )
    )
    placements = list(
        Placement.objects.filter(
            child__in=children, state__in=[PlacementState.TO_SIGN, PlacementState.FINAL]
        ).select_related("group__location")
    )
    others = besides([child.pk for child in children], timezone.localdate())
    both = [_side(child, desk, requests, adults, placements, others.get(child.pk, ())) for child in children]
    first, second = both
    is_later = first.registered and second.registered and first.registered > second.registered
    return (second, first) if is_later else (first, second)


def _side(
    child: Child,
    desk: Desk,
    requests: Sequence[CareRequest],
    adults: Sequence[Adult],
    placements: Sequence[Placement],
    others: Sequence[Line],
) -> Side:
    is_here = child.household.desk_id == desk.pk
    own = [request for request in requests if request.child_id == child.pk]
    registered = own[0].registered_at if own else None
    if not is_here:
        return Side(child, child.household, is_here, registered)
    return Side(
        child,
        child.household,
        is_here,
        registered,
        adults=[adult for adult in adults if adult.household_id == child.household_id],
        requests=own,
        placements=[placement for placement in placements if placement.child_id == child.pk],
        besides=others,
    )


def births_expected(desk_id: int, *, before: date) -> "QuerySet[Child]":
    """Children of a desk with an open request that were expected before a day, and not told to be born."""
    asks = CareRequest.objects.filter(state=RequestState.OPEN).values("child")
    return Child.objects.filter(
        household__desk=desk_id, born=None, expected__lt=before, pk__in=asks
    ).select_related("household")
