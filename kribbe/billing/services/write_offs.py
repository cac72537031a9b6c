"""What isn't asked any more, and its undo by a contrary entry."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import (
    Account,
    EntryKind,
    Invoice,
    JournalEntry,
    Payer,
    Settlement,
    WriteOff,
)
from kribbe.billing.selectors.accounts import with_open
from kribbe.billing.services.journal import Side, post
from kribbe.billing.services.sending import household_of
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def write_off(*, principal: Principal, invoice: Invoice, reason: str, today: date, now: datetime) -> WriteOff:
    """Write off all that is still open of an invoice. Raises RefusedError where nothing is."""
    with transaction.atomic():
        lock_rows((Payer, invoice.payer_id), (Invoice, invoice.pk))
        left = with_open(Invoice.objects.filter(pk=invoice.pk)).get().open
        if left <= 0:
            raise RefusedError(_("Nothing of this invoice is open."), code="nothing_open")
        number = invoice.write_offs.count() + 1
        entry = _moved(principal, invoice, left, f"write_off:{invoice.pk}:{number}", reason, today, now)
        made = WriteOff.objects.create(invoice=invoice, amount=left, reason=reason, entry=entry, made_at=now)
        _recorded(principal, made, "debt.write_off", now)
    return made


def undo_write_off(*, principal: Principal, made: WriteOff, today: date, now: datetime) -> WriteOff:
    """Ask it again after all: the contrary entry. A second time changes nothing."""
    with transaction.atomic():
        lock_rows((Payer, made.invoice.payer_id), (WriteOff, made.pk))
        made.refresh_from_db()
        if made.undone is None:
            key = f"write_off_undone:{made.pk}"
            made.undone = _moved(principal, made.invoice, -made.amount, key, made.reason, today, now)
            made.save(update_fields=["undone"])
            _recorded(principal, made, "debt.write_off_undone", now)
    return made


def _moved(
    principal: Principal, invoice: Invoice, euros: Decimal, key: str, note: str, today: date, now: datetime
) -> JournalEntry:
    entry = post(
        principal=principal,
        books=invoice.books,
        kind=EntryKind.WRITE_OFF,
        on=today,
        key=key,
        sides=[Side(Account.LOSS, euros), Side(Account.RECEIVABLE, -euros, invoice.payer)],
        now=now,
        note=note,
    )
    Settlement.objects.create(invoice=invoice, entry=entry, amount=euros)
    return entry


def _recorded(principal: Principal, made: WriteOff, action: str, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=made.invoice,
        now=now,
        household_id=household_of(made.invoice.payer),
    )
