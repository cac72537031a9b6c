"""The childcare supplement (kinderopvangtoeslag) of a month at a free price: the days that count, and their euros.

The fund of the Groeipakket pays it for care that took place, by the hours of a day in the register: whole above the
pack's upper bound, half from the lower bound on (flanders.md 5.5). It changes nothing of what is charged.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kribbe.rules.billing.case import Case, FreePrice
from kribbe.rules.billing.plan import plan
from kribbe.rules.billing.stays import cents
from kribbe.rules.packs import FigureMissing

HALF = Decimal("0.5")


@dataclass(frozen=True)
class Supplement:
    """Days and half-days that count, what one day gives at the end of the month, and what all give together."""

    full: int
    half: int
    day: Decimal
    amount: Decimal
    verified: bool


def supplement(case: Case) -> Supplement | None:
    """None at a price by income, where no day counts, and where the pack has no figure for the month."""
    if not isinstance(case.price, FreePrice):
        return None
    try:
        figure = case.pack.figure("supplement.day", case.days()[-1])
        shares = [_share(case, each.on, each.used) for each in plan(case)]
    except FigureMissing:
        return None
    full, half = shares.count(Decimal(1)), shares.count(HALF)
    day = Decimal(figure.value)
    amount = cents(day * full) + cents(day * HALF) * half
    return Supplement(full, half, day, amount, figure.verified) if full or half else None


def _share(case: Case, on: date, used: int) -> Decimal:
    if used > 60 * case.pack.decimal("supplement.full_above", on):
        return Decimal(1)
    return HALF if used >= 60 * case.pack.decimal("supplement.half_from", on) else Decimal(0)
