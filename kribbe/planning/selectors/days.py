"""Extra days and swaps: what they make of the agreed weeks, whether there is room on a day, what one would cost."""

from collections.abc import Iterable
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
from kribbe.planning.selectors.planned import OWN, absences, merged, parts_of_halves, planned_at
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
    """The room in a group on a day: who stays away makes some. Count it with the group locked; seven queries."""
    if day in closed_days(location.pk, day, day):
        return Room((0, 0), (0, 0))
    planned = [each for each in planned_at(location, day, day) if each.group_id == group_id]
    away = absences([each.placement for each in planned if each.placement], day, day)
    none: frozenset[date] = frozenset()
    coming = [
        each.halves(day, none, location)
        for each in planned
        if not (each.placement and (each.placement.pk, day) in away)
    ]
    certain = {each.placement.pk for each in planned if each.placement}
    held = [_halves(row.pattern, day) for row in _promised(group_id, day, certain)]
    capacity = GroupCapacity.objects.filter(group=group_id, during__contains=day).first()
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


def _promised(group_id: int, day: date, certain: Iterable[int]) -> list[LedgerTake]:
    """What is held on a day by others than who is planned on it: offers, reserved places, papers to sign."""
    known = {f"placement:{key}" for key in certain}
    rows = LedgerTake.objects.filter(group=group_id, during__contains=day)
    rows = rows.exclude(holder__startswith=OWN).exclude(holder__startswith="direct:")
    rows = rows.exclude(holder__startswith=TOGETHER)
    rows = rows.exclude(holder__startswith="day:")
    return [row for row in rows if row.holder.partition(ledger.BESIDE)[0] not in known]


def _halves(pattern: int, day: date) -> int:
    return WeekPattern(pattern).mask >> 2 * day.weekday() & 3
