"""Amounts in euros, as decimals."""

from decimal import ROUND_HALF_UP, Decimal

NOUGHT = Decimal(0)
CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Rounded to the cent, half up (away from nought where below it)."""
    return amount.quantize(CENT, ROUND_HALF_UP)
