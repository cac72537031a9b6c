"""Income-based prices: the certificate's day fee by the class of the stay, and absences beyond the allowance."""

from datetime import date
from decimal import Decimal

from kribbe.rules.billing.case import Case, Fixed, OwnFee, Stay
from kribbe.rules.billing.result import Held, Line
from kribbe.rules.billing.stays import euros, plain, share
from kribbe.rules.money import cents
from kribbe.rules.packs import Figure
from kribbe.rules.reasons import Reason

MAXIMUM = "fee.day.maximum"
ONE = Decimal(1)


class IncomeTariff:
    """What stays and absences cost by the child's fee certificates."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def stay(self, on: date, stay: Stay, length: Decimal | int, what: str) -> Line | Held:
        """The price of a stay, also of an extra day. The length is in its class already."""
        priced = self._own(on, stay)
        if priced is None:
            return Held(on, (Reason.of("billing.held.certificate"),))
        return Line(on, f"{what}.{stay}", ONE, *priced)

    def beyond(self, on: date, stay: Stay, length: Decimal | int) -> Line | Held:
        """The price of an absence that the allowance doesn't cover; without house rules it is the family's own."""
        priced = self._own(on, stay)
        if priced is None:
            return Held(on, (Reason.of("billing.held.certificate"),))
        amount, why = by_house_rules(self._case.beyond_on(on) or OwnFee(), stay, *priced)
        amount, limits = self._limited(on, stay, amount)
        return Line(on, f"absence.{stay}", ONE, amount, why + limits)

    def _own(self, on: date, stay: Stay) -> tuple[Decimal, tuple[Reason, ...]] | None:
        fee = next((each.day_fee for each in self._case.certificates if each.holds(on)), None)
        if fee is None:
            return None
        part = share(self._case.pack, stay, on)
        reason = Reason.of(f"billing.income.{stay}", percent=plain(part * 100), fee=euros(fee))
        return cents(fee * part), (reason,)

    def _limited(self, on: date, stay: Stay, amount: Decimal) -> tuple[Decimal, tuple[Reason, ...]]:
        maximum = self._case.pack.latest(MAXIMUM, on)
        part = share(self._case.pack, stay, on)
        limit = cents(Decimal(maximum.value) * part)
        why = doubts(maximum, on)
        if amount <= limit:
            return amount, why
        cap = Reason.of(
            "billing.absent.cap",
            amount=euros(limit),
            percent=plain(part * 100),
            maximum=euros(Decimal(maximum.value)),
        )
        return limit, (cap, *why)


def by_house_rules(
    rules: Fixed | OwnFee, stay: Stay, own: Decimal, why: tuple[Reason, ...]
) -> tuple[Decimal, tuple[Reason, ...]]:
    """The amount that the house rules ask for an absence, given the family's own price of that stay."""
    if isinstance(rules, Fixed):
        return fixed(rules, stay)
    least = cents(rules.least.of(stay))
    if own >= least:
        return own, why
    return least, (*why, Reason.of("billing.absent.least", amount=euros(least)))


def fixed(rules: Fixed, stay: Stay) -> tuple[Decimal, tuple[Reason, ...]]:
    """The amount of the house rules that holds whatever the family's own price is."""
    amount = cents(rules.amounts.of(stay))
    return amount, (Reason.of("billing.absent.fixed", amount=euros(amount)),)


def doubts(maximum: Figure, on: date) -> tuple[Reason, ...]:
    """What to say of a maximum fee that isn't sure."""
    if not maximum.holds(on) and maximum.valid_to is not None:
        return (Reason.of("billing.absent.maximum_earlier", year=str(maximum.valid_to.year)),)
    return () if maximum.verified else (Reason.of("billing.absent.maximum_unverified"),)
