"""What absences and single days will cost by the bill itself: a room above, which prices months, tells it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from kribbe.enrolment.models import Placement
from kribbe.places.models import Location
from kribbe.planning.models import Absence, DayChange, GettingUsedDay
from kribbe.rules.agreed import Agreement
from kribbe.rules.billing.absence import AbsenceCost
from kribbe.rules.billing.day_cost import DayCost


@dataclass(frozen=True, slots=True)
class MonthGain:
    """An invoiced month and what it would be asked more in euros; below nought it gets cheaper, None isn't known."""

    month: date
    more: Decimal | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What would be agreed for pieces of a stay, by primary key: weeks, and another day fee if any, in euros."""

    placement_ids: Collection[int]
    weeks: Sequence[Agreement]
    day_fee: Decimal | None = None


class Pricer(Protocol):
    """Prices what isn't written yet, given as rows that weren't saved; None where it bills nothing."""

    def absences(
        self, placement: Placement, absences: Sequence[Absence], beside: Sequence[Absence] = ()
    ) -> list[AbsenceCost] | None:
        """The cost of absences by month, once those `beside`, of other pieces of the stay, are reported too."""

    def day(self, placement: Placement, change: DayChange) -> DayCost | None:
        """The cost of an extra day, or of one day for another."""

    def visits(self, placement: Placement, visits: Sequence[GettingUsedDay]) -> Mapping[date, DayCost] | None:
        """The cost by day of visits to get used, which are saved."""

    def months(self, placement: Placement, agreed: Agreed, since: date) -> list[MonthGain] | None:
        """The invoiced months from that of a day on whose price would be another."""

    def is_billed(self, location: Location, since: date) -> bool:
        """Whether a month from that of a day on is invoiced, or being so, for a location."""


_pricers: list[Pricer] = []


def register_pricer(pricer: Pricer) -> None:
    """Ask this one first what something would cost."""
    if pricer not in _pricers:
        _pricers.append(pricer)


def billed_absences(
    placement: Placement, absences: Sequence[Absence], beside: Sequence[Absence] = ()
) -> list[AbsenceCost] | None:
    """What the bill will ask for these absences by month, once those `beside` are told; None where nobody bills."""
    found = (each.absences(placement, absences, beside) for each in _pricers)
    return next((each for each in found if each is not None), None)


def billed_visits(placement: Placement, visits: Sequence[GettingUsedDay]) -> Mapping[date, DayCost] | None:
    """What the bill will ask for visits to get used by day; None where nobody bills this place."""
    found = (each.visits(placement, visits) for each in _pricers)
    return next((each for each in found if each is not None), None)


def billed_day(placement: Placement, change: DayChange) -> DayCost | None:
    """What the bill will ask for a day as it would be granted; None where nobody bills this place."""
    found = (each.day(placement, change) for each in _pricers)
    return next((each for each in found if each is not None), None)


def billed_months(placement: Placement, agreed: Agreed, since: date) -> list[MonthGain] | None:
    """The invoiced months from that of a day on that what would be agreed changes; None where nobody bills this."""
    found = (each.months(placement, agreed, since) for each in _pricers)
    return next((each for each in found if each is not None), None)


def is_billed(location: Location, since: date) -> bool:
    """Whether a month from that of a day on is invoiced, or being so, for a location."""
    return any(each.is_billed(location, since) for each in _pricers)
