"""What is a payer's own goes off what it owes, at once: nobody is asked for money that the organiser has already."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from kribbe.billing.models import (
    Books,
    EntryKind,
    Invoice,
    JournalEntry,
    Payer,
    Settlement,
    WriteOff,
)
from kribbe.billing.selectors.net import owners
from kribbe.billing.services.posting import Draft, Part, Share, Waiting, summed, write
from kribbe.billing.services.write_offs import ask_again, write_off_rest
from kribbe.rules.money import NOUGHT
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def set_off_issued(
    *, principal: Principal, books: Books, issued: Sequence[Invoice], on: date, now: datetime
) -> None:
    """Of payers of documents that were just issued: credit notes and what is kept settle what is open, and what is
    left is kept. In the transaction that issued them.

    An entry of its own says what was moved. A credit note that only goes off an invoice moves nothing: it is settled
    by its own entry. One of a month that was written off lowers the loss: nobody gets back what it never paid.
    """
    documents = {each.payer_id: each for each in issued if each.total}
    owing_back = owners(documents)
    if not owing_back:
        return
    lock_rows(*((Payer, each) for each in owing_back))
    undone = ask_again(principal=principal, invoices=_written_off(issued), today=on, now=now)
    waiting = Waiting(owing_back)
    drafts: list[Draft] = []
    settled: dict[int, list[Part]] = {}
    for payer in sorted(owing_back):
        sides, parts = waiting.pay_all([Share(payer, NOUGHT)])
        document = documents[payer].pk
        if summed(sides):
            drafts.append(Draft(EntryKind.SET_OFF, on, f"set_off:invoice:{document}", sides, parts))
        elif parts:
            settled[document] = parts
    if drafts:
        write(drafts, principal=principal, books=books, now=now)
    _settle_by_own(books, settled)
    write_off_rest(principal=principal, undone=undone, today=on, now=now)


def _written_off(issued: Iterable[Invoice]) -> set[int]:
    """The invoices (by primary key) of the months of these credit notes of which something is written off."""
    months = {(each.payer_id, each.month) for each in issued if each.total < 0}
    standing = WriteOff.objects.filter(undone=None, invoice__payer__in={payer for payer, _month in months})
    rows = standing.values_list("invoice", "invoice__payer", "invoice__month")
    return {invoice for invoice, payer, month in rows if (payer, month) in months}


def _settle_by_own(books: Books, settled: dict[int, list[Part]]) -> None:
    keys = {f"invoice:{invoice}": invoice for invoice in settled}
    entries: Iterable[JournalEntry] = JournalEntry.objects.filter(books=books, key__in=keys)
    Settlement.objects.bulk_create(
        Settlement(entry=entry, invoice_id=invoice, amount=part)
        for entry in entries
        for invoice, part in settled[keys[entry.key]]
    )


def use_own(*, principal: Principal, payer: Payer, on: date, now: datetime) -> None:
    """Settle what a payer owes with what is its own; what its credit notes give beyond that is kept for it."""
    with transaction.atomic():
        lock_rows((Payer, payer.pk))
        sides, parts = Waiting([payer.pk]).pay_all([Share(payer.pk, NOUGHT)])
        if summed(sides):
            key = f"set_off:{payer.pk}:{now.timestamp()}"
            draft = Draft(EntryKind.SET_OFF, on, key, sides, parts)
            write([draft], principal=principal, books=payer.books, now=now)
        elif parts:
            note = next(invoice for invoice, part in parts if part < 0)
            _settle_by_own(payer.books, {note: parts})
