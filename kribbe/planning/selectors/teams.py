"""The carers that a location set for its groups, as they stand on a day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kribbe.enrolment.selectors.location import active_groups
from kribbe.places.models import Group, Location
from kribbe.places.selectors.closed import open_patterns
from kribbe.planning.models import GroupTeam
from kribbe.planning.selectors.plan import usual_layout
from kribbe.region.selectors import policy_on
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.ratio import Layout, baby_months, may_be


@dataclass(frozen=True, slots=True)
class Team:
    """A group, for whom it is, its carers by half-day, and the half-days on which it is open from that day on."""

    group: Group
    layout: Layout
    carers: Sequence[int]
    opened: WeekPattern
    later: Sequence[GroupTeam] = ()
    """What is planned from a later day on, the first one first."""
    is_doubtful: bool = False
    """Whether it was chosen as a group of toddlers while it takes babies, now or from a later day on."""


def teams_at(location: Location, day: date) -> list[Team]:
    """The groups of a location with the carers that stand on a day, or else with the next ones; four queries."""
    groups = active_groups(location)
    pack = load_pack(policy_on(location.desk, day).rule_pack)
    patterns = open_patterns([group.pk for group in groups], day)
    rows = GroupTeam.objects.filter(group__in=groups, during__overlap=(day, None)).order_by("during")
    found: dict[int, list[GroupTeam]] = defaultdict(list)
    for row in rows:
        found[row.group_id].append(row)
    return [_team(group, found[group.pk], patterns[group.pk], day, pack) for group in groups]


def _team(group: Group, rows: Sequence[GroupTeam], opened: WeekPattern, day: date, pack: Pack) -> Team:
    if not rows:
        return Team(group, usual_layout(group, pack, day), (0,) * SLOTS, opened)
    stands, later = rows[0], [row for row in rows if row.during.lower > day]
    babies_to = baby_months(pack, day)
    is_doubtful = any(not may_be(Layout(row.layout), group.from_months, babies_to) for row in rows)
    return Team(group, Layout(stands.layout), tuple(map(int, stands.carers)), opened, later, is_doubtful)
