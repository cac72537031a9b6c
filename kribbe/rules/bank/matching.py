"""Whose a payment may be that names no invoice: proposals for a person to confirm, each with its reason."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.utils import default_process

ALIKE = 85
"""Of a hundred; the same words in another order make a hundred."""


class Why(StrEnum):
    """Reasons, the strongest first."""

    ACCOUNT_AND_AMOUNT = "account_and_amount"
    NAME_AND_AMOUNT = "name_and_amount"
    ACCOUNT = "account"


ORDER = list(Why)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payer: its name, the accounts it paid from, and what is open of its invoices in euros."""

    payer: int
    name: str
    accounts: Collection[str]
    open: Collection[Decimal]

    def asks(self, amount: Decimal) -> bool:
        """Whether one of its invoices, or all of them together, have this amount open."""
        return bool(self.open) and (amount in self.open or amount == sum(self.open, Decimal(0)))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A payer, and why it may be the one."""

    payer: int
    why: Why


def proposed(amount: Decimal, iban: str, name: str, candidates: Iterable[Candidate]) -> Proposal | None:
    """The one payer that is the likeliest; None where none is, or where two are equally likely."""
    found = [
        Proposal(each.payer, why)
        for each in candidates
        if (why := _why(amount, iban, name, each)) is not None
    ]
    if not found:
        return None
    best = min(ORDER.index(each.why) for each in found)
    first, *others = [each for each in found if ORDER.index(each.why) == best]
    return None if others else first


def _why(amount: Decimal, iban: str, name: str, each: Candidate) -> Why | None:
    known = bool(iban) and iban in each.accounts
    if known:
        return Why.ACCOUNT_AND_AMOUNT if each.asks(amount) else Why.ACCOUNT
    alike = bool(name) and token_sort_ratio(name, each.name, processor=default_process) >= ALIKE
    return Why.NAME_AND_AMOUNT if alike and each.asks(amount) else None
