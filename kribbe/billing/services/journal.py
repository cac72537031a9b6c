"""Writing in the ledger, and what of a payer is open in it."""

from collections.abc import Iterable
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
)
from kribbe.billing.selectors.accounts import with_open
from kribbe.trust.principal import Principal


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
