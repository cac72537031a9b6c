"""Out-of-school care: moments of the week, the desk's own order, and the time that is charged.

A moment is a slot from 0 to 9: `2 * weekday` before school, `2 * weekday + 1` after it (on Wednesday the afternoon).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from kribbe.rules.money import cents

MOMENTS = 10
HOUR = 60


class Criterion(StrEnum):
    """What a desk may put first, in the order that it publishes."""

    SIBLING = "sibling"
    """A brother or sister has a place here this school year."""
    SCHOOL_HERE = "school_here"
    """The school lies in the desk's territory."""
    LIVES_HERE = "lives_here"
    WORK = "work"
    SINGLE = "single"
    CARE_NEED = "care_need"
    LOW_INCOME = "low_income"


DEFAULT_ORDER = (
    Criterion.CARE_NEED,
    Criterion.SIBLING,
    Criterion.SCHOOL_HERE,
    Criterion.LIVES_HERE,
    Criterion.WORK,
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who waits: what holds for them, and since when."""

    id: int
    holds: frozenset[Criterion]
    since: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A position, from 1, and the desk's criteria that brought it there."""

    id: int
    position: int
    because: tuple[Criterion, ...]


def in_order(applicants: Iterable[Applicant], criteria: Sequence[Criterion]) -> list[Standing]:
    """Everybody who waits, the first in line first.

    The first criterion decides, then the second, and so on; who is equal in all stands in the order of asking.
    """

    def key(one: Applicant) -> tuple[object, ...]:
        return (*(each not in one.holds for each in criteria), one.since, one.id)

    return [
        Standing(one.id, position, tuple(each for each in criteria if each in one.holds))
        for position, one in enumerate(sorted(applicants, key=key), start=1)
    ]


def free_numbers(places: Sequence[int], taken: Sequence[int]) -> tuple[int, ...]:
    """Free places by moment, never negative."""
    return tuple(max(0, have - used) for have, used in zip(places, taken, strict=True))


def fits(pattern: int, free: Sequence[int]) -> bool:
    """Whether every moment of the pattern has a place free."""
    return all(free[slot] for slot in moments_of(pattern))


def moments_of(pattern: int) -> tuple[int, ...]:
    """The moments of a pattern, in the order of the week."""
    return tuple(slot for slot in range(MOMENTS) if pattern >> slot & 1)


class Rounding(StrEnum):
    """How present minutes become charged ones."""

    BEGUN = "begun"
    """Every step that began counts."""
    NEAREST = "nearest"
    WHOLE = "whole"
    """Only whole steps count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """The desk's rule: minutes of one step, how they are rounded, and the least of one stay."""

    step: int = 15
    rounding: Rounding = Rounding.BEGUN
    least: int = 0

    def __post_init__(self) -> None:
        if self.step < 1 or self.least < 0:
            raise ValueError(f"a step lasts at least a minute and the least isn't negative: {self}")


def charged_minutes(present: int, charge: Charge) -> int:
    """The minutes that are charged for a stay of `present` whole minutes; nothing for nobody.

    ValueError on negative time.
    """
    if present < 0:
        raise ValueError(f"nobody stays {present} minutes")
    if present == 0:
        return 0
    whole, rest = divmod(present, charge.step)
    return max(charge.least, (whole + _one_more(rest, charge)) * charge.step)


def _one_more(rest: int, charge: Charge) -> bool:
    if charge.rounding is Rounding.BEGUN:
        return rest > 0
    return charge.rounding is Rounding.NEAREST and 2 * rest >= charge.step


def amount(minutes: int, hour_price: Decimal, *, at_most: Decimal | None = None) -> Decimal:
    """Euros for charged minutes, to the cent; a day never costs more than `at_most`."""
    asked = cents(hour_price * minutes / HOUR)
    return asked if at_most is None else min(asked, at_most)


def first_that_fit(waiting: Sequence[int], patterns: Mapping[int, int], free: Sequence[int]) -> list[int]:
    """Who of the line, in its order, gets an offer of all moments asked, each taking its places."""
    left, found = list(free), []
    for each in waiting:
        if fits(patterns[each], left):
            found.append(each)
            for slot in moments_of(patterns[each]):
                left[slot] -= 1
    return found
