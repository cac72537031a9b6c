"""The net of a payer: what it owes and what is its own, all from the ledger, so that nobody is asked what it needn't
pay and nothing of a payer is overlooked. Euros.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from kribbe.billing.models import Account, Deposit, Invoice, InvoiceKind, JournalLine
from kribbe.billing.selectors.accounts import with_open
from kribbe.billing.selectors.deposits import standing
from kribbe.rules.money import NOUGHT
from kribbe.rules.settling import Open, Settled, settled_by

Leaving = Callable[[Collection[int]], Mapping[int, Decimal]]
"""Given payers by primary key: what of the money kept for each is on its way back to it."""
_leaving: list[Leaving] = []


def register_leaving(found: Leaving) -> None:
    """Have the room that pays money back say what is on its way; a second call changes nothing."""
    if found not in _leaving:
        _leaving.append(found)


@dataclass(slots=True)
class Net:
    """Where a payer and an organiser stand with each other.

    `waiting` are invoices and credit notes that aren't settled, by primary key. `costs` of reminders are open, or
    below nought where the ledger has more paid than was asked. `kept` is what can be used or paid back now, `leaving`
    is on its way back, `deposits` were asked and didn't come in.
    """

    waiting: dict[int, Open] = field(default_factory=dict)
    costs: Decimal = NOUGHT
    kept: Decimal = NOUGHT
    leaving: Decimal = NOUGHT
    deposits: Decimal = NOUGHT

    def settled(self, amount: Decimal = NOUGHT, *, first: Collection[int] = ()) -> Settled:
        """What a payment would settle together with what is the payer's own already."""
        own = amount + self.kept - min(self.costs, NOUGHT)
        return settled_by(own, self.waiting.values(), first=first, costs=max(self.costs, NOUGHT))

    @property
    def asked(self) -> dict[int, Decimal]:
        """What is to be paid of each invoice, by primary key, once all that is the payer's is set off."""
        settled = dict(self.settled().parts)
        return {
            key: each.open - settled.get(key, NOUGHT) for key, each in self.waiting.items() if each.open > 0
        }

    @property
    def costs_asked(self) -> Decimal:
        """What is to be paid of costs, once all that is the payer's is set off."""
        return max(self.costs, NOUGHT) - self.settled().costs

    @property
    def owed(self) -> Decimal:
        """What is to be paid in all, deposits aside."""
        return sum(self.asked.values(), self.costs_asked)

    @property
    def own(self) -> Decimal:
        """What is the payer's own: kept, given by credit notes, or paid beyond what was asked."""
        gives = sum((-each.open for each in self.waiting.values() if each.open < 0), NOUGHT)
        return self.kept + gives - min(self.costs, NOUGHT)

    @property
    def free(self) -> Decimal:
        """What of it is left once it went off what the payer owes, and could be paid back."""
        return self.settled().left


def net_of(payer_id: int) -> Net:
    """The net of one payer."""
    return nets([payer_id])[payer_id]


def nets(payers: Iterable[int]) -> dict[int, Net]:
    """The net of each of these payers, by primary key; as many queries for one as for a thousand."""
    keys = set(payers)
    found = {key: Net() for key in keys}
    rows = with_open(Invoice.objects.filter(payer__in=keys)).exclude(open=0)
    for payer, *asked in rows.values_list("payer", "pk", "open", "due_on", "month"):
        each = Open(*asked)
        found[payer].waiting[each.invoice] = each
    sums = _sums(keys)
    leaving = _all_leaving(keys)
    deposits = _deposits(keys)
    for key, net in found.items():
        of_invoices = sum((each.open for each in net.waiting.values()), NOUGHT)
        net.costs = sums[key, Account.RECEIVABLE] - of_invoices
        net.leaving = leaving[key]
        net.kept = max(-sums[key, Account.TO_REFUND] - net.leaving, NOUGHT)
        net.deposits = deposits[key]
    return found


def owners(payers: "Collection[int] | QuerySet[Any]") -> set[int]:
    """Those of these payers for whom something is kept, or with a credit note that isn't used up."""
    kept = (
        JournalLine.objects.filter(payer__in=payers, account=Account.TO_REFUND)
        .values("payer")
        .annotate(sum=Sum("amount"))
        .filter(sum__lt=0)
    )
    credit = with_open(Invoice.objects.filter(payer__in=payers, kind=InvoiceKind.CREDIT)).exclude(open=0)
    return {*kept.values_list("payer", flat=True), *credit.values_list("payer", flat=True)}


def asked_of(invoices: Iterable[Invoice]) -> dict[int, Decimal]:
    """What is to be paid of each of these invoices, by primary key; of those that are settled, nought."""
    rows = list(invoices)
    found = nets(each.payer_id for each in rows)
    asked = {key: euros for net in found.values() for key, euros in net.asked.items()}
    return {each.pk: asked.get(each.pk, NOUGHT) for each in rows}


@dataclass(frozen=True, slots=True)
class ToPay:
    """What is to be paid by an invoice's reference: of the invoice, and costs of its reminders."""

    asked: Decimal
    costs: Decimal

    @property
    def total(self) -> Decimal:
        return self.asked + self.costs


def to_pay(invoice: Invoice) -> ToPay:
    """What is to be paid for an invoice now, once all that is the payer's is set off."""
    net = net_of(invoice.payer_id)
    added = sum((each.costs for each in invoice.reminders.all()), NOUGHT)
    return ToPay(net.asked.get(invoice.pk, NOUGHT), min(added, net.costs_asked))


def own_used(invoice: Invoice) -> Decimal:
    """What of an invoice was settled, on the day it was issued, with what was the payer's own; its paper says so."""
    key = f"set_off:invoice:{invoice.pk}"
    return sum((each.amount for each in invoice.settlements.all() if each.entry.key == key), NOUGHT)


def _sums(payers: Collection[int]) -> Mapping[tuple[int, str], Decimal]:
    rows = (
        JournalLine.objects.filter(payer__in=payers, account__in=(Account.RECEIVABLE, Account.TO_REFUND))
        .values_list("payer", "account")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    return defaultdict(Decimal, {(payer, account): euros for payer, account, euros in rows})


def _all_leaving(payers: Collection[int]) -> Mapping[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    for ask in _leaving:
        for payer, euros in ask(payers).items():
            found[payer] += euros
    return found


def _deposits(payers: Collection[int]) -> Mapping[int, Decimal]:
    """What was asked as deposits and never came in."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    rows = standing(Deposit.objects.filter(payer__in=payers))
    for payer, unpaid in rows.filter(unpaid__gt=0).values_list("payer", "unpaid"):
        found[payer] += unpaid
    return found
