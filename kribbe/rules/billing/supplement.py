"""The childcare supplement (kinderopvangtoeslag) of a month at a free price: the days that count, and their euros.

The fund of the Groeipakket pays it for care that took place, by the hours of a day in the register: whole above the
pack's upper bound, half from the lower bound on (flanders.md 5.5). So a day counts by its register, whatever was
reserved or charged; one on which no register was kept counts as agreed, and is provisional. The report to the fund
names the day from which a child goes to school: no day from then on is promised. It
changes nothing of what is charged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from kribbe.rules.agreed import Parts
from kribbe.rules.billing.case import Absent, Case, Entry, FreePrice
from kribbe.rules.billing.plan import plan
from kribbe.rules.money import cents
from kribbe.rules.packs import FigureMissing

HALF = Decimal("0.5")


@dataclass(frozen=True)
class Register:
    """When a child was there by day, and the days on which its location kept the register at all."""

    present: Mapping[date, Parts] = field(default_factory=dict)
    kept: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Supplement:
    """Days and half-days that count, what one day gives at the end of the month, and what all give together.

    `provisional` of them, halves too, count as agreed; `at_school` are days of care that don't count, since the child
    goes to school.
    """

    full: int
    half: int
    day: Decimal
    amount: Decimal
    verified: bool
    provisional: int = 0
    at_school: int = 0


def supplement(case: Case, register: Register) -> Supplement | None:
    """None at a price by income, where no day counts, and where the pack has no figure for the month."""
    if not isinstance(case.price, FreePrice):
        return None
    try:
        figure = case.pack.figure("supplement.day", case.days()[-1])
        shares = {each.on: _share(case, each.on, each.used) for each in plan(_attended(case, register))}
    except FigureMissing:
        return None
    counted = {on: share for on, share in shares.items() if share and not case.at_school(on)}
    full, half = (list(counted.values()).count(share) for share in (Decimal(1), HALF))
    if not counted:
        return None
    day = Decimal(figure.value)
    return Supplement(
        full,
        half,
        day,
        cents(day * full) + cents(day * HALF) * half,
        figure.verified,
        provisional=sum(on not in register.present and on not in register.kept for on in counted),
        at_school=sum(bool(share) and case.at_school(on) for on, share in shares.items()),
    )


def _attended(case: Case, register: Register) -> Case:
    """The case with what the register tells in place of what was reserved or charged."""
    entries = dict(case.entries)
    for on in register.kept | register.present.keys():
        known = entries.get(on, Entry())
        parts = register.present.get(on, ())
        entries[on] = replace(known, present=parts, absent=None if parts else known.absent or Absent.UNTOLD)
    return replace(case, entries=entries)


def _share(case: Case, on: date, used: int) -> Decimal:
    if used > 60 * case.pack.decimal("supplement.full_above", on):
        return Decimal(1)
    return HALF if used >= 60 * case.pack.decimal("supplement.half_from", on) else Decimal(0)
