"""Weeks that take turns between two places of one child, as where its parents live apart.

Weeks are numbered from `EVEN_MONDAY`, and two, three or four of them take turns; so two places that know nothing of
each other's first day still speak of the same weeks. A year of 53 weeks changes nothing in the turn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import EMPTY, WeekPattern

EVEN_MONDAY = date(2000, 1, 3)
ROUND = 12
"""After so many weeks two, three and four weeks in turn all begin again."""
LENGTHS = (2, 3, 4, 6, ROUND)

InTurn = Sequence[int]
"""The half-days of each week in turn, as masks, from that of `EVEN_MONDAY` on; as many as one of `LENGTHS`."""


@dataclass(frozen=True, slots=True)
class Held:
    """Half-days held from a day until before another; None is without end."""

    start: date
    end: date | None
    pattern: WeekPattern


def week_number(day: date) -> int:
    """How many weeks after that of `EVEN_MONDAY` the day lies."""
    return (monday_of(day) - EVEN_MONDAY).days // 7


def mask_on(turn: InTurn, day: date) -> int:
    """The half-days of the week of that day."""
    return turn[week_number(day) % len(turn)]


def in_turn(masks: Sequence[int], turns_from: date) -> InTurn:
    """The half-days of weeks repeated in turn, of which the first is that of `turns_from`.

    Raises ValueError for a number of weeks that a round of twelve can't hold.
    """
    if not masks or ROUND % len(masks):
        raise ValueError(f"{len(masks)} weeks can't take turns")
    first = week_number(turns_from)
    return _shortest([masks[(week - first) % len(masks)] for week in range(ROUND)])


def joined(turns: Iterable[InTurn]) -> InTurn:
    """What several take between them, week by week."""
    found = [0] * ROUND
    for turn in turns:
        found = [mine | theirs for mine, theirs in zip(found, _round(turn), strict=True)]
    return _shortest(found)


def both(one: InTurn, other: InTurn) -> WeekPattern:
    """The half-days that two have in the same weeks; empty where their weeks keep clear of each other."""
    return whole([mine & theirs for mine, theirs in zip(_round(one), _round(other), strict=True)])


def outside(one: InTurn, other: InTurn) -> WeekPattern:
    """The half-days of the one in weeks in which the other hasn't them."""
    return whole([mine & ~theirs for mine, theirs in zip(_round(one), _round(other), strict=True)])


def whole(turn: InTurn) -> WeekPattern:
    """The half-days of all weeks together."""
    found = 0
    for mask in turn:
        found |= mask
    return WeekPattern(found)


def _round(turn: InTurn) -> list[int]:
    return list(turn) * (ROUND // len(turn))


def _shortest(masks: Sequence[int]) -> InTurn:
    return next(
        tuple(masks[:length]) for length in LENGTHS if list(masks) == list(masks[:length]) * (ROUND // length)
    )


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


def emptiest_week(turn: InTurn, day: date) -> date:
    """The first Monday on a day or after it, of the week in turn with the fewest half-days."""
    first = day if day.weekday() == 0 else monday_of(day) + timedelta(weeks=1)
    mondays = [first + timedelta(weeks=n) for n in range(len(turn))]
    return min(mondays, key=lambda monday: mask_on(turn, monday).bit_count())
