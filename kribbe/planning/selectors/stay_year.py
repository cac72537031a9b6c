"""A calendar year of a stay, whatever pieces it is cut into: an allowance is one for all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import firsts
from kribbe.places.selectors.closed import ClosedDays
from kribbe.planning.models import Absence
from kribbe.planning.selectors.held_absences import held
from kribbe.planning.selectors.planned import Planned, certain, plan_of
from kribbe.rules.agreed import Agreement, Parts, minutes, starting_on

DAY = timedelta(days=1)


@dataclass(frozen=True)
class StayYear:
    """The plans of all pieces of a stay that have days in the year, and its absences that hold, by their days."""

    plans: Sequence[Planned]
    absences: Sequence[Absence]

    @property
    def base(self) -> tuple[Agreement, ...]:
        """The agreed weeks of all pieces, without extra days and swaps."""
        return tuple(each for plan in self.plans for each in plan.base)

    def parts(self, day: date, closed: ClosedDays) -> Parts:
        """When the child is planned on a day, in whatever piece."""
        return next((found for plan in self.plans if (found := plan.parts(day, _closed(plan, closed)))), ())

    def away_before(
        self, placement: Placement, month: date, closed: ClosedDays
    ) -> list[tuple[Absence, date, int]]:
        """What counts before the days of a piece in a month: absences of months before, and of pieces before.

        Each with its day and minutes; the rest of its night is a day of its own, as in a bill.
        """
        since = max(month, placement.during.lower)
        days = {each.day for each in self.absences}
        found = [(each, each.day) for each in self.absences]
        found += [
            (each, each.day + DAY)
            for each in self.absences
            if each.day + DAY not in days and self.is_rest_of_night(each.day + DAY, closed)
        ]
        counted = ((each, day, minutes(self.parts(day, closed))) for each, day in found if day < since)
        return sorted((row for row in counted if row[2]), key=lambda row: row[1])

    def is_rest_of_night(self, day: date, closed: ClosedDays) -> bool:
        """Whether the child is planned on a day only for what is left of a night that began on its eve."""
        begins = any(starting_on(plan.agreements, day, _closed(plan, closed)) for plan in self.plans)
        return not begins and bool(self.parts(day, closed))


def _closed(plan: Planned, closed: ClosedDays) -> frozenset[date]:
    """Those of the group of this piece: a child that moves has the days of each group in turn."""
    return closed.of(plan.placement.group) if plan.placement else frozenset()


def stay_years(plans: Sequence[Planned], year: int) -> Mapping[int, StayYear]:
    """By the key of each place its stay in a calendar year; two queries, and three where a stay has other pieces."""
    own = {plan.placement.pk: plan for plan in plans if plan.placement}
    first = firsts({plan.placement.child_id for plan in own.values() if plan.placement})
    wanted = {first[key] for key in own}
    keys = [key for key, each in first.items() if each in wanted]
    known = own | _others([key for key in keys if key not in own], year)
    away: dict[int, list[Absence]] = defaultdict(list)
    days = (date(year, 1, 1), date(year, 12, 31))
    rows = held().filter(placement__in=known, day__range=days)
    for row in rows.order_by("day", "pk"):
        away[first[row.placement_id]].append(row)
    pieces: dict[int, list[Planned]] = defaultdict(list)
    for key, plan in known.items():
        pieces[first[key]].append(plan)
    return {key: StayYear(pieces[first[key]], away[first[key]]) for key in own}


def _others(keys: Sequence[int], year: int) -> dict[int, Planned]:
    if not keys:
        return {}
    found = certain((date(year, 1, 1), date(year + 1, 1, 1))).filter(pk__in=keys)
    return {each.pk: plan_of(each, each.group.location) for each in found.select_related("group__location")}
