"""What is known of some days of some locations, read once: whoever judges these days counts from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kribbe.places.models import Group, GroupCapacity, Location
from kribbe.places.selectors.closed import ClosedDays, closed_days_of
from kribbe.planning.models import GroupTeam
from kribbe.planning.selectors.at_home import at_home
from kribbe.planning.selectors.babies import babies_among, is_there
from kribbe.planning.selectors.getting_used import Visitor, visitors_in
from kribbe.planning.selectors.planned import Planned, capacities, groups_of, planned_in
from kribbe.planning.selectors.rostered import Key
from kribbe.region.selectors import policy_on
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.ratio import Layout, baby_months, may_be

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    """Days of some locations, from a first to a last one."""

    groups: Sequence[Group]
    """Those in use, the youngest first."""
    planned: Sequence[Planned]
    """From the eve of the first day: a night goes on into it."""
    places: Sequence[GroupCapacity]
    teams: Mapping[int, Sequence[GroupTeam]]
    """By group, the first one first."""
    closed: ClosedDays
    """From the eve of the first day."""
    packs: Mapping[int, Pack]
    """The rules of the first day, by desk."""
    at_home: Mapping[Key, int]
    """Children of a family carer that count."""
    visitors: Sequence[Visitor]
    """Children who get used to a group before they begin: there, and counted by the law, but no place of theirs.

    Those of these locations who visit others are among them: meanwhile they aren't there.
    """

    babies: Mapping[int, Sequence[Planned]]
    """By group of older children the babies who come to it all the same."""

    def has_baby(self, group: Group, on: date, span: tuple[int, int]) -> bool:
        """Whether a baby is in a group of toddlers on a day between two minutes: it counts as mixed then."""
        babies = self.babies.get(group.pk, ())
        if not babies or self.layout(group, on) is not Layout.TODDLERS:
            return False
        return is_there(babies, on, span, self.closed.of(group), self.packs[group.location.desk_id])

    def layout(self, group: Group, on: date) -> Layout:
        """As `layout_on`, of a group and a day of these."""
        return layout_on(group, self.teams.get(group.pk, ()), on, self.packs[group.location.desk_id])


def plan_at(locations: Sequence[Location], first: date, last: date) -> Plan:
    """What is known of these locations from `first` to `last`, both included; queries grow with desks only."""
    keys = [location.pk for location in locations]
    groups = groups_of(locations)
    planned = planned_in(locations, groups, first - DAY, last)
    in_use = [group for group in groups.values() if group.active]
    desks = {location.desk_id for location in locations}
    packs = {desk: load_pack(policy_on(desk, first).rule_pack) for desk in desks}
    visitors = visitors_in(locations, first, last, planned)
    return Plan(
        groups=in_use,
        planned=planned,
        places=capacities([group.pk for group in in_use], first, last),
        teams=_teams(in_use, first, last),
        closed=closed_days_of(keys, first - DAY, last),
        packs=packs,
        at_home=at_home(locations, first, last),
        visitors=visitors,
        babies=babies_among(planned, visitors, in_use, packs, first),
    )


class LatePlan:
    """A plan that is read where somebody asks for it, and once."""

    def __init__(self, locations: Sequence[Location], first: date, last: date) -> None:
        self._asked = (locations, first, last)
        self.read: Plan | None = None

    def __call__(self) -> Plan:
        if self.read is None:
            self.read = plan_at(*self._asked)
        return self.read


def layout_on(group: Group, teams: Sequence[GroupTeam], on: date, pack: Pack) -> Layout:
    """What the location chose for a group on a day, by its `teams`, else what its age band says.

    The limit of toddlers is for groups without babies only: one that takes babies is judged as a mixed one.
    """
    chosen = next((Layout(team.layout) for team in teams if on in team.during), None)
    if chosen is None:
        return usual_layout(group, pack, on)
    return chosen if may_be(chosen, group.from_months, baby_months(pack, on)) else Layout.MIXED


def usual_layout(group: Group, pack: Pack, on: date) -> Layout:
    """What a group is by its age band, as long as the location chose nothing."""
    babies_to = baby_months(pack, on)
    if group.to_months <= babies_to:
        return Layout.BABIES
    return Layout.TODDLERS if group.from_months >= babies_to else Layout.MIXED


def _teams(groups: Sequence[Group], first: date, last: date) -> dict[int, list[GroupTeam]]:
    found: dict[int, list[GroupTeam]] = {}
    rows = GroupTeam.objects.filter(
        group__in=[group.pk for group in groups], during__overlap=(first, last + DAY)
    )
    for row in rows.order_by("during"):
        found.setdefault(row.group_id, []).append(row)
    return found
