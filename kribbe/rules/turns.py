"""Weeks that take turns between two places of one child, as where its parents live apart.

Weeks are even or odd by the number of weeks since `EVEN_MONDAY`; so two places that know nothing of each other's
first day still speak of the same weeks. A year of 53 weeks changes nothing in the turn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import EMPTY, WeekPattern

EVEN_MONDAY = date(2000, 1, 3)
TURNS = 2

InTurn = tuple[int, int]
"""The half-days of the even weeks and those of the odd ones, as masks."""


@dataclass(frozen=True, slots=True)
class Held:
    """Half-days held from a day until before another; None is without end."""

    start: date
    end: date | None
    pattern: WeekPattern


def turn_of(day: date) -> int:
    """0 in an even week, 1 in an odd one."""
    return (monday_of(day) - EVEN_MONDAY).days // 7 % TURNS


def in_turn(masks: Sequence[int], turns_from: date) -> InTurn:
    """The half-days that weeks repeated in turn take in even and in odd weeks; the first is that of `turns_from`.

    A turn of an odd number of weeks takes all of its half-days in both.
    """
    found = [0, 0]
    for week in range(TURNS * len(masks)):
        found[(turn_of(turns_from) + week) % TURNS] |= masks[week % len(masks)]
    return found[0], found[1]


def both(one: Iterable[int], other: Iterable[int]) -> WeekPattern:
    """The half-days that two have in the same weeks; empty where their weeks keep clear of each other."""
    shared = 0
    for mine, theirs in zip(one, other, strict=True):
        shared |= mine & theirs
    return WeekPattern(shared)


def difference(held: Iterable[Held], other: Iterable[Held]) -> list[Held]:
    """What the ones hold on days on which the others don't."""
    mine, theirs = list(held), list(other)
    stretches = (
        (start, end, _on(mine, start) - _on(theirs, start)) for start, end in _stretches(mine + theirs)
    )
    return [Held(*each) for each in stretches if not each[2].is_empty]


def held_together(places: Iterable[Held]) -> list[Held]:
    """What the places of one child hold between them: each half-day once, in stretches of the same half-days."""
    known = list(places)
    found: list[Held] = []
    for start, end in _stretches(known):
        pattern = _on(known, start)
        if found and found[-1].end == start and found[-1].pattern == pattern:
            found[-1] = Held(found[-1].start, end, pattern)
        elif not pattern.is_empty:
            found.append(Held(start, end, pattern))
    return found


def _stretches(known: Sequence[Held]) -> list[tuple[date, date | None]]:
    """The stretches of days on which nothing begins or ends; the last one is without end."""
    edges = sorted({each.start for each in known} | {each.end for each in known if each.end is not None})
    return [(edge, after) for edge, after in pairwise([*edges, None]) if edge is not None]


def _on(known: Iterable[Held], day: date) -> WeekPattern:
    found = EMPTY
    for each in known:
        if each.start <= day and (each.end is None or day < each.end):
            found = found | each.pattern
    return found


def next_week_of(turn: int, day: date) -> date:
    """The first Monday on a day or after it whose week is even (0) or odd (1)."""
    monday = day if day.weekday() == 0 else monday_of(day) + timedelta(weeks=1)
    return monday if turn_of(monday) == turn else monday + timedelta(weeks=1)
