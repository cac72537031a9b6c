"""What an extra day costs, or one day for another, before it is agreed: the months priced with and without it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kribbe.rules.billing.result import Held, Line, Result


@dataclass(frozen=True)
class DayCost:
    """The lines of the day, why it can't be priced yet, and euros: `more` is what its months together gain by it,
    below nought where they get cheaper; `elsewhere` is what of that falls on other days, as a discount that moves.
    `later` is what other months gain, as a package that is bought later.
    """

    lines: tuple[Line, ...]
    held: tuple[Held, ...]
    more: Decimal
    elsewhere: Decimal
    later: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal | None:
        """What the bill asks more; None where it can't be told yet."""
        return None if self.held else self.more


def cost_of_day(
    before: Result, after: Result, *, day: date, instead_of: date | None = None, more: Decimal | None = None
) -> DayCost:
    """The difference that a day makes to a month, priced without and with it.

    `more` is the difference of everything asked for the month, where more than this result changes.
    """
    days = (day, instead_of)
    gained = after.total - before.total if more is None else more
    return DayCost(
        lines=tuple(line for line in after.lines if line.on == day),
        held=(
            *(held for held in after.held if held.on == day),
            *(held for held in before.held if held.on == instead_of),
        ),
        more=gained,
        elsewhere=gained - (_of(after, days) - _of(before, days)),
    )


def together(costs: Iterable[DayCost]) -> DayCost:
    """The cost of a day over several months."""
    found = list(costs)
    return DayCost(
        lines=tuple(line for each in found for line in each.lines),
        held=tuple(held for each in found for held in each.held),
        more=sum((each.more for each in found), Decimal(0)),
        elsewhere=sum((each.elsewhere for each in found), Decimal(0)),
    )


def _of(result: Result, days: tuple[date | None, ...]) -> Decimal:
    return sum((line.amount for line in result.lines if line.on in days), Decimal(0))
