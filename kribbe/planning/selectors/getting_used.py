"""Visits of children who get used to a group before they begin."""

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.places.models import Location
from kribbe.planning.models import GettingUsedDay
from kribbe.planning.selectors.planned import Planned, planned_at_all
from kribbe.planning.written import minute
from kribbe.rules.agreed import MIDNIGHT, Agreement
from kribbe.rules.getting_used import Move, moments
from kribbe.rules.halfdays import halves_of

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Visitor:
    """A visit that some locations feel: one of theirs is visited, or a child with a place there is away on it."""

    visit: GettingUsedDay
    own: Sequence[Planned]
    """The child's places there beside the visit, planned on the day or not."""

    @property
    def group_id(self) -> int:
        return self.visit.placement.group_id

    def is_at(self, locations: Iterable[Location]) -> bool:
        """Whether it visits one of these locations."""
        return any(self.visit.placement.group.location_id == each.pk for each in locations)

    def concerns(self, groups: Container[int]) -> bool:
        """Whether it visits one of these groups, or has its own place in one."""
        return self.group_id in groups or any(each.group_id in groups for each in self.own)

    def move(self, takes: bool, is_there: Callable[[Planned], bool]) -> Move:
        """Where the child is meanwhile: in the group that it visits, where that `takes` it, and not in its own.

        `is_there` tells whether it would be in the group of a place of its own.
        """
        home = next((each.group_id for each in self.own if is_there(each)), None)
        return Move(*hours_of(self.visit), self.group_id if takes else None, home)


def visits_at(location: Location, first: date, last: date) -> list[GettingUsedDay]:
    """The visits to a location on these days, in their order; one query, three more where there are visits."""
    return visits_in([location], first, last)


def visits_in(locations: Sequence[Location], first: date, last: date) -> list[GettingUsedDay]:
    """As `visits_at`, of several locations; no more queries."""
    rows = _standing().filter(placement__group__location__in=locations, day__range=(first, last))
    return list(rows.prefetch_related("placement__child", "placement__group"))


def visitors_in(
    locations: Sequence[Location], first: date, last: date, planned: Sequence[Planned] | None = None
) -> list[Visitor]:
    """The visits that these locations feel on these days, in their order; as many queries as `visits_at`.

    `planned` are those planned there on these days; where it isn't known, two to eight queries more tell it of
    locations of which a child goes on a visit.
    """
    own = Placement.objects.filter(
        child=OuterRef("placement__child"),
        group__location__in=locations,
        during__overlap=(first, last + DAY),
    )
    rows = _standing().filter(
        Q(placement__group__location__in=locations) | Exists(own), day__range=(first, last)
    )
    visits = list(rows.prefetch_related("placement__child", "placement__group"))
    children = {each.placement.child_id for each in visits}
    by_child: dict[int, list[Planned]] = defaultdict(list)
    for each in _planned_of(children, locations, first, last) if planned is None else planned:
        if each.child is not None and each.child.pk in children:
            by_child[each.child.pk].append(each)
    return [Visitor(each, by_child[each.placement.child_id]) for each in visits]


def _planned_of(
    children: Collection[int], locations: Sequence[Location], first: date, last: date
) -> list[Planned]:
    """Who is planned where one of these children has a place on these days."""
    if not children:
        return []
    places = Placement.objects.filter(
        child__in=children, group__location__in=locations, during__overlap=(first, last + DAY)
    )
    having = set(places.values_list("group__location", flat=True))
    return planned_at_all([each for each in locations if each.pk in having], first, last) if having else []


def visits_of(placements: Collection[Placement], since: date) -> list[GettingUsedDay]:
    """The visits of these places from a day on."""
    rows = _standing().filter(placement__in=[each.pk for each in placements], day__gte=since)
    return list(rows.select_related("placement__child__household", "placement__group__location"))


def by_half_day(visitors: Iterable[Visitor], noon: time) -> dict[tuple[date, int], list[Visitor]]:
    """The visits by day and half-day of the week; a visit so short that it is no half-day counts too."""
    found: dict[tuple[date, int], list[Visitor]] = defaultdict(list)
    for each in visitors:
        visit = each.visit
        halves = halves_of((hours_of(visit),), noon) or 1 << (visit.start >= noon)
        for part in range(2):
            if halves >> part & 1:
                found[visit.day, 2 * visit.day.weekday() + part].append(each)
    return found


def moments_of(
    present: Mapping[int, int], visitors: Iterable[Visitor], slot: int, location: Location
) -> list[Mapping[int, int]]:
    """The children by group at each moment of a half-day of the week, of which these visit on it.

    `present` are those planned then, by the groups of the location that are open.
    """
    part = slot % 2
    moves = [
        each.move(each.group_id in present, partial(_is_planned, day=each.visit.day, part=part, at=location))
        for each in visitors
    ]
    return moments(present, moves, *span_of(slot, location))


def span_of(slot: int, location: Location) -> tuple[int, int]:
    """From when to when a half-day of the week is, in minutes since midnight."""
    noon = minute(location.morning_ends_at)
    return (noon, MIDNIGHT) if slot % 2 else (0, noon)


def _is_planned(own: Planned, *, day: date, part: int, at: Location) -> bool:
    return bool(own.halves(day, frozenset(), at) >> part & 1)


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
