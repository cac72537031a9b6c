"""What payers owe and what was kept of them, all from the ledger. Euros."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat, TruncMonth

from kribbe.billing.models import Account, Books, EntryKind, Invoice, JournalEntry, JournalLine, Payer
from kribbe.rules.money import NOUGHT

OWED = (Account.RECEIVABLE, Account.TO_REFUND)
"""What a payer owes, and what of it is kept: together what stands between it and the organiser."""
OF_INVOICES = (EntryKind.INVOICE, EntryKind.CREDIT)
"""Kinds of the entries by which invoices and credit notes are posted; each has one."""
BANDS = (0, 30, 60, 90)
"""Days late up to which a band goes; the first is what isn't due yet, the last what is later than all."""


def with_open(invoices: QuerySet[Invoice], *, on: date | None = None) -> "QuerySet[Any]":
    """These invoices, each with what is `open` of it: now, or at the end of a day."""
    when = Q() if on is None else Q(settlements__entry__on__lte=on)
    return invoices.annotate(open=F("total") - Coalesce(Sum("settlements__amount", filter=when), NOUGHT))


def asked_by(invoices: QuerySet[Invoice]) -> Decimal:
    """What payers owe by the entries of these invoices and credit notes, before anything was paid."""
    keys = invoices.order_by().values(key=Concat(Value("invoice:"), Cast("pk", CharField())))
    books = invoices.order_by().values("books")
    lines = JournalLine.objects.filter(
        account=Account.RECEIVABLE, entry__kind__in=OF_INVOICES, entry__books__in=books, entry__key__in=keys
    )
    return Decimal(lines.aggregate(sum=Coalesce(Sum("amount"), NOUGHT))["sum"])


def balance(payer: Payer, *accounts: Account, on: date | None = None) -> Decimal:
    """What accounts (where none is given: what is owed) have of a payer: above nought it owes, below we owe it."""
    lines = JournalLine.objects.filter(payer=payer, account__in=accounts or (Account.RECEIVABLE,))
    if on is not None:
        lines = lines.filter(entry__on__lte=on)
    return Decimal(lines.aggregate(sum=Coalesce(Sum("amount"), NOUGHT))["sum"])


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a statement: what it adds to what is owed (below nought: paid), and what is owed after it."""

    entry: JournalEntry
    amount: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """A payer's account over some days, the first and the last included."""

    payer: Payer
    first: date
    last: date
    before: Decimal
    movements: Sequence[Movement]

    @property
    def after(self) -> Decimal:
        return self.movements[-1].after if self.movements else self.before


def statement(payer: Payer, first: date, last: date) -> Statement:
    """What was asked of a payer and what it paid, from the first day to the last; what is kept for it isn't owed.

    What only went from one to the other isn't shown.
    """
    before = balance(payer, *OWED, on=first - timedelta(days=1))
    entries = JournalEntry.objects.filter(
        lines__payer=payer, lines__account__in=OWED, on__range=(first, last)
    ).annotate(moved=Sum("lines__amount"))
    movements = []
    running = before
    for entry in entries.exclude(moved=0).order_by("on", "pk"):
        running += entry.moved
        movements.append(Movement(entry, entry.moved, running))
    return Statement(payer, first, last, before, movements)


@dataclass(slots=True)
class Aged:
    """What a payer owes by how late it is: not yet due, up to 30, 60 and 90 days, later; and beside the invoices the
    costs of reminders, less what is kept for it."""

    payer: Payer
    bands: list[Decimal] = field(default_factory=lambda: [NOUGHT] * (len(BANDS) + 1))
    beside: Decimal = NOUGHT
    total: Decimal = NOUGHT


def aged(books: Books, on: date) -> list[Aged]:
    """Every payer whose account wasn't at nought at the end of a day; the totals are those of the ledger."""
    owed = dict(
        JournalLine.objects.filter(
            account__in=OWED, entry__books=books, entry__on__lte=on
        ).values_list("payer").annotate(sum=Sum("amount")).order_by()
    )  # fmt: skip
    found = {
        each.pk: Aged(each, total=owed[each.pk]) for each in books.payers.filter(pk__in=owed).order_by("name")
    }
    issued = Invoice.objects.filter(books=books, issued_on__lte=on)
    for invoice in with_open(issued, on=on).exclude(open=0):
        found[invoice.payer_id].bands[_band((on - invoice.due_on).days)] += invoice.open
    for row in found.values():
        row.beside = row.total - sum(row.bands)
    return [row for row in found.values() if row.total or any(row.bands)]


def _band(days_late: int) -> int:
    return next((number for number, most in enumerate(BANDS) if days_late <= most), len(BANDS))


def journal_rows(books: Books, first: date, last: date) -> QuerySet[JournalLine]:
    """The lines of the journal over some days, in the order in which they were entered."""
    lines = JournalLine.objects.filter(entry__books=books, entry__on__range=(first, last))
    return lines.select_related("entry", "payer").order_by("entry__on", "entry__pk", "pk")


def documents_of(entries: Iterable[JournalEntry]) -> dict[int, str]:
    """The number of the invoice or credit note that an entry is of, by entry; one query."""
    of = {int(each.key.partition(":")[2]): each.pk for each in entries if each.key.startswith("invoice:")}
    return {of[each.pk]: str(each) for each in Invoice.objects.filter(pk__in=of)}


def sales_rows(books: Books, first: date, last: date) -> QuerySet[Invoice]:
    """The invoices and credit notes that were issued on some days, by number."""
    found = Invoice.objects.filter(books=books, issued_on__range=(first, last))
    return found.select_related("payer").order_by("year", "number")


def months_without_number(books: Books, since: date) -> list[tuple[date, int]]:
    """The months since a day in which documents were issued without a number of the seller, with how many."""
    found = Invoice.objects.filter(
        books=books, issued_on__gte=since, parties__seller__enterprise_number=""
    ).annotate(issued_in=TruncMonth("issued_on"))
    counted = found.order_by().values_list("issued_in").annotate(Count("pk"))
    return sorted(counted, reverse=True)


def sums_by_account(lines: Iterable[JournalLine]) -> dict[str, tuple[Decimal, Decimal]]:
    """Debit and credit of each account."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [NOUGHT, NOUGHT])
    for line in lines:
        sums[line.account][line.amount < 0] += abs(line.amount)
    return {account: (debit, credit) for account, (debit, credit) in sums.items()}
