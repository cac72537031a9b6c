"""In which groups of a location a child would be, from its first day until it leaves for school.

A child that becomes too old for its group goes on in the next one. It moves on the first day of a month, so that no
month belongs to two groups.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kribbe.rules.calendar import add_months, age_in_months, first_of_month


@dataclass(frozen=True, slots=True)
class Band:
    """A group, and the ages (in whole months) from which and before which a child can be in it."""

    group: int
    from_months: int
    to_months: int

    def holds(self, age: int) -> bool:
        """Whether a child of that age can be in the group."""
        return self.from_months <= age < self.to_months


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a stay in one group: from `start` until before `end`."""

    group: int
    start: date
    end: date


def ways_through(birth: date, start: date, end: date, bands: Sequence[Band]) -> list[tuple[Leg, ...]]:
    """Every group in which the child could begin, with the groups that follow; none where it is too young or old.

    Where several groups could follow, the one in which it can stay longest does. Where none does, the child stays.
    """
    age = max(0, age_in_months(birth, start))
    ordered = sorted(bands, key=lambda band: (band.from_months, band.group))
    return [_through(birth, start, end, band, ordered) for band in ordered if band.holds(age) and start < end]


def first_day(wanted: date, latest: date, *, first: date, until: date, today: date) -> date | None:
    """The day on which a child would begin if places from `first` until before `until` are given; None: not then.

    A family whose latest day has passed still waits, and would begin as soon as it can.
    """
    start = max(wanted, first, today)
    overdue = latest < today and first <= today
    return start if start < until and (start <= max(wanted, latest) or overdue) else None


def _through(birth: date, start: date, end: date, band: Band, bands: Sequence[Band]) -> tuple[Leg, ...]:
    legs: list[Leg] = []
    while True:
        outgrown = _month_from(add_months(birth, band.to_months))
        following = _next(birth, outgrown, band, bands) if outgrown < end else None
        if following is None:
            return (*legs, Leg(band.group, start, end))
        if outgrown > start:
            legs.append(Leg(band.group, start, outgrown))
            start = outgrown
        band = following


def _next(birth: date, day: date, band: Band, bands: Sequence[Band]) -> Band | None:
    age = age_in_months(birth, day)
    older = [each for each in bands if each.holds(age) and each.to_months > band.to_months]
    return max(older, key=lambda each: (each.to_months, -each.group), default=None)


def _month_from(day: date) -> date:
    """The first day of a month on that day or after it."""
    return day if day.day == 1 else add_months(first_of_month(day), 1)
