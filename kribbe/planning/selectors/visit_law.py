"""What the law says of one visit more: the children who would be there at once, and the carers for them."""

from collections import Counter
from collections.abc import Mapping

from kribbe.places.models import Kind, Location
from kribbe.planning.selectors.getting_used import as_planned
from kribbe.planning.selectors.plan import Plan, plan_at
from kribbe.planning.selectors.rostered import rostered
from kribbe.planning.written import minute
from kribbe.rules.getting_used import Visit
from kribbe.rules.ratio import Layout, Need, carers_needed


def broken_by(location: Location, group_id: int, visit: Visit) -> Need | None:
    """The tightest moment of a visit where the law doesn't allow it; None where it may be.

    A parent who stays along changes nothing: no exemption is known. At a family carer's home those planned there are
    the carers, at least one. In a group only the most of a living group holds: carers can still be found.
    """
    plan = plan_at([location], visit.day, visit.day)
    moments = _moments(location, group_id, plan, visit)
    needs = [_need(location, group_id, plan, visit, moment, there) for moment, there in moments.items()]
    tightest = max(needs, key=lambda need: (need.too_many, need.carers))
    is_home = location.kind == Kind.FAMILY
    is_short = is_home and tightest.carers > _carers(location, plan, visit)
    return tightest if tightest.too_many or is_short else None


def _moments(location: Location, group_id: int, plan: Plan, visit: Visit) -> dict[int, Mapping[int, int]]:
    """The children by group at the begin of the visit, and whenever somebody comes during it."""
    stays = [
        (each.group_id, start, end)
        for each in (*plan.planned, *map(as_planned, plan.visits))
        for start, end in each.parts(visit.day, plan.closed.in_group(each.group_id, location.pk))
    ]
    stays.append((group_id, visit.start, visit.end))
    moments = {visit.start, *(start for _group, start, _end in stays if visit.start < start < visit.end)}
    return {
        moment: Counter(group for group, start, end in stays if start <= moment < end) for moment in moments
    }


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
