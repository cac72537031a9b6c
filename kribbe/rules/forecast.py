"""When places come free in a group, month by month, and why.

The stays and places are those of one group; the answer is what its ledger holds, with the cause of every change.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import SLOTS, WeekPattern

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


class Cause(StrEnum):
    """Why the number of free places changes."""

    ENDS = "ends"
    SCHOOL = "school"
    MOVES_UP = "moves_up"
    COMES_UP = "comes_up"
    BEGINS = "begins"
    GOES_ON = "goes_on"
    """A stay goes on with other days or in another group."""
    PLACES = "places"


@dataclass(frozen=True, slots=True)
class Stay:
    """Half-days taken by one child in [start, end); `key` is whose they are, `begins` and `ends` why."""

    key: str
    start: date
    end: date | None
    pattern: WeekPattern
    begins: Cause = Cause.BEGINS
    ends: Cause = Cause.ENDS


@dataclass(frozen=True, slots=True)
class Places:
    """So many places in [start, end), on these half-days."""

    start: date
    end: date | None
    places: int
    open: WeekPattern


@dataclass(frozen=True, slots=True)
class Change:
    """On `day` these half-days gain (or lose, where negative) so many places. `key` is empty for places."""

    day: date
    cause: Cause
    key: str
    pattern: WeekPattern
    by: int


@dataclass(frozen=True, slots=True)
class Month:
    """The least that is free by half-day on the days of a month, negative where overfull; and what changes in it."""

    first: date
    free: tuple[int, ...]
    changes: tuple[Change, ...]


def forecast(*, stays: Sequence[Stay], places: Sequence[Places], since: date, months: int) -> list[Month]:
    """The months from that of `since` on; of the first one only the days from `since` on, or from its Monday
    where no such weekday is left."""
    first = first_of_month(since)
    changes = sorted(_changes(stays, places), key=lambda each: (each.day, each.cause, each.key))
    found = []
    for number in range(months):
        start, end = add_months(first, number), add_months(first, number + 1)
        begin = max(start, since)
        found.append(
            Month(
                start,
                tuple(_least(slot, stays, places, begin, end) for slot in range(SLOTS)),
                tuple(each for each in changes if begin <= each.day < end),
            )
        )
    return found


def _least(slot: int, stays: Sequence[Stay], places: Sequence[Places], begin: date, end: date) -> int:
    """The least free on this half-day: it can only fall on a day on which a stay begins or the places change."""
    taking = [stay for stay in stays if slot in stay.pattern]
    first = _on_or_after(begin, slot)
    days = {first if first < end else first - WEEK}
    for edge in (*(stay.start for stay in taking), *(row.start for row in places), *_ends(places)):
        day = _on_or_after(max(edge, begin), slot)
        if day < end:
            days.add(day)
    return min(_bookable(slot, places, day) - sum(_holds(stay, day) for stay in taking) for day in days)


def _ends(places: Sequence[Places]) -> Iterator[date]:
    return (row.end for row in places if row.end is not None)


def _on_or_after(day: date, slot: int) -> date:
    """The first day of the half-day's weekday from `day` on."""
    return day + DAY * ((slot // 2 - day.weekday()) % 7)


def _bookable(slot: int, places: Sequence[Places], day: date) -> int:
    return sum(
        row.places
        for row in places
        if slot in row.open and row.start <= day and (row.end is None or day < row.end)
    )


def _holds(stay: Stay, day: date) -> bool:
    return stay.start <= day and (stay.end is None or day < stay.end)


def _changes(stays: Sequence[Stay], places: Sequence[Places]) -> Iterator[Change]:
    for stay in stays:
        yield Change(stay.start, stay.begins, stay.key, stay.pattern, -1)
        if stay.end is not None:
            yield Change(stay.end, stay.ends, stay.key, stay.pattern, 1)
    rows = sorted(places, key=lambda row: row.start)
    for earlier, later in itertools.pairwise(rows):
        if earlier.end == later.start:
            yield from _differences(earlier, later)


def _differences(earlier: Places, later: Places) -> Iterator[Change]:
    """One change for each number of places that half-days gain or lose."""
    by_number: dict[int, int] = {}
    for slot in range(SLOTS):
        before = earlier.places if slot in earlier.open else 0
        after = later.places if slot in later.open else 0
        if after != before:
            by_number[after - before] = by_number.get(after - before, 0) | 1 << slot
    for number, mask in sorted(by_number.items()):
        yield Change(later.start, Cause.PLACES, "", WeekPattern(mask), number)
