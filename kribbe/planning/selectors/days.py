"""Extra days and swaps: what they make of the agreed weeks, whether there is room on a day, what one would cost."""

from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from kribbe.enrolment.models import Placement
from kribbe.places import ledger
from kribbe.places.models import GroupCapacity, LedgerTake, Location
from kribbe.planning.models import DayChange, DayRules, DayState
from kribbe.planning.selectors.allowance import Stated, month_case
from kribbe.planning.selectors.closed import closed_days
from kribbe.planning.selectors.planned import (
    OWN,
    Planned,
    absences,
    capacities,
    merged,
    parts_of_halves,
    planned_at,
)
from kribbe.rules.agreed import Agreement, changed, there_on
from kribbe.rules.billing.pricing import bill
from kribbe.rules.halfdays import WeekPattern

DAY = timedelta(days=1)
HALVES = (0, 1)
MOST_SHOWN = 100
TOGETHER = "child:"
"""Under this name the ledger holds what the certain places of a child hold together; who comes of them is planned."""


@dataclass(frozen=True, slots=True)
class Room:
    """The places of a group on a day, by half: with staff, and taken by who is expected or holds one."""

    places: tuple[int, int]
    taken: tuple[int, int]

    def has(self, halves: int) -> bool:
        """Whether one more child fits on these halves."""
        return all(self.places[half] > self.taken[half] for half in HALVES if halves >> half & 1)


def rules_of(location: Location) -> DayRules:
    """What a location decided; the usual where it decided nothing."""
    return DayRules.objects.filter(location=location).first() or DayRules(location=location)


def room_on(location: Location, group_id: int, day: date) -> Room:
    """The room in a group on a day: who stays away makes some. Count it with the group locked; eight queries."""
    return rooms(location, [group_id], [day])[group_id, day]


def rooms(
    location: Location, group_ids: Collection[int], days: Collection[date]
) -> dict[tuple[int, date], Room]:
    """The room in groups on days, by group and day; as many queries for many as for one."""
    first, last = min(days), max(days)
    closed = closed_days(location.pk, first, last)
    planned = [each for each in planned_at(location, first, last) if each.group_id in group_ids]
    away = absences([each.placement for each in planned if each.placement], first, last)
    held = _promised(group_ids, first, last, {each.placement.pk for each in planned if each.placement})
    places = capacities(list(group_ids), first, last)
    return {
        (group_id, day): Room((0, 0), (0, 0))
        if day in closed
        else _room(
            location,
            day,
            [each for each in planned if each.group_id == group_id],
            away,
            [row for row in held if row.group_id == group_id],
            next((row for row in places if row.group_id == group_id and day in row.during), None),
        )
        for group_id in group_ids
        for day in days
    }


def _room(
    location: Location,
    day: date,
    planned: Iterable[Planned],
    away: Container[tuple[int, date]],
    promised: Iterable[LedgerTake],
    capacity: GroupCapacity | None,
) -> Room:
    none: frozenset[date] = frozenset()
    coming = [
        each.halves(day, none, location)
        for each in planned
        if not (each.placement and (each.placement.pk, day) in away)
    ]
    held = [_halves(row.pattern, day) for row in promised if day in row.during]
    open_ = _halves(capacity.open_pattern, day) if capacity else 0
    staffed = capacity.staffed_places if capacity else 0
    morning, afternoon = (
        (staffed * (open_ >> half & 1), sum(each >> half & 1 for each in (*coming, *held))) for half in HALVES
    )
    return Room((morning[0], afternoon[0]), (morning[1], afternoon[1]))


def asked_at(location: Location) -> QuerySet[DayChange]:
    """The extra days and swaps that wait for a location, the first day first."""
    waiting = DayChange.objects.filter(state=DayState.ASKED, placement__group__location=location)
    return waiting.select_related("placement__child", "placement__group").order_by("day", "pk")


def coming_at(location: Location, since: date) -> QuerySet[DayChange]:
    """The extra days and swaps that are agreed from a day on, the first day first; no more than a page."""
    agreed = DayChange.objects.filter(
        state=DayState.GRANTED, placement__group__location=location, day__gte=since
    )
    return agreed.select_related("placement__child", "placement__group").order_by("day", "pk")[:MOST_SHOWN]


def changes_of(placement: Placement, since: date) -> QuerySet[DayChange]:
    """A place's extra days and swaps from a day on, in the order of the days."""
    return DayChange.objects.filter(placement=placement, day__gte=since).order_by("day", "pk")


def extra_cost(told: Stated, day: date, halves: int) -> Decimal | None:
    """What an extra day adds to its month, in euros; None where no price is known. `told` is of the day's year."""
    case = month_case(told, day)
    base = tuple(case.agreement)
    parts = merged(there_on(base, day), parts_of_halves(halves, told.location))
    more = replace(case, agreement=changed(base, Agreement(day, day, ({day.weekday(): parts},))))
    before, after = bill(case), bill(more)
    if any(held.on == day for held in after.held):
        return None
    return after.total - before.total


def _promised(
    group_ids: Collection[int], first: date, last: date, certain: Iterable[int]
) -> list[LedgerTake]:
    """What is held on days by others than who is planned: offers, reserved places, papers to sign."""
    known = {f"placement:{key}" for key in certain}
    rows = LedgerTake.objects.filter(group__in=group_ids, during__overlap=(first, last + DAY))
    rows = rows.exclude(holder__startswith=OWN).exclude(holder__startswith="direct:")
    rows = rows.exclude(holder__startswith=TOGETHER)
    rows = rows.exclude(holder__startswith="day:")
    return [row for row in rows if row.holder.partition(ledger.BESIDE)[0] not in known]


def _halves(pattern: int, day: date) -> int:
    return WeekPattern(pattern).mask >> 2 * day.weekday() & 3
