"""When a location is open: the days of a week pattern, less its closing days and the public holidays."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from kribbe.rules.calendar import add_months, first_of_month, public_holidays
from kribbe.rules.halfdays import WeekPattern

DAY = timedelta(days=1)
FURTHEST = timedelta(days=366)
"""So far ahead the next open day is looked for."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing as a person says it: `last` is the last day on which it is closed."""

    first: date
    last: date
    reason: str = ""

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Shut:
    """A stretch that is closed wholly or mostly: by which closing, how many of its days are open, and the next
    open day from its beginning on (None where there is none within a year)."""

    closing: Closing
    open_days: int
    opens: date | None

    @property
    def whole(self) -> bool:
        return self.open_days == 0


@dataclass(frozen=True)
class Calendar:
    """The closings of a location; public holidays are always closed."""

    closings: tuple[Closing, ...] = field(default=())

    def closing_on(self, day: date) -> Closing | None:
        """The location's own closing that holds a day."""
        return next((each for each in self.closings if each.holds(day)), None)

    def is_closed(self, day: date) -> bool:
        """Whether nobody comes on this day, whatever the weekday."""
        return day in public_holidays(day.year) or self.closing_on(day) is not None

    def open_days(self, pattern: WeekPattern, first: date, last: date) -> Iterator[date]:
        """The days of the pattern from `first` to `last`, both included, on which it is open."""
        return (day for day in days_of(pattern, first, last) if not self.is_closed(day))

    def stretches(self, pattern: WeekPattern, first: date, last: date) -> list[Closing]:
        """The parts of closings, and the public holidays, that hold a day of the pattern from `first` to `last`."""
        closed = (day for day in days_of(pattern, first, last) if self.is_closed(day))
        found = {self.closing_on(day) or Closing(day, day) for day in closed}
        parts = (replace(each, first=max(each.first, first), last=min(each.last, last)) for each in found)
        return sorted(parts, key=lambda each: each.first)

    def next_open(self, pattern: WeekPattern, since: date) -> date | None:
        """The first open day of the pattern from `since` on; None where there is none within a year."""
        return next(self.open_days(pattern, since, since + FURTHEST), None)

    def late_start(self, pattern: WeekPattern, since: date, *, holidays: bool = False) -> Shut | None:
        """What keeps a child that would come by this pattern from `since` on away on its first day.

        A month that begins with a public holiday surprises nobody: those are skipped, but with `holidays`.
        """
        days = days_of(pattern, since, since + FURTHEST)
        first = next((day for day in days if holidays or day not in public_holidays(day.year)), None)
        if first is None or not self.is_closed(first):
            return None
        return Shut(self.closing_on(first) or Closing(first, first), 0, self.next_open(pattern, first))

    def shut(self, pattern: WeekPattern, first: date, last: date) -> Shut | None:
        """The days of the pattern from `first` to `last` if fewer than half of them are open; None otherwise.

        It takes a closing of the location that holds one of them: public holidays alone close nothing.
        """
        days = list(days_of(pattern, first, last))
        opened = sum(1 for _day in self.open_days(pattern, first, last))
        within = [each for each in self.closings if any(each.holds(day) for day in days)]
        if not within or 2 * opened >= len(days):
            return None
        longest = max(within, key=lambda each: min(each.last, last) - max(each.first, first))
        return Shut(longest, opened, self.next_open(pattern, first))

    def shut_month(self, pattern: WeekPattern, month: date, *, since: date) -> Shut | None:
        """As `shut`, for what is left of a month from `since` on."""
        start = first_of_month(month)
        return self.shut(pattern, max(start, since), add_months(start, 1) - DAY)


def days_of(pattern: WeekPattern, first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last`, both included, on which the pattern has a half-day."""
    weekdays = pattern.days()
    every = (first + step * DAY for step in range((last - first).days + 1))
    return (day for day in every if day.weekday() in weekdays)
