"""Which days a package paid for: each day or half-day of it is an equal part of its price, in the order of use.

What is left of a package goes on with the next one, so one day may take the last half-day of one package and the
first of another. A day or half-day that nobody used, or that an absence took, is part of the price too.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kribbe.rules.money import cents


@dataclass(frozen=True, slots=True)
class Draw:
    """What a day takes off packages: what was left before it, and what was bought on it; in days, or in half-days."""

    on: date
    left: int
    taken: int
    bought: int
    half_days: bool
    came: bool
    """Whether the child came; an absence that is charged takes a day too."""


@dataclass(frozen=True, slots=True)
class Part:
    """The share of a package's price that a day took: from a point between 0 and 1 to another."""

    day: date
    begins: Fraction
    ends: Fraction
    came: bool

    def of(self, amount: Decimal) -> Decimal:
        """Of an amount, in whole cents; those of all parts of a package sum to what they are together."""
        return _until(amount, self.ends) - _until(amount, self.begins)


@dataclass(slots=True)
class _Open:
    """The package in use: its first day, the share of each day or half-day, and where its price stands."""

    bought_on: date
    each: Fraction
    half_days: bool
    begins: Fraction = Fraction(0)


def parts_of(draws: Iterable[Draw]) -> dict[date, list[Part]]:
    """By the day on which packages were bought, the days that they paid for. Draws are those of one stay, in order.

    Where the price list changed its unit, a day that was left is two half-days, and two half-days are one day. What a
    list without packages, or an odd half-day, made lapse stays without a day.
    """
    found: dict[date, list[Part]] = defaultdict(list)
    package: _Open | None = None
    for draw in draws:
        from_left = min(draw.left, draw.taken)
        if package and from_left:
            _take(package, draw, from_left, found)
        if draw.bought:
            package = _Open(draw.on, Fraction(1, draw.bought), draw.half_days)
            _take(package, draw, draw.taken - from_left, found)
    return dict(found)


def part_not_taken(amount: Decimal, parts: Sequence[Part]) -> Decimal:
    """What of the price of a package no day took yet, in cents."""
    return amount - sum((part.of(amount) for part in parts), Decimal(0))


def _take(package: _Open, draw: Draw, count: int, found: dict[date, list[Part]]) -> None:
    if draw.half_days != package.half_days:
        package.each = package.each / 2 if draw.half_days else package.each * 2
        package.half_days = draw.half_days
    ends = package.begins + count * package.each
    found[package.bought_on].append(Part(draw.on, package.begins, ends, draw.came))
    package.begins = ends


def _until(amount: Decimal, share: Fraction) -> Decimal:
    return cents(amount * share.numerator / share.denominator)
