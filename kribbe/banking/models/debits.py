"""Direct debits that a payer agreed to, and money that goes back to payers."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import Books, Invoice, JournalEntry, Payer
from kribbe.trust.fields import reference_field
from kribbe.trust.history import change_of

IBAN = r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"


class Creditor(models.Model):
    """What books need to collect: the identifier that the bank gave, and how many days before it is announced."""

    books = models.OneToOneField(Books, on_delete=models.PROTECT, related_name="creditor")
    identifier = models.CharField(max_length=35)
    notice_days = models.PositiveSmallIntegerField(default=14)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="creditor_identifier",
                condition=Q(identifier__regex=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}$"),
            ),
            models.CheckConstraint(name="creditor_notice", condition=Q(notice_days__range=(1, 30))),
        ]

    def __str__(self) -> str:
        return self.identifier


class Mandate(models.Model):
    """A payer's leave to collect from its account, signed on screen; `text` is what it read and agreed to."""

    reference = reference_field()
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="mandates")
    iban = models.CharField(max_length=34)
    holder = models.CharField(max_length=70)
    text = models.TextField()
    signed_name = models.CharField(max_length=100)
    signed_on = models.DateField()
    signed_at = models.DateTimeField()
    signed_by = models.BigIntegerField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="mandate_one", fields=["payer"], condition=Q(revoked_at=None)),
            models.CheckConstraint(name="mandate_iban", condition=Q(iban__regex=IBAN)),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_stays",
                operation=change_of("payer_id", "iban", "holder", "text", "signed_name", "signed_on")
                | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Sequence(models.TextChoices):
    """Whether a collection is the mandate's first or a later one."""

    FIRST = "FRST", "FRST"
    RECURRING = "RCUR", "RCUR"


class DebitFile(models.Model):
    """Collections of one day that go to the bank together."""

    reference = reference_field()
    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="debit_files")
    collect_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.reference


class Dropped(models.TextChoices):
    """Why a collection doesn't go to the bank, though it was announced."""

    REVOKED = "revoked", _("The mandate was taken back")
    SETTLED = "settled", _("It was paid meanwhile, or needn't be paid at once")
    WITHDRAWN = "withdrawn", _("The file was withdrawn")


class Collection(models.Model):
    """What is collected for an invoice, in euros: once, unless it came back or was dropped before it was paid."""

    reference = reference_field()
    file = models.ForeignKey(DebitFile, on_delete=models.PROTECT, related_name="collections")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="collections")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="collections")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    sequence = models.CharField(max_length=4, choices=Sequence.choices)
    paid_by = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, null=True, related_name="collected")
    returned_by = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="collection_returned"
    )

    dropped_at = models.DateTimeField(null=True)
    dropped_why = models.CharField(max_length=9, choices=Dropped.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="collection_once", fields=["invoice"], condition=Q(returned_by=None, dropped_at=None)
            ),
            models.CheckConstraint(
                name="collection_dropped",
                condition=Q(dropped_at=None, dropped_why="")
                | Q(dropped_at__isnull=False, dropped_why__in=Dropped.values, paid_by=None, returned_by=None),
            ),
            models.CheckConstraint(name="collection_amount", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return self.reference


class RefundFile(models.Model):
    """Payments back to payers that go to the bank together."""

    reference = reference_field()
    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="refund_files")
    pay_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.reference


class Refund(models.Model):
    """Money that goes back to a payer, in euros; `paid_by` once the bank told that it went, or withdrawn before."""

    reference = reference_field()
    file = models.ForeignKey(RefundFile, on_delete=models.PROTECT, related_name="refunds")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    iban = models.CharField(max_length=34)
    paid_by = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="refund_paid"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="refund_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="refund_withdrawn", condition=Q(withdrawn_at=None) | Q(paid_by=None)),
            models.CheckConstraint(name="refund_iban", condition=Q(iban__regex=IBAN)),
        ]

    def __str__(self) -> str:
        return self.reference
