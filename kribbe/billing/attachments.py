"""The documents that mails of this room carry."""

from django.utils import timezone

from kribbe.billing.account_papers import reminder_pdf
from kribbe.billing.models import Invoice, Reminder
from kribbe.billing.papers import invoice_pdf
from kribbe.contact.attachments import Attachment, register_attachment

PDF = "application/pdf"


def register_attachments() -> None:
    """Say how an invoice and a reminder are written when their mail leaves."""
    register_attachment("invoice", _invoice)
    register_attachment("reminder", _reminder)


def _invoice(key: int) -> Attachment | None:
    invoice = Invoice.objects.filter(pk=key).first()
    if invoice is None:
        return None
    return Attachment(f"{invoice}.pdf", invoice_pdf(invoice, now=timezone.now()), PDF)


def _reminder(key: int) -> Attachment | None:
    reminder = Reminder.objects.filter(pk=key).select_related("invoice").first()
    if reminder is None:
        return None
    return Attachment(f"{reminder.invoice}-{reminder.step}.pdf", reminder_pdf(reminder), PDF)
