"""Papers with a last day: when somebody is warned, and how far they are."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

WARNED_BEFORE = (60, 30)
"""Days before the last day, from the first warning to the last."""


class Standing(StrEnum):
    """How a paper stands on a day."""

    HOLDS = "holds"
    SOON = "soon"
    """Its last day is near enough for the first warning."""
    NEAR = "near"
    """Near enough for the last warning."""
    OVER = "over"


def standing(last: date, today: date) -> Standing:
    """How a paper stands that holds to `last`, that day included."""
    left = (last - today).days
    if left < 0:
        return Standing.OVER
    if left <= WARNED_BEFORE[-1]:
        return Standing.NEAR
    return Standing.SOON if left <= WARNED_BEFORE[0] else Standing.HOLDS


def warning(last: date, today: date, given: Collection[int]) -> int | None:
    """Which warning is to be given now, in days before; None for none. `given` are those given for this last day.

    A warning that was missed isn't made up for by two at once: the nearest one is given, and counts for those before.
    """
    left = (last - today).days
    due = [days for days in WARNED_BEFORE if left <= days]
    if not due or any(days <= due[-1] for days in given):
        return None
    return due[-1]
