"""What the law says of one visit more: the children who would be there at once, and the carers for them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kribbe.enrolment.models import Placement
from kribbe.places.models import Kind, Location
from kribbe.planning.selectors.getting_used import hours_of
from kribbe.planning.selectors.plan import Plan, plan_at
from kribbe.planning.selectors.rostered import rostered
from kribbe.planning.written import minute
from kribbe.rules.getting_used import Visit
from kribbe.rules.ratio import Layout, Need, carers_needed, tightest


def broken_by(placement: Placement, visit: Visit) -> Need | None:
    """The tightest moment of a visit to a place where the law doesn't allow it; None where it may be.

    A parent who stays along changes nothing: no exemption is known. At a family carer's home those planned there are
    the carers, at least one. In a group only the most of a living group holds: carers can still be found.
    """
    location, group_id = placement.group.location, placement.group_id
    plan = plan_at([location], visit.day, visit.day)
    needs = [
        _need(location, group_id, plan, visit, moment, there)
        for moment, there in _moments(placement, plan, visit).items()
    ]
    worst = tightest(needs)
    is_home = location.kind == Kind.FAMILY
    is_short = is_home and worst.carers > _carers(location, plan, visit)
    return worst if worst.too_many or is_short else None


def _moments(placement: Placement, plan: Plan, visit: Visit) -> dict[int, Mapping[int, int]]:
    """The children by group at the begin of the visit, and whenever somebody comes, or is back, during it."""
    visits = [_Stay(placement.child_id, placement.group_id, visit.start, visit.end)]
    visits += [
        _Stay(each.visit.placement.child_id, each.group_id, *hours_of(each.visit)) for each in plan.visitors
    ]
    stays = [
        _Stay(each.child.pk if each.child else None, each.group_id, start, end)
        for each in plan.planned
        for start, end in each.parts(
            visit.day, plan.closed.in_group(each.group_id, placement.group.location_id)
        )
    ]
    bounds = {each.start for each in (*stays, *visits)} | {each.end for each in visits}
    return {
        moment: _present(stays, visits, moment)
        for moment in {visit.start, *(bound for bound in bounds if visit.start < bound < visit.end)}
    }


@dataclass(frozen=True, slots=True)
class _Stay:
    """A child in a group, from when to when in minutes since midnight; None is a child without a name."""

    child: int | None
    group: int
    start: int
    end: int


def _present(stays: Iterable[_Stay], visits: Iterable[_Stay], moment: int) -> Mapping[int, int]:
    """The children by group at a moment; who is on a visit is there alone."""
    visiting = {each.child: each.group for each in visits if each.start <= moment < each.end}
    own = (each.group for each in stays if each.start <= moment < each.end and each.child not in visiting)
    return Counter((*own, *visiting.values()))


def _need(
    location: Location, group_id: int, plan: Plan, visit: Visit, moment: int, present: Mapping[int, int]
) -> Need:
    """The carers for all who are there; too many are judged in the group of the visit alone."""
    children = dict.fromkeys(Layout, 0)
    for group in plan.groups:
        children[plan.layout(group, visit.day)] += present.get(group.pk, 0)
    return carers_needed(
        children=children,
        pack=plan.packs[location.desk_id],
        on=visit.day,
        family=location.kind == Kind.FAMILY,
        own=plan.at_home.get((location.pk, visit.day, _slot(location, visit, moment)), 0),
        groups=[present.get(group_id, 0)],
    )


def _carers(location: Location, plan: Plan, visit: Visit) -> int:
    """The carers of the half-day in which the visit begins, by roster or else as planned; at least one."""
    slot = _slot(location, visit, visit.start)
    half = rostered([location], visit.day, visit.day, plan).get((location.pk, visit.day, slot))
    if half is not None:
        return max(1, half.carers)
    teams = [team for rows in plan.teams.values() for team in rows if visit.day in team.during]
    return max(1, sum(int(team.carers[slot]) for team in teams))


def _slot(location: Location, visit: Visit, moment: int) -> int:
    return 2 * visit.day.weekday() + (moment >= minute(location.morning_ends_at))
