"""Free prices: by class of stay, by the hour, by the month, or from a package of days bought together."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from kribbe.rules.billing.case import Case, Fixed, FreePrice, Package, Stay
from kribbe.rules.billing.income import by_house_rules, fixed
from kribbe.rules.billing.package_days import Draw
from kribbe.rules.billing.result import Held, Line
from kribbe.rules.billing.stays import euros, plain
from kribbe.rules.money import CENT, cents
from kribbe.rules.reasons import Reason

ONE = Decimal(1)
VISIT = "getting_used"
"""What a visit to get used is called on a bill."""
_CLASSES = {
    Stay.SHORT: ("short", "half", "full"),
    Stay.HALF: ("half", "full"),
    Stay.FULL: ("full",),
    Stay.LONG: ("long", "full"),
}
"""Whose price holds for a class, the first that the list has."""


class FreeTariff:
    """What stays and absences cost by the location's own price list. Keeps what is left of a package."""

    def __init__(self, case: Case, price: FreePrice) -> None:
        self._case = case
        self._price = price
        self._left = price.package.left if price.package else 0
        self.draws: list[Draw] = []
        """What was taken off packages, in the order of the days."""

    @property
    def left(self) -> int:
        """What is left of the package, in its days or half-days; nought without one."""
        return self._left

    def stay(self, on: date, stay: Stay, length: Decimal | int, what: str) -> Line | Held | None:
        """The price of a stay, also of an extra day or of an absence charged as reserved; None: paid already.

        A visit leaves packages alone: it costs a day's own price, else a day's part of the package.
        """
        if self._price.package and what != VISIT:
            return self._from_package(on, stay, came=what != "absence")
        by_class, by_hour = self._by_class(on, stay, what), self._by_hour(on, length, what)
        lines = [line for line in (by_class, by_hour) if line]
        if not lines and self._price.package:
            return self._part_of_package(on, stay, self._price.package, what)
        if not lines:
            return Held(on, (Reason.of("billing.held.price"),))
        return min(lines, key=lambda line: line.amount)

    def beyond(self, on: date, stay: Stay, length: Decimal | int) -> Line | Held | None:
        """The price of an absence that the allowance doesn't cover: as reserved, unless the house rules ask else."""
        as_reserved = self.stay(on, stay, length, "absence")
        rules = self._case.beyond_on(on)
        if rules is None or self._price.package:
            return as_reserved
        if isinstance(as_reserved, Line):
            return Line(
                on, f"absence.{stay}", ONE, *by_house_rules(rules, stay, as_reserved.amount, as_reserved.why)
            )
        return (
            Line(on, f"absence.{stay}", ONE, *fixed(rules, stay)) if isinstance(rules, Fixed) else as_reserved
        )

    def month(self, covered: list[date]) -> Line | None:
        """The price of the month, for the share of its days on which an agreement holds."""
        if self._price.month is None or not covered:
            return None
        everything = len(self._case.days())
        part = self._price.month * len(covered) / everything
        unit, why = self._discounted(
            part, (Reason.of("billing.free.month", amount=euros(self._price.month)),)
        )
        if len(covered) < everything:
            why = (*why, Reason.of("billing.free.part", days=len(covered), all=everything))
        return Line(covered[0], "month", ONE, unit, why)

    def _by_class(self, on: date, stay: Stay, what: str) -> Line | None:
        prices = (getattr(self._price, name) for name in _CLASSES[stay])
        price = next((each for each in prices if each is not None), None)
        if price is None:
            return None
        return Line(
            on,
            f"{what}.{stay}",
            ONE,
            *self._discounted(price, (Reason.of(f"billing.free.{stay}", amount=euros(price)),)),
        )

    def _by_hour(self, on: date, length: Decimal | int, what: str) -> Line | None:
        if self._price.hour is None:
            return None
        hours = (Decimal(length) / 60).quantize(CENT, ROUND_HALF_UP)
        reason = Reason.of("billing.free.hours", hours=plain(hours), amount=euros(self._price.hour))
        return Line(on, f"{what}.hours", hours, *self._discounted(self._price.hour, (reason,)))

    def _from_package(self, on: date, stay: Stay, *, came: bool) -> Line | None:
        package = self._price.package
        if package is None:
            return None
        needed = stay.halves if package.half_days else 1
        bought = max(0, -(-(needed - self._left) // package.size))
        self.draws.append(
            Draw(on, self._left, needed, bought * package.size, half_days=package.half_days, came=came)
        )
        self._left += bought * package.size - needed
        if not bought:
            return None
        reason = Reason.of(
            "billing.free.package", name=package.name, left=self._left, size=bought * package.size
        )
        return Line(on, "package", Decimal(bought), *self._discounted(package.price, (reason,)))

    def _part_of_package(self, on: date, stay: Stay, package: Package, what: str) -> Line:
        needed = stay.halves if package.half_days else 1
        reason = Reason.of(
            "billing.free.package_part", name=package.name, amount=euros(package.price), size=package.size
        )
        return Line(
            on, f"{what}.{stay}", ONE, *self._discounted(package.price * needed / package.size, (reason,))
        )

    def _discounted(self, amount: Decimal, why: tuple[Reason, ...]) -> tuple[Decimal, tuple[Reason, ...]]:
        discount = self._price.discount
        if not discount:
            return cents(amount), why
        reason = Reason.of("billing.free.discount", percent=plain(discount * 100))
        return cents(amount * (1 - discount)), (*why, reason)
