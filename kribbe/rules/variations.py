"""Weeks that differ a little from one that is asked."""

from collections.abc import Iterator

from kribbe.rules.halfdays import WeekPattern

WORKING_DAYS = range(5)


def fewer_days(pattern: WeekPattern) -> Iterator[WeekPattern]:
    """The week without one of its days, or one of its whole days halved; the least loss first."""
    halves = [1 << slot for day in pattern.full_days() for slot in (2 * day + 1, 2 * day)]
    days = [_of_day(pattern, day) for day in pattern.days()]
    for less in [*halves, *sorted(days, key=int.bit_count)]:
        rest = WeekPattern(pattern.mask & ~less)
        if rest:
            yield rest


def other_days(pattern: WeekPattern) -> Iterator[WeekPattern]:
    """The week with one day put on another working day that isn't asked; the number of half-days stays."""
    free = [day for day in WORKING_DAYS if not _of_day(pattern, day)]
    for day in pattern.days():
        halves = _of_day(pattern, day) >> 2 * day
        for other in sorted(free, key=lambda each: (abs(each - day), each)):
            yield WeekPattern(pattern.mask & ~_of_day(pattern, day) | halves << 2 * other)


def _of_day(pattern: WeekPattern, day: int) -> int:
    return pattern.mask & 0b11 << 2 * day
