"""Days on which a child gets used to a group before it begins: short visits, agreed with day and hours.

A family has a right to them (agreement model of Opgroeien, 15-4-2025). They take no paid place. House rules
say whether they are free or cost the ordinary price of a stay: one of both, and it is stated (models of Opgroeien).
A child may have a place already while it visits its next group: it is there once, in the group that it visits.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

EARLIEST = timedelta(weeks=8)
"""Before the first day; a visit long before it gets nobody used to anything."""


class Fault(StrEnum):
    """What a visit may not be."""

    BEGUN = "begun"
    EARLY = "early"
    OVER = "over"
    CLOSED = "closed"
    HOURS = "hours"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Visit:
    """A day, and from when to when in minutes since midnight."""

    day: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Move:
    """A child on a visit, in minutes since midnight: the group that it visits and its own, where it would else be.

    None is no group of those that are counted.
    """

    start: int
    end: int
    to: int | None
    home: int | None = None


def moments(
    present: Mapping[int, int], moves: Iterable[Move], start: int, end: int
) -> list[Mapping[int, int]]:
    """The children by group at each moment from `start` until before `end` at which visits change them.

    `present` are those who are there all that time, were nobody on a visit; a group that has none loses none.
    """
    during = [each for each in moves if each.start < end and start < each.end]
    if not during:
        return [present]
    bounds = {bound for each in during for bound in (each.start, each.end) if start < bound < end}
    return [
        _at(present, [each for each in during if each.start <= moment < each.end])
        for moment in sorted({start, *bounds})
    ]


def _at(present: Mapping[int, int], moves: Iterable[Move]) -> Mapping[int, int]:
    there = Counter(present)
    for each in moves:
        if each.home is not None and there[each.home]:
            there[each.home] -= 1
        if each.to is not None:
            there[each.to] += 1
    return there


def fault_of(
    visit: Visit, *, begins: date, today: date, opening: tuple[int, int], closed: Container[date]
) -> Fault | None:
    """The first thing that can't be with a visit to a location with these opening hours; None where all can."""
    checks = {
        Fault.OVER: visit.day < today,
        Fault.BEGUN: visit.day >= begins,
        Fault.EARLY: visit.day < begins - EARLIEST,
        Fault.CLOSED: visit.day in closed,
        Fault.HOURS: visit.end <= visit.start,
        Fault.OPENING: visit.start < opening[0] or visit.end > opening[1],
    }
    return next((fault for fault, holds in checks.items() if holds), None)
