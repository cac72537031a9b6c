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

    `uses` and `left` are in the units of the allowance; `more` is what the month's total gains by the absence, below
    nought where it gets cheaper.
    """

    lines: tuple[Line, ...]
    held: tuple[Held, ...]
    uses: Decimal
    left: Decimal
    more: Decimal

    @property
    def amount(self) -> Decimal:
        """What the days of absence cost together."""
        return sum((line.amount for line in self.lines), Decimal(0))


def cost_of_absence(case: Case, days: Mapping[date, Absent]) -> AbsenceCost:
    """The cost of being absent on these days of the case's month, beside the month as it stands."""
    with_it = replace(case, entries={**case.entries, **{on: Entry(absent=why) for on, why in days.items()}})
    return difference(bill(case), bill(with_it), days)


def difference(before: Result, after: Result, days: Container[date]) -> AbsenceCost:
    """What being absent on these days makes of a month that was priced without and with it."""
    return AbsenceCost(
        lines=tuple(line for line in after.lines if line.on in days),
        held=tuple(held for held in after.held if held.on in days),
        uses=before.allowance_left - after.allowance_left,
        left=after.allowance_left,
        more=after.total - before.total,
    )
