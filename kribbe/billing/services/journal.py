"""Writing in the ledger, and settling invoices with what was written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

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

    Raises IntegrityError where the books have an entry with this key, or where it doesn't balance (at commit).
    """
    with transaction.atomic():
        entry = JournalEntry.objects.create(
            books=books, kind=kind, on=on, key=key, note=note, made_at=now, made_by=principal.user_id
        )
        JournalLine.objects.bulk_create(
            JournalLine(entry=entry, account=side.account, payer=side.payer, amount=side.amount)
            for side in sides
            if side.amount
        )
    return entry


def open_invoices(payer: Payer) -> list[Invoice]:
    """A payer's invoices and credit notes that aren't wholly settled, the first due first, each with its `open`."""
    found = Invoice.objects.filter(payer=payer).annotate(
        open=F("total") - Coalesce(Sum("settlements__amount"), NOUGHT)
    )
    return list(found.exclude(open=0).order_by("due_on", "pk"))


def settle(*, entry: JournalEntry, payer: Payer, amount: Decimal, first: Iterable[Invoice] = ()) -> Decimal:
    """Settle a payer's invoices with `amount` euros of an entry; returns what is left over.

    The invoices of `first` come first, then credit notes are set off and the others follow as they fall due.
    """
    with transaction.atomic():
        lock_rows((Payer, payer.pk))
        preferred = {invoice.pk: place for place, invoice in enumerate(first)}
        waiting = open_invoices(payer)
        waiting.sort(
            key=lambda each: (each.open > 0, preferred.get(each.pk, len(preferred)), each.due_on, each.pk)
        )
        rows = []
        left = amount
        for invoice in waiting:
            part = invoice.open if invoice.open < 0 else min(invoice.open, left)
            if part:
                rows.append(Settlement(invoice=invoice, entry=entry, amount=part))
                left -= part
        Settlement.objects.bulk_create(rows)
    return left
