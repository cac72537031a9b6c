"""Visits to get used that cost something: those agreed so, on days on which nothing of the child is reserved."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import F, QuerySet

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import NEVER_CAME
from kribbe.places.selectors.closed import ClosedDays, closed_days_of
from kribbe.planning.models import GettingUsedDay
from kribbe.planning.selectors.getting_used import hours_of
from kribbe.planning.selectors.planned import Planned, certain, plan_of
from kribbe.rules.agreed import Parts

DAY = timedelta(days=1)
Visits = Mapping[int, Mapping[date, Parts]]
"""By place and day from when to when."""


def charged_visits(
    organiser_id: int | None, first: date, last: date, *, households: Collection[int] | None = None
) -> Visits:
    """The visits of these days that cost something at an organiser, as they were agreed, of these households or of
    all; one query, five more where there are some.

    A day on which another place of the child at the organiser has something reserved is paid there: the visit costs
    nothing more.
    """
    visits = list(
        _agreed(organiser_id, first, last, households)
        .select_related("placement__group")
        .order_by("day", "pk")
    )
    if not visits:
        return {}
    children = {each.placement.child_id for each in visits}
    places = certain((first - DAY, last + DAY)).filter(
        child__in=children, group__location__organiser=organiser_id
    )
    plans = [plan_of(each, each.group.location) for each in places.select_related("group__location")]
    sites = {each.placement.group.location_id for each in visits} | {_site(each) for each in plans}
    closed = closed_days_of(sites, first - DAY, last)
    found: dict[int, dict[date, Parts]] = defaultdict(dict)
    for each in visits:
        if each.day not in closed.of(each.placement.group) and not _is_reserved(each, plans, closed):
            found[each.placement_id][each.day] = (hours_of(each),)
    return dict(found)


def charged_places(organiser_id: int | None, first: date, last: date) -> QuerySet[Any, Any]:
    """The keys of the places of which visits of these days were agreed at a price."""
    return _agreed(organiser_id, first, last, None).values("placement")


def _agreed(
    organiser_id: int | None, first: date, last: date, households: Collection[int] | None
) -> QuerySet[GettingUsedDay]:
    """Those of places that are certain and begin later, or are over by now."""
    places = Placement.objects.filter(
        state__in=[PlacementState.FINAL, PlacementState.ENDED], group__location__organiser=organiser_id
    ).exclude(NEVER_CAME)
    if households is not None:
        places = places.filter(child__household__in=households)
    return GettingUsedDay.objects.filter(
        placement__in=places,
        placement__during__startswith__gt=F("day"),
        day__range=(first, last),
        is_charged=True,
        taken_back_at=None,
    )


def _is_reserved(visit: GettingUsedDay, plans: Sequence[Planned], closed: ClosedDays) -> bool:
    child = visit.placement.child_id
    return any(
        bool(each.parts(visit.day, closed.in_group(each.group_id, _site(each))))
        for each in plans
        if each.placement and each.placement.child_id == child
    )


def _site(planned: Planned) -> int:
    return planned.placement.group.location_id if planned.placement else 0
