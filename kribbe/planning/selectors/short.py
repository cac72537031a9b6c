"""The weeks ahead in which a location plans fewer carers than the law of that day asks."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from kribbe.places.models import Group, Kind, Location
from kribbe.planning.models import GroupTeam
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.selectors.week import usual_layout
from kribbe.region.selectors import policy_on
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.packs import load_pack
from kribbe.rules.ratio import Half, Layout, Short, shortfalls

DAY = timedelta(days=1)


@dataclass(frozen=True)
class ShortWeek:
    """A week that falls short: on how many half-days, and by how many carers at most."""

    monday: date
    half_days: int
    most: int


def short_weeks(location: Location, *, first: date, weeks: int, today: date) -> list[ShortWeek]:
    """The weeks from the Monday `first` on that fall short; none where the location planned no carers.

    Six queries, whatever the number of weeks and children.
    """
    last = first + (7 * weeks - 1) * DAY
    groups = {group.pk: group for group in Group.objects.filter(location=location, active=True)}
    teams = list(GroupTeam.objects.filter(group__in=groups, during__overlap=(first, last + DAY)))
    if not teams:
        return []
    found = cells(first=first, last=last, today=today, location=location.pk)
    present = np.where(found.closed, 0, found.planned)
    layouts = {key: _layout(group, teams) for key, group in groups.items()}
    halves = [
        Half(
            on=first + (7 * week + slot // 2) * DAY,
            slot=slot,
            children=_children(
                present[:, week, slot].tolist(), [layouts[each.group_id] for each in found.groups]
            ),
            carers=_carers(teams, first + (7 * week + slot // 2) * DAY, slot),
        )
        for week in range(weeks)
        for slot in range(SLOTS)
    ]
    pack = load_pack(policy_on(location.desk, today).rule_pack)
    short = shortfalls(halves=halves, pack=pack, family=location.kind == Kind.FAMILY)
    return [_week(first + 7 * week * DAY, own) for week in range(weeks) if (own := _of(short, first, week))]


def _layout(group: Group, teams: list[GroupTeam]) -> Layout:
    own = [team for team in teams if team.group_id == group.pk]
    return Layout(own[-1].layout) if own else usual_layout(group)


def _children(present: list[int], layouts: list[Layout]) -> dict[Layout, int]:
    children = dict.fromkeys(Layout, 0)
    for number, layout in zip(present, layouts, strict=True):
        children[layout] += number
    return children


def _carers(teams: list[GroupTeam], day: date, slot: int) -> int:
    return sum(int(team.carers[slot]) for team in teams if day in team.during)


def _of(short: list[Short], first: date, week: int) -> list[Short]:
    monday = first + 7 * week * DAY
    return [each for each in short if monday <= each.on < monday + 7 * DAY]


def _week(monday: date, short: list[Short]) -> ShortWeek:
    return ShortWeek(monday, len(short), max(each.missing for each in short))
