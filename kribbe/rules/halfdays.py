"""Half-days of a week, and patterns of them.

A slot is an int from 0 to 13: bit 0 is Monday morning, 1 Monday afternoon, ... 9 Friday afternoon, 10 to 13
the weekend. A pattern is a bit mask of slots.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Self

SLOTS = 14
WORK_WEEK = 0b1111111111
NOON = time(13)
GRACE = timedelta(minutes=30)
DAY = timedelta(days=1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_HALVES = {None: 0b11, "am": 0b01, "pm": 0b10}
_WORD = re.compile(rf"({'|'.join(DAYS)})(?:-(am|pm))?")

Stay = tuple[time, time]


@dataclass(frozen=True, order=True)
class WeekPattern:
    """A set of half-days of the week. Its length is the number of half-days; an empty pattern is falsy."""

    mask: int

    def __post_init__(self) -> None:
        if not 0 <= self.mask < 1 << SLOTS:
            raise ValueError(f"a week pattern lies between 0 and {(1 << SLOTS) - 1}, not {self.mask}")

    @classmethod
    def from_slots(cls, slots: Iterable[int]) -> Self:
        """The pattern of these slots (0 to 13); ValueError on any other number."""
        mask = 0
        for slot in slots:
            if not 0 <= slot < SLOTS:
                raise ValueError(f"a slot lies between 0 and {SLOTS - 1}, not {slot}")
            mask |= 1 << slot
        return cls(mask)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read `mon-am tue`: days mon to sun, a half-day with -am or -pm. ValueError names a wrong word."""
        mask = 0
        for word in text.lower().split():
            match = _WORD.fullmatch(word)
            if match is None:
                raise ValueError(f"{word!r} is no half-day; write for example mon, tue-am or fri-pm")
            mask |= _HALVES[match[2]] << 2 * DAYS.index(match[1])
        return cls(mask)

    def to_text(self) -> str:
        """The pattern as `from_text` reads it, in the order of the week."""
        words = {0b01: "{}-am", 0b10: "{}-pm", 0b11: "{}"}
        return " ".join(words[self._half(day)].format(DAYS[day]) for day in self.days())

    def bits(self) -> str:
        """Fourteen characters 0 or 1; the first is Monday morning."""
        return f"{self.mask:0{SLOTS}b}"[::-1]

    def slots(self) -> tuple[int, ...]:
        """The slots in the order of the week."""
        return tuple(slot for slot in range(SLOTS) if slot in self)

    def days(self) -> tuple[int, ...]:
        """The weekdays with at least one half-day; 0 is Monday."""
        return tuple(day for day in range(len(DAYS)) if self._half(day))

    def full_days(self) -> tuple[int, ...]:
        """The weekdays with both half-days; 0 is Monday."""
        return tuple(day for day in range(len(DAYS)) if self._half(day) == 0b11)

    def fits_in(self, other: "WeekPattern") -> bool:
        """Whether the other pattern has every half-day of this one."""
        return not self.mask & ~other.mask

    @property
    def is_empty(self) -> bool:
        return self.mask == 0

    def _half(self, day: int) -> int:
        return self.mask >> 2 * day & 0b11

    def __len__(self) -> int:
        return self.mask.bit_count()

    def __contains__(self, slot: int) -> bool:
        return 0 <= slot < SLOTS and bool(self.mask >> slot & 1)

    def __or__(self, other: "WeekPattern") -> "WeekPattern":
        return WeekPattern(self.mask | other.mask)

    def __and__(self, other: "WeekPattern") -> "WeekPattern":
        return WeekPattern(self.mask & other.mask)

    def __sub__(self, other: "WeekPattern") -> "WeekPattern":
        return WeekPattern(self.mask & ~other.mask)


EMPTY = WeekPattern(0)


def slots_of_stay(weekday: int, start: time, end: time, morning_ends: time = NOON) -> WeekPattern:
    """The half-days that a stay takes: each one that it overlaps by more than half an hour.

    `weekday` 0 is Monday. A stay ends after it starts, on the same day; ValueError otherwise.
    """
    return pattern_of_hours({weekday: [(start, end)]}, morning_ends)


def pattern_of_hours(hours: Mapping[int, Sequence[Stay]], morning_ends: time = NOON) -> WeekPattern:
    """The half-days that a week of stays takes; `hours` maps weekday (0 is Monday) to its stays.

    The stays of one day add up per half-day: twice twenty minutes in a morning take that morning. Time that
    two stays share counts once.
    """
    mask = 0
    for weekday, stays in hours.items():
        if not 0 <= weekday < len(DAYS):
            raise ValueError(f"a weekday lies between 0 (Monday) and {len(DAYS) - 1}, not {weekday}")
        spans = [(_since_midnight(start), _since_midnight(end)) for start, end in stays]
        mask |= _halves(spans, _since_midnight(morning_ends)) << 2 * weekday
    return WeekPattern(mask)


def halves_of(parts: Iterable[tuple[int, int]], morning_ends: time = NOON) -> int:
    """The half-days of one day that stays in minutes since midnight take; bit 0 is the morning.

    They count as in `pattern_of_hours`. A stay ends after it starts, by midnight (1440); ValueError otherwise.
    """
    return _halves_of_day(tuple(parts), morning_ends)


@lru_cache(maxsize=4096)
def _halves_of_day(parts: tuple[tuple[int, int], ...], morning_ends: time) -> int:
    """Kept: few kinds of days come very often."""
    spans = [(timedelta(minutes=start), timedelta(minutes=end)) for start, end in parts]
    if any(end > DAY for _start, end in spans):
        raise ValueError("a stay of one day ends by midnight")
    return _halves(spans, _since_midnight(morning_ends))


def _halves(spans: Iterable[tuple[timedelta, timedelta]], noon: timedelta) -> int:
    morning = afternoon = covered = timedelta(0)
    for start, end in sorted(spans):
        if end <= start:
            raise ValueError(f"a stay ends after it starts, not from {start} to {end}")
        begin = max(start, covered)
        morning += max(timedelta(0), min(end, noon) - begin)
        afternoon += max(timedelta(0), end - max(begin, noon))
        covered = max(covered, end)
    return (morning > GRACE) | (afternoon > GRACE) << 1


def _since_midnight(moment: time) -> timedelta:
    return timedelta(
        hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond
    )


def in_week(pattern: WeekPattern, monday: date, start: date, end: date | None) -> WeekPattern:
    """The half-days of the pattern in the week of `monday` that lie in [start, end); end None is open."""
    if monday.weekday() != 0:
        raise ValueError(f"{monday} is not a Monday")
    first = max(0, (start - monday).days)
    last = len(DAYS) if end is None else min(len(DAYS), (end - monday).days)
    if last <= first:
        return EMPTY
    return WeekPattern(pattern.mask & (1 << 2 * last) - (1 << 2 * first))
