"""The allowance: which absences it covers, in the order of the days."""

from decimal import Decimal

from kribbe.rules.billing.case import Absent, Allowance, Stay

ONE = Decimal(1)


class AllowanceCount:
    """What is left of an allowance while a month is gone through."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self.left = max(Decimal(0), allowance.entitled - allowance.used_before)

    def covers(self, absent: Absent, stay: Stay) -> Decimal:
        """The part of this absence that the allowance covers, 0 to 1; it is taken off what is left.

        Half a full day is covered where a single half-day is left; less than a whole unit covers nothing.
        """
        if absent is Absent.UNTOLD and self._allowance.told_only:
            return Decimal(0)
        needed = stay.halves if self._allowance.half_days else 1
        taken = min(Decimal(needed), self.left // ONE)
        self.left -= taken
        return taken / needed
