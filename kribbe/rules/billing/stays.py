"""The class of a stay by its length, with the figures of the pack."""

from datetime import date
from decimal import Decimal

from kribbe.rules.billing.case import Case, Stay
from kribbe.rules.money import cents
from kribbe.rules.packs import Pack

FIGURES = ("stay.short_under", "stay.full_from", "stay.long_from", *(f"stay.share.{each}" for each in Stay))


def stay_class(case: Case, length: int, on: date) -> Stay:
    """The class of a stay of so many minutes; a long one is a full day where the location may not charge it."""
    if length >= hours(case.pack, "long_from", on) and case.flex:
        return Stay.LONG
    if length >= hours(case.pack, "full_from", on):
        return Stay.FULL
    if case.at_school(on) and length < hours(case.pack, "short_under", on):
        return Stay.SHORT
    return Stay.HALF


def hours(pack: Pack, bound: str, on: date) -> Decimal:
    """A bound between classes, in minutes."""
    return pack.decimal(f"stay.{bound}", on) * 60


def share(pack: Pack, stay: Stay, on: date) -> Decimal:
    """The share of the day fee that a stay of this class costs."""
    return pack.decimal(f"stay.share.{stay}", on)


def euros(amount: Decimal) -> str:
    """An amount in a sentence."""
    return f"€ {cents(amount):.2f}"


def clock(length: int) -> str:
    """Minutes as hours and minutes: 8:05."""
    return f"{length // 60}:{length % 60:02d}"


def plain(number: Decimal) -> str:
    """A number without needless noughts: 10, 2.5."""
    return f"{number.normalize():f}"
