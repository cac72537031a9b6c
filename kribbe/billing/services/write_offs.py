"""What isn't asked any more, of an invoice or of costs, and its undo by a contrary entry."""

from collections.abc import Collection, Iterable
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
    Reminder,
    Settlement,
    Step,
    WriteOff,
)
from kribbe.billing.selectors.accounts import with_open
from kribbe.billing.selectors.net import net_of
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
        return _written_off(principal, invoice, left, reason, today, now, settles=True)


def write_off_costs(
    *, principal: Principal, payer: Payer, reason: str, today: date, now: datetime
) -> WriteOff:
    """Write off all open costs of reminders of a payer, by the invoice that was reminded last.

    Raises RefusedError where none are open.
    """
    with transaction.atomic():
        lock_rows((Payer, payer.pk))
        left = net_of(payer.pk).costs
        reminded = Reminder.objects.filter(invoice__payer=payer, step=Step.COSTS).order_by("-pk").first()
        if left <= 0 or reminded is None:
            raise RefusedError(_("No costs are open."), code="nothing_open")
        return _written_off(principal, reminded.invoice, left, reason, today, now, settles=False)


def undo_write_off(*, principal: Principal, made: WriteOff, today: date, now: datetime) -> WriteOff:
    """Ask it again after all: the contrary entry. A second time changes nothing."""
    with transaction.atomic():
        lock_rows((Payer, made.invoice.payer_id), (WriteOff, made.pk))
        made.refresh_from_db()
        if made.undone is None:
            key = f"write_off_undone:{made.pk}"
            made.undone = _moved(
                principal,
                made.invoice,
                -made.amount,
                key,
                made.reason,
                today,
                now,
                settles=is_of_invoice(made),
            )
            made.save(update_fields=["undone"])
            _recorded(principal, made, "debt.write_off_undone", now)
    return made


def is_of_invoice(made: WriteOff) -> bool:
    """Whether it wrote an invoice off; else it was the costs of its reminders."""
    return made.entry.settlements.exists()


def ask_again(
    *, principal: Principal, invoices: Collection[int], today: date, now: datetime
) -> list[WriteOff]:
    """Somebody pays invoices (by primary key) after all: what was written off of them, costs too, is asked again."""
    found = WriteOff.objects.filter(invoice__in=invoices, undone=None).select_related("invoice__payer")
    return [
        undo_write_off(principal=principal, made=each, today=today, now=now) for each in found.order_by("pk")
    ]


def write_off_rest(
    *, principal: Principal, undone: Iterable[WriteOff], today: date, now: datetime
) -> list[WriteOff]:
    """What a payment left open of write-offs that were undone for it is written off again, for the same reason."""
    made = []
    for each in undone:
        of_invoice = is_of_invoice(each)
        net = net_of(each.invoice.payer_id)
        left = min(each.amount, net.asked.get(each.invoice_id, Decimal(0)) if of_invoice else net.costs_asked)
        if left > 0:
            again = _written_off(principal, each.invoice, left, each.reason, today, now, settles=of_invoice)
            made.append(again)
    return made


def _written_off(
    principal: Principal,
    invoice: Invoice,
    euros: Decimal,
    reason: str,
    today: date,
    now: datetime,
    *,
    settles: bool,
) -> WriteOff:
    number = invoice.write_offs.count() + 1
    key = f"write_off:{invoice.pk}:{number}"
    entry = _moved(principal, invoice, euros, key, reason, today, now, settles=settles)
    made = WriteOff.objects.create(invoice=invoice, amount=euros, reason=reason, entry=entry, made_at=now)
    _recorded(principal, made, "debt.write_off", now)
    return made


def _moved(
    principal: Principal,
    invoice: Invoice,
    euros: Decimal,
    key: str,
    note: str,
    today: date,
    now: datetime,
    *,
    settles: bool,
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
    if settles:
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
