"""Does a child's week fit in a group? Judged by the month, where the least of the weeks counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kribbe.enrolment.selectors.waiting import Waiting
from kribbe.places.models import Group
from kribbe.rules.dates import default_end
from kribbe.rules.halfdays import WeekPattern

MonthlyFree = Sequence[Sequence[int]]
"""Free places by month and half-day: `months` rows of 14, from `first_month`."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The half-days asked that are free from the start to the end of the stay, and those that are full."""

    free: WeekPattern
    full: WeekPattern

    @property
    def whole(self) -> bool:
        return self.full.is_empty

    @property
    def asked(self) -> int:
        return len(self.free) + len(self.full)


def fit(pattern: WeekPattern, *, start: date, end: date, first_month: date, free: MonthlyFree) -> Fit:
    """Split the pattern in what is free in every month of the stay and what isn't.

    Months before `first_month` or after the last row are not judged.
    """
    first = max(0, _month_number(start) - _month_number(first_month))
    last = min(len(free) - 1, _month_number(end) - _month_number(first_month))
    open_slots = WeekPattern.from_slots(
        slot for slot in pattern.slots() if all(free[month][slot] > 0 for month in range(first, last + 1))
    )
    return Fit(free=open_slots, full=pattern - open_slots)


def stay_end(birth: date) -> date:
    """Where nothing else is agreed a stay ends on the day on which school opens to the child."""
    return default_end(birth)


def suits(group: Group, line: Waiting, start: date) -> bool:
    """Whether the child has the group's age on that day and accepts its kind of price."""
    right_price = line.price in {"any", group.price_kind}
    return right_price and group.from_months <= line.months_old(start) < group.to_months


def _month_number(day: date) -> int:
    return day.year * 12 + day.month
