"""One child's month, priced: every stay, absence, extra charge and one-off charge, in the order of the days."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from kribbe.rules.billing.allowance import AllowanceCount
from kribbe.rules.billing.case import Absent, Case, Charge, FreePrice, Stay
from kribbe.rules.billing.free import VISIT, FreeTariff
from kribbe.rules.billing.income import IncomeTariff
from kribbe.rules.billing.package_days import Draw
from kribbe.rules.billing.plan import PlanDay, plan
from kribbe.rules.billing.result import Held, Line, Result
from kribbe.rules.billing.stays import clock, euros, hours, stay_class
from kribbe.rules.money import cents
from kribbe.rules.reasons import Reason

ONE = Decimal(1)


def bill(case: Case) -> Result:
    """What the month costs. The order of days, certificates, agreements and closing days doesn't matter."""
    return _Month(case).result()


def package_left(case: Case) -> int:
    """What is left of the package after the month, in its days or half-days; nought without one."""
    return _Month(case).package_left()


def package_draws(case: Case) -> list[Draw]:
    """What the month takes off packages of days, in the order of its days."""
    return _Month(case).package_draws()


class _Month:
    """Goes through the days once, with what is left of the allowance and of a month's price."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._days = plan(case)
        self._reserved = sum(day.in_month for day in self._days)
        self._allowance = AllowanceCount(
            case.allowance, ((each.start, each.allowance) for each in case.later)
        )
        self._tariff = (
            FreeTariff(case, case.price) if isinstance(case.price, FreePrice) else IncomeTariff(case)
        )
        covered = [on for on in case.days() if any(each.holds(on) for each in case.agreement)]
        self._month = self._tariff.month(covered) if isinstance(self._tariff, FreeTariff) else None
        self._to_deduct = self._month.amount if self._month else Decimal(0)

    def result(self) -> Result:
        found: list[Line | Held] = [self._month] if self._month else []
        found += [each for day in self._days for each in self._day(day)]
        lines = [each for each in found if isinstance(each, Line)]
        lines += [charge_line(each) for each in self._case.charges]
        held = [each for each in found if isinstance(each, Held)]
        self._allowance.go_to(self._case.days()[-1])
        return Result(tuple(sorted(lines, key=lambda line: line.on)), tuple(held), self._allowance.left)

    def package_left(self) -> int:
        self.result()
        return self._tariff.left if isinstance(self._tariff, FreeTariff) else 0

    def package_draws(self) -> list[Draw]:
        self.result()
        return self._tariff.draws if isinstance(self._tariff, FreeTariff) else []

    def _day(self, day: PlanDay) -> Iterator[Line | Held]:
        if day.absent is not None and not day.used:
            yield from self._absence(day, day.absent)
        else:
            yield from self._stay(day)

    def _stay(self, day: PlanDay) -> Iterator[Line | Held]:
        length = max(day.reserved, day.used)
        stay = stay_class(self._case, length, day.on)
        priced: Line | Held | None = None
        if day.is_extra or not self._month:
            priced = self._tariff.stay(day.on, stay, length, _what(day))
        if priced:
            yield _explained(priced, [*_lengths(day), *self._no_long(stay, length, day.on)])
        elif self._month and day.extra:
            priced = self._beside(day)
            if priced:
                yield priced
        if not isinstance(priced, Held):
            yield from self._extras(day.on, stay)

    def _beside(self, day: PlanDay) -> Line | Held | None:
        """What was granted on a day of the month beside its hours: asked as it is on any other day."""
        priced = self._tariff.stay(day.on, stay_class(self._case, day.extra, day.on), day.extra, "extra_day")
        why = [Reason.of("billing.beside", extra=clock(day.extra))]
        return _explained(priced, why) if priced else None

    def _extras(self, on: date, stay: Stay) -> Iterator[Line]:
        for extra in self._case.extras:
            if amount := extra.amounts.of(stay):
                yield Line(on, extra.name, ONE, cents(amount), (Reason.of(f"billing.each.{stay}"),))

    def _absence(self, day: PlanDay, absent: Absent) -> Iterator[Line | Held]:
        stay = stay_class(self._case, day.reserved, day.on)
        self._allowance.go_to(day.on)
        covered = ONE if absent.is_free else self._allowance.covers(absent, stay)
        if self._month and day.in_month:
            yield from self._deduction(day.on, absent, covered)
            beside = stay_class(self._case, day.extra, day.on)
            if day.extra and covered < 1 and (priced := self._tariff.beyond(day.on, beside, day.extra)):
                yield self._uncovered(priced, day.extra, absent, covered)
        elif covered < 1:
            length = day.reserved * (1 - covered)
            priced = self._tariff.beyond(day.on, stay if not covered else Stay.HALF, length)
            if priced:
                yield self._uncovered(priced, day.reserved, absent, covered)

    def _uncovered(self, priced: Line | Held, reserved: int, absent: Absent, covered: Decimal) -> Line | Held:
        why = Reason.of("billing.as_reserved", reserved=clock(reserved))
        return _explained(priced, [why, self._why_asked(absent, covered)])

    def _why_asked(self, absent: Absent, covered: Decimal) -> Reason:
        if covered:
            return Reason.of("billing.absent.half")
        if absent is Absent.UNTOLD and self._allowance.now.told_only:
            return Reason.of("billing.absent.untold")
        return Reason.of("billing.absent.beyond")

    def _deduction(self, on: date, absent: Absent, covered: Decimal) -> Iterator[Line]:
        """A day that isn't charged, taken off the price of the month, which never falls below nought."""
        if not covered or self._month is None:
            return
        unit = min(cents(self._month.amount / self._reserved), cents(self._to_deduct / covered))
        code = f"billing.absent.{absent}" if absent.is_free else "billing.absent.covered"
        why = Reason.of("billing.free.deducted", days=self._reserved, amount=euros(unit))
        line = Line(on, "month.absence", -covered, unit, (Reason.of(code), why))
        self._to_deduct += line.amount
        yield line

    def _no_long(self, stay: Stay, length: int, on: date) -> list[Reason]:
        is_long = length >= hours(self._case.pack, "long_from", on)
        return [Reason.of("billing.no_long")] if is_long and stay is not Stay.LONG else []


def _explained(priced: Line | Held, why: list[Reason]) -> Line | Held:
    reasons = (*why, *priced.why)
    if isinstance(priced, Held):
        return Held(priced.on, reasons)
    return Line(priced.on, priced.what, priced.quantity, priced.unit_price, reasons)


def _what(day: PlanDay) -> str:
    if day.is_visit:
        return VISIT
    return "extra_day" if day.is_extra else "stay"


def _lengths(day: PlanDay) -> list[Reason]:
    if day.is_visit:
        return [Reason.of("billing.getting_used", used=clock(day.used))]
    if day.is_extra:
        code = "billing.extra_closed" if day.closed else "billing.extra"
        return [Reason.of(code, used=clock(day.used))]
    swapped = [Reason.of("billing.swapped", day=day.swapped)] if day.swapped else []
    if not day.written:
        return [*swapped, Reason.of("billing.as_agreed", reserved=clock(day.reserved))]
    return [*swapped, Reason.of("billing.reserved", reserved=clock(day.reserved), used=clock(day.used))]


def charge_line(charge: Charge) -> Line:
    """What is charged once, or given back."""
    code = "billing.once" if charge.amount >= 0 else "billing.given_back"
    return Line(charge.on, charge.name, ONE, cents(charge.amount), (Reason.of(code),))
