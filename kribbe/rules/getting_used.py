"""Days on which a child gets used to a group before it begins: short visits, agreed with day and hours.

A family has a right to them (agreement model of Opgroeien, 15-4-2025). They take no paid place and are not charged.
"""

from collections.abc import Container
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
