"""All that waits to leave, asked to leave at once; a worker does it, and goes on where it was interrupted. What can't
leave is kept with its reason, and keeps nothing else back.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models.books import Books
from kribbe.billing.models.invoices import Invoice
from kribbe.enrolment.models import Placement


class MailingKind(models.TextChoices):
    INVOICES = "invoices", _("Invoices")
    REMINDERS = "reminders", _("Reminders")
    RENEWALS = "renewals", _("Certificates to renew")


class Mailing(models.Model):
    """What an organiser asked to leave. What came after `asked_at` isn't part of it."""

    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="mailings")
    kind = models.CharField(max_length=9, choices=MailingKind.choices)
    count = models.PositiveIntegerField()
    """How many there were to leave when it was asked."""
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="mailing_one_going", fields=["books", "kind"], condition=Q(done_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.books_id} {self.kind}"


class StuckAt(models.TextChoices):
    """Where it went wrong."""

    PAPER = "paper", _("Its document can't be made.")
    LEAVING = "leaving", _("Something went wrong when it was sent.")


class Stuck(models.Model):
    """An invoice, a reminder or a request to renew that couldn't leave, until it does; `detail` is what it raised."""

    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="stuck")
    kind = models.CharField(max_length=9, choices=MailingKind.choices)
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, null=True, related_name="stuck")
    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, null=True, related_name="stuck")
    where = models.CharField(max_length=7, choices=StuckAt.choices)
    detail = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="stuck_invoice_once", fields=["invoice", "kind"], condition=Q(invoice__isnull=False)
            ),
            models.UniqueConstraint(
                name="stuck_place_once", fields=["placement", "kind"], condition=Q(placement__isnull=False)
            ),
            models.CheckConstraint(
                name="stuck_of_one",
                condition=Q(kind=MailingKind.RENEWALS, invoice=None, placement__isnull=False)
                | Q(~Q(kind=MailingKind.RENEWALS), invoice__isnull=False, placement=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.invoice_id or self.placement_id}"
