"""Who is in now, by group, with whom to call and what to take care of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime

from kribbe.attendance.attendee import Who, households
from kribbe.attendance.selectors.day import ChildDay, Day, GroupDay, Where, day_of
from kribbe.attendance.selectors.months import wall
from kribbe.attendance.selectors.safety import ONLY_A_NAME, Safety, safety_of, spare_children
from kribbe.attendance.selectors.typed import TypedDay
from kribbe.places.models import Location


@dataclass(frozen=True)
class Row:
    """One child that is in."""

    name: str
    since: str
    calls: Sequence[str]
    care: Sequence[str]


@dataclass(frozen=True)
class Inside:
    """The list. `out` are the names of today's children who aren't in; `others` are counted without a name."""

    groups: Sequence[tuple[str, Sequence[Row]]]
    out: Sequence[str]
    others: int
    households: Sequence[int]

    @property
    def children(self) -> list[Row]:
        return [row for _group, rows in self.groups for row in rows]


def inside_now(location: Location, *, now: datetime) -> Inside:
    """Who is in at this moment; twenty-three queries at most while nobody sleeps, whatever the number of children."""
    day = day_of(location, localtime(now).date(), now=now)
    inside = [child for child in day.children if child.where is Where.IN]
    safety = safety_of([each.child for each in inside])
    spare = [child.household_id for child in spare_children([each.child for each in inside]).values()]
    return Inside(
        groups=[(group.week.group.name, rows) for group in day.groups if (rows := _rows(group, safety))],
        out=_out(day.children, inside),
        others=_others(day),
        households=households(each.child for each in day.children) + spare,
    )


def _out(children: Sequence[ChildDay], inside: Sequence[ChildDay]) -> list[str]:
    """Whoever isn't in; not a child that is in the group that it visits."""
    there = {each.child.person for each in inside}
    return [
        f"{each.child.name} ({each.there.place})" if each.there else each.child.name
        for each in children
        if each.child.person not in there
    ]


def _rows(group: GroupDay, safety: Mapping[Who, Safety]) -> list[Row]:
    named = [_row(child, safety) for child in group.children if child.where is Where.IN]
    return named + [_typed(each) for each in group.typed if each.is_in]


def _typed(each: TypedDay) -> Row:
    since = next(stay.start for stay in each.stays if stay.end is None)
    return Row(each.child.name, wall(since), [str(ONLY_A_NAME)], ())


def _row(child: ChildDay, safety: Mapping[Who, Safety]) -> Row:
    known = safety[child.child.who]
    since = next(stay.start for stay in child.stays if stay.end is None)
    return Row(child.child.name, wall(since), known.calls, known.care)


def _others(day: Day) -> int:
    return sum(group.others for group in day.groups)
