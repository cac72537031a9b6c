"""What came free since a list was last made, from the free half-days then and now."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kribbe.rules.halfdays import SLOTS, WeekPattern


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Half-days free from month number `month` on (0 is the first that was looked at).

    `until` is the number of the first month in which they aren't; None: free as far as was looked.
    """

    month: int
    until: int | None
    pattern: WeekPattern


def came_free(*, before: Sequence[int], after: Sequence[int]) -> list[Opening]:
    """The half-days that are free now and weren't, by the months for which that holds, the earliest first.

    Both are masks of free half-days by month, of the same months. What was free in an earlier month of the same
    run and is told again only because the run grew longer at its front is a new opening of those months alone.
    """
    if len(before) != len(after):
        raise ValueError(f"{len(before)} months before and {len(after)} after")
    gained = [new & ~old for old, new in zip(before, after, strict=True)]
    found: dict[tuple[int, int | None], int] = defaultdict(int)
    for slot in range(SLOTS):
        for start, end in _runs(gained, slot):
            found[start, None if end == len(gained) else end] |= 1 << slot
    return sorted(
        (Opening(start, until, WeekPattern(mask)) for (start, until), mask in found.items()),
        key=lambda each: (each.month, each.until is not None, each.until or 0),
    )


def is_turn(day: date, weeks: int) -> bool:
    """Whether a list goes in the week of that day to who gets one every so many weeks: all of them in one week."""
    return (day.toordinal() - 1) // 7 % weeks == 0


def _runs(masks: Sequence[int], slot: int) -> Iterator[tuple[int, int]]:
    """The runs of months [start, end) in which the slot is set."""
    start = None
    for month, mask in enumerate([*masks, 0]):
        is_set = bool(mask >> slot & 1)
        if is_set and start is None:
            start = month
        elif not is_set and start is not None:
            yield start, month
            start = None
