"""The allowance: which absences it covers, in the order of the days."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from kribbe.rules.billing.case import Absent, Allowance, Stay

ONE = Decimal(1)


class AllowanceCount:
    """What is left of an allowance while days are gone through; `later` are those that take its place, by day.

    What was used goes on to the next one, two half-days for a day.
    """

    def __init__(self, allowance: Allowance, later: Iterable[tuple[date, Allowance]] = ()) -> None:
        self._allowance = allowance
        self._later = sorted(later, key=lambda each: each[0])
        self.used = allowance.used_before

    @property
    def left(self) -> Decimal:
        return max(Decimal(0), self._allowance.entitled - self.used)

    @property
    def now(self) -> Allowance:
        """The allowance that holds on the day that was reached."""
        return self._allowance

    def go_to(self, on: date) -> None:
        """The allowance of this day holds from here on."""
        while self._later and self._later[0][0] <= on:
            _first, then = self._later.pop(0)
            if then.half_days and not self._allowance.half_days:
                self.used *= 2
            elif self._allowance.half_days and not then.half_days:
                self.used /= 2
            self._allowance = then

    def covers(self, absent: Absent, stay: Stay) -> Decimal:
        """The part of this absence that the allowance covers, 0 to 1; it is taken off what is left.

        Half a full day is covered where a single half-day is left; less than a whole unit covers nothing.
        """
        if absent is Absent.UNTOLD and self._allowance.told_only:
            return Decimal(0)
        needed = stay.halves if self._allowance.half_days else 1
        taken = min(Decimal(needed), self.left // ONE)
        self.used += taken
        return taken / needed
