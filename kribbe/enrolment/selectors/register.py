"""What a location's register shows: its children, its staff, and what is free this month and next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from kribbe.enrolment.models import DirectChild, Placement, PlacementState
from kribbe.enrolment.selectors.stays import firsts
from kribbe.places.free import free_during
from kribbe.places.models import Group, GroupCapacity, Location
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import SLOTS, WORK_WEEK, WeekPattern

LATELY = timedelta(days=35)
"""Who began within so many days, or will, may have begun on another day."""


@dataclass(frozen=True, slots=True)
class GroupNow:
    """A group as its location finds it: staffed places, open half-days, and places free by half-day.

    `left` are the open half-days that still come this month.
    """

    group: Group
    staffed: int
    licensed: int
    open: WeekPattern
    left: WeekPattern
    this_month: Sequence[int]
    next_month: Sequence[int]

    @property
    def slots(self) -> int:
        """How many half-days are shown: the weekend only where it is open."""
        return SLOTS if self.open.mask & ~WORK_WEEK else SLOTS - 4


@dataclass(frozen=True, slots=True)
class Register:
    """The register on a day."""

    groups: Sequence[GroupNow]
    here: Sequence[Placement]
    beginning: Sequence[Placement]
    direct: Sequence[DirectChild]


def register_of(location: Location, *, today: date) -> Register:
    """Children who are here, who began lately or soon will, and each group's numbers. A fixed number of queries."""
    placements = list(
        Placement.objects.filter(
            Q(during__endswith=None) | Q(during__endswith__gt=today),
            group__location=location,
            state=PlacementState.FINAL,
            during__startswith__lte=today + LATELY,
        )
        .select_related("child", "group")
        .order_by("child__name_key", "during")
    )
    return Register(
        groups=groups_now(location, today=today),
        here=[each for each in placements if each.during.lower <= today],
        beginning=[each for each in _firsts(placements) if abs(each.during.lower - today) <= LATELY],
        direct=list(
            DirectChild.objects.filter(
                Q(during__endswith=None) | Q(during__endswith__gt=today),
                group__location=location,
                undone_at=None,
            )
            .select_related("group")
            .order_by("name", "pk")
        ),
    )


def groups_now(location: Location, *, today: date) -> list[GroupNow]:
    """The groups in use with what is free in what is left of this month, and in the next."""
    groups = list(Group.objects.filter(location=location, active=True).order_by("from_months", "name"))
    keys = [group.pk for group in groups]
    following = add_months(first_of_month(today), 1)
    now = free_during(group_ids=keys, start=today, end=following)
    then = free_during(group_ids=keys, start=following, end=add_months(following, 1))
    held = {row.group_id: row for row in GroupCapacity.objects.filter(group__in=keys, during__contains=today)}
    coming = _slots_between(today, following)
    opens = {key: held[key].open_pattern if key in held else 0 for key in keys}
    return [
        GroupNow(
            group=group,
            staffed=held[group.pk].staffed_places if group.pk in held else 0,
            licensed=held[group.pk].licensed_places if group.pk in held else 0,
            open=WeekPattern(opens[group.pk]),
            left=WeekPattern(opens[group.pk] & coming),
            this_month=[max(0, number) for number in now[group.pk]],
            next_month=[max(0, number) for number in then[group.pk]],
        )
        for group in groups
    ]


def _slots_between(start: date, end: date) -> int:
    """The half-days of the weekdays from a day up to another, as a mask."""
    days = {(start + timedelta(days=number)).weekday() for number in range(min(7, (end - start).days))}
    return sum(0b11 << 2 * day for day in days)


def _firsts(placements: Sequence[Placement]) -> list[Placement]:
    """Those with which a stay begins: who comes on other days, or moves up, doesn't begin anew."""
    first_of = firsts({each.child_id for each in placements})
    return [each for each in placements if first_of[each.pk] == each.pk]
