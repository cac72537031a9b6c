"""What absences will cost by the bill itself: a room above, which prices months, tells it."""

from collections.abc import Callable, Sequence

from kribbe.enrolment.models import Placement
from kribbe.planning.models import Absence
from kribbe.rules.billing.absence import AbsenceCost

Pricer = Callable[[Placement, Sequence[Absence]], list[AbsenceCost] | None]
"""The cost by month of absences that aren't reported yet, as rows that weren't saved; None where it bills nothing."""

_pricers: list[Pricer] = []


def register_pricer(pricer: Pricer) -> None:
    """Ask this one first what absences would cost."""
    if pricer not in _pricers:
        _pricers.append(pricer)


def billed_cost(placement: Placement, absences: Sequence[Absence]) -> list[AbsenceCost] | None:
    """What the bill will ask for these absences by month; None where nobody bills this place."""
    return next((found for each in _pricers if (found := each(placement, absences)) is not None), None)
