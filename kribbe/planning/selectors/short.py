"""The weeks ahead in which a location plans fewer carers than the law of that day asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from kribbe.places.models import Group, Kind, Location
from kribbe.planning.models import GettingUsedDay, GroupTeam
from kribbe.planning.selectors.at_home import at_home
from kribbe.planning.selectors.getting_used import by_half_day, visits_in
from kribbe.planning.selectors.occupancy import Cells, Ints, cells
from kribbe.planning.selectors.plan import LatePlan, Plan, layout_on
from kribbe.planning.selectors.rostered import Key, Rostered, rostered
from kribbe.region.selectors import policy_on
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.ratio import Half, Layout, Short, shortfalls

DAY = timedelta(days=1)


@dataclass(frozen=True)
class ShortWeek:
    """A week that falls short: on how many half-days, and by how many carers, or children too many, at most."""

    monday: date
    half_days: int
    most: int
    too_many: int = 0


def short_weeks(location: Location, *, first: date, weeks: int, today: date) -> list[ShortWeek]:
    """As `short_weeks_at`, of one location."""
    return short_weeks_at([location], first=first, weeks=weeks, today=today)[location.pk]


def short_weeks_at(
    locations: Sequence[Location], *, first: date, weeks: int, today: date
) -> dict[int, list[ShortWeek]]:
    """By location the weeks from the Monday `first` on that fall short; none where no carers are planned."""
    found = cells(
        first=first,
        last=first + (7 * weeks - 1) * DAY,
        today=today,
        locations=[each.pk for each in locations],
    )
    told = {}
    for key, short in short_at(locations, found, today=today).items():
        every = [(first + 7 * week * DAY, _of(short, first, week)) for week in range(weeks)]
        told[key] = [_week(monday, of_week) for monday, of_week in every if of_week]
    return told


def short_at(locations: Sequence[Location], found: Cells, *, today: date) -> dict[int, list[Short]]:
    """By location the half-days of these weeks, `found` of the locations, that fall short.

    A day with a roster is judged by its half-hours, any other by the carers planned for its half-days. The number of
    queries grows with desks only.
    """
    first = found.first
    last = first + (7 * found.planned.shape[1] - 1) * DAY
    plan = LatePlan(locations, first, last)
    known = rostered(locations, first, last, plan)
    groups, teams, own_children, visits = _read(locations, first, last, plan.read)
    present = np.where(found.closed, 0, found.planned + _visits(locations, found, visits))
    packs = {desk: load_pack(policy_on(desk, today).rule_pack) for desk in {at.desk_id for at in locations}}
    told = {}
    for location in locations:
        own = {group.pk: group for group in groups if group.location_id == location.pk}
        rows = [row for row, key in enumerate(found.groups) if key.group_id in own]
        planned = [team for team in teams if team.group_id in own]
        here = [own[found.groups[row].group_id] for row in rows]
        told[location.pk] = _short(
            location, first, present[rows], here, planned, known, own_children, packs[location.desk_id]
        )
    return told


def _read(
    locations: Sequence[Location], first: date, last: date, plan: Plan | None
) -> tuple[Sequence[Group], Sequence[GroupTeam], Mapping[Key, int], Sequence[GettingUsedDay]]:
    """Groups, carers, children of carers and visits: of the plan that a roster needed, else asked for alone."""
    if plan is not None:
        return plan.groups, [team for of in plan.teams.values() for team in of], plan.at_home, plan.visits
    groups = list(Group.objects.filter(location__in=locations, active=True))
    teams = list(GroupTeam.objects.filter(group__in=groups, during__overlap=(first, last + DAY)))
    return groups, teams, at_home(locations, first, last), visits_in(locations, first, last)


def _visits(locations: Sequence[Location], found: Cells, visitors: Sequence[GettingUsedDay]) -> Ints:
    """The children who get used to a group, in the shape of what is planned: they are there as well."""
    visits = np.zeros_like(found.planned)
    rows = {key.group_id: row for row, key in enumerate(found.groups)}
    for location in locations:
        own = [each for each in visitors if each.placement.group.location_id == location.pk]
        for (group, day, slot), number in by_half_day(own, location.morning_ends_at).items():
            if group in rows:
                visits[rows[group], (day - found.first).days // 7, slot] += number
    return visits


def _short(
    location: Location,
    first: date,
    present: Ints,
    groups: Sequence[Group],
    teams: Sequence[GroupTeam],
    known: Mapping[Key, Rostered],
    own: Mapping[Key, int],
    pack: Pack,
) -> list[Short]:
    """The half-days that fall short. `present` has the shape (groups, weeks, slots)."""
    found: list[Short] = []
    halves: list[Half] = []
    chosen = [[team for team in teams if team.group_id == group.pk] for group in groups]
    for week in range(present.shape[1]):
        for slot in range(SLOTS):
            on = first + (7 * week + slot // 2) * DAY
            half = known.get((location.pk, on, slot))
            if half is not None and half.need.is_short(half.carers):
                found.append(Short(on, slot, half.need, half.carers))
            if half is None and teams:
                layouts = [
                    layout_on(group, rows, on, pack) for group, rows in zip(groups, chosen, strict=True)
                ]
                by_group = present[:, week, slot].tolist()
                children = _children(by_group, layouts)
                at_work, of_carer = _carers(teams, on, slot), own.get((location.pk, on, slot), 0)
                halves.append(Half(on, slot, children, at_work, of_carer, by_group))
    return found + shortfalls(halves=halves, pack=pack, family=location.kind == Kind.FAMILY)


def _children(present: Sequence[int], layouts: Sequence[Layout]) -> dict[Layout, int]:
    children = dict.fromkeys(Layout, 0)
    for number, layout in zip(present, layouts, strict=True):
        children[layout] += number
    return children


def _carers(teams: Sequence[GroupTeam], day: date, slot: int) -> int:
    return sum(int(team.carers[slot]) for team in teams if day in team.during)


def _of(short: list[Short], first: date, week: int) -> list[Short]:
    monday = first + 7 * week * DAY
    return [each for each in short if monday <= each.on < monday + 7 * DAY]


def _week(monday: date, short: list[Short]) -> ShortWeek:
    most, too_many = (max(each.missing for each in short), max(each.need.too_many for each in short))
    return ShortWeek(monday, len(short), most, too_many)
