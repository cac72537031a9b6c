"""Extra days and swaps: what they make of the agreed weeks, whether there is room on a day, what one would cost."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.timezone import localtime

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import every_piece
from kribbe.places import ledger
from kribbe.places.models import GroupCapacity, LedgerTake, Location
from kribbe.places.selectors.closed import closed_days_of
from kribbe.planning.models import Absence, DayChange, DayRules, DayState
from kribbe.planning.models_days import BOTH_HALVES
from kribbe.planning.selectors.allowance import Stated, month_case
from kribbe.planning.selectors.bill_prices import billed_day
from kribbe.planning.selectors.held_absences import held_absences
from kribbe.planning.selectors.planned import (
    OWN,
    Planned,
    merged,
    parts_of_halves,
    planned_at_all,
)
from kribbe.rules.agreed import Agreement, changed, there_on
from kribbe.rules.billing.day_cost import DayCost, cost_of_day
from kribbe.rules.billing.pricing import bill
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.money import NOUGHT

DAY = timedelta(days=1)
HALVES = (0, 1)
MOST_SHOWN = 100
PLANNED = (OWN, "direct:", "child:", "day:", "elsewhere:")
"""So begin the names under which the ledger holds who is planned: places that only count, children outside the desk,
what the certain places of a child hold together, extra days, days of children of another location."""


@dataclass(frozen=True, slots=True)
class Room:
    """The places of a group on a day, by half: with staff, and taken by who is expected or holds one."""

    places: tuple[int, int]
    taken: tuple[int, int]

    def has(self, halves: int) -> bool:
        """Whether one more child fits on these halves."""
        return all(self.places[half] > self.taken[half] for half in HALVES if halves >> half & 1)


NO_ROOM = Room((0, 0), (0, 0))


def rules_of(location: Location) -> DayRules:
    """What a location decided; the usual where it decided nothing."""
    return DayRules.objects.filter(location=location).first() or DayRules(location=location)


def room_on(location: Location, group_id: int, day: date) -> Room:
    """The room in a group on a day: who stays away makes some. Count it with the group locked."""
    return rooms_at([location], [day]).get((group_id, day), NO_ROOM)


def open_halves(group_id: int, day: date) -> int:
    """The half-days on which a group opens on this weekday, bit 0 the morning; closing days aren't asked."""
    capacity = GroupCapacity.objects.filter(group_id=group_id, during__contains=day).first()
    return _halves(capacity.open_pattern, day) if capacity else 0


@dataclass(frozen=True, slots=True)
class Expected:
    """Who is planned on some days, and the absences of them that hold, by placement and day."""

    planned: Sequence[Planned]
    away: Mapping[tuple[int, date], Absence]


def expected_at(locations: Sequence[Location], first: date, last: date) -> Expected:
    """Who is expected at these locations; queries grow with neither."""
    planned = planned_at_all(locations, first, last)
    places = [each.placement for each in planned if each.placement]
    return Expected(planned, held_absences(places, first, last))


def rooms_at(
    locations: Sequence[Location], days: Collection[date], expected: Expected | None = None
) -> dict[tuple[int, date], Room]:
    """The room of every group of these locations on each day, by group and day; queries grow with neither.

    Who knows already who is expected there gives it along.
    """
    first, last = min(days), max(days)
    closed = closed_days_of([location.pk for location in locations], first, last)
    found = expected or expected_at(locations, first, last)
    capacities = GroupCapacity.objects.filter(
        group__location__in=locations, during__overlap=(first, last + DAY)
    )
    known = {location.pk: location for location in locations}
    certain = {each.placement.pk for each in found.planned if each.placement}
    promised = _promised(locations, first, last, certain)
    rooms = {}
    for capacity in capacities.select_related("group"):
        location = known[capacity.group.location_id]
        own = [each for each in found.planned if each.group_id == capacity.group_id]
        held = [row for row in promised if row.group_id == capacity.group_id]
        for day in (each for each in days if each in capacity.during):
            is_shut = day in closed.of(capacity.group)
            rooms[capacity.group_id, day] = (
                NO_ROOM if is_shut else _room(location, capacity, day, own, held, found.away)
            )
    return rooms


def _room(
    location: Location,
    capacity: GroupCapacity,
    day: date,
    planned: Iterable[Planned],
    promised: Iterable[LedgerTake],
    away: Mapping[tuple[int, date], Absence],
) -> Room:
    coming = [
        each.halves(day, frozenset(), location)
        for each in planned
        if not (each.placement and (each.placement.pk, day) in away)
    ]
    held = [_halves(row.pattern, day) for row in promised if day in row.during]
    open_ = _halves(capacity.open_pattern, day)
    morning, afternoon = (
        (capacity.staffed_places * (open_ >> half & 1), sum(each >> half & 1 for each in (*coming, *held)))
        for half in HALVES
    )
    return Room((morning[0], afternoon[0]), (morning[1], afternoon[1]))


def halves_to_come(location: Location, day: date, now: datetime) -> int:
    """The half-days of a day, by its opening hours, that haven't begun; bit 0 the morning."""
    return _halves_after(location, day, now, edge=0)


def halves_not_over(location: Location, day: date, now: datetime) -> int:
    """The half-days of a day, by its opening hours, that haven't ended; bit 0 the morning."""
    return _halves_after(location, day, now, edge=1)


def _halves_after(location: Location, day: date, now: datetime, *, edge: int) -> int:
    clock = localtime(now)
    if day != clock.date():
        return BOTH_HALVES if day > clock.date() else 0
    noon = location.morning_ends_at
    spans = ((location.opens_at, noon), (noon, location.closes_at))
    return sum(1 << half for half in HALVES if clock.time() < spans[half][edge])


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
    """The extra days and swaps of a place and its whole stay from a day on, in the order of the days."""
    return DayChange.objects.filter(placement__in=every_piece(placement), day__gte=since).order_by(
        "day", "pk"
    )


def day_cost(told: Stated, change: DayChange) -> DayCost:
    """What an extra day that isn't saved adds to its month, or one day for another; `told` is of the day's year.

    Where the location invoices it is what the invoice will ask; elsewhere the price that was agreed, and one day for
    another costs nothing.
    """
    billed = billed_day(told.placement, change)
    if billed is not None:
        return billed
    if change.instead_of is not None:
        return DayCost((), (), NOUGHT, NOUGHT)
    case = month_case(told, change.day)
    base = tuple(case.agreement)
    parts = merged(there_on(base, change.day), parts_of_halves(change.halves, told.location))
    extra = Agreement(change.day, change.day, ({change.day.weekday(): parts},))
    return cost_of_day(bill(case), bill(replace(case, agreement=changed(base, extra))), day=change.day)


def _promised(
    locations: Iterable[Location], first: date, last: date, certain: Iterable[int]
) -> list[LedgerTake]:
    """What is held by others than who is planned: offers, reserved places, papers to sign, children at home."""
    known = {f"placement:{key}" for key in certain}
    rows = LedgerTake.objects.filter(group__location__in=list(locations), during__overlap=(first, last + DAY))
    for prefix in PLANNED:
        rows = rows.exclude(holder__startswith=prefix)
    return [row for row in rows if row.holder.partition(ledger.BESIDE)[0] not in known]


def _halves(pattern: int, day: date) -> int:
    return WeekPattern(pattern).mask >> 2 * day.weekday() & 3
