"""One day at a location: who is in, who left, who is missing, and whether there are carers enough now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from django.utils.timezone import get_default_timezone, localtime

from kribbe.attendance.models import DayNote, Dispute, Mark, Presence, Tap
from kribbe.enrolment.models import Placement
from kribbe.places.models import Kind, Location
from kribbe.planning.models import Absence
from kribbe.planning.selectors.planned import Planned, absences, certain, plan_of
from kribbe.planning.selectors.week import GroupWeek, Row, Week, week_of
from kribbe.region.selectors import policy_on
from kribbe.rules.agreed import Parts
from kribbe.rules.attendance import moment
from kribbe.rules.calendar import monday_of
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.ratio import Layout, Need, carers_needed

Said = TypeVar("Said", Presence, Tap, DayNote)
DAY = timedelta(days=1)
MISSED_AFTER = timedelta(minutes=15)
"""After the planned beginning; then a child that didn't come is missing."""


class Where(StrEnum):
    """How it stands with a child on a day."""

    IN = "in"
    LEFT = "left"
    MISSING = "missing"
    EXPECTED = "expected"
    AWAY = "away"


@dataclass(frozen=True)
class ChildDay:
    """One child's day."""

    planned: Planned
    placement: Placement
    parts: Parts
    where: Where
    stays: Sequence[Presence]
    away: Absence | None = None
    marks: frozenset[Mark] = frozenset()
    notes: Sequence[DayNote] = ()
    dispute: Dispute | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether the location has to look at it."""
        return self.dispute is not None or any(stay.doubt for stay in self.stays)


@dataclass(frozen=True)
class GroupDay:
    """A group's children on a day. `others` came outside the desk: the register doesn't know them by name."""

    week: GroupWeek
    children: Sequence[ChildDay]
    others: int = 0

    @property
    def inside(self) -> int:
        return sum(child.where is Where.IN for child in self.children)


@dataclass(frozen=True)
class Day:
    """A location's day, as it stands at `now`."""

    location: Location
    on: date
    is_closed: bool
    groups: Sequence[GroupDay]
    need: Need
    carers: int | None
    """Carers planned for this half-day; None where none were planned."""
    week: Week = field(repr=False)
    pack: Pack = field(repr=False)

    @property
    def children(self) -> list[ChildDay]:
        return [child for group in self.groups for child in group.children]

    def count(self, where: Where) -> int:
        """How many children stand so."""
        return sum(child.where is where for child in self.children)


def day_of(location: Location, on: date, *, now: datetime) -> Day:
    """The day with its children by group; fifteen queries, whatever its size."""
    today = localtime(now).date()
    week = week_of(location, monday_of(on), today=today)
    known = {row.planned.placement.pk: row.planned for row in _named(week) if row.planned.placement}
    stays = _by_placement(Presence.objects.filter(day=on, placement__group__location=location))
    known.update(_unplanned(location, on, set(stays) - set(known)))
    said = _Said(
        stays=stays,
        taps=_by_placement(Tap.objects.filter(day=on, placement__in=known)),
        notes=_by_placement(DayNote.objects.filter(day=on, placement__in=known, taken_back_at=None)),
        disputes={
            each.placement_id: each
            for each in Dispute.objects.filter(day=on, placement__in=known, answered_at=None)
        },
        away=absences([each.placement for each in known.values() if each.placement], on, on),
    )
    groups = [_group(group, known.values(), week, on, said, now) for group in week.groups]
    pack = load_pack(policy_on(location.desk, on).rule_pack)
    return Day(
        location=location,
        on=on,
        is_closed=on in week.closed,
        groups=groups,
        need=need_of(location, on, _inside(groups), pack),
        carers=week.carers[2 * on.weekday() + (localtime(now).time() >= location.morning_ends_at)],
        week=week,
        pack=pack,
    )


def need_of(location: Location, on: date, inside: Mapping[Layout, int], pack: Pack) -> Need:
    """The carers that the children who are in ask by the law of the day."""
    return carers_needed(children=inside, pack=pack, on=on, family=location.kind == Kind.FAMILY)


@dataclass(frozen=True)
class _Said:
    """What the register holds of a day, by placement."""

    stays: Mapping[int, list[Presence]]
    taps: Mapping[int, list[Tap]]
    notes: Mapping[int, list[DayNote]]
    disputes: Mapping[int, Dispute]
    away: Mapping[tuple[int, date], Absence]


def _named(week: Week) -> Iterator[Row]:
    return (row for group in week.groups for row in group.rows)


def _by_placement(rows: Iterable[Said]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = defaultdict(list)
    for row in rows:
        found[row.placement_id].append(row)
    return dict(found)


def _unplanned(location: Location, on: date, missing: set[int]) -> dict[int, Planned]:
    """Children who came though nothing was planned in this week."""
    if not missing:
        return {}
    found = certain((on, on + DAY)).filter(pk__in=missing)
    return {each.pk: plan_of(each, location) for each in found}


def _group(
    group: GroupWeek, known: Iterable[Planned], week: Week, on: date, said: _Said, now: datetime
) -> GroupDay:
    slots = slice(2 * on.weekday(), 2 * on.weekday() + 2)
    own = [each for each in known if each.group_id == group.group.pk]
    children = [child for each in own if (child := _child(each, week, on, said, now))]
    outside = [row.there >> 2 * on.weekday() & 3 for row in group.rows if row.planned.placement is None]
    return GroupDay(group, children, sum(map(bool, outside)) + max(group.uncounted[slots]))


def _child(planned: Planned, week: Week, on: date, said: _Said, now: datetime) -> ChildDay | None:
    """A child that is planned on the day or came; None for others."""
    placement = planned.placement
    if placement is None:
        return None
    parts, stays = planned.parts(on, week.closed), said.stays.get(placement.pk, [])
    taps = said.taps.get(placement.pk, [])
    if not parts and not taps and not stays:
        return None
    away = said.away.get((placement.pk, on))
    return ChildDay(
        planned=planned,
        placement=placement,
        parts=parts,
        where=where_of(on, parts, stays, away, now),
        stays=stays,
        away=away,
        marks=frozenset(Mark(mark) for tap in taps for mark in tap.marks),
        notes=said.notes.get(placement.pk, []),
        dispute=said.disputes.get(placement.pk),
    )


def where_of(on: date, parts: Parts, stays: Sequence[Presence], away: Absence | None, now: datetime) -> Where:
    """How it stands with a child, by its stays, its absence and its plan."""
    if any(stay.end is None for stay in stays):
        return Where.IN
    if stays:
        return Where.LEFT
    if away is not None:
        return Where.AWAY
    begins = moment(on, min((start for start, _end in parts), default=0), get_default_timezone())
    return Where.MISSING if now >= begins + MISSED_AFTER else Where.EXPECTED


def _inside(groups: Sequence[GroupDay]) -> dict[Layout, int]:
    found = dict.fromkeys(Layout, 0)
    for group in groups:
        found[group.week.layout] += group.inside
    return found
