"""Writing in the ledger, and settling invoices with what was written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kribbe.billing.models import (
    Account,
    Books,
    EntryKind,
    Invoice,
    JournalEntry,
    JournalLine,
    Payer,
    Settlement,
)
from kribbe.billing.selectors.accounts import with_open
from kribbe.rules import settling
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

NOUGHT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an entry, in euros: above nought debit, below credit."""

    account: Account
    amount: Decimal
    payer: Payer | None = None


def post(
    *,
    principal: Principal,
    books: Books,
    kind: EntryKind,
    on: date,
    key: str,
    sides: Iterable[Side],
    now: datetime,
    note: str = "",
) -> JournalEntry:
    """Write an entry with its sides, which sum to nought; those of nought are left out.

    One of a closed month has the first open day. Raises IntegrityError where the books have an entry with this key,
    or where it doesn't balance (at commit).
    """
    with transaction.atomic():
        entry = JournalEntry.objects.create(
            books=books,
            kind=kind,
            on=books.open_day(on),
            key=key,
            note=note,
            made_at=now,
            made_by=principal.user_id,
        )
        JournalLine.objects.bulk_create(
            JournalLine(entry=entry, account=side.account, payer=side.payer, amount=side.amount)
            for side in sides
            if side.amount
        )
    return entry


@dataclass(frozen=True, slots=True)
class Open:
    """What of an invoice isn't settled, in euros; below nought of a credit note."""

    invoice: Invoice
    amount: Decimal


def open_invoices(payer: Payer) -> list[Open]:
    """A payer's invoices and credit notes that aren't wholly settled, the first due first."""
    found = with_open(Invoice.objects.filter(payer=payer)).exclude(open=0)
    return [Open(each, each.open) for each in found.order_by("due_on", "pk")]


def settle(*, entry: JournalEntry, payer: Payer, amount: Decimal, first: Sequence[Invoice] = ()) -> Decimal:
    """Settle a payer's invoices with `amount` euros of an entry; returns what is left over.

    Credit notes are set off before anything; the invoices of `first` come first, the others as they fall due.
    """
    with transaction.atomic():
        lock_rows((Payer, payer.pk))
        waiting = [
            settling.Open(each.invoice.pk, each.amount, each.invoice.due_on) for each in open_invoices(payer)
        ]
        parts, left = settling.settled_by(amount, waiting, first=[invoice.pk for invoice in first])
        Settlement.objects.bulk_create(
            Settlement(invoice_id=invoice, entry=entry, amount=part) for invoice, part in parts
        )
    return left
