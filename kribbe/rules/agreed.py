"""What was agreed of a child's weeks: patterns with hours that repeat in turn, from a day to a day.

One definition for all that follows from it: what a month costs (`billing`), who comes on a day, and how full a group
is. A part of a stay is in minutes since midnight; beyond 1440 is the next day.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from fractions import Fraction
from functools import lru_cache

from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import NOON, WORK_WEEK, WeekPattern, halves_of
from kribbe.rules.turns import ROUND

DAY = timedelta(days=1)
MIDNIGHT = 24 * 60
FULL_WEEK = 5
"""Days of full-time care."""

Parts = tuple[tuple[int, int], ...]
"""Parts of a stay, each from and to in minutes since midnight; beyond 1440 is the next day."""

Weeks = tuple[Mapping[int, Parts], ...]
"""Weeks that repeat in turn; each maps weekday (0 is Monday) to the parts that start on it."""


@dataclass(frozen=True)
class Period:
    """From a day to a day, both inclusive; None is open."""

    start: date
    end: date | None

    def holds(self, on: date) -> bool:
        return self.start <= on and (self.end is None or on <= self.end)


@dataclass(frozen=True)
class Agreement(Period):
    """Weeks that repeat in turn. The first one is that of `turns_from`; without it, that of `start`.

    `by_calendar` are days of a holiday schedule, laid over the ordinary weeks.
    """

    weeks: Weeks
    turns_from: date | None = None
    by_calendar: bool = False

    def starting(self, on: date) -> Parts:
        """The agreed parts that start on a day."""
        return self._of_week(on) if self.holds(on) else ()

    def weeks_from(self, day: date) -> Weeks:
        """The weeks in their turn, that of a day first."""
        turn = self._turn(day)
        return self.weeks[turn:] + self.weeks[:turn]

    def _of_week(self, on: date) -> Parts:
        week = self.weeks[self._turn(on)] if len(self.weeks) > 1 else self.weeks[0]
        return week.get(on.weekday(), ())

    def _turn(self, day: date) -> int:
        return (monday_of(day) - monday_of(self.turns_from or self.start)).days // 7 % len(self.weeks)


def starting_on(agreements: Iterable[Agreement], on: date, closed: Container[date] = frozenset()) -> Parts:
    """The parts that start on a day, none on a closed one. No two agreements hold on the same day."""
    if on in closed:
        return ()
    for each in agreements:
        if each.holds(on):
            return each.starting(on)
    return ()


def there_on(agreements: Iterable[Agreement], on: date, closed: Container[date] = frozenset()) -> Parts:
    """When the child is there on a day, in the day's own minutes: also the rest of a night that began on its eve."""
    if on in closed:
        return ()
    held = tuple(agreements)
    _own, night = _at_midnight(starting_on(held, on - DAY, closed))
    day, _next = _at_midnight(starting_on(held, on, closed))
    return tuple(sorted((*night, *day))) if night or len(day) > 1 else day


@lru_cache(maxsize=4096)
def _at_midnight(parts: Parts) -> tuple[Parts, Parts]:
    """What of the parts lies on the day itself and on the next one: few kinds of days come very often."""
    return before_midnight(parts), after_midnight(parts)


def before_midnight(parts: Parts) -> Parts:
    """What of the parts lies on the day itself."""
    return tuple((start, min(end, MIDNIGHT)) for start, end in parts)


def after_midnight(parts: Parts) -> Parts:
    """What of the parts lies on the next day, in its own minutes."""
    return tuple((max(start - MIDNIGHT, 0), end - MIDNIGHT) for start, end in parts if end > MIDNIGHT)


def minutes(parts: Iterable[tuple[int, int]]) -> int:
    """The time that the parts cover; what two share counts once."""
    total = covered = 0
    for start, end in sorted(parts):
        total += max(0, end - max(start, covered))
        covered = max(covered, end)
    return total


def changed(agreements: Iterable[Agreement], change: Agreement) -> tuple[Agreement, ...]:
    """The agreements once a change is laid over them, in the order of their days.

    The change holds on its own days; what was agreed before and after it stays, with its weeks in the same turn. So a
    change without end holds for good, and one with an end is for a time.
    """
    kept = [part for each in agreements for part in _outside(each, change)]
    return tuple(sorted((*kept, change), key=lambda each: each.start))


def ordinary(agreements: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """The weeks without a holiday schedule: those before a stretch of it go on over it, or else those after it.

    As it is, where nothing but a schedule holds.
    """
    held = sorted(agreements, key=lambda each: each.start)
    if all(each.by_calendar for each in held):
        return tuple(held)
    found: list[Agreement] = []
    for each in held:
        if each.by_calendar:
            continue
        if found and found[-1].weeks_from(each.start) == each.weeks_from(each.start):
            continue
        start = each.start if found else held[0].start
        found.append(replace(each, start=start, turns_from=each.turns_from or each.start))
    ends = [*(each.start - DAY for each in found[1:]), held[-1].end]
    return tuple(replace(each, end=end) for each, end in zip(found, ends, strict=True))


def changed_for_good(agreements: Iterable[Agreement], change: Agreement) -> tuple[Agreement, ...]:
    """As `changed`, beneath a holiday schedule: its days stay as they are."""
    held = tuple(agreements)
    schedule = (each for each in held if each.by_calendar)
    return _laid(changed(ordinary(held), change), schedule)


def rescheduled(
    agreements: Iterable[Agreement], start: date, schedule: Iterable[Agreement]
) -> tuple[Agreement, ...]:
    """From `start` on the days of this holiday schedule in place of those of the one before."""
    held = tuple(agreements)
    kept = (part for each in held if each.by_calendar and (part := within(each, None, start)))
    return _laid(_laid(ordinary(held), kept), schedule)


def within(each: Agreement, start: date | None, end: date | None) -> Agreement | None:
    """What holds on the days from `start` until before `end` (None is open), its weeks in the same turn."""
    first = each.start if start is None else max(each.start, start)
    lasts = [last for last in (each.end, end - DAY if end else None) if last is not None]
    last = min(lasts, default=None)
    if last is not None and last < first:
        return None
    return replace(each, start=first, end=last, turns_from=each.turns_from or each.start)


def same_days(one: Iterable[Agreement], other: Iterable[Agreement], since: date) -> bool:
    """Whether a child comes at the same times by both on every day from `since` on."""
    held = (tuple(one), tuple(other))
    sides = {side for each in (*held[0], *held[1]) for side in (each.start, each.end) if side is not None}
    days = (max({since, *sides}) - since).days + ROUND * 7 + 1
    return all(
        starting_on(held[0], day) == starting_on(held[1], day)
        for day in (since + number * DAY for number in range(days))
    )


def _laid(agreements: tuple[Agreement, ...], changes: Iterable[Agreement]) -> tuple[Agreement, ...]:
    for change in changes:
        agreements = changed(agreements, change)
    return agreements


def _outside(each: Agreement, change: Agreement) -> Iterator[Agreement]:
    if each.start < change.start:
        eve = change.start - DAY
        yield replace(each, end=eve if each.end is None else min(each.end, eve))
    if change.end is not None and (each.end is None or each.end > change.end):
        start = max(each.start, change.end + DAY)
        yield replace(each, start=start, turns_from=each.turns_from or each.start)


def pattern_of(week: Mapping[int, Parts], morning_ends: time = NOON) -> WeekPattern:
    """The half-days that a week takes; the rest of a night counts for the day on which it ends."""
    mask = 0
    for weekday in range(7):
        night = after_midnight(week.get((weekday - 1) % 7, ()))
        parts = (*night, *before_midnight(week.get(weekday, ())))
        mask |= halves_of(parts, morning_ends) << 2 * weekday
    return WeekPattern(mask)


def share_of_days(weeks: Weeks) -> Fraction:
    """The days attended of an average week beside the five of a full one; never above 1.

    However short, a stay makes its day one, and so does the rest of a night: each is a day that absence costs.
    """
    taken = sum(len(_days_of(week, weeks[turn - 1])) for turn, week in enumerate(weeks))
    return min(Fraction(1), Fraction(taken, FULL_WEEK * len(weeks)))


def share_of_half_days(weeks: Weeks, morning_ends: time = NOON) -> Fraction:
    """The half-days of an average week beside the ten of a full one; never above 1."""
    full = WORK_WEEK.bit_count()
    taken = sum(len(pattern_of(week, morning_ends)) for week in weeks)
    return min(Fraction(1), Fraction(taken, full * len(weeks)))


def _days_of(week: Mapping[int, Parts], eve: Mapping[int, Parts]) -> set[int]:
    """The weekdays on which the child is there; the last night of `eve`, the week before, may go on."""
    last_night = {0} if after_midnight(eve.get(6, ())) else set()
    nights = {weekday + 1 for weekday, parts in week.items() if weekday < 6 and after_midnight(parts)}
    return {weekday for weekday, parts in week.items() if parts} | nights | last_night
