"""An estimate of the day fee by income, and how it was reckoned; the fee certificate itself is the truth.

A yearly joint taxable income up to a first bound is multiplied by one rate, up to a second bound by another, each
with a cap; above that the fee rises by steps. Reductions (children, social service) are not reckoned.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from kribbe.rules.money import cents
from kribbe.rules.packs import Pack
from kribbe.rules.reasons import Reason

WEEKS, MONTHS = 52, 12
"""Of a year."""
FIGURES = (
    "band1_bound", "band1_rate", "band1_cap", "band2_bound", "band2_rate", "band2_cap", "step",
    "step_first_width", "step_width", "maximum", "minimum",
)  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """A fee for a full day in euros, and the sums that lead to it. `verified`: every figure was read in a source."""

    fee: Decimal
    sums: tuple[Reason, ...]
    verified: bool


def yearly(month: Decimal, pack: Pack, on: date) -> Decimal:
    """A year's income from a month's gross income, in euros."""
    return cents(month * pack.decimal("income_fee.months", on))


def estimate(income: Decimal, pack: Pack, on: date) -> Estimate:
    """The fee for a full day by a yearly joint taxable income in euros.

    Raises ValueError for an income below nought and FigureMissing where the pack has no ladder for that day.
    """
    if income < 0:
        raise ValueError(f"an income can't be {income}")
    figure = {name: pack.decimal(f"income_fee.{name}", on) for name in FIGURES}
    verified = all(pack.figure(f"income_fee.{name}", on).verified for name in FIGURES)
    if income <= figure["band1_bound"]:
        fee, sums = _by_rate(income, figure["band1_rate"], figure["band1_cap"])
    elif income <= figure["band2_bound"]:
        fee, sums = _by_rate(income, figure["band2_rate"], figure["band2_cap"])
    else:
        fee, sums = _by_steps(income - figure["band2_bound"], figure)
    for name, is_beyond in (("minimum", fee < figure["minimum"]), ("maximum", fee > figure["maximum"])):
        if is_beyond:
            fee = figure[name]
            sums = (*sums, Reason.of(f"income_fee.{name}", amount=fee))
    return Estimate(fee, sums, verified)


def beside(income: Decimal, pack: Pack, on: date) -> tuple[Reason, ...]:
    """What the law gives a yearly income besides, by the latest figures: a lower fee, and a lower guarantee."""
    found = []
    if lowest := pack.known("fee.day.lowest", on):
        found.append(
            Reason.of("income_fee.lowest", amount=f"{lowest.value}", year=f"{lowest.valid_from.year}")
        )
    ceiling, most = pack.known("income.ceiling", on), pack.known("deposit.maximum_low_income", on)
    if ceiling and most and income <= Decimal(ceiling.value):
        found.append(Reason.of("income_fee.guarantee", ceiling=f"{ceiling.value}", amount=f"{most.value}"))
    return tuple(found)


def monthly(fee: Decimal, *, full: int, half: int, pack: Pack, on: date) -> Decimal:
    """What an average month costs with so many full and half days in a week, in whole euros."""
    parts = (
        count * cents(fee * pack.decimal(f"stay.share.{stay}", on))
        for stay, count in (("full", full), ("half", half))
    )
    week = sum(parts, Decimal(0))
    return (week * WEEKS / MONTHS).quantize(Decimal(1), ROUND_HALF_UP)


def _by_rate(income: Decimal, rate: Decimal, cap: Decimal) -> tuple[Decimal, tuple[Reason, ...]]:
    fee = cents(income * rate)
    sums = (Reason.of("income_fee.rate", income=cents(income), rate=rate, amount=fee),)
    if fee > cap:
        return cap, (*sums, Reason.of("income_fee.cap", amount=cap))
    return fee, sums


def _by_steps(above: Decimal, figure: dict[str, Decimal]) -> tuple[Decimal, tuple[Reason, ...]]:
    further = max(Decimal(0), above - figure["step_first_width"])
    count = 1 + int((further / figure["step_width"]).to_integral_value(ROUND_CEILING))
    fee = figure["band2_cap"] + count * figure["step"]
    sums = Reason.of(
        "income_fee.steps",
        base=figure["band2_cap"],
        count=count,
        step=figure["step"],
        amount=fee,
    )
    return fee, (sums,)
