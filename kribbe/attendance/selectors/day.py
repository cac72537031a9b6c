"""One day at a location: who is in, who left, who is missing, and whether there are carers enough now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from django.db.models import Q
from django.utils.timezone import get_default_timezone, localtime

from kribbe.attendance.attendee import Attendee, Who, of_any, who_of
from kribbe.attendance.models import DayNote, Dispute, Mark, Presence, Tap
from kribbe.attendance.selectors.guests import gone_from, in_register_of
from kribbe.attendance.selectors.typed import TypedDay, on_lists, typed_on
from kribbe.attendance.selectors.whereabouts import There, asleep, in_elsewhere
from kribbe.enrolment.models import DirectChild, Placement
from kribbe.places.models import Kind, Location
from kribbe.planning.models import Absence
from kribbe.planning.selectors.getting_used import as_planned
from kribbe.planning.selectors.planned import Planned, certain, plan_of, plan_of_direct
from kribbe.planning.selectors.week import GroupWeek, Row, Week
from kribbe.planning.selectors.week import day_of as plan_of_day
from kribbe.rules.agreed import Parts
from kribbe.rules.attendance import moment
from kribbe.rules.packs import Pack
from kribbe.rules.ratio import Layout, Need, Present, is_baby, need_of_groups
from kribbe.rules.roster.plan import MINUTES
from kribbe.staff.models import StandIn
from kribbe.staff.selectors.carers import counts_herself
from kribbe.staff.selectors.rest import rests_of, rests_on

Said = TypeVar("Said", Presence, Tap)
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
    child: Attendee
    parts: Parts
    where: Where
    stays: Sequence[Presence]
    away: Absence | None = None
    marks: frozenset[Mark] = frozenset()
    notes: Sequence[DayNote] = ()
    dispute: Dispute | None = None
    there: There | None = None
    """At which other location of its organiser it is in."""

    @property
    def placement(self) -> Placement | None:
        return self.child.placement

    @property
    def is_conflict(self) -> bool:
        """Whether it came though it was told absent; the register counts until the location settles it."""
        return self.away is not None and any(stay.day == self.away.day for stay in self.stays)


@dataclass(frozen=True)
class GroupDay:
    """A group's children on a day. `others` are only counted: the register doesn't know them by name."""

    week: GroupWeek
    layout: Layout
    children: Sequence[ChildDay]
    others: int = 0
    rests: bool = False
    """Whether its children rest now."""
    has_baby: bool = False
    """Whether a baby is in."""
    typed: Sequence[TypedDay] = ()
    """Children by a typed name of whom nobody said yet who they are, or who are none of the location's."""

    @property
    def inside(self) -> int:
        named = sum(child.where is Where.IN for child in self.children)
        return named + sum(each.is_in for each in self.typed)

    @property
    def came(self) -> int:
        named = sum(bool(child.stays) for child in self.children)
        return named + sum(bool(each.stays) for each in self.typed)

    @property
    def total(self) -> int:
        """Who stands on its list."""
        return len(self.children) + len(self.typed)


@dataclass(frozen=True)
class Day:
    """A location's day, as it stands at `now`."""

    location: Location
    on: date
    is_closed: bool
    groups: Sequence[GroupDay]
    need: Need
    carers: Sequence[int | None]
    """Carers planned for the morning and the afternoon, with her who minds children at home; None where none were."""
    half: int
    """The half-day of `now`: 0 or 1."""
    week: Week = field(repr=False)
    pack: Pack = field(repr=False)
    own: int = 0
    """Children of a family carer that are at home on this half-day, and count."""
    rests: Mapping[int, range] = field(default_factory=dict)
    """By group the half-hours in which it rests."""
    elsewhere: Sequence[StandIn] = ()
    """Children that another location cares for on this day."""
    typed: Sequence[TypedDay] = ()
    """All whose name was typed, also those of whom is known by now who they are."""
    typed_before: Sequence[date] = ()
    """The days before it on which names wait until somebody says who it was."""

    @property
    def carers_now(self) -> int | None:
        return self.carers[self.half]

    @property
    def children(self) -> list[ChildDay]:
        return [child for group in self.groups for child in group.children]

    def count(self, where: Where) -> int:
        """How many children stand so."""
        typed = [each for group in self.groups for each in group.typed]
        return sum(child.where is where for child in self.children) + sum(
            where is (Where.IN if each.is_in else Where.LEFT) for each in typed
        )


def day_of(location: Location, on: date, *, now: datetime) -> Day:
    """The day with its children by group; nineteen queries at any size, four more where one came without a place.

    At a home for which nobody is planned on a half-day, three more; where a name was typed, one more; while somebody
    sleeps there, five more.
    """
    today = localtime(now).date()
    week = plan_of_day(location, on, today=today)
    known = {_attendee(row.planned).who: row.planned for row in _named(week) if _is_named(row.planned)}
    known.update({_attendee(each).who: each for each in map(as_planned, week.visits)})
    gone = list(gone_from(location, on, on))
    for each in gone:
        known.pop(Who(placement_id=each.placement_id), None)
    stays = _by_who(_stays(location, on, now))
    known.update(_unplanned(location, on, week, set(stays) - set(known)))
    said = _said(known, stays, week, on, location if on == today else None, now)
    rests = rests_on(rests_of([group.group.pk for group in week.groups], on, on), on)
    typed, typed_before = typed_on(location, on, now=now)
    groups = [_group(group, known.values(), week, on, said, rests, now) for group in week.groups]
    groups = [_with_typed(group, typed, week) for group in groups]
    half = int(localtime(now).time() >= location.morning_ends_at)
    own = week.at_home.get((location.pk, on, 2 * on.weekday() + half), 0)
    return Day(
        location=location,
        on=on,
        is_closed=week.is_shut(on),
        groups=groups,
        need=need_of_groups(
            [Present(group.layout, group.inside, group.has_baby, group.rests) for group in groups],
            pack=week.pack,
            on=on,
            family=location.kind == Kind.FAMILY,
            own=own,
        ),
        carers=_carers(location, on, week),
        half=half,
        week=week,
        pack=week.pack,
        own=own,
        rests=rests,
        elsewhere=gone,
        typed=typed,
        typed_before=typed_before,
    )


def _stays(location: Location, on: date, now: datetime) -> list[Presence]:
    """Of the day; today also those of whoever still sleeps there: begun on the eve, in a night that goes on."""
    eve = on - DAY
    asked = Q(day=on) | (Q(day=eve, end=None) if on == localtime(now).date() else Q())
    found = list(Presence.objects.filter(asked, in_register_of(location)))
    nights = asleep(location, [each for each in found if each.day == eve], eve, now=now)
    return [each for each in found if each.day == on or each in nights]


@dataclass(frozen=True)
class _Said:
    """What the register holds of a day, by child; what families say by place."""

    stays: Mapping[Who, list[Presence]]
    taps: Mapping[Who, list[Tap]]
    notes: Mapping[int, list[DayNote]]
    disputes: Mapping[int, Dispute]
    away: Mapping[tuple[int, date], Absence]
    inside: Set[str]
    """Who is in, in whatever group of the location (`Attendee.person`)."""
    elsewhere: Mapping[int, There]
    """Where children are in that aren't in here, by child; of today only."""


def _said(
    known: Mapping[Who, Planned],
    stays: Mapping[Who, list[Presence]],
    week: Week,
    on: date,
    today_at: Location | None,
    now: datetime,
) -> _Said:
    places = [who.placement_id for who in known if who.placement_id]
    children = {each.placement.child_id for each in known.values() if each.placement}
    return _Said(
        stays=stays,
        taps=_by_who(Tap.objects.filter(of_any(known), day=on)),
        notes=_by_placement(DayNote.objects.filter(day=on, placement__in=places, taken_back_at=None)),
        disputes={
            each.placement_id: each
            for each in Dispute.objects.filter(day=on, placement__in=places, answered_at=None)
        },
        away=week.absences,
        inside={
            _attendee(known[who]).person
            for who, own in stays.items()
            if who in known and any(stay.end is None for stay in own)
        },
        elsewhere=in_elsewhere(today_at, children, on, now=now) if today_at and children else {},
    )


def _carers(location: Location, on: date, week: Week) -> list[int | None]:
    planned = week.carers[2 * on.weekday() : 2 * on.weekday() + 2]
    if 0 in planned and counts_herself(location, on):
        return [None if each is None else max(1, each) for each in planned]
    return list(planned)


def _named(week: Week) -> Iterator[Row]:
    return (row for group in week.groups for row in group.rows)


def _attendee(planned: Planned) -> Attendee:
    return Attendee(planned.placement, planned.direct)


def _is_named(planned: Planned) -> bool:
    return planned.placement is not None or planned.direct is not None


def _by_who(rows: Iterable[Said]) -> dict[Who, list[Said]]:
    found: dict[Who, list[Said]] = defaultdict(list)
    for row in rows:
        found[who_of(row)].append(row)
    return dict(found)


def _by_placement(rows: Iterable[DayNote]) -> dict[int, list[DayNote]]:
    found: dict[int, list[DayNote]] = defaultdict(list)
    for row in rows:
        found[row.placement_id].append(row)
    return dict(found)


def _unplanned(location: Location, on: date, week: Week, came: set[Who]) -> dict[Who, Planned]:
    """Children who came though nothing was planned for them on the day."""
    placed = {_attendee(each).who: each for each in week.planned if _is_named(each)}
    found = {who: placed[who] for who in came if who in placed}
    missing = came - found.keys()
    if not missing:
        return found
    places = certain((on, on + DAY)).filter(pk__in=[who.placement_id for who in missing])
    direct = DirectChild.objects.select_related("group").filter(pk__in=[who.direct_id for who in missing])
    return {
        **found,
        **{Who(placement_id=each.pk): plan_of(each, location) for each in places},
        **{Who(direct_id=each.pk): plan_of_direct(each, location) for each in direct},
    }


def _group(
    group: GroupWeek,
    known: Iterable[Planned],
    week: Week,
    on: date,
    said: _Said,
    rests: Mapping[int, range],
    now: datetime,
) -> GroupDay:
    local = localtime(now)
    half = (60 * local.hour + local.minute) // MINUTES
    slots = slice(2 * on.weekday(), 2 * on.weekday() + 2)
    own = [each for each in known if each.group_id == group.group.pk]
    children = [child for each in own if (child := _child(each, group.closed, on, said, now))]
    return GroupDay(
        week=group,
        layout=group.layouts[on.weekday()],
        children=children,
        others=max(group.uncounted[slots]),
        rests=half in rests.get(group.group.pk, ()),
        has_baby=any(
            each.where is Where.IN and is_baby(each.child.birth, week.pack, on) for each in children
        ),
    )


def _with_typed(group: GroupDay, typed: Sequence[TypedDay], week: Week) -> GroupDay:
    """With the children by a typed name of this group, the first one with those of a group that is no more."""
    shown = {each.group.pk for each in week.groups}
    own, is_first = group.week.group.pk, group.week is week.groups[0]
    found = [
        each
        for each in on_lists(typed)
        if each.child.group_id == own or (is_first and each.child.group_id not in shown)
    ]
    has_baby = any(each.is_in and each.child.is_baby for each in found)
    return replace(group, typed=found, has_baby=group.has_baby or has_baby)


def _child(
    planned: Planned, closed: frozenset[date], on: date, said: _Said, now: datetime
) -> ChildDay | None:
    """A child that is planned on the day or came; None for others, also where each tap was taken back.

    Who is in at another group of the location, or at another location of the organiser, isn't missing here.
    """
    child = _attendee(planned)
    parts, stays = planned.parts(on, closed), said.stays.get(child.who, [])
    taps = said.taps.get(child.who, [])
    if not parts and not stays and not _standing(taps):
        return None
    key = child.who.placement_id
    away = said.away.get((key, on))
    where = where_of(on, parts, stays, away, now)
    there = (
        said.elsewhere.get(child.placement.child_id) if child.placement and where is not Where.IN else None
    )
    is_in = there is not None or child.person in said.inside
    return ChildDay(
        planned=planned,
        child=child,
        parts=parts,
        where=Where.EXPECTED if where is Where.MISSING and is_in else where,
        stays=stays,
        away=away,
        marks=frozenset(Mark(mark) for tap in taps for mark in tap.marks),
        notes=said.notes.get(key, []),
        dispute=said.disputes.get(key),
        there=there,
    )


def _standing(taps: Sequence[Tap]) -> list[Tap]:
    """Presses that weren't taken back."""
    gone = {tap.cancels for tap in taps}
    return [tap for tap in taps if tap.cancels is None and tap.key not in gone]


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
