"""An absence of days that lie in several pieces of a stay, or in two calendar years: its parts, and what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import whole_stay
from kribbe.planning.models import Absence
from kribbe.planning.selectors.allowance import (
    Stated,
    cost,
    free_when_ill,
    planned_days,
    proposals,
    stated,
    uses_of,
    with_absences,
)
from kribbe.rules.billing.absence import AbsenceCost
from kribbe.rules.billing.case import Absent

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Part:
    """Days of one piece of the stay and of one calendar year."""

    told: Stated
    days: Sequence[date]


@dataclass(frozen=True)
class Priced:
    """What a part costs by month, those before it reported too, and how many of its days are free of illness."""

    part: Part
    costs: Sequence[AbsenceCost]
    free: int


@dataclass(frozen=True)
class Use:
    """What an absence uses of the allowance of a calendar year, and what is left after it, in its unit."""

    year: int
    uses: Decimal
    left: Decimal
    half_days: bool


def parts_of(placement: Placement, first: date, last: date, *, today: date) -> list[Part]:
    """The days from `first` to `last` on which the child is planned and nothing is told yet, by piece and year.

    Eleven queries for each part.
    """
    found = []
    for piece in whole_stay(placement, first).pieces:
        start, end = piece.during.lower, piece.during.upper
        begins, ends = max(first, start), min(last, end - DAY) if end else last
        for year in range(begins.year, ends.year + 1 if begins <= ends else 0):
            told = stated(piece, year, today=today)
            own = (max(begins, date(year, 1, 1)), min(ends, date(year, 12, 31)))
            if days := planned_days(told, *own):
                found.append(Part(told, days))
    return found


def priced(parts: Sequence[Part], kinds: Mapping[date, Absent], *, ill: bool) -> list[Priced]:
    """What each part costs once those before it are reported, so that together they are what all of them cost."""
    found: list[Priced] = []
    beside: list[Absence] = []
    for part in parts:
        counted = {day: kinds[day] for day in part.days}
        costs = cost(part.told, counted, ill=ill, beside=beside)
        free = free_when_ill(with_absences(part.told, beside), counted) if ill else 0
        found.append(Priced(part, costs, free))
        beside += proposals(part.told, counted, ill=ill)
    return found


def uses(found: Sequence[Priced]) -> list[Use]:
    """What the parts use of each year's allowance together, in the unit that holds at the end."""
    by_year: dict[int, Use] = {}
    for each in found:
        year = each.part.days[0].year
        more, half_days = uses_of(each.part.told, each.part.days, each.costs)
        before = by_year.get(year, Use(year, Decimal(0), Decimal(0), half_days))
        kept = before.uses * (2 if half_days else 1) / (2 if before.half_days else 1)
        by_year[year] = Use(year, kept + more, each.costs[-1].left, half_days)
    return list(by_year.values())
