"""What giving a place does to a group's week: which half-days become full, and which stay empty beside them.

A full Monday with an empty Wednesday is a loss: hardly any family asks Wednesday alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kribbe.rules.halfdays import WeekPattern


@dataclass(frozen=True, slots=True)
class Effect:
    """Half-days taken before and after of those that can be booked, in the month in which the place begins.

    `becomes_full` lost their last place by it; `stays_empty` keep more than half of their places while others are
    full. `others` could still be placed afterwards.
    """

    taken_before: int
    taken_after: int
    bookable: int
    becomes_full: WeekPattern
    stays_empty: WeekPattern
    others: int


def effect(
    pattern: WeekPattern,
    *,
    free: Sequence[Sequence[int]],
    bookable: Sequence[int],
    first: int,
    last: int,
    waiting: Sequence[tuple[WeekPattern, int, int]],
) -> Effect:
    """What a stay of that pattern does from month `first` to `last` (both inside `free`, rows of half-days).

    `bookable` are the places by half-day. `waiting` are the others who fit now, each with its months.
    """
    after = [
        [places - (slot in pattern and first <= month <= last) for slot, places in enumerate(row)]
        for month, row in enumerate(free)
    ]
    before, then = free[first], after[first]
    full = [slot for slot, places in enumerate(bookable) if places and then[slot] <= 0]
    taken = sum(places - free for places, free in zip(bookable, before, strict=True) if places)
    return Effect(
        taken_before=taken,
        taken_after=taken + sum(bookable[slot] > 0 for slot in pattern.slots()),
        bookable=sum(bookable),
        becomes_full=WeekPattern.from_slots(slot for slot in full if before[slot] > 0),
        stays_empty=WeekPattern.from_slots(
            slot for slot, places in enumerate(bookable) if full and 2 * then[slot] > places
        ),
        others=sum(_fits(other, after, start, end) for other, start, end in waiting),
    )


def _fits(pattern: WeekPattern, free: Sequence[Sequence[int]], first: int, last: int) -> bool:
    return all(free[month][slot] > 0 for month in range(first, last + 1) for slot in pattern.slots())
