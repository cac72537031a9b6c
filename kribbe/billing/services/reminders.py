"""Reminders by Book XIX of the Code of Economic Law: the first is free, the second adds what the law allows."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import Account, Delivery, EntryKind, Invoice, JournalEntry, Payer, Reminder, Step
from kribbe.billing.selectors.late import Late, late_among, pack
from kribbe.billing.services.journal import Side, post
from kribbe.billing.services.sending import address_of, desk_of, household_of, way_of
from kribbe.billing.words import printed_iban, printed_reference
from kribbe.contact.services import tell_one
from kribbe.rules.reminders import last_free_day
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.web.templatetags.telling import amount

TERM = timedelta(days=14)
"""Days to pay after a reminder with costs."""


def remind(*, principal: Principal, invoice_id: int, step: Step, today: date, now: datetime) -> Reminder:
    """Send the reminder that is due for a late invoice; its costs go to the ledger.

    Raises RefusedError where another step than this one is due, so that nothing is asked twice or too early, where a
    plan covers the invoice, and where what is kept for the payer does.
    """
    with transaction.atomic():
        lock_rows(
            (Payer, Invoice.objects.values_list("payer", flat=True).get(pk=invoice_id)), (Invoice, invoice_id)
        )
        found = _late(invoice_id, today)
        if found is None or found.next != step:
            raise RefusedError(_("This reminder can't be sent now: look at the list again."), code="not_due")
        reminder = _written(principal, found, step, today, now)
        _tell(reminder, now)
        record(
            principal=principal,
            action="reminder.send",
            subject=found.invoice,
            now=now,
            household_id=household_of(found.invoice.payer),
            step=int(step),
        )
    return reminder


def _late(invoice_id: int, today: date) -> Late | None:
    return next(iter(late_among(Invoice.objects.filter(pk=invoice_id), today)), None)


def _written(principal: Principal, found: Late, step: Step, today: date, now: datetime) -> Reminder:
    invoice = found.invoice
    key = f"reminder:{invoice.pk}:{int(step)}"
    return Reminder.objects.create(
        invoice=invoice,
        step=step,
        on=today,
        pay_by=last_free_day(today, pack()) if step == Step.FREE else today + TERM,
        asked=found.asked,
        interest=found.costs.interest,
        lump=found.costs.lump,
        entry=_posted(principal, found, key, today, now),
        made_at=now,
        made_by=principal.user_id,
    )


def _posted(principal: Principal, found: Late, key: str, today: date, now: datetime) -> JournalEntry | None:
    total = found.costs.total
    if not total:
        return None
    return post(
        principal=principal,
        books=found.invoice.books,
        kind=EntryKind.REMINDER,
        on=today,
        key=key,
        sides=[Side(Account.RECEIVABLE, total, found.invoice.payer), Side(Account.COSTS, -total)],
        now=now,
    )


def _tell(reminder: Reminder, now: datetime) -> None:
    """By mail with the document; whoever gets paper or an electronic invoice gets it printed from the list."""
    invoice = reminder.invoice
    payer = invoice.payer
    address = address_of(payer)
    if not address or way_of(payer) == Delivery.PAPER:
        return
    seller = invoice.parties["seller"]
    household = household_of(payer)
    tell_one(
        desk=desk_of(invoice),
        household_id=household,
        name=payer.name,
        address=address,
        language=invoice.language,
        kind="billing/reminder",
        context={
            "sender": seller["name"],
            "number": str(invoice),
            "amount": amount(reminder.asked + reminder.costs),
            "pay_by": reminder.pay_by,
            "iban": printed_iban(seller["iban"]),
            "reference": printed_reference(invoice.ogm),
        },
        now=now,
        link=reverse("billing:my_invoice", args=[invoice.reference]) if household else "",
        about=f"reminder:{reminder.pk}",
        once=f"reminder:{reminder.pk}",
    )
