"""All that waits to leave, asked to leave at once; a worker does it, and goes on where it was interrupted."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models.books import Books


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
