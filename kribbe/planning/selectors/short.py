"""The weeks ahead in which a location plans fewer carers than the law of that day asks."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from kribbe.places.models import Group, Kind, Location
from kribbe.planning.models import GroupTeam
from kribbe.planning.selectors.at_home import at_home
from kribbe.planning.selectors.babies import babies_in, is_there
from kribbe.planning.selectors.getting_used import Visitor, by_half_day, moments_of, span_of, visitors_in
from kribbe.planning.selectors.occupancy import Bools, Cells, Ints, cells
from kribbe.planning.selectors.plan import LatePlan, Plan, layout_on
from kribbe.planning.selectors.planned import Planned, groups_of
from kribbe.planning.selectors.rostered import Key, Rostered, rostered
from kribbe.region.selectors import policy_on
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.ratio import Half, Layout, Short, shortfalls, tightest, with_baby

DAY = timedelta(days=1)


@dataclass(frozen=True)
class ShortWeek:
    """A week that falls short: on how many half-days, and by how many carers, or children too many, at most."""

    monday: date
    half_days: int
    most: int
    too_many: int = 0


@dataclass(frozen=True)
class WeekAhead:
    """A week of a location: on how many half-days children are planned, on how many of them carers too, and where it
    falls short."""

    monday: date
    with_children: int
    judged: int
    short: ShortWeek | None


@dataclass(frozen=True)
class Judged:
    """The half-days of a location that fall short; the Monday of each half-day with children, and of each of them for
    which carers are planned."""

    short: list[Short]
    with_children: list[date]
    judged: list[date]


def short_weeks(location: Location, *, first: date, weeks: int, today: date) -> list[ShortWeek]:
    """As `short_weeks_at`, of one location."""
    return short_weeks_at([location], first=first, weeks=weeks, today=today)[location.pk]


def short_weeks_at(
    locations: Sequence[Location], *, first: date, weeks: int, today: date
) -> dict[int, list[ShortWeek]]:
    """By location the weeks from the Monday `first` on that fall short; none where no carers are planned."""
    ahead = weeks_ahead_at(locations, first=first, weeks=weeks, today=today)
    return {key: [week.short for week in of if week.short] for key, of in ahead.items()}


def weeks_ahead_at(
    locations: Sequence[Location], *, first: date, weeks: int, today: date
) -> dict[int, list[WeekAhead]]:
    """By location each of these weeks from the Monday `first` on, judged by the law of its days."""
    found = cells(
        first=first,
        last=first + (7 * weeks - 1) * DAY,
        today=today,
        locations=[each.pk for each in locations],
    )
    mondays = [first + 7 * week * DAY for week in range(weeks)]
    judged = judged_at(locations, found, today=today)
    return {key: _weeks(mondays, of_location) for key, of_location in judged.items()}


def judged_at(locations: Sequence[Location], found: Cells, *, today: date) -> dict[int, Judged]:
    """By location what the law says of the half-days of these weeks, `found` of the locations.

    A day with a roster is judged by its half-hours, any other by the carers planned for its half-days. The number of
    queries grows with desks only.
    """
    first = found.first
    last = first + (7 * found.planned.shape[1] - 1) * DAY
    plan = LatePlan(locations, first, last)
    known = rostered(locations, first, last, plan)
    packs = {desk: load_pack(policy_on(desk, today).rule_pack) for desk in {at.desk_id for at in locations}}
    read = _read(locations, first, last, plan.read, packs)
    present = np.where(found.closed, 0, found.planned)
    told = {}
    for location in locations:
        own = {group.pk: group for group in read.groups if group.location_id == location.pk}
        rows = [row for row, key in enumerate(found.groups) if key.group_id in own]
        here = _Read(
            groups=[own[found.groups[row].group_id] for row in rows],
            teams=[team for team in read.teams if team.group_id in own],
            at_home=read.at_home,
            visitors=[each for each in read.visitors if each.concerns(own)],
            babies=read.babies,
        )
        shown = present[rows], found.closed[rows]
        short = _short(location, first, *shown, here, known, packs[location.desk_id])
        there = _with_children(present[rows], first)
        judged = there if here.teams else [each for each in there if (location.pk, *each) in known]
        told[location.pk] = Judged(short, *([monday_of(on) for on, _ in days] for days in (there, judged)))
    return told


@dataclass(frozen=True)
class _Read:
    """Groups, carers, children of carers, visits and babies among toddlers, of some locations or of one."""

    groups: Sequence[Group]
    teams: Sequence[GroupTeam]
    at_home: Mapping[Key, int]
    visitors: Sequence[Visitor]
    babies: Mapping[int, Sequence[Planned]]


def _read(
    locations: Sequence[Location], first: date, last: date, plan: Plan | None, packs: Mapping[int, Pack]
) -> _Read:
    """Of the plan that a roster needed, else asked for alone."""
    if plan is not None:
        teams = [team for of in plan.teams.values() for team in of]
        return _Read(plan.groups, teams, plan.at_home, plan.visitors, plan.babies)
    groups = [group for group in groups_of(locations).values() if group.active]
    visitors = visitors_in(locations, first, last)
    return _Read(
        groups=groups,
        teams=list(GroupTeam.objects.filter(group__in=groups, during__overlap=(first, last + DAY))),
        at_home=at_home(locations, first, last),
        visitors=visitors,
        babies=babies_in(groups, visitors, packs, first, last),
    )


def _with_children(present: Ints, first: date) -> list[tuple[date, int]]:
    """Day and slot of the half-days with children; `present` has the shape (groups, weeks, slots)."""
    weeks, slots = np.nonzero(present.sum(axis=0))
    return [
        (first + (7 * week + slot // 2) * DAY, slot)
        for week, slot in zip(weeks.tolist(), slots.tolist(), strict=True)
    ]


def _short(
    location: Location,
    first: date,
    present: Ints,
    closed: Bools,
    read: _Read,
    known: Mapping[Key, Rostered],
    pack: Pack,
) -> list[Short]:
    """The half-days that fall short. `present` and `closed` have the shape (groups, weeks, slots)."""
    found: list[Short] = []
    halves: list[Half] = []
    chosen = [[team for team in read.teams if team.group_id == group.pk] for group in read.groups]
    visitors = by_half_day(read.visitors, location.morning_ends_at)
    for week in range(present.shape[1]):
        for slot in range(SLOTS):
            on = first + (7 * week + slot // 2) * DAY
            half = known.get((location.pk, on, slot))
            if half is not None and half.need.is_short(half.carers):
                found.append(Short(on, slot, half.need, half.carers))
            if half is None and read.teams:
                layouts = [
                    layout_on(group, rows, on, pack) for group, rows in zip(read.groups, chosen, strict=True)
                ]
                babies = _with_babies(location, read, layouts, on, slot, pack) if read.babies else {}
                layouts = [
                    babies.get(group.pk, layout) for group, layout in zip(read.groups, layouts, strict=True)
                ]
                at_work, own = _carers(read.teams, on, slot), read.at_home.get((location.pk, on, slot), 0)
                numbers = present[:, week, slot].tolist()
                if (visiting := visitors.get((on, slot))) is None:
                    moments = [numbers]
                else:
                    moments = _moments(
                        location, read.groups, numbers, closed[:, week, slot].tolist(), visiting, slot
                    )
                halves.extend(
                    Half(on, slot, _children(by_group, layouts), at_work, own, by_group, bool(babies))
                    for by_group in moments
                )
    return found + _once(shortfalls(halves=halves, pack=pack, family=location.kind == Kind.FAMILY))


def _with_babies(
    location: Location, read: _Read, layouts: Sequence[Layout], on: date, slot: int, pack: Pack
) -> dict[int, Layout]:
    """What the groups of toddlers count as in which a baby is planned on a half-day."""
    span = span_of(slot, location)
    return {
        group.pk: with_baby(layout, True)
        for group, layout in zip(read.groups, layouts, strict=True)
        if layout is Layout.TODDLERS and is_there(read.babies.get(group.pk, ()), on, span, frozenset(), pack)
    }


def _moments(
    location: Location,
    groups: Sequence[Group],
    numbers: Sequence[int],
    closed: Sequence[bool],
    visitors: Sequence[Visitor],
    slot: int,
) -> list[list[int]]:
    """The children of these groups at each moment of a half-day with visits."""
    planned = {
        group.pk: number for group, number, shut in zip(groups, numbers, closed, strict=True) if not shut
    }
    return [
        [there.get(group.pk, 0) for group in groups]
        for there in moments_of(planned, visitors, slot, location)
    ]


def _once(short: Iterable[Short]) -> list[Short]:
    """Of several moments of a half-day that fall short the tightest."""
    by_half: dict[tuple[date, int], list[Short]] = {}
    for each in short:
        by_half.setdefault((each.on, each.slot), []).append(each)
    return [replace(of_half[0], need=tightest(each.need for each in of_half)) for of_half in by_half.values()]


def _children(present: Sequence[int], layouts: Sequence[Layout]) -> dict[Layout, int]:
    children = dict.fromkeys(Layout, 0)
    for number, layout in zip(present, layouts, strict=True):
        children[layout] += number
    return children


def _carers(teams: Sequence[GroupTeam], day: date, slot: int) -> int:
    return sum(int(team.carers[slot]) for team in teams if day in team.during)


def _weeks(mondays: Sequence[date], judged: Judged) -> list[WeekAhead]:
    with_children, known = Counter(judged.with_children), Counter(judged.judged)
    short = {monday: [each for each in judged.short if monday_of(each.on) == monday] for monday in mondays}
    return [
        WeekAhead(monday, with_children[monday], known[monday], _short_week(monday, short[monday]))
        for monday in mondays
    ]


def _short_week(monday: date, short: Sequence[Short]) -> ShortWeek | None:
    if not short:
        return None
    most, too_many = (max(each.missing for each in short), max(each.need.too_many for each in short))
    return ShortWeek(monday, len(short), most, too_many)
