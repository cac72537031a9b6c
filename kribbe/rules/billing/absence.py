"""What an absence would cost, told before it is reported: the month priced with it and without it."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kribbe.rules.billing.case import Absent, Case, Entry
from kribbe.rules.billing.pricing import bill
from kribbe.rules.billing.result import Held, Line, Result


@dataclass(frozen=True)
class AbsenceCost:
    """The lines of the days of absence, what can't be priced yet, and what it does to allowance and month.

    `uses` and `left` are in the units of the allowance; `more` is what the month is asked more by the absence, below
    nought where it gets cheaper, and `elsewhere` what of that falls on other days: a package that another day buys, a
    discount that moves, a later absence whose free day is gone. `later` is what other months are asked more by it.
    """

    lines: tuple[Line, ...]
    held: tuple[Held, ...]
    uses: Decimal
    left: Decimal
    more: Decimal
    elsewhere: Decimal
    later: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        """What the days of absence cost together."""
        return sum((line.amount for line in self.lines), Decimal(0))


def cost_of_absence(case: Case, days: Mapping[date, Absent]) -> AbsenceCost:
    """The cost of being absent on these days of the case's month, beside the month as it stands. What was granted
    beside the weeks on such a day still was.
    """
    away = {on: replace(case.entries.get(on, Entry()), present=(), absent=why) for on, why in days.items()}
    return difference(bill(case), bill(replace(case, entries={**case.entries, **away})), days)


def difference(
    before: Result, after: Result, days: Container[date], *, more: Decimal | None = None
) -> AbsenceCost:
    """What being absent on these days makes of a month that was priced without and with it.

    `more` is the difference of all that is asked, where that is more than this result.
    """
    gained = after.total - before.total if more is None else more
    return AbsenceCost(
        lines=tuple(line for line in after.lines if line.on in days),
        held=tuple(held for held in after.held if held.on in days),
        uses=before.allowance_left - after.allowance_left,
        left=after.allowance_left,
        more=gained,
        elsewhere=gained - (_of(after, days) - _of(before, days)),
    )


def _of(result: Result, days: Container[date]) -> Decimal:
    return sum((line.amount for line in result.lines if line.on in days), Decimal(0))
