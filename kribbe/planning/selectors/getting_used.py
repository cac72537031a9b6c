"""Visits of children who get used to a group before they begin."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, time

from django.db.models import F, QuerySet

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.places.models import Location
from kribbe.planning.models import GettingUsedDay
from kribbe.planning.selectors.planned import Planned
from kribbe.planning.written import minute
from kribbe.rules.agreed import Agreement
from kribbe.rules.halfdays import halves_of


def visits_at(location: Location, first: date, last: date) -> list[GettingUsedDay]:
    """The visits to a location on these days, in their order; one query, three more where there are visits."""
    return visits_in([location], first, last)


def visits_in(locations: Sequence[Location], first: date, last: date) -> list[GettingUsedDay]:
    """As `visits_at`, of several locations; no more queries."""
    rows = _standing().filter(placement__group__location__in=locations, day__range=(first, last))
    return list(rows.prefetch_related("placement__child", "placement__group"))


def visits_of(placements: Collection[Placement], since: date) -> list[GettingUsedDay]:
    """The visits of these places from a day on."""
    rows = _standing().filter(placement__in=[each.pk for each in placements], day__gte=since)
    return list(rows.select_related("placement__child__household", "placement__group__location"))


def by_half_day(visits: Iterable[GettingUsedDay], noon: time) -> Counter[tuple[int, date, int]]:
    """How many visit, by group, day and half-day of the week; a visit so short that it is no half-day counts too."""
    found: Counter[tuple[int, date, int]] = Counter()
    for each in visits:
        halves = halves_of((hours_of(each),), noon) or 1 << (each.start >= noon)
        slots = (2 * each.day.weekday() + part for part in range(2) if halves >> part & 1)
        found.update((each.placement.group_id, each.day, slot) for slot in slots)
    return found


def as_planned(visit: GettingUsedDay) -> Planned:
    """A visit as a child planned on its one day."""
    return Planned(
        group_id=visit.placement.group_id,
        agreements=(as_agreed(visit),),
        placement=visit.placement,
        child=visit.placement.child,
        is_agreed=True,
    )


def as_agreed(visit: GettingUsedDay) -> Agreement:
    """A visit as an agreement on its one day."""
    return Agreement(visit.day, visit.day, ({visit.day.weekday(): (hours_of(visit),)},))


def hours_of(visit: GettingUsedDay) -> tuple[int, int]:
    """From when to when, in minutes since midnight."""
    return minute(visit.start), minute(visit.end)


def _standing() -> QuerySet[GettingUsedDay]:
    """Visits that hold: of a place that is certain and begins later."""
    return GettingUsedDay.objects.filter(
        taken_back_at=None,
        placement__state=PlacementState.FINAL,
        placement__during__startswith__gt=F("day"),
    ).order_by("day", "start", "pk")
