"""Invoices leave: by mail in the payer's language, on the pile to print, or as a file for Peppol. Each once.

One that can't is kept as stuck, with its reason; the others leave.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from kribbe.billing.models import Delivery, Invoice, InvoicePaper, MailingKind, Payer, Sending, StuckAt
from kribbe.billing.papers import invoice_pdf, make_papers
from kribbe.billing.selectors.net import to_pay
from kribbe.billing.services.stuck import left
from kribbe.billing.words import printed_iban, printed_reference
from kribbe.contact.models import Notice
from kribbe.contact.services import tell_one
from kribbe.region.models import Desk
from kribbe.trust.audit import record
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.web.templatetags.telling import amount


def send_invoices(
    *, principal: Principal, invoices: Iterable[Invoice], now: datetime, workers: int = 0
) -> int:
    """Send those that didn't leave yet, each in a transaction of its own; returns how many.

    Their papers are made first. Interrupted, the rest leaves at the next call, and none leaves twice.
    """
    waiting = [each for each in invoices if not hasattr(each, "sending")]
    keys = [each.pk for each in waiting]
    if waiting:
        make_papers(keys, now=now, workers=workers or (1 if len(waiting) < 50 else 0))
    made = set(InvoicePaper.objects.filter(invoice__in=keys).values_list("invoice_id", flat=True))
    return sum(_sent(principal, each, now, has_paper=each.pk in made) for each in waiting)


def _sent(principal: Principal, invoice: Invoice, now: datetime, *, has_paper: bool) -> bool:
    """Whether one left here."""
    about = {"books": invoice.books, "kind": MailingKind.INVOICES, "invoice": invoice}
    if not has_paper and not left(lambda: invoice_pdf(invoice, now=now), StuckAt.PAPER, now, **about):
        return False
    return left(
        lambda: send_invoice(principal=principal, invoice=invoice, now=now), StuckAt.LEAVING, now, **about
    )


def send_invoice(*, principal: Principal, invoice: Invoice, now: datetime) -> Sending | None:
    """Let one invoice leave as its payer wants it; None where it left already.

    A payer who wants mail and has no address gets paper.
    """
    with transaction.atomic():
        lock_rows((Invoice, invoice.pk))
        if Sending.objects.filter(invoice=invoice).exists():
            return None
        way = way_of(invoice.payer)
        by_mail = way == Delivery.MAIL
        sending = Sending.objects.create(
            invoice=invoice,
            way=way,
            notice=_mailed(invoice, now) if by_mail else None,
            made_at=now,
            done_at=now if by_mail else None,
        )
        record(
            principal=principal,
            action="invoice.send",
            subject=invoice,
            now=now,
            household_id=household_of(invoice.payer),
            way=way,
        )
    return sending


def mark_done(*, principal: Principal, sendings: Iterable[int], now: datetime, action: str) -> int:
    """Those sendings (by primary key) were printed or downloaded; what was done before stays. Returns how many."""
    with transaction.atomic():
        keys = sorted(sendings)
        lock_rows(*((Sending, key) for key in keys))
        waiting = list(
            Sending.objects.filter(pk__in=keys, done_at=None).select_related("invoice__payer__adult")
        )
        for sending in waiting:
            sending.done_at = now
            sending.save(update_fields=["done_at"])
            record(
                principal=principal,
                action=action,
                subject=sending.invoice,
                now=now,
                household_id=household_of(sending.invoice.payer),
            )
    return len(waiting)


def way_of(payer: Payer) -> Delivery:
    """How a payer's documents leave."""
    if payer.delivery == Delivery.MAIL and not address_of(payer):
        return Delivery.PAPER
    return Delivery(payer.delivery)


def address_of(payer: Payer) -> str:
    """Where a payer's mails go: its own address, or that of the parent."""
    return payer.email or (payer.adult.email if payer.adult else "")


def household_of(payer: Payer) -> int | None:
    """The household of a payer that is a parent."""
    return payer.adult.household_id if payer.adult else None


def desk_of(invoice: Invoice) -> Desk:
    """The desk in whose name an invoice's mails leave: that of the first child's location."""
    first = invoice.lines.select_related(
        "placement__group__location__desk__municipality",
        "care__club__desk__municipality",
        "care__location__desk__municipality",
    ).first()
    if first is None:
        raise ValueError("an invoice has lines")
    return first.site.desk


def _mailed(invoice: Invoice, now: datetime) -> Notice | None:
    payer = invoice.payer
    seller = invoice.parties["seller"]
    household = household_of(payer)
    asked = to_pay(invoice).asked if invoice.total > 0 else invoice.total
    return tell_one(
        desk=desk_of(invoice),
        household_id=household,
        name=payer.name,
        address=address_of(payer),
        language=invoice.language,
        kind="billing/invoice",
        context={
            "sender": seller["name"],
            "number": str(invoice),
            "month": invoice.month,
            "total": asked,
            "amount": amount(asked),
            "due_on": invoice.due_on,
            "iban": printed_iban(seller["iban"]),
            "reference": printed_reference(invoice.ogm),
        },
        now=now,
        link=reverse("billing:my_invoice", args=[invoice.reference]) if household else "",
        about=f"invoice:{invoice.pk}",
        once=f"invoice:{invoice.pk}",
    )
